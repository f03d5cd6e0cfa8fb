import { matchesOf } from '../../../kernel/matches.js';
import { domainToASCII } from 'node:url';
import { refang } from './defang.js';
import { coinOf, isIban, isPhone } from './instruments.js';
import { isPlausibleName, registeredName } from './names.js';
import { normalise } from './normalise.js';
import type { KnownType } from './types.js';

/** A value that a text holds, and where: `[start, end)` in UTF-16 code units, as JavaScript counts. */
export interface Extracted {
  type: KnownType;
  value: string;
  start: number;
  end: number;
}

interface Pattern {
  /** As people write it, defanged or not. */
  find: RegExp;
  /** What it may be, the likeliest first: of several that are as long, the first that is sound. */
  types: readonly KnownType[];
  /** What is left of what was found, where too much may have been. */
  trim?: (found: string) => string;
  isMeant?: (found: string, value: string) => boolean;
}

const DOT = String.raw`(?:\.|\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}|\\\.)`;
const AT = String.raw`(?:@|\[@\]|\(@\)|\[at\]|\(at\)|\{at\})`;
// Thai, Lao, Khmer and Myanmar put no space between a word and a name: a label is of Latin letters, or of none.
const LATIN = String.raw`[\p{Script=Latin}0-9_](?:[\p{Script=Latin}0-9_-]{0,61}[\p{Script=Latin}0-9_])?`;
const OTHER = String.raw`(?:(?!\p{Script=Latin})[\p{L}\p{M}]){1,63}`;
const LABEL = `(?:${LATIN}|${OTHER})`;
const NAME = `${LABEL}(?:${DOT}${LABEL})+`;
const V4 = `[0-9]{1,3}(?:${DOT}[0-9]{1,3}){3}`;
const COLON = String.raw`(?::|\[:\])`;
const V6 = `(?:[0-9a-f]{0,4}${COLON}){2,7}(?:[0-9a-f]{1,4}|${V4})?`;
const BEFORE = String.raw`(?<![\p{Script=Latin}0-9_])`;
const AFTER = String.raw`(?![\p{Script=Latin}0-9_])`;
const SCHEME = String.raw`(?:h(?:tt|xx|XX|\*\*)ps?|ftps?|fxps?|wss?|tcp|ssh)(?:\[:\]|\(:\)|:)(?:\[?\/\/\]?|\[\/\/\])`;
const PATH = String.raw`[!-;=?-_a-z{}~|]`;

/** Two labels that are a file's name sooner than a site's, though the Internet has the suffix. */
const FILES =
  /\.(exe|dll|sys|scr|bat|cmd|ps1|psm1|vbs|vbe|js|jse|jar|wsf|hta|lnk|msi|msix|docx?|docm|xlsx?|xlsm|pptx?|pdf|rtf|txt|csv|zip|rar|7z|gz|tgz|tar|iso|img|vhdx?|apk|ipa|dmg|pkg|deb|rpm|elf|bin|dat|tmp|log|php|aspx?|jspx?|html?|py|rb|pl|sh|so|eml|msg|one|chm|png|jpe?g|gif|svg|mp[34]|sqlite|db)$/i;

