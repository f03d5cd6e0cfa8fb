// npm run bench:taxii: pages of a collection against a handler written by hand on the same rows; envelopes sent in, against COPY;
// and how a page grows from a collection of 10,000 objects to one of 1,000,000.
//
//   --objects N       of the large collection (1000000)
//   --from N          of the small one (10000)
//   --seconds S       length of one measurement (5)
//   --rounds R        measurements of each of the two, in turn (5)
//   --connections C   of the client (8)
//   --pool P          connections of each server to the database (as many as the product has by default)
//   --envelopes E     of a round, one after the other (10)
//   --only a,b        of: page-100, page-1000, post, growth
//   --data DIR        keep the databases there and use them again; else they are removed
//   --profile         also write a CPU profile of each server into the folder of --data
import assert from 'node:assert/strict';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { built } from './built.mjs';
import { startCluster } from './cluster.mjs';
import { collection, incidentsOf } from './collection-seed.mjs';
import { compare } from './compare.mjs';
import { compareEnvelopes } from './envelopes.mjs';
import { compareGrowth, reportGrowth } from './growing.mjs';
import { report } from './report.mjs';
import { startServer } from './servers.mjs';
import { COMMUNITY } from './world.mjs';

const LIMITS = [100, 1_000];
const PAGES = 200;
const OBJECTS_OF_ENVELOPE = 1_000;
const OBJECTS_A_SECOND = 3_000;
const [MEMBERS] = COMMUNITY;

const { values: options } = parseArgs({
  options: {
    objects: { type: 'string', default: '1000000' },
    from: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '8' },
    pool: { type: 'string' },
    envelopes: { type: 'string', default: '10' },
    only: { type: 'string' },
    data: { type: 'string' },
    profile: { type: 'boolean', default: false },
  },
});
const only = options.only?.split(',');
const isWanted = (name) => !only || only.includes(name);
const [seconds, rounds] = [Number(options.seconds), Number(options.rounds)];
const say = (line) => console.error(line);
const cleanups = [];
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void cleanUp().then(() => process.exit(130)));

try {
  await main();
} finally {
  await cleanUp();
}

async function main() {
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ` +
      `${options.objects} objects, ${options.connections} clients, ${rounds} rounds of ${seconds} s`,
  );
  const large = await startRegion('large', Number(options.objects));
  if (LIMITS.some((limit) => isWanted(`page-${limit}`)) || isWanted('post')) await againstRaw(large);
  if (!isWanted('growth')) return;
  const small = await startRegion('small', Number(options.from));
  const results = [];
  for (const limit of LIMITS) {
    const side = ({ product: server, reader, pages }) => ({ server, reader, requests: pages(limit) });
    results.push(
      await compareGrowth(
        `page of ${limit}`,
        { small: side(small), large: side(large) },
        { seconds, rounds, atMost: 1.3, say },
      ),
    );
  }
  reportGrowth(results);
}

async function againstRaw({ cluster, product, reader, collections, pages, poolSize }) {
  const raw = await startServer('taxii-raw-server.mjs', {
    folder: cluster.folder,
    settings: { databaseUrl: cluster.superuserUrl, poolSize, collections: [[collections.read, MEMBERS]] },
  });
  cleanups.push(raw.stop);
  const results = [];
  for (const limit of LIMITS.filter((each) => isWanted(`page-${each}`))) {
    const requests = pages(limit);
    for (const { path: at } of requests.slice(0, 20))
      assert.deepEqual(await read(raw, at, reader), await read(product, at, reader), `Both answer ${at} alike`);
    results.push(
      await compare(
        { name: `page-${limit}`, title: `page of ${limit}`, target: 0.5, reader, requests },
        {
          product,
          raw,
          postgresPid: cluster.pid,
          connections: Number(options.connections),
          seconds,
          rounds,
          isProfiled: options.profile,
          say,
        },
      ),
    );
  }
  if (isWanted('post'))
    results.push(
      await compareEnvelopes({
        collection: collections.write,
        product,
        reader,
        objects: OBJECTS_OF_ENVELOPE,
        turns: Number(options.envelopes),
        rounds,
        superuserUrl: cluster.superuserUrl,
        postgresPid: cluster.pid,
        say,
      }),
    );
  report(results);
  const posted = results.find(({ title }) => title.startsWith('POST'));
  if (posted)
    console.log(
      `\nEnvelopes: ${posted.product.rps.toFixed(0)} objects a second${posted.product.rps < OBJECTS_A_SECOND ? ' ✗' : ''} (≥ ${OBJECTS_A_SECOND}), COPY ${posted.raw.rps.toFixed(0)}.\n`,
    );
}

async function startRegion(name, objects) {
  const cluster = await startCluster({
    incidents: incidentsOf(objects),
    keep: options.data && path.join(options.data, name),
    more: collection(objects),
    say,
  });
  cleanups.push(cluster.stop);
  const { readConfig } = await built('src/platform/config/config.js');
  const poolSize = Number(options.pool ?? readConfig({}).databasePoolSize);
  const product = await startServer('product-server.mjs', {
    folder: cluster.folder,
    settings: { databaseUrl: cluster.serviceUrl, poolSize },
  });
  cleanups.push(product.stop);
  const reader = cluster.world.credentials.find((each) => each.name === 'wide');
  const { body } = await read(product, '/taxii2/live/collections/', reader);
  const all = JSON.parse(body).collections;
  const collections = {
    read: all.find(({ title }) => title === 'Community').id,
    write: all.find(({ can_write: isWritten }) => isWritten).id,
  };
  const places = await placesOf(cluster.superuserUrl);
  const pages = (limit) =>
    places.map((next) => ({
      path: `/taxii2/live/collections/${collections.read}/objects/?limit=${limit}&next=${next}`,
    }));
  return { cluster, product, reader, collections, pages, poolSize };
}

/** Where pages begin, from all over the collection and in no order; behind each there is another page of the longest. */
async function placesOf(superuserUrl) {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select * from (
         select to_char(added_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, stix_id,
                row_number() over (order by added_at, stix_id) as nth, count(*) over () as total
           from ronda.shared_object where space = 0 and principal_key = $1) x
        where nth < total - 2 * $2 and nth % greatest(1, (total - 2 * $2) / $3) = 0
        order by md5(nth::text) limit $3`,
      [MEMBERS, Math.max(...LIMITS), PAGES],
    );
    return rows.map(({ at, stix_id: id }) => Buffer.from(JSON.stringify([at, id])).toString('base64url'));
  } finally {
    await client.end();
  }
}

/** With the headers that say where the page is. */
async function read(server, at, reader) {
  const answer = await fetch(server.url + at, { headers: { authorization: `Bearer ${reader.token}` } });
  const body = await answer.text();
  assert.ok(answer.ok, `${at} answers ${answer.status}: ${body.slice(0, 300)}`);
  const header = (name) => answer.headers.get(name);
  return {
    body,
    type: header('content-type'),
    first: header('x-taxii-date-added-first'),
    last: header('x-taxii-date-added-last'),
  };
}

async function cleanUp() {
  for (let each; (each = cleanups.pop());) await each().catch((error) => say(error.message));
}
