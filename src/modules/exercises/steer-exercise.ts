import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput, notFound } from '../../kernel/problem.js';
import type { Problem } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { advance, clock, comesAt, exerciseTime, standing, whyNotNow } from './core/index.js';
import type { ClockState, Inject, LogEntry, Scenario } from './core/index.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import type { NewEntry } from './exercise-log.store.js';
import { notController, notNow } from './exercise.problems.js';
import { ExerciseReader } from './exercise.reader.js';
import { toExerciseView } from './exercise.view.js';
import type { JumpDto } from './exercises.dto.js';
import { ExercisesStore } from './exercises.store.js';
import type { ExerciseRow, ExerciseState } from './exercises.store.js';
import { injectFaults } from './scenario.rules.js';

/** What a controller decides, before the log has it. */
type Decision = { [Each in LogEntry as Each['kind']]: Omit<Each, 'seq' | 'at' | 'by'> }[
  'started' | 'paused' | 'resumed' | 'speed' | 'jumped' | 'ended' | 'held' | 'released' | 'fired' | 'added'];

/** What tells the time is everybody's to know; what will come is not. */
const COMMON: readonly Decision['kind'][] = ['started', 'paused', 'resumed', 'speed', 'jumped', 'ended'];

const stateOf: Record<ClockState['state'], ExerciseState> = {
  'not-started': 'prepared',
  running: 'running',
  paused: 'paused',
  ended: 'ended',
};

/** What controllers decide about the clock and about injects: written into the log, out of which the conductor plays. */
@Injectable()
export class SteerExercise {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reader: ExerciseReader,
    private readonly exercises: ExercisesStore,
    private readonly log: ExerciseLogStore,
  ) {}

  /** In the fixed order: the one 404, who may (403), what it names (400), which version (412), whether now (409). */
  async run(actor: Actor, id: string, decision: Decision, ifMatch: string | undefined): Promise<string> {
    const row = await this.reader.row(actor, id);
    if (row.part !== 'controller') throw notController();
    if ('inject' in decision) await this.assertInject(decision);
    checkIfMatch(ifMatch, toExerciseView(row, actor), false);
    await this.decide(row, actor, decision);
    return id;
  }

  /** To a time, or to when an inject comes. Which it was stays with the controller: everybody reads what tells the time. */
  async jump(actor: Actor, id: string, to: JumpDto, ifMatch: string | undefined): Promise<string> {
    const row = await this.reader.row(actor, id);
    if (row.part !== 'controller') throw notController();
    const toMinutes = await this.minutesOf(to);
    checkIfMatch(ifMatch, toExerciseView(row, actor), false);
    await this.decide(row, actor, { kind: 'jumped', toMinutes });
    return id;
  }

  private async minutesOf({ toMinutes, inject }: JumpDto): Promise<number> {
    if (toMinutes !== undefined && inject === undefined) return toMinutes;
    if (toMinutes !== undefined || inject === undefined)
      throw invalidInput([
        { pointer: '/toMinutes', detail: 'Give the time as minutes, or an inject: one of the two.' },
      ]);
    const script = await this.exercises.script();
    if (!script) throw notFound();
    const now = standing(script, await this.log.since(0));
    const fault = (detail: string): Problem => invalidInput([{ pointer: '/inject', detail }]);
    if (!now.injects.has(inject)) throw fault('There is no such inject.');
    const at = comesAt(now, inject);
    if (at === null)
      throw fault(
        now.delivered.has(inject)
          ? 'It lies behind: it was delivered.'
          : 'Nobody knows yet when it comes: it is held back, or waits for something that has not happened.',
      );
    if (at < exerciseTime(now.clock, this.work.at.getTime()))
      throw fault('It lies behind, and the clock goes forward only.');
    return at / 60_000;
  }

  private async decide(row: ExerciseRow, actor: Actor, decision: Decision): Promise<void> {
    // Whoever comes second decides on what the first has made of it.
    if (!(await this.log.lock())) throw notFound();
    const now = clock(await this.log.common());
    const at = this.work.at.toISOString();
    const why = whyNotNow(now, { ...decision, at });
    if (why !== null) throw notNow(why);
    const entry: NewEntry = { ...decision, by: actor.userId };
    const then = advance(now, { ...entry, seq: 0, at });
    const isCommon = COMMON.includes(decision.kind);
    const becomes = then.state === now.state ? null : stateOf[then.state];
    // Nobody but controllers and evaluators reads of an inject before it comes.
    const appended = { entry, organisationKeys: [], isCommon, actorKey: actor.userKey };
    await this.log.append(row.space, row.id, [appended], becomes);
  }

  /** The inject that is fired or held, or that is added, has to be what it says. */
  private async assertInject(decision: Extract<Decision, { inject?: unknown }>): Promise<void> {
    const script = await this.exercises.script();
    if (!script) throw notFound();
    const injects = standing(script, await this.log.since(0)).injects;
    if (decision.kind === 'added') {
      const faults = injectFaults(decision.inject, script);
      if (injects.has(decision.inject.id))
        faults.push({ pointer: '/inject/id', detail: 'There is an inject of this id.' });
      if (faults.length > 0) throw invalidInput(faults);
      return;
    }
    if (!injects.has(decision.inject)) throw invalidInput([{ pointer: '/inject', detail: 'There is no such inject.' }]);
    if (decision.kind !== 'fired' || !decision.teams) return;
    const teams = await this.exercises.teamKeys();
    const faults = decision.teams.flatMap((team, index) =>
      teams.has(team) ? [] : [{ pointer: `/teams/${index}`, detail: 'This is no team of the exercise.' }],
    );
    if (faults.length > 0) throw invalidInput(faults);
  }
}

/** An inject as it stands after a log: of the scenario, or added. */
export const injectOf = (script: Scenario, log: readonly LogEntry[], id: string): Inject | undefined =>
  script.injects.find((each) => each.id === id) ??
  log.flatMap((entry) => (entry.kind === 'added' ? [entry.inject] : [])).find((each) => each.id === id);
