import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from './private-file.js';
import { codeOf, StartupError } from './startup-error.js';

/** What this installation alone knows. Never logged. */
export interface Secrets {
  /** 32 bytes each. Encrypt the seeds of second factors, so that a copy of the database alone opens no account. */
  readonly secretKeys: readonly Buffer[];
  /** Passwords of the embedded database's roles. */
  readonly postgres: PostgresPasswords;
}

export interface PostgresPasswords {
  readonly superuser: string;
  readonly migrator: string;
  readonly service: string;
}

interface SecretsFile {
  secretKey: string;
  postgres: PostgresPasswords;
}

/**
 * Reads `<dataDir>/secrets.json`, or makes it, mode 0600, on the first start.
 * @param secretKeys take the place of the kept one where there are any, so that several nodes can share them.
 * @throws StartupError `data-directory` when the file is unreadable or damaged. It is never replaced then: the seeds of
 *   second factors and the way into the database would be lost with it.
 */
export function openSecrets(dataDir: string, secretKeys: readonly Buffer[] = []): Secrets {
  const path = join(dataDir, 'secrets.json');
  const kept = readSecrets(path) ?? createSecrets(path);
  const own = Buffer.from(kept.secretKey, 'base64');
  return { secretKeys: secretKeys.length > 0 ? secretKeys : [own], postgres: kept.postgres };
}

function readSecrets(path: string): SecretsFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new StartupError('data-directory', `${path} cannot be read (${codeOf(error) ?? 'unknown reason'}).`, {
      cause: error,
    });
  }
  const file = parse(text);
  if (file === undefined) {
    throw new StartupError('data-directory', `${path} is damaged: restore it from a copy, it cannot be made anew.`);
  }
  return file;
}

function parse(text: string): SecretsFile | undefined {
  try {
    const file = JSON.parse(text) as Partial<SecretsFile> | null;
    const { secretKey, postgres } = file ?? {};
    const isWhole =
      typeof secretKey === 'string' &&
      Buffer.from(secretKey, 'base64').length === 32 &&
      [postgres?.superuser, postgres?.migrator, postgres?.service].every((password) => typeof password === 'string');
    return isWhole && postgres !== undefined ? { secretKey, postgres } : undefined;
  } catch {
    return undefined;
  }
}

function createSecrets(path: string): SecretsFile {
  // base64url needs no escaping in a connection URL.
  const password = (): string => randomBytes(24).toString('base64url');
  const file: SecretsFile = {
    secretKey: randomBytes(32).toString('base64'),
    postgres: { superuser: password(), migrator: password(), service: password() },
  };
  writePrivateFile(path, `${JSON.stringify(file, null, 2)}\n`);
  return file;
}
