import { OmitType } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { ListIncidentsQuery } from '../incidents/index.js';

const EXPORT_FORMATS = ['csv', 'ndjson', 'stix', 'misp'] as const;
const FORMATS_OF_ONE = ['stix', 'misp'] as const;

/** The filters of `GET /incidents`, without pages. */
export class ExportQuery extends OmitType(ListIncidentsQuery, ['limit', 'cursor', 'count']) {
  /**
   * A sheet that `POST /imports` takes, the views, one JSON text a line, a STIX 2.1 bundle, or events of MISP.
   * @example csv
   */
  @IsIn(EXPORT_FORMATS)
  format!: (typeof EXPORT_FORMATS)[number];
}

export class ExportOneQuery {
  /**
   * As what.
   * @example stix
   */
  @IsIn(FORMATS_OF_ONE)
  format!: (typeof FORMATS_OF_ONE)[number];
}
