import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { Chance } from '../../kernel/chance.js';
import { Clock } from '../../kernel/clock.js';
import { Problem } from '../../kernel/problem.js';
import { databaseProblem } from './database-problems.js';
import { StatementGroup, sendAlone } from './statement-group.js';
import type { Answer, Asked } from './statement-group.js';
import { statement } from './statement.js';
import type { Statement } from './statement.js';

/** The space of real life. Every exercise has another. */
export const LIVE = 0;

/**
 * For whom the database reads and writes: a shown credential, or the account that a job acts for. Neither is nobody. A job
 * that acts with the `eyes` of the organisation holds what that holds without any of its people, whoever the account is.
 * One that `ends` an interim acts for who published it also where that account is closed or its organisation retired, while one of
 * that organisation's is past its hour.
 * `assumed` names the versions of the rows that said what the credential means; where they are others by now, nothing is
 * read or written and the unit fails with an error that `isReaderChanged` knows.
 */
export type Reader =
  | { tokenHash: string; assumed?: string | null }
  | { actingUserKey: number; eyes?: 'organisation' }
  | { actingUserKey: number; ends: 'interim' }
  | 'nobody';

/** `raise` of ronda.enter(). */
export const isReaderChanged = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'RD001';

export type Mode = 'read' | 'write';

/** What happened, as others may hear of it: ids and facts, never entities. */
export interface DomainEvent {
  /** Dotted, past tense: `incident.filed`. */
  type: string;
  /** Of the payload's shape. */
  version: number;
  payload: Record<string, unknown>;
}

interface Work {
  readonly reader: Reader;
  readonly space: number;
  readonly mode: Mode;
  readonly at: Date;
  readonly events: DomainEvent[];
  actorKey: number | null;
  /** Asked and not sent yet: whatever is asked at once leaves together. */
  waiting: Asked[] | null;
  /** Writes that nobody waits for: they leave before what is asked next, or at the end. */
  writes: Asked[];
  opened: Promise<Opened> | null;
  /** Whether the database was told for whom this is. */
  isEntered: boolean;
  /** What has to be durable before anything is answered, and here is so with the commit alone. */
  readonly durable: (() => Promise<unknown>)[];
}

/** A transaction that outlives a group of statements. */
interface Opened {
  readonly runner: QueryRunner;
  readonly client: PoolClient;
  isBegun: boolean;
}

const begin = statement('unit-begin', 'begin');
const beginReading = statement('unit-begin-reading', 'begin read only');
const enter = statement('unit-enter', 'select ronda.enter($1, $2, $3, $4, $5, $6)');
const enterForOrganisation = statement(
  'unit-enter-organisation',
  'select ronda.enter_for_organisation($1, $2, $3, $4)',
);
const enterToEndInterim = statement('unit-enter-interim', 'select ronda.enter_to_end_interim($1, $2, $3)');
const commit = statement('unit-commit', 'commit');
const appendOutbox = statement(
  'unit-outbox',
  `insert into ronda.outbox (space, id, type, version, occurred_at, actor_key, payload)
   select $1, e.id, e.type, e.version, $2, $3, e.payload
     from jsonb_to_recordset($4::jsonb) as e (id uuid, type text, version int, payload jsonb)`,
);

/**
 * What one reader does in one space. The database derives what it may see from the credential that is set with the
 * queries; outside a unit of work a query sees no rows.
 *
 * What writes is one transaction, begun with the first query that somebody waits for. What reads is one for each group of queries that are asked at once, each entered anew:
 * `begin` and `commit` of their own were a third of a read's cost, and two statements of one transaction see different
 * snapshots at this level of isolation anyway (bench/README.md).
 */
