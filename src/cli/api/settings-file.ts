import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { writePrivateFile } from '../../platform/config/private-file.js';
import { CliError, EXIT } from '../cli-error.js';

/** A session with one server. */
export interface KeptSession {
  accessToken: string;
  refreshToken: string;
  email: string;
}

interface Kept {
  /** Signed in to last: where commands go that name no server. */
  url?: string;
  sessions: Record<string, KeptSession>;
}

/** `RONDA_CONFIG`, or `ronda/config.json` where the XDG Base Directory Specification keeps settings. */
export const settingsPath = (env = process.env): string =>
  env['RONDA_CONFIG'] || join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'ronda', 'config.json');

/** @throws CliError for a file that others can read: whoever reads it acts as its owner. */
export function readSettings(): Kept {
  const path = settingsPath();
  let text: string;
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
      throw new CliError(`${path} can be read by others: chmod 600 it, or remove it.`, EXIT.configuration);
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { sessions: {} };
    throw error;
  }
  try {
    const { url, sessions } = JSON.parse(text) as Partial<Kept>;
    return { ...(url && { url }), sessions: sessions ?? {} };
  } catch (error) {
    throw new CliError(`${path} is damaged: remove it and sign in again.`, EXIT.configuration, { cause: error });
  }
}

export function keepSession(url: string, session: KeptSession): void {
  const path = settingsPath();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { sessions } = readSettings();
  writePrivateFile(path, `${JSON.stringify({ url, sessions: { ...sessions, [url]: session } }, null, 2)}\n`);
}
