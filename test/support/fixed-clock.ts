import { Clock } from '../../src/kernel/clock.js';

/** A clock that stands until it is told to move. */
export class FixedClock extends Clock {
  private ms: number;

  /** @param start a time with its zone, such as `2026-11-20T02:10:00Z`. */
  constructor(start: string | Date = '2026-11-20T02:10:00.000Z') {
    super();
    this.ms = new Date(start).getTime();
    if (Number.isNaN(this.ms)) throw new RangeError(`${String(start)} is not a time`);
  }

  /** A new Date each time: who gets it may change it. */
  override now(): Date {
    return new Date(this.ms);
  }

  set(to: string | Date): void {
    this.ms = new Date(to).getTime();
  }

  advance(ms: number): void {
    this.ms += ms;
  }
}
