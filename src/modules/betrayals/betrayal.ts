import { matchesOf } from '../../kernel/matches.js';

/** What a text of a record says, and where it stands. */
export interface Text {
  /** JSON Pointer into the record. */
  pointer: string;
  text: string;
}

export const BETRAYAL_CODES = [
  'email-address',
  'phone-number',
  'national-id',
  'payment-card',
  'iban',
  'bank-account',
  'private-address',
  'internal-host',
  'own-network',
  'state-attribution',
  'group-name',
  'other-marking',
  'author-name',
  'author-country',
  'author-staff',
  'author-language',
  'author-currency',
] as const;
export type BetrayalCode = (typeof BETRAYAL_CODES)[number];

/** Something in a text that its readers perhaps should not learn. */
export interface Betrayal {
  code: BetrayalCode;
  pointer: string;
  /** Where it begins, in Unicode code points. */
  offset: number;
  excerpt: string;
  /** A sentence for the person who decides. */
  detail: string;
}

/** A piece of a text, by UTF-16 code units. */
export interface Span {
  start: number;
  end: number;
}

export interface Found extends Span {
  code: BetrayalCode;
  detail: string;
}

/** All matches of a global expression, as spans. */
export const spansOf = (pattern: RegExp, text: string): (Span & { match: RegExpMatchArray })[] =>
  matchesOf(pattern, text).map((match) => ({ start: match.index, end: match.index + match[0].length, match }));

const overlaps = (one: Span, others: readonly Span[]): boolean =>
  others.some((other) => one.start < other.end && other.start < one.end);

/** Thai, Lao, Khmer and Burmese digits and full-width ones as ASCII, each in its place: offsets stay what they were. */
export const withAsciiDigits = (text: string): string =>
  text.replace(/[๐-๙໐-໙០-៩၀-၉０-９]/g, (digit) => {
    const code = digit.charCodeAt(0);
    const zero = [0x0e50, 0x0ed0, 0x17e0, 0x1040, 0xff10].find((each) => code >= each && code < each + 10) ?? code;
    return String(code - zero);
  });

export const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Whether a word is one of a script that puts spaces between words: then it ends where letters do. */
const isSpaced = (word: string): boolean =>
  !/[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Han}]/u.test(word);

/** Matches any of the words, whole where their script has spaces. */
export const wordsPattern = (words: readonly string[], flags = 'giu'): RegExp => {
  const alternatives = [...new Set(words)]
    .filter((word) => word.trim() !== '')
    .sort((one, other) => other.length - one.length)
    .map((word) =>
      isSpaced(word) ? `(?<![\\p{L}\\p{N}])${escapeRegExp(word)}(?![\\p{L}\\p{N}])` : escapeRegExp(word),
    );
  // Nothing is in no text.
  return new RegExp(alternatives.length > 0 ? alternatives.join('|') : '(?!)', flags);
};

/** Of spans that overlap, the one that came first in the list. */
export function withoutOverlaps<S extends Span>(found: readonly S[]): S[] {
  const kept: S[] = [];
  for (const each of found) if (!overlaps(each, kept)) kept.push(each);
  return kept;
}

export const toBetrayal = ({ pointer, text }: Text, { code, detail, start, end }: Found): Betrayal => ({
  code,
  pointer,
  offset: [...text.slice(0, start)].length,
  excerpt: text.slice(start, end),
  detail,
});
