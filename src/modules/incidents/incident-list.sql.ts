import { statement } from '../../platform/database/statement.js';
import type { Statement } from '../../platform/database/statement.js';
import { ownerColumns, ownerJoin, revisionJoin, shownColumns } from './incident-record.sql.js';

/**
 * Whether what the reader sees of a record passes $2 to $7, $9 and $12: its status, class, type, band, sector, country, TLP
 * label, and whether it waits for the reader's side. The database says it for search too.
 */
const passesFilters = `ronda.incident_passes(r.status, r.rsit_class, r.rsit_type, r.severity_band, r.sector, r.countries, r.tlp,
           i.owner_readers && me.p, $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $9::text[], $12::boolean)`;

const made = new Map<string, Statement>();

/**
 * The newest (or oldest) records a reader may read, by the earliest time at which it could.
 *
 * One index scan of `readable_since` for each principal, merged in order, so the scan stops where the page is full, for
 * a reader of a few records as for one of all. A record that several principals let in is taken at its earliest time
 * alone. That and the filters are asked of one merged row at a time (the lateral, whose `limit` keeps the planner from
 * taking it apart): below the merge, a branch that repeats another would be read to its end before the first row. What
 * an owner is called is asked of the page alone.
 * Parameters: $1 space, $2–$12 filters, then for a page $13 and $14 the cursor and $15 the number of rows.
 */
export function listStatement(
  what: 'page' | 'count',
  branches: number,
  sort: 'newest' | 'oldest',
  filters: { organisation?: unknown },
): Statement {
  // Of its own, because only few ask by organisation, and all others would pay for preparing to.
  const isByOwner = filters.organisation !== undefined;
  const name = `incident-list-${what}-${sort}-${branches}${isByOwner ? '-by-owner' : ''}`;
  let found = made.get(name);
  if (!found) made.set(name, (found = statement(name, text(what, branches, sort, isByOwner))));
  return found;
}

function text(what: 'page' | 'count', branches: number, sort: 'newest' | 'oldest', isByOwner: boolean): string {
  const isPage = what === 'page';
  const [beyond, order] = sort === 'newest' ? ['<', 'desc'] : ['>', 'asc'];
  // Each is ordered by itself: to the planner it is a query apart, and only an ordered one can be merged.
  const branch = (n: number): string => `
    (select s.since, s.record_id, s.record_key, s.principal_key from ronda.readable_since s
      where s.space = $1 and s.record_kind = 'incident' and s.principal_key = (select p[${n}] from me)
        and s.since >= coalesce($10::timestamptz, '-infinity') and s.since < coalesce($11::timestamptz, 'infinity')
        ${isPage ? `and (s.since, s.record_id) ${beyond} ($13::timestamptz, $14::uuid) order by s.since ${order}, s.record_id ${order}` : ''})`;
  const owners = isByOwner
    ? `and (i.owner_key = any (me.owners) or (i.owner_key is null and exists (
               select from ronda.authorship_drawer d
                where d.space = i.space and d.incident_key = i.key and d.part = 0 and d.org_key = any (me.owners))))`
    : 'and $8::uuid[] is null';
  const listed = `
    (${Array.from({ length: branches }, (_, index) => branch(index + 1)).join(' union all ')}) m
    cross join lateral (
      select ${isPage ? shownColumns : ''} from me, ronda.incident i ${revisionJoin}
       where i.space = $1 and i.key = m.record_key
         and case when exists (select from ronda.readable_since e
               where e.space = $1 and e.record_kind = 'incident' and e.record_key = m.record_key and e.principal_key = any (me.p)
                 and (e.since, e.principal_key) < (m.since, m.principal_key)) then false else true end
         and ${passesFilters}
         ${owners}
       limit 1) c`;
  const me = `with me as materialized (select ronda.reader_principals() as p
    ${isByOwner ? ', array(select a.key from ronda.organisation a where a.id = any ($8::uuid[])) as owners' : ''})`;
  return isPage
    ? `${me} select c.*, ${ownerColumns} from (
         select c.*, m.since from ${listed} order by m.since ${order}, m.record_id ${order} limit $15) c
       ${ownerJoin('c')} order by c.since ${order}, c.id ${order}`
    : `${me} select count(*)::int as total from (select from ${listed} limit 10001) counted`;
}
