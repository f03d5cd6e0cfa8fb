import { matchesOf } from '../../kernel/matches.js';
/**
 * A text as words, for the index and for the question alike.
 *
 * Scripts with spaces are cut at whatever is neither letter, mark nor digit. Scripts without are cut by ICU's dictionaries,
 * which look a few words ahead: the same word may be whole in one sentence and in two parts in another, and a compound is
 * one word where the dictionary has it. So a text of those is kept at three grains: the words as ICU cuts them, compounds
 * in their parts, and two or three neighbours joined. All begin and end where a word does, so no fragment is among them.
 */

/** A word of a text, at one of its grains. */
export interface Word {
  /** Folded, as the index holds it. */
  lexeme: string;
  /** The first and last place that it takes; only words without spaces and compounds take several. */
  from: number;
  to: number;
  /** Where it stands in the text, in UTF-16 code units, the end exclusive. */
  start: number;
  end: number;
  /** Whether ICU cut it so: neither a part of a compound nor joined from neighbours. */
  isCut: boolean;
}

/** Of the segmentation below; whoever changes what a text's words are, raises it, and everything is indexed anew. */
const RULES = 1;

/** What the words of a text depend on. Rows of the index that say another are due for a reindex. */
export const segmenterVersion = (versions: NodeJS.ProcessVersions = process.versions): string =>
  `icu ${versions.icu ?? 'none'}, unicode ${versions.unicode ?? 'none'}, rules ${RULES}`;

const SPACELESS = [
  'Thai',
  'Lao',
  'Khmer',
  'Myanmar',
  'Tai_Le',
  'New_Tai_Lue',
  'Tai_Tham',
  'Tai_Viet',
  'Han',
  'Hiragana',
  'Katakana',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');
/** Zero width space, non-joiner, joiner and word joiner: writers of these scripts leave them between words, or do not. */
const INVISIBLE = '\\u200b-\\u200d\\u2060\\ufeff';
const RUN = new RegExp(
  `(?<spaceless>[${SPACELESS}](?:[${SPACELESS}${INVISIBLE}\\p{M}]*[${SPACELESS}\\p{M}])?)|(?:(?![${SPACELESS}])[\\p{L}\\p{M}\\p{N}])+`,
  'gu',
);
const PIECE = new RegExp(`[^${INVISIBLE}]+`, 'gu');
const ONLY_PUNCTUATION = /^[^\p{L}\p{N}]+$/u;
const PLAIN = /^\p{ASCII}*$/u;
const PLAIN_RUN = /[A-Za-z0-9]+/g;

/** What PostgreSQL takes; longer ones are cut, in the text and in the question. */
const LONGEST_LEXEME = 255;
const LONGEST_JOINED = 40;

const byWord = new Intl.Segmenter('en', { granularity: 'word' });
const byCharacter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Where a run of one script begins and ends. */
export interface Run {
  words: Word[];
  from: number;
  to: number;
}

/**
 * The words of a text, run by run, in order: a run is a word between spaces, or all that stands between two spaces.
 * @param first the place of the first word.
 */
export function runsOf(text: string, first = 1): Run[] {
  const runs: Run[] = [];
  let place = first;
  for (const match of matchesOf(PLAIN.test(text) ? PLAIN_RUN : RUN, text)) {
    const [run] = match;
    const words =
      match.groups?.spaceless === undefined
        ? [oneWord(run, place, place, match.index, true)]
        : spacelessWords(run, place, match.index);
    if (words.length === 0) continue;
    const to = words.reduce((last, word) => Math.max(last, word.to), place);
    runs.push({ words, from: place, to });
    place = to + 1;
  }
  return runs;
}

/** Case and diacritics of Latin, and đ; the marks of other scripts are what their words are made of. */
function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .replace(/[đĐ]/g, 'd')
    .normalize('NFC')
    .toLowerCase()
    .replace(/đ/g, 'd');
}

const oneWord = (raw: string, from: number, to: number, start: number, isCut: boolean): Word => ({
  lexeme: fold(raw.replace(/[\u200b-\u200d\u2060\ufeff]/g, '')).slice(0, LONGEST_LEXEME),
  from,
  to,
  start,
  end: start + raw.length,
  isCut,
});

