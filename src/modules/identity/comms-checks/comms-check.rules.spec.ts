import fc from 'fast-check';
import { codeOf, heardCode, isDue, outcomeOf, statusOf } from './comms-check.rules.js';

const now = new Date('2026-11-20T02:10:00Z');
const soon = new Date(now.getTime() + 1);

describe('a comms check', () => {
  it('is closed by the clock, also before the worker says so', () => {
    expect(statusOf({ openedAt: null, closedAt: null, closesAt: now }, now)).toBe('scheduled');
    expect(statusOf({ openedAt: now, closedAt: null, closesAt: soon }, now)).toBe('open');
    expect(statusOf({ openedAt: now, closedAt: null, closesAt: now }, now)).toBe('closed');
    expect(statusOf({ openedAt: now, closedAt: now, closesAt: soon }, now)).toBe('closed');
  });

  it('is missed only when it is over', () => {
    expect([outcomeOf('open', null), outcomeOf('closed', null), outcomeOf('closed', now)]).toEqual([
      'waiting',
      'missed',
      'answered',
    ]);
  });

  it('is due when its days are over, and not before', () => {
    const before = new Date(now.getTime() - 30 * 86_400_000);
    expect([isDue(before, 30, now), isDue(new Date(before.getTime() + 1), 30, now)]).toEqual([true, false]);
  });

  it('has codes that are heard as they were given out', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (bytes) => {
        const code = codeOf(Buffer.from(bytes));
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
        const misheard = code.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('-', ' ');
        expect(heardCode(misheard)).toBe(heardCode(code));
      }),
    );
  });
});
