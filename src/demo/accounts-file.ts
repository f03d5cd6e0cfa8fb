import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrganisationKind, Role } from '../kernel/actor.js';
import { writePrivateFile } from '../platform/config/private-file.js';
import { codeOf } from '../platform/config/startup-error.js';

/** How to sign in as somebody of the demo. */
export interface DemoAccount {
  organisation: string;
  /** ISO 3166-1 alpha-2; null for the secretariat. */
  country: string | null;
  kind: OrganisationKind;
  email: string;
  password: string;
  roles: readonly Role[];
  apiKey: string;
}

interface AccountsFile {
  baseUrl: string;
  accounts: readonly DemoAccount[];
}

const pathIn = (dataDir: string): string => join(dataDir, 'demo.json');

/** Whole or not at all, and for its owner alone. */
export function writeAccounts(dataDir: string, file: AccountsFile): void {
  writePrivateFile(pathIn(dataDir), `${JSON.stringify(file, null, 2)}\n`);
}

/**
 * Says in the file of accounts where the server is found now.
 * @returns the file's path; undefined where this folder has none.
 */
export function findAccounts(dataDir: string, baseUrl: string): string | undefined {
  const path = pathIn(dataDir);
  let file: AccountsFile;
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as AccountsFile;
  } catch (error) {
    // Somebody wrote into it: it is theirs now.
    if (error instanceof SyntaxError) return path;
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (file.baseUrl !== baseUrl) writeAccounts(dataDir, { ...file, baseUrl });
  return path;
}
