import type { Clock } from '../../kernel/clock.js';
import type { JobHandlers, SteadyHandler } from './job-handlers.js';

/**
 * Runs what is due every few seconds, on the grid of the clock, on every worker: handlers of this kind agree among
 * themselves whose turn it is. A queue whose ticks are noticed within ten seconds keeps no such cadence.
 */
export class SteadyRounds {
  private readonly timers = new Map<SteadyHandler, NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private readonly over = new AbortController();

  private constructor(
    private readonly handlers: JobHandlers,
    private readonly clock: Clock,
  ) {}

  static start(handlers: JobHandlers, clock: Clock): SteadyRounds {
    const rounds = new SteadyRounds(handlers, clock);
    for (const handler of handlers.steady) rounds.wait(handler);
    return rounds;
  }

  /** Waits for what is under way. Safe to repeat. */
  async stop(): Promise<void> {
    this.over.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
    while (this.running.size > 0) await Promise.all(this.running);
  }

  /** Until the next line of the grid; a round that takes longer than one of its fields leaves out those it missed. */
  private wait(handler: SteadyHandler): void {
    if (this.over.signal.aborted) return;
    const period = handler.seconds * 1000;
    const left = period - (this.clock.now().getTime() % period);
    const timer = setTimeout(() => {
      const round = this.handlers.runSteady(handler, this.over.signal, (work) => {
        this.keep(work);
      });
      this.keep(
        round.finally(() => {
          this.wait(handler);
        }),
      );
    }, left);
    this.timers.set(handler, timer);
  }

  private keep(work: Promise<void>): void {
    const kept = work.finally(() => this.running.delete(kept));
    this.running.add(kept);
  }
}
