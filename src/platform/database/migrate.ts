import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type Logger, MigrationExecutor, type MigrationInterface, type QueryRunner } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import { messageOf, StartupError } from '../config/startup-error.js';

/** The role that the first migration makes and that holds every right the product's requests need. */
export const APP_ROLE = 'ronda_app';

const OLDEST_SERVER = 150_000;
/** Any number, the same in every build: 'Rond' in ASCII. */
const MIGRATION_LOCK = 0x526f_6e64;
const LOCK_POLL_MS = 100;
const CONNECT_TIMEOUT_MS = 10_000;

const SILENT: Logger = {
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

export interface MigrateOptions {
  /** A direct connection, not through a pooler: the lock lives in the session. */
  migratorUrl: string;
  /** Names the role that is granted what requests need. */
  serviceUrl: string;
  /** Those of this build unless a test says otherwise. */
  migrations?: readonly (new () => MigrationInterface)[];
  onProgress?: (line: string) => void;
}

export interface Migrated {
  /** Names of the migrations that ran now, in order. */
  applied: string[];
  /** Who owns the schema, as the server calls it. */
  migratorRole: string;
}

/**
 * Brings the schema up to this build and lets the service role into `ronda_app`. All pending migrations are one
 * transaction: after a failed upgrade the build before it still runs. Nodes that start at once take turns.
 * @throws StartupError `newer-schema` when the database knows a migration that this build does not: nothing is touched.
 * @throws StartupError `database` when the server is older than PostgreSQL 15, unreachable, or a migration fails.
 */
export async function migrate(options: MigrateOptions): Promise<Migrated> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.migratorUrl,
    applicationName: 'ronda-migrate',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    migrations: [...(options.migrations ?? migrations)],
    installExtensions: false,
    // TypeORM prints a failed migration to the console even with logging off; the StartupError says it once.
    logger: SILENT,
    poolSize: 2,
  });
  await dataSource.initialize().catch((error: unknown) => {
    throw unreachable('DATABASE_URL', options.migratorUrl, error);
  });
  const session = dataSource.createQueryRunner();
  try {
    await refuseOldServer(session);
    await takeTurn(session, options.onProgress);
    await refuseNewerSchema(session, dataSource.migrations);
    const executor = new MigrationExecutor(dataSource, session);
    executor.transaction = 'all';
    const applied = await runMigrations(executor);
    await letServiceIn(session, roleOf(options.serviceUrl));
    const [self] = await ask<{ role: string }>(session, 'select session_user::text as role');
    return { applied, migratorRole: self?.role ?? '' };
  } finally {
    // Ends the session, and with it the lock.
    await session.release();
    await dataSource.destroy();
  }
}

/** One sentence for a database that does not answer, without its password. */
export function unreachable(variable: string, url: string, cause: unknown): StartupError {
  const { host, port, database } = new pg.Client({ connectionString: url });
  return new StartupError(
    'database',
    `The database ${database ?? ''} at ${host}:${port} (${variable}) cannot be used: ${messageOf(cause)}.`,
    { cause },
  );
}

async function refuseOldServer(session: QueryRunner): Promise<void> {
  const [server] = await ask<{ number: number; version: string }>(
    session,
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  if (server !== undefined && server.number >= OLDEST_SERVER) return;
  throw new StartupError(
    'database',
    `Ronda needs PostgreSQL 15 or newer; this one is ${server?.version ?? 'unknown'}.`,
  );
}

/**
 * Asks again and again rather than waiting in the server: a query that waits holds a snapshot, for which a concurrent
 * index build of the node whose turn it is would wait in turn.
 */
async function takeTurn(session: QueryRunner, onProgress: MigrateOptions['onProgress']): Promise<void> {
  let isWaiting = false;
  for (;;) {
    const [turn] = await ask<{ isOurs: boolean }>(session, 'select pg_try_advisory_lock($1) as "isOurs"', [
      MIGRATION_LOCK,
    ]);
    if (turn?.isOurs === true) return;
    if (!isWaiting) onProgress?.('Waiting for another node to bring the database up to date…');
    isWaiting = true;
    await delay(LOCK_POLL_MS);
  }
}

async function refuseNewerSchema(session: QueryRunner, ours: MigrationInterface[]): Promise<void> {
  const known = new Set(ours.map((migration) => migration.name ?? migration.constructor.name));
  // Asked by hand: TypeORM's own way makes the table first.
  const [table] = await ask<{ exists: boolean }>(session, `select to_regclass('migrations') is not null as exists`);
  if (table?.exists !== true) return;
  const done = await ask<{ name: string }>(session, 'select name from migrations order by id');
  const unknown = done.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new StartupError(
    'newer-schema',
    `The database was made by a newer Ronda (it knows ${unknown.join(', ')}): start that version again; nothing was changed.`,
  );
}

async function runMigrations(executor: MigrationExecutor): Promise<string[]> {
  try {
    return (await executor.executePendingMigrations()).map((migration) => migration.name);
  } catch (error) {
    throw new StartupError('database', `The database could not be brought up to date: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

async function letServiceIn(session: QueryRunner, serviceRole: string): Promise<void> {
  const [standing] = await ask<{ app: boolean; service: boolean; member: boolean }>(
    session,
    `select exists (select from pg_roles where rolname = $1) as app,
       exists (select from pg_roles where rolname = $2) as service,
       exists (select from pg_auth_members m join pg_roles app on app.oid = m.roleid join pg_roles r on r.oid = m.member
               where app.rolname = $1 and r.rolname = $2) as member`,
    [APP_ROLE, serviceRole],
  );
  if (standing?.service !== true) {
    throw new StartupError(
      'database',
      `There is no role "${serviceRole}", which DATABASE_SERVICE_URL logs in as: create it first.`,
    );
  }
  // Granting again would be harmless, but two databases of one server doing so at once collide in its catalogue.
  if (!standing.app || standing.member) return;
  const grant = `grant ${APP_ROLE} to ${pg.escapeIdentifier(serviceRole)}`;
  await session.query(grant).catch((error: unknown) => {
    throw new StartupError(
      'database',
      `The migrator may not say \`${grant}\`: let an administrator of the database say it once.`,
      {
        cause: error,
      },
    );
  });
}

/** Read as the driver reads it, which also knows `?user=` and PGUSER. */
function roleOf(url: string): string {
  return new pg.Client({ connectionString: url }).user ?? '';
}

const ask = async <Row>(session: QueryRunner, sql: string, parameters: unknown[] = []): Promise<Row[]> =>
  (await session.query(sql, parameters)) as Row[];
