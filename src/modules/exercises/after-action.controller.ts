import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput } from '../../kernel/problem.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { LAST_EVENT_ID, STREAM, isStreamed, positionOf } from '../../platform/http/event-stream.js';
import { CSV } from '../../platform/http/file-body.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { NDJSON, Streamed, streamOf } from '../../platform/http/streamed-body.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import {
  ComparisonQuery,
  ComparisonView,
  LessonDto,
  PlaybackQuery,
  PlaybackView,
  ReportQuery,
  TimelineQuery,
  TimelineView,
} from './after-action.dto.js';
import type { ReportFormat } from './after-action.dto.js';
import { CompareRuns } from './compare-runs.js';
import { ExerciseReader } from './exercise.reader.js';
import { ExerciseView } from './exercise.views.dto.js';
import { PlayBack } from './play-back.js';
import { ReplayLog } from './replay-log.js';
import { ReportExercise } from './report-exercise.js';
import { SayInExercise } from './say-in-exercise.js';

const MARKDOWN = 'text/markdown';
const HTML = 'text/html';
const TYPES: Record<ReportFormat, string> = { html: HTML, md: MARKDOWN, csv: CSV };

/** What is made of a run when it is over: its report, its replay, and what is learnt. */
@ApiTags('Exercises')
@Controller('api/v1/exercises')
export class AfterActionController {
  constructor(
    private readonly once: Once,
    private readonly reader: ExerciseReader,
    private readonly reports: ReportExercise,
    private readonly comparison: CompareRuns,
    private readonly say: SayInExercise,
    private readonly replayLog: ReplayLog,
    private readonly playBack: PlayBack,
  ) {}

  /**
   * Takes in the exported log of a run that is over, from this server or another, as a finished exercise of your own. What
   * it says must be whole: its score, reckoned anew, is the one that it names. Sent again, it is the same exercise. Nobody
   * else is in it.
   */
  @Post('replays')
  @Access('exercises:organise')
  @Streamed(NDJSON)
  @Created()
  @Versioned()
  @ApiConsumes(NDJSON)
  @ApiBody({
    schema: { type: 'string', format: 'binary', example: '{"format":"ronda-exercise-log/1"}\n' },
    description:
      'The log as it was exported, up to 256 MiB: some 400,000 acts. Faults are named by line, from 0 on, and pointer within it.',
  })
  async replay(@Caller() actor: Actor, @Req() request: RondaRequest): Promise<ExerciseView> {
    if (request.headers['idempotency-key'] !== undefined)
      throw invalidInput([{ pointer: '/idempotency-key', detail: 'A log is known by what is in it.', in: 'header' }]);
    const length = Number(request.headers['content-length'] ?? 0);
    return this.reader.view(actor, await this.replayLog.run(actor, streamOf(request), length));
  }

  /**
   * The after-action report: what is common, and the annex of your own team; to controllers and evaluators all annexes.
   * Players read it when the exercise is over.
   */
  @Get(':id/report')
  @Access('exercises:read', { exercise: 'path' })
  @ApiProduces(HTML, MARKDOWN, CSV)
  @ApiOkResponse({
    schema: { type: 'string', example: 'EXERCISE EXERCISE EXERCISE\n\n# MONSOON TIDE\n\n## Run\n' },
  })
  async report(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: ReportQuery,
  ): Promise<StreamableFile> {
    const text = await this.reports.run(actor, id, query);
    return new StreamableFile(Buffer.from(text), {
      type: `${TYPES[query.format]}; charset=utf-8`,
      disposition: `attachment; filename="after-action-report.${query.format}"`,
    });
  }

  /** What your team did and was given, in exercise time, up to any instant of it; to controllers and evaluators all of it. */
  @Get(':id/timeline')
  @Access('exercises:read', { exercise: 'path' })
  timeline(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: TimelineQuery,
  ): Promise<TimelineView> {
    return this.reports.timeline(actor, id, query);
  }

  /**
   * For controllers and evaluators: how every team stood at an instant of exercise time — what had reached it, what it had
   * made of it, its score. With `Accept: text/event-stream` that as a `scene`, and then what happened since, at a speed: `entry`
   * is a line of the timeline, `score` a team's score that it changed, `over` the end. Ids are numbers of entries; behind
   * the one that is sent back as Last-Event-ID it goes on.
   */
  @Get(':id/playback')
  @Access('exercises:read', { exercise: 'path' })
  @ApiHeader({ ...LAST_EVENT_ID, description: 'Of a stream: the number of the entry that you were told last.' })
  @ApiExtraModels(PlaybackView)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(PlaybackView) } },
      [STREAM]: {
        schema: { type: 'string', example: 'retry: 3000\n\nid: 7\nevent: scene\ndata: {"exerciseSeconds":300}\n\n' },
      },
    },
  })
  async playback(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PlaybackQuery,
    @Req() { headers }: RondaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PlaybackView | StreamableFile> {
    reply.header('vary', 'accept');
    if (!isStreamed(headers)) return this.playBack.at(actor, id, query);
    return new StreamableFile(await this.playBack.stream(actor, id, query, positionOf(headers)), { type: STREAM });
  }

  /** For controllers and evaluators of both: this run and another of the same scenario, milestone by milestone. */
  @Get(':id/comparison')
  @Access('exercises:read', { exercise: 'path' })
  compare(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: ComparisonQuery,
  ): Promise<ComparisonView> {
    return this.comparison.run(actor, id, query.with);
  }

  /** Keeps a lesson for the report: whose it is, and how far it is. */
  @Post(':id/lessons')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  lesson(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: LessonDto,
  ): Promise<ExerciseView> {
    return this.once.run(
      request,
      () => this.say.lesson(actor, id, body, request.headers['if-match']),
      () => this.reader.view(actor, id),
    );
  }
}
