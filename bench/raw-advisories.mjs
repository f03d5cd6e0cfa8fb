// The baseline of bench:advisories: the list and the review queue as one would write them by hand on Fastify and pg, as the
// superuser, without row-level security, unit of work, receipts, limits, ETags or log. It is told what the product has to
// find out: the reader's principals, the ids of its first page, and those of its queue. A view is the product's own pure
// function of a row: what is compared is how the rows come.
import { createHash } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';
import { built } from './built.mjs';
import { takeProfiles } from './profile.mjs';

const { databaseUrl, poolSize, readers } = JSON.parse(process.env.RONDA_BENCH_SERVER);
const { permissionsOf } = await built('src/policy/permissions.js');
const { allowedActions, stateOf } = await built('src/modules/advisories/advisory.rules.js');
const { factsOf, isInside, refOf, toAdvisoryView } = await built('src/modules/advisories/advisory.view.js');

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
const readersByUser = new Map(readers.map((reader) => [reader.user, reader]));

const authenticate = {
  name: 'authenticate',
  text: `select u.key as user_key, u.roles, o.key as org_key, o.kind
           from ronda.credential c join ronda.user_account u on u.key = c.user_key join ronda.organisation o on o.key = u.org_key
          where c.token_hash = $1 and c.revoked_at is null and c.expires_at > now() and u.status = 'active'
            and o.standing = 'active'`,
};

const inside = '(a.owner_readers && $1 or a.reviewers && $1)';
/** What is said in review, to whom it is said. */
const said = (what, order) => `case when ${inside} then (select json_agg(${what} order by ${order})`;
const advisories = {
  name: 'advisories',
  text: `
    select a.key, a.id, a.origin_node, a.owner_key, a.status, a.published, a.submitted_at, a.review_by, a.interim_until, a.withdrawn_at,
           a.withdrawn_because, a.owner_readers && $1 as is_owner, a.reviewers && $1 as is_reviewer,
           r.number, (select count(*) from ronda.advisory_revision n where n.space = 0 and n.advisory_key = a.key and n.number <= r.number
             and (n.audience && $1 or a.reviewers && $1))::int as revision,
           r.author_key as written_by, r.created_at as written_at, r.version, r.summary_of_changes, r.tlp, r.pap, r.kind, r.chosen,
           r.joint, r.is_urgent, r.acknowledge_within_hours, r.content, r.published_at, r.acknowledge_by,
           o.id as owner_id, o.name as owner_name, o.country as owner_country, u.id as author_id, u.display_name as author_name,
           ${said("json_build_object('number', v.number, 'org_key', v.org_key, 'user_key', v.user_key, 'at', v.at, 'org_id', vo.id, 'org_name', vo.name, 'org_country', vo.country, 'user_id', vu.id, 'user_name', vu.display_name)", 'v.at, vo.name, vo.id')}
               from ronda.advisory_approval v join ronda.organisation vo on vo.key = v.org_key join ronda.user_account vu on vu.key = v.user_key
              where v.space = 0 and v.advisory_key = a.key) end as approvals,
           ${said("json_build_object('id', i.id, 'is_joint', i.is_joint, 'at', i.invited_at, 'org_id', io.id, 'org_name', io.name, 'org_country', io.country, 'user_id', null, 'user_name', null)", 'i.invited_at, i.key')}
               from ronda.advisory_invitation i join ronda.organisation io on io.key = i.org_key
              where i.space = 0 and i.advisory_key = a.key and i.ended_at is null) end as invitations,
           ${said("json_build_object('id', c.id, 'revision', c.number, 'pointer', c.pointer, 'body', c.body, 'at', c.created_at, 'done_at', c.done_at, 'settled_at', c.settled_at, 'org_id', co.id, 'org_name', co.name, 'org_country', co.country)", 'c.key')}
               from ronda.advisory_change c join ronda.organisation co on co.key = c.org_key
              where c.space = 0 and c.advisory_key = a.key) end as changes,
           case when ${inside} then array(select distinct w.author_key from ronda.advisory_revision w
              where w.space = 0 and w.advisory_key = a.key and w.version = r.version) end as authors,
           (select json_agg(json_build_object('key', j.key, 'id', j.id, 'name', j.name, 'country', j.country))
              from ronda.organisation j where j.key = any (r.joint)) as organisations,
           array(select n.id from ronda.advisory_source s join ronda.incident n on n.space = 0 and n.key = s.incident_key
              where s.space = 0 and s.advisory_key = a.key and s.number = r.number and n.audience && $1 order by n.id) as sources,
           exists (select from ronda.advisory_receipt x where x.space = 0 and x.reader_key = any ($1) and x.advisory_key = a.key
              and x.number = r.number and x.kind = 'acknowledged') as is_acknowledged
      from unnest($2::uuid[]) with ordinality wanted (id, place)
      join ronda.advisory a on a.space = 0 and a.id = wanted.id
      cross join lateral (select * from ronda.advisory_revision v where v.space = 0 and v.advisory_key = a.key
          and (v.audience && $1 or a.reviewers && $1) order by v.number desc limit 1) r
      join ronda.organisation o on o.key = a.owner_key join ronda.user_account u on u.key = r.author_key
     where a.audience && $1 or a.reviewers && $1 order by wanted.place`,
};

