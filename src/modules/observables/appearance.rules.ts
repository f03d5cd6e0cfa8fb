import type { Fault } from '../../kernel/problem.js';
import { normalise, observableId, placeOf, refang } from './core/index.js';
import type { AppearanceReach } from './observable.dto.js';

/** What is said of an observable in one record, in the shape of the API. */
export interface AppearanceFacts {
  malicious: boolean | null;
  role: string | null;
  comment: string | null;
  firstSeenAt: string | null;
  lastSeenAt: string | null;
  expiresAt: string | null;
  isDisputed: boolean | null;
  country: string | null;
  bank: string | null;
}

/** An observable as a record says it. */
export interface Appearance {
  part: 'observables' | 'fraud';
  reach: AppearanceReach;
  type: string;
  value: string;
  observableId: string;
  namePath: string | null;
  address: string | null;
  isForDetection: boolean;
  facts: AppearanceFacts;
}

/** The same, as it is kept. */
export interface AppearanceRow {
  key: number;
  part: Appearance['part'];
  reach: Appearance['reach'];
  type: string;
  value: string;
  /** Null where it was erased. */
  observable_id: string | null;
  is_for_detection: boolean;
  facts: AppearanceFacts;
}

/** What callers send of one. */
export type ObservableInput = { type: string; value: string } & {
  [K in keyof AppearanceFacts]?: AppearanceFacts[K] | undefined;
} & { forDetection?: boolean | null | undefined; audience?: AppearanceReach | undefined };

/** An instrument of a fraud, as the record's fraud facts hold it. */
export interface InstrumentInput {
  type: string;
  value: string;
  country?: string | null;
  bank?: string | null;
  expiresAt?: string | null;
  isDisputed?: boolean;
}

/** A record says no more than these. */
export const MOST_OBSERVABLES = 2000;

const instant = (text: string | null | undefined): string | null =>
  text === null || text === undefined ? null : new Date(text).toISOString();

const appearance = (
  part: Appearance['part'],
  type: string,
  value: string,
  input: Omit<ObservableInput, 'type' | 'value'>,
): Appearance => ({
  part,
  reach: input.audience ?? 'readers',
  type,
  value,
  observableId: observableId(type, value),
  ...placeOf(type, value),
  isForDetection: input.forDetection ?? false,
  facts: {
    malicious: input.malicious ?? null,
    role: input.role ?? null,
    comment: input.comment ?? null,
    firstSeenAt: instant(input.firstSeenAt),
    lastSeenAt: instant(input.lastSeenAt),
    expiresAt: instant(input.expiresAt),
    isDisputed: input.isDisputed ?? null,
    country: input.country ?? null,
    bank: input.bank ?? null,
  },
});

/** The observables that were sent, each in its one form, or every fault of them by its pointer. */
export function readObservables(inputs: readonly ObservableInput[]): { appearances: Appearance[]; faults: Fault[] } {
  const faults: Fault[] = [];
  const appearances: Appearance[] = [];
  const seen = new Map<string, number>();
  for (const [index, input] of inputs.entries()) {
    const pointer = `/observables/${index}`;
    const result = normalise(input.type, refang(input.type, input.value.trim()));
    if ('fault' in result) {
      faults.push({ pointer: `${pointer}/value`, detail: result.fault });
      continue;
    }
    const said = appearance('observables', input.type, result.value, input);
    const before = seen.get(said.observableId);
    if (before !== undefined)
      faults.push({ pointer: `${pointer}/value`, detail: `This is the same as /observables/${before}.` });
    const { firstSeenAt, lastSeenAt } = said.facts;
    if (firstSeenAt !== null && lastSeenAt !== null && lastSeenAt < firstSeenAt)
      faults.push({ pointer: `${pointer}/lastSeenAt`, detail: `This lies before firstSeenAt, ${firstSeenAt}.` });
    seen.set(said.observableId, index);
    appearances.push(said);
  }
  return { appearances, faults };
}

/**
 * The instruments of a fraud, which are looked for like observables. What has no sound form is compared as it was written:
 * a fraud is not refused for the look of an account number.
 */
export function readInstruments(instruments: readonly InstrumentInput[]): Appearance[] {
  return instruments.flatMap((instrument) => {
    const { type, value, country, bank, expiresAt, isDisputed } = instrument;
    const context = { country, bank, expiresAt, isDisputed, malicious: true };
    const result = normalise(type, value);
    if ('value' in result) return [appearance('fraud', type, result.value, context)];
    const written = value
      .normalize('NFC')
      .replace(/\p{Cc}/gu, ' ')
      .trim();
    return written === '' ? [] : [appearance('fraud', type, written, context)];
  });
}

/** What a record says in all: an observable by itself says more than the instrument that is the same. */
export function together(observables: readonly Appearance[], instruments: readonly Appearance[]): Appearance[] {
  const byId = new Map<string, Appearance>();
  for (const each of [...observables, ...instruments])
    if (!byId.has(each.observableId)) byId.set(each.observableId, each);
  return [...byId.values()];
}

/** As it was written: of a row whose value was not erased. */
export const appearanceOf = (row: AppearanceRow): Appearance => ({
  part: row.part,
  reach: row.reach,
  type: row.type,
  value: row.value,
  observableId: observableId(row.type, row.value),
  ...placeOf(row.type, row.value),
  isForDetection: row.is_for_detection,
  facts: row.facts,
});

/** What is said of an observable, to compare two revisions by. */
export const sayingOf = ({ part, reach, type, value, isForDetection, facts }: Appearance): string =>
  JSON.stringify([
    part,
    reach,
    type,
    value,
    isForDetection,
    Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
