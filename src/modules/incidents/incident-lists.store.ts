import { Injectable } from '@nestjs/common';
import { ListBranches } from '../../platform/database/list-branches.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import { AuthorshipDrawers } from './authorship-drawers.store.js';
import { listStatement } from './incident-list.sql.js';
import { foundNewest, foundRanked } from './incident-search.sql.js';
import type { FoundIncidentRow, ListFilters, ShownRow } from './incident.rows.js';

/** Many records at once, in an order: lists, counts, what was found. */
@Injectable()
export class IncidentListsStore {
  private readonly branches: ListBranches;

  constructor(
    private readonly work: UnitOfWork,
    private readonly drawers: AuthorshipDrawers,
  ) {
    this.branches = new ListBranches(work);
  }

  /** One more row than the limit, where there is one. */
  async list(
    readerKey: number,
    filters: ListFilters,
    page: { limit: number; after: CursorKeys | null; sort: 'newest' | 'oldest' },
  ): Promise<(ShownRow & { since: Date })[]> {
    const rows = await this.branches.each(readerKey, (branches) =>
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
    const [row] = await this.branches.each(readerKey, (branches) =>
      this.work.query<{ total: number }>(
        listStatement('count', branches, 'newest', filters),
        this.filterValues(filters),
      ),
    );
    const total = row?.total ?? 0;
    return total > 10_000 ? { atLeast: 10_000 } : total;
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
