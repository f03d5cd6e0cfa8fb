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

/** What a worker does again and again. */
export class JobHandlers {
  private readonly log = new Logger(JobHandlers.name);
  private readonly handlers: JobHandler[] = [];
  readonly steady: SteadyHandler[] = [];

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
