import { domainToUnicode } from 'node:url';
import { parseUrl } from '../../kernel/parse-url.js';
import type { RecordValue } from '../record/index.js';
import { isIPv4, isIPv6 } from './addresses.js';
import { observableId } from './identifiers.js';
import { literal } from './pattern.js';
import type { Json } from '../record/json.js';
import type { StixObject } from './stix-object.js';
import { isObject, textOf } from '../record/json.js';

type Content = { type: string } & Json;
/** The value as STIX writes it; null where STIX would refuse it. */
type Writer = (value: string) => Content | null;

const address =
  (type: string, fits: (value: string) => boolean): Writer =>
  (value) =>
    fits(value) ? { type, value } : null;
const hash =
  (algorithm: string, form: RegExp, type = 'file'): Writer =>
  (value) =>
    form.test(value) ? { type, hashes: { [algorithm]: value } } : null;
const hex = (digits: number): RegExp => new RegExp(`^[0-9A-Fa-f]{${digits}}$`);

/** Groups in hexadecimal alone: an IPv4 tail is right, and refused by others' validators. */
const plainIPv6 = (value: string): boolean => isIPv6(value) && !value.includes('.');

const HOST = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const isHost = (value: string): boolean =>
  HOST.test(value) && !/(^|\.)(?!xn--)..--/i.test(value) && domainToUnicode(value) !== '';

const URI =
  /^[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._~:@!$&'()*+,;=[\]-]+(?:[/?#](?:[A-Za-z0-9._~:@!$&'()*+,;=/?#-]|%[0-9A-Fa-f]{2})*)?$/i;
function asUri(value: string): string | null {
  const url = parseUrl(value);
  if (url === null) return null;
  if (URI.test(value) && value.split('#').length <= 2) return value;
  // Spaces, brackets and other scripts: the same address in the letters that RFC 3986 has.
  const { href } = url;
  return URI.test(href) && href.split('#').length <= 2 ? href : null;
}

const HIVES: Readonly<Record<string, string>> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKCC: 'HKEY_CURRENT_CONFIG',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKCU: 'HKEY_CURRENT_USER',
  HKU: 'HKEY_USERS',
};

function registryKey(value: string): Content | null {
  const key = value.replace(/^(HKLM|HKCC|HKCR|HKCU|HKU)(?=\\|$)/i, (hive) => HIVES[hive.toUpperCase()] ?? hive);
  // The official schema refuses these letters anywhere in a key.
  return /HKLM|HKCC|HKCR|HKCU|HKU/i.test(key) || key === '' ? null : { type: 'windows-registry-key', key };
}

function autonomousSystem(value: string): Content | null {
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(value)?.[1];
  return digits === undefined || Number(digits) > 4_294_967_295
    ? null
    : { type: 'autonomous-system', number: Number(digits) };
}

const WRITERS: Readonly<Record<string, Writer>> = {
  ipv4: address('ipv4-addr', (value) => isIPv4(value) && !value.includes('/')),
  ipv6: address('ipv6-addr', (value) => plainIPv6(value) && !value.includes('/')),
  cidr: (value) => {
    if (!value.includes('/')) return null;
    return isIPv4(value) ? { type: 'ipv4-addr', value } : plainIPv6(value) ? { type: 'ipv6-addr', value } : null;
  },
  domain: address('domain-name', isHost),
  hostname: address('domain-name', isHost),
  url: (value) => {
    const uri = asUri(value);
    return uri === null ? null : { type: 'url', value: uri };
  },
  email: address('email-addr', (value) =>
    /^[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}$/.test(value),
  ),
  'mac-address': address('mac-addr', (value) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(value)),
  md5: hash('MD5', hex(32)),
  sha1: hash('SHA-1', hex(40)),
  sha256: hash('SHA-256', hex(64)),
  sha512: hash('SHA-512', hex(128)),
  ssdeep: hash('SSDEEP', /^\d+:[A-Za-z0-9/+]+:[A-Za-z0-9/+]+$(?<=^.{1,128})/),
  tlsh: (value) => hash('TLSH', /^[0-9A-Fa-f]{70}$/)(value.replace(/^T1(?=.{70}$)/, '')),
  'certificate-hash': (value) =>
    hash('SHA-256', hex(64), 'x509-certificate')(value) ?? hash('SHA-1', hex(40), 'x509-certificate')(value),
  filename: (value) => (value === '' ? null : { type: 'file', name: value }),
  asn: autonomousSystem,
  mutex: (value) => ({ type: 'mutex', name: value }),
  'registry-key': registryKey,
};

/**
 * A value as a cyber observable with the id that everybody else gives it; null where STIX has no type for it. A type of
 * our own would do by the standard, but python-stix2 refuses bundles with types that it does not know.
 */
export function toObservable({ type, value }: RecordValue): StixObject | null {
  const content = (Object.hasOwn(WRITERS, type) ? WRITERS[type]?.(value) : null) ?? null;
  return content && { ...content, spec_version: '2.1', id: observableId(content) };
}

/** The pattern that matches what `toObservable` wrote. */
export function patternOf(object: StixObject): string {
  const compare = (path: string, value: string): string => `${object.type}:${path} = ${literal(value)}`;
  if (object.type === 'autonomous-system') return `[autonomous-system:number = ${String(object.number)}]`;
  if (isObject(object.hashes)) {
    const [[algorithm, value] = ['', '']] = Object.entries(object.hashes);
    return `[${compare(`hashes.${algorithm.includes('-') ? `'${algorithm}'` : algorithm}`, String(value))}]`;
  }
  const name = ['value', 'name', 'key'].find((each) => object[each] !== undefined) ?? 'value';
  return `[${compare(name, String(object[name]))}]`;
}

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-512': 'sha512',
  SSDEEP: 'ssdeep',
  TLSH: 'tlsh',
};

/** The values in an observable, by the types that Ronda has; what it has none for is left out, and kept raw. */
export function valuesOfObservable(object: Json): RecordValue[] {
  const one = (type: string, value: unknown): RecordValue[] => (typeof value === 'string' ? [{ type, value }] : []);
  const hashes = isObject(object.hashes) ? Object.entries(object.hashes) : [];
  switch (object.type) {
    case 'ipv4-addr':
    case 'ipv6-addr':
      return one((textOf(object.value) ?? '').includes('/') ? 'cidr' : object.type.slice(0, 4), object.value);
    case 'domain-name':
      return one('domain', object.value);
    case 'url':
      return one('url', object.value);
    case 'email-addr':
      return one('email', object.value);
    case 'mac-addr':
      return one('mac-address', object.value);
    case 'mutex':
      return one('mutex', object.name);
    case 'windows-registry-key':
      return one('registry-key', object.key);
    case 'autonomous-system':
      return typeof object.number === 'number' ? one('asn', `AS${object.number}`) : [];
    case 'file':
      return [
        ...hashes.flatMap(([algorithm, value]) =>
          HASHES[algorithm] === undefined ? [] : one(HASHES[algorithm], value),
        ),
        ...one('filename', object.name),
      ];
    case 'x509-certificate':
      return hashes.flatMap(([algorithm, value]) =>
        /^SHA-(1|256)$/.test(algorithm) ? one('certificate-hash', value) : [],
      );
    default:
      return [];
  }
}
