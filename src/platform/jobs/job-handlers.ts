import { Logger } from '@nestjs/common';

export const PERIODS = ['minute', 'hour'] as const;
export type Period = (typeof PERIODS)[number];

interface JobHandler {
  readonly period: Period;
  readonly name: string;
  run(): Promise<unknown>;
}

/** A round of what every worker does every so many seconds. */
export interface SteadyRound {
  /** Aborted when the worker stops: what is not begun is left to another. */
  readonly stopping: AbortSignal;
  /** What goes on while further rounds begin. The worker waits for it when it stops. */
  readonly goOn: (work: Promise<unknown>) => void;
}

/** What every worker does every so many seconds; only one of them at a time, by its own agreement. */
export interface SteadyHandler {
  readonly seconds: number;
  readonly name: string;
  readonly run: (round: SteadyRound) => Promise<unknown>;
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

  /** @param run as of `every`; on several nodes at once, if it lets itself. The next round begins when it has ended. */
  everySeconds(seconds: number, name: string, run: (round: SteadyRound) => Promise<unknown>): this {
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

  /** @param keep told what goes on when the round has ended; it does not reject. */
  runSteady({ name, run }: SteadyHandler, stopping: AbortSignal, keep: (work: Promise<void>) => void): Promise<void> {
    const goOn = (work: Promise<unknown>): void => {
      keep(this.attempt({ name, run: () => work }));
    };
    return this.attempt({ name, run: () => run({ stopping, goOn }) });
  }

  private async attempt({ name, run }: Pick<JobHandler, 'name' | 'run'>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.log.error(`the job ${name} failed`, error);
    }
  }
}
