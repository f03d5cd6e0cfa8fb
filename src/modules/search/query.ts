import { matchesOf } from '../../kernel/matches.js';
import type { Fault } from '../../kernel/problem.js';
import { invalidInput } from '../../kernel/problem.js';
import { quote } from './document.js';
import { runsOf } from './words.js';

/** Words that follow one another. */
export interface Sequence {
  lexemes: string[];
  /** Whether the last is only the beginning of a word. */
  isPrefix: boolean;
}

/** What is asked for: any of these readings of each run of it, one run after the other. */
export interface Term {
  isNot: boolean;
  runs: Sequence[][];
}

export interface SearchQuery {
  terms: Term[];
  /** As PostgreSQL reads it; every word in it is quoted. */
  tsquery: string;
}

export const LONGEST_QUERY = 500;
const MOST_WORDS = 40;
const SHORTEST_PREFIX = 2;
const ITEM = /(?<not>-?)(?:["“”](?<phrase>[^"“”]*)(?<closed>["“”]?)|(?<word>[^\s"“”]+))/gu;
const MARKS = '"phrase", word*, -not';

/**
 * Reads what a person typed: words are all wanted, in any order; `"…"` one after the other; `word*` whatever begins so;
 * a `-` before any of these, not that. Everything else that is no letter or digit parts words and means nothing.
 * @throws Problem 400 with all faults: nothing to look for, a phrase without end, too many words, a prefix too short.
 */
export function parseQuery(text: string): SearchQuery {
  const faults: string[] = [];
  const terms: Term[] = [];
  for (const { groups } of matchesOf(ITEM, text.normalize('NFC'))) {
    const { not, phrase, closed, word } = groups as Record<string, string | undefined>;
    if (phrase !== undefined && closed === '')
      faults.push(`The phrase that begins with ${JSON.stringify(phrase.slice(0, 40))} has no closing quotation mark.`);
    const isPrefix = word?.endsWith('*') ?? false;
    const said = phrase ?? word ?? '';
    const runs = runsOf(said).map(({ words }, index, all) => {
      const isLast = isPrefix && index === all.length - 1;
      const whole = longest(words);
      return readings(words)
        .map((lexemes) => ({ lexemes, isPrefix: isLast }))
        .concat(whole === null ? [] : [{ lexemes: [whole], isPrefix: isLast }]);
    });
    if (runs.length === 0) continue;
    const last = runs.at(-1)?.at(-1)?.lexemes.at(-1) ?? '';
    if (isPrefix && [...last].length < SHORTEST_PREFIX)
      faults.push(`Before a * there have to be ${SHORTEST_PREFIX} letters at least.`);
    terms.push({ isNot: not === '-', runs });
  }
  const words = terms.flatMap(({ runs }) => runs.map(([first]) => first?.lexemes.length ?? 0));
  if (terms.length === 0) faults.push(`There is no word in it. Ask for words, or ${MARKS}.`);
  else if (terms.every(({ isNot }) => isNot)) faults.push('It says only what not to find. Name a word to find, too.');
  if (words.reduce((sum, count) => sum + count, 0) > MOST_WORDS)
    faults.push(`It has more than ${MOST_WORDS} words. Ask for fewer.`);
  if (faults.length > 0) throw invalidInput(faults.map((detail): Fault => ({ pointer: '/q', detail, in: 'query' })));
  return { terms, tsquery: terms.map(termText).join(' & ') };
}

type Words = ReturnType<typeof runsOf>[number]['words'];

/** The run as ICU cuts it, and with its compounds in parts where that is something else. */
function readings(words: Words): string[][] {
  const cut = words.filter(({ isCut }) => isCut).map(({ lexeme }) => lexeme);
  const atoms = words
    .filter(({ from, to }) => from === to)
    .sort((one, other) => one.from - other.from)
    .map(({ lexeme }) => lexeme);
  return cut.join(' ') === atoms.join(' ') ? [cut] : [cut, atoms];
}

/** The run as one word, where ICU cut it in a few: in another sentence it may stand whole. */
function longest(words: Words): string | null {
  const cut = words.filter(({ isCut }) => isCut);
  return cut.length > 1 && cut.length <= 4 ? cut.map(({ lexeme }) => lexeme).join('') : null;
}

const termText = ({ isNot, runs }: Term): string =>
  `${isNot ? '!' : ''}(${runs.map((run) => `(${run.map(sequenceText).join(' | ')})`).join(' <-> ')})`;

const sequenceText = ({ lexemes, isPrefix }: Sequence): string =>
  `(${lexemes.map((lexeme, at) => quote(lexeme) + (isPrefix && at === lexemes.length - 1 ? ':*' : '')).join(' <-> ')})`;
