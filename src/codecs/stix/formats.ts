import { isIPv4, isIPv6 } from './addresses.js';

/** A kind of text: how it is told, and what is said where it is not one. */
export interface Format {
  isOne: (text: string) => boolean;
  fault: string;
}

const TIMESTAMP = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?Z$/;

/** RFC 3339 in UTC, of a day that the month has. There is no year 0, to databases as to historians. */
export function isTimestamp(text: unknown): text is string {
  const found = typeof text === 'string' ? TIMESTAMP.exec(text) : null;
  if (!found) return false;
  const [year, month, day] = found.slice(1, 4).map(Number) as [number, number, number];
  return year > 0 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const LANGUAGE_TAG = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const languageNames = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** One that ISO 639 has and somebody speaks, in two letters or three. */
const isKnownLanguage = (text: string): boolean =>
  LANGUAGE_TAG.test(text) && languageNames.of(text.toLowerCase()) !== undefined;

const CPE_PART = String.raw`(?:[A-Za-z0-9\-._~%*?]|\\[^\sA-Za-z0-9])+`;
const CPE = new RegExp(String.raw`^cpe:2\.3:[aho*\-](?::${CPE_PART}){10}$`);

const FORMATS_BY_NAME = {
  timestamp: {
    isOne: isTimestamp,
    fault: 'This must be a time in UTC such as 2026-11-20T02:10:00.000Z, of a day that exists.',
  },
  instant: {
    isOne: (text) => isTimestamp(text) && /\.\d{3,}Z$/.test(text),
    fault: 'This must be a time in UTC with milliseconds, such as 2026-11-20T02:10:00.000Z.',
  },
  identifier: {
    isOne: (text) => IDENTIFIER.test(text),
    fault: 'This must be an id: a type, two hyphens and a UUID of RFC 4122.',
  },
  'type-name': {
    isOne: (text) => text.length >= 3 && text.length <= 250 && /^[a-z][a-z0-9]*(-[a-z0-9]+)*-?$/.test(text),
    fault: 'A type is 3 to 250 of the characters a to z, 0 to 9 and single hyphens, and begins with a letter.',
  },
  hexadecimal: {
    isOne: (text) => /^([0-9A-Fa-f]{2})+$/.test(text),
    fault: 'This must be hexadecimal, an even number of digits.',
  },
  base64: { isOne: (text) => BASE64.test(text), fault: 'This must be base64 (RFC 4648 §4).' },
  address: {
    isOne: (text) => /^[A-Za-z][A-Za-z0-9+.-]*:[^\s\p{Cc}]+$/u.test(text),
    fault: 'This must be an address with its scheme, such as https://reports.example/1.',
  },
  'e-mail': {
    isOne: (text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text),
    fault: 'This must be an e-mail address alone, without a name.',
  },
  'ipv4-or-network': { isOne: (text) => isIPv4(text), fault: 'This must be an IPv4 address or network in CIDR form.' },
  'ipv6-or-network': { isOne: (text) => isIPv6(text), fault: 'This must be an IPv6 address or network in CIDR form.' },
  'mac-address': {
    isOne: (text) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text),
    fault: 'This must be a MAC address in small letters with colons.',
  },
  'media-type': {
    isOne: (text) => /^(application|audio|font|image|message|model|multipart|text|video)\/[A-Za-z0-9.+_-]+/.test(text),
    fault: 'This must be a media type that IANA registers, such as text/plain.',
  },
  'character-set': {
    isOne: (text) => /^[A-Za-z0-9_():+-]{2,250}$/.test(text),
    fault: 'This must be a character set that IANA registers.',
  },
  'language-tag': {
    isOne: (text) => LANGUAGE_TAG.test(text),
    fault: 'This must be a language tag of RFC 5646, such as en or zh-Hans.',
  },
  'known-language': { isOne: isKnownLanguage, fault: 'There is no such language in ISO 639.' },
  'cpe-2-3': { isOne: (text) => CPE.test(text), fault: 'This must be a CPE name of version 2.3.' },
  'full-registry-key': {
    isOne: (text) => !/^(HKLM|HKCC|HKCR|HKCU|HKU)(\\|$)/i.test(text),
    fault: 'The hive must be written in full, such as HKEY_LOCAL_MACHINE.',
  },
} as const satisfies Record<string, Format>;

const IDENTIFIER =
  /^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$/;

export const FORMATS: Readonly<Record<string, Format>> = FORMATS_BY_NAME;
export type FormatName = keyof typeof FORMATS_BY_NAME;
