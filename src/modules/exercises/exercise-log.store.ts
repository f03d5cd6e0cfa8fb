import { Injectable } from '@nestjs/common';
import { Chance } from '../../kernel/chance.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { LogEntry, Report } from './core/index.js';
import type { ExerciseState } from './exercises.store.js';

/** An entry that is not in a log yet: the log gives it its number and its time. */
export type NewEntry = { [Each in LogEntry as Each['kind']]: Omit<Each, 'seq' | 'at'> }[LogEntry['kind']];

export interface Appended {
  entry: NewEntry;
  /** Internal keys of the teams that it is about, which may read it. */
  organisationKeys: readonly number[];
  /** Whether everybody there may. */
  isCommon: boolean;
  actorKey: number | null;
}

/** An entry of a run that was played, with whether everybody there might read it. */
export type ReplayedEntry = LogEntry & { isCommon: boolean };

export type InboxKind = 'inject' | 'message' | 'no-duff';

export interface NewItem {
  /** Null: every team. */
  organisationKey: number | null;
  /** The entry of the log that says so. */
  seq: number;
  kind: InboxKind;
  inject: string | null;
  content: Record<string, unknown>;
}

export interface InboxRow {
  position: number;
  kind: InboxKind;
  inject: string | null;
  content: Record<string, unknown>;
  delivered_at: Date;
  seen_at: Date | null;
}

export interface ScoreRow {
  organisation: string;
  score: unknown;
  /** What the team is given of it, since the end. */
  report: Report | null;
}

/** On which every node hears what is new, and in which space, by its number: `inbox 7`, `log 7`. */
export const EXERCISE_CHANNEL = 'ronda_exercise';
export type Announced = 'inbox' | 'log';

interface LogRow {
  seq: number;
  at: Date;
  entry: NewEntry;
}

const lock = statement('exercise-lock', 'select state, log_size from ronda.exercise_lock()');
const append = statement('exercise-append', 'select ronda.exercise_append($1, $2, $3) as before');
const deliver = statement('exercise-deliver', 'select ronda.exercise_deliver($1)');
const entries = statement(
  'exercise-log',
  'select seq, at, entry from ronda.exercise_log where space = $1 and seq > $2 order by seq limit $3',
);
const clockEntries = statement(
  'exercise-log-common',
  'select seq, at, entry from ronda.exercise_log where space = $1 and is_common order by seq',
);
const inbox = statement(
  'exercise-inbox',
  `select position, kind, inject, content, delivered_at, seen_at from ronda.exercise_inbox
    where space = $1 and org_key = $2 and position > $3 order by position limit $4`,
);
const see = statement(
  'exercise-see',
  `update ronda.exercise_inbox set seen_at = $4, seen_by = $5
    where space = $1 and org_key = $2 and position <= $3 and seen_at is null returning inject`,
);
const scores = statement(
  'exercise-scores',
  `select o.id as organisation, s.score, s.report from ronda.exercise_score s join ronda.organisation o on o.key = s.org_key
    where s.space = $1 order by lower(o.name), o.id`,
);

const announce = statement('exercise-announce', 'select pg_notify($1, $2)');
const replayPart = statement('exercise-replay-part', 'select ronda.exercise_replay_part($1, $2)');
const replay = statement('exercise-replay', `select ronda.exercise_replay($1, $2, decode($3, 'hex'), $4, $5, $6)`);

/** The log of an exercise, and what of it reached whom. */
@Injectable()
export class ExerciseLogStore {
  constructor(
    private readonly work: UnitOfWork,
    private readonly chance: Chance,
  ) {}

  /** Takes the turn of whoever writes into the log of this space, to the end of the unit of work. */
  async lock(): Promise<{ state: ExerciseState; size: number } | undefined> {
    const [row] = await this.work.query<{ state: ExerciseState; log_size: number }>(lock);
    return row && { state: row.state, size: row.log_size };
  }

  /**
   * Writes entries behind the last.
   * @param becomes the state of the exercise since, where it is another.
   * @returns the number of the first.
   */
  async append(
    space: number,
    exerciseId: string,
    appended: readonly Appended[],
    becomes: ExerciseState | null = null,
  ): Promise<number> {
    const rows = appended.map(({ entry, organisationKeys, isCommon, actorKey }) => ({
      id: this.chance.uuid(),
      kind: entry.kind,
      entry,
      orgKeys: organisationKeys,
      isCommon,
      actorKey,
    }));
    const [done] = await this.work.query<{ before: number }>(append, [space, JSON.stringify(rows), becomes]);
    const first = (done?.before ?? 0) + 1;
    this.announce('log', space);
    // Facts for the ledger; what was said stays in the log.
    for (const [index, { id, kind }] of rows.entries())
      this.work.emit(
        { type: 'exercise.logged', version: 1, payload: { exerciseId, entryId: id, seq: first + index, kind } },
        appended[index]?.actorKey ?? null,
      );
    return first;
  }

  /** Lays some of the log of one that was played into an exercise that was just made, and in which nobody plays. */
  async replayPart(space: number, entries: readonly ReplayedEntry[]): Promise<void> {
    await this.work.query(replayPart, [space, this.replayRows(entries)]);
  }

  /** Its last, behind which it is over. */
  async replay(
    space: number,
    {
      run,
      digest,
      entries,
      startedAt,
      endedAt,
    }: {
      run: string;
      /** Lower-case hex SHA-256 of the file. */
      digest: string;
      entries: readonly ReplayedEntry[];
      startedAt: Date;
      endedAt: Date;
    },
  ): Promise<void> {
    await this.work.query(replay, [space, run, digest, this.replayRows(entries), startedAt, endedAt]);
  }

  private replayRows(entries: readonly ReplayedEntry[]): string {
    return JSON.stringify(
      entries.map(({ seq: _, at, isCommon, ...entry }) => ({ id: this.chance.uuid(), at, isCommon, entry })),
    );
  }

  async deliver(items: readonly NewItem[]): Promise<void> {
    const rows = items.map(({ organisationKey, ...item }) => ({ org_key: organisationKey, ...item }));
    await this.work.query(deliver, [JSON.stringify(rows)]);
    this.announce('inbox', this.work.space);
  }

  /** Heard with the commit. */
  private announce(what: Announced, space: number): void {
    this.work.write(announce, [EXERCISE_CHANNEL, `${what} ${space}`]);
  }

  /** Behind a number, as far as the caller may read it. */
  async since(seq: number, limit = 1_000_000): Promise<LogEntry[]> {
    return (await this.work.query<LogRow>(entries, [this.work.space, seq, limit])).map(toEntry);
  }

  /** What tells the time: everybody there reads it. */
  async common(): Promise<LogEntry[]> {
    return (await this.work.query<LogRow>(clockEntries, [this.work.space])).map(toEntry);
  }

  inbox(organisationKey: number, after: number, limit: number): Promise<InboxRow[]> {
    return this.work.query<InboxRow>(inbox, [this.work.space, organisationKey, after, limit]);
  }

  /** @returns the injects that nobody of the organisation had seen yet. */
  async see(organisationKey: number, position: number, by: number): Promise<string[]> {
    const values = [this.work.space, organisationKey, position, this.work.at, by];
    const rows = await this.work.query<{ inject: string | null }>(see, values);
    return rows.flatMap(({ inject }) => (inject === null ? [] : [inject]));
  }

  scores(): Promise<ScoreRow[]> {
    return this.work.query<ScoreRow>(scores, [this.work.space]);
  }
}

/** As the log has it. */
export const toEntry = ({ seq, at, entry }: LogRow): LogEntry => ({ ...entry, seq, at: at.toISOString() });
