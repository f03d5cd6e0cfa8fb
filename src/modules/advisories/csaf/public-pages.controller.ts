import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../../../platform/http/access.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { ReadPublicPages } from './read-public-pages.js';
import { sendFile } from './served-file.js';

const document = (example: object) => ({ schema: { type: 'object', additionalProperties: true, example } });
const text = (example: string) => ({ schema: { type: 'string', example } });

/** What anybody may read, without an account. */
@ApiTags('Public')
@Controller()
export class PublicPagesController {
  constructor(private readonly pages: ReadPublicPages) {}

  /** The region's list of those who publish CSAF. There is none before somebody does. */
  @Get('.well-known/csaf-aggregator/aggregator.json')
  @Access('anyone')
  @ApiProduces('application/json')
  @ApiOkResponse(document({ aggregator_version: '2.0', csaf_providers: [] }))
  async aggregator(
    @Req() request: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    return sendFile(request, reply, await this.pages.aggregator(), true);
  }

  /** The same beside the trees of those whom it lists. */
  @Get('csaf/aggregator.json')
  @Access('anyone')
  @ApiProduces('application/json')
  @ApiOkResponse(document({ aggregator_version: '2.0', csaf_providers: [] }))
  besideTrees(
    @Req() request: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    return this.aggregator(request, reply);
  }

  /** The metadata of the issuer, where there is one alone. Of several each has its own below /csaf. */
  @Get('.well-known/csaf/provider-metadata.json')
  @Access('anyone')
  @ApiProduces('application/json')
  @ApiOkResponse(document({ metadata_version: '2.0', role: 'csaf_trusted_provider' }))
  async metadata(
    @Req() request: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    return sendFile(request, reply, await this.pages.metadata(), true);
  }

  /** Whom to tell of a weakness of this installation, and where each issuer's metadata is. */
  @Get('.well-known/security.txt')
  @Access('anyone')
  @ApiProduces('text/plain')
  @ApiOkResponse(text('Contact: mailto:security@ronda.example\nExpires: 2027-05-01T00:00:00.000Z\n'))
  async security(
    @Req() request: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    return sendFile(request, reply, await this.pages.security(), true);
  }

  /** The public advisories of all issuers as an Atom feed, the last changed first. */
  @Get('feeds/advisories.atom')
  @Access('anyone')
  @ApiProduces('application/atom+xml')
  @ApiOkResponse(text('<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">…</feed>\n'))
  async feed(
    @Req() request: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    return sendFile(request, reply, await this.pages.feed(), true);
  }

  /** A public advisory as a page that prints well. */
  @Get('advisories/:id')
  @Access('anyone')
  @ApiProduces('text/html')
  @ApiOkResponse(text('<!doctype html>\n<html lang="en">…</html>\n'))
  async page(
    @Req() request: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id', IdPipe) id: string,
  ): Promise<StreamableFile | undefined> {
    return sendFile(request, reply, await this.pages.page(id), true);
  }
}
