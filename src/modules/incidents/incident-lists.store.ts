import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import { AuthorshipDrawers } from './authorship-drawers.store.js';
import { branchesFor, listStatement } from './incident-list.sql.js';
import { foundNewest, foundRanked } from './incident-search.sql.js';
import type { FoundIncidentRow, ListFilters, ShownRow } from './incident.rows.js';

// Not those that stand for the owners of anonymous records: no list is theirs, and they come behind the others.
const held = statement(
  'incident-held',
  'select cardinality(ronda.reader_principals()) - (select count(*)::int from ronda.veil) as held',
);

/** Of a national CERT in a few groups. */
const TYPICALLY_HELD = 16;
const GUESSES_KEPT = 10_000;

/** Many records at once, in an order: lists, counts, what was found. */
@Injectable()
export class IncidentListsStore {
  /** How many principals a reader held when it last listed. A guess at the length of a text, and at nothing else. */
  private readonly lastHeld = new Map<number, number>();

  constructor(
    private readonly work: UnitOfWork,
    private readonly drawers: AuthorshipDrawers,
  ) {}

  /** One more row than the limit, where there is one. */
  async list(
    readerKey: number,
    filters: ListFilters,
    page: { limit: number; after: CursorKeys | null; sort: 'newest' | 'oldest' },
  ): Promise<(ShownRow & { since: Date })[]> {
    const rows = await this.eachReader(readerKey, (branches) =>
      this.work.query<ShownRow & { since: Date }>(listStatement('page', branches, page.sort, filters), [
        ...this.filterValues(filters),
        page.after?.at ?? (page.sort === 'newest' ? 'infinity' : '-infinity'),
        page.after?.id ??
          (page.sort === 'newest' ? 'ffffffff-ffff-ffff-ffff-ffffffffffff' : '00000000-0000-0000-0000-000000000000'),
        page.limit + 1,
      ]),
    );
    return this.drawers.open(rows);
  }

  /** @param values of the statement, behind the filters. */
  async found(sort: 'newest' | 'ranked', filters: ListFilters, values: unknown[]): Promise<FoundIncidentRow[]> {
    const asked = sort === 'newest' ? foundNewest : foundRanked;
    return this.drawers.open(
      await this.work.query<FoundIncidentRow>(asked, [...this.filterValues(filters), ...values]),
    );
  }

  /** How many the reader may read, exact to 10,000. */
  async count(readerKey: number, filters: ListFilters): Promise<number | { atLeast: number }> {
    const [row] = await this.eachReader(readerKey, (branches) =>
      this.work.query<{ total: number }>(
        listStatement('count', branches, 'newest', filters),
        this.filterValues(filters),
      ),
    );
    const total = row?.total ?? 0;
    return total > 10_000 ? { atLeast: 10_000 } : total;
  }

  /**
   * The list merges one index scan for each principal of the reader, so its text depends on how many there are. The
   * database alone knows, and is asked beside the rows; what it said last is the guess, and one too low is asked again.
   */
  private async eachReader<R>(readerKey: number, query: (branches: number) => Promise<R[]>): Promise<R[]> {
    for (;;) {
      const branches = branchesFor(this.lastHeld.get(readerKey) ?? TYPICALLY_HELD);
      const [rows, held] = await Promise.all([query(branches), this.heldPrincipals()]);
      if (this.lastHeld.size >= GUESSES_KEPT) this.lastHeld.clear();
      this.lastHeld.set(readerKey, held);
      if (held <= branches) return rows;
    }
  }

  private async heldPrincipals(): Promise<number> {
    const [row] = await this.work.query<{ held: number }>(held);
    return row?.held ?? 0;
  }

  /** The space and the filters: $1 to $12 of what lists, counts and finds. */
  filterValues(filters: ListFilters): unknown[] {
    return [
      this.work.space,
      filters.status ?? null,
      filters.class ?? null,
      filters.type ?? null,
      filters.severityBand ?? null,
      filters.sector ?? null,
      filters.country ?? null,
      filters.organisation ?? null,
      filters.tlp ?? null,
      filters.since ?? null,
      filters.until ?? null,
      filters.isTriageQueue ?? false,
    ];
  }
}
