import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import { StartupError } from '../config/startup-error.js';

const run = promisify(execFile);

/** The user PostgreSQL runs as where this process is root, as which it refuses to run. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Undefined = the user of this process. As root: whoever owns the files that are there already, else `postgres`, made
 * where it is missing, else `nobody`.
 * @param clusterDir PostgreSQL's files, which may not exist yet.
 */
export async function findServerUser(clusterDir: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { name: `user ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  const user = (await lookUp('postgres')) ?? (await createPostgresUser()) ?? (await lookUp('nobody'));
  if (user === undefined) {
    throw new StartupError(
      'database',
      'PostgreSQL does not run as root and there is no other user here: add one named postgres, or give DATABASE_URL and DATABASE_SERVICE_URL.',
    );
  }
  return user;
}

/** Whether that user may do to a path what `test` names by a letter: r, w or x. Asked of the kernel, which knows ACLs. */
export async function canUse(user: ServerUser, test: 'r' | 'w' | 'x', path: string): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', `test -${test} "$1"`, 'sh', path], { uid: user.uid, gid: user.gid, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

async function lookUp(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function createPostgresUser(): Promise<ServerUser | undefined> {
  // Debian and Red Hat have useradd, Alpine and busybox adduser.
  const ways = [
    ['groupadd', '--system', 'postgres'],
    ['useradd', '--system', '--no-create-home', '--gid', 'postgres', '--shell', '/bin/false', 'postgres'],
    ['addgroup', '-S', 'postgres'],
    ['adduser', '-S', '-D', '-H', '-G', 'postgres', 'postgres'],
  ];
  for (const [command = '', ...args] of ways) {
    if ((await lookUp('postgres')) !== undefined) break;
    await run(command, args).catch(() => undefined);
  }
  return lookUp('postgres');
}
