import { normaliseCidr, normaliseIpv4, normaliseIpv6 } from './addresses.js';
import { normaliseCertificateHash, normaliseHex, normaliseJa4, normaliseSsdeep, normaliseTlsh } from './hashes.js';
import { normaliseAccount, normaliseCrypto, normalisePhone } from './instruments.js';
import { normaliseDomain, normaliseEmail, normaliseHost, normaliseUrl } from './names.js';
import { LONGEST_VALUE, isKnownType, isObservableType } from './types.js';
import type { KnownType, Normalised } from './types.js';

const asWritten = (text: string): Normalised => ({ value: text });
const inLowerCase = (text: string): Normalised => ({ value: text.normalize('NFKC').toLowerCase().normalize('NFC') });

function normaliseAsn(text: string): Normalised {
  const fault = { fault: 'This is no AS number such as AS64500.' };
  const [, high, low] = /^(?:ASN?\s?)?([0-9]{1,10})(?:\.([0-9]{1,5}))?$/i.exec(text) ?? [];
  if (high === undefined) return fault;
  const number = low === undefined ? Number(high) : Number(high) * 65_536 + Number(low);
  const isSound =
    number >= 1 && number <= 4_294_967_295 && (low === undefined || (Number(high) < 65_536 && Number(low) < 65_536));
  return isSound ? { value: `AS${number}` } : fault;
}

const normaliseCve = (text: string): Normalised =>
  /^CVE-[0-9]{4}-[0-9]{4,19}$/i.test(text)
    ? { value: text.toUpperCase() }
    : { fault: 'This is no CVE such as CVE-2026-12345.' };

const HIVES: Readonly<Record<string, string>> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKCU: 'HKEY_CURRENT_USER',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKU: 'HKEY_USERS',
  HKCC: 'HKEY_CURRENT_CONFIG',
};

/** The hive by its whole name; letter case stays as it is shown, and does not count when two are compared. */
function normaliseRegistryKey(text: string): Normalised {
  const [hive = '', ...rest] = text.replaceAll('/', '\\').split('\\');
  const name = HIVES[hive.toUpperCase()] ?? hive.toUpperCase();
  return Object.values(HIVES).includes(name)
    ? { value: [name, ...rest.filter((part) => part !== '')].join('\\') }
    : { fault: 'A registry key begins with its hive, such as HKLM or HKEY_LOCAL_MACHINE.' };
}

const byType: Readonly<Record<KnownType, (text: string) => Normalised>> = {
  ipv4: normaliseIpv4,
  ipv6: normaliseIpv6,
  cidr: normaliseCidr,
  domain: normaliseDomain,
  host: normaliseHost,
  url: normaliseUrl,
  email: normaliseEmail,
  md5: (text) => normaliseHex('md5', text),
  sha1: (text) => normaliseHex('sha1', text),
  sha224: (text) => normaliseHex('sha224', text),
  sha256: (text) => normaliseHex('sha256', text),
  sha384: (text) => normaliseHex('sha384', text),
  sha512: (text) => normaliseHex('sha512', text),
  ssdeep: normaliseSsdeep,
  tlsh: normaliseTlsh,
  filename: asWritten,
  asn: normaliseAsn,
  cve: normaliseCve,
  mutex: asWritten,
  'registry-key': normaliseRegistryKey,
  'user-agent': asWritten,
  ja3: (text) => normaliseHex('ja3', text),
  ja4: normaliseJa4,
  'certificate-hash': normaliseCertificateHash,
  'crypto-address': normaliseCrypto,
  'bank-account': normaliseAccount,
  'payment-alias': inLowerCase,
  'e-wallet': inLowerCase,
  phone: normalisePhone,
  'sender-id': asWritten,
  text: asWritten,
};

/**
 * The one form in which a value is kept, shown and compared. What was normalised once stays as it is.
 * @param text refanged already where it came defanged.
 */
export function normalise(type: string, text: string): Normalised {
  if (!isObservableType(type)) return { fault: 'There is no such type. A type of your own begins with x-.' };
  const trimmed = text.normalize('NFC').trim();
  if (trimmed === '') return { fault: 'There is nothing in it.' };
  if (/\p{Cc}/u.test(trimmed)) return { fault: 'It holds a control character.' };
  const result = (isKnownType(type) ? byType[type] : asWritten)(trimmed);
  if ('value' in result && result.value.length > LONGEST_VALUE)
    return { fault: `It is longer than ${LONGEST_VALUE} characters.` };
  return result;
}
