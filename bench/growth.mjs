// npm run bench:growth: how much slower one answer becomes when there are more records (growing.mjs).
//
//   --from N        records of the small region (10000)
//   --to N          records of the large one (1000000)
//   --seconds S     length of one measurement (4)
//   --rounds R      measurements of each of the two, in turn (5)
//   --only a,b      scenarios, as of npm run bench
//   --keep-from DIR, --keep-to DIR   databases kept, and used again
import { parseArgs } from 'node:util';
import { built } from './built.mjs';
import { startCluster } from './cluster.mjs';
import { compareGrowth, reportGrowth } from './growing.mjs';
import { scenarios } from './scenarios.mjs';
import { startServer } from './servers.mjs';

const GROWS_AT_MOST = 1.5;
/** Of so many there is a page in the small region too, for every reader. */
const PAGE = 10;
const ofPage = (path) => path.replace(/limit=\d+/, `limit=${PAGE}`);
/** What filing adds to a kept database is not what is compared. */
const READS = (scenario) => scenario.requests.every(({ method }) => method === undefined);

const { values: options } = parseArgs({
  options: {
    from: { type: 'string', default: '10000' },
    to: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    'keep-from': { type: 'string' },
    'keep-to': { type: 'string' },
  },
});
const only = options.only?.split(',');
const say = (line) => console.error(line);
const cleanups = [];

try {
  await main();
} finally {
  for (let each; (each = cleanups.pop());) await each().catch((error) => say(error.message));
}

async function main() {
  const small = await startRegion(Number(options.from), options['keep-from']);
  const large = await startRegion(Number(options.to), options['keep-to']);
  const results = [];
  for (const scenario of small.scenarios.filter(READS)) {
    if (only && !only.includes(scenario.name)) continue;
    const side = (server, { reader, requests }) => ({
      server,
      reader,
      requests: requests.map(({ path }) => ({ path: ofPage(path) })),
    });
    const sameOfLarge = large.scenarios.find(({ name }) => name === scenario.name);
    results.push(
      await compareGrowth(
        scenario.title,
        { small: side(small, scenario), large: side(large, sameOfLarge) },
        { seconds: Number(options.seconds), rounds: Number(options.rounds), atMost: GROWS_AT_MOST, say },
      ),
    );
  }
  reportGrowth(results);
}

async function startRegion(incidents, keep) {
  const cluster = await startCluster({ incidents, keep, say });
  cleanups.push(cluster.stop);
  const { readConfig } = await built('src/platform/config/config.js');
  const product = await startServer('product-server.mjs', {
    folder: cluster.folder,
    settings: { databaseUrl: cluster.serviceUrl, poolSize: readConfig({}).databasePoolSize },
  });
  cleanups.push(product.stop);
  const readers = Object.fromEntries(cluster.world.credentials.map((each) => [each.name, each]));
  return { ...product, ...(await scenarios({ product, readers, superuserUrl: cluster.superuserUrl })) };
}
