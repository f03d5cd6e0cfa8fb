import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSecrets } from '../config/secrets.js';
import { DATABASE, MIGRATOR, SERVICE } from './roles.js';

/** Lines of postmaster.pid, from 0. @see miscadmin.h of PostgreSQL, LOCK_FILE_LINE_* */
const PORT_LINE = 3;
const STATE_LINE = 7;

/**
 * How to reach the server that another process runs on a data folder, for a command beside it.
 * @returns undefined while there is none that is ready.
 */
export function findRunning(dataDir: string): { migratorUrl: string; serviceUrl: string } | undefined {
  const pointer = join(dataDir, 'postgres-location');
  const clusterDir = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : join(dataDir, 'postgres');
  const pidFile = join(clusterDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return undefined;
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  const port = Number(lines[PORT_LINE]);
  if (!(port > 0) || lines[STATE_LINE]?.trim() !== 'ready') return undefined;
  const { postgres } = openSecrets(dataDir);
  const url = (role: string, password: string): string =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${DATABASE}`;
  return { migratorUrl: url(MIGRATOR, postgres.migrator), serviceUrl: url(SERVICE, postgres.service) };
}
