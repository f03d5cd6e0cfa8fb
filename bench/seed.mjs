// Fills a migrated, empty database with a believable region and its incidents, each row as the product would have written it.
import { createHash } from 'node:crypto';
import pg from 'pg';
import { built } from './built.mjs';
import { copy } from './copy.mjs';
import { dice } from './dice.mjs';
import { makeRecord } from './records.mjs';
import { END, START } from './world.mjs';

const DAY_MS = 86_400_000;
const BATCH = 5_000;
const TELLINGS = 2_000;
const ACCOUNT_TABLES = 'principal organisation user_account credential sharing_group group_epoch group_membership';

/**
 * @param {string} url a superuser's, whom row-level security does not hold back
 * @param {object} world of world.mjs
 * @param {{incidents: number, region: object, demoIncidents: Function, assessSeverity: Function, onProgress?: (line: string) => void}} options
 */
export async function seed(
  url,
  world,
  { incidents, region, demoIncidents, assessSeverity, onProgress = () => undefined },
) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set search_path = ronda; set synchronous_commit = off');
    await client.query('begin');
    await seedAccounts(client, world);
    const tellings = tellingsOf(demoIncidents, region);
    await seedIncidents(client, world, { incidents, region, tellings, assessSeverity, onProgress });
    await client.query('commit');
    await assertPostings(client);
    await client.query('vacuum (analyze)');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

/** What the demo's members file, in their languages: by country, and under null what anybody may file. */
function tellingsOf(demoIncidents, region) {
  const tellings = new Map([[null, []]]);
  for (const { country, filing } of demoIncidents(region, { now: new Date(END), seed: 14, count: TELLINGS })) {
    tellings.set(country, [...(tellings.get(country) ?? []), filing]);
    if (filing.language === 'en') tellings.get(null).push(filing);
  }
  return tellings;
}

async function seedAccounts(client, { organisations, users, credentials, groups }) {
  const at = new Date(START);
  const far = new Date(Date.UTC(2099, 0));
  for (const table of ACCOUNT_TABLES.split(' ')) await client.query(`alter table ${table} disable trigger user`);
  await copy(client, 'principal (key, kind)', [
    ...organisations.map(({ key }) => [key, 'organisation']),
    ...users.map(({ key }) => [key, 'user']),
    ...groups.flatMap(({ epochs }) => epochs.map(({ principal }) => [principal, 'group-epoch'])),
  ]);
  await copy(
    client,
    `organisation (key, id, origin_node, name, kind, affiliation, country, parent_key, standing, is_secretariat,
       relay_green, totp_required, created_at)`,
    organisations.map((o) => [
      o.key,
      o.id,
      'bench',
      o.name,
      o.kind,
      o.affiliation,
      o.country,
      o.parent?.key,
      'active',
      o.isSecretariat,
      o.relays,
      false,
      at,
    ]),
  );
  await copy(
    client,
    'user_account (key, id, org_key, email, display_name, roles, status, created_at)',
    users.map((u) => [u.key, u.id, u.organisation.key, u.email, u.name, u.roles, 'active', at]),
  );
  await copy(
    client,
    'credential (id, kind, user_key, org_key, token_hash, name, scopes, created_at, expires_at, last_used_at)',
    credentials.map((c) => [
      c.id,
      'api-key',
      c.user.key,
      c.user.organisation.key,
      `\\x${createHash('sha256').update(c.token).digest('hex')}`,
      c.name,
      c.scopes,
      at,
      far,
      at,
    ]),
  );
  await copy(
    client,
    `sharing_group (key, id, origin_node, name, purpose, founder_key, epoch, objection_hours, created_at)`,
    groups.map((g) => [g.key, g.id, 'bench', g.name, g.name, g.members[0].organisation.key, g.epochs.length, 72, at]),
  );
  await copy(
    client,
    'group_epoch (group_key, epoch, principal_key, began_at)',
    groups.flatMap((g) =>
      g.epochs.map(({ principal, began }, index) => [g.key, index + 1, principal, new Date(began)]),
    ),
  );
  const { uuid } = dice(12);
  await copy(
    client,
    `group_membership (id, group_key, org_key, state, proposed_by, proposed_at, admit_after, accepted_at, joined_epoch, joined_at)`,
    groups.flatMap((g) =>
      g.members.map(({ organisation, joinedEpoch }) => {
        const joined = new Date(g.epochs[joinedEpoch - 1].began);
        const proposer = g.members[0].organisation.users[0].key;
        return [uuid(), g.key, organisation.key, 'member', proposer, joined, joined, joined, joinedEpoch, joined];
      }),
    ),
  );
  for (const table of ACCOUNT_TABLES.split(' ')) await client.query(`alter table ${table} enable trigger user`);
  for (const table of ['principal', 'sharing_group'])
    await client.query(`select setval(pg_get_serial_sequence('${table}', 'key'), (select max(key) from ${table}))`);
}

