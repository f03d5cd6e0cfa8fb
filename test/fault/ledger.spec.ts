import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import pg from 'pg';
import { verifyLedger } from '../../src/modules/ledger/index.js';
import type { TestDatabase } from '../support/test-database.js';
import { createTestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const KILLS = 20;
const WAITING = 3000;
const root = path.resolve(__dirname, '../..');

/** Sequences without pause, until it is killed. */
class Sequencer {
  private said = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => (this.said = (this.said + text.toString()).slice(-4000)));
  }

  static start({ serviceUrl }: TestDatabase): Sequencer {
    const script = path.join(__dirname, 'sequencer-process.mjs');
    const env = { PATH: process.env.PATH, SERVICE_URL: serviceUrl };
    return new Sequencer(spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  get lastWords(): string | undefined {
    return this.child.exitCode === null ? undefined : this.said;
  }

  /** kill -9: nothing is finished or said. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}

describe(`kill -9 of a worker that sequences, ${KILLS} times`, () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    const built = spawnSync(process.execPath, [path.join(root, 'scripts/ensure-built.mjs')], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`The product does not build:\n${built.stdout}${built.stderr}`);
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
  }, 900_000);
  afterAll(() => client.end());

  const count = async (from: string): Promise<number> =>
    (await client.query<{ count: number }>(`select count(*)::int as count from ${from}`)).rows[0]!.count;
  /** As the transactions of so many requests would have left them. */
  const happen = (many: number) =>
    client.query(
      `insert into ronda.outbox (space, id, type, version, occurred_at, payload)
       select 0, gen_random_uuid(), 'test.happened', 1, '2026-11-20T02:10:00Z', '{}' from generate_series(1, $1::int)`,
      [many],
    );
  /** Whether a batch is being made: somebody holds the turn. */
  const isAtWork = async (): Promise<boolean> =>
    (await count(
      `pg_locks where locktype = 'advisory' and classid = x'4c656467'::int::oid
         and database = (select oid from pg_database where datname = current_database())`,
    )) > 0;

  it('loses no event, and has none twice; the next one catches up', async () => {
    let saved: string | undefined;
    let killedAtWork = 0;
    for (let killed = 0; killed < KILLS; killed += 1) {
      await happen(WAITING);
      const sequencer = Sequencer.start(database);
      await until(
        async () => {
          if (sequencer.lastWords !== undefined) throw new Error(sequencer.lastWords);
          return isAtWork();
        },
        { what: 'a batch to be made', withinMs: 30_000 },
      );
      const before = await count('ronda.outbox');
      await sequencer.kill();
      // Whose connection is gone has lost its turn, a moment later.
      await until(async () => !(await isAtWork()), { what: 'its turn to be over' });
      if ((await count('ronda.outbox')) === before && before > 0) killedAtWork += 1;
      const [newest] = (
        await client.query<{ note: string }>(
          'select checkpoint as note from ronda.ledger_batch order by number desc limit 1',
        )
      ).rows;
      saved ??= newest?.note;
    }
    const last = Sequencer.start(database);
    await until(async () => (await count('ronda.outbox')) === 0, { what: 'the ledger to catch up', withinMs: 300_000 });
    await last.kill();
    await until(async () => !(await isAtWork()), { what: 'its turn to be over' });
    expect(killedAtWork).toBeGreaterThan(0);
    expect(await count(`ronda.ledger_leaf where entry ~ '"test.happened"'`)).toBe(KILLS * WAITING);
    expect(await count('(select event_id from ronda.ledger_leaf group by 1 having count(*) > 1) twice')).toBe(0);
    saved ??= (
      await client.query<{ note: string }>('select checkpoint as note from ronda.ledger_batch order by number limit 1')
    ).rows[0]!.note;
    expect(await verifyLedger({ client, since: saved })).toMatchObject({ isSound: true });
  }, 900_000);
});
