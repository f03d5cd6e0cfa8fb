import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { networksAround, rangeOf } from './addresses.js';
import { hostOfUrl, isPublicSuffix, pathOf } from './names.js';

/** Of Ronda's observables. */
const NAMESPACE = Buffer.from('6f1b1c0e7a2f5d0c9f7e3b5a4c2d1e0f', 'hex');

/** Types whose letter case is shown and does not count. */
const FOLDED: ReadonlySet<string> = new Set(['registry-key', 'sender-id']);

/**
 * The id of a value: of its type and its one form, and of nothing else, so that it is the same for everybody and tells
 * nothing but the value.
 * @see RFC 9562 §5.5 for UUIDv5
 */
export function observableId(type: string, value: string): string {
  const key = FOLDED.has(type) ? value.toLowerCase() : value;
  const hash = createHash('sha1').update(NAMESPACE).update(`${type}\0${key}`).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Where a value stands in the two trees by which one holds another: of names, and of addresses. */
export interface Place {
  /** The labels of its name, from the root on. */
  namePath: string | null;
  /** Its address or network. */
  address: string | null;
}

const ofHost = (host: string): Place =>
  isIPv4(host) || isIPv6(host) ? { namePath: null, address: host } : { namePath: pathOf(host), address: null };

export function placeOf(type: string, value: string): Place {
  switch (type) {
    case 'ipv4':
    case 'ipv6':
    case 'cidr':
      return { namePath: null, address: value };
    case 'domain':
    case 'host':
      return { namePath: pathOf(value), address: null };
    case 'email':
      return { namePath: pathOf(value.slice(value.lastIndexOf('@') + 1)), address: null };
    case 'url':
      return ofHost(hostOfUrl(value));
    default:
      return { namePath: null, address: null };
  }
}

/** What a value is in, and what may be in it: by what others are found that are about the same. */
export interface Surroundings {
  /** Ids of values that hold it, or that it names: domains above, networks around, the host of a URL. */
  around: string[];
  /** Of names below it, as a half-open range of paths; null for what holds none. */
  names: { from: string; to: string } | null;
  /** Of addresses inside it; null for what holds none. */
  addresses: { low: string; high: string } | null;
}

const idsOf = (types: readonly string[], value: string): string[] => types.map((type) => observableId(type, value));

function aroundName(name: string, isItself: boolean): string[] {
  const labels = name.split('.');
  const above = labels.slice(1, -1).map((_, nth) => labels.slice(nth + 1).join('.'));
  return [...(isItself ? idsOf(['domain', 'host'], name) : []), ...above.flatMap((each) => idsOf(['domain'], each))];
}

function aroundAddress(address: string, isItself: boolean): string[] {
  const isV4 = isIPv4(address);
  const bits = isV4 ? 32 : 128;
  return [
    ...(isItself ? idsOf([isV4 ? 'ipv4' : 'ipv6'], address) : []),
    ...idsOf(['cidr'], `${address}/${bits}`),
    ...networksAround(address, bits).flatMap((network) => idsOf(['cidr'], network)),
  ];
}

/** A name with everything below it: behind its path comes `!`, and behind that `"`. */
const below = (name: string): Surroundings['names'] =>
  isPublicSuffix(name) ? null : { from: pathOf(name), to: `${pathOf(name)}"` };

export function surroundingsOf(type: string, value: string): Surroundings {
  const nothing = { around: [], names: null, addresses: null };
  switch (type) {
    case 'ipv4':
    case 'ipv6':
      return { around: aroundAddress(value, false), names: null, addresses: { low: value, high: value } };
    case 'cidr': {
      const [address = '', length = ''] = value.split('/');
      const around = networksAround(address, Number(length)).flatMap((network) => idsOf(['cidr'], network));
      return { around, names: null, addresses: rangeOf(value) };
    }
    case 'domain':
      return { around: [...aroundName(value, false), ...idsOf(['host'], value)], names: below(value), addresses: null };
    case 'host':
      // What is below a host is another's; what is on it, its URLs and mailboxes, has the same path.
      return {
        around: [...aroundName(value, false), ...idsOf(['domain'], value)],
        names: { from: pathOf(value), to: `${pathOf(value)}!` },
        addresses: null,
      };
    case 'email':
      return { ...nothing, around: aroundName(value.slice(value.lastIndexOf('@') + 1), true) };
    case 'url': {
      const host = hostOfUrl(value);
      const isAddress = isIPv4(host) || isIPv6(host);
      return { ...nothing, around: isAddress ? aroundAddress(host, true) : aroundName(host, true) };
    }
    default:
      return nothing;
  }
}
