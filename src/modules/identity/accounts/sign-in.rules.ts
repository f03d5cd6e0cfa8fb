import { isIPv4, isIPv6 } from 'node:net';

/** Failures from one network on one account, and on one account from everywhere, that cost nothing yet. */
export const FREE_FAILURES = 5;
export const FREE_FAILURES_EVERYWHERE = 30;
const MAX_BACK_OFF_SECONDS = 900;
/** After that long without a failure, counting begins anew. */
const FORGET_AFTER_MS = 24 * 3_600_000;

/** How long the next attempt has to wait: doubling from a second, never more than a quarter of an hour. */
export function backOffSeconds(failures: number, free: number): number {
  const beyond = failures - free;
  return beyond <= 0 ? 0 : Math.min(MAX_BACK_OFF_SECONDS, 2 ** Math.min(beyond - 1, 30));
}

/** A counter of failures, as it is kept. */
export interface Attempts {
  failures: number;
  lastFailedAt: Date;
  blockedUntil: Date | null;
  lastSucceededAt: Date | null;
}

/**
 * Until when an attempt is refused, or null where it may be made. Failures elsewhere do not slow down a network from
 * which the account's holder has signed in before: or anyone could lock anyone out.
 */
export function blockedUntil(here: Attempts, everywhere: Attempts, at: Date): Date | null {
  const blocks = [here.blockedUntil, here.lastSucceededAt === null ? everywhere.blockedUntil : null]
    .filter((until) => until !== null)
    .filter((until) => until > at);
  return blocks.length === 0 ? null : new Date(Math.max(...blocks.map((until) => until.getTime())));
}

/** The counter with one attempt more, counted as a failure until it turns out otherwise. */
export function counted(attempts: Attempts, free: number, at: Date): Attempts {
  const isOld = attempts.lastFailedAt.getTime() < at.getTime() - FORGET_AFTER_MS;
  const failures = isOld ? 1 : attempts.failures + 1;
  const seconds = backOffSeconds(failures, free);
  return {
    ...attempts,
    failures,
    lastFailedAt: at,
    blockedUntil: seconds === 0 ? null : new Date(at.getTime() + seconds * 1000),
  };
}

/** The network an address is in: /24 of IPv4, /64 of IPv6, as one text for all spellings. An unreadable address is its own. */
export function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address);
  if (v4?.[1] !== undefined && isIPv4(`${v4[1]}.0`)) return `${v4[1]}.0/24`;
  const bare = address.split('%', 1)[0] ?? '';
  if (!isIPv6(bare)) return address;
  // The URL parser writes every spelling in the one form of RFC 5952.
  const [head = '', tail] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::', 2);
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined ? front : [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** The one form of an address that an account is found by. */
export const normaliseEmail = (email: string): string => email.normalize('NFKC').trim().toLowerCase();
