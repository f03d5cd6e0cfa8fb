import { isIPv4, isIPv6 } from 'node:net';
import { WIDEST, specialRange } from './addresses.js';
import { hostOfUrl, isPublicSuffix, isReservedName } from './names.js';
import { TOP_SITES } from './top-sites.js';

/** Lists of what is hardly ever malicious. Each can be switched off by the region file. */
export const WARNING_LISTS = [
  'special-address',
  'public-resolver',
  'top-site',
  'public-suffix',
  'reserved-name',
  'wide-network',
  'empty-file',
] as const;
export type WarningList = (typeof WARNING_LISTS)[number];

export interface Warning {
  list: WarningList;
  detail: string;
}

/** Resolvers that anybody may ask, as their operators publish them. */
const RESOLVERS: Readonly<Record<string, string>> = {
  '1.1.1.1': 'Cloudflare',
  '1.0.0.1': 'Cloudflare',
  '2606:4700:4700::1111': 'Cloudflare',
  '2606:4700:4700::1001': 'Cloudflare',
  '8.8.8.8': 'Google',
  '8.8.4.4': 'Google',
  '2001:4860:4860::8888': 'Google',
  '2001:4860:4860::8844': 'Google',
  '9.9.9.9': 'Quad9',
  '149.112.112.112': 'Quad9',
  '2620:fe::fe': 'Quad9',
  '2620:fe::9': 'Quad9',
  '208.67.222.222': 'OpenDNS',
  '208.67.220.220': 'OpenDNS',
  '94.140.14.14': 'AdGuard',
  '94.140.15.15': 'AdGuard',
  '76.76.2.0': 'Control D',
  '185.228.168.9': 'CleanBrowsing',
  '114.114.114.114': '114DNS',
  '223.5.5.5': 'AliDNS',
  '223.6.6.6': 'AliDNS',
  '119.29.29.29': 'DNSPod',
  '168.126.63.1': 'KT',
  '4.2.2.2': 'Level 3',
};

/** Of no byte at all: what a tool reports that could not read the file. */
const EMPTY: ReadonlySet<string> = new Set([
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'd14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b',
  'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
]);

const warn = (list: WarningList, detail: string): Warning => ({ list, detail });

function ofAddress(address: string): Warning[] {
  const range = specialRange(address);
  if (range !== null)
    return [warn('special-address', `Addresses of this range (${range}) are no machine of the Internet.`)];
  const resolver = RESOLVERS[address];
  return resolver === undefined ? [] : [warn('public-resolver', `A resolver of ${resolver} that anybody may ask.`)];
}

function ofName(name: string): Warning[] {
  if (isReservedName(name)) return [warn('reserved-name', 'A name reserved for documents and tests.')];
  if (isPublicSuffix(name)) return [warn('public-suffix', 'Anybody can register below this name.')];
  const isTop = TOP_SITES.has(name.replace(/^www\./, ''));
  return isTop ? [warn('top-site', 'One of the sites that most people visit.')] : [];
}

const ofHost = (host: string): Warning[] => (isIPv4(host) || isIPv6(host) ? ofAddress(host) : ofName(host));

function all(type: string, value: string): Warning[] {
  switch (type) {
    case 'ipv4':
    case 'ipv6':
      return ofAddress(value);
    case 'cidr': {
      const [address = '', length = ''] = value.split('/');
      return Number(length) < WIDEST[isIPv4(address) ? 4 : 6]
        ? [warn('wide-network', 'Too many networks for one list of indicators.')]
        : ofAddress(address);
    }
    case 'domain':
    case 'host':
      return ofName(value);
    case 'url': {
      // A page of a site that everybody visits may well be what it is about; its front page is not.
      const warnings = ofHost(hostOfUrl(value));
      return /^[^/]*\/\/[^/?#]*\/?$/.test(value) ? warnings : warnings.filter(({ list }) => list !== 'top-site');
    }
    case 'md5':
    case 'sha1':
    case 'sha224':
    case 'sha256':
    case 'sha384':
    case 'sha512':
      return EMPTY.has(value) ? [warn('empty-file', 'The hash of an empty file.')] : [];
    default:
      return [];
  }
}

/**
 * Why a value is hardly ever malicious.
 * @param value normalised.
 * @param lists those that are switched on.
 */
export const warnings = (type: string, value: string, lists: readonly WarningList[] = WARNING_LISTS): Warning[] =>
  all(type, value).filter(({ list }) => lists.includes(list));
