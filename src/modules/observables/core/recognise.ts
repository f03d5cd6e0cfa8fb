import { refang } from './defang.js';
import { normalise } from './normalise.js';
import type { KnownType, ObservableValue } from './types.js';

/** Types whose form says what they are. A domain may be written down as a host, and a hash is of more than files. */
const TELLING: readonly KnownType[] = [
  'ipv4',
  'ipv6',
  'url',
  'email',
  'domain',
  'host',
  'md5',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'ja3',
  'certificate-hash',
  'ssdeep',
  'tlsh',
  'ja4',
  'asn',
  'cve',
  'registry-key',
];
const OTHERS: readonly KnownType[] = [
  'filename',
  'crypto-address',
  'bank-account',
  'payment-alias',
  'e-wallet',
  'sender-id',
  'mutex',
  'user-agent',
  'text',
];

const MONEY: readonly KnownType[] = ['crypto-address', 'bank-account', 'payment-alias', 'e-wallet'];

/** The value as it was written, and in every form that it may have been kept in. */
export const formsOf = (text: string): string[] => [
  ...new Set(
    [
      text,
      ...['phone', ...TELLING, ...(/([0-9][^0-9]*){4}/.test(text) ? ['bank-account'] : [])].flatMap((type) => {
        const result = normalise(type, refang(type, text));
        return 'value' in result ? [result.value] : [];
      }),
    ].filter((form) => form.length > 1),
  ),
];

/** What a text may be, as whoever filed it may have called it: where its form tells, that; else what has no form. */
export function recognise(text: string): ObservableValue[] {
  const trimmed = text.trim();
  const read = (types: readonly KnownType[]): ObservableValue[] =>
    types.flatMap((type) => {
      const result = normalise(type, refang(type, trimmed));
      return 'value' in result ? [{ type, value: result.value }] : [];
    });
  if (/^(\+|00)[0-9 ()-]+$/.test(trimmed)) return read(['phone', ...MONEY]);
  if (/^[0-9a-f.:[\]()]+\/[0-9]{1,3}$/i.test(trimmed)) return read(['cidr', 'text']);
  // A name of a file reads like one of a host; a number of an account like that of a network.
  const telling = read(TELLING);
  if (telling.length === 0) return read(OTHERS);
  const isPlain = telling.every(({ type }) => type === 'host' || type === 'domain' || type === 'asn');
  return isPlain ? [...telling, ...read(OTHERS)] : telling;
}
