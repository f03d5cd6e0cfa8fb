import { FixedClock } from '../../../test/support/fixed-clock.js';
import { RateLimitStorage } from './rate-limit.storage.js';

describe('counted hits', () => {
  const minute = 60_000;

  it('are granted up to the limit, and blocked until the window ends', async () => {
    const clock = new FixedClock();
    const storage = new RateLimitStorage(clock);
    expect(await storage.increment('a', minute, 2)).toMatchObject({ totalHits: 1, isBlocked: false, timeToExpire: 60 });
    clock.advance(18_001);
    expect(await storage.increment('a', minute, 2)).toMatchObject({ totalHits: 2, isBlocked: false, timeToExpire: 42 });
    expect(await storage.increment('a', minute, 2)).toMatchObject({ isBlocked: true, timeToBlockExpire: 42 });
    expect(await storage.increment('b', minute, 2)).toMatchObject({ totalHits: 1 });
    clock.advance(41_999);
    expect(await storage.increment('a', minute, 2)).toMatchObject({ totalHits: 1, isBlocked: false });
  });

  it('do not lock anyone out when the clock is set back', async () => {
    const clock = new FixedClock('2026-11-20T12:00:00Z');
    const storage = new RateLimitStorage(clock);
    await storage.increment('a', minute, 1);
    clock.set('2026-11-20T02:00:00Z');
    expect(await storage.increment('a', minute, 1)).toMatchObject({ isBlocked: false, timeToExpire: 60 });
  });

  it('are forgotten once their window has ended', async () => {
    const clock = new FixedClock();
    const storage = new RateLimitStorage(clock);
    for (let each = 0; each < 500; each++) await storage.increment(`key ${each}`, minute, 1);
    expect(storage.size).toBe(500);
    clock.advance(minute);
    await storage.increment('another', minute, 1);
    expect(storage.size).toBe(1);
  });

  it('take no more memory than was set aside, whatever keys are made up', async () => {
    const storage = new RateLimitStorage(new FixedClock(), 100);
    for (let each = 0; each < 10_000; each++) await storage.increment(`key ${each}`, minute, 1);
    expect(storage.size).toBe(100);
    expect(await storage.increment('key 9999', minute, 1)).toMatchObject({ isBlocked: true });
  });
});
