import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { ReadCsafTree } from './read-csaf-tree.js';
import { sendFile } from './served-file.js';

const PRODUCES = ['application/json', 'text/plain', 'text/csv', 'text/html'];
const METADATA = {
  schema: {
    type: 'object',
    additionalProperties: true,
    example: { metadata_version: '2.0', role: 'csaf_trusted_provider' },
  },
};

const below = (description: string) => ({
  name: 'path',
  description,
  schema: { type: 'string' as const, pattern: '^[^?]+$', example: 'provider-metadata.json' },
});

/** What the router found behind the rest of the address; the document calls it `path`. */
const pathOf = ({ params }: RondaRequest): string => String((params as Record<string, unknown>)['*']);

/** Each issuer as a trusted provider of CSAF 2.0. A folder is asked for with the slash that ends it. */
@ApiTags('CSAF')
@Controller('csaf')
export class CsafController {
  constructor(private readonly tree: ReadCsafTree) {}

  /**
   * What an issuer published that is not for anybody, as far as you may read it: the same tree as the public one, with a shelf
   * for each label. TLP:AMBER+STRICT is CSAF's RED; TLP:RED is nowhere.
   */
  @Get(':organisation/protected/*')
  @Access('advisories:read')
  @ApiParam(below('Such as `provider-metadata.json` or `amber/index.txt`.'))
  @ApiProduces(...PRODUCES)
  @ApiOkResponse(METADATA)
  async protected(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('organisation', IdPipe) organisation: string,
  ): Promise<StreamableFile | undefined> {
    return sendFile(request, reply, await this.tree.reader(actor, organisation, pathOf(request)), false);
  }

  /** What an issuer published to anybody: its metadata and key, the ROLIE feed, the lists, and every document with its hashes and signature. */
  @Get(':organisation/*')
  @Access('anyone')
  @ApiParam(below('Such as `provider-metadata.json` or `white/index.txt`.'))
  @ApiProduces(...PRODUCES)
  @ApiOkResponse(METADATA)
  async anybody(
    @Req() request: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('organisation', IdPipe) organisation: string,
  ): Promise<StreamableFile | undefined> {
    return sendFile(request, reply, await this.tree.anybody(organisation, pathOf(request)), true);
  }
}
