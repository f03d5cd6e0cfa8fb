import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import pg from 'pg';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { FixedClock } from '../../../test/support/fixed-clock.js';
import { SeededChance } from '../../../test/support/seeded-chance.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { Problem } from '../../kernel/problem.js';
import { onConnect } from './on-connect.js';
import { statement } from './statement.js';
import { LIVE, UnitOfWork, isReaderChanged } from './unit-of-work.js';

const settings = statement(
  'test-settings',
  `select current_setting('app.space', true) as space, current_setting('transaction_read_only') as "readOnly",
     pg_backend_pid() as backend, pg_current_xact_id_if_assigned() is not null as "hasWritten"`,
);
const makePrincipal = statement('test-principal', `insert into ronda.principal (kind) values ('user')`);
const countPrincipals = statement('test-count', 'select count(*) as count from ronda.principal');
const divide = statement('test-divide', 'select 1 / $1::int as quotient');

describe('UnitOfWork', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let work: UnitOfWork;
  let pool: Pool;
  const count = async (): Promise<unknown> =>
    (await work.run('nobody', LIVE, 'read', () => work.query(countPrincipals)))[0]?.count;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = new DataSource({
      type: 'postgres',
      url: database.serviceUrl,
      installExtensions: false,
      extra: { max: 1, pipeline: true },
    });
    await dataSource.initialize();
    pool = (dataSource.driver as unknown as { master: Pool }).master;
    work = new UnitOfWork(dataSource, new FixedClock(), new SeededChance());
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('is entered anew by each group of queries that are asked at once, and leaves nothing behind', async () => {
    const seen = await work.run('nobody', 7, 'read', async () => {
      const together = await Promise.all([work.query(settings), work.query(settings)]);
      return [...together, await work.query(settings)].map(([row]) => row?.space);
    });
    expect(seen).toEqual(['7', '7', '7']);
    const { rows } = await pool.query(`select current_setting('app.space', true) as space`);
    expect(rows).toEqual([{ space: '' }]);
  });

  it('holds no connection between the queries of a read', async () => {
    await work.run('nobody', LIVE, 'read', async () => {
      await work.query(settings);
      // The pool has one.
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      await work.query(settings);
    });
    expect(pool.idleCount).toBe(1);
  });

  it('does not write where it is to read, alone or through TypeORM', async () => {
    const before = await count();
    await expect(work.run('nobody', LIVE, 'read', () => work.query(makePrincipal))).rejects.toThrow(
      'cannot execute INSERT in a read-only transaction',
    );
    await expect(
      work.run('nobody', LIVE, 'read', async () => (await work.manager()).query(makePrincipal.text)),
    ).rejects.toThrow('cannot execute INSERT in a read-only transaction');
    expect(await count()).toBe(before);
  });

  it('gives TypeORM the transaction that its queries run in', async () => {
    await work.run('nobody', 3, 'write', async () => {
      const [first] = await work.query(settings);
      const [second] = await (await work.manager()).query<{ backend: number; space: string }[]>(settings.text);
      expect(second).toMatchObject({ backend: first?.backend, space: '3' });
    });
  });

  it('writes all or nothing', async () => {
    const before = Number(await count());
    await work.run('nobody', LIVE, 'write', () => Promise.all([work.query(makePrincipal), work.query(makePrincipal)]));
    expect(await count()).toBe(String(before + 2));
    await expect(
      work.run('nobody', LIVE, 'write', async () => {
        await work.query(makePrincipal);
        throw new Error('The story ends badly');
      }),
    ).rejects.toThrow('The story ends badly');
    expect(await count()).toBe(String(before + 2));
  });

  it('writes what has to be durable again where the error shows what was read, and only there', async () => {
    const before = Number(await count());
    const ends = (error: Error, durable: () => Promise<unknown> = () => work.query(makePrincipal)) =>
      work.run('nobody', LIVE, 'write', async () => {
        await work.query(makePrincipal);
        await work.durably(durable);
        throw error;
      });
    await expect(ends(new Problem('taken', 409, 'Taken', 'It is taken.'))).rejects.toThrow('It is taken.');
    expect(await count()).toBe(String(before));
    const stale = new Problem('stale', 412, 'Stale', 'It is stale.', { extensions: { current: {} } });
    await expect(ends(stale)).rejects.toThrow('It is stale.');
    expect(await count()).toBe(String(before + 1));
    // Where that cannot be written, what was read is not shown.
    let times = 0;
    const once = async (): Promise<void> => {
      if ((times += 1) > 1) throw new Problem('changed-meanwhile', 503, 'Changed', 'It changed.');
    };
    await expect(ends(stale, once)).rejects.toThrow('It changed.');
    expect(await count()).toBe(String(before + 1));
    expect(pool.idleCount).toBe(1);
  });

  it('does not commit behind a statement that failed, whatever the story made of it', async () => {
    const before = await count();
    const story = work.run('nobody', LIVE, 'write', async () => {
      await work.query(makePrincipal);
      await work.query(divide, [0]).catch(() => undefined);
    });
    await expect(story).rejects.toThrow('rolled back at commit');
    expect(await count()).toBe(before);
  });

  it('fails a group whole, and the connection goes on', async () => {
    const never = statement('test-never-prepared', 'select 1 as one');
    const outcomes = await work.run('nobody', LIVE, 'read', () =>
      Promise.allSettled([work.query(settings), work.query(divide, [0]), work.query(never)]),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    const again = await work.run('nobody', LIVE, 'read', () =>
      Promise.all([work.query(divide, [1]), work.query(never), work.query(divide, [-1])]),
    );
    expect(again).toEqual([[{ quotient: 1 }], [{ one: 1 }], [{ quotient: -1 }]]);
  });

  it('sends what nobody waits for before what is asked next, or with the commit', async () => {
    const before = Number(await count());
    await work.run('nobody', LIVE, 'write', async () => {
      work.write(makePrincipal);
      expect(await work.query(countPrincipals)).toEqual([{ count: String(before + 1) }]);
      work.write(makePrincipal);
      const manager = await work.manager();
      expect(await manager.query(countPrincipals.text)).toEqual([{ count: String(before + 2) }]);
      work.write(makePrincipal);
    });
    await work.run('nobody', LIVE, 'write', () => Promise.resolve(work.write(makePrincipal)));
    expect(await count()).toBe(String(before + 4));
  });

  it('keeps nothing of a unit in which what nobody waits for fails', async () => {
    const before = await count();
    const fails = (): void => {
      work.write(makePrincipal);
      work.write(divide, [0]);
    };
    await expect(work.run('nobody', LIVE, 'write', () => Promise.resolve(fails()))).rejects.toThrow('division by zero');
    await expect(
      work.run('nobody', LIVE, 'write', () => {
        fails();
        return work.query(countPrincipals);
      }),
    ).rejects.toThrow('division by zero');
    await expect(
      work.run('nobody', LIVE, 'write', async () => {
        work.write(makePrincipal);
        await Promise.reject(new Error('The story ends badly'));
      }),
    ).rejects.toThrow('The story ends badly');
    await expect(work.run('nobody', LIVE, 'read', () => Promise.resolve(work.write(makePrincipal)))).rejects.toThrow(
      'does not write',
    );
    expect(await count()).toBe(before);
  });

  it('does nothing for a reader who is not what it was assumed to be, whether it asks or not', async () => {
    const before = await count();
    const reader = { tokenHash: 'ab'.repeat(32), assumed: '1.2.3' };
    const stories = [
      (): Promise<unknown> => work.query(countPrincipals),
      (): Promise<unknown> => Promise.resolve('nothing asked'),
      (): Promise<unknown> => Promise.reject(new Error('What it did wrong is not for it to hear')),
    ];
    for (const story of stories) {
      const failed = await work.run(reader, LIVE, 'read', story).catch((error: unknown) => error);
      expect(isReaderChanged(failed)).toBe(true);
    }
    await expect(work.run(reader, LIVE, 'write', () => work.query(makePrincipal))).rejects.toThrow('not what it was');
    expect(await count()).toBe(before);
  });

  it('appends what happened with what was done', async () => {
    await work.run('nobody', LIVE, 'write', async () => {
      await work.query(makePrincipal);
      work.emit({ type: 'test.happened', version: 1, payload: { n: 1 } }, 1);
    });
    // Without a query of its own, too.
    await work.run('nobody', LIVE, 'write', () =>
      Promise.resolve(work.emit({ type: 'test.too', version: 1, payload: {} })),
    );
    const superuser = await new DataSource({ type: 'postgres', url: database.superuserUrl }).initialize();
    try {
      expect(await superuser.query(`select type, payload from ronda.outbox order by key`)).toEqual([
        { type: 'test.happened', payload: { n: 1 } },
        { type: 'test.too', payload: {} },
      ]);
    } finally {
      await superuser.destroy();
    }
  });

  it('survives the end of its connection', async () => {
    const [row] = await work.run('nobody', LIVE, 'read', () => work.query(settings));
    const superuser = await new DataSource({ type: 'postgres', url: database.superuserUrl }).initialize();
    try {
      const pause = statement('test-pause', `select pg_sleep(60)`);
      const story = expect(work.run('nobody', LIVE, 'read', () => work.query(pause))).rejects.toBeInstanceOf(Problem);
      const asleep = `select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'`;
      await until(async () => (await superuser.query<object[]>(asleep, [row?.backend])).length === 1, {
        what: 'the end of it in the middle of a query',
      });
      await story;
      expect(await work.run('nobody', LIVE, 'read', () => work.query(settings))).toHaveLength(1);
    } finally {
      await superuser.destroy();
    }
  });

  it('has changed nothing, and may be tried again, where it and another waited for each other', async () => {
    const lock = statement('test-lock', 'select pg_advisory_xact_lock($1)');
    const other = new pg.Client({ connectionString: database.superuserUrl });
    await other.connect();
    try {
      const before = await count();
      await other.query(`begin; set local deadlock_timeout = '1min'; select pg_advisory_xact_lock(2)`);
      const story = work.run('nobody', LIVE, 'write', async () => {
        await work.query(makePrincipal);
        await work.query(lock, [1]);
        await work.query(lock, [2]);
      });
      const isWaiting = `select from pg_locks where locktype = 'advisory' and objid = 2 and not granted
        and database = (select oid from pg_database where datname = current_database())`;
      await until(async () => (await other.query(isWaiting)).rowCount === 1, { what: 'the unit to wait' });
      await Promise.all([
        expect(story).rejects.toMatchObject({ status: 503, detail: expect.stringContaining('in the way') as string }),
        other.query('select pg_advisory_xact_lock(1)'),
      ]);
      await other.query('rollback');
      expect(await count()).toBe(before);
    } finally {
      await other.end();
    }
  });

  // Between the pool and whoever waits for a connection is a moment in which neither listens to it.
  it('survives the end of a connection that comes in one packet with its beginning', async () => {
    const sockets: Socket[] = [];
    const proxy = await endingAtOnce(new URL(database.serviceUrl), sockets);
    const url = new URL(database.serviceUrl);
    url.port = String((proxy.address() as AddressInfo).port);
    const proxied = new DataSource({
      type: 'postgres',
      url: url.href,
      installExtensions: false,
      extra: { max: 1, pipeline: true, onConnect, idleTimeoutMillis: 1 },
    });
    try {
      await proxied.initialize();
      const proxiedPool = (proxied.driver as unknown as { master: Pool }).master;
      const through = new UnitOfWork(proxied, new FixedClock(), new SeededChance());
      for (const mode of ['read', 'write'] as const) {
        await until(() => proxiedPool.totalCount === 0, { what: 'the idle connection to be closed' });
        proxy.emit('end-the-next');
        const story = through.run('nobody', LIVE, mode, () => through.query(settings));
        await expect(story).rejects.toBeInstanceOf(Problem);
        expect(await through.run('nobody', LIVE, mode, () => through.query(settings))).toHaveLength(1);
      }
    } finally {
      await proxied.destroy();
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => proxy.close(closed));
    }
  });
});

/** In front of a PostgreSQL: on `end-the-next`, what it says first as ready has its last words in the same packet. */
async function endingAtOnce(server: URL, sockets: Socket[]): Promise<Server> {
  let isToEnd = false;
  const readyForQuery = Buffer.from('Z\0\0\0\x05I', 'latin1');
  const fields = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0';
  const lastWords = Buffer.concat([Buffer.from('E\0\0\0\0'), Buffer.from(fields)]);
  lastWords.writeInt32BE(lastWords.length - 1, 1);
  const proxy = createServer((near) => {
    const far = connect(Number(server.port), server.hostname);
    sockets.push(near, far);
    near.pipe(far);
    far.on('data', (said: Buffer) => {
      const isLast = isToEnd && said.subarray(-readyForQuery.length).equals(readyForQuery);
      if (!isLast) return void near.write(said);
      isToEnd = false;
      near.end(Buffer.concat([said, lastWords]));
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  proxy.on('end-the-next', () => (isToEnd = true));
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  return proxy;
}
