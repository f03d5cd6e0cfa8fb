import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Normalised } from './types.js';

/** @see RFC 5952 for the text form of IPv6 */
const ipv6Text = (address: string): string => ipaddr.IPv6.parse(address).toRFC5952String();

/** Four decimal parts and no leading zero: `010` is 8 to some programs and 10 to others. */
export const normaliseIpv4 = (text: string): Normalised =>
  isIPv4(text)
    ? { value: text }
    : { fault: 'This is no IPv4 address: four numbers from 0 to 255, without leading zeros.' };

export const normaliseIpv6 = (text: string): Normalised =>
  isIPv6(text) && !text.includes('%')
    ? { value: ipv6Text(text) }
    : { fault: 'This is no IPv6 address, or it names a zone of one machine.' };

/** The network: what stands behind its length is set to zero. A length left out is that of one address. */
export function normaliseCidr(text: string): Normalised {
  const [address = '', given, ...rest] = text.split('/');
  const bits = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : null;
  const length = given === undefined ? bits : /^[0-9]{1,3}$/.test(given) ? Number(given) : null;
  if (bits === null || length === null || length > bits || rest.length > 0)
    return { fault: 'This is no network: an address, a slash, and a length of at most 32 for IPv4 and 128 for IPv6.' };
  return { value: networkOf(address, length) };
}

/** The network of that length around an address, in its one form. */
function networkOf(address: string, length: number): string {
  return isIPv4(address)
    ? `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/${length}`).toString()}/${length}`
    : `${ipv6Text(ipaddr.IPv6.networkAddressFromCIDR(`${address}/${length}`).toString())}/${length}`;
}

/** Nobody's list of indicators is meant by a network wider than these. */
export const WIDEST = { 4: 8, 6: 16 } as const;

/** Every network that an address, or a network, lies in, up to the widest that mean something. */
export function networksAround(address: string, length: number): string[] {
  const widest = WIDEST[isIPv4(address) ? 4 : 6];
  return Array.from({ length: Math.max(0, length - widest) }, (_, nth) => networkOf(address, length - 1 - nth));
}

/** The first and the last address of a network; null of one that is wider than means something. */
export function rangeOf(cidr: string): { low: string; high: string } | null {
  const [address = '', length = ''] = cidr.split('/');
  if (Number(length) < WIDEST[isIPv4(address) ? 4 : 6]) return null;
  const high = isIPv4(address)
    ? ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString()
    : ipv6Text(ipaddr.IPv6.broadcastAddressFromCIDR(cidr).toString());
  return { low: cidr, high };
}

/** What an address is for, where it is for no machine of the Internet; null for all others. */
export function specialRange(address: string): string | null {
  const parsed = ipaddr.parse(address);
  const inner = parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed;
  const range = inner.range();
  return range === 'unicast' ? null : range;
}
