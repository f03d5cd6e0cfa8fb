import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writePrivateFile } from '../config/private-file.js';
import { StartupError } from '../config/startup-error.js';
import { canUse, findServerUser, type ServerUser } from './server-user.js';
import { makeSystemDir, SYSTEM_DIR } from './system-dir.js';

/** Where PostgreSQL's own files lie, and who owns them. */
export interface ClusterPlace {
  readonly dir: string;
  readonly isNew: boolean;
  /** Undefined = the user of this process. */
  readonly user: ServerUser | undefined;
  /** Called once the cluster is whole; until then nothing points at it. */
  remember(): void;
}

const LOCATION_FILE = 'postgres-location';
/** Beside the cluster, names the data folder it serves. */
const OWNER_FILE = 'belongs-to';

/**
 * Mostly `<dataDir>/postgres`. As root, where PostgreSQL's user cannot pass through to it (root's home is 0700), a
 * folder of its own below `/var/lib/ronda`, which the file `postgres-location` in the data folder remembers.
 * @throws StartupError `database` when the remembered or the nearby files are gone or closed; never a silent fresh start.
 */
export async function findClusterPlace(dataDir: string): Promise<ClusterPlace> {
  const remembered = readLocation(dataDir);
  const dir = remembered ?? join(dataDir, 'postgres');
  const user = await findServerUser(dir);
  const exists = existsSync(join(dir, 'PG_VERSION'));
  if (remembered !== undefined && !exists) {
    throw new StartupError(
      'database',
      `The database of ${dataDir} is kept in ${remembered}, and is not there: put it back, or remove ${join(dataDir, LOCATION_FILE)} to begin without it.`,
    );
  }
  if (remembered !== undefined) refuseCopy(dataDir, remembered);
  if (exists) {
    if (user !== undefined && !(await canUse(user, 'r', join(dir, 'PG_VERSION')))) {
      throw new StartupError(
        'database',
        `PostgreSQL runs as ${user.name}, who cannot reach ${dir}: open the folders above it (chmod o+x).`,
      );
    }
    return { dir, isNew: false, user, remember: () => undefined };
  }
  if (user === undefined || (await canUse(user, 'x', dataDir))) {
    return { dir, isNew: true, user, remember: () => undefined };
  }
  return placeElsewhere(dataDir, user);
}

/** Removes PostgreSQL's files wherever they lie. The cluster must be stopped. For tests, and for `ronda` commands that begin anew. */
export function removeCluster(dataDir: string): void {
  const remembered = readLocation(dataDir);
  rmSync(remembered === undefined ? join(dataDir, 'postgres') : dirname(remembered), { recursive: true, force: true });
  rmSync(join(dataDir, LOCATION_FILE), { force: true });
}

function placeElsewhere(dataDir: string, user: ServerUser): ClusterPlace {
  makeSystemDir();
  const home = join(SYSTEM_DIR, randomBytes(4).toString('hex'));
  try {
    mkdirSync(home);
    chmodSync(home, 0o711);
  } catch (error) {
    throw new StartupError(
      'database',
      `PostgreSQL runs as ${user.name}, who cannot reach ${dataDir}, and ${SYSTEM_DIR} cannot be written: choose another folder with RONDA_DATA_DIR.`,
      { cause: error },
    );
  }
  const dir = join(home, 'postgres');
  return {
    dir,
    isNew: true,
    user,
    remember: () => {
      writePrivateFile(join(home, OWNER_FILE), `${dataDir}\n`);
      writePrivateFile(join(dataDir, LOCATION_FILE), `${dir}\n`);
    },
  };
}

/**
 * A data folder may be moved, and its cluster follows. Of a folder that was copied both would point at one cluster,
 * and each would take the other's running server for one left behind.
 */
function refuseCopy(dataDir: string, clusterDir: string): void {
  const ownerFile = join(dirname(clusterDir), OWNER_FILE);
  const owner = existsSync(ownerFile) ? readFileSync(ownerFile, 'utf8').trim() : undefined;
  if (owner === dataDir) return;
  if (owner !== undefined && readLocation(owner) === clusterDir) {
    throw new StartupError(
      'database',
      `${dataDir} is a copy of ${owner}, whose database is kept in ${clusterDir} and cannot serve both: remove one of the two.`,
    );
  }
  writePrivateFile(ownerFile, `${dataDir}\n`);
}

function readLocation(dataDir: string): string | undefined {
  const file = join(dataDir, LOCATION_FILE);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
