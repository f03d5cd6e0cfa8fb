import { isIPv4 } from 'node:net';
import { parse } from 'tldts';
import { hostName } from '../../../kernel/host-name.js';
import { parseUrl } from '../../../kernel/parse-url.js';
import type { Normalised } from './types.js';

export function normaliseHost(text: string): Normalised {
  const name = hostName(text);
  return name === null ? { fault: 'This is no name of a host.' } : { value: name };
}

export function normaliseDomain(text: string): Normalised {
  const name = hostName(text);
  return name?.includes('.') ? { value: name } : { fault: 'This is no domain name such as login-bank.example.' };
}

const ATEXT = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;

/** In lower case: no provider of note tells `A@` from `a@`. */
export function normaliseEmail(text: string): Normalised {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at).normalize('NFC').toLowerCase();
  const name = hostName(text.slice(at + 1));
  return at > 0 && name?.includes('.') && local.length <= 64 && ATEXT.test(local)
    ? { value: `${local}@${name}` }
    : { fault: 'This is no e-mail address such as somebody@mail.example.' };
}

/**
 * As browsers write it: scheme and host in lower case, IDNA, no default port, no dot segments. Brackets behind the host
 * are encoded, so that those of a defanged URL can be told from its own.
 * @see WHATWG URL
 */
export function normaliseUrl(text: string): Normalised {
  const fault = { fault: 'This is no URL such as http://login-bank.example/pay.' };
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? parseUrl(text) : null;
  if (url === null || url.host === '') return fault;
  const [head = '', , rest = ''] = splitUrl(url.href);
  const encoded = `${head}${rest.replaceAll('[', '%5B').replaceAll(']', '%5D')}`;
  // A host that a browser would not resolve (of a scheme it does not know) is read again as one that it would.
  const host = url.hostname;
  if (host.startsWith('[') || isIPv4(host)) return { value: encoded };
  const name = hostName(host.includes('%') ? safely(decodeURIComponent, host) : host);
  return name === null ? fault : { value: encoded.replace(host, name) };
}

const safely = (decode: (text: string) => string, text: string): string => {
  try {
    return decode(text);
  } catch {
    return text;
  }
};

/** `scheme://authority`, the authority alone, and whatever stands behind it. */
export function splitUrl(url: string): [head: string, authority: string, rest: string] {
  const match = /^([^/]*\/\/)([^/?#]*)/.exec(url);
  const [head = '', , authority = ''] = match ?? [];
  return [head, authority, url.slice(head.length)];
}

/** The host of a URL in its one form: a name, an IPv4 address, or an IPv6 address without brackets. */
export function hostOfUrl(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

/** Names that stand for none on the Internet. @see RFC 2606, RFC 6761, RFC 6762, RFC 8375, RFC 7686 for onion */
const SPECIAL = new Set(['example', 'test', 'invalid', 'localhost', 'local', 'internal', 'onion', 'home.arpa', 'alt']);
const EXAMPLES = new Set(['example.com', 'example.net', 'example.org']);

const isSpecialName = (name: string): boolean =>
  SPECIAL.has(name.split('.').at(-1) ?? '') || name.endsWith('.home.arpa') || name === 'home.arpa';

/** Reserved for documents and tests: nothing answers there. */
export const isReservedName = (name: string): boolean =>
  /(^|\.)(example|test|invalid|localhost)$/.test(name) || EXAMPLES.has(name.split('.').slice(-2).join('.'));

/** Whether it is under a suffix that the Internet, or an RFC, knows: what a text says is then likely to be a name. */
export function isPlausibleName(name: string): boolean {
  const { isIcann, domain } = parse(name);
  return (isIcann === true && domain !== null) || (isSpecialName(name) && name.includes('.'));
}

/** Under which anybody can register: what is said of it is said of everybody below. @see publicsuffix.org */
export const isPublicSuffix = (name: string): boolean => {
  const { publicSuffix, isIcann, isPrivate } = parse(name, { allowPrivateDomains: true });
  return publicSuffix === name && (isIcann === true || isPrivate === true);
};

/** The name that somebody registered: `bank.example` of `www.login.bank.example`. */
export const registeredName = (name: string): string | null => parse(name).domain;

/**
 * The labels from the root on, so that what is below a name begins with its path. Between them stands what sorts before
 * any character of a label: no other name comes between a name and those below it.
 */
export const pathOf = (name: string): string => name.split('.').reverse().join('!');
