import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { JobHandlers } from './job-handlers.js';

/** How often it looks whether something is due sooner than it knew: somebody may have asked for it on another node. */
const LOOK_MS = 5_000;

/**
 * Runs what is due at an instant of its own when that instant comes, and once when the worker starts: what became due while
 * nobody worked. Each worker has its own; handlers let one of them win.
 */
export class Alarms {
  private readonly log = new Logger(Alarms.name);
  private readonly over = new AbortController();
  private running: Promise<void> = Promise.resolve();

  private constructor(private readonly handlers: JobHandlers) {}

  static start(handlers: JobHandlers): Alarms {
    const alarms = new Alarms(handlers);
    alarms.running = alarms.watch();
    return alarms;
  }

  /** Waits for what is under way. Safe to repeat. */
  async stop(): Promise<void> {
    this.over.abort();
    await this.running;
  }

  private async watch(): Promise<void> {
    while (!this.over.signal.aborted) {
      const waitMs = await this.round();
      await delay(waitMs, undefined, { signal: this.over.signal }).catch(() => undefined);
    }
  }

  /** @returns how long nothing is due. */
  private async round(): Promise<number> {
    try {
      const untilNextMs = await this.handlers.runAlarms();
      // What is still due could not be done: it is tried again later, and not in a circle.
      return untilNextMs === null || untilNextMs <= 0 ? LOOK_MS : Math.min(untilNextMs, LOOK_MS);
    } catch (error) {
      this.log.error('the next alarm is not known', error);
      return LOOK_MS;
    }
  }
}
