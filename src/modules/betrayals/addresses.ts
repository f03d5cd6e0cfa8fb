import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { escapeRegExp, spansOf, withoutOverlaps } from './betrayal.js';
import type { Found } from './betrayal.js';

/** What an organisation says it answers for. */
export type OwnNetwork =
  { kind: 'cidr'; cidr: string } | { kind: 'asn'; asn: number } | { kind: 'domain'; domain: string };

/** RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291 §2.5.6. */
const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
];

function blockListOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', length = ''] = cidr.split('/');
    list.addSubnet(network, Number(length), isIPv4(network) ? 'ipv4' : 'ipv6');
  }
  return list;
}

const privateRanges = blockListOf(PRIVATE);

const DOT = '(?:\\.|\\[\\.\\]|\\(\\.\\))';
/** Not the version of something: `v10.2.0.1`, `build 10.0.19045.1`. */
const V4 = new RegExp(
  `(?<![\\p{L}\\p{N}.]|(?:version|ver\\.?|build|firmware|release|OS) v?)[0-9]{1,3}(?:${DOT}[0-9]{1,3}){3}(?![\\p{L}\\p{N}]|\\.[0-9])`,
  'giu',
);
const V6 = /(?<![\p{L}\p{N}:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\p{L}\p{N}:])/giu;
const INTERNAL_HOST =
  /(?<![\p{L}\p{N}._@-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.|\[\.\]))+(?:local|internal|intranet|lan|corp|home\.arpa|localdomain)(?![\p{L}\p{N}-]|\.[\p{L}\p{N}])/giu;

interface AddressSpan {
  start: number;
  end: number;
  address: string;
}

const addressesIn = (text: string): AddressSpan[] =>
  [V4, V6].flatMap((pattern) =>
    spansOf(pattern, text)
      .map(({ start, end, match }) => ({ start, end, address: match[0].replace(/\[\.\]|\(\.\)/g, '.') }))
      .filter(({ address }) => isIPv4(address) || isIPv6(address)),
  );

const isIn = (list: BlockList, address: string): boolean => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

/** Addresses of nobody's network but the writer's own, and names that only its own resolver knows. */
export const privateAddresses = (text: string): Found[] => [
  ...addressesIn(text)
    .filter(({ address }) => isIn(privateRanges, address))
    .map(({ start, end }): Found => ({
      start,
      end,
      code: 'private-address',
      detail: 'A private address means nothing outside, and shows how a network is built inside.',
    })),
  ...spansOf(INTERNAL_HOST, text).map(({ start, end }): Found => ({
    start,
    end,
    code: 'internal-host',
    detail: 'A name from inside a network shows how it is built.',
  })),
];

/** Addresses, names and AS numbers that the organisation answers for: they say whose incident it is. */
export function ownNetworks(text: string, networks: readonly OwnNetwork[]): Found[] {
  const detail = 'This is in the networks that your organisation answers for: it says whose incident it is.';
  const own = blockListOf(networks.flatMap((each) => (each.kind === 'cidr' ? [each.cidr] : [])));
  const domains = networks.flatMap((each) => (each.kind === 'domain' ? [each.domain] : []));
  const systems = networks.flatMap((each) => (each.kind === 'asn' ? [String(each.asn)] : []));
  const dotted = domains.map((domain) => domain.split('.').map(escapeRegExp).join(DOT)).join('|');
  const names = new RegExp(
    `(?<![\\p{L}\\p{N}-])(?:[\\p{L}\\p{N}_-]+${DOT})*(?:${dotted || '(?!)'})(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])`,
    'giu',
  );
  const asns = new RegExp(`(?<![\\p{L}\\p{N}])ASN?[ -]?(?:${systems.join('|') || '(?!)'})(?![\\p{L}\\p{N}])`, 'giu');
  return withoutOverlaps([
    ...addressesIn(text).filter(({ address }) => isIn(own, address)),
    ...spansOf(names, text),
    ...spansOf(asns, text),
  ]).map(({ start, end }) => ({ start, end, code: 'own-network', detail }));
}
