import pg from 'pg';
import { until } from './until.js';

/** What global-setup.mjs tells the test files, as JSON in `RONDA_TEST_CLUSTER`. */
interface TestCluster {
  superuserUrl: string;
  migrator: { role: string; password: string };
  service: { role: string; password: string };
  /** A migrated database that nobody connects to. */
  template: string;
  /** Of this run's databases, so that two runs on one server do not meet. */
  prefix: string;
}

export interface TestDatabase {
  readonly name: string;
  /** The owner of everything, as at boot. */
  readonly migratorUrl: string;
  /** What the product runs as: owns nothing, sees what row-level security lets it see. */
  readonly serviceUrl: string;
  /** Sees everything: for preparing and for looking behind the curtain, never for what is tested. */
  readonly superuserUrl: string;
  /**
   * Fails when a connection to the database is still open, and drops it in any case. Called at the end of the file for
   * whatever was not dropped (leak-environment.mjs).
   */
  drop(): Promise<void>;
}

const REGISTRY = Symbol.for('ronda.test-databases');
const registry = ((globalThis as unknown as Record<symbol, Map<string, () => Promise<void>> | undefined>)[REGISTRY] ??=
  new Map());

let count = 0;

/**
 * A database of this test file's own, cloned from the migrated template in about 50 ms.
 * @param isEmpty with nothing in it at all, as an administrator hands it over.
 */
export async function createTestDatabase({ isEmpty = false } = {}): Promise<TestDatabase> {
  const cluster = testCluster();
  count += 1;
  const name = `${cluster.prefix}_${process.pid}_${process.env.JEST_WORKER_ID ?? '0'}_${Math.floor(performance.now())}_${count}`;
  await asSuperuser(cluster, (client) =>
    client.query(
      `create database ${name} template ${isEmpty ? 'template1' : cluster.template} owner ${cluster.migrator.role}`,
    ),
  );
  const urlAs = (role?: { role: string; password: string }): string => {
    const url = new URL(cluster.superuserUrl);
    url.pathname = `/${name}`;
    if (role) {
      url.username = role.role;
      url.password = role.password;
    }
    return url.href;
  };
  const drop = async (): Promise<void> => {
    if (!registry.delete(name)) return;
    await dropDatabase(cluster, name);
  };
  registry.set(name, drop);
  return {
    name,
    migratorUrl: urlAs(cluster.migrator),
    serviceUrl: urlAs(cluster.service),
    superuserUrl: urlAs(),
    drop,
  };
}

function testCluster(): TestCluster {
  const text = process.env.RONDA_TEST_CLUSTER;
  if (!text) throw new Error('No test cluster: run the tests through jest.config.mjs, whose globalSetup starts it');
  return JSON.parse(text) as TestCluster;
}

async function asSuperuser<T>(cluster: TestCluster, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: cluster.superuserUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function dropDatabase(cluster: TestCluster, name: string): Promise<void> {
  await asSuperuser(cluster, async (client) => {
    const open = async (): Promise<string[]> => {
      const { rows } = await client.query<{ who: string }>(
        `select format('%s (%s, %s): %s', usename, coalesce(nullif(application_name, ''), 'unnamed'), state, left(query, 120)) as who
           from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
        [name],
      );
      return rows.map((row) => row.who);
    };
    // A connection that was ended properly is gone from the list a few milliseconds later.
    const leaks = await until(async () => (await open()).length === 0, {
      what: `the connections to ${name} to close`,
    }).then(
      () => [],
      () => open(),
    );
    await client.query(`drop database if exists ${name} with (force)`);
    if (leaks.length > 0) {
      throw new Error(`Connections left open at the end of the file:\n${leaks.map((leak) => `  ${leak}`).join('\n')}`);
    }
  });
}
