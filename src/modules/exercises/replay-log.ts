import { join } from 'node:path';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { Problem, invalidInput } from '../../kernel/problem.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { TEMP_DIR } from '../../platform/config/temp-dir.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { receiveFile, tooLarge } from '../../platform/files/receive-file.js';
import { JSON_FILE_LIMITS, readJson } from '../../platform/http/body-limits.js';
import { textFaults } from '../../kernel/text-faults.js';
import { LogCheck } from './core/index.js';
import type { CheckedLog, LogEntry } from './core/index.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import type { ReplayedEntry } from './exercise-log.store.js';
import { ExercisesStore } from './exercises.store.js';

/** What a run may come to that is scored whole, as this node scores its own. */
const LIMIT_BYTES = 256 * 1024 * 1024;
/** An act holds its incident as a MISP event, which a client may have sent at 16 MiB, and which says more of each attribute. */
const LINE_BYTES = 64 * 1024 * 1024;
const MOST_FAULTS = 100;
const LINE_LIMITS = { ...JSON_FILE_LIMITS, objects: 400_000, values: 2_000_000 };
/** So much is written at once. */
const PART = { entries: 500, bytes: 4 * 1024 * 1024 };

/**
 * Takes in the exported log of a run that is over. Its score and its report are reckoned from it anew, and are the same.
 * Nobody vouches for a file: what it says of teams is shown to whoever took it in, and to none of them.
 *
 * The file is laid aside as it comes, looked through, and then written part by part: a line of it is in memory, however
 * long it is, and no connection to the database is held while it comes.
 */
@Injectable()
export class ReplayLog {
  constructor(
    private readonly work: UnitOfWork,
    private readonly exercises: ExercisesStore,
    private readonly log: ExerciseLogStore,
    private readonly chance: Chance,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
    @Inject(TEMP_DIR) private readonly tempDir: string,
  ) {}

  /** @param length what its sender says that it is long; 0 where that is not said. */
  async run(actor: Actor, input: Readable, length: number): Promise<string> {
    if (length > LIMIT_BYTES) throw tooLarge(LIMIT_BYTES);
    const name = `replay-${this.chance.uuid()}`;
    const laid = { incoming: this.tempDir, id: name, limitBytes: LIMIT_BYTES, infected: null };
    const { sha256 } = await receiveFile(input, laid);
    const path = join(this.tempDir, name);
    try {
      const log = await check(path);
      return (await this.exercises.replayed(actor, sha256)) ?? (await this.take(actor, path, log, sha256));
    } finally {
      await rm(path, { force: true });
    }
  }

  private async take(
    actor: Actor,
    path: string,
    { heading, size, clock }: CheckedLog,
    digest: string,
  ): Promise<string> {
    const { exercise, scenario } = heading;
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
    let part: ReplayedEntry[] = [];
    let bytes = 0;
    for await (const { line, index } of linesOf(path)) {
      if (index === 0) continue;
      const entry = JSON.parse(line.toString()) as LogEntry;
      part.push({ ...entry, isCommon: isCommon(entry) });
      bytes += line.length;
      if (part.length < PART.entries && bytes < PART.bytes) continue;
      await this.log.replayPart(space, part);
      part = [];
      bytes = 0;
    }
    await this.log.replay(space, {
      run: exercise.id,
      digest,
      entries: part,
      startedAt: new Date(clock.startedAtMs ?? clock.setAtMs),
      endedAt: new Date(clock.setAtMs),
    });
    const payload = { exerciseId: id, entries: size, digest };
    this.work.emit({ type: 'exercise.replayed', version: 1, payload }, actor.userKey);
    return id;
  }
}

/** What tells the time is read by itself. */
const COMMON: readonly LogEntry['kind'][] = ['started', 'paused', 'resumed', 'speed', 'jumped', 'ended', 'no-duff'];
const isCommon = ({ kind }: LogEntry): boolean => COMMON.includes(kind);

/** @throws Problem 400 with what is wrong, at the line that is no JSON, or too much of it. */
async function check(path: string): Promise<CheckedLog> {
  const check = new LogCheck();
  for await (const { line, index } of linesOf(path)) check.take(read(line, index));
  const { log, faults } = check.finish();
  if (!log) throw invalidInput(faults);
  return log;
}

function read(line: Buffer, index: number): unknown {
  try {
    // The first is a scenario, which was sent as one.
    const value = readJson(line, index === 0 ? JSON_FILE_LIMITS : LINE_LIMITS);
    const unstorable = line.includes('\\u') ? textFaults(value, '') : [];
    if (unstorable.length > 0) throw invalidInput(unstorable.slice(0, MOST_FAULTS));
    return value;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const faults = error.errors ?? [{ pointer: '', detail: error.detail }];
    throw invalidInput(faults.map(({ pointer, detail }) => ({ pointer: `/${index}${pointer}`, detail })));
  }
}

const NEWLINE = 0x0a;

/** Those that are not empty, numbered from 0 on. The last needs no newline behind it. */
async function* linesOf(path: string): AsyncGenerator<{ line: Buffer; index: number }> {
  let parts: Buffer[] = [];
  let bytes = 0;
  let index = 0;
  const add = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > LINE_BYTES)
      throw invalidInput([{ pointer: `/${index}`, detail: `A line may be ${LINE_BYTES} bytes long.` }]);
    parts.push(part);
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      if (bytes > 0) yield { line: Buffer.concat(parts), index: index++ };
      parts = [];
      bytes = 0;
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (bytes > 0) yield { line: Buffer.concat(parts), index };
}
