import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from './until.js';

const root = path.resolve(__dirname, '../..');

/** Everything launched in this file that has not ended yet. */
const running = new Set<Launched>();

/** `npm start` in a process of its own: what it says, and how it ends. */
export class Launched {
  stdout = '';
  stderr = '';
  /** The code it exited with, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  private readonly child;

  /** @param env beside PATH and NODE_ENV=test; PORT is any free one unless named. */
  constructor(env: Record<string, string>, script = 'dist/src/main.js') {
    this.child = spawn(process.execPath, [path.join(root, script)], {
      env: { PATH: process.env.PATH, NODE_ENV: 'test', PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    running.add(this);
    this.ended = new Promise((resolve) => {
      // 'close': all that it said has arrived.
      this.child.once('close', (code, signal) => {
        running.delete(this);
        resolve(code ?? signal ?? 'SIGKILL');
      });
    });
  }

  /** Waits for it to listen. @returns its URL. */
  async ready(withinMs = 90_000): Promise<string> {
    await this.said('Stop it with', withinMs);
    return /Ronda is ready at (\S+)/.exec(this.stdout)?.[1] ?? '';
  }

  async said(words: string, withinMs = 60_000): Promise<void> {
    await until(
      () => {
        if (this.stdout.includes(words)) return true;
        if (!this.isRunning) return 'ended';
        return false;
      },
      { what: `"${words}" in:\n${this.stdout}${this.stderr}`, withinMs },
    );
    if (!this.stdout.includes(words)) throw new Error(`It ended:\n${this.stdout}${this.stderr}`);
  }

  get isRunning(): boolean {
    return running.has(this);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Asks it to stop in order, and waits. */
  stop(): Promise<number | NodeJS.Signals> {
    this.signal('SIGTERM');
    return this.ended;
  }

  /** For afterAll: ends what a failed test left running. */
  static async endAll(): Promise<void> {
    await Promise.all([...running].map((left) => left.stop()));
  }
}

/** A new folder that PostgreSQL's user can pass through to its own, as root's tests need. */
export function newDataDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'ronda-data-'));
  chmodSync(dir, 0o711);
  return dir;
}

/** The folder, and PostgreSQL's own files where they had to lie elsewhere. */
export function removeDataDir(dir: string): void {
  const pointer = path.join(dir, 'postgres-location');
  if (existsSync(pointer)) rmSync(path.dirname(readFileSync(pointer, 'utf8').trim()), { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
}
