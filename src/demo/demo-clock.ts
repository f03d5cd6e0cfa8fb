import { AsyncLocalStorage } from 'node:async_hooks';
import { Clock, SystemClock } from '../kernel/clock.js';

/** The present, but within `at` a moment of the past: the demo's people did what they did over months. */
export class DemoClock extends Clock {
  private readonly present = new SystemClock();
  private readonly moments = new AsyncLocalStorage<Date>();

  /** `work`, and all that it begins, happens at that moment. */
  at<T>(moment: Date, work: () => T): T {
    return this.moments.run(moment, work);
  }

  override now(): Date {
    const moment = this.moments.getStore();
    return moment ? new Date(moment) : this.present.now();
  }
}
