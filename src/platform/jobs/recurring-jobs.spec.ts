import pg from 'pg';
import type { TestDatabase } from '../../../test/support/test-database.js';
import { createTestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { assertServiceRole } from '../database/role-check.js';
import { installJobs } from './install-jobs.js';
import { JobHandlers } from './job-handlers.js';
import { RecurringJobs } from './recurring-jobs.js';

const POLL_SECONDS = 1;

describe('recurring jobs', () => {
  let database: TestDatabase;
  let superuser: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });

  afterAll(async () => {
    await superuser.end();
  });

  it('has tables that two nodes which start at once make once', async () => {
    await Promise.all([installJobs(database.migratorUrl), installJobs(database.migratorUrl)]);
    const { rows } = await superuser.query(`select count(*)::int as versions from jobs.version`);
    expect(rows).toEqual([{ versions: 1 }]);
  });

  it('leaves them to a service role that owns none of them and may delete no queue', async () => {
    const service = new pg.Client({ connectionString: database.serviceUrl });
    await service.connect();
    try {
      const { rows } = await superuser.query<{ role: string }>(
        `select pg_get_userbyid(nspowner) as role from pg_namespace where nspname = 'jobs'`,
      );
      await assertServiceRole(service, rows[0]!.role);
      await expect(service.query('delete from jobs.queue')).rejects.toThrow(/permission denied/);
      await expect(service.query('create table jobs.mine ()')).rejects.toThrow(/permission denied/);
    } finally {
      await service.end();
    }
  });

  it('runs the rounds on exactly one of two nodes', async () => {
    const ran: string[] = [];
    const nodes = await Promise.all(
      ['one', 'other'].map((node) =>
        RecurringJobs.start(
          database.serviceUrl,
          new JobHandlers().every('minute', 'tick', async () => ran.push(node)),
          POLL_SECONDS,
        ),
      ),
    );
    try {
      await until(() => ran.length > 0, { what: 'the first minute', withinMs: 20_000 });
      const { rows } = await superuser.query<{ ticks: number }>(
        `select count(*)::int as ticks from jobs.job where name = 'recurring' and data ->> 'period' = 'minute'`,
      );
      expect(ran.length).toBeLessThanOrEqual(rows[0]!.ticks);
    } finally {
      await Promise.all(nodes.map((node) => node.stop(5)));
    }
  });

  it('expires and forgets old rounds as the service role', async () => {
    const job = `insert into jobs.job (name, data, policy, state, created_on, completed_on, deletion_seconds)
      select 'recurring', '{"period":"hour"}', policy, `;
    await superuser.query(
      `${job} 'completed', now() - interval '1 day', now() - interval '1 day', 1 from jobs.queue where name = 'recurring'`,
    );
    await superuser.query(`${job} 'created', now(), null, 1 from jobs.queue where name = 'recurring'`);
    const hours: string[] = [];
    const node = await RecurringJobs.start(
      database.serviceUrl,
      new JobHandlers().every('hour', 'hourly', async () => hours.push('ran')),
      POLL_SECONDS,
    );
    try {
      await until(() => hours.length > 0, { what: 'the hour', withinMs: 20_000 });
      await until(
        async () => {
          const { rows } = await superuser.query<{ old: number }>(
            `select count(*)::int as old from jobs.job where completed_on < now() - interval '2 hours'`,
          );
          return rows[0]?.old === 0;
        },
        { what: 'the old round to be forgotten', withinMs: 20_000 },
      );
    } finally {
      await node.stop(5);
    }
  });

  it('refuses tables that a newer build has upgraded, and leaves them alone', async () => {
    await superuser.query('update jobs.version set version = version + 1');
    await expect(installJobs(database.migratorUrl)).rejects.toMatchObject({ fault: 'newer-schema' });
  });
});
