import pg from 'pg';
import { StartupError } from '../config/startup-error.js';
import { unreachable } from '../database/migrate.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** What reads the whole database, to keep it: a role that nobody logs in as, and that the migrator alone may become. */
export const KEEPER_ROLE = 'ronda_keeper';

/**
 * Runs `work` on a connection of the migrator, in one transaction in which it is the keeper.
 * @param begin of the transaction.
 * @throws StartupError `database` when it cannot be reached.
 */
export async function asKeeper<T>(
  migratorUrl: string,
  work: (client: pg.Client) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const client = await connectAsMigrator(migratorUrl);
  try {
    await client.query(begin);
    await client.query(`set local role ${KEEPER_ROLE}`);
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    // Whatever is not committed by then is undone.
    await client.end().catch(() => undefined);
  }
}

/** @throws StartupError `database`. */
export async function connectAsMigrator(migratorUrl: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: migratorUrl,
    application_name: 'ronda-keeper',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // Told to whoever waits for the query that it breaks off.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error instanceof StartupError ? error : unreachable('DATABASE_URL', migratorUrl, error);
  }
  return client;
}
