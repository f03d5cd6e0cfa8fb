import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from './private-file.js';
import { codeOf, StartupError } from './startup-error.js';

/** How often a start looks again when it meets another one at the very moment of taking over. */
const ATTEMPTS = 20;

interface Holder {
  pid: number;
  /** When that process started, in the kernel's own words; a recycled pid differs in it. Null where there is no /proc. */
  startedAt: string | null;
}

/** Held by the one instance that runs on a data folder. */
export class InstanceLock {
  private readonly releaseAtExit = (): void => {
    this.release();
  };

  private constructor(
    private readonly path: string,
    private readonly content: string,
  ) {
    process.on('exit', this.releaseAtExit);
  }

  /**
   * Takes the folder, also after an instance that was killed.
   * @throws StartupError `in-use`, naming the process that holds it.
   */
  static acquire(dataDir: string): InstanceLock {
    const path = join(dataDir, 'instance.lock');
    const content = JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) } satisfies Holder);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (createWhole(path, content)) return new InstanceLock(path, content);
      const found = readIfPresent(path);
      if (found === undefined) continue;
      const holder = parseHolder(found);
      if (holder !== undefined && isRunning(holder)) throw inUse(dataDir, holder.pid);
      takeAway(path, found);
    }
    throw new StartupError('in-use', `Another Ronda is starting in ${dataDir} at this moment.`);
  }

  /** Safe to repeat. Leaves a lock alone that somebody else has taken meanwhile. */
  release(): void {
    process.off('exit', this.releaseAtExit);
    if (readIfPresent(this.path) === this.content) rmSync(this.path, { force: true });
  }
}

const inUse = (dataDir: string, pid: number): StartupError =>
  new StartupError(
    'in-use',
    `Another Ronda (process ${pid}) already runs on ${dataDir}: stop it, or choose another folder with RONDA_DATA_DIR.`,
  );

/** Creates the file with its content in one step, so that nobody reads half a lock. False when there is one already. */
function createWhole(path: string, content: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  writePrivateFile(draft, content);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes a stale lock. Between judging and removing, another start may have replaced it by its own: what was moved
 * away is looked at again, and put back when it is not what was judged.
 */
function takeAway(path: string, judged: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (readIfPresent(aside) !== judged) linkSync(aside, path);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'EACCES') {
      // Root once ran on an ordinary user's folder and was killed.
      throw new StartupError('data-directory', `${path} belongs to another user: remove it if no Ronda runs there.`, {
        cause: error,
      });
    }
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, startedAt } = JSON.parse(text) as Partial<Holder>;
    return Number.isInteger(pid) && pid !== undefined ? { pid, startedAt: startedAt ?? null } : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (codeOf(error) === 'ESRCH') return false;
  }
  const startedAt = startOf(holder.pid);
  return startedAt === null || holder.startedAt === null || startedAt === holder.startedAt;
}

/** Boot and clock ticks since, from /proc; null where that is not to be had. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name in parentheses, may hold spaces; start time is field 22. See proc(5).
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? null : `${boot} ${ticks}`;
  } catch {
    return null;
  }
}