@Injectable()
export class UnitOfWork implements OnApplicationShutdown {
  private readonly storage = new AsyncLocalStorage<Work>();

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly chance: Chance,
  ) {}

  /** Every promise of the process pays for each storage that was ever used, and tests start many applications in one. */
  onApplicationShutdown(): void {
    this.storage.disable();
  }

  /**
   * Runs `work`. Where it writes, its transaction begins with its first query and commits when it resolves; rolls back
   * when it throws. No network call may happen inside but to the database.
   */
  async run<T>(reader: Reader, space: number, mode: Mode, work: () => Promise<T>): Promise<T> {
    const at = this.clock.now();
    const unit: Work = {
      reader,
      space,
      mode,
      at,
      events: [],
      actorKey: null,
      waiting: null,
      writes: [],
      opened: null,
      isEntered: false,
      durable: [],
    };
    let result: T;
    try {
      result = await this.storage.run(unit, work);
    } catch (error) {
      await this.rollBack(unit);
      await this.verify(unit);
      if (error instanceof Problem && error.showsWhatWasRead) await this.writeAgain(unit);
      throw databaseProblem(error);
    }
    try {
      await this.commit(unit);
      await this.verify(unit);
    } catch (error) {
      throw databaseProblem(error);
    }
    return result;
  }

  /** The instant of this unit of work: one for all that it writes. */
  get at(): Date {
    return this.current.at;
  }

  get space(): number {
    return this.current.space;
  }

  get mode(): Mode {
    return this.current.mode;
  }

  /** Reads for the same reader in another space, in a unit of its own: one query is never of two. */
  elsewhere<T>(space: number, work: () => Promise<T>): Promise<T> {
    return this.run(this.current.reader, space, 'read', work);
  }

  /**
   * Writes for the same reader what has to be durable before anything is answered: in this unit where it writes, which
   * commits before its answer leaves, else in one of its own, which has committed when this resolves. Where this unit ends
   * with an error that shows what was read, `work` is done again, in a unit of its own: it repeats nothing but its writes.
   */
  durably<T>(work: () => Promise<T>): Promise<T> {
    const { reader, space, mode, durable } = this.current;
    if (mode === 'read') return this.run(reader, space, 'write', work);
    durable.push(work);
    return work();
  }

  /** Runs a prepared statement and returns its rows. */
  async query<R extends QueryResultRow>(statement: Statement, values: unknown[] = []): Promise<R[]> {
    const unit = this.current;
    const { rows } = await new Promise<Answer>((answer, fail) => {
      const asked = { statement, values, answer, fail };
      if (unit.waiting) unit.waiting.push(asked);
      else {
        unit.waiting = [...unit.writes.splice(0), asked];
        this.sendWaiting(unit).catch((error: unknown) => {
          for (const each of take(unit)) each.fail(error);
        });
      }
    });
    return rows as R[];
  }

  /**
   * Runs a prepared statement of which nothing is awaited: it leaves with the next that somebody waits for, or with the
   * commit, in the order in which it was said. If it fails, so does that, and with it the unit of work.
   */
  write(statement: Statement, values: unknown[] = []): void {
    const unit = this.current;
    if (unit.mode === 'read') throw new Error('A unit of work that reads does not write');
    (unit.waiting ?? unit.writes).push(unheard(statement, values));
  }

  /** TypeORM's door to the same transaction. */
  async manager(): Promise<EntityManager> {
    const unit = this.current;
    const opened = await (unit.opened ??= this.open());
    if (!opened.isBegun || unit.writes.length > 0) this.sendIn(opened, unit, take(unit));
    return opened.runner.manager;
  }

  /** Says that something happened; written to the outbox in this transaction. */
  emit(event: DomainEvent, actorKey: number | null = null): void {
    const unit = this.current;
    unit.actorKey ??= actorKey;
    unit.events.push(event);
  }

  private get current(): Work {
    const unit = this.storage.getStore();
    if (!unit) throw new Error('A query outside a unit of work');
    return unit;
  }

  /** What the rollback took away and the answer needs, before that leaves. */
  private async writeAgain({ reader, space, durable }: Work): Promise<void> {
    if (durable.length === 0) return;
    await this.run(reader, space, 'write', async () => {
      for (const work of durable) await work();
    });
  }

  private async sendWaiting(unit: Work): Promise<void> {
    if (unit.mode === 'read' && !unit.opened) {
      await sendAlone(this.pool, () => [entering(unit), ...take(unit)]);
      return;
    }
    const opened = await (unit.opened ??= this.open());
    this.sendIn(opened, unit, take(unit));
  }

  private sendIn(opened: Opened, unit: Work, asked: Asked[]): void {
    const beginning = opened.isBegun ? [] : [unheard(unit.mode === 'read' ? beginReading : begin), entering(unit)];
    opened.isBegun = true;
    opened.client.query(new StatementGroup(opened.client, [...beginning, ...asked]));
  }

  private async open(): Promise<Opened> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    // TypeORM joins the transaction that is begun here instead of beginning its own.
    markActive(runner, true);
    return { runner, client, isBegun: false };
  }

  private async commit(unit: Work): Promise<void> {
    const asked = take(unit);
    if (unit.events.length > 0) asked.push(unheard(appendOutbox, this.outboxOf(unit)));
    if (!unit.opened) {
      if (asked.length > 0) await this.writeAtOnce(unit, asked);
      return;
    }
    const opened = await unit.opened;
    const { runner } = opened;
    markActive(runner, false);
    try {
      const { command } = await new Promise<Answer>((answer, fail) =>
        this.sendIn(opened, unit, [...asked, { statement: commit, values: [], answer, fail }]),
      );
      // Behind a statement that failed before, the server answers commit with a rollback and no error.
      if (command !== 'COMMIT') throw new Error('The transaction was rolled back at commit');
    } catch (error) {
      await this.rollBack(unit);
      throw error;
    }
    await runner.release();
  }

  /** An assumed reader is told nothing by a unit that asked nothing, not even that it erred. */
  private async verify(unit: Work): Promise<void> {
    const { reader } = unit;
    if (unit.isEntered || typeof reader !== 'object' || !('assumed' in reader) || !reader.assumed) return;
    try {
      await new Promise<Answer>((answer, fail) => {
        sendAlone(this.pool, () => [{ ...entering(unit), answer, fail }]).catch(fail);
      });
    } catch (error) {
      throw databaseProblem(error);
    }
  }

  /** Where nothing was asked before, all is one group, which is a transaction by itself. */
  private async writeAtOnce(unit: Work, asked: Asked[]): Promise<void> {
    await new Promise<Answer>((answer, fail) => {
      const last = asked.at(-1) as Asked;
      const heard = [...asked.slice(0, -1), { ...last, answer, fail }];
      sendAlone(this.pool, () => [entering(unit), ...heard]).catch(fail);
    });
  }

  private outboxOf(unit: Work): unknown[] {
    const rows = unit.events.map((event) => ({ id: this.chance.uuid(), ...event }));
    return [unit.space, unit.at, unit.actorKey, JSON.stringify(rows)];
  }

  private async rollBack(unit: Work): Promise<void> {
    if (!unit.opened) return;
    try {
      const { runner, client, isBegun } = await unit.opened;
      markActive(runner, false);
      try {
        if (isBegun) await client.query('rollback');
      } finally {
        await runner.release();
      }
    } catch {
      // A connection that is gone has rolled back already.
    }
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}

