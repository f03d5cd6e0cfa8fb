import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Clock } from '../../kernel/clock.js';

interface Window {
  hits: number;
  startsAt: number;
  endsAt: number;
}

/** What the library calls a storage record, and does not export. */
export type Hit = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts hits in fixed windows, each begun by its first hit. Of this process alone: two nodes grant twice the quota.
 *
 * The library's own storage keeps the time of every hit and walks them all on each: 116 µs a request at 20,000 hits a
 * minute, where this takes 3 µs with the guard around it, whatever the count.
 */
export class RateLimitStorage implements ThrottlerStorage {
  // In the order in which windows began, which with one length for all is the order in which they end.
  private readonly windows = new Map<string, Window>();

  /** @param capacity windows kept, of some 200 bytes each; beyond it the oldest is forgotten. */
  constructor(
    private readonly clock: Clock,
    private readonly capacity = 100_000,
  ) {}

  /** @param ttl length of the window in milliseconds. */
  increment(key: string, ttl: number, limit: number): Promise<Hit> {
    const now = this.clock.now().getTime();
    let window = this.windows.get(key);
    // A clock that was set back must not lock anyone out until it has caught up.
    if (!window || window.endsAt <= now || window.startsAt > now) window = this.begin(key, now, ttl);
    window.hits += 1;
    const timeToExpire = Math.max(1, Math.ceil((window.endsAt - now) / 1000));
    const isBlocked = window.hits > limit;
    return Promise.resolve({
      totalHits: window.hits,
      timeToExpire,
      isBlocked,
      timeToBlockExpire: isBlocked ? timeToExpire : 0,
    });
  }

  /** Windows held. */
  get size(): number {
    return this.windows.size;
  }

  private begin(key: string, now: number, ttl: number): Window {
    this.windows.delete(key);
    for (const [oldest, { endsAt }] of this.windows) {
      if (endsAt > now && this.windows.size < this.capacity) break;
      this.windows.delete(oldest);
    }
    const window = { hits: 0, startsAt: now, endsAt: now + ttl };
    this.windows.set(key, window);
    return window;
  }
}
