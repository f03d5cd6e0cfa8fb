import { statement } from '../../platform/database/statement.js';
import type { Statement } from '../../platform/database/statement.js';

/**
 * What is read of an advisory, from `me` (the reader's principals), `a` (the advisory) and `r`, the newest of its revisions
 * that this reader may read: of a published version for whoever it was released to, of the draft for its owner and for those
 * who are invited to it. `state` is the twin of `stateOf` in advisory.rules.ts.
 */
const columns = `a.key, a.id, a.origin_node, a.owner_key, a.author_key, a.owner_readers, a.reviewers, a.audience, a.head, a.status, a.published, a.is_unmarked,
  a.submitted_at, a.review_by, a.interim_until, a.withdrawn_at, a.withdrawn_because, a.created_at,
  a.owner_readers && me.p as is_owner, a.reviewers && me.p as is_reviewer,
  array(select reader from unnest(a.audience) reader where reader = any (me.p)) as via,
  r.number, r.author_key as written_by, r.created_at as written_at, r.version, r.interim_version, r.settled_at, r.summary_of_changes,
  r.tlp, r.pap, r.kind, r.chosen, r.joint, r.is_urgent, r.source_count, r.acknowledge_within_hours, r.content, r.published_at,
  r.acknowledge_by, st.state, st.has_open_changes,
  (select count(*) from ronda.advisory_revision n where n.space = a.space and n.advisory_key = a.key)::int as revision`;

const approvalBy = (organisation: string): string => `exists (select from ronda.advisory_approval v
    where v.space = a.space and v.advisory_key = a.key and v.number = a.head and v.org_key = ${organisation})`;
/** As ronda.advisory_approved, which is a function and took a tenth of a millisecond a row to enter. */
const isApproved = `${approvalBy('a.owner_key')}
    and not exists (select from unnest(r.joint) named where not ${approvalBy('named')})`;

const revision = `
  cross join lateral (
    select v.* from ronda.advisory_revision v
     where v.space = a.space and v.advisory_key = a.key order by v.number desc limit 1) r
  cross join lateral (
    select exists (select from ronda.advisory_change c
      where c.space = a.space and c.advisory_key = a.key and c.settled_at is null) as has_open_changes) oc
  cross join lateral (
    select oc.has_open_changes, case
      when not (a.owner_readers && me.p or a.reviewers && me.p) then case when a.interim_until is null then 'published' else 'interim' end
      when a.status = 'published' and a.interim_until is not null then 'interim'
      when a.status <> 'in-review' then a.status
      when oc.has_open_changes then 'changes-requested'
      when ${isApproved} then 'approved'
      else 'in-review' end as state) st`;

const names = `left join ronda.organisation o on o.key = a.owner_key left join ronda.user_account u on u.key = r.author_key`;
const nameColumns =
  'o.id as owner_id, o.name as owner_name, o.country as owner_country, u.id as author_id, u.display_name as author_name';
const me = 'with me as materialized (select ronda.reader_principals() as p)';

export const selectAdvisory = `${me} select ${columns}, ${nameColumns} from me, ronda.advisory a ${revision} ${names}
   where a.space = $1 and a.id = $2`;

/** $2 to $9, but for the times ($7 and $8), which the list asks of its postings, as it does $10: what the words are in at all. */
const filters = `($2::text[] is null or st.state = any ($2)) and ($3::text[] is null or r.kind = any ($3))
  and ($4::text[] is null or r.tlp = any ($4))
  and ($5::uuid[] is null or exists (select from ronda.organisation w where w.id = any ($5) and w.key in (select a.owner_key union all select unnest(r.joint))))
  and ($6::text[] is null or exists (select from jsonb_array_elements(r.content -> 'vulnerabilities') v where v ->> 'cve' = any ($6)))
  and ($9::tsquery is null or ronda.advisory_says(a.key, r.number, $9))`;

const made = new Map<string, Statement>();

/**
 * What a reader may read, the newest first by the earliest time at which it could: one index scan of `readable_since` for
 * each of its principals, merged in order, as of incidents (incident-list.sql.ts says why so). Grouping all that it may read
 * took 26 ms of PostgreSQL's time for a page of 100 where there were 2,000; this takes 12 where there are 20,000.
 * Parameters: $1 space, $2 to $10 filters, then for a page $11 and $12 the cursor and $13 the number of rows.
 */
export function listAdvisories(what: 'page' | 'count', branches: number): Statement {
  const name = `advisory-list-${what}-${branches}`;
  let found = made.get(name);
  if (!found) made.set(name, (found = statement(name, listText(what === 'page', branches))));
  return found;
}

function listText(isPage: boolean, branches: number): string {
  const branch = (n: number): string => `
    (select s.since, s.record_id, s.record_key, s.principal_key from ronda.readable_since s
      where s.space = $1 and s.record_kind = 'advisory' and s.principal_key = (select p[${n}] from me)
        and s.since >= coalesce($7::timestamptz, '-infinity') and s.since < coalesce($8::timestamptz, 'infinity')
        and ($10::bigint[] is null or s.record_key = any ($10))
        ${isPage ? `and (s.since, s.record_id) < ($11::timestamptz, $12::uuid) order by s.since desc, s.record_id desc` : ''})`;
  const listed = `
    (${Array.from({ length: branches }, (_, index) => branch(index + 1)).join(' union all ')}) m
    cross join lateral (
      select ${isPage ? columns : ''} from me, ronda.advisory a ${revision}
       where a.space = $1 and a.key = m.record_key
         and case when exists (select from ronda.readable_since e
               where e.space = $1 and e.record_kind = 'advisory' and e.record_key = m.record_key and e.principal_key = any (me.p)
                 and (e.since, e.principal_key) < (m.since, m.principal_key)) then false else true end
         and ${filters}
       limit 1) c`;
  return isPage
    ? `${me} select c.*, ${nameColumns} from (
         select c.*, m.since from ${listed} order by m.since desc, m.record_id desc limit $13) c
       left join ronda.organisation o on o.key = c.owner_key left join ronda.user_account u on u.key = c.written_by
       order by c.since desc, c.id desc`
    : `${me} select count(*)::int as total from (select from ${listed} limit 10001) counted`;
}

/**
 * Of what waits for the reader's organisation, or for nobody else than its own side: the queue takes it apart. The database says
 * which those are and how each stands, in a function with the rule inside.
 */
export const queueAdvisories = `select q.*, o.id as owner_id, o.name as owner_name, o.country as owner_country
   from ronda.review_queue() q left join ronda.organisation o on o.key = q.owner_key
  order by least(q.review_by, q.interim_until, q.acknowledge_by), q.id limit 200`;
