import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

/** Where a record stands in a reader's newest-first list: by the earliest time at which it could read it. */
export interface Place {
  at: string;
  id: string;
}

export interface FoundRow {
  key: number;
  id: string;
  since: Date;
  /** Of the record's own words; the greatest of its texts'. */
  rank: number;
  /** Comments that match, by their keys; null where none does. */
  comments: number[] | null;
}

type Answer = FoundRow & { is_common: boolean };

/** Ranked is ordered among so many of the newest matches: what a reader may see decides which they are. */
export const RANKED_AMONG = 1_000;
const COUNTED = 10_001;
/** Up to here documents are looked up by their words; above, a reader's own list is gone through. */
const FEW = 2_000;
const GUESSES_KEPT = 10_000;
const NEWEST: Place = { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

const columns = 'record_key as key, record_id as id, since, rank, comments, is_common';
const search = `ronda.search($1::tsquery, $2::timestamptz, $3::uuid, $4, ${FEW}, $5)`;
const newest = statement('search-newest', `select ${columns} from ${search}`);
const ranked = statement(
  'search-ranked',
  `select ${columns} from ${search} f
    where (f.rank, f.since, f.record_id) < ($6::real, $7::timestamptz, $8::uuid)
    order by f.rank desc, f.since desc, f.record_id desc limit $9`,
);
const count = statement(
  'search-count',
  `select count(*)::int as total, coalesce(bool_or(is_common), false) as is_common from ${search}`,
);

/** Asks `ronda.search`, which answers with what the unit of work's reader may read, and with nothing else. */
@Injectable()
export class SearchStore {
  /** Whether many documents had such words when they were last asked for. A guess at the faster way, and at nothing else. */
  private readonly common = new Map<string, boolean>();

  constructor(private readonly work: UnitOfWork) {}

  /** The newest matches before a place, up to `wanted`. */
  async newest(tsquery: string, before: Place | null, wanted: number): Promise<FoundRow[]> {
    const { at, id } = before ?? NEWEST;
    return this.noting(tsquery, await this.work.query<Answer>(newest, [tsquery, at, id, wanted, this.guess(tsquery)]));
  }

  /**
   * The best of the newest matches, the newer of two as good ones first.
   * @param asOf matches later than this instant are left out, so that pages of one search are of one set.
   */
  async ranked(
    tsquery: string,
    asOf: string,
    after: (Place & { rank: number }) | null,
    wanted: number,
  ): Promise<FoundRow[]> {
    const { rank, at, id } = after ?? { rank: 'Infinity', ...NEWEST };
    const values = [tsquery, asOf, NEWEST.id, RANKED_AMONG, this.guess(tsquery), rank, at, id, wanted];
    return this.noting(tsquery, await this.work.query<Answer>(ranked, values));
  }

  /** How many the reader may read, exact to 10,000. */
  async count(tsquery: string): Promise<number | { atLeast: number }> {
    const { at, id } = NEWEST;
    const [row] = await this.work.query<{ total: number; is_common: boolean }>(count, [
      tsquery,
      at,
      id,
      COUNTED,
      this.guess(tsquery),
    ]);
    const total = row?.total ?? 0;
    return total >= COUNTED ? { atLeast: COUNTED - 1 } : total;
  }

  private guess(tsquery: string): boolean {
    return this.common.get(tsquery) ?? false;
  }

  private noting(tsquery: string, rows: Answer[]): FoundRow[] {
    if (this.common.size >= GUESSES_KEPT) this.common.clear();
    if (rows[0]?.is_common) this.common.set(tsquery, true);
    // As pg reads a bigint[]: its elements as text.
    return rows.map((row) => ({ ...row, comments: row.comments?.map(Number) ?? null }));
  }
}
