import { createHmac } from 'node:crypto';
import ipaddr from 'ipaddr.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * How long to wait behind each attempt that failed. Behind the last there is none: the delivery is a dead letter.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
const WAITS_MS = [
  5_000,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/** A target that fails for so long is sent nothing more until somebody of its organisation says so. */
const FAILS_AT_MOST_MS = 5 * 24 * HOUR_MS;
/** Both secrets sign for so long behind a rotation. */
export const BOTH_SIGN_MS = 24 * HOUR_MS;

/**
 * @param attempts that failed, 1 or more.
 * @param lot 0 to 1: a tenth more or less, so that what failed together does not come back together.
 * @returns null where it is tried no more.
 */
export function waitBehind(attempts: number, lot: number): number | null {
  const wait = WAITS_MS[attempts - 1];
  return wait === undefined ? null : Math.round(wait * (0.9 + lot * 0.2));
}

export const hasFailedTooLong = (since: Date, at: Date): boolean => at.getTime() - since.getTime() >= FAILS_AT_MOST_MS;

/** @returns the value of `webhook-signature`: one for each secret, the newest first. */
export function signatures(id: string, at: Date, body: string, secrets: readonly Buffer[]): string {
  const signed = `${id}.${secondsOf(at)}.${body}`;
  return secrets.map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`).join(' ');
}

export const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000);

/** Why an address is not sent to; null where it may be. @param isPlain without TLS. */
export function whyNotSendTo(address: string, isPlain: boolean, allowedNetworks: readonly string[]): string | null {
  if (!ipaddr.isValid(address)) return 'This is no address.';
  const parsed = ipaddr.process(address);
  if (allowedNetworks.some((network) => isWithin(parsed, network))) return null;
  if (parsed.range() !== 'unicast') return 'The address is not of the public Internet.';
  return isPlain ? 'Give an https:// address.' : null;
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [base, prefix] = ipaddr.parseCIDR(network);
  return address.kind() === base.kind() && address.match(base, prefix);
}
