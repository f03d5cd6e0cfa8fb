import type { RecordValue } from '../record/index.js';

/** As a literal of the pattern language. @see STIX 2.1 §9.4 */
export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/**
 * What is wrong with the build of a pattern: quotes and brackets that do not close, nothing observed. Which objects and
 * properties it names is not judged.
 */
export function patternFault(pattern: string): string | null {
  const open: string[] = [];
  let observations = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "'") {
      const end = endOfLiteral(pattern, at);
      if (end === null) return `The quotation mark at character ${at + 1} is never closed.`;
      at = end;
    } else if (character === '[' || character === '(') {
      // A position in a list, `sections[0]`, is no observation.
      const isIndex = character === '[' && open.at(-1) === '[';
      open.push(isIndex ? 'index' : character);
      if (character === '[' && !isIndex) observations += 1;
    } else if (character === ']' || character === ')') {
      const opened = open.pop();
      if (opened !== (character === ')' ? '(' : opened === 'index' ? 'index' : '['))
        return `The ${character} at character ${at + 1} closes nothing.`;
    }
  }
  if (open.length > 0) return 'A bracket is never closed.';
  return observations > 0 ? null : 'There is no observation in square brackets.';
}

/** Where the literal that begins here ends; null where it does not. */
function endOfLiteral(pattern: string, start: number): number | null {
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern.charAt(at) === '\\') at += 1;
    else if (pattern.charAt(at) === "'") return at;
  }
  return null;
}

const COMPARISON = /([a-z][a-z0-9-]+):([A-Za-z0-9_.'[\]*-]+?)\s*=\s*'((?:[^'\\]|\\.)*)'/gsu;

/** The values that a pattern compares for equality, such as `ipv4-addr`, `value` and the address. */
function comparisonsOf(pattern: string): { type: string; path: string; value: string }[] {
  return [...pattern.matchAll(COMPARISON)].map(([, type = '', path = '', text = '']) => ({
    type,
    path,
    value: text.replace(/\\(.)/gsu, '$1'),
  }));
}

const HASH_TYPES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  SHA1: 'sha1',
  'SHA-256': 'sha256',
  SHA256: 'sha256',
  'SHA-512': 'sha512',
  SHA512: 'sha512',
  SSDEEP: 'ssdeep',
  TLSH: 'tlsh',
};

/** The comparisons that name what Ronda has a type for. */
export function valuesOfPattern(pattern: string): RecordValue[] {
  return comparisonsOf(pattern).flatMap(({ type, path, value }) => {
    const known = observableOf(type, path.replaceAll("'", ''), value);
    return known ? [{ type: known, value }] : [];
  });
}

function observableOf(type: string, path: string, value: string): string | null {
  switch (`${type}:${path}`) {
    case 'ipv4-addr:value':
    case 'ipv6-addr:value':
      return value.includes('/') ? 'cidr' : type.slice(0, 4);
    case 'domain-name:value':
      return 'domain';
    case 'url:value':
      return 'url';
    case 'email-addr:value':
      return 'email';
    case 'mac-addr:value':
      return 'mac-address';
    case 'file:name':
      return 'filename';
    case 'mutex:name':
      return 'mutex';
    case 'windows-registry-key:key':
      return 'registry-key';
    default: {
      const algorithm = /^hashes\.(.+)$/.exec(path)?.[1];
      return type === 'file' && algorithm !== undefined ? (HASH_TYPES[algorithm.toUpperCase()] ?? null) : null;
    }
  }
}
