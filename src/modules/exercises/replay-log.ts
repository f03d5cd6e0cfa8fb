import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { Problem, invalidInput } from '../../kernel/problem.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { JSON_FILE_LIMITS, readJson } from '../../platform/http/body-limits.js';
import { clock, readLogFile } from './core/index.js';
import type { LogEntry } from './core/index.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import { ExercisesStore } from './exercises.store.js';

/**
 * Takes in the exported log of a run that is over. Its score and its report are reckoned from it anew, and are the same.
 * Nobody vouches for a file: what it says of teams is shown to whoever took it in, and to none of them.
 */
@Injectable()
export class ReplayLog {
  constructor(
    private readonly work: UnitOfWork,
    private readonly exercises: ExercisesStore,
    private readonly log: ExerciseLogStore,
    private readonly chance: Chance,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  async run(actor: Actor, bytes: Buffer): Promise<string> {
    const { file, faults } = readLogFile(linesOf(bytes));
    if (!file) throw invalidInput(faults);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const known = await this.exercises.replayed(actor, digest);
    if (known !== undefined) return known;
    const { exercise, scenario } = file.heading;
    const id = this.chance.uuid();
    const space = await this.exercises.insert({
      id,
      originNode: this.originNode,
      ownerKey: actor.organisationKey,
      authorKey: actor.userKey,
      title: exercise.title,
      scenarioId: exercise.scenario.id,
      scenarioVersion: exercise.scenario.version,
      document: scenario,
      // Nobody plays in it.
      addresses: [],
    });
    this.exercises.addStaff(space, [{ userKey: actor.userKey, part: 'controller' }], actor.userKey);
    const { startedAtMs, setAtMs } = clock(file.entries);
    await this.log.replay(space, {
      run: exercise.id,
      digest,
      entries: file.entries.map((entry) => ({ ...entry, isCommon: isCommon(entry) })),
      startedAt: new Date(startedAtMs ?? setAtMs),
      endedAt: new Date(setAtMs),
    });
    const payload = { exerciseId: id, entries: file.entries.length, digest };
    this.work.emit({ type: 'exercise.replayed', version: 1, payload }, actor.userKey);
    return id;
  }
}

/** What tells the time is read by itself. */
const COMMON: readonly LogEntry['kind'][] = ['started', 'paused', 'resumed', 'speed', 'jumped', 'ended', 'no-duff'];
const isCommon = ({ kind }: LogEntry): boolean => COMMON.includes(kind);

const NEWLINE = 0x0a;

/** @throws Problem 400 at the line that is no JSON, or too much of it. */
function linesOf(bytes: Buffer): unknown[] {
  const lines: unknown[] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found === -1 ? bytes.length : found;
    if (end > start) lines.push(read(bytes.subarray(start, end), lines.length));
    start = end + 1;
  }
  return lines;
}

function read(line: Buffer, index: number): unknown {
  try {
    return readJson(line, JSON_FILE_LIMITS);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const faults = error.errors ?? [{ pointer: '', detail: error.detail }];
    throw invalidInput(faults.map(({ pointer, detail }) => ({ pointer: `/${index}${pointer}`, detail })));
  }
}
