import { Controller, HttpCode, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput } from '../../kernel/problem.js';
import { Access } from '../../platform/http/access.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { NDJSON, Streamed, streamOf } from '../../platform/http/streamed-body.js';
import { FileIncidentDto } from '../incidents/index.js';
import { BulkQuery, BulkResult } from './bulk.dto.js';
import { FileInBulk } from './file-in-bulk.js';

/**
 * How long neither side may say anything. A client that reads a line a second lets the connection stand still for
 * minutes, until there is room again in what its system keeps for it.
 */
const SILENCE_MS = 15 * 60_000;

@ApiTags('Incidents')
@Controller('api/v1/incidents')
export class BulkController {
  constructor(private readonly fileInBulk: FileInBulk) {}

  /**
   * Files a stream of incidents, one JSON text a line, of any length, as drafts of your organisation. Each line is
   * answered by one, in order; a bad line spoils no other. Send the same stream again after a break: what is filed already
   * is `unchanged`.
   */
  @Post('bulk')
  @HttpCode(200)
  @Access('incidents:write')
  @Streamed(NDJSON)
  @ApiConsumes(NDJSON)
  @ApiBody({ type: FileIncidentDto, description: 'Each line: an incident, or a VERIS incident with `format=veris`.' })
  @ApiProduces(NDJSON)
  @ApiOkResponse({ type: BulkResult, description: 'Each line: what became of the line of that number.' })
  file(@Caller() actor: Actor, @Req() request: RondaRequest, @Query() query: BulkQuery): StreamableFile {
    if (request.headers['idempotency-key'] !== undefined)
      throw invalidInput([
        { pointer: '/idempotency-key', detail: 'A stream is named by ?stream= instead.', in: 'header' },
      ]);
    if (query.profile !== undefined && query.format !== 'veris')
      throw invalidInput([{ pointer: '/profile', detail: 'Only format=veris has profiles.', in: 'query' }]);
    const results = this.fileInBulk.run(actor, streamOf(request), query);
    request.raw.socket.setTimeout(SILENCE_MS);
    return new StreamableFile(results, { type: NDJSON });
  }
}
