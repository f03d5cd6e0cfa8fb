import { createHash } from 'node:crypto';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { noSpaceLeft, StartupError } from '../config/startup-error.js';
import type { NativeFolder } from './native-folder.js';
import type { ServerUser } from './server-user.js';

/** What a postmaster is started with; the same again when it is started anew. */
export interface PostmasterSpec {
  readonly programs: NativeFolder;
  readonly user: ServerUser | undefined;
  readonly clusterDir: string;
  readonly logFile: string;
  /** 127.0.0.1 only. */
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly onProgress: (line: string) => void;
}

/** The port was taken between choosing it and listening on it. */
export class PortTaken extends Error {}

const LOG_KEPT_BYTES = 8 * 1024 * 1024;
const POLL_MS = 5;
const SLOW_START_MS = 5_000;
const FAST_SHUTDOWN_MS = 30_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;

/** A running PostgreSQL server, child of this process but in a session of its own, where Ctrl-C does not reach it. */
export class Postmaster {
  /** Settles when it ends, however it ends. */
  readonly ended: Promise<string>;
  private hasEnded = false;
  private readonly interruptAtExit = (): void => {
    this.signal('SIGINT');
  };

  private constructor(
    private readonly child: ChildProcess,
    private readonly programs: NativeFolder,
    readonly pid: number,
  ) {
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.hasEnded = true;
        process.off('exit', this.interruptAtExit);
        resolve(signal ?? `exit code ${code}`);
      });
    });
    // It must not outlive us, nor keep a process alive that has nothing more to do.
    process.on('exit', this.interruptAtExit);
    child.unref();
  }

  /**
   * Resolves when it accepts connections, which after a crash is when recovery is done.
   * @throws PortTaken; StartupError `no-space` or `database` with what it said last.
   */
  static async start(spec: PostmasterSpec): Promise<Postmaster> {
    const log = openLog(spec.logFile);
    try {
      const logFrom = fstatSync(log).size;
      const child = spawn(spec.programs.postgres, argumentsOf(spec), {
        env: cleanEnvironment(),
        cwd: '/',
        stdio: ['ignore', log, log],
        detached: true,
        ...(spec.user === undefined ? {} : { uid: spec.user.uid, gid: spec.user.gid }),
      });
      const pid = await spawned(child, spec);
      const postmaster = new Postmaster(child, spec.programs, pid);
      await postmaster.ready(spec, logFrom);
      return postmaster;
    } finally {
      closeSync(log);
    }
  }

  /** Ends its sessions, writes everything down and exits. Forced, and recovered at the next start, when that takes too long. */
  async stop(): Promise<void> {
    this.child.ref();
    for (const [signal, patienceMs] of [
      ['SIGINT', FAST_SHUTDOWN_MS],
      ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
      ['SIGKILL', IMMEDIATE_SHUTDOWN_MS],
    ] as const) {
      this.signal(signal);
      if (await this.endsWithin(patienceMs)) return;
    }
  }

  private signal(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): void {
    if (!this.hasEnded) signalPostgres(this.programs, this.pid, signal);
  }

  private async endsWithin(milliseconds: number): Promise<boolean> {
    const patience = new AbortController();
    const late = delay(milliseconds, false, { signal: patience.signal }).catch(() => false);
    const inTime = await Promise.race([this.ended.then(() => true), late]);
    patience.abort();
    return inTime;
  }

  private async ready(spec: PostmasterSpec, logFrom: number): Promise<void> {
    let nextWordAt = Date.now() + SLOW_START_MS;
    for (;;) {
      const state = readPidFile(spec.clusterDir);
      if (state?.pid === this.pid && state.isReady) return;
      if (this.hasEnded) throw explain(readFrom(spec.logFile, logFrom), spec, await this.ended);
      await delay(POLL_MS);
      if (Date.now() < nextWordAt) continue;
      nextWordAt += SLOW_START_MS;
      spec.onProgress('The database is still recovering from an unclean stop…');
    }
  }
}

/** What PostgreSQL writes of itself into its folder. */
export interface PidFile {
  readonly pid: number;
  readonly isReady: boolean;
}

/** Line 1 is the process, line 8 its state. @see miscadmin.h of PostgreSQL, LOCK_FILE_LINE_* */
export function readPidFile(clusterDir: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 0 ? { pid, isReady: lines[7]?.trim() === 'ready' } : undefined;
  } catch {
    return undefined;
  }
}

/** Windows has no signals; pg_ctl speaks PostgreSQL's replacement for them. */
export function signalPostgres(programs: NativeFolder, pid: number, signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): void {
  if (process.platform === 'win32' && signal !== 'SIGKILL') {
    spawnSync(programs.pgCtl, ['kill', signal.slice(3), String(pid)]);
    return;
  }
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended, which is what was wanted.
  }
}

/** Nothing of PG* or of the locale around us may change what the server does. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { PATH, LC_ALL: 'C', TZ: 'UTC', ...(SystemRoot === undefined ? {} : { SystemRoot }) };
}

/** Stands in the process title of each of its backends, which is how left-over ones are told from strangers. */
export const clusterName = (clusterDir: string): string =>
  `ronda-${createHash('sha256').update(clusterDir).digest('hex').slice(0, 12)}`;

function argumentsOf(spec: PostmasterSpec): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(spec.port),
    unix_socket_directories: '',
    cluster_name: clusterName(spec.clusterDir),
    ...spec.settings,
  };
  return ['-D', spec.clusterDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

function spawned(child: ChildProcess, spec: PostmasterSpec): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      const message = `The embedded database cannot be started (${spec.programs.postgres}): ${error.message}.`;
      reject(new StartupError('database', message, { cause: error }));
    });
    child.once('spawn', () => {
      if (child.pid !== undefined) resolve(child.pid);
    });
  });
}

function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_KEPT_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

function readFrom(path: string, position: number): string {
  const log = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(fstatSync(log).size - position, 64 * 1024));
    readSync(log, bytes, 0, bytes.length, position);
    return bytes.toString('utf8');
  } finally {
    closeSync(log);
  }
}

function explain(said: string, spec: PostmasterSpec, outcome: string): Error {
  if (/no space left|quota exceeded/i.test(said)) return noSpaceLeft(spec.clusterDir);
  if (/could not (?:bind|create any TCP)/i.test(said)) return new PortTaken(said);
  const fatal = /(?:FATAL|PANIC):\s*(.+)/.exec(said)?.[1] ?? said.trim().split('\n').at(-1);
  return new StartupError(
    'database',
    `The embedded database did not start (${fatal ?? outcome}); more in ${spec.logFile}.`,
  );
}
