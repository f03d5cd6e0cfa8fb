import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { CSV, JSON_FILE, STIX } from '../../platform/http/file-body.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Caller } from '../../platform/http/request.js';
import { NDJSON } from '../../platform/http/streamed-body.js';
import { ExportIncidents } from './export-incidents.js';
import { ExportOneQuery, ExportQuery } from './export.dto.js';

const MEDIA_TYPES = {
  csv: `${CSV}; charset=utf-8`,
  ndjson: NDJSON,
  stix: `${STIX};version=2.1`,
  misp: `${JSON_FILE}; charset=utf-8`,
} as const;
const SUFFIXES = { csv: 'csv', ndjson: 'ndjson', stix: 'stix.json', misp: 'misp.json' } as const;

@ApiTags('Incidents')
@Controller('api/v1/incidents')
export class ExportController {
  constructor(private readonly exportIncidents: ExportIncidents) {}

  /** Everything that you may read, but for TLP:RED of others, in one file that is written while it is sent. */
  @Get('export')
  @Access('incidents:read')
  @ApiProduces(CSV, NDJSON, STIX, JSON_FILE)
  @ApiOkResponse({
    schema: { type: 'string', example: 'title,class,type\nBank phishing wave by SMS,fraud,phishing\n' },
  })
  export(@Caller() actor: Actor, @Query() query: ExportQuery): StreamableFile {
    return new StreamableFile(this.exportIncidents.run(actor, query), {
      type: MEDIA_TYPES[query.format],
      disposition: `attachment; filename="incidents.${SUFFIXES[query.format]}"`,
    });
  }

  /** An incident as a file for other tools: what you read of it, with observables, sightings and comments. */
  @Get(':id/export')
  @Access('incidents:read')
  @ApiProduces(STIX, JSON_FILE)
  @ApiOkResponse({
    schema: {
      type: 'object',
      additionalProperties: true,
      example: { type: 'bundle', id: 'bundle--6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b', objects: [] },
    },
  })
  async exportOne(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: ExportOneQuery,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.exportIncidents.one(actor, id, query.format), {
      type: MEDIA_TYPES[query.format],
      disposition: `attachment; filename="incident.${SUFFIXES[query.format]}"`,
    });
  }
}
