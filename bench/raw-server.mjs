// The baseline: what a good engineer would write by hand for these five routes and these data, and nothing else. Fastify,
// a pg pool, prepared statements. No ORM, no row-level security (it logs in as the superuser), no unit of work, no rate
// limit, no ETag, no log, no metrics. It is told what the product has to find out: the reader's principals, and which
// records are on its first page.
import { createHash, randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';
import { built } from './built.mjs';
import { takeProfiles } from './profile.mjs';

const { databaseUrl, poolSize, readers, commonWord } = JSON.parse(process.env.RONDA_BENCH_SERVER);
const { loadRegion } = await built('src/platform/config/region-file.js');
const { computeSeverity, deriveFactors } = await built('src/kernel/severity.js');
const { membersAffected } = await built('src/kernel/region.js');
const { incidentWords } = await built('src/modules/search/document.js');
const { segmenterVersion } = await built('src/modules/search/words.js');
const { parseQuery } = await built('src/modules/search/query.js');
const { snippetOf } = await built('src/modules/search/snippet.js');
const { readInstruments } = await built('src/modules/observables/appearance.rules.js');

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const region = loadRegion();
const segmenter = segmenterVersion();
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
const readersByUser = new Map(
  readers.map(({ user, principals, groupIds, pages }) => [
    user,
    { principals, held: new Set(principals), groupIds: new Map(groupIds), pages },
  ]),
);

const authenticate = {
  name: 'authenticate',
  text: `select u.key as user_key, o.key as org_key, o.kind, o.id as org_id, o.name as org_name, o.country,
                'coordinator' = any (u.roles) as may_erase
           from ronda.credential c join ronda.user_account u on u.key = c.user_key join ronda.organisation o on o.key = u.org_key
          where c.token_hash = $1 and c.revoked_at is null and c.expires_at > now() and u.status = 'active'
            and o.standing = 'active'`,
};

const columns = `i.id, i.origin_node, i.authorship, i.audience, i.owner_readers && $1 as is_owner, i.filer_key = any ($1) as is_filer,
  o.id as owner_id, o.name as owner_name, o.country as owner_country, f.id as filer_id, f.name as filer_name,
  (select count(*) from ronda.incident_revision n where n.space = 0 and n.incident_key = i.key and n.number <= r.number
      and n.audience && $1)::int as revision,
  r.created_at, r.status, r.tlp, r.pap, r.rsit_class, r.rsit_type, r.sector, r.countries, r.facts,
  l.id as release_id, (select count(*) from ronda.incident_revision m where m.space = 0 and m.incident_key = i.key and m.number <= l.revision
      and m.audience && $1)::int as release_revision, l.tlp as release_tlp, l.pap as release_pap, l.audience as release_audience,
  l.requested_at, l.released_at, u.id as requested_by`;
const joins = `cross join lateral (
    select * from ronda.incident_revision v where v.space = 0 and v.incident_key = i.key and v.audience && $1
     order by v.number desc limit 1) r
  left join ronda.organisation o on o.key = i.owner_key
  left join ronda.organisation f on f.key = i.filer_key
  left join ronda.release l on l.space = 0 and l.record_kind = 'incident' and l.record_key = i.key and l.status = 'released'
    and i.owner_readers && $1
  left join ronda.user_account u on u.key = l.requested_by`;
const one = {
  name: 'one',
  text: `select ${columns} from ronda.incident i ${joins} where i.space = 0 and i.id = $2 and i.audience && $1`,
};
const page = {
  name: 'page',
  text: `select ${columns} from unnest($2::uuid[]) with ordinality wanted (id, place)
           join ronda.incident i on i.space = 0 and i.id = wanted.id ${joins}
          where i.audience && $1 order by wanted.place`,
};
// Which of the two is the better, it is told: what many records say is looked for in the newest postings, what few say in
// the index of words.
const readableMatch = `cross join lateral (select min(s.since) as since from ronda.readable_since s
    where s.space = 0 and s.record_kind = 'incident' and s.record_key = i.key and s.principal_key = any ($1)) e
  ${joins}
  where i.audience && $1 and exists (
    select from ronda.search_document d where d.space = 0 and d.incident_key = i.key and d.comment_key = 0 and d.words @@ $2::tsquery
       and d.number = (select max(n.number) from ronda.search_document n where n.space = 0 and n.incident_key = i.key
         and n.comment_key = 0 and n.number <= r.number))
  order by e.since desc, i.id desc limit $3`;
const searchRare = {
  name: 'search-rare',
  text: `select e.since, ${columns} from (select distinct h.incident_key from ronda.search_document h
             where h.space = 0 and h.words @@ $2::tsquery) h
           join ronda.incident i on i.space = 0 and i.key = h.incident_key ${readableMatch}`,
};
const searchCommon = {
  name: 'search-common',
  text: `select e.since, ${columns} from (
             select distinct p.record_key from (
               select n.record_key, n.since, n.record_id from unnest($1::int[]) held cross join lateral (
                 select s.record_key, s.since, s.record_id from ronda.readable_since s
                  where s.space = 0 and s.record_kind = 'incident' and s.principal_key = held
                  order by s.since desc, s.record_id desc limit 200) n
                order by n.since desc, n.record_id desc limit 200) p) h
           join ronda.incident i on i.space = 0 and i.key = h.record_key ${readableMatch}`,
};
const file = {
  name: 'file',
  text: `
    with filed as (
      insert into ronda.incident (space, id, origin_node, authorship, owner_key, author_key, owner_readers, audience, head, created_at)
      values (0, $1, 'bench', 'named', $2, $3, array[$2::int], array[$2::int], 1, $4) returning key),
    revised as (
      insert into ronda.incident_revision (space, incident_key, number, audience, change, author_key, created_at, status, tlp, pap,
          rsit_class, rsit_type, severity_score, severity_band, sector, countries, facts)
      select 0, key, 1, array[$2::int], 'filed', $3, $4, 'draft', $5, $6, $7, $8, $9, $10, $11, $12, $13 from filed),
    said as (
      insert into ronda.search_document (space, incident_key, number, comment_key, segmenter, words)
      select 0, key, 1, 0, $16, $17::tsvector from filed),
    observed as (
      insert into ronda.observable_appearance (space, incident_key, since_number, part, reach, type, value, observable_id, name_path,
          address, is_for_detection, facts)
      select 0, key, 1, e.part, e.reach, e.type, e.value, e."observableId", e."namePath", e.address, e."isForDetection", e.facts
        from filed, jsonb_to_recordset($18::jsonb) as e (part text, reach text, type text, value text, "observableId" uuid,
             "namePath" text, address inet, "isForDetection" boolean, facts jsonb)),
    listed as (
      insert into ronda.readable_since (space, record_kind, principal_key, record_key, record_id, since)
      select 0, 'incident', $2, key, $1, $4 from filed)
    insert into ronda.outbox (space, id, type, version, occurred_at, actor_key, payload)
    values (0, $14, 'incident.filed', 1, $4, $3, $15)`,
};

const app = Fastify({ logger: false });
app.decorateRequest('caller', null);
app.addHook('onRequest', async (request, reply) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  const hash = createHash('sha256').update(token).digest();
  const [caller] = (await pool.query({ ...authenticate, values: [hash] })).rows;
  if (!caller) return reply.code(401).send({ title: 'Sign in first' });
  request.caller = caller;
});

