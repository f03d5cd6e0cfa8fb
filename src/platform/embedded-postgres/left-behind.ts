import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../config/startup-error.js';
import { clusterName, readPidFile, signalPostgres } from './postmaster.js';
import type { NativeFolder } from './native-folder.js';

const POLL_MS = 10;

/**
 * Stops the server that outlived a Ronda killed with -9, before its successor opens the same files. Whoever calls holds
 * the folder's instance lock, so a server that runs on it has lost its Ronda.
 * @returns the process that was stopped, if there was one.
 */
export async function stopLeftBehind(clusterDir: string, programs: NativeFolder): Promise<number | undefined> {
  const found = readPidFile(clusterDir);
  if (found === undefined || !isAlive(found.pid)) return undefined;
  if (!isPostmasterOf(clusterDir, found.pid)) {
    // The number went to a stranger. PostgreSQL only asks whether the process lives, and would refuse to start.
    killLeftBackends(clusterDir);
    rmSync(join(clusterDir, 'postmaster.pid'), { force: true });
    return undefined;
  }
  for (const [signal, patienceMs] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    signalPostgres(programs, found.pid, signal);
    for (const lateAt = Date.now() + patienceMs; Date.now() < lateAt; await delay(POLL_MS)) {
      if (!isAlive(found.pid) || !isPostmasterOf(clusterDir, found.pid)) return found.pid;
    }
  }
  return found.pid;
}

/**
 * Ends backends whose postmaster was killed and that are too deep in a query to notice: while one is attached to the
 * shared memory no new postmaster starts. SIGQUIT is the postmaster's own signal for this.
 */
export function killLeftBackends(clusterDir: string): void {
  if (process.platform !== 'linux') return;
  const title = `postgres: ${clusterName(clusterDir)}: `;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || !commandOf(Number(entry)).join(' ').startsWith(title)) continue;
    try {
      process.kill(Number(entry), 'SIGQUIT');
    } catch {
      // Gone meanwhile.
    }
  }
}

function isPostmasterOf(clusterDir: string, pid: number): boolean {
  const [program = '', ...args] = commandOf(pid);
  return /^postgres(?:\.exe)?$/.test(basename(program)) && args.includes(clusterDir);
}

/** Empty for a zombie, which has let go of everything already, and for a process that is none of our business. */
function commandOf(pid: number): string[] {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.trim().split(' ');
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
