import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import type { Inject } from './core/index.js';
import { ExerciseReader } from './exercise.reader.js';
import { ExerciseView } from './exercise.views.dto.js';
import {
  AddInjectDto,
  FireDto,
  InjectRefDto,
  JumpDto,
  MessageDto,
  NoDuffDto,
  OverrideDto,
  PauseDto,
  ExerciseRemarkDto,
  SpeedDto,
} from './exercises.dto.js';
import { SayInExercise } from './say-in-exercise.js';
import { SteerExercise } from './steer-exercise.js';

/** What controllers decide, what evaluators note, and NO DUFF, which is everybody's. Each is in the log with who did it. */
@ApiTags('Exercises')
@Controller('api/v1/exercises/:id')
export class SteeringController {
  constructor(
    private readonly once: Once,
    private readonly reader: ExerciseReader,
    private readonly steer: SteerExercise,
    private readonly say: SayInExercise,
  ) {}

  /** STARTEX: the clock begins. */
  @Post('start')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  start(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id', IdPipe) id: string): Promise<ExerciseView> {
    return this.decide(actor, request, id, { kind: 'started' });
  }

  /** Stops the clock. */
  @Post('pause')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  pause(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { reason }: PauseDto,
  ): Promise<ExerciseView> {
    return this.decide(actor, request, id, { kind: 'paused', ...(reason !== undefined && { reason }) });
  }

  /** Lets the clock go on. */
  @Post('resume')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  resume(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id', IdPipe) id: string): Promise<ExerciseView> {
    return this.decide(actor, request, id, { kind: 'resumed' });
  }

  /** Sets how fast exercise time passes, from now on. */
  @Post('speed')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  speed(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { factor }: SpeedDto,
  ): Promise<ExerciseView> {
    return this.decide(actor, request, id, { kind: 'speed', factor });
  }

  /** Sets the clock forward, to a time or to an inject. What was due between is due at once. */
  @Post('jump')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  jump(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: JumpDto,
  ): Promise<ExerciseView> {
    return this.act(actor, request, id, () => this.steer.jump(actor, id, body, request.headers['if-match']));
  }

  /** ENDEX: the clock stops for good, and nobody acts in it any more. */
  @Post('end')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  end(@Caller() actor: Actor, @Req() request: RondaRequest, @Param('id', IdPipe) id: string): Promise<ExerciseView> {
    return this.decide(actor, request, id, { kind: 'ended' });
  }

  /** Delivers an inject now, whatever its time. */
  @Post('fire')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  fire(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { inject, teams }: FireDto,
  ): Promise<ExerciseView> {
    return this.decide(actor, request, id, { kind: 'fired', inject, ...(teams && { teams }) });
  }

  /** Holds an inject back until it is released or fired. */
  @Post('hold')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  hold(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { inject }: InjectRefDto,
  ): Promise<ExerciseView> {
    return this.decide(actor, request, id, { kind: 'held', inject });
  }

  /** Lets an inject that was held back come at its time, or now where that is past. */
  @Post('let-go')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  letGo(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { inject }: InjectRefDto,
  ): Promise<ExerciseView> {
    return this.decide(actor, request, id, { kind: 'released', inject });
  }

  /** Adds an inject on the fly. */
  @Post('injects')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  add(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { inject }: AddInjectDto,
  ): Promise<ExerciseView> {
    return this.decide(actor, request, id, { kind: 'added', inject: inject as unknown as Inject });
  }

  /** Says something to teams, outside the scenario. */
  @Post('messages')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  message(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: MessageDto,
  ): Promise<ExerciseView> {
    return this.act(actor, request, id, () => this.say.message(actor, id, body, request.headers['if-match']));
  }

  /** NO DUFF: real life goes first. It reaches everybody there at once; a controller may stop the clock with it. */
  @Post('no-duff')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  noDuff(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: NoDuffDto,
  ): Promise<ExerciseView> {
    return this.act(actor, request, id, () => this.say.noDuff(actor, id, body, request.headers['if-match']));
  }

  /** Notes what was observed, for the report. */
  @Post('remarks')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  remark(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: ExerciseRemarkDto,
  ): Promise<ExerciseView> {
    return this.act(actor, request, id, () => this.say.remark(actor, id, body, request.headers['if-match']));
  }

  /** Puts an evaluator's word in place of what was reckoned, with the reason. */
  @Post('overrides')
  @HttpCode(200)
  @Access('exercises:write', { exercise: 'path' })
  @Versioned()
  override(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() body: OverrideDto,
  ): Promise<ExerciseView> {
    return this.act(actor, request, id, () => this.say.override(actor, id, body, request.headers['if-match']));
  }

  private decide(
    actor: Actor,
    request: RondaRequest,
    id: string,
    decision: Parameters<SteerExercise['run']>[2],
  ): Promise<ExerciseView> {
    return this.act(actor, request, id, () => this.steer.run(actor, id, decision, request.headers['if-match']));
  }

  private act(actor: Actor, request: RondaRequest, id: string, act: () => Promise<string>): Promise<ExerciseView> {
    return this.once.run(request, act, () => this.reader.view(actor, id));
  }
}
