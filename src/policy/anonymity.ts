import type { Region } from '../kernel/region.js';
import { memberByCode } from '../kernel/region.js';

/** With fewer that could have written it, a reader of an anonymous record may as well guess. */
export const FEWEST_CANDIDATES = 5;

/** What a record says that tells of its author by what it rules out. */
export interface TellingFacts {
  countries: readonly string[];
  language: string | null;
  /** Of the loss. */
  currency: string | null;
}

/** An active organisation that may file in its own name, and so may file without. */
export interface Candidate {
  key: number;
  /** Of the region file; null for what belongs to no country. */
  country: string | null;
}

/** Who reads it, and what lets them in. */
export interface Recipient {
  key: number;
  /** Those alone that could have let it in as it was let in, such as the members of the group; null: anybody. */
  among: ReadonlySet<number> | null;
}

/** Money that is counted in everywhere, whoever's it is: it rules out nobody. */
const EVERYBODYS_MONEY: readonly string[] = ['USD', 'EUR'];

/** What rules organisations out, by JSON Pointer into the record. Text is for a person to judge: the preview's findings. */
export const TELLING = ['/countries', '/language', '/fraud/loss/currency'] as const;
export type TellingPointer = (typeof TELLING)[number];

/**
 * Whether a reader who looks at this fact alone has to think of the candidate still. Simple on purpose: whoever is named
 * in the countries affected, where some are; whoever writes the language, where it is not the region's own; whoever
 * counts in the currency, where a member does.
 */
function isThinkable(fact: TellingPointer, facts: TellingFacts, { country }: Candidate, region: Region): boolean {
  const home = country === null ? undefined : memberByCode(region, country);
  switch (fact) {
    case '/countries':
      return facts.countries.length === 0 || (country !== null && facts.countries.includes(country));
    case '/language': {
      const written = primary(facts.language ?? region.defaults.language);
      return written === primary(region.defaults.language) || (home?.languages.map(primary).includes(written) ?? false);
    }
    case '/fraud/loss/currency': {
      const { currency } = facts;
      const isSomebodys = region.members.some((member) => member.currency === currency);
      return currency === null || EVERYBODYS_MONEY.includes(currency) || !isSomebodys || home?.currency === currency;
    }
  }
}

export const couldHaveWritten = (
  facts: TellingFacts,
  candidates: readonly Candidate[],
  region: Region,
  by: readonly TellingPointer[] = TELLING,
): Candidate[] => candidates.filter((candidate) => by.every((fact) => isThinkable(fact, facts, candidate, region)));

/**
 * How many could be the author in the eyes of the recipient to whom the fewest could: each knows that it was not itself.
 * It does not depend on who the author is, or that it went out at all would tell.
 */
export const fewestCandidates = (candidates: readonly Candidate[], recipients: readonly Recipient[]): number =>
  Math.min(
    candidates.length,
    ...recipients.map(
      ({ key, among }) => candidates.filter((each) => each.key !== key && (among?.has(each.key) ?? true)).length,
    ),
  );

/** `ms` of `ms-Arab`. */
const primary = (tag: string): string => tag.toLowerCase().split('-')[0] ?? tag;
