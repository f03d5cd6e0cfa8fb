import { statement } from './statement.js';
import type { UnitOfWork } from './unit-of-work.js';

// Not those that stand for the owners of anonymous records: no list is theirs, and they come behind the others.
const held = statement(
  'principals-held',
  'select cardinality(ronda.reader_principals()) - (select count(*)::int from ronda.veil) as held',
);

/** Of a national CERT in a few groups. */
const TYPICALLY_HELD = 16;
const GUESSES_KEPT = 10_000;

/**
 * How many branches a list's text has for a reader of so many principals: rounded up, so that a handful of texts serve
 * everybody and each is prepared once per connection.
 */
const branchesFor = (principals: number): number => (principals <= 4 ? 4 : Math.ceil(principals / 8) * 8);

/**
 * A list merges one index scan for each principal of the reader, so its text depends on how many there are. The database
 * alone knows, and is asked beside the rows; what it said last is the guess, and one too low is asked again.
 */
export class ListBranches {
  /** How many principals a reader held when it last listed. A guess at the length of a text, and at nothing else. */
  private readonly lastHeld = new Map<number, number>();

  constructor(private readonly work: UnitOfWork) {}

  async each<R>(readerKey: number, query: (branches: number) => Promise<R[]>): Promise<R[]> {
    for (;;) {
      const branches = branchesFor(this.lastHeld.get(readerKey) ?? TYPICALLY_HELD);
      const [rows, [row]] = await Promise.all([query(branches), this.work.query<{ held: number }>(held)]);
      const found = row?.held ?? 0;
      if (this.lastHeld.size >= GUESSES_KEPT) this.lastHeld.clear();
      this.lastHeld.set(readerKey, found);
      if (found <= branches) return rows;
    }
  }
}
