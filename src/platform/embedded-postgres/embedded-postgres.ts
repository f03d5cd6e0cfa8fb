import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareDataDirectory } from '../config/data-directory.js';
import { openSecrets, type PostgresPasswords } from '../config/secrets.js';
import { StartupError } from '../config/startup-error.js';
import { findClusterPlace, removeCluster } from './cluster-place.js';
import { findFreePort } from './free-port.js';
import { initialiseCluster, SUPERUSER } from './initialise.js';
import { killLeftBackends, stopLeftBehind } from './left-behind.js';
import { findNativeFolder } from './native-folder.js';
import { PortTaken, Postmaster, type PostmasterSpec } from './postmaster.js';
import { DATABASE, ensureRoles, MIGRATOR, SERVICE } from './roles.js';

export interface EmbeddedPostgresOptions {
  /** Absolute; made where it is absent. The caller holds its instance lock. */
  dataDir: string;
  /** Told each step, and each restart later on: one line for a person to read. */
  onProgress?: (line: string) => void;
  /** Told once, when the server keeps dying and is given up; `onProgress` where there is none. */
  onFailure?: (error: StartupError) => void;
  /** False, for tests alone, gives up safety against a crash for speed. Default true. */
  durable?: boolean;
  /** PostgreSQL settings that take precedence over ours. */
  settings?: Record<string, string>;
}

/** For a machine of two cores and 2 GB or more. */
const SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '100',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  wal_compression: 'off',
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  // Compiling a plan costs more than our queries do.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Errors go to the caller; in the log their text would repeat what was shared.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

const NOT_DURABLE: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

const PORT_ATTEMPTS = 5;
const QUICK_FAILURES_ALLOWED = 20;
/** A server that lived this long was well: what ends it then is counted as the first failure. */
const WELL_AFTER_MS = 500;
const LONGEST_BACKOFF_MS = 500;

/**
 * A PostgreSQL server of our own: made at the first start, kept running while this process runs, and stopped with it.
 * Listens on 127.0.0.1 alone. Install the handlers for SIGINT and SIGTERM before starting it: a process that dies of a
 * signal it does not handle leaves the server behind, until the next start.
 */
export class EmbeddedPostgres {
  /** Owns the database; creates roles; no superuser. */
  readonly migratorUrl: string;
  /** Owns nothing, sees what row-level security lets it see. */
  readonly serviceUrl: string;
  /** For tests, which clone databases. */
  readonly superuserUrl: string;
  private readonly onFailure: (error: StartupError) => void;
  private readonly stopping = new AbortController();
  private reviving: Promise<void> = Promise.resolve();
  private quickFailures = 0;

  private constructor(
    private postmaster: Postmaster,
    private readonly spec: PostmasterSpec,
    passwords: PostgresPasswords,
    private readonly options: EmbeddedPostgresOptions,
  ) {
    const url = (role: string, password: string, database: string): string =>
      `postgres://${role}:${password}@127.0.0.1:${spec.port}/${database}`;
    this.migratorUrl = url(MIGRATOR, passwords.migrator, DATABASE);
    this.serviceUrl = url(SERVICE, passwords.service, DATABASE);
    this.superuserUrl = url(SUPERUSER, passwords.superuser, 'postgres');
    this.onFailure = options.onFailure ?? ((error) => spec.onProgress(error.message));
  }

  /**
   * Initialises where the folder is new, stops a server that a killed Ronda left behind, starts, and completes database
   * and roles.
   * @throws StartupError
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const { durable = true, onProgress = () => undefined } = options;
    const dataDir = prepareDataDirectory(options.dataDir);
    const { postgres: passwords } = openSecrets(dataDir);
    const place = await findClusterPlace(dataDir);
    const programs = await findNativeFolder(dataDir, place.user);
    if (place.isNew) {
      onProgress(`Making the database in ${place.dir} (the first start only)`);
      if (dirname(place.dir) !== dataDir) {
        onProgress(
          `It is not in ${dataDir}, which ${place.user?.name ?? 'PostgreSQL'}, as whom PostgreSQL runs, cannot reach`,
        );
      }
      await initialiseCluster(place, programs, passwords.superuser, durable);
    } else {
      const stopped = await stopLeftBehind(place.dir, programs);
      if (stopped !== undefined)
        onProgress(`Stopped the database that an earlier run left behind (process ${stopped})`);
    }
    const spec = {
      programs,
      user: place.user,
      clusterDir: place.dir,
      logFile: join(dataDir, 'postgres.log'),
      settings: { ...SETTINGS, ...(durable ? {} : NOT_DURABLE), ...options.settings },
      onProgress,
    };
    const [postmaster, port] = await startOnFreePort(spec);
    const server = new EmbeddedPostgres(postmaster, { ...spec, port }, passwords, options);
    try {
      const version = await ensureRoles(server.superuserUrl, passwords);
      onProgress(`The database is ready: PostgreSQL ${version} on 127.0.0.1:${port}`);
    } catch (error) {
      await server.stop();
      throw error;
    }
    server.watch();
    return server;
  }

  /** Of the postmaster; another one after it was restarted. */
  get pid(): number {
    return this.postmaster.pid;
  }

  /** Ends every session and shuts down cleanly. Safe to repeat. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.reviving;
    await this.postmaster.stop();
  }

  /** Stops, and removes the database with all that is in it. For tests. */
  async destroy(): Promise<void> {
    await this.stop();
    removeCluster(this.options.dataDir);
  }

  private watch(): void {
    const startedAtMs = performance.now();
    void this.postmaster.ended.then((how) => {
      if (this.stopping.signal.aborted) return;
      if (performance.now() - startedAtMs > WELL_AFTER_MS) this.quickFailures = 0;
      this.reviving = this.revive(how);
    });
  }

  /** Starts the server again on the same port, so that every connection string stays true. */
  private async revive(how: string): Promise<void> {
    const endedAtMs = performance.now();
    this.spec.onProgress(`The database ended unexpectedly (${how}); restarting it`);
    let cause: unknown = how;
    while (++this.quickFailures <= QUICK_FAILURES_ALLOWED) {
      // At once the first time; then after 50 ms, 100 ms, …
      const backoffMs = this.quickFailures === 1 ? 0 : Math.min(25 * 2 ** (this.quickFailures - 1), LONGEST_BACKOFF_MS);
      await delay(backoffMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      try {
        killLeftBackends(this.spec.clusterDir);
        this.postmaster = await Postmaster.start(this.spec);
        this.spec.onProgress(`The database runs again after ${Math.round(performance.now() - endedAtMs)} ms`);
        this.watch();
        return;
      } catch (error) {
        cause = error;
      }
    }
    this.onFailure(
      new StartupError(
        'database',
        `The embedded database failed ${QUICK_FAILURES_ALLOWED} times in a row and is given up; see ${this.spec.logFile}.`,
        {
          cause,
        },
      ),
    );
  }
}

/** Between finding a free port and listening on it somebody else can take it. */
async function startOnFreePort(spec: Omit<PostmasterSpec, 'port'>): Promise<[Postmaster, number]> {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    try {
      return [await Postmaster.start({ ...spec, port }), port];
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}