function take(unit: Work): Asked[] {
  const asked = unit.waiting ?? unit.writes.splice(0);
  unit.waiting = null;
  return asked;
}

/** Says for whom the statements behind it are. */
function entering(unit: Work): Asked {
  const { reader, space, at, mode } = unit;
  unit.isEntered = true;
  const isReading = mode === 'read';
  if (typeof reader === 'object' && 'eyes' in reader)
    return unheard(enterForOrganisation, [String(reader.actingUserKey), space, at.toISOString(), isReading]);
  if (typeof reader === 'object' && 'ends' in reader)
    return unheard(enterToEndInterim, [String(reader.actingUserKey), space, at.toISOString()]);
  const session = typeof reader === 'object' && 'tokenHash' in reader ? reader.tokenHash : '';
  const assumed = typeof reader === 'object' && 'assumed' in reader ? (reader.assumed ?? '') : '';
  const acting = typeof reader === 'object' && 'actingUserKey' in reader ? String(reader.actingUserKey) : '';
  return unheard(enter, [session, acting, space, at.toISOString(), isReading, assumed]);
}

const ignore = (): void => undefined;

/** If it fails, so does what is behind it, which somebody waits for. */
const unheard = (statement: Statement, values: unknown[] = []): Asked => ({
  statement,
  values,
  answer: ignore,
  fail: ignore,
});

// The interface calls the flag read-only, the class does not; beginning by ourselves is the point of this file.
const markActive = (runner: { isTransactionActive: boolean }, isActive: boolean): void => {
  runner.isTransactionActive = isActive;
};
