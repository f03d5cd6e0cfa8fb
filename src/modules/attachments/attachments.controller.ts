import { Controller, Delete, Get, Header, Headers, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { PageQuery } from '../../platform/http/page.dto.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { BYTES, Streamed, streamOf } from '../../platform/http/streamed-body.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { AttachFile } from './attach-file.js';
import { AttachFileQuery, AttachmentPage, AttachmentView } from './attachments.dto.js';
import { ReadAttachments } from './read-attachments.js';
import { RemoveAttachment } from './remove-attachment.js';

const FILE = { type: 'string', format: 'binary', example: 'Received: from mail.example by mx.cert.example' } as const;

@ApiTags('Incidents')
@Controller('api/v1/incidents/:id/attachments')
export class AttachmentsController {
  constructor(
    private readonly attachFile: AttachFile,
    private readonly readAttachments: ReadAttachments,
    private readonly removeAttachment: RemoveAttachment,
  ) {}

  /** The attachments that you may read, newest first. What was attached since the record was released is its owner's. */
  @Get()
  @Access('incidents:read')
  @Paged()
  list(@Caller() actor: Actor, @Param('id', IdPipe) id: string, @Query() query: PageQuery): Promise<AttachmentPage> {
    return this.readAttachments.page(actor, id, query);
  }

  /**
   * Attaches a file to a record of yours. The body is the file itself, of any length up to the server's limit; with
   * `malware=true` it is kept as a zip under the password `infected`, and is never on the server in the clear.
   */
  @Post()
  @Access('incidents:write')
  @Created()
  @Versioned()
  @Streamed(BYTES)
  @ApiConsumes(BYTES)
  @ApiBody({ schema: FILE, description: 'The file.' })
  attach(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Query() query: AttachFileQuery,
  ): Promise<AttachmentView> {
    return this.attachFile.run(actor, request, id, streamOf(request), query);
  }

  /** What is known of an attachment. */
  @Get(':attachment')
  @Access('incidents:read')
  @Versioned()
  read(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('attachment', IdPipe) attachment: string,
  ): Promise<AttachmentView> {
    return this.readAttachments.view(actor, id, attachment);
  }

  /** The file, to be kept and not to be shown; of malware the zip. */
  @Get(':attachment/content')
  @Access('incidents:read')
  @Versioned()
  @Header('content-security-policy', "default-src 'none'; sandbox")
  @ApiProduces(BYTES, 'application/zip')
  @ApiOkResponse({ schema: FILE, description: 'The file.' })
  content(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('attachment', IdPipe) attachment: string,
  ): Promise<StreamableFile> {
    return this.readAttachments.content(actor, id, attachment);
  }

  /** Takes it away, with its bytes. */
  @Delete(':attachment')
  @HttpCode(204)
  @Access('incidents:write')
  remove(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('attachment', IdPipe) attachment: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.removeAttachment.run(actor, id, attachment, ifMatch);
  }
}