app.get('/api/v1/incidents/:id', async (request, reply) => {
  const { caller } = request;
  const reader = readersByUser.get(caller.user_key);
  const [row] = (await pool.query({ ...one, values: [reader.principals, request.params.id] })).rows;
  if (!row) return reply.code(404).send({ title: 'Not found' });
  return viewOf(row, caller, reader);
});

app.get('/api/v1/incidents', async (request) => {
  const { caller } = request;
  const reader = readersByUser.get(caller.user_key);
  const { ids, next } = reader.pages[request.query.limit];
  const { rows } = await pool.query({ ...page, values: [reader.principals, ids] });
  return { items: rows.map((row) => viewOf(row, caller, reader)), next };
});

app.get('/api/v1/search', async (request) => {
  const { caller, query } = request;
  const reader = readersByUser.get(caller.user_key);
  const asked = parseQuery(query.q);
  const limit = Number(query.limit);
  const { rows } = await pool.query({
    ...(query.q === commonWord ? searchCommon : searchRare),
    values: [reader.principals, asked.tsquery, limit + 1],
  });
  const last = rows[limit - 1];
  return {
    items: rows.slice(0, limit).map((row) => ({
      incident: viewOf(row, caller, reader),
      matches: [
        ['title', row.facts.title],
        ...row.facts.tags.map((tag) => ['tag', tag]),
        ['description', row.facts.description ?? ''],
      ].flatMap(([where, text]) => {
        const snippet = snippetOf(text, asked);
        return snippet ? [{ in: where, comment: null, snippet }] : [];
      }),
    })),
    next:
      rows.length > limit
        ? Buffer.from(JSON.stringify([last.since.toISOString(), last.id])).toString('base64url')
        : null,
  };
});