function spacelessWords(run: string, first: number, start: number): Word[] {
  const words: Word[] = [];
  const atoms: { start: number; end: number }[] = [];
  for (const piece of matchesOf(PIECE, run))
    for (const { segment, index } of syllables(piece[0])) {
      if (ONLY_PUNCTUATION.test(segment)) continue;
      const at = piece.index + index;
      const from = first + atoms.length;
      const parts = partsOf(segment);
      let offset = at;
      for (const part of parts) {
        atoms.push({ start: offset, end: offset + part.length });
        if (parts.length > 1)
          words.push(oneWord(part, first + atoms.length - 1, first + atoms.length - 1, start + offset, false));
        offset += part.length;
      }
      words.push(oneWord(segment, from, from + parts.length - 1, start + at, true));
    }
  const known = new Set(words.map(({ from, to }) => `${from}-${to}`));
  for (const [from, head] of atoms.entries())
    for (const [more, tail] of atoms.slice(from + 1, from + 3).entries()) {
      const to = from + 1 + more;
      if (tail.end - head.start > LONGEST_JOINED || known.has(`${first + from}-${first + to}`)) continue;
      words.push(oneWord(run.slice(head.start, tail.end), first + from, first + to, start + head.start, false));
    }
  return words;
}

/** As ICU cuts it, but never within a syllable: loan words that it does not know it leaves in crumbs. */
function syllables(text: string): { segment: string; index: number }[] {
  const cut: { segment: string; index: number }[] = [];
  for (const { segment, index } of byWord.segment(text)) {
    const before = cut.at(-1);
    if (before && ENDS_A_SYLLABLE.test(segment)) before.segment += segment;
    else cut.push({ segment, index });
  }
  return cut;
}

/** Below, a part is too short for ICU's cut to tell a word from a rest. */
const SHORTEST_PART = 4;
const SHORTEST_COMPOUND = 4;
/** A closed class, which may be shorter: what makes nouns of words in Khmer, Thai and Lao, and what follows Burmese words. */
const BEFORE = new Set(['ការ', 'ភាព', 'អ្នក', 'การ', 'ความ', 'ผู้', 'นัก', 'ການ', 'ຄວາມ', 'ຜູ້', 'ນັກ']);
const BEHIND = new Set(['များ', 'သည်', 'မှု', 'မှာ', 'မှ', 'ကို', 'တွင်', 'သော', 'သူ', 'ခြင်း']);
const partsBySegment = new Map<string, readonly string[]>();
const PARTS_KEPT = 20_000;

/** A compound that the dictionary has as one word, as its parts; anything else as it is. */
function partsOf(segment: string): readonly string[] {
  if (segment.length < SHORTEST_COMPOUND) return [segment];
  let parts = partsBySegment.get(segment);
  if (!parts) {
    parts = splitCompound(segment);
    if (partsBySegment.size >= PARTS_KEPT) partsBySegment.clear();
    partsBySegment.set(segment, parts);
  }
  return parts;
}

function splitCompound(segment: string): string[] {
  const cuts = [...byCharacter.segment(segment)].map(({ index }) => index);
  for (const cut of cuts.toReversed()) {
    const [head, tail] = [segment.slice(0, cut), segment.slice(cut)];
    if (ENDS_A_SYLLABLE.test(tail)) continue;
    // Beside an affix the rest may be several words.
    if (BEHIND.has(tail) && head.length > 1) return [...syllables(head).map(({ segment: part }) => part), tail];
    if (BEFORE.has(head) && tail.length > 1) return [head, ...syllables(tail).map(({ segment: part }) => part)];
    if (head.length >= SHORTEST_PART && tail.length >= SHORTEST_PART && isWord(head) && isWord(tail))
      return [...splitCompound(head), tail];
  }
  return [segment];
}

/** A Burmese consonant with asat, a Khmer subscript, a Thai or Lao vowel that follows: they belong to what is before. */
const ENDS_A_SYLLABLE = /^(?:\p{M}|[\u1000-\u102a]\u1037?(?:\u1039|\u103a)|\u17d2|[\u0e30-\u0e33\u0e45\u0eb0-\u0eb3])/u;

/** ICU tells no rest from a word by itself; but beside itself a rest is cut otherwise, and a word stays. */
function isWord(text: string): boolean {
  const twice = [...byWord.segment(text + text)];
  return twice.length === 2 && twice[1]?.index === text.length && [...byWord.segment(text)].length === 1;
}
