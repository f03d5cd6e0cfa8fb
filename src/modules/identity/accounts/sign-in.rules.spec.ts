import { backOffSeconds, blockedUntil, counted, networkOf, normaliseEmail } from './sign-in.rules.js';
import type { Attempts } from './sign-in.rules.js';

const at = new Date('2026-11-20T02:10:00Z');
const later = (seconds: number): Date => new Date(at.getTime() + seconds * 1000);
const none: Attempts = { failures: 0, lastFailedAt: at, blockedUntil: null, lastSucceededAt: null };

describe('the slow-down of sign-in', () => {
  it('doubles from a second to a quarter of an hour and no further', () => {
    expect([5, 6, 7, 8, 15, 16, 100, 100_000].map((failures) => backOffSeconds(failures, 5))).toEqual([
      0, 1, 2, 4, 512, 900, 900, 900,
    ]);
  });

  it('counts before the outcome is known', () => {
    const sixth = counted({ ...none, failures: 5 }, 5, at);
    expect(sixth).toMatchObject({ failures: 6, blockedUntil: later(1) });
    expect(counted({ ...none, failures: 50, lastFailedAt: later(-90_000) }, 5, at).failures).toBe(1);
  });

  it('lets nobody lock out a network the holder has signed in from', () => {
    const attacked = { ...none, blockedUntil: later(900) };
    expect(blockedUntil(none, attacked, at)).toEqual(later(900));
    expect(blockedUntil({ ...none, lastSucceededAt: later(-1000) }, attacked, at)).toBeNull();
    expect(blockedUntil({ ...none, lastSucceededAt: later(-1000), blockedUntil: later(4) }, attacked, at)).toEqual(
      later(4),
    );
    expect(blockedUntil({ ...none, blockedUntil: at }, none, at)).toBeNull();
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.0/24'],
    ['::ffff:192.0.2.7', '192.0.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unix:', 'unix:'],
  ])('%s is in %s', (address, network) => expect(networkOf(address)).toBe(network));
});

it('finds an account by one form of its address', () => {
  expect(normaliseEmail('  Analyst@CERT.Example ')).toBe('analyst@cert.example');
});
