import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

const COUNTED = 10_001;
/** Up to here documents are looked up by their words; above, a reader's own list is gone through. */
const FEW = 2_000;
const GUESSES_KEPT = 10_000;

/** Ranked is ordered among so many of the newest matches: what a reader may see decides which they are. */
export const RANKED_AMONG = 1_000;
/** Before the first page. */
export const BEFORE_ALL = { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' } as const;

/**
 * What the unit of work's reader may find: `record_key`, `record_id`, `since`, `rank`, `comments` (keys) and `is_common`.
 * Parameters: $1 the space, $2 to $12 what it is narrowed by, as the caller's lists are; $13 the tsquery, $14 and $15 the
 * place before which, in the reader's newest-first list, $16 how many, $17 the guess. Whose records are meant is asked
 * here, as the reader: an organisation that it may not know has none.
 */
export const searchCall = `ronda.search($13::tsquery, $14::timestamptz, $15::uuid, $16::int, ${FEW}, $17::boolean,
    $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    case when $8::uuid[] is null then null else array(select a.key from ronda.organisation a where a.id = any ($8::uuid[])) end,
    $9::text[], $10::timestamptz, $11::timestamptz, $12::boolean)`;

const count = statement(
  'search-count',
  `select count(*)::int as total, coalesce(bool_or(is_common), false) as is_common from ${searchCall} where $1::int is not null`,
);

const advisoriesSaying = statement(
  'search-advisories',
  'select ronda.advisories_saying($1::tsquery, $2)::float8[] as keys',
);

/** What the index knows of a question before it is asked, and how many it finds. */
@Injectable()
export class SearchStore {
  /** Questions whose words many documents had when they were last asked for. */
  private readonly common = new Set<string>();

  constructor(private readonly work: UnitOfWork) {}

  /**
   * How many the reader may read, exact to 10,000.
   * @param narrowed $1 to $12 of `searchCall`.
   */
  async count(tsquery: string, narrowed: readonly unknown[]): Promise<number | { atLeast: number }> {
    const { at, id } = BEFORE_ALL;
    const values = [...narrowed, tsquery, at, id, COUNTED, this.isCommon(tsquery)];
    const [row] = await this.work.query<{ total: number; is_common: boolean }>(count, values);
    const total = row?.total ?? 0;
    this.note(tsquery, row?.is_common ?? false);
    return total >= COUNTED ? { atLeast: COUNTED - 1 } : total;
  }

  /**
   * Advisories of which the reader may read a revision that says it, whichever that is: who lists them asks which. Null where
   * the words are common: then the reader's list is gone through.
   */
  async advisories(tsquery: string): Promise<number[] | null> {
    const [row] = await this.work.query<{ keys: number[] | null }>(advisoriesSaying, [tsquery, FEW]);
    return row?.keys ?? null;
  }

  /** A guess at the faster of two ways, and at nothing else. */
  isCommon(tsquery: string): boolean {
    return this.common.has(tsquery);
  }

  note(tsquery: string, isCommon: boolean): void {
    if (!isCommon) return;
    if (this.common.size >= GUESSES_KEPT) this.common.clear();
    this.common.add(tsquery);
  }
}