async function seedIncidents(client, world, { incidents, region, tellings, assessSeverity, onProgress }) {
  const { incidentWords } = await built('src/modules/search/document.js');
  const { segmenterVersion } = await built('src/modules/search/words.js');
  const segmenter = segmenterVersion();
  // Made behind the rows: row by row it takes ten times as long.
  const wordsIndex = (await client.query(`select pg_get_indexdef('ronda.search_document_words'::regclass) as made`))
    .rows[0].made;
  await client.query('drop index search_document_words');
  const roll = dice(13);
  let key = 0;
  while (key < incidents) {
    const records = [];
    for (const last = Math.min(incidents, key + BATCH); key < last; key += 1) {
      const at = START + ((END - START - 10 * DAY_MS) * (key + roll.next())) / incidents;
      records.push(makeRecord(key + 1, at, world, { roll, region, tellings, assessSeverity }));
    }
    await copy(
      client,
      `incident (key, space, id, origin_node, authorship, owner_key, author_key, filer_key, owner_readers, audience, head, created_at)`,
      records.map(({ incident: i }) => [
        i.key,
        0,
        i.id,
        'bench',
        'named',
        i.ownerKey,
        i.authorKey,
        i.filerKey,
        i.ownerReaders,
        i.audience,
        i.revisions.length,
        i.createdAt,
      ]),
    );
    await copy(
      client,
      `incident_revision (space, incident_key, number, audience, change, author_key, created_at, status, tlp, pap, rsit_class,
         rsit_type, severity_score, severity_band, sector, countries, facts)`,
      records.flatMap(({ incident: i }) =>
        i.revisions.map((r, index) => [
          0,
          i.key,
          index + 1,
          r.audience,
          r.change,
          r.authorKey,
          r.createdAt,
          r.status,
          r.tlp,
          'PAP:GREEN',
          i.rsitClass,
          i.rsitType,
          i.score,
          i.band,
          i.sector,
          i.countries,
          i.facts,
        ]),
      ),
    );
    await copy(
      client,
      `release (id, space, record_kind, record_key, revision, tlp, pap, audience, principals, owner_readers, is_narrowing,
         status, requested_by, requested_at, confirmed_by, released_at)`,
      records.flatMap(({ incident: i, release: r }) =>
        r === null
          ? []
          : [
              [
                r.id,
                0,
                'incident',
                i.key,
                r.revision,
                r.tlp,
                'PAP:GREEN',
                JSON.stringify(r.audience),
                r.principals,
                i.ownerReaders,
                false,
                'released',
                r.requestedBy,
                r.at,
                r.confirmedBy,
                r.at,
              ],
            ],
      ),
    );
    await copy(
      client,
      'readable_since (space, record_kind, principal_key, record_key, record_id, since)',
      records.flatMap(({ incident: i, postings }) =>
        postings.map(([principal, since]) => [0, 'incident', principal, i.key, i.id, since]),
      ),
    );
    // No revision of these says anything else than the first.
    await copy(
      client,
      'search_document (space, incident_key, number, comment_key, segmenter, words)',
      records.map(({ incident: i }) => [0, i.key, 1, 0, segmenter, incidentWords(i.facts)]),
    );
    onProgress(`${key} of ${incidents} incidents`);
  }
  await client.query(wordsIndex);
  await client.query(`select setval(pg_get_serial_sequence('incident', 'key'), (select max(key) from incident))`);
}

/** The seed is worth what its postings are: exactly the audience of each record, as publish_readers leaves them. */
async function assertPostings(client) {
  const { rows } = await client.query(`
    select count(*)::int as wrong from incident i
     where (select array_agg(a order by a) from unnest(i.audience) a)
       is distinct from (select array_agg(s.principal_key order by s.principal_key) from readable_since s
                          where s.space = i.space and s.record_kind = 'incident' and s.record_key = i.key)
       and i.key % 97 = 0`);
  if (rows[0].wrong > 0) throw new Error(`${rows[0].wrong} seeded incidents have postings other than their audience`);
}