app.post('/api/v1/incidents', { schema: { body: fileSchema() } }, async (request, reply) => {
  const { caller, body } = request;
  const at = new Date();
  const id = randomUUID();
  const { title, rsit, marking, sector, severity: given, ...rest } = body;
  const countries = [...new Set(body.countries)].sort();
  const factors = deriveFactors(
    region.severityScheme,
    { sector, membersAffected: membersAffected(region, countries) },
    given,
  );
  const severity = { scheme: region.severityScheme.id, factors, ...computeSeverity(region.severityScheme, factors) };
  const iso = (time) => (time ? new Date(time).toISOString() : null);
  const facts = {
    title,
    description: rest.description ?? null,
    language: rest.language ?? null,
    occurredAt: iso(rest.occurredAt),
    detectedAt: iso(rest.detectedAt),
    reportedAt: iso(rest.reportedAt),
    containedAt: iso(rest.containedAt),
    resolvedAt: iso(rest.resolvedAt),
    fraud: rest.fraud ?? null,
    techniques: rest.techniques,
    tags: rest.tags,
    externalReferences: rest.externalReferences,
    severity: { own: severity, shared: severity, given },
  };
  const row = {
    id,
    origin_node: 'bench',
    authorship: 'named',
    audience: [caller.org_key],
    is_owner: true,
    owner_id: caller.org_id,
    owner_name: caller.org_name,
    owner_country: caller.country,
    filer_id: null,
    revision: 1,
    created_at: at,
    status: 'draft',
    tlp: marking.tlp,
    pap: marking.pap,
    rsit_class: rsit.class,
    rsit_type: rsit.type,
    sector,
    countries,
    facts,
    release_id: null,
  };
  await pool.query({
    ...file,
    values: [
      id,
      caller.org_key,
      caller.user_key,
      at,
      marking.tlp,
      marking.pap,
      rsit.class,
      rsit.type,
      severity.score,
      severity.band,
      sector,
      countries,
      JSON.stringify(facts),
      randomUUID(),
      { incidentId: id, revision: 1 },
      segmenter,
      incidentWords(facts),
      JSON.stringify(readInstruments(rest.fraud?.instruments ?? [])),
    ],
  });
  reply.code(201).header('location', `/api/v1/incidents/${id}`);
  return viewOf(row, caller, readersByUser.get(caller.user_key));
});

function viewOf(row, caller, { held, groupIds }) {
  const { facts } = row;
  const isOwner = row.is_owner;
  const severity = isOwner ? facts.severity.own : facts.severity.shared;
  return {
    id: row.id,
    originNode: row.origin_node,
    revision: row.revision,
    status: row.status,
    title: facts.title,
    description: facts.description,
    language: facts.language,
    rsit: row.rsit_class === null ? null : { class: row.rsit_class, type: row.rsit_type },
    marking: { tlp: row.tlp, pap: row.pap },
    authorship: row.authorship,
    organisation: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name, country: row.owner_country },
    alias: null,
    reportedBy: row.filer_id !== null && (isOwner || row.is_filer) ? { id: row.filer_id, name: row.filer_name } : null,
    occurredAt: facts.occurredAt,
    detectedAt: facts.detectedAt,
    reportedAt: facts.reportedAt,
    containedAt: facts.containedAt,
    resolvedAt: facts.resolvedAt,
    sector: row.sector,
    countries: row.countries,
    severity: severity && {
      scheme: severity.scheme,
      factors: severity.factors,
      derived: Object.keys(severity.factors)
        .filter((factor) => facts.severity.given?.[factor] === undefined)
        .sort(),
      score: severity.score,
      band: severity.band,
    },
    fraud: facts.fraud,
    techniques: facts.techniques,
    tags: facts.tags,
    externalReferences: facts.externalReferences,
    updatedAt: row.created_at.toISOString(),
    readableAs: row.audience.flatMap((principal) =>
      held.has(principal) ? readableAs(principal, caller, groupIds) : [],
    ),
    release:
      row.release_id === null
        ? null
        : {
            id: row.release_id,
            status: 'released',
            revision: row.release_revision,
            marking: { tlp: row.release_tlp, pap: row.release_pap },
            audience: row.release_audience,
            requestedBy: row.requested_by,
            requestedAt: row.requested_at.toISOString(),
            releasedAt: row.released_at.toISOString(),
            holdUntil: null,
            notBefore: null,
          },
    waitingRelease: null,
    quarantine: null,
    allowedActions: allowedActions(row, isOwner, caller, held),
  };
}

