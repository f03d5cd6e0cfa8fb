import type { Fault } from './problem.js';

/** One answer to a factor. */
export interface SeverityValue {
  id: string;
  name: string;
  /** 0 (harmless) to 100. */
  score: number;
  /** Ids of the region's sectors for which this value is derived, where the factor is derived from the sector. */
  sectors?: readonly string[];
  /** The fewest members affected for which this value is derived, where the factor is derived from their number. */
  fromMembers?: number;
}

export interface SeverityFactor {
  /** camelCase: it is a property name in requests and answers. */
  id: string;
  name: string;
  description?: string;
  /** How much it counts against the other factors; above 0. */
  weight: number;
  /** Only the filer's organisation ever sees the value, or a score that depends on it. */
  private?: boolean;
  /** The fact of the incident the value follows from where the filer gives none. */
  derivedFrom?: 'sector' | 'members-affected';
  /** From the lowest score to the highest. */
  values: readonly SeverityValue[];
}

export interface SeverityBand {
  id: string;
  name: string;
  /** The lowest score of the band, 0–100. A band ends where the next begins. */
  from: number;
}

/** How a region, or a profile it also knows, turns an analyst's answers into a score: the weighted mean of their scores. */
export interface SeverityScheme {
  id: string;
  name: string;
  /** Where the scheme comes from, and what was added to make it computable. */
  source?: { title: string; url: string; note?: string };
  factors: readonly SeverityFactor[];
  /** From the lowest band, which begins at 0, to the highest. */
  bands: readonly SeverityBand[];
}

/** Answers by factor id: `{"functionalImpact": "denial-critical"}`. */
export type SeverityFactors = Readonly<Record<string, string>>;

export interface Severity {
  /** 0–100, one decimal. */
  score: number;
  /** Id of the band the score falls into. */
  band: string;
}

/** What the sector and members-affected factors follow from. */
export interface SeverityFacts {
  /** Id of one of the region's sectors. */
  sector?: string | undefined;
  /** How many members of the region the incident touches. */
  membersAffected?: number | undefined;
}

/** Unknown factors and values, all at once, with JSON Pointers below `at`. */
export function severityFaults(
  scheme: SeverityScheme,
  factors: Readonly<Record<string, unknown>>,
  at = '/severity',
): Fault[] {
  return Object.entries(factors).flatMap(([id, given]): Fault[] => {
    const pointer = `${at}/${id.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const factor = scheme.factors.find((candidate) => candidate.id === id);
    if (!factor) {
      return [{ pointer, detail: `${scheme.name} has no such factor. It has ${list(scheme.factors)}.` }];
    }
    if (factor.values.some((value) => value.id === given)) return [];
    return [{ pointer, detail: `${factor.name} must be one of ${list(factor.values)}.` }];
  });
}

/**
 * The weighted mean over the factors that were answered, and its band; undefined where none was. A factor left out
 * neither raises nor lowers the score: at 02:00 an analyst knows two of five, and those two should count.
 * @param factors without faults: check with `severityFaults` first.
 * @throws RangeError for an unknown factor or value. A score that quietly leaves out an answer is worse than none.
 */
export function computeSeverity(scheme: SeverityScheme, factors: SeverityFactors): Severity | undefined {
  const faults = severityFaults(scheme, factors, '');
  if (faults.length > 0) throw new RangeError(faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' '));
  let weighted = 0;
  let weights = 0;
  // In the scheme's order, not the caller's: floating-point sums depend on it, and the same answers must give the same score.
  for (const factor of scheme.factors) {
    const value = factor.values.find(({ id }) => Object.hasOwn(factors, factor.id) && id === factors[factor.id]);
    if (!value) continue;
    weighted += factor.weight * value.score;
    weights += factor.weight;
  }
  if (weights === 0) return undefined;
  const score = Math.round((weighted / weights) * 10) / 10;
  // The band of the rounded score, so that a reader who looks the shown number up finds the shown band.
  const band = scheme.bands.findLast(({ from }) => from <= score);
  if (!band) throw new RangeError(`${scheme.name} has no band for ${score}`);
  return { score, band: band.id };
}

/** The answers others may see: without the private factors. What others are shown is computed from these alone. */
export function sharedFactors(scheme: SeverityScheme, factors: SeverityFactors): SeverityFactors {
  const hidden = new Set(scheme.factors.filter((factor) => factor.private).map(({ id }) => id));
  return Object.fromEntries(Object.entries(factors).filter(([id]) => !hidden.has(id)));
}

/** Fills in the factors that follow from the incident's own facts, where the filer gave none; the filer's word stands. */
export function deriveFactors(scheme: SeverityScheme, facts: SeverityFacts, given: SeverityFactors): SeverityFactors {
  const derived: Record<string, string> = {};
  for (const factor of scheme.factors) {
    const value = Object.hasOwn(given, factor.id) ? undefined : derivedValue(factor, facts);
    if (value) derived[factor.id] = value.id;
  }
  return { ...derived, ...given };
}

function derivedValue(factor: SeverityFactor, { sector, membersAffected }: SeverityFacts): SeverityValue | undefined {
  switch (factor.derivedFrom) {
    case 'sector':
      return sector === undefined ? undefined : factor.values.find(({ sectors }) => sectors?.includes(sector));
    case 'members-affected':
      return membersAffected === undefined
        ? undefined
        : factor.values.findLast(({ fromMembers }) => fromMembers !== undefined && fromMembers <= membersAffected);
    case undefined:
      return undefined;
  }
}

const list = (items: readonly { id: string }[]): string => items.map(({ id }) => id).join(', ');
