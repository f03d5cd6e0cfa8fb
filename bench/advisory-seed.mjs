// Fills a region that bench/seed.mjs made with advisories, each row as the product would have written it, and leaves the
// CSAF of one issuer as its publications would have left it.
import { createHash } from 'node:crypto';
import pg from 'pg';
import { makeAdvisory } from './advisory-records.mjs';
import { built } from './built.mjs';
import { copy } from './copy.mjs';
import { dice } from './dice.mjs';
import { END, START, principalsOf } from './world.mjs';

const DAY_MS = 86_400_000;
const BATCH = 5_000;
const SITE = 'https://bench.example';
/** Their guards ask who writes: nobody does. */
const GUARDED =
  'advisory advisory_revision advisory_approval advisory_invitation advisory_change advisory_receipt release csaf_document'.split(
    ' ',
  );

/**
 * @param {string} url a superuser's
 * @param {object} world of world.mjs
 * @param {{advisories: number, issuer: object, onProgress: (line: string) => void}} options `issuer`: of whom CSAF is prepared
 */
export async function seedAdvisories(url, world, { advisories, issuer, onProgress }) {
  const tellings = await tellingsOf();
  const publish = await publisherOf(issuer);
  const readers = [...world.certs, ...world.constituents].map((organisation) => ({
    organisation,
    held: new Set(principalsOf(organisation.users[0], world.groups)),
  }));
  const roll = dice(31);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set search_path = ronda; set synchronous_commit = off');
    await client.query('begin');
    for (const table of GUARDED) await client.query(`alter table ${table} disable trigger user`);
    for (let key = 0; key < advisories;) {
      const made = [];
      for (const last = Math.min(advisories, key + BATCH); key < last; key += 1) {
        const at = START + ((END - START - 10 * DAY_MS) * (key + roll.next())) / advisories;
        const isRecent = key >= advisories * 0.9;
        made.push(makeAdvisory(key + 1, at, world, { roll, tellings, readers, isRecent, end: END }));
      }
      await write(client, made);
      await copy(
        client,
        `csaf_document (space, advisory_key, number, owner_key, shelf, place, tracking_id, title, summary, initial_release_at,
           current_release_at, is_current, content, signature)`,
        made.flatMap(publish.document),
      );
      onProgress(`${key} of ${advisories} advisories`);
    }
    await publish.lists(client);
    for (const table of GUARDED) await client.query(`alter table ${table} enable trigger user`);
    for (const table of ['advisory', 'release'])
      await client.query(`select setval(pg_get_serial_sequence('${table}', 'key'), (select max(key) from ${table}))`);
    await client.query('commit');
    await client.query('vacuum (analyze)');
    await assertPostings(client);
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

/** What the demo's members tell anybody, as a draft of the API makes it. */
async function tellingsOf() {
  const { demoAdvisories } = await built('src/demo/content/advisories.js');
  const { applyInput, contentOf, emptyDraft } = await built('src/modules/advisories/advisory.content.js');
  return demoAdvisories(Array.from({ length: 8 }, () => 'XX')).map(
    ({ title, summary, body, kind, product, vulnerability, indicator }) => ({
      kind,
      content: contentOf(
        applyInput(emptyDraft('PAP:GREEN'), {
          title,
          summary,
          body,
          products: product && [
            {
              id: 'product',
              vendor: product.vendor,
              product: product.name,
              versions: [
                { version: `vers:semver/<${product.before}`, scheme: 'vers', status: 'affected' },
                { version: product.before, scheme: 'plain', status: 'fixed' },
              ],
            },
          ],
          vulnerabilities: vulnerability && [
            { ...vulnerability, cwe: [vulnerability.cwe], exploitation: 'none-known' },
          ],
          remediations: product && [{ category: 'vendor-fix', details: `Install ${product.before} or later.` }],
          indicators: indicator && [indicator],
          references: [{ summary: 'How to report', url: 'https://ronda.example/report' }],
        }),
      ),
    }),
  );
}

/** What publication leaves of the issuer's advisories that are anybody's, and its lists of them. */
async function publisherOf(issuer) {
  const { openPgpKey, pathOf, publicFiles, toCsaf } = await built('src/codecs/csaf/index.js');
  const { neutralAdvisory } = await built('src/modules/advisories/csaf/neutral-advisory.js');
  const { fileEtag } = await built('src/modules/advisories/csaf/served-file.js');
  const base = `${SITE}/csaf/${issuer.id}`;
  const seed = createHash('sha256').update(`bench:${issuer.id}`).digest();
  const key = openPgpKey({ seed, userId: issuer.name, createdAt: new Date(START) });
  const publisher = { name: issuer.name, namespace: base, category: 'coordinator', contact: null };
  const listed = [];
  const document = (made) => {
    const { cert, id, revisions, published, status } = made;
    if (cert !== issuer || status !== 'published' || made.release.audience[0] !== 'public') return [];
    const { kind, tlp, content, publishedAt } = revisions[published - 1];
    const history = revisions
      .filter((each) => each.publishedAt !== null)
      .map(({ version, publishedAt: at, summaryOfChanges: summary }) => ({ version, at, summary }));
    const neutral = neutralAdvisory({
      ...{ id, kind, tlp, pap: 'PAP:GREEN', content, status: 'final', history, joint: [], isExercise: false },
      issuer: { name: issuer.name, namespace: base },
    });
    const entry = {
      shelf: 'white',
      trackingId: id,
      title: neutral.title,
      summary: neutral.summary,
      initialReleaseDate: neutral.tracking.initialReleaseDate,
      currentReleaseDate: neutral.tracking.currentReleaseDate,
    };
    listed.push(entry);
    const csaf = toCsaf(neutral, { selfUrl: `${base}/${pathOf(entry)}` });
    const bytes = Buffer.from(`${JSON.stringify(csaf, null, 2)}\n`);
    const place = pathOf(entry).slice('white/'.length);
    const dates = [entry.initialReleaseDate, entry.currentReleaseDate];
    const hex = `\\x${bytes.toString('hex')}`;
    return [
      [
        0,
        made.key,
        published,
        cert.key,
        'white',
        place,
        id,
        entry.title,
        entry.summary,
        ...dates,
        true,
        hex,
        key.sign(bytes, publishedAt),
      ],
    ];
  };
  const lists = async (client) => {
    const since = new Date(START).toISOString();
    await client.query(
      'insert into csaf_issuer (space, owner_key, organisation_id, name, base, updated_at) values (0, $1, $2, $3, $4, $5)',
      [issuer.key, issuer.id, issuer.name, base, since],
    );
    const sign = (content) => key.sign(content, new Date(END));
    const files = publicFiles({ publisher, base, updatedAt: since, key, sign }, listed);
    for (const [path, content] of files)
      await client.query('insert into csaf_file (space, owner_key, path, content, etag) values (0, $1, $2, $3, $4)', [
        issuer.key,
        path,
        content,
        fileEtag(content),
      ]);
  };
  return { document, lists };
}

async function write(client, made) {
  await copy(
    client,
    `advisory (key, space, id, origin_node, owner_key, author_key, owner_readers, reviewers, audience, head, status, published,
       submitted_at, review_by, withdrawn_at, withdrawn_because, acknowledge_by, created_at)`,
    made.map((a) => [
      ...[
        a.key,
        0,
        a.id,
        'bench',
        a.cert.key,
        a.author.key,
        a.ownerReaders,
        a.reviewers,
        a.audience,
        a.revisions.length,
      ],
      ...[a.status, a.published, a.submittedAt, a.reviewBy, a.withdrawnAt, a.withdrawnAt && 'error'],
      a.withdrawnAt === null && a.published !== null ? a.revisions[a.published - 1].acknowledgeBy : null,
      a.revisions[0].createdAt,
    ]),
  );
  await copy(
    client,
    `advisory_revision (space, advisory_key, number, audience, author_key, created_at, version, summary_of_changes, tlp, pap, kind,
       chosen, joint, is_urgent, source_count, acknowledge_within_hours, content, published_at, published_by, acknowledge_by, reminded_at)`,
    made.flatMap((a) =>
      a.revisions.map((r, index) => [
        ...[
          0,
          a.key,
          index + 1,
          r.audience,
          r.authorKey,
          r.createdAt,
          r.version,
          r.summaryOfChanges,
          r.tlp,
          'PAP:GREEN',
          r.kind,
        ],
        ...[
          JSON.stringify(r.chosen),
          r.joint,
          false,
          0,
          r.acknowledgeWithinHours,
          r.content,
          r.publishedAt,
          r.publishedBy,
        ],
        // Nobody has to be reminded by whatever runs beside.
        ...[r.acknowledgeBy, r.acknowledgeBy],
      ]),
    ),
  );
  await copy(
    client,
    'advisory_invitation (space, id, advisory_key, principal_key, org_key, is_joint, invited_by, invited_at)',
    made.flatMap((a) => a.invitations.map((i) => [0, i.id, a.key, i.principal, i.principal, false, i.by, i.at])),
  );
  await copy(
    client,
    'advisory_change (space, id, advisory_key, number, pointer, body, org_key, author_key, created_at)',
    made.flatMap((a) =>
      a.changes.map((c) => [
        ...[0, c.id, a.key, c.number, '/summary', 'Say since when.', c.by.organisation.key, c.by.key, c.at],
      ]),
    ),
  );
  await copy(
    client,
    'advisory_approval (space, advisory_key, number, org_key, user_key, at)',
    made.flatMap((a) => a.approvals.map((v) => [0, a.key, v.number, v.by.organisation.key, v.by.key, v.at])),
  );
  await copy(
    client,
    `release (id, space, record_kind, record_key, revision, tlp, pap, audience, principals, owner_readers, is_narrowing, status,
       requested_by, requested_at, released_at)`,
    made.flatMap(({ release: r, ...a }) =>
      r === null
        ? []
        : [
            [
              ...[r.id, 0, 'advisory', a.key, r.revision, a.revisions[0].tlp, 'PAP:GREEN', JSON.stringify(r.audience)],
              ...[r.principals, a.ownerReaders, false, r.status, r.by, r.at, r.at],
            ],
          ],
    ),
  );
  await copy(
    client,
    'readable_since (space, record_kind, principal_key, record_key, record_id, since)',
    made.flatMap((a) => a.postings.map(([principal, since]) => [0, 'advisory', principal, a.key, a.id, since])),
  );
  await copy(
    client,
    'advisory_receipt (space, reader_key, advisory_key, number, kind, org_key, at)',
    made.flatMap((a) => a.receipts.map((r) => [0, r.reader, a.key, r.number, r.kind, r.reader, r.at])),
  );
}

/** Exactly the audience and the reviewers of each advisory list it, as publish_advisory_readers leaves them. */
async function assertPostings(client) {
  const { rows } = await client.query(`
    select count(*)::int as wrong from advisory a
     where (select array_agg(distinct p order by p) from unnest(a.audience || a.reviewers) p)
       is distinct from (select array_agg(s.principal_key order by s.principal_key) from readable_since s
                          where s.space = a.space and s.record_kind = 'advisory' and s.record_key = a.key)`);
  if (rows[0].wrong > 0) throw new Error(`${rows[0].wrong} seeded advisories have postings other than their readers`);
}
