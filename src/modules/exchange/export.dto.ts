import { OmitType } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { ListIncidentsQuery } from '../incidents/index.js';

const EXPORT_FORMATS = ['csv', 'ndjson'] as const;

/** The filters of `GET /incidents`, without pages. */
export class ExportQuery extends OmitType(ListIncidentsQuery, ['limit', 'cursor', 'count']) {
  /**
   * A sheet that `POST /imports` takes, or the views, one JSON text a line.
   * @example csv
   */
  @IsIn(EXPORT_FORMATS)
  format!: (typeof EXPORT_FORMATS)[number];
}
