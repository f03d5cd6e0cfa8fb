/** What an observable can be. Beside these a free type of one's own: `x-` and a name. */
export const OBSERVABLE_TYPES = [
  'ipv4',
  'ipv6',
  'cidr',
  'domain',
  'host',
  'url',
  'email',
  'md5',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'ssdeep',
  'tlsh',
  'filename',
  'asn',
  'cve',
  'mutex',
  'registry-key',
  'user-agent',
  'ja3',
  'ja4',
  'certificate-hash',
  'crypto-address',
  'bank-account',
  'payment-alias',
  'e-wallet',
  'phone',
  'sender-id',
  'text',
] as const;
export type KnownType = (typeof OBSERVABLE_TYPES)[number];

/** A free type: the member that uses it says what it means. */
const FREE_TYPE = /^x-[a-z0-9]+(-[a-z0-9]+)*$/;
const LONGEST_FREE_TYPE = 40;
export const LONGEST_VALUE = 4000;

const known: ReadonlySet<string> = new Set(OBSERVABLE_TYPES);
export const isKnownType = (type: string): type is KnownType => known.has(type);
export const isObservableType = (type: string): boolean =>
  known.has(type) || (type.length <= LONGEST_FREE_TYPE && FREE_TYPE.test(type));

/** A value in the one form it is kept and compared in. */
export interface ObservableValue {
  type: string;
  value: string;
}

/** Either the value in its one form, or what is wrong with it, in a sentence a person can act on. */
export type Normalised = { value: string } | { fault: string };
