import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { PoolClient, QueryResultRow } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { Chance } from '../../kernel/chance.js';
import { Clock } from '../../kernel/clock.js';
import type { Statement } from './statement.js';
import { databaseProblem } from './database-problems.js';

/** The space of real life. Every exercise has another. */
export const LIVE = 0;

/** For whom the database reads and writes: a shown credential, or the account that a job acts for. Neither is nobody. */
export type Reader = { tokenHash: string } | { actingUserKey: number } | 'nobody';

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
  opened: Promise<Opened> | null;
}

interface Opened {
  runner: QueryRunner;
  client: PoolClient;
}

const enter: Statement = {
  name: 'unit-enter',
  text: 'select ronda.enter($1, $2, $3, $4)',
};

const appendOutbox: Statement = {
  name: 'unit-outbox',
  text: `insert into ronda.outbox (space, id, type, version, occurred_at, actor_key, payload)
         select $1, e.id, e.type, e.version, $2, $3, e.payload
           from jsonb_to_recordset($4::jsonb) as e (id uuid, type text, version int, payload jsonb)`,
};

/**
 * One transaction, for one reader, in one space. The database derives what the reader may see from the credential that
 * is set here; outside a unit of work a query sees no rows.
 *
 * `begin`, the settings and the first query leave together, without waiting for each other: their four round trips were
 * a third to a half of a read's time (bench/README.md).
 */
@Injectable()
export class UnitOfWork {
  private readonly storage = new AsyncLocalStorage<Work>();

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly chance: Chance,
  ) {}

  /**
   * Runs `work` in a transaction that begins with its first query and commits when it resolves; rolls back when it throws.
   * No network call may happen inside but to the database.
   */
  async run<T>(reader: Reader, space: number, mode: Mode, work: () => Promise<T>): Promise<T> {
    const unit: Work = { reader, space, mode, at: this.clock.now(), events: [], actorKey: null, opened: null };
    let result: T;
    try {
      result = await this.storage.run(unit, work);
    } catch (error) {
      await this.rollBack(unit);
      throw databaseProblem(error);
    }
    try {
      await this.commit(unit);
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

  /** Runs a prepared statement and returns its rows. */
  async query<R extends QueryResultRow>(statement: Statement, values: unknown[] = []): Promise<R[]> {
    const unit = this.current;
    const { client } = await (unit.opened ??= this.open(unit));
    return (await client.query<R>({ ...statement, values })).rows;
  }

  /** TypeORM's door to the same transaction. */
  async manager(): Promise<EntityManager> {
    const unit = this.current;
    const { runner } = await (unit.opened ??= this.open(unit));
    return runner.manager;
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

  private async open(unit: Work): Promise<Opened> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    // TypeORM joins the transaction that is begun below instead of beginning its own.
    markActive(runner, true);
    const { reader } = unit;
    const session = typeof reader === 'object' && 'tokenHash' in reader ? reader.tokenHash : '';
    const acting = typeof reader === 'object' && 'actingUserKey' in reader ? String(reader.actingUserKey) : '';
    // Not awaited: if one of them fails, so does every query behind it in the aborted transaction.
    client.query(unit.mode === 'read' ? 'begin read only' : 'begin').catch(ignore);
    client.query({ ...enter, values: [session, acting, unit.space, unit.at.toISOString()] }).catch(ignore);
    return { runner, client };
  }

  private async commit(unit: Work): Promise<void> {
    if (!unit.opened) {
      if (unit.events.length === 0) return;
      unit.opened = this.open(unit);
    }
    const { runner, client } = await unit.opened;
    markActive(runner, false);
    if (unit.mode === 'read') {
      // The answer does not wait for the end of a read; the connection goes back when it has ended.
      client
        .query('commit')
        .then(
          () => runner.release(),
          () => runner.release(),
        )
        .catch(ignore);
      return;
    }
    try {
      const flushed = unit.events.length > 0 ? this.flush(unit, client) : null;
      // Behind a failed statement the server answers commit with a rollback and no error, so both are looked at.
      const [, committed] = await Promise.all([flushed, client.query('commit')]);
      if (committed.command !== 'COMMIT') throw new Error('The transaction was rolled back at commit');
    } finally {
      await runner.release();
    }
  }

  private flush(unit: Work, client: PoolClient): Promise<unknown> {
    const rows = unit.events.map((event) => ({ id: this.chance.uuid(), ...event }));
    return client.query({
      ...appendOutbox,
      values: [unit.space, unit.at, unit.actorKey, JSON.stringify(rows)],
    });
  }

  private async rollBack(unit: Work): Promise<void> {
    if (!unit.opened) return;
    try {
      const { runner, client } = await unit.opened;
      markActive(runner, false);
      try {
        await client.query('rollback');
      } finally {
        await runner.release();
      }
    } catch {
      // A connection that is gone has rolled back already.
    }
  }
}

const ignore = (): void => undefined;

// The interface calls the flag read-only, the class does not; beginning by ourselves is the point of this file.
const markActive = (runner: { isTransactionActive: boolean }, isActive: boolean): void => {
  runner.isTransactionActive = isActive;
};
