import { statement } from '../../platform/database/statement.js';
import type { Statement } from '../../platform/database/statement.js';
import { recordColumns, recordJoins } from './incident-record.sql.js';

const made = new Map<string, Statement>();

/**
 * The newest (or oldest) records a reader may read, by the earliest time at which it could.
 *
 * One index scan of `readable_since` for each principal, merged in order, so the scan stops where the page is full, for
 * a reader of a few records as for one of all. A record that several principals let in is taken at its earliest time
 * alone. Texts differ by the number of branches only, which is a power of two: a handful of prepared statements.
 * Parameters: $1 space, $2–$12 filters, then for a page $13 and $14 the cursor and $15 the number of rows.
 */
export function listStatement(branches: number, sort: 'newest' | 'oldest', what: 'page' | 'count'): Statement {
  const name = `incident-list-${what}-${sort}-${branches}`;
  let found = made.get(name);
  if (!found) made.set(name, (found = statement(name, text(branches, sort, what))));
  return found;
}

function text(branches: number, sort: 'newest' | 'oldest', what: 'page' | 'count'): string {
  const isPage = what === 'page';
  const [beyond, order] = sort === 'newest' ? ['<', 'desc'] : ['>', 'asc'];
  const branch = (n: number): string => `
    select s.since, s.record_id, s.record_key, s.principal_key from ronda.readable_since s
     where s.space = $1 and s.record_kind = 'incident' and s.principal_key = (select p[${n}] from me)
       ${isPage ? `and (s.since, s.record_id) ${beyond} ($13::timestamptz, $14::uuid)` : ''}`;
  const listed = `
    (${Array.from({ length: branches }, (_, index) => branch(index + 1)).join(' union all ')}) m
    cross join lateral (
      select ${recordColumns} from ronda.incident i ${recordJoins}
       where i.space = $1 and i.key = m.record_key
         and ($2::text[] is null or r.status = any ($2)) and ($3::text[] is null or r.rsit_class = any ($3))
         and ($4::text[] is null or r.rsit_type = any ($4)) and ($5::text[] is null or r.severity_band = any ($5))
         and ($6::text[] is null or r.sector = any ($6)) and ($7::text[] is null or r.countries && $7)
         and ($8::uuid[] is null or o.id = any ($8)) and ($9::text[] is null or r.tlp = any ($9))
         and (not $12::boolean or (r.status = 'submitted' and i.owner_readers && me.p))
       limit 1) c
   where ($10::timestamptz is null or m.since >= $10) and ($11::timestamptz is null or m.since < $11)
     and not exists (select from ronda.readable_since e
          where e.space = $1 and e.record_kind = 'incident' and e.record_key = m.record_key and e.principal_key = any (me.p)
            and (e.since, e.principal_key) < (m.since, m.principal_key))`;
  const me = 'with me as materialized (select ronda.reader_principals() as p)';
  return isPage
    ? `${me} select c.*, m.since from me, ${listed} order by m.since ${order}, m.record_id ${order} limit $15`
    : `${me} select count(*)::int as total from (select from me, ${listed} limit 10001) counted`;
}
