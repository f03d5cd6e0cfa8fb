import { createRequire } from 'node:module';
import pg from 'pg';
import { messageOf, StartupError } from '../config/startup-error.js';
import { APP_ROLE, unreachable } from '../database/migrate.js';

/** pg-boss keeps its tables here, apart from the product's. */
export const JOBS_SCHEMA = 'jobs';

/** Any number but that of the migrations, the same in every build: 'Jobs' in ASCII. */
const INSTALL_LOCK = 0x4a6f_6273;

/**
 * What pg-boss asks for at run time when another role has made its tables. Its functions, which queues are made with,
 * run as their caller. Nothing here is shared between organisations: a job says only that a minute or an hour is over.
 */
const GRANTS = `
  begin;
  grant usage on schema ${JOBS_SCHEMA} to ${APP_ROLE};
  grant select, update on ${JOBS_SCHEMA}.version to ${APP_ROLE};
  grant select, insert, update on ${JOBS_SCHEMA}.queue, ${JOBS_SCHEMA}.schedule to ${APP_ROLE};
  grant select, insert, update, delete on ${JOBS_SCHEMA}.job, ${JOBS_SCHEMA}.job_common to ${APP_ROLE};
  commit`;

/**
 * Makes or upgrades the tables of pg-boss and lets the service role use them; it owns none of them. Nodes that start at
 * once take turns.
 * @throws StartupError `newer-schema` when a newer build has upgraded them: nothing is touched.
 */
export async function installJobs(migratorUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: migratorUrl, application_name: 'ronda-jobs' });
  await client.connect().catch((error: unknown) => {
    throw unreachable('DATABASE_URL', migratorUrl, error);
  });
  try {
    // Held until the session ends: the plans below are transactions of their own.
    await client.query('select pg_advisory_lock($1)', [INSTALL_LOCK]);
    const [before, ours] = [await versionIn(client), versionOfBuild()];
    if (before === ours && (await isGranted(client))) return;
    if (before !== undefined && before > ours) {
      throw new StartupError(
        'newer-schema',
        `The schema "${JOBS_SCHEMA}" was made by a newer Ronda (${before}, this one knows ${ours}): start that version again; nothing was changed.`,
      );
    }
    if (before !== ours) await client.query(await planFrom(before));
    await client.query(GRANTS);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError('database', `The tables of the worker cannot be made: ${messageOf(error)}.`, {
      cause: error,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function versionIn(client: pg.Client): Promise<number | undefined> {
  const table = await client.query<{ exists: boolean }>(
    `select to_regclass('${JOBS_SCHEMA}.version') is not null as exists`,
  );
  if (table.rows[0]?.exists !== true) return undefined;
  const { rows } = await client.query<{ version: number }>(`select version from ${JOBS_SCHEMA}.version`);
  return rows[0]?.version;
}

/** The last thing granted is the first thing asked: all of it is one transaction. */
async function isGranted(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ granted: boolean }>(
    `select has_schema_privilege('${APP_ROLE}', '${JOBS_SCHEMA}', 'usage') as granted`,
  );
  return rows[0]?.granted === true;
}

/** From its package.json, since loading pg-boss itself takes longer than all the rest of a start that finds nothing to do. */
function versionOfBuild(): number {
  const manifest = createRequire(import.meta.url)('pg-boss/package.json') as { pgboss: { schema: number } };
  return manifest.pgboss.schema;
}

async function planFrom(version: number | undefined): Promise<string> {
  const boss = await import('pg-boss');
  return version === undefined ? boss.getConstructionPlans(JOBS_SCHEMA) : boss.getMigrationPlans(JOBS_SCHEMA, version);
}
