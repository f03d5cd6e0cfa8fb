import { Logger } from '@nestjs/common';

export const PERIODS = ['minute', 'hour'] as const;
export type Period = (typeof PERIODS)[number];

interface JobHandler {
  readonly period: Period;
  readonly name: string;
  run(): Promise<unknown>;
}

/** What every worker does every so many seconds; only one of them at a time, by its own agreement. */
export interface SteadyHandler {
  readonly seconds: number;
  readonly name: string;
  run(): Promise<unknown>;
}

interface AlarmHandler {
  readonly name: string;
  run(): Promise<unknown>;
  untilNextMs(): Promise<number | null>;
}

/** What a worker does again and again. */
export class JobHandlers {
  private readonly log = new Logger(JobHandlers.name);
  private readonly handlers: JobHandler[] = [];
  readonly steady: SteadyHandler[] = [];
  private readonly alarms: AlarmHandler[] = [];

  /**
   * @param name for the log.
   * @param run safe to repeat: a node that dies in the middle of it leaves the rest to the next round.
   */
  every(period: Period, name: string, run: () => Promise<unknown>): this {
    this.handlers.push({ period, name, run });
    return this;
  }

  /** @param run as of `every`; on several nodes at once, if it lets itself. */
  everySeconds(seconds: number, name: string, run: () => Promise<unknown>): this {
    this.steady.push({ seconds, name, run });
    return this;
  }

  /**
   * @param untilNextMs how long until there is something to do; null where nothing is known of.
   * @param run as for `every`; safe on several workers at once.
   */
  atInstants(name: string, untilNextMs: () => Promise<number | null>, run: () => Promise<unknown>): this {
    this.alarms.push({ name, untilNextMs, run });
    return this;
  }

  /** Runs all that is due at an instant. @returns how long until the next is; null where nothing is known of. */
  async runAlarms(): Promise<number | null> {
    const waits: number[] = [];
    for (const alarm of this.alarms) {
      await this.attempt(alarm);
      const wait = await alarm.untilNextMs();
      if (wait !== null) waits.push(wait);
    }
    return waits.length === 0 ? null : Math.min(...waits);
  }

  /** One after the other. A handler that fails keeps none of the others from running; it is due again at the next round. */
  async run(period: Period): Promise<void> {
    for (const handler of this.handlers) {
      if (handler.period === period) await this.attempt(handler);
    }
  }

  runSteady(handler: SteadyHandler): Promise<void> {
    return this.attempt(handler);
  }

  private async attempt({ name, run }: Pick<JobHandler, 'name' | 'run'>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.log.error(`the job ${name} failed`, error);
    }
  }
}
