/**
 * What is read of a record, from `me` (the reader's principals), `i` (the record) and the joins below. Row-level security
 * decides which revision comes out of `r`: the newest that this reader may read.
 */
export const recordColumns = `i.key, i.id, i.origin_node, i.authorship, i.head, i.created_at,
  i.owner_readers && me.p as is_owner, coalesce(i.filer_key = any (me.p), false) as is_filer,
  coalesce(i.owner_key, d.org_key) as owner_key, coalesce(i.author_key, d.user_key) as author_key, i.filer_key, i.owner_readers,
  o.id as owner_id, o.name as owner_name, o.country as owner_country, f.id as filer_id, f.name as filer_name,
  array(select reader from unnest(i.audience) reader where reader = any (me.p)) as via,
  r.number, r.revision::int as revision, r.created_at as updated_at, r.status, r.tlp, r.pap, r.rsit_class, r.rsit_type,
  r.sector, r.countries, r.facts`;

export const recordJoins = `
  cross join lateral (
    select v.*, count(*) over () as revision from ronda.incident_revision v
     where v.space = i.space and v.incident_key = i.key order by v.number desc limit 1) r
  left join ronda.authorship_drawer d on i.owner_key is null and d.space = i.space and d.incident_key = i.key and d.part = 0
  left join ronda.organisation o on o.key = coalesce(i.owner_key, d.org_key)
  left join ronda.organisation f on f.key = i.filer_key`;
