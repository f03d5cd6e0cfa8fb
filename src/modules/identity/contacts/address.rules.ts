import { isIPv4, isIPv6 } from 'node:net';
import { hostName } from '../../../kernel/host-name.js';

/** What somebody may answer for, in the one form it is compared in. */
export type Address =
  { kind: 'cidr'; cidr: string } | { kind: 'asn'; asn: number } | { kind: 'domain'; domain: string };

/** Nobody answers for more: a network wider than that would be found for everybody's addresses. */
const SHORTEST_PREFIX = { 4: 8, 6: 16 } as const;

/** Reads an IP address, a network in CIDR notation, an AS number (`AS64500`) or a domain name; null for anything else. */
export function parseAddress(text: string): Address | null {
  const trimmed = text.trim();
  const asn = /^AS\s?([0-9]{1,10})$/i.exec(trimmed)?.[1];
  if (asn !== undefined) return parseAsn(asn);
  return parseCidr(trimmed) ?? parseDomain(trimmed);
}

/** The same for what an organisation says it answers for: no network that is too wide, no top-level domain alone. */
export function networkFault(address: Address): string | null {
  if (address.kind === 'cidr') {
    const [network = '', length = ''] = address.cidr.split('/');
    const shortest = SHORTEST_PREFIX[isIPv4(network) ? 4 : 6];
    return Number(length) < shortest
      ? `A network of /${shortest} is the widest that one organisation answers for.`
      : null;
  }
  return null;
}

function parseAsn(digits: string): Address | null {
  const asn = Number(digits);
  return asn >= 1 && asn <= 4_294_967_295 ? { kind: 'asn', asn } : null;
}

function parseCidr(text: string): Address | null {
  const [address = '', length, ...rest] = text.split('/');
  if (rest.length > 0 || (length !== undefined && !/^[0-9]{1,3}$/.test(length))) return null;
  const bits = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : null;
  if (bits === null) return null;
  const prefix = length === undefined ? bits : Number(length);
  if (prefix > bits) return null;
  const bytes = bits === 32 ? bytesOfV4(address) : bytesOfV6(address);
  for (let bit = prefix; bit < bits; bit += 1) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) & ~(0x80 >> (bit & 7));
  return { kind: 'cidr', cidr: `${bits === 32 ? bytes.join('.') : textOfV6(bytes)}/${prefix}` };
}

const bytesOfV4 = (address: string): number[] => address.split('.').map(Number);

/** The URL parser writes every spelling in the one form of RFC 5952. */
const textOfV6 = (bytes: readonly number[]): string => {
  const groups = Array.from({ length: 8 }, (_, group) =>
    (((bytes[group * 2] ?? 0) << 8) | (bytes[group * 2 + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
};

function bytesOfV6(address: string): number[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::', 2);
  const groupsOf = (part: string | undefined): string[] => (part === undefined || part === '' ? [] : part.split(':'));
  const front = groupsOf(head);
  const back = groupsOf(tail);
  const middle = Array<string>(8 - front.length - back.length).fill('0');
  return [...front, ...middle, ...back].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** A label alone is nobody's on the Internet. */
function parseDomain(text: string): Address | null {
  const name = hostName(text);
  return name?.includes('.') ? { kind: 'domain', domain: name } : null;
}

/** A name and all above it, the most specific first: `a.b.example`, `b.example`, `example`. */
export const domainAndAbove = (domain: string): string[] => {
  const labels = domain.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
};

/** As people write it. */
export const textOfAddress = (address: Address): string =>
  address.kind === 'cidr' ? address.cidr : address.kind === 'asn' ? `AS${address.asn}` : address.domain;
