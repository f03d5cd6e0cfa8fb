import pg from 'pg';
import type { Config } from '../config/config.js';
import { StartupError } from '../config/startup-error.js';
import { migrate, unreachable } from '../database/migrate.js';
import { assertServiceRole } from '../database/role-check.js';
import { EmbeddedPostgres } from '../embedded-postgres/index.js';
import { installJobs } from '../jobs/install-jobs.js';
import type { Progress } from './progress.js';
import type { Stopping } from './stopping.js';

export interface DatabaseUrls {
  migratorUrl: string;
  serviceUrl: string;
}

/** The embedded server, started, or the one the settings name, untried. */
export async function openDatabase(
  { database, dataDir }: Config,
  { progress, stopping }: { progress: Progress; stopping: Stopping },
): Promise<DatabaseUrls> {
  if (database.kind === 'external') return database;
  const server = await EmbeddedPostgres.start({
    dataDir,
    onProgress: (line) => {
      progress.say(line);
    },
    onFailure: (error) => {
      stopping.fail(error);
    },
  });
  stopping.begin(() => server.stop());
  return server;
}

/** Schema and roles as this build needs them, and proof that the sharing rule in the database binds the service role. */
export async function prepareDatabase({ migratorUrl, serviceUrl }: DatabaseUrls, progress: Progress): Promise<void> {
  const migrated = await progress.step(
    () =>
      migrate({
        migratorUrl,
        serviceUrl,
        onProgress: (line) => {
          progress.say(line);
        },
      }),
    ({ applied }) =>
      applied.length > 0 ? `The schema is up to date: ${applied.length} migrations ran` : 'The schema is up to date',
  );
  await progress.step(
    () => checkServiceRole(serviceUrl, migrated.migratorRole),
    () => 'Requests run as a role that owns nothing and sees what it may',
  );
  await progress.step(
    () => installJobs(migratorUrl),
    () => 'The tables of the worker are up to date',
  );
}

async function checkServiceRole(serviceUrl: string, migratorRole: string): Promise<void> {
  const client = new pg.Client({ connectionString: serviceUrl, application_name: 'ronda-role-check' });
  try {
    await client.connect();
    await assertServiceRole(client, migratorRole);
  } catch (error) {
    throw error instanceof StartupError ? error : unreachable('DATABASE_SERVICE_URL', serviceUrl, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
