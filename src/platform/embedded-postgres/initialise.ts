import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noSpaceLeft, StartupError } from '../config/startup-error.js';
import type { ClusterPlace } from './cluster-place.js';
import type { NativeFolder } from './native-folder.js';
import { cleanEnvironment } from './postmaster.js';

/** The name and rights of the first role; nothing but the set-up of the others and tests log in as it. */
export const SUPERUSER = 'postgres';

/**
 * Makes a new cluster: UTF-8, the order of code points whatever the machine's locale, page checksums (PostgreSQL 18's
 * default). It is made beside and renamed, so that a start that is killed leaves no half of one in the way.
 * @param isDurable false leaves out the final sync.
 * @throws StartupError `no-space` or `database`.
 */
export async function initialiseCluster(
  place: ClusterPlace,
  programs: NativeFolder,
  password: string,
  isDurable: boolean,
): Promise<void> {
  const draft = `${place.dir}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const passwordFile = join(draft, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (place.user !== undefined) {
    for (const path of [passwordFile, draft]) chownSync(path, place.user.uid, place.user.gid);
  }
  try {
    const made = join(draft, 'data');
    await runInitdb(place, programs, [
      `--pgdata=${made}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      // Only Linux has a C.UTF-8 of its own; the order of text comes from the built-in one anyway.
      `--locale=${process.platform === 'linux' ? 'C.UTF-8' : 'C'}`,
      '--lc-messages=C',
      '--text-search-config=simple',
      '--no-instructions',
      ...(isDurable ? [] : ['--no-sync']),
    ]);
    renameSync(made, place.dir);
    place.remember();
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function runInitdb(place: ClusterPlace, programs: NativeFolder, args: string[]): Promise<void> {
  const child = spawn(programs.initdb, args, {
    env: cleanEnvironment(),
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    // Out of the terminal's reach: Ctrl-C is for Ronda to answer, which ends this below.
    detached: true,
    ...(place.user === undefined ? {} : { uid: place.user.uid, gid: place.user.gid }),
  });
  const endAtExit = (): void => void child.kill('SIGTERM');
  process.on('exit', endAtExit);
  try {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const outcome = await new Promise<string>((resolve) => {
      child.once('error', (error) => {
        resolve(error.message);
      });
      child.once('close', (code, signal) => {
        resolve(code === 0 ? '' : said.trim() || (signal ?? `exit code ${code}`));
      });
    });
    if (outcome === '') return;
    if (/no space left|quota exceeded/i.test(outcome)) throw noSpaceLeft(place.dir);
    throw new StartupError('database', `The embedded database cannot be made in ${place.dir}: ${lastLineOf(outcome)}.`);
  } finally {
    process.off('exit', endAtExit);
  }
}

/** initdb says what went wrong first and what it cleans up after; the fault is the line it calls an error. */
function lastLineOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return (lines.find((line) => /error|fatal|invalid/i.test(line)) ?? lines[0] ?? '').replace(/[.\s]+$/, '');
}
