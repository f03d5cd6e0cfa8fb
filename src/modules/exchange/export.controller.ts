import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { CSV } from '../../platform/http/file-body.js';
import { Caller } from '../../platform/http/request.js';
import { NDJSON } from '../../platform/http/streamed-body.js';
import { ExportIncidents } from './export-incidents.js';
import { ExportQuery } from './export.dto.js';

@ApiTags('Incidents')
@Controller('api/v1/incidents')
export class ExportController {
  constructor(private readonly exportIncidents: ExportIncidents) {}

  /** Everything that you may read, but for TLP:RED of others, in one file that is written while it is sent. */
  @Get('export')
  @Access('incidents:read')
  @ApiProduces(CSV, NDJSON)
  @ApiOkResponse({
    schema: { type: 'string', example: 'title,class,type\nBank phishing wave by SMS,fraud,phishing\n' },
  })
  export(@Caller() actor: Actor, @Query() query: ExportQuery): StreamableFile {
    return new StreamableFile(this.exportIncidents.run(actor, query), {
      type: query.format === 'csv' ? `${CSV}; charset=utf-8` : NDJSON,
      disposition: `attachment; filename="incidents.${query.format}"`,
    });
  }
}
