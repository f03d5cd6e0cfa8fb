import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { PageQuery } from '../../platform/http/page.dto.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { ConfirmReleaseDto, ReleaseDto } from '../sharing/index.js';
import { CommentIncident } from './comment-incident.js';
import { CommentPage, CommentView, EditCommentDto, WriteCommentDto } from './comments.dto.js';
import { EditIncident } from './edit-incident.js';
import { FileIncident } from './file-incident.js';
import { IncidentReader } from './incident.reader.js';
import type { Transition } from './incident.rules.js';
import { IncidentPage, IncidentView, RevisionList } from './incident.views.dto.js';
import { EditIncidentDto, FileIncidentDto, NoteDto } from './incidents.dto.js';
import { LinkIncidents } from './link-incidents.js';
import { ListIncidentsQuery } from './list-incidents.dto.js';
import { LinkIncidentDto, LinkList, LinkView } from './links.dto.js';
import type { FiledRow } from './incident.rows.js';
import { MoveIncident } from './move-incident.js';
import { ReleaseIncident } from './release-incident.js';

@ApiTags('Incidents')
@Controller('api/v1/incidents')
export class IncidentsController {
  constructor(
    private readonly once: Once,
    private readonly reader: IncidentReader,
    private readonly fileIncident: FileIncident,
    private readonly editIncident: EditIncident,
    private readonly moveIncident: MoveIncident,
    private readonly releaseIncident: ReleaseIncident,
  ) {}

  /** Files an incident: a draft of your organisation, which nobody else reads before it is released. */
  @Post()
  @Access('incidents:write', { mayAssume: true })
  @Created()
  @Versioned()
  file(@Caller() actor: Actor, @Req() request: RondaRequest, @Body() body: FileIncidentDto): Promise<IncidentView> {
    let filed: FiledRow | undefined;
    return this.once.run(
      request,
      () => (filed = this.fileIncident.run(actor, body)).id,
      (id) => (filed ? this.reader.filed(actor, filed) : this.reader.view(actor, id)),
    );
  }

  /** Lists the incidents that you may read, by the earliest time at which you could. */
  @Get()
  @Access('incidents:read')
  @Paged()
  list(@Caller() actor: Actor, @Query() query: ListIncidentsQuery): Promise<IncidentPage> {
    return this.reader.list(actor, query);
  }