/** No more of each than its line says, and than what may be done with it depends on. */
const queue = {
  name: 'queue',
  text: `
    select a.id, a.owner_key, a.status, a.published, a.submitted_at, a.review_by, a.interim_until,
           a.owner_readers && $1 as is_owner, a.reviewers && $1 as is_reviewer,
           r.number, r.created_at as written_at, r.version, r.tlp, r.pap, r.kind, r.joint, r.is_urgent, r.content ->> 'title' as title,
           r.published_at, r.acknowledge_by, o.id as owner_id, o.name as owner_name, o.country as owner_country,
           case when ${inside} then array(select v.org_key from ronda.advisory_approval v
              where v.space = 0 and v.advisory_key = a.key and v.number = r.number) else '{}' end as approvals,
           case when ${inside} then array(select distinct w.author_key from ronda.advisory_revision w
              where w.space = 0 and w.advisory_key = a.key and w.version = r.version) else '{}' end as authors,
           exists (select from ronda.advisory_change c where c.space = 0 and c.advisory_key = a.key and c.settled_at is null)
             as has_open_changes,
           exists (select from ronda.advisory_receipt x where x.space = 0 and x.reader_key = any ($1) and x.advisory_key = a.key
              and x.number = r.number and x.kind = 'acknowledged') as is_acknowledged
      from unnest($2::uuid[]) with ordinality wanted (id, place)
      join ronda.advisory a on a.space = 0 and a.id = wanted.id
      cross join lateral (select * from ronda.advisory_revision v where v.space = 0 and v.advisory_key = a.key
          and (v.audience && $1 or a.reviewers && $1) order by v.number desc limit 1) r
      join ronda.organisation o on o.key = a.owner_key
     where a.audience && $1 or a.reviewers && $1 order by wanted.place`,
};

const app = Fastify({ logger: false });
app.decorateRequest('caller', null);
app.addHook('onRequest', async (request, reply) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  const hash = createHash('sha256').update(token).digest();
  const [caller] = (await pool.query({ ...authenticate, values: [hash] })).rows;
  if (!caller) return reply.code(401).send({ title: 'Sign in first' });
  request.caller = {
    userKey: caller.user_key,
    roles: caller.roles,
    organisationKey: caller.org_key,
    organisationKind: caller.kind,
    standing: 'active',
    permissions: permissionsOf(caller.roles, false),
  };
});

app.get('/api/v1/advisories', async ({ caller, query }) => {
  const { pages } = readersByUser.get(caller.userKey);
  const { ids, next } = pages[query.limit];
  const rows = await read(caller, ids);
  return { items: rows.map(({ row, context }) => toAdvisoryView(row, caller, context)), next };
});

app.get('/api/v1/advisories/review-queue', async ({ caller }) => {
  const { principals, queue: ids } = readersByUser.get(caller.userKey);
  const { rows } = await pool.query({ ...queue, values: [principals, ids] });
  return { items: rows.map((row) => queuedOf(row, caller)) };
});

async function read(caller, ids) {
  const { principals } = readersByUser.get(caller.userKey);
  const { rows } = await pool.query({ ...advisories, values: [principals, ids] });
  return rows.map((row) => {
    const times = (list, ...names) =>
      (list ?? []).map((each) => ({
        ...each,
        ...Object.fromEntries(names.map((name) => [name, each[name] && new Date(each[name])])),
      }));
    const owner = { key: row.owner_key, id: row.owner_id, name: row.owner_name, country: row.owner_country };
    const context = {
      approvals: times(row.approvals, 'at'),
      invitations: times(row.invitations, 'at'),
      changes: times(row.changes, 'at', 'done_at', 'settled_at'),
      authors: row.authors ?? [],
      organisations: new Map([owner, ...(row.organisations ?? [])].map((each) => [each.key, each])),
      sources: row.sources,
      isAcknowledged: row.is_acknowledged,
      schedule: null,
      receivedFrom: null,
    };
    row.has_open_changes = context.changes.some((each) => each.settled_at === null);
    row.state = isInside(row) ? stateOf(factsOf(row, context)) : row.interim_until === null ? 'published' : 'interim';
    return { row, context };
  });
}

function queuedOf(row, caller) {
  const facts = factsOf(row, {
    approvals: row.approvals.map((org_key) => ({ number: row.number, org_key })),
    authors: row.authors,
    isAcknowledged: row.is_acknowledged,
  });
  const actions = allowedActions(caller, facts);
  const state = isInside(row) ? stateOf(facts) : row.interim_until === null ? 'published' : 'interim';
  const waitsFor = actions.includes('approve')
    ? state === 'interim'
      ? 'joint-approval'
      : 'review'
    : state === 'changes-requested'
      ? 'changes'
      : state === 'approved'
        ? 'release'
        : 'acknowledgement';
  const isAcknowledgement = waitsFor === 'acknowledgement';
  const since = isAcknowledgement ? row.published_at : row.submitted_at;
  const until = isAcknowledgement
    ? row.acknowledge_by
    : waitsFor === 'joint-approval'
      ? row.interim_until
      : row.review_by;
  return {
    id: row.id,
    title: row.title,
    kind: row.kind,
    version: row.version,
    marking: { tlp: row.tlp, pap: row.pap },
    owner: refOf(row.owner_id, row.owner_name, row.owner_country),
    state,
    waitsFor,
    since: (since ?? row.written_at).toISOString(),
    until: until?.toISOString() ?? null,
    allowedActions: actions,
  };
}

await app.listen({ port: 0, host: '127.0.0.1' });
takeProfiles();
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
process.send({ port: app.server.address().port });
