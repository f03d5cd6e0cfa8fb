import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
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
import { AnswerRequest } from './answer-request.js';
import { AnswerPage } from './answer.views.dto.js';
import { AskRequest } from './ask-request.js';
import { EndRequest } from './end-request.js';
import { EscalateRequest } from './escalate-request.js';
import { RequestReader } from './request.reader.js';
import { RequestPage, RequestView } from './request.views.dto.js';
import { AnswerRequestDto, AskRequestDto, EscalateRequestDto, ListRequestsQuery } from './requests.dto.js';
import { IndicatorList, RouteRequestsDto, RoutingView } from './route-requests.dto.js';
import { RouteRequests } from './route-requests.js';
import { RespondToRequest } from './respond-to-request.js';
import { SendRequest } from './send-request.js';

@ApiTags('Requests')
@Controller('api/v1/requests')
export class RequestsController {
  constructor(
    private readonly once: Once,
    private readonly reader: RequestReader,
    private readonly askRequest: AskRequest,
    private readonly sendRequest: SendRequest,
    private readonly endRequest: EndRequest,
    private readonly escalateRequest: EscalateRequest,
  ) {}

  /**
   * Asks another organisation, or a sharing group, for something. It is voluntary cooperation between CERTs and not legal
   * process. GREEN and CLEAR wait as a draft until a second person of your organisation sends it.
   */
  @Post()
  @Access('requests:write')
  @Created()
  @Versioned()
  ask(@Caller() actor: Actor, @Req() request: RondaRequest, @Body() body: AskRequestDto): Promise<RequestView> {
    return this.once.run(
      request,
      () => this.askRequest.run(actor, body),
      (id) => this.reader.view(actor, id),
    );
  }

  /** Lists the requests that your organisation sent and received, by when they were sent. */
  @Get()
  @Access('requests:read')
  @Paged()
  list(@Caller() actor: Actor, @Query() query: ListRequestsQuery): Promise<RequestPage> {
    return this.reader.list(actor, query);
  }

  /** Reads a request: where it stands, what is late, and whom a person may page then. */
  @Get(':id')
  @Access('requests:read')
  @Versioned()
  read(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<RequestView> {
    return this.reader.view(actor, id);
  }

  /** Sends a request that waits: GREEN and CLEAR, as the second person. Its clocks begin now. */
  @Post(':id/send')
  @HttpCode(200)
  @Access('requests:write')
  @Versioned()
  send(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id', IdPipe) id: string): Promise<RequestView> {
    return this.act(actor, request, () => this.sendRequest.run(actor, id, request.headers['if-match']));
  }

  /** Takes it back. Whom it was sent to reads that it was. */
  @Post(':id/withdraw')
  @HttpCode(200)
  @Access('requests:write')
  @Versioned()
  withdraw(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<RequestView> {
    return this.act(actor, request, () => this.endRequest.withdraw(actor, id, request.headers['if-match']));
  }

  /** Closes it: nothing more is asked. */
  @Post(':id/close')
  @HttpCode(200)
  @Access('requests:write')
  @Versioned()
  close(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id', IdPipe) id: string): Promise<RequestView> {
    return this.act(actor, request, () => this.endRequest.close(actor, id, request.headers['if-match']));
  }

  /** Records that you paged the 24/7 contact of whoever is late. The service pages nobody by itself. */
  @Post(':id/escalations')
  @HttpCode(200)
  @Access('requests:write')
  @Versioned()
  escalate(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: EscalateRequestDto,
  ): Promise<RequestView> {
    return this.act(actor, request, () => this.escalateRequest.run(actor, id, body, request.headers['if-match']));
  }

  private act(actor: Actor, request: RondaRequest, act: () => Promise<string>): Promise<RequestView> {
    return this.once.run(request, act, (id) => this.reader.view(actor, id));
  }
}

/** From a list of indicators to one request for each organisation that answers for some of them. */
@ApiTags('Requests')
@Controller('api/v1/requests')
export class RequestRoutingController {
  constructor(
    private readonly once: Once,
    private readonly routeRequests: RouteRequests,
  ) {}

  /**
   * Drafts one takedown request or notification for each CERT that answers for some of up to 10,000 indicators, and lists
   * those that nobody you see answers for. Nothing is sent: look at each draft, and `send` or `withdraw` it.
   */
  @Post('route')
  @HttpCode(200)
  @Access('requests:write')
  route(@Caller() actor: Actor, @Req() request: RondaRequest, @Body() body: RouteRequestsDto): Promise<RoutingView> {
    return this.once.run(
      request,
      () => this.routeRequests.run(actor, body),
      (id) => this.routeRequests.view(actor, id, body),
    );
  }

  /** The indicators that a request is about, with what each is in that the organisation asked answers for. */
  @Get(':id/indicators')
  @Access('requests:read')
  indicators(@Param('id', IdPipe) id: string): Promise<IndicatorList> {
    return this.routeRequests.indicators(id);
  }
}

@ApiTags('Requests')
@Controller('api/v1/requests/:id')
export class RequestResponsesController {
  constructor(
    private readonly once: Once,
    private readonly reader: RequestReader,
    private readonly respond: RespondToRequest,
    private readonly answerRequest: AnswerRequest,
  ) {}

  /** The answers that you may read, newest first. */
  @Get('answers')
  @Access('requests:read')
  @Paged()
  answers(@Caller() actor: Actor, @Param('id', IdPipe) id: string, @Query() query: PageQuery): Promise<AnswerPage> {
    return this.reader.answers(actor, id, query);
  }

  /** Says that your organisation has seen it. */
  @Post('acknowledge')
  @HttpCode(200)
  @Access('requests:write')
  @Versioned()
  acknowledge(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<RequestView> {
    return this.act(actor, request, () => this.respond.acknowledge(actor, id, request.headers['if-match']));
  }

  /** Answers, to all who read the request or to the asker alone. More may be said later. */
  @Post('answer')
  @HttpCode(200)
  @Access('requests:write')
  @Versioned()
  answer(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: AnswerRequestDto,
  ): Promise<RequestView> {
    return this.act(actor, request, () => this.answerRequest.run(actor, id, body, request.headers['if-match']));
  }

  /** Declines. It needs no reason, and asks for none. */
  @Post('decline')
  @HttpCode(200)
  @Access('requests:write')
  @Versioned()
  decline(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id', IdPipe) id: string): Promise<RequestView> {
    return this.act(actor, request, () => this.respond.decline(actor, id, request.headers['if-match']));
  }

  private act(actor: Actor, request: RondaRequest, act: () => Promise<string>): Promise<RequestView> {
    return this.once.run(request, act, (id) => this.reader.view(actor, id));
  }
}
