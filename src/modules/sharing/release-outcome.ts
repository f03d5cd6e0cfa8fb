import { hash } from 'node:crypto';
import { canonicalJson } from '../../kernel/canonical-json.js';

/** What a release would do, as far as whoever asks may see it: what a preview's token stands for. */
export interface ReleaseOutcome {
  /** What the record says and which record it is; the marking of the release apart. */
  record: unknown;
  /** Marking, and the instant before which it does not go out. */
  terms: unknown;
  /** Id of the release that it takes the place of. */
  before: string | null;
  /** `organisation <id>` and `user <id>`. */
  readers: readonly string[];
  /** What is wrong with it, in one line each. */
  contradictions: readonly string[];
  /** What the text betrays, in one line each. */
  findings: readonly string[];
}

export const OUTCOME_PARTS = ['record', 'terms', 'before', 'readers', 'contradictions', 'findings'] as const;
export type OutcomePart = (typeof OUTCOME_PARTS)[number];

/** One digest for each part, and for the last three one for each member: what came since can be named. */
export const OUTCOME_TOKEN = /^v1(\.[A-Za-z0-9_-]{0,60000}){6}$/;

/** 48 bits: a member that came in between is missed once in 2^48, and the token of a hundred readers is 800 characters. */
const MEMBER_CHARACTERS = 8;
const PART_CHARACTERS = 16;

const digest = (value: unknown, characters: number): string =>
  hash('sha256', canonicalJson(value), 'base64url').slice(0, characters);

const members = (values: readonly string[]): string[] =>
  [...new Set(values.map((value) => digest(value, MEMBER_CHARACTERS)))].sort();

/**
 * Stands for an outcome. It tells nothing to whoever has not seen the preview, and proves nothing of who has: whoever
 * knows the outcome could compute it. It is there so that nobody releases something else than what was seen.
 */
export const tokenOf = (outcome: ReleaseOutcome): string =>
  [
    'v1',
    digest(outcome.record, PART_CHARACTERS),
    digest(outcome.terms, PART_CHARACTERS),
    digest(outcome.before, PART_CHARACTERS),
    members(outcome.readers).join(''),
    members(outcome.contradictions).join(''),
    members(outcome.findings).join(''),
  ].join('.');

export interface OutcomeChange {
  parts: OutcomePart[];
  /** Members of `now` that were not in what was seen. */
  newReaders: Set<string>;
  /** How many readers were in what was seen and are not any more: a token does not say which. */
  readersGone: number;
}

/** What is different now from what a token stands for; null where nothing is. */
export function changeSince(token: string, now: ReleaseOutcome): OutcomeChange | null {
  const [, ...seen] = token.split('.');
  const [, ...current] = tokenOf(now).split('.');
  const parts = OUTCOME_PARTS.filter((_, index) => seen[index] !== current[index]);
  if (parts.length === 0) return null;
  const place = OUTCOME_PARTS.indexOf('readers');
  const seenReaders = new Set(pieces(seen[place] ?? ''));
  const currentReaders = new Set(pieces(current[place] ?? ''));
  return {
    parts,
    newReaders: new Set(now.readers.filter((reader) => !seenReaders.has(digest(reader, MEMBER_CHARACTERS)))),
    readersGone: [...seenReaders].filter((reader) => !currentReaders.has(reader)).length,
  };
}

const pieces = (text: string): string[] =>
  Array.from({ length: Math.floor(text.length / MEMBER_CHARACTERS) }, (_, nth) =>
    text.slice(nth * MEMBER_CHARACTERS, (nth + 1) * MEMBER_CHARACTERS),
  );