const words = { 1: 'public', 2: 'community', 3: 'partners', 5: 'relay', 6: 'relay' };

function readableAs(principal, caller, groupIds) {
  if (principal in words) return [words[principal]];
  if (principal === caller.org_key) return ['organisation'];
  if (principal === caller.user_key) return ['user'];
  const group = groupIds.get(principal);
  return group === undefined ? [] : [{ group }];
}

const moves = {
  draft: ['submit'],
  submitted: ['triage'],
  triaged: ['investigate', 'close'],
  investigating: ['contain', 'close'],
  contained: ['investigate', 'close'],
  closed: ['reopen'],
};

function allowedActions(row, isOwner, { kind, may_erase, user_key }, held) {
  const isOfCert = kind === 'national-cert' || kind === 'regional-body';
  if (!isOwner) {
    const isPersonal = row.audience.every((principal) => principal === user_key || !held.has(principal));
    return [
      'comment',
      ...(kind === 'national-cert' && row.tlp === 'TLP:AMBER' && !isPersonal ? ['pass-on'] : []),
      ...(isOfCert ? ['request-wider-sharing'] : []),
      ...(row.is_filer ? [] : ['give-feedback']),
    ];
  }
  const { status, release_id } = row;
  if (!isOfCert) return [...(status === 'draft' ? ['submit'] : []), 'edit', 'comment', 'link'];
  const released = [...(status === 'draft' ? [] : ['release']), ...(release_id === null ? [] : ['recall'])];
  return [...moves[status], 'edit', ...released, 'comment', 'link', ...(may_erase ? ['erase'] : [])];
}

function fileSchema() {
  const text = { type: 'string' };
  const texts = { type: 'array', items: text, default: [] };
  const time = { type: 'string', format: 'date-time', nullable: true };
  const object = (properties, required = []) => ({ type: 'object', additionalProperties: false, properties, required });
  return object(
    {
      title: { type: 'string', minLength: 1, maxLength: 300 },
      description: { type: 'string', maxLength: 100_000 },
      language: text,
      rsit: object({ class: text, type: text }, ['class', 'type']),
      marking: object({ tlp: { type: 'string', pattern: '^TLP:' }, pap: { type: 'string', pattern: '^PAP:' } }, [
        'tlp',
        'pap',
      ]),
      occurredAt: time,
      detectedAt: time,
      reportedAt: time,
      containedAt: time,
      resolvedAt: time,
      sector: { type: 'string', enum: region.sectors.map(({ id }) => id) },
      countries: { type: 'array', items: { type: 'string', pattern: '^[A-Z]{2}$' }, default: [] },
      severity: { type: 'object', additionalProperties: text },
      fraud: object({
        modus: text,
        channel: text,
        impersonated: text,
        instruments: {
          type: 'array',
          items: object({ type: text, value: text, country: text, bank: text }, ['type', 'value']),
        },
        loss: object({ amount: { type: 'string', pattern: '^\\d{1,18}(\\.\\d{1,4})?$' }, currency: text }),
        victims: { type: 'integer', minimum: 0 },
      }),
      techniques: texts,
      tags: texts,
      externalReferences: { type: 'array', items: object({ source: text, id: text }, ['source']), default: [] },
    },
    ['title', 'rsit', 'marking', 'severity', 'sector'],
  );
}

await app.listen({ port: 0, host: '127.0.0.1' });
takeProfiles();
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
process.send({ port: app.server.address().port });
