import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from '../../src/platform/embedded-postgres/free-port.js';
import { until } from './until.js';

const root = path.resolve(__dirname, '../..');

/** The product as `npm start` runs it, in a process of its own, on a database of somebody else's: something to kill. */
export class ServerProcess {
  readonly dataDir = mkdtempSync(path.join(tmpdir(), 'ronda-node-'));
  private child: ChildProcess | undefined;
  private said = '';

  private constructor(
    readonly port: number,
    private readonly databases: { migratorUrl: string; serviceUrl: string },
    private readonly env: Record<string, string>,
  ) {}

  /** @param env takes precedence over what every such process is given. */
  static async on(
    databases: { migratorUrl: string; serviceUrl: string },
    env: Record<string, string> = {},
  ): Promise<ServerProcess> {
    const built = spawnSync(process.execPath, [path.join(root, 'scripts/ensure-built.mjs')], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`The product does not build:\n${built.stdout}${built.stderr}`);
    // One that the system gives to nobody while it is killed and started again: the next server of a test beside it could have it.
    return new ServerProcess(await findFreePort(), databases, env);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What it holds in memory now: the resident set, in bytes (Linux). */
  get residentBytes(): number {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.child?.pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes) * 1024;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [path.join(root, 'dist/src/main.js')], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        PORT: String(this.port),
        RONDA_DATA_DIR: this.dataDir,
        DATABASE_URL: this.databases.migratorUrl,
        DATABASE_SERVICE_URL: this.databases.serviceUrl,
        RONDA_DEMO: 'no',
        LOG_LEVEL: 'error',
        RONDA_SECRET_KEY: '07'.repeat(32),
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (this.said = (this.said + text.toString()).slice(-4000)));
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${this.said}`);
        return (await fetch(`${this.url}/health/ready`)).ok;
      },
      { what: 'the server to answer', withinMs: 60_000 },
    );
  }

  /** kill -9: nothing is drained, flushed or said. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** What it said before it ended by itself; undefined while it runs. */
  get lastWords(): string | undefined {
    return this.child?.exitCode == null ? undefined : `It ended with ${this.child.exitCode}:\n${this.said}`;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}
