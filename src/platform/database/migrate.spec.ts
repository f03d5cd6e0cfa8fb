import pg from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { migrate, type MigrateOptions } from './migrate.js';

class First1000000000001 implements MigrationInterface {
  name = 'First1000000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table first (n int)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table first');
  }
}

class Second1000000000002 implements MigrationInterface {
  name = 'Second1000000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table second (n int)');
    await runner.query('create table first (n int)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table second');
  }
}

describe('migrate', () => {
  let database: TestDatabase;
  let client: pg.Client;
  const run = (options: Partial<MigrateOptions> = {}) =>
    migrate({ migratorUrl: database.migratorUrl, serviceUrl: database.serviceUrl, ...options });
  const tables = async (): Promise<string[]> => {
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    return rows.map(({ name }) => name);
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  it('does nothing to a database that is up to date', async () => {
    expect(await run()).toEqual({ applied: [], migratorRole: new URL(database.migratorUrl).username });
  });

  it('refuses a database of a newer schema and leaves it as it is', async () => {
    await client.query(`insert into migrations (timestamp, name) values (9999999999999, 'Tomorrow9999999999999')`);
    const before = await tables();
    await expect(run()).rejects.toMatchObject({
      fault: 'newer-schema',
      message: expect.stringContaining('a newer Ronda (it knows Tomorrow9999999999999)'),
    });
    expect(await tables()).toEqual(before);
  });

  it('lets nodes that start at once take turns', async () => {
    await client.query('drop table migrations');
    const said: string[] = [];
    /** Whose turn it is keeps it until the others wait at the door. */
    class FirstOfThree extends First1000000000001 {
      override async up(runner: QueryRunner): Promise<void> {
        await super.up(runner);
        await until(() => said.length === 2, { what: 'the others to wait' });
      }
    }
    const node = () => run({ migrations: [FirstOfThree], onProgress: (line) => said.push(line) });
    const applied = (await Promise.all([node(), node(), node()])).map((done) => done.applied);
    expect(applied.sort()).toEqual([[], [], ['First1000000000001']]);
    expect(said).toHaveLength(2);
  });

  it('leaves the database as it was when a migration fails', async () => {
    await client.query('drop table migrations');
    const before = ['migrations'];
    const migrations = [First1000000000001, Second1000000000002];
    await expect(run({ migrations })).rejects.toThrow(
      'The database could not be brought up to date: relation "first" already exists.',
    );
    expect(await tables()).toEqual(before);
    expect((await client.query('select name from migrations')).rows).toEqual([]);
  });

  it('tells what it cannot reach, without the password', async () => {
    const url = 'postgres://owner:hunter2@127.0.0.1:1/nowhere';
    const error = await run({ migratorUrl: url }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      fault: 'database',
      message: expect.stringContaining(
        'The database nowhere at 127.0.0.1:1 (DATABASE_URL) cannot be used: connect ECONNREFUSED',
      ),
    });
    expect(String(error)).not.toContain('hunter2');
  });

  it('names a service role that does not exist', async () => {
    await expect(run({ serviceUrl: 'postgres://ronda_nobody:x@127.0.0.1/ronda' })).rejects.toThrow(
      'There is no role "ronda_nobody"',
    );
  });

  it('lets the service role in, whatever its name', async () => {
    const role = `Odd "role" of ${database.name}`;
    await client.query(`create role ${pg.escapeIdentifier(role)} login`);
    try {
      await run({ serviceUrl: `postgres://${encodeURIComponent(role)}@127.0.0.1/ronda` });
      const { rows } = await client.query(`select pg_has_role($1, 'ronda_app', 'member') as "isMember"`, [role]);
      expect(rows).toEqual([{ isMember: true }]);
    } finally {
      await client.query(`drop role ${pg.escapeIdentifier(role)}`);
    }
  });
});
