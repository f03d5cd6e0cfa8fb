import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { domainAndAbove, textOfAddress } from './address.rules.js';
import type { Address } from './address.rules.js';

/** A network, and whom one turns to about it. */
export interface Answering {
  address: Address;
  organisationKey: number;
}

/** Whom one turns to about an address, and the most specific of what it answers for that the address is in. */
export interface Answerer {
  organisationKey: number;
  matched: string;
}

/** The addresses of a family as its bytes, cut after a number of bits: equal for all of one network. */
function networkName(bytes: readonly number[], bits: number): string {
  const whole = bits >> 3;
  const rest = bits & 7;
  const kept = bytes.slice(0, whole);
  if (rest > 0) kept.push((bytes[whole] ?? 0) & ~(0xff >> rest) & 0xff);
  return `${bytes.length} ${bits} ${kept.join('.')}`;
}

/** The bytes of a network in CIDR notation, and how many bits of them count. */
function bytesOf(cidr: string): { bytes: number[]; bits: number } {
  const [address = '', length = ''] = cidr.split('/');
  return { bytes: ipaddr.parse(address).toByteArray(), bits: Number(length) };
}

const nameOf = (address: Address): string => {
  if (address.kind !== 'cidr') return textOfAddress(address);
  const { bytes, bits } = bytesOf(address.cidr);
  return networkName(bytes, bits);
};

/**
 * Every name under which something that the address is in may be listed, the most specific first.
 * @param lengths of networks that are listed at all, the longest first.
 */
function namesAround(address: Address, lengths: readonly number[]): string[] {
  if (address.kind === 'asn') return [nameOf(address)];
  if (address.kind === 'domain') return domainAndAbove(address.domain);
  const { bytes, bits } = bytesOf(address.cidr);
  return lengths.filter((length) => length <= bits).map((length) => networkName(bytes, length));
}

/**
 * Finds who answers for many addresses at once. By table, and not by a query for each: the operators of networks are not
 * leakproof, so that under row-level security each of ten thousand look-ups would read every network there is.
 * @param answering where two answer for the same, the first of them is turned to.
 */
export function answererIndex(answering: readonly Answering[]): (address: Address) => Answerer | null {
  const byName = new Map<string, Answerer>();
  for (const { address, organisationKey } of answering) {
    const name = nameOf(address);
    if (!byName.has(name)) byName.set(name, { organisationKey, matched: textOfAddress(address) });
  }
  const lengths = [
    ...new Set(answering.flatMap(({ address }) => (address.kind === 'cidr' ? [bytesOf(address.cidr).bits] : []))),
  ].sort((one, other) => other - one);
  return (address) => {
    for (const name of namesAround(address, lengths)) {
      const found = byName.get(name);
      if (found) return found;
    }
    return null;
  };
}

/** The address by which an indicator is brought to somebody: that of its host, where it has one. */
export function addressText(type: string, value: string): string {
  if (type === 'email') return value.slice(value.lastIndexOf('@') + 1);
  if (type !== 'url') return value;
  const { hostname } = new URL(value);
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIPv4(bare) ? bare : bare.replace(/\.$/, '');
}
