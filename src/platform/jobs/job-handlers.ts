import { Logger } from '@nestjs/common';

export const PERIODS = ['minute', 'hour'] as const;
export type Period = (typeof PERIODS)[number];

interface JobHandler {
  readonly period: Period;
  readonly name: string;
  run(): Promise<unknown>;
}

/** What a worker does again and again. */
export class JobHandlers {
  private readonly log = new Logger(JobHandlers.name);
  private readonly handlers: JobHandler[] = [];

  /**
   * @param name for the log.
   * @param run safe to repeat: a node that dies in the middle of it leaves the rest to the next round.
   */
  every(period: Period, name: string, run: () => Promise<unknown>): this {
    this.handlers.push({ period, name, run });
    return this;
  }

  /** One after the other. A handler that fails keeps none of the others from running; it is due again at the next round. */
  async run(period: Period): Promise<void> {
    for (const handler of this.handlers) {
      if (handler.period !== period) continue;
      try {
        await handler.run();
      } catch (error) {
        this.log.error(`the job ${handler.name} failed`, error);
      }
    }
  }
}
