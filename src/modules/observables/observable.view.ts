import type { AppearanceRow } from './appearance.rules.js';
import type { PastAppearanceRow } from './appearances.store.js';
import { defang, warnings } from './core/index.js';
import type { WarningList } from './core/index.js';
import type { AppearanceView, CorrelationView, FoundObservableView, RecordRef } from './observables.dto.js';
import { MOST_ROWS } from './related.store.js';
import type { FoundRow } from './related.store.js';

export const toAppearanceView = (row: AppearanceRow, lists: readonly WarningList[]): AppearanceView => ({
  id: row.observable_id,
  type: row.type,
  value: row.value,
  defanged: defang(row.type, row.value),
  part: row.part,
  malicious: row.facts.malicious,
  forDetection: row.is_for_detection,
  role: row.facts.role,
  comment: row.facts.comment,
  firstSeenAt: row.facts.firstSeenAt,
  lastSeenAt: row.facts.lastSeenAt,
  expiresAt: row.facts.expiresAt,
  isDisputed: row.facts.isDisputed,
  country: row.facts.country,
  bank: row.facts.bank,
  audience: row.reach,
  warnings: row.observable_id === null ? [] : warnings(row.type, row.value, lists),
});

/** Whether a revision says it. */
export const isSaidBy = ({ since_number: since, until_number: until }: PastAppearanceRow, number: number): boolean =>
  since <= number && (until === null || number < until);

/** As a diff of revisions shows it: what is said, and nothing of the day. */
export const toSaidObservable = (row: AppearanceRow): Record<string, unknown> => ({
  type: row.type,
  value: row.value,
  part: row.part,
  malicious: row.facts.malicious,
  forDetection: row.is_for_detection,
  role: row.facts.role,
  comment: row.facts.comment,
  firstSeenAt: row.facts.firstSeenAt,
  lastSeenAt: row.facts.lastSeenAt,
  expiresAt: row.facts.expiresAt,
  isDisputed: row.facts.isDisputed,
  country: row.facts.country,
  bank: row.facts.bank,
  audience: row.reach,
});

const toRecordRef = (row: FoundRow): RecordRef => ({
  id: row.id,
  title: row.title,
  tlp: row.tlp,
  organisation:
    row.org_id !== null && row.org_name !== null
      ? { id: row.org_id, name: row.org_name, country: row.org_country }
      : null,
  updatedAt: row.updated_at.toISOString(),
});

/** Those changed last first; by nothing that the reader does not see. */
const newestFirst = (one: FoundRow, other: FoundRow): number =>
  other.updated_at.getTime() - one.updated_at.getTime() ||
  compare(one.id, other.id) ||
  compare(one.type, other.type) ||
  compare(one.value, other.value);
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** What is shown of the records that were found; none of them where they are so many that they say nothing. */
interface Shown {
  isNoisy: boolean;
  rows: FoundRow[];
}

/** Of one value that was looked up, whose rows are one for each record. */
export const shownOfFound = (
  rows: readonly FoundRow[],
  { most, shown }: { most: number; shown: number },
): Shown & { count: number | null } =>
  rows.length > most
    ? { isNoisy: true, count: null, rows: [] }
    : { isNoisy: false, count: rows.length, rows: rows.toSorted(newestFirst).slice(0, shown) };

export const toFoundView = (
  observable: { id: string; type: string; value: string },
  { isNoisy, count, rows }: ReturnType<typeof shownOfFound>,
  lists: readonly WarningList[],
): FoundObservableView => ({
  id: observable.id,
  type: observable.type,
  value: observable.value,
  count,
  isNoisy,
  records: rows.map(toRecordRef),
  warnings: warnings(observable.type, observable.value, lists),
});

/** Of what is about the same as one observable of a record, in others. A row that is found in two ways is one. */
export function shownOfRelated(found: readonly FoundRow[], most: number): Shown {
  const byPlace = new Map<string, FoundRow>();
  for (const each of found) {
    const place = JSON.stringify([each.id, each.type, each.value]);
    if (!byPlace.has(place)) byPlace.set(place, each);
  }
  const rows = [...byPlace.values()];
  // How many rows of one relation are read ends somewhere: what reaches that is noise, whatever else there is.
  const isCut = ['same', 'contains', 'contained'].some(
    (relation) => found.filter((each) => each.relation === relation).length > MOST_ROWS,
  );
  const isNoisy = isCut || new Set(rows.map((each) => each.id)).size > most;
  return { isNoisy, rows: isNoisy ? [] : rows.toSorted(newestFirst) };
}

export const toCorrelationView = (row: AppearanceRow, { isNoisy, rows }: Shown): CorrelationView => ({
  id: row.observable_id,
  type: row.type,
  value: row.value,
  isNoisy,
  related: rows.map((each) => ({
    type: each.type,
    value: each.value,
    relation: each.relation,
    record: toRecordRef(each),
  })),
});
