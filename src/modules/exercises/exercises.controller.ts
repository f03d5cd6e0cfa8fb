import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { LAST_EVENT_ID, STREAM, isStreamed, positionOf } from '../../platform/http/event-stream.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { PageQuery } from '../../platform/http/page.dto.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { NDJSON } from '../../platform/http/streamed-body.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { CreateExercise } from './create-exercise.js';
import { ExerciseReader } from './exercise.reader.js';
import { ExerciseStreams } from './exercise-streams.js';
import {
  BoardView,
  ClockView,
  ComingQuery,
  ComingView,
  ExercisePage,
  ExerciseView,
  InboxQuery,
  InboxView,
  ScoresView,
} from './exercise.views.dto.js';
import { AddressesDto, CreateExerciseDto, InviteTeamsDto, NamingDto, SeenDto } from './exercises.dto.js';
import { ExportLog } from './export-log.js';
import { InviteTeams } from './invite-teams.js';
import { ListAddresses } from './list-addresses.js';
import { SayInExercise } from './say-in-exercise.js';

/** Runs of scenarios: who plays, what reached whom, and how it went. */
@ApiTags('Exercises')
@Controller('api/v1/exercises')
export class ExercisesController {
  constructor(
    private readonly once: Once,
    private readonly reader: ExerciseReader,
    private readonly createExercise: CreateExercise,
    private readonly inviteTeams: InviteTeams,
    private readonly listAddresses: ListAddresses,
    private readonly say: SayInExercise,
    private readonly exportLog: ExportLog,
    private readonly streams: ExerciseStreams,
  ) {}

  /** Makes a run of a scenario, with teams and staff. Send its id as X-Ronda-Exercise to act in it. */
  @Post()
  @Access('exercises:organise')
  @Created()
  @Versioned()
  create(@Caller() actor: Actor, @Req() request: RondaRequest, @Body() body: CreateExerciseDto): Promise<ExerciseView> {
    return this.once.run(
      request,
      () => this.createExercise.run(actor, body),
      (id) => this.reader.view(actor, id),
    );
  }

  /** Lists the exercises that you are in, and those of your organisation. */
  @Get()
  @Access('exercises:read')
  @Paged()
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<ExercisePage> {
    return this.reader.list(actor, query);
  }

  /** Reads an exercise: where it stands, who plays, and what you may do. */
  @Get(':id')
  @Access('exercises:read')
  @Versioned()
  read(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<ExerciseView> {
    return this.reader.view(actor, id);
  }

  /** Lets more teams in. Whoever comes after STARTEX is given all that went before. */
  @Post(':id/teams')
  @HttpCode(200)
  @Access('exercises:organise')
  @Versioned()
  invite(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: InviteTeamsDto,
  ): Promise<ExerciseView> {
    return this.once.run(
      request,
      () => this.inviteTeams.run(actor, id, body, request.headers['if-match']),
      () => this.reader.view(actor, id),
    );
  }

  /** Says to which addresses webhooks of the teams may leave the exercise. They leave it for no others. */
  @Put(':id/addresses')
  @Access('exercises:organise')
  @Versioned()
  async addresses(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() { addresses }: AddressesDto,
  ): Promise<ExerciseView> {
    await this.listAddresses.run(actor, id, addresses, ifMatch);
    return this.reader.view(actor, id);
  }

  /** What time it is in the exercise. */
  @Get(':id/clock')
  @Access('exercises:read', { exercise: 'path' })
  clock(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<ClockView> {
    return this.reader.clock(actor, id);
  }

  /**
   * What reached your team, behind a position that you have: whoever was away misses nothing. With `Accept: text/event-stream`
   * a stream that goes on with what comes; its ids are positions, sent back as Last-Event-ID.
   */
  @Get(':id/inbox')
  @Access('exercises:read', { exercise: 'path' })
  @ApiHeader({
    ...LAST_EVENT_ID,
    description: 'Of a stream: the position that you were told last, as browsers send it by themselves.',
  })
  @ApiExtraModels(InboxView)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(InboxView) } },
      [STREAM]: {
        schema: { type: 'string', example: 'retry: 3000\n\nid: 13\nevent: inject\ndata: {"position":13}\n\n' },
      },
    },
  })
  async inbox(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: InboxQuery,
    @Req() { headers }: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InboxView | StreamableFile> {
    reply.header('vary', 'accept');
    if (!isStreamed(headers)) return this.reader.inbox(actor, id, query);
    const after = positionOf(headers) ?? query.after;
    await this.reader.playerRow(actor, id);
    return new StreamableFile(await this.streams.open(actor, 'inbox', after), { type: STREAM });
  }

  /** Says that your team has seen what reached it, up to a position. */
  @Post(':id/inbox/seen')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  seen(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: SeenDto,
  ): Promise<ExerciseView> {
    return this.once.run(
      request,
      () => this.say.seen(actor, id, body, request.headers['if-match']),
      () => this.reader.view(actor, id),
    );
  }

  /** Says whether the common part of the report may name your team: for its coordinators, also when the exercise is over. */
  @Post(':id/naming')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  naming(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: NamingDto,
  ): Promise<ExerciseView> {
    return this.once.run(
      request,
      () => this.say.naming(actor, id, body, request.headers['if-match']),
      () => this.reader.view(actor, id),
    );
  }

  /** What is coming to your team, for its local controller; to any team, for controllers and evaluators. */
  @Get(':id/coming')
  @Access('exercises:read', { exercise: 'path' })
  coming(@Caller() actor: Actor, @Param('id', IdPipe) id: string, @Query() { team }: ComingQuery): Promise<ComingView> {
    return this.reader.coming(actor, id, team);
  }

  /** For controllers and evaluators: each inject, whom it reached, who has seen it and acted since. */
  @Get(':id/board')
  @Access('exercises:read', { exercise: 'path' })
  board(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<BoardView> {
    return this.reader.board(actor, id);
  }

  /** Your own team's score, in each of its roles; to controllers and evaluators all teams'. */
  @Get(':id/scores')
  @Access('exercises:read', { exercise: 'path' })
  scores(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<ScoresView> {
    return this.reader.scores(actor, id);
  }

  /**
   * For controllers and evaluators: the log, an entry a line, behind a line that says what it is of. With
   * `Accept: text/event-stream` its entries as a stream that goes on with what happens; its ids are their numbers, sent back as
   * Last-Event-ID.
   */
  @Get(':id/log')
  @Access('exercises:read', { exercise: 'path' })
  @ApiHeader({ ...LAST_EVENT_ID, description: 'Of a stream: the number of the entry that you were told last.' })
  @ApiOkResponse({
    content: {
      [NDJSON]: {
        schema: { type: 'string', example: '{"kind":"started","by":null,"seq":1,"at":"2026-11-20T03:00:00.000Z"}\n' },
      },
      [STREAM]: { schema: { type: 'string', example: 'retry: 3000\n\nid: 1\nevent: started\ndata: {"seq":1}\n\n' } },
    },
  })
  async log(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Req() { headers }: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    reply.header('vary', 'accept');
    if (isStreamed(headers)) {
      const after = positionOf(headers) ?? 0;
      await this.reader.staffRow(actor, id);
      return new StreamableFile(await this.streams.open(actor, 'log', after), { type: STREAM });
    }
    return new StreamableFile(await this.exportLog.run(actor, id), {
      type: NDJSON,
      disposition: 'attachment; filename="exercise-log.ndjson"',
    });
  }
}