  /** Reads an incident: the newest revision that was released to you, or your organisation's own newest. */
  @Get(':id')
  @Access('incidents:read')
  @Versioned()
  read(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<IncidentView> {
    return this.reader.view(actor, id);
  }

  /** Changes facts of an incident. The change is your organisation's alone until it is released. */
  @Patch(':id')
  @Access('incidents:write')
  @Versioned()
  async edit(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: EditIncidentDto,
    @Headers('if-match') ifMatch?: string,
  ): Promise<IncidentView> {
    await this.editIncident.run(actor, id, body, ifMatch);
    return this.reader.view(actor, id);
  }

  /** The revisions that you may read, with what changed. */
  @Get(':id/revisions')
  @Access('incidents:read')
  revisions(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<RevisionList> {
    return this.reader.revisions(actor, id);
  }

  /** Submits a draft: it is classified and enters the lifecycle; a constituent's goes into its national CERT's queue. */
  @Post(':id/submit')
  @HttpCode(200)
  @Access('incidents:write')
  @Versioned()
  submit(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: NoteDto,
  ): Promise<IncidentView> {
    return this.move(actor, request, id, 'submit', body);
  }

  /** Takes a submitted incident in. */
  @Post(':id/triage')
  @HttpCode(200)
  @Access('incidents:triage')
  @Versioned()
  triage(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: NoteDto,
  ): Promise<IncidentView> {
    return this.move(actor, request, id, 'triage', body);
  }

  /** Says that it is being investigated. */
  @Post(':id/investigate')
  @HttpCode(200)
  @Access('incidents:triage')
  @Versioned()
  investigate(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: NoteDto,
  ): Promise<IncidentView> {
    return this.move(actor, request, id, 'investigate', body);
  }

  /** Says that it is contained. */
  @Post(':id/contain')
  @HttpCode(200)
  @Access('incidents:triage')
  @Versioned()
  contain(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: NoteDto,
  ): Promise<IncidentView> {
    return this.move(actor, request, id, 'contain', body);
  }

  /** Closes it. */
  @Post(':id/close')
  @HttpCode(200)
  @Access('incidents:triage')
  @Versioned()
  close(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: NoteDto,
  ): Promise<IncidentView> {
    return this.move(actor, request, id, 'close', body);
  }

  /** Opens a closed one again. */
  @Post(':id/reopen')
  @HttpCode(200)
  @Access('incidents:triage')
  @Versioned()
  reopen(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: NoteDto,
  ): Promise<IncidentView> {
    return this.move(actor, request, id, 'reopen', body);
  }

  /**
   * Releases the newest revision at a marking to an audience, in place of the release before. GREEN and CLEAR answer 202:
   * they wait for a second analyst or coordinator of your organisation; so does what has an embargo, for its instant.
   */
  @Post(':id/release')
  @HttpCode(200)
  @ApiOkResponse({ type: IncidentView, description: 'It is in force.' })
  @ApiAcceptedResponse({
    type: IncidentView,
    description: 'It waits for a second person, or for its hold or its embargo to end.',
  })
  @Access('incidents:release')
  @Versioned()
  release(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id', IdPipe) id: string,
    @Body() body: ReleaseDto,
  ): Promise<IncidentView> {
    return this.once.run(
      request,
      () => this.releaseIncident.release(actor, id, body, request.headers['if-match']),
      async (released) => {
        const view = await this.reader.view(actor, released);
        if (view.waitingRelease) void reply.code(202);
        return view;
      },
    );
  }

  /** Confirms, as the second person, the release that waits; where it would do something else by now, 409 `preview-outdated`. */
  @Post(':id/release/confirm')
  @HttpCode(200)
  @Access('incidents:release')
  @Versioned()
  confirmRelease(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: ConfirmReleaseDto,
  ): Promise<IncidentView> {
    return this.once.run(
      request,
      () => this.releaseIncident.confirm(actor, id, body, request.headers['if-match']),
      (confirmed) => this.reader.view(actor, confirmed),
    );
  }

  /** Cancels the release that waits for a second person, or for its hold or its embargo to end. */
  @Post(':id/release/cancel')
  @HttpCode(200)
  @Access('incidents:release')
  @Versioned()
  cancelRelease(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<IncidentView> {
    return this.once.run(
      request,
      () => this.releaseIncident.cancel(actor, id, request.headers['if-match']),
      (cancelled) => this.reader.view(actor, cancelled),
    );
  }

  private move(
    actor: Actor,
    request: RondaRequest,
    id: string,
    transition: Transition,
    { note }: NoteDto,
  ): Promise<IncidentView> {
    return this.once.run(
      request,
      () => this.moveIncident.run(actor, id, transition, { note, ifMatch: request.headers['if-match'] }),
      (moved) => this.reader.view(actor, moved),
    );
  }
}

@ApiTags('Incidents')
@Controller('api/v1/incidents/:id')
export class IncidentChildrenController {
  constructor(
    private readonly once: Once,
    private readonly comments: CommentIncident,
    private readonly links: LinkIncidents,
  ) {}

  /** The comments that you may read, newest first. */
  @Get('comments')
  @Access('incidents:read')
  @Paged()
  listComments(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<CommentPage> {
    return this.comments.page(actor, id, query);
  }

  /** Comments on an incident that you may read. */
  @Post('comments')
  @Access('incidents:write')
  @Created()
  @Versioned()
  comment(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: WriteCommentDto,
  ): Promise<CommentView> {
    return this.once.run(
      request,
      () => this.comments.write(actor, id, body),
      (comment) => this.comments.view(actor, id, comment),
    );
  }

  /** Reads a comment. */
  @Get('comments/:comment')
  @Access('incidents:read')
  @Versioned()
  readComment(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('comment', IdPipe) comment: string,
  ): Promise<CommentView> {
    return this.comments.view(actor, id, comment);
  }

  /** Changes a comment of your own. */
  @Patch('comments/:comment')
  @Access('incidents:write')
  @Versioned()
  async editComment(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('comment', IdPipe) comment: string,
    @Body() { body }: EditCommentDto,
    @Headers('if-match') ifMatch?: string,
  ): Promise<CommentView> {
    await this.comments.edit(actor, id, comment, body, ifMatch);
    return this.comments.view(actor, id, comment);
  }

  /** Deletes the text of a comment of your own; that there was one stays. */
  @Delete('comments/:comment')
  @HttpCode(204)
  @Access('incidents:write')
  deleteComment(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('comment', IdPipe) comment: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<void> {
    return this.comments.remove(actor, id, comment, ifMatch);
  }

  /** The incidents that are related to this one, of those that you may read. */
  @Get('related')
  @Access('incidents:read')
  listRelated(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<LinkList> {
    return this.links.list(actor, id);
  }

  /** Relates an incident of your organisation to another that you may read. */
  @Post('related')
  @Access('incidents:write')
  @Created()
  @Versioned()
  relate(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: LinkIncidentDto,
  ): Promise<LinkView> {
    return this.once.run(
      request,
      () => this.links.link(actor, id, body),
      (link) => this.links.view(actor, id, link),
    );
  }

  /** Reads what one record says of another. */
  @Get('related/:link')
  @Access('incidents:read')
  @Versioned()
  readRelated(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('link', IdPipe) link: string,
  ): Promise<LinkView> {
    return this.links.view(actor, id, link);
  }

  /** Takes it back. */
  @Delete('related/:link')
  @HttpCode(204)
  @Access('incidents:write')
  unrelate(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('link', IdPipe) link: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<void> {
    return this.links.remove(actor, id, link, ifMatch);
  }
}
