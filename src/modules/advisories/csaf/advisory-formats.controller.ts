import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { STIX } from '../../../platform/http/file-body.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { Caller } from '../../../platform/http/request.js';
import { Versioned } from '../../../platform/http/versioned.interceptor.js';
import { NewestVersionQuery, VersionQuery } from '../list-advisories.dto.js';
import { CsafCheckView } from './csaf.dto.js';
import { RenderAdvisory } from './render-advisory.js';

const JSON_TYPE = 'application/json';
const HTML = 'text/html';
const CSAF = {
  schema: {
    type: 'object',
    additionalProperties: true,
    example: { document: { category: 'csaf_security_advisory', csaf_version: '2.0', title: 'Example Gateway' } },
  },
};
const file = (text: string | Buffer, type: string): StreamableFile => new StreamableFile(Buffer.from(text), { type });

@ApiTags('Advisories')
@Controller('api/v1/advisories')
export class AdvisoryFormatsController {
  constructor(private readonly render: RenderAdvisory) {}

  /** A version as a CSAF 2.0 document: of what is out the one that was signed. TLP:RED is never exported. */
  @Get(':id/csaf')
  @Access('advisories:read')
  @ApiProduces(JSON_TYPE)
  @ApiOkResponse(CSAF)
  csaf(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() { version }: VersionQuery,
  ): Promise<StreamableFile> {
    return this.document(actor, id, { version });
  }

  /** The same as a file with a name: the newest version that you may read, where no other is named. */
  @Get(':id.csaf.json')
  @Access('advisories:read')
  @ApiProduces(JSON_TYPE)
  @ApiOkResponse(CSAF)
  async document(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() { version }: NewestVersionQuery,
  ): Promise<StreamableFile> {
    return file(await this.render.document(actor, id, version), JSON_TYPE);
  }

  /** What the tests of CSAF 2.0 have against the newest revision that you read: what blocks it, and what could be better. */
  @Get(':id/csaf-check')
  @Access('advisories:read')
  @Versioned()
  csafCheck(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<CsafCheckView> {
    return this.render.check(actor, id);
  }

  /** A version as a page that prints well. What is TLP:RED leaves for its owner alone. */
  @Get(':id/html')
  @Access('advisories:read')
  @ApiProduces(HTML)
  @ApiOkResponse({ schema: { type: 'string', example: '<!doctype html>\n<html lang="en">…</html>\n' } })
  async html(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() { version }: VersionQuery,
  ): Promise<StreamableFile> {
    return file(await this.render.html(actor, id, version), `${HTML}; charset=utf-8`);
  }

  /** A version as a STIX 2.1 report on its vulnerabilities and indicators. TLP:RED is never exported. */
  @Get(':id/stix')
  @Access('advisories:read')
  @ApiProduces(STIX)
  @ApiOkResponse({
    schema: {
      type: 'object',
      additionalProperties: true,
      example: { type: 'bundle', id: 'bundle--6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b', objects: [] },
    },
  })
  async stix(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() { version }: VersionQuery,
  ): Promise<StreamableFile> {
    return file(await this.render.stix(actor, id, version), `${STIX};version=2.1`);
  }
}
