/**
 * What is read of a request, from `me` (the reader's principals) and `q` (the request). Row-level security decides which
 * responses `s` counts: all of them for the asker, the reader's own for whoever was asked.
 * $1 is the space, $2 the instant.
 */
const columns = `q.key, q.id, q.origin_node, q.kind, q.status, q.owner_key, q.author_key, q.to_org_key, q.to_group_key,
  q.owner_readers && me.p as is_owner, q.owner_readers, q.audience, q.chosen, q.tlp, q.pap, q.title, q.body, q.language,
  q.answers_to, q.indicator_count, q.acknowledge_by, q.answer_by, q.expires_at, q.created_at, q.sent_at, q.listed_at, q.ended_at, st.state,
  o.id as owner_id, o.name as owner_name, o.country as owner_country, u.id as author_id, u.display_name as author_name,
  t.id as to_org_id, t.name as to_org_name, t.country as to_org_country, g.id as to_group_id, g.name as to_group_name`;

/** The twin of `stateOf` in request.rules.ts. */
const state = `case when q.status <> 'open' then q.status
    when s.answered > 0 then 'answered'
    when s.declined > 0 and (q.to_org_key is not null or not q.owner_readers && me.p) then 'declined'
    when q.expires_at <= $2 then 'expired'
    when s.acknowledged > 0 then 'acknowledged' else 'open' end`;

/** The twin of `overdueOf`. */
const isOverdue = `(st.state in ('open', 'acknowledged') and q.answer_by <= $2 or st.state = 'open' and q.acknowledge_by <= $2)`;

const from = `me, ronda.request q
  cross join lateral (
    select count(*) filter (where x.state = 'answered') as answered, count(*) filter (where x.state = 'declined') as declined,
           count(*) filter (where x.state = 'acknowledged') as acknowledged
      from ronda.request_response x where x.space = q.space and x.request_key = q.key) s
  cross join lateral (select ${state} as state) st`;
const names = `
  left join ronda.organisation o on o.key = q.owner_key left join ronda.user_account u on u.key = q.author_key
  left join ronda.organisation t on t.key = q.to_org_key left join ronda.sharing_group g on g.key = q.to_group_key`;
const me = 'with me as materialized (select ronda.reader_principals() as p)';

export const selectRequest = `${me} select ${columns} from ${from} ${names} where q.space = $1 and q.id = $3`;

/** $3 to $12 are filters. */
const filters = `q.space = $1 and ($3::text is null or (q.owner_readers && me.p) = ($3 = 'sent'))
  and ($4::text[] is null or q.kind = any ($4)) and ($5::text[] is null or st.state = any ($5))
  and ($6::boolean is null or ${isOverdue} = $6)
  and ($7::uuid[] is null or exists (select from ronda.organisation a where a.id = any ($7) and a.key in (q.owner_key, q.to_org_key)))
  and ($8::uuid[] is null or exists (select from ronda.sharing_group a where a.id = any ($8) and a.key = q.to_group_key))
  and ($9::uuid[] is null or exists (select from ronda.request_incident l
        join ronda.incident i on i.space = l.space and i.key = l.incident_key
       where l.space = q.space and l.request_key = q.key and i.id = any ($9)))
  and ($10::text[] is null or q.tlp = any ($10))
  and ($11::timestamptz is null or q.listed_at >= $11) and ($12::timestamptz is null or q.listed_at < $12)`;

/** $13 and $14 are the cursor, $15 the number of rows. */
export const listRequests = `${me} select ${columns} from ${from} ${names} where ${filters}
    and ($13::timestamptz is null or (q.listed_at, q.id) < ($13, $14::uuid))
  order by q.listed_at desc, q.id desc limit $15`;

export const countRequests = `${me} select count(*)::int as total from (select from ${from} where ${filters} limit 10001) counted`;
