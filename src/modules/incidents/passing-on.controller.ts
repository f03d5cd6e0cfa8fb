import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import {
  FeedbackList,
  GiveFeedbackDto,
  ListWiderSharingQuery,
  PassOnDto,
  PassOnList,
  PassOnView,
  RequestWiderSharingDto,
  WiderSharingRequestList,
  WiderSharingRequestPage,
  WiderSharingRequestView,
} from '../sharing/index.js';
import { GiveFeedback } from './give-feedback.js';
import { PassOnIncident } from './pass-on-incident.js';
import { RequestWiderSharing } from './request-wider-sharing.js';

@ApiTags('Incidents')
@Controller('api/v1/incidents/:id')
export class PassingOnController {
  constructor(
    private readonly once: Once,
    private readonly passOns: PassOnIncident,
    private readonly widerSharing: RequestWiderSharing,
    private readonly feedback: GiveFeedback,
  ) {}

  /**
   * Passes a record that your national CERT reads at TLP:AMBER on to constituents, sectoral or government bodies of yours.
   * They read the newest revision that you read, for as long as you read it; nobody else's comments, and nobody else.
   */
  @Post('pass-on')
  @HttpCode(200)
  @Access('incidents:release')
  passOn(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: PassOnDto,
  ): Promise<PassOnList> {
    return this.once.run(
      request,
      () => this.passOns.run(actor, id, body, request.headers['if-match']),
      (passed) => this.passOns.list(actor, passed),
    );
  }

  /**
   * To whom your CERT passed it on; to a constituent, that it was; to the originator, how many read it by which CERT, where
   * that tells.
   */
  @Get('pass-ons')
  @Access('incidents:read')
  @Versioned()
  listPassOns(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<PassOnList> {
    return this.passOns.list(actor, id);
  }

  /** Reads one. */
  @Get('pass-ons/:passOn')
  @Access('incidents:read')
  @Versioned()
  readPassOn(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('passOn', IdPipe) passOn: string,
  ): Promise<PassOnView> {
    return this.passOns.view(actor, id, passOn);
  }

  /** Takes it back: its recipient reads the record no longer, and is asked for its copies. */
  @Delete('pass-ons/:passOn')
  @HttpCode(204)
  @Access('incidents:release')
  takeBack(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('passOn', IdPipe) passOn: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<void> {
    return this.passOns.takeBack(actor, id, passOn, ifMatch);
  }

  /** Asks the record's owner, whoever that is, to release it wider: to others too, at another marking, or both. */
  @Post('request-wider-sharing')
  @HttpCode(200)
  @Access('incidents:write')
  @Versioned()
  ask(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: RequestWiderSharingDto,
  ): Promise<WiderSharingRequestView> {
    return this.once.run(
      request,
      () => this.widerSharing.ask(actor, id, body, request.headers['if-match']),
      (asked) => this.widerSharing.view(actor, id, asked),
    );
  }

  /** What was asked for: of your own record by all, of another's by your organisation. */
  @Get('wider-sharing-requests')
  @Access('incidents:read')
  listAsked(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<WiderSharingRequestList> {
    return this.widerSharing.list(actor, id);
  }

  /** Reads one. */
  @Get('wider-sharing-requests/:request')
  @Access('incidents:read')
  @Versioned()
  readAsked(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('request', IdPipe) asked: string,
  ): Promise<WiderSharingRequestView> {
    return this.widerSharing.view(actor, id, asked);
  }

  /**
   * Agrees to it, as a coordinator of the owner. Nothing is released by that: `release` is what to preview and release by the
   * ordinary rule. What the asker derived from the record may go as far.
   */
  @Post('wider-sharing-requests/:request/grant')
  @HttpCode(200)
  @Access('incidents:release')
  @Versioned()
  grant(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Param('request', IdPipe) asked: string,
  ): Promise<WiderSharingRequestView> {
    return this.decide(actor, request, id, asked, 'granted');
  }

  /** Declines it. No reason is asked for. */
  @Post('wider-sharing-requests/:request/decline')
  @HttpCode(200)
  @Access('incidents:release')
  @Versioned()
  decline(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Param('request', IdPipe) asked: string,
  ): Promise<WiderSharingRequestView> {
    return this.decide(actor, request, id, asked, 'declined');
  }

  /** To who shared it, what each organisation that it is released to says of it; to a reader, its own organisation's word. */
  @Get('feedback')
  @Access('incidents:read')
  @Versioned()
  listFeedback(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<FeedbackList> {
    return this.feedback.list(actor, id);
  }

  /** Says what your organisation thinks of it, in place of what it said before. Who shared it reads it, and nobody else. */
  @Put('feedback')
  @Access('incidents:write')
  @Versioned()
  async giveFeedback(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: GiveFeedbackDto,
    @Headers('if-match') ifMatch?: string,
  ): Promise<FeedbackList> {
    await this.feedback.put(actor, id, body, ifMatch);
    return this.feedback.list(actor, id);
  }

  /** Withdraws it. That your organisation acted on it stays said, by its receipt. */
  @Delete('feedback')
  @HttpCode(204)
  @Access('incidents:write')
  withdrawFeedback(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<void> {
    return this.feedback.withdraw(actor, id, ifMatch);
  }

  private decide(
    actor: Actor,
    request: RondaRequest,
    id: string,
    asked: string,
    state: 'granted' | 'declined',
  ): Promise<WiderSharingRequestView> {
    return this.once.run(
      request,
      () => this.widerSharing.decide(actor, id, asked, state, request.headers['if-match']),
      (decided) => this.widerSharing.view(actor, id, decided),
    );
  }
}

@ApiTags('Incidents')
@Controller('api/v1/wider-sharing-requests')
export class WiderSharingRequestsController {
  constructor(private readonly widerSharing: RequestWiderSharing) {}

  /** What your organisation asked owners of other records, and what others ask of yours. */
  @Get()
  @Access('incidents:read')
  @Paged()
  list(@Caller() actor: Actor, @Query() query: ListWiderSharingQuery): Promise<WiderSharingRequestPage> {
    return this.widerSharing.page(actor, query);
  }
}