/** Brackets that close what was opened before it, and the end of a sentence, are not of it. */
function trimUrl(found: string): string {
  let text = found;
  for (;;) {
    const last = text.at(-1) ?? '';
    const opener = { ')': '(', ']': '[', '}': '{' }[last];
    const isUnmatched = opener !== undefined && text.split(opener).length < text.split(last).length;
    if (!isUnmatched && !/[.,;:!?'"*|`]/.test(last)) return text;
    text = text.slice(0, -1);
  }
}

/** What stands behind the number may be another: groups of digits are taken off until it is one that somebody may have. */
function trimPhone(found: string): string {
  for (let text = found; text !== ''; text = text.replace(/[ ()-]*[0-9]+$/, ''))
    if (isPhone(text) || !/[ ()-]/.test(text)) return text;
  return found;
}

const isName = (_: string, value: string): boolean => isPlausibleName(value) && !FILES.test(value);

const PATTERNS: readonly Pattern[] = [
  {
    find: new RegExp(`${BEFORE}${SCHEME}[^\\s<>"“”‘’«»\\/?#]{1,300}(?:[\\/?#]${PATH}{0,2000})?`, 'giu'),
    types: ['url'],
    trim: trimUrl,
  },
  { find: new RegExp(`${BEFORE}[a-z0-9_](?:[a-z0-9_%+-]|${DOT}){0,63}${AT}${NAME}`, 'giu'), types: ['email'] },
  { find: new RegExp(`${BEFORE}${V4}\\/[0-9]{1,2}${AFTER}`, 'gu'), types: ['cidr'] },
  {
    find: new RegExp(
      `(?<![\\p{Script=Latin}0-9_.]|(?:version|build|firmware|release) v?)${V4}(?![\\p{Script=Latin}0-9_]|${DOT}[0-9])`,
      'giu',
    ),
    types: ['ipv4'],
  },
  { find: new RegExp(`(?<![\\p{Script=Latin}0-9_:.])${V6}\\/[0-9]{1,3}${AFTER}`, 'giu'), types: ['cidr'] },
  {
    find: new RegExp(`(?<![\\p{Script=Latin}0-9_:.])${V6}(?![\\p{Script=Latin}0-9_]|:[0-9a-f])`, 'giu'),
    types: ['ipv6'],
    isMeant: (_, value) => /[0-9a-f]/.test(value) && value.length > 3,
  },
  { find: new RegExp(`${BEFORE}(?<![.@-])${NAME}${AFTER}`, 'giu'), types: ['domain'], isMeant: isName },
  {
    find: /(?<![A-Za-z0-9_])[A-Za-z0-9_][\w-]{0,100}(?:\.[A-Za-z0-9_-]{1,40}){0,3}\.[A-Za-z0-9]{1,6}(?![A-Za-z0-9_])/g,
    types: ['filename'],
    isMeant: (_, value) => FILES.test(value),
  },
  { find: /(?<![0-9A-Za-z])T1[0-9a-f]{70}(?![0-9A-Za-z])/gi, types: ['tlsh'] },
  {
    find: /(?<![0-9A-Za-z])[0-9a-f]{32}(?:[0-9a-f]{8}(?:[0-9a-f]{16}(?:[0-9a-f]{8}(?:[0-9a-f]{32}(?:[0-9a-f]{32})?)?)?)?)?(?![0-9A-Za-z])/gi,
    types: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
  },
  { find: /(?<![0-9A-Za-z:])[0-9]{1,8}:[A-Za-z0-9+/]{6,64}:[A-Za-z0-9+/]{6,64}(?![A-Za-z0-9+/:])/g, types: ['ssdeep'] },
  { find: /(?<![A-Za-z0-9])ASN?\s?[0-9]{1,10}(?![A-Za-z0-9])/gi, types: ['asn'] },
  { find: /(?<![A-Za-z0-9-])CVE-[0-9]{4}-[0-9]{4,19}(?![A-Za-z0-9])/gi, types: ['cve'] },
  {
    find: /(?<![A-Za-z0-9])(?:HKLM|HKCU|HKCR|HKU|HKCC|HKEY_[A-Z_]{5,20})\\[^\s"'<>|,;()]{1,400}/gi,
    types: ['registry-key'],
    trim: trimUrl,
  },
  { find: /(?<![0-9A-Za-z_])[tqd][0-9a-z]{9}_[0-9a-f]{12}_[0-9a-f]{12}(?![0-9A-Za-z_])/gi, types: ['ja4'] },
  {
    find: /(?<![0-9A-Za-z])(?:0x[0-9a-f]{40}|(?:bc|ltc)1[0-9a-z]{11,87}|[48][1-9A-HJ-NP-Za-km-z]{94}|[1-9A-HJ-NP-Za-km-z]{26,35})(?![0-9A-Za-z])/gi,
    types: ['crypto-address'],
    isMeant: (found) => coinOf(found) !== null,
  },
  {
    find: /(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g,
    types: ['bank-account'],
    isMeant: (_, value) => isIban(value),
  },
  { find: /(?<![0-9A-Za-z+])\+[1-9][0-9](?:[ ()-]{0,2}[0-9]){5,13}(?![0-9])/g, types: ['phone'], trim: trimPhone },
];

/**
 * What a text holds that somebody may look for, defanged or not. Where two overlap the longer is meant, as a URL is and not
 * its host; of the same length the one whose form says more.
 */
export function extract(text: string): Extracted[] {
  const found = PATTERNS.flatMap((pattern) => matchesOf(pattern.find, text).flatMap((match) => read(pattern, match)));
  const isTaken = new Uint8Array(text.length);
  return found
    .sort((one, other) => other.end - other.start - (one.end - one.start) || one.start - other.start)
    .filter(({ start, end }) => {
      // What is taken is as long or longer, so where it overlaps it covers an end.
      if (isTaken[start] === 1 || isTaken[end - 1] === 1) return false;
      isTaken.fill(1, start, end);
      return true;
    })
    .sort((one, other) => one.start - other.start);
}

function read({ types, trim, isMeant }: Pattern, match: RegExpMatchArray): Extracted[] {
  const raw = trim ? trim(match[0]) : match[0];
  for (const type of types) {
    const written = refang(type, raw);
    const result = normalise(type, written);
    if (!('value' in result) || (isMeant && !isMeant(written, result.value))) continue;
    const { value } = result;
    const name = type === 'domain' ? domainToASCII(value) : '';
    const isBelow = name !== '' && registeredName(name) !== null && registeredName(name) !== name;
    return [{ type: isBelow ? 'host' : type, value, start: match.index ?? 0, end: (match.index ?? 0) + raw.length }];
  }
  return [];
}
