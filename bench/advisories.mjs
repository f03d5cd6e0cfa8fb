// npm run bench:advisories: the list and the review queue against a handler written by hand, and what anybody is handed of an
// issuer's CSAF against a file on the disk of the same server. bench/README.md says why so.
//
//   --advisories N    how many are seeded (100000)
//   --incidents N     beside so many incidents (2000)
//   --seconds S       length of one measurement (5)
//   --rounds R        measurements of each of the two, in turn (5)
//   --connections C   of the client (10)
//   --only a,b        of: queue, list-wide, list-narrow, rolie-feed, changes-csv
//   --keep DIR        keep the database there and use it again; else it is removed
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { seedAdvisories } from './advisory-seed.mjs';
import { built } from './built.mjs';
import { startCluster } from './cluster.mjs';
import { compare } from './compare.mjs';
import { report } from './report.mjs';
import { assertSameAnswers, get } from './scenarios.mjs';
import { startServer } from './servers.mjs';

const TARGET = 0.5;
const PAGE = 100;
const LIST = `/api/v1/advisories?limit=${PAGE}`;
const QUEUE = '/api/v1/advisories/review-queue';
const FILES = ['csaf-feed-tlp-white.json', 'changes.csv'];

const { values: options } = parseArgs({
  options: {
    advisories: { type: 'string', default: '100000' },
    incidents: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '10' },
    only: { type: 'string' },
    keep: { type: 'string' },
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
  const cluster = await startCluster({ incidents: Number(options.incidents), keep: options.keep, say });
  cleanups.push(cluster.stop);
  const { folder, world } = cluster;
  const readers = Object.fromEntries(world.credentials.map((each) => [each.name, each]));
  const issuer = readers.wide.user.organisation;
  await seedOnce(cluster, issuer);

  const { readConfig } = await built('src/platform/config/config.js');
  const poolSize = readConfig({}).databasePoolSize;
  const start = async (file, settings) => {
    const server = await startServer(file, { folder, settings: { poolSize, ...settings } });
    cleanups.push(server.stop);
    return server;
  };
  const product = await start('product-server.mjs', { databaseUrl: cluster.serviceUrl });
  const shelf = `/csaf/${issuer.id}/white/`;
  const raw = await start('raw-advisories.mjs', {
    databaseUrl: cluster.superuserUrl,
    readers: await Promise.all(world.credentials.map((reader) => told(product, reader))),
  });
  const withFiles = await start('product-server.mjs', {
    databaseUrl: cluster.serviceUrl,
    statics: { prefix: shelf, root: await onDisk(product, folder, shelf) },
  });

  const list = (name) => ({
    title: `list of ${PAGE}, ${name} reader`,
    reader: readers[name],
    paths: [LIST],
    against: raw,
  });
  const scenarios = [
    { name: 'queue', title: 'review queue', reader: readers.wide, paths: [QUEUE], against: raw },
    { name: 'list-wide', ...list('wide') },
    { name: 'list-narrow', ...list('narrow') },
    { name: 'rolie-feed', title: 'ROLIE feed', paths: [shelf + FILES[0]], against: withFiles },
    { name: 'changes-csv', title: 'changes.csv', paths: [shelf + FILES[1]], against: withFiles },
  ];
  const results = [];
  for (const { paths, against, ...scenario } of scenarios) {
    if (only && !only.includes(scenario.name)) continue;
    await assertSameAnswers(paths, scenario.reader)(product, against);
    results.push(
      await compare(
        { ...scenario, target: TARGET, requests: paths.map((each) => ({ path: each })) },
        {
          product,
          raw: against,
          postgresPid: cluster.pid,
          connections: Number(options.connections),
          seconds: Number(options.seconds),
          rounds: Number(options.rounds),
          say,
        },
      ),
    );
  }
  report(results, ['product', 'raw or file']);
}

/** A folder that was kept has them already. */
async function seedOnce({ folder, superuserUrl, world }, issuer) {
  const stamp = path.join(folder, 'seeded-advisories');
  if (existsSync(stamp)) {
    assert.equal(readFileSync(stamp, 'utf8'), options.advisories, 'The kept database has as many advisories');
    return;
  }
  const began = performance.now();
  await seedAdvisories(superuserUrl, world, { advisories: Number(options.advisories), issuer, onProgress: say });
  say(`Advisories seeded in ${Math.round((performance.now() - began) / 1000)} s`);
  writeFileSync(stamp, options.advisories);
}

/** What the baseline need not find out. */
async function told(product, reader) {
  const page = JSON.parse(await get(product, LIST, reader));
  const queue = JSON.parse(await get(product, QUEUE, reader));
  assert.ok(page.items.length > 0, `The ${reader.name} reader should see something`);
  say(`The ${reader.name} reader has ${page.items.length} on its page and ${queue.items.length} in its queue`);
  return {
    user: reader.user.key,
    principals: reader.principals,
    pages: { [PAGE]: { ids: page.items.map(({ id }) => id), next: page.next } },
    queue: queue.items.map(({ id }) => id),
  };
}

/** The lists of the issuer as files. @returns the folder that they are in. */
async function onDisk(product, folder, shelf) {
  const root = path.join(folder, 'files');
  mkdirSync(root, { recursive: true });
  for (const name of FILES) {
    const content = await get(product, shelf + name);
    say(`${name}: ${Math.round(content.length / 1024)} KiB`);
    writeFileSync(path.join(root, name), content);
  }
  return root;
}

async function cleanUp() {
  for (let each; (each = cleanups.pop());) await each().catch((error) => say(error.message));
}
