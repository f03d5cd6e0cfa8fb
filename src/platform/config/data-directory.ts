import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { codeOf, noSpaceLeft, StartupError } from './startup-error.js';

/** One WAL segment of PostgreSQL: with less than this it stops in its first busy minute. */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;

/**
 * Makes the data folder where it is absent, closed to others, and proves that it can be read and written. A folder that
 * exists keeps its mode: it may be a mount, or somebody's home by mistake; every file put into it is private by itself.
 * @returns its absolute path.
 * @throws StartupError `data-directory` or `no-space`.
 */
export function prepareDataDirectory(
  path: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const dataDir = resolve(path);
  try {
    // As root PostgreSQL runs as another user, which must pass through (but not list) the folder to reach its own.
    mkdirSync(dataDir, { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
    if (!statSync(dataDir).isDirectory()) throw new StartupError('data-directory', `${dataDir} is not a folder.`);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    probe(dataDir, env);
  } catch (error) {
    throw explain(error, dataDir);
  }
  return dataDir;
}

/** Asks for the free space and writes a file: only a real write tells a read-only disk and an exhausted quota. */
function probe(dataDir: string, env: Readonly<Record<string, string | undefined>>): void {
  if (env['NODE_ENV'] === 'test' && env['RONDA_FAULT'] === 'no-space') {
    throw Object.assign(new Error('ENOSPC: no space left on device (injected)'), { code: 'ENOSPC' });
  }
  const { blocks, bavail, bsize } = statfsSync(dataDir);
  // Some network and FUSE disks report nothing at all.
  if (blocks > 0 && bavail * bsize < LEAST_FREE_BYTES) throw noSpaceLeft(dataDir);
  const file = join(dataDir, `.probe-${process.pid}`);
  try {
    const descriptor = openSync(file, 'w', 0o600);
    try {
      writeFileSync(descriptor, Buffer.alloc(4096));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } finally {
    rmSync(file, { force: true });
  }
}

function explain(error: unknown, dataDir: string): unknown {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return noSpaceLeft(dataDir, error);
    case 'EACCES':
    case 'EPERM':
      return new StartupError(
        'data-directory',
        `The data folder ${dataDir} cannot be read and written by ${userName()}: change its owner, or choose another with RONDA_DATA_DIR.`,
        { cause: error },
      );
    case 'EROFS':
      return new StartupError(
        'data-directory',
        `The data folder ${dataDir} lies on a read-only disk: choose another with RONDA_DATA_DIR.`,
        { cause: error },
      );
    case 'EEXIST':
    case 'ENOTDIR':
      return new StartupError(
        'data-directory',
        `The data folder cannot be ${dataDir}: a file is in the way. Choose another with RONDA_DATA_DIR.`,
        { cause: error },
      );
    default:
      return error;
  }
}

const isRoot = (): boolean => process.getuid?.() === 0;

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a uid that has no name.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
