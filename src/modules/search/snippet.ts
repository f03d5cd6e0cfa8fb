import type { SearchQuery, Sequence } from './query.js';
import { runsOf } from './words.js';
import type { Word } from './words.js';

/** A piece of a text, plain; `isMatch` where it is what was asked for. The pieces together are the excerpt. */
export interface SnippetPart {
  text: string;
  isMatch: boolean;
}

interface Span {
  start: number;
  end: number;
}

/** In UTF-16 code units. */
const EXCERPT = 200;
const BEFORE = 60;

/**
 * The surroundings of the first match in a text, its matches told apart; null where nothing in it matches. It says
 * nothing but what is in the text, which the caller has read under the sharing rule.
 */
export function snippetOf(text: string, query: SearchQuery): SnippetPart[] | null {
  const spans = matchesIn(text, query);
  const [first] = spans;
  if (!first) return null;
  const start = first.start <= BEFORE ? 0 : atSpace(text, first.start - BEFORE, first.start);
  const end = Math.max(first.end, backTo(text, Math.min(text.length, start + EXCERPT), first.end));
  const parts: SnippetPart[] = [];
  let at = start;
  const add = (until: number, isMatch: boolean): void => {
    if (until > at) parts.push({ text: text.slice(at, until), isMatch });
    at = Math.max(at, until);
  };
  for (const span of spans) {
    if (span.end > end) break;
    add(span.start, false);
    add(span.end, true);
  }
  add(end, false);
  const [head, tail] = [parts[0], parts.at(-1)];
  if (start > 0 && head) head.text = `…${head.text}`;
  if (end < text.length && tail) tail.text = `${tail.text}…`;
  return parts;
}

/** Where what is wanted stands, in order and none across another. */
function matchesIn(text: string, { terms }: SearchQuery): Span[] {
  const byPlace = new Map<number, Word[]>();
  const words = runsOf(text).flatMap((run) => run.words);
  for (const word of words) byPlace.set(word.from, [...(byPlace.get(word.from) ?? []), word]);
  const spans: Span[] = [];
  const follow = (runs: readonly Sequence[][], run: number, place: number): number | null => {
    const readings = runs[run];
    if (!readings) return 0;
    let furthest: number | null = null;
    for (const reading of readings)
      for (const [next, end] of ends(reading, 0, place)) {
        const rest = follow(runs, run + 1, next);
        if (rest !== null) furthest = Math.max(furthest ?? 0, end, rest);
      }
    return furthest;
  };
  const ends = ({ lexemes, isPrefix }: Sequence, index: number, place: number): [number, number][] => {
    const wanted = lexemes[index] as string;
    const isLast = index === lexemes.length - 1;
    return (byPlace.get(place) ?? [])
      .filter(({ lexeme }) => (isPrefix && isLast ? lexeme.startsWith(wanted) : lexeme === wanted))
      .flatMap((word): [number, number][] =>
        isLast ? [[word.to + 1, word.end]] : ends({ lexemes, isPrefix }, index + 1, word.to + 1),
      );
  };
  for (const { isNot, runs } of terms) {
    if (isNot) continue;
    for (const [place, [word]] of byPlace) {
      const end = follow(runs, 0, place);
      if (end !== null && word) spans.push({ start: word.start, end });
    }
  }
  spans.sort((one, other) => one.start - other.start || other.end - one.end);
  return spans.filter((span, index) => spans.slice(0, index).every((before) => before.end <= span.start));
}

/** Not in the middle of a word between spaces, nor of a character. */
function atSpace(text: string, from: number, until: number): number {
  const space = text.slice(from, until).search(/\s/);
  if (space !== -1) return from + space + 1;
  return /[\udc00-\udfff\p{M}]/u.test(text.charAt(from)) ? atSpace(text, from + 1, until) : from;
}

function backTo(text: string, from: number, least: number): number {
  if (from >= text.length) return text.length;
  const space = text.slice(least, from).search(/\s\S*$/);
  if (space !== -1) return least + space;
  return from > least && /[\udc00-\udfff\p{M}]/u.test(text.charAt(from)) ? backTo(text, from - 1, least) : from;
}
