import { Logger } from '@nestjs/common';
import type { Job, PgBoss } from 'pg-boss';
import { JOBS_SCHEMA } from './install-jobs.js';
import { PERIODS } from './job-handlers.js';
import type { JobHandlers, Period } from './job-handlers.js';

const QUEUE = 'recurring';
const CRON: Readonly<Record<Period, string>> = { minute: '* * * * *', hour: '0 * * * *' };

/** Three small queries in this time are nearly all that an idle worker costs. */
const POLL_SECONDS = 10;
const HOUR_SECONDS = 3600;

/** A worker whose batch takes longer than this is taken for dead, and the next one runs its round. */
const LONGEST_ROUND_SECONDS = 15 * 60;

interface Tick {
  period: Period;
}

/**
 * Runs the handlers each minute and each hour, on exactly one of the nodes that share the database. After a time
 * without any worker the rounds that were missed are one round.
 */
export class RecurringJobs {
  private readonly log = new Logger(RecurringJobs.name);
  private isStopping = false;

  private constructor(
    private readonly boss: PgBoss,
    private readonly handlers: JobHandlers,
  ) {
    // An error event that nobody listens to ends the process. pg-boss tries again by itself.
    boss.on('error', (error) => {
      // Connections that the database ends before they have ended themselves.
      if (!this.isStopping) this.log.error('the worker met an error', error);
    });
  }

  /**
   * @param serviceUrl of the service role; `installJobs` has run.
   * @param pollSeconds how late a tick may be noticed.
   */
  static async start(serviceUrl: string, handlers: JobHandlers, pollSeconds = POLL_SECONDS): Promise<RecurringJobs> {
    // Loaded here: a node that only answers requests never needs it.
    const { PgBoss } = await import('pg-boss');
    const boss = new PgBoss({
      connectionString: serviceUrl,
      application_name: 'ronda-worker',
      schema: JOBS_SCHEMA,
      max: 2,
      migrate: false,
      // Maintenance is one of the hourly jobs, so that it needs no timers of its own.
      supervise: false,
      maintenanceIntervalSeconds: HOUR_SECONDS,
      // The service role owns no index that it could rebuild.
      reindex: false,
      monitorVacuum: false,
      cronMonitorIntervalSeconds: 3 * pollSeconds,
      cronWorkerIntervalSeconds: pollSeconds,
      queueCacheIntervalSeconds: HOUR_SECONDS,
    });
    const jobs = new RecurringJobs(boss, handlers);
    try {
      await jobs.begin(pollSeconds);
    } catch (error) {
      await boss.stop({ graceful: false }).catch(() => undefined);
      throw error;
    }
    return jobs;
  }

  /** Waits for the round under way. Safe to repeat. */
  async stop(timeoutSeconds: number): Promise<void> {
    this.isStopping = true;
    await this.boss.stop({ graceful: true, timeout: timeoutSeconds * 1000 });
  }

  private async begin(pollSeconds: number): Promise<void> {
    await this.boss.start();
    await this.boss.createQueue(QUEUE, {
      retryLimit: 0,
      expireInSeconds: LONGEST_ROUND_SECONDS,
      retentionSeconds: 2 * HOUR_SECONDS,
      deleteAfterSeconds: 2 * HOUR_SECONDS,
    });
    for (const period of PERIODS) await this.boss.schedule(QUEUE, CRON[period], { period }, { key: period });
    const options = { batchSize: 100, pollingIntervalSeconds: pollSeconds };
    await this.boss.work<Tick>(QUEUE, options, (ticks) => this.take(ticks));
  }

  private async take(ticks: readonly Job<Tick>[]): Promise<void> {
    const due = new Set(ticks.map(({ data }) => data.period));
    for (const period of PERIODS) {
      if (!due.has(period)) continue;
      await this.handlers.run(period);
      // Expires rounds of workers that died, and forgets the old ones.
      if (period === 'hour') await this.boss.supervise();
    }
  }
}
