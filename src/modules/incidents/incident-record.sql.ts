/**
 * What is read of a record, from `me` (the reader's principals), `i` (the record) and the joins below. Row-level security
 * decides which revision comes out of `r`: the newest that this reader may read.
 *
 * The owner of an anonymous record lies in its drawer and a filer's name is shown to few: both are asked for where there
 * are such rows. Joined here, they cost every other row a fifth of what it costs (bench/README.md).
 */
export const shownColumns = `i.key, i.id, i.origin_node, i.authorship, i.alias, i.quarantined_at,
  i.owner_readers && me.p as is_owner, coalesce(i.filer_key = any (me.p), false) as is_filer, i.owner_key, i.filer_key,
  array(select reader from unnest(i.audience) reader where reader = any (me.p)) as via,
  r.number, r.revision::int as revision, r.created_at as updated_at, r.status, r.tlp, r.pap, r.rsit_class, r.rsit_type,
  r.sector, r.countries, r.facts`;

/** What a change has to know beside what is shown. */
const changedColumns = 'i.head, i.author_key, i.owner_readers, i.owner_readers as holders';

export const revisionJoin = `
  cross join lateral (
    select v.*, count(*) over () as revision from ronda.incident_revision v
     where v.space = i.space and v.incident_key = i.key order by v.number desc limit 1) r`;

/** Of `c`, a row with an `owner_key`. */
export const ownerColumns = 'o.id as owner_id, o.name as owner_name, o.country as owner_country';
export const ownerJoin = (row: 'c' | 'i'): string => `left join ronda.organisation o on o.key = ${row}.owner_key`;

/** One record or some, whole: add to `where`. */
export const selectRecords = `
  with me as materialized (select ronda.reader_principals() as p)
  select ${shownColumns}, ${changedColumns}, ${ownerColumns} from me, ronda.incident i ${revisionJoin} ${ownerJoin('i')}
   where i.space = $1`;
