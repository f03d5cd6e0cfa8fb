// npm run bench:observables: what observables cost when there are many. One request after the other, of a region with 100,000
// observables and one with 10,000,000 in turn (growing.mjs).
//
//   --observables N   of the large region (10000000)
//   --from N          of the small one (100000)
//   --seconds S       length of one measurement of look-ups (4)
//   --filings F       of one measurement of filing, which leaves them behind (40)
//   --rounds R        measurements of each of the two, in turn (5)
//   --only a,b        of: look-up, look-up-100, file
//   --data DIR        keep the databases there and use them again; else they are removed
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { built } from './built.mjs';
import { startCluster } from './cluster.mjs';
import { compareGrowth, reportGrowth } from './growing.mjs';
import { FILED, inputOf } from './observed.mjs';
import { observables } from './observed-seed.mjs';
import { BODY } from './scenarios.mjs';
import { startServer } from './servers.mjs';

const EACH = 50;
const VALUES = 4_000;
const LOOK_UP_GROWS = 1.3;
const FILING_GROWS = 1.5;

const { values: options } = parseArgs({
  options: {
    observables: { type: 'string', default: '10000000' },
    from: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '4' },
    filings: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    data: { type: 'string' },
  },
});
const only = options.only?.split(',');
const say = (line) => console.error(line);
const cleanups = [];
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void cleanUp().then(() => process.exit(130)));

try {
  await main();
} finally {
  await cleanUp();
}

async function main() {
  const small = await startRegion('small', Number(options.from));
  const large = await startRegion('large', Number(options.observables));
  const seconds = Number(options.seconds);
  const scenarios = [
    ['look-up', 'look up one value', { seconds, atMost: LOOK_UP_GROWS }],
    ['look-up-100', 'look up 100 values', { seconds, atMost: LOOK_UP_GROWS }],
    ['file', `file an incident with ${EACH} observables`, { count: Number(options.filings), atMost: FILING_GROWS }],
  ];
  const results = [];
  for (const [name, title, how] of scenarios) {
    if (only && !only.includes(name)) continue;
    const side = ({ server, reader, requests }) => ({ server, reader, requests: requests[name] });
    results.push(
      await compareGrowth(
        title,
        { small: side(small), large: side(large) },
        { ...how, rounds: Number(options.rounds), say },
      ),
    );
  }
  reportGrowth(results);
}

async function startRegion(name, count) {
  const incidents = Math.ceil(count / EACH);
  const cluster = await startCluster({
    incidents,
    keep: options.data && path.join(options.data, name),
    more: observables({ incidents, each: EACH }),
    say,
  });
  cleanups.push(cluster.stop);
  // A node that runs has its indexes in memory. Of databases that were kept the first touch would measure the disk.
  await readAll(path.join(cluster.folder, 'data'));
  const { readConfig } = await built('src/platform/config/config.js');
  const server = await startServer('product-server.mjs', {
    folder: cluster.folder,
    settings: { databaseUrl: cluster.serviceUrl, poolSize: readConfig({}).databasePoolSize },
  });
  cleanups.push(server.stop);
  const reader = cluster.world.credentials.find((each) => each.name === 'wide');
  const { values, nextKey } = await known(cluster.superuserUrl, reader, incidents);
  await assertFound(server, reader, values);
  return { server, reader, requests: requestsOf(values, nextKey) };
}

/** Values in records that the reader reads, from all over them and in no order; and where incidents end. */
async function known(superuserUrl, { principals }, incidents) {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select a.value from (
         select key from ronda.incident where audience && $1::int[] order by md5(id::text) limit ${VALUES}) i
        cross join lateral (
          select value from ronda.observable_appearance a where a.space = 0 and a.incident_key = i.key
           order by md5(a.observable_id::text) limit $2) a
        order by md5(a.value) limit ${VALUES}`,
      // A small region has fewer incidents, and more of each is asked for.
      [principals, Math.ceil((4 * VALUES) / incidents)],
    );
    const { rows: last } = await client.query('select max(key)::int as key from ronda.incident');
    return { values: rows.map(({ value }) => value), nextKey: last[0].key };
  } finally {
    await client.end();
  }
}

function requestsOf(values, nextKey) {
  const post = (at, body) => ({ path: at, method: 'POST', body: JSON.stringify(body) });
  const lookUp = (asked) => post('/api/v1/observables/lookup', { values: asked });
  const hundreds = Array.from({ length: Math.ceil(values.length / 100) }, (_, at) =>
    values.slice(at * 100, at * 100 + 100),
  );
  let filed = nextKey;
  return {
    'look-up': values.map((value) => lookUp([value])),
    'look-up-100': hundreds.filter(({ length }) => length === 100).map(lookUp),
    file: () => {
      const from = FILED + EACH * filed++;
      return post('/api/v1/incidents', {
        ...BODY,
        observables: Array.from({ length: EACH }, (_, at) => inputOf(from + at)),
      });
    },
  };
}

/** Every file of a folder, once. */
async function readAll(folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) await finished(createReadStream(path.join(entry.parentPath, entry.name)).resume());
}

/** What is measured is worth what it finds. */
async function assertFound(server, reader, values) {
  const answer = await fetch(`${server.url}/api/v1/observables/lookup`, {
    method: 'POST',
    headers: { authorization: `Bearer ${reader.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ values: values.slice(0, 100) }),
  });
  const { items } = await answer.json();
  const lost = items.filter(({ observables: found }) => !found.some(({ count }) => count > 0));
  if (lost.length > 0) throw new Error(`Not found where they were seeded: ${JSON.stringify(lost.slice(0, 3))}`);
}

async function cleanUp() {
  for (let each; (each = cleanups.pop());) await each().catch((error) => say(error.message));
}
