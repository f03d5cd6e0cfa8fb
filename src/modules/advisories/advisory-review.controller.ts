import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
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
import { InviteReviewerDto, RemarkDto, RequestChangesDto, SubmitAdvisoryDto, TickChangeDto } from './advisories.dto.js';
import { AdvisoryReader } from './advisory.reader.js';
import { AdvisoryView } from './advisory.views.dto.js';
import { InviteReviewer } from './invite-reviewer.js';
import { ReviewAdvisory } from './review-advisory.js';
import { AdvisoryCommentPage, AdvisoryCommentView } from './review.views.dto.js';
import { SubmitAdvisory } from './submit-advisory.js';

@ApiTags('Advisories')
@Controller('api/v1/advisories/:id')
export class AdvisoryReviewController {
  constructor(
    private readonly once: Once,
    private readonly reader: AdvisoryReader,
    private readonly submitAdvisory: SubmitAdvisory,
    private readonly inviting: InviteReviewer,
    private readonly review: ReviewAdvisory,
  ) {}

  /** Hands the draft to its reviewers; again, when every change that they requested is done. */
  @Post('submit')
  @HttpCode(200)
  @Access('advisories:write')
  @Versioned()
  submit(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: SubmitAdvisoryDto,
  ): Promise<AdvisoryView> {
    return this.act(actor, request, () => this.submitAdvisory.run(actor, id, body, request.headers['if-match']));
  }

  /** Shows the draft to another organisation, or to a person, until it is published. */
  @Post('invitations')
  @HttpCode(200)
  @Access('advisories:write')
  @Versioned()
  invite(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: InviteReviewerDto,
  ): Promise<AdvisoryView> {
    return this.act(actor, request, () => this.inviting.run(actor, id, body, request.headers['if-match']));
  }

  /** Takes an invitation back: from the next request on they read the draft no longer. */
  @Delete('invitations/:invitation')
  @HttpCode(204)
  @Access('advisories:write')
  withdrawInvitation(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('invitation', IdPipe) invitation: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<void> {
    return this.inviting.withdraw(actor, id, invitation, ifMatch);
  }

  /** What was said in review, newest first. To those whom a version was released to, there is nothing. */
  @Get('comments')
  @Access('advisories:read')
  @Paged()
  comments(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<AdvisoryCommentPage> {
    return this.review.comments(actor, id, query);
  }

  /** Comments on the draft, or on a member of it, as it stands. */
  @Post('comments')
  @Access('advisories:write')
  @Created()
  @Versioned()
  comment(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: RemarkDto,
  ): Promise<AdvisoryCommentView> {
    return this.once.run(
      request,
      () => this.review.comment(actor, id, body, request.headers['if-match']),
      (comment) => this.review.commentView(actor, id, comment),
    );
  }

  /** Reads a comment. */
  @Get('comments/:comment')
  @Access('advisories:read')
  @Versioned()
  readComment(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('comment', IdPipe) comment: string,
  ): Promise<AdvisoryCommentView> {
    return this.review.commentView(actor, id, comment);
  }

  /** Asks for changes, a line each. It is not published before they are done and it was submitted and approved again. */
  @Post('request-changes')
  @HttpCode(200)
  @Access('advisories:write')
  @Versioned()
  requestChanges(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { changes }: RequestChangesDto,
  ): Promise<AdvisoryView> {
    return this.act(actor, request, () => this.review.requestChanges(actor, id, changes, request.headers['if-match']));
  }

  /** Says that a requested change is done, or not yet. */
  @Patch('changes/:change')
  @Access('advisories:write')
  @Versioned()
  async tickChange(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('change', IdPipe) change: string,
    @Body() { done }: TickChangeDto,
    @Headers('if-match') ifMatch?: string,
  ): Promise<AdvisoryView> {
    await this.review.tick(actor, id, change, done, ifMatch);
    return this.reader.view(actor, id);
  }

  /** Approves exactly the revision that stands, for your organisation. Whoever wrote any of it does not. */
  @Post('approve')
  @HttpCode(200)
  @Access('advisories:write')
  @Versioned()
  approve(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<AdvisoryView> {
    return this.act(actor, request, () => this.review.approve(actor, id, request.headers['if-match']));
  }

  private act(actor: Actor, request: RondaRequest, act: () => Promise<string>): Promise<AdvisoryView> {
    return this.once.run(request, act, (id) => this.reader.view(actor, id));
  }
}
