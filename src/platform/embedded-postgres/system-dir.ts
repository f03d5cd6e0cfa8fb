import { chmodSync, existsSync, mkdirSync } from 'node:fs';

/** Where root keeps what PostgreSQL's user must reach and cannot reach elsewhere. */
export const SYSTEM_DIR = '/var/lib/ronda';

/** Does nothing where it cannot be made: the copy or the cluster that needed it then says so. */
export function makeSystemDir(): void {
  if (existsSync(SYSTEM_DIR)) return;
  try {
    mkdirSync(SYSTEM_DIR, { recursive: true });
    // Said again because the umask is taken off the mode that mkdir is given.
    chmodSync(SYSTEM_DIR, 0o755);
  } catch {
    return;
  }
}
