// npm run bench:growth: how much slower one answer becomes when there are more records. Nobody else asks, so it is the work of an
// answer that is compared, not how many fit at once.
//
//   --from N        records of the small region (10000)
//   --to N          records of the large one (1000000)
//   --seconds S     length of one measurement (4)
//   --rounds R      measurements of each of the two, in turn (5)
//   --only a,b      scenarios, as of npm run bench
//   --keep-from DIR, --keep-to DIR   databases kept, and used again
import { request, Agent } from 'node:http';
import { parseArgs } from 'node:util';
import { built } from './built.mjs';
import { startCluster } from './cluster.mjs';
import { median } from './median.mjs';
import { scenarios } from './scenarios.mjs';
import { startServer } from './servers.mjs';

const GROWS_AT_MOST = 1.5;
const WARM_UP_SECONDS = 5;
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
  console.log(
    '| scenario | p50 ms, small | p50 ms, large | grows | (range) | target |\n| --- | --- | --- | --- | --- | --- |',
  );
  for (const scenario of small.scenarios.filter(READS)) {
    if (only && !only.includes(scenario.name)) continue;
    const pair = { small: scenario, large: large.scenarios.find(({ name }) => name === scenario.name) };
    const servers = { small, large };
    for (const name of ['small', 'large']) await medianMs(servers[name], pair[name], WARM_UP_SECONDS);
    const rounds = [];
    for (let round = 0; round < Number(options.rounds); round += 1) {
      const taken = {};
      for (const name of round % 2 === 0 ? ['small', 'large'] : ['large', 'small'])
        taken[name] = await medianMs(servers[name], pair[name], Number(options.seconds));
      rounds.push(taken);
    }
    const ratios = rounds.map((taken) => taken.large / taken.small);
    const of = (name) => median(rounds.map((taken) => taken[name])).toFixed(2);
    const ratio = median(ratios);
    console.log(
      `| ${scenario.title} | ${of('small')} | ${of('large')} | ${ratio.toFixed(2)}${ratio < GROWS_AT_MOST ? '' : ' ✗'} ` +
        `| ${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)} | < ${GROWS_AT_MOST} |`,
    );
  }
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

/** One request after the other, on one connection: the median of what each took, in milliseconds. */
async function medianMs(server, { requests, reader }, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const taken = [];
  try {
    for (let next = 0, until = performance.now() + seconds * 1000; performance.now() < until; next += 1) {
      const began = performance.now();
      await ask(server.url + ofPage(requests[next % requests.length].path), reader, agent);
      taken.push(performance.now() - began);
    }
  } finally {
    agent.destroy();
  }
  return median(taken);
}

function ask(url, reader, agent) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, headers: { authorization: `Bearer ${reader.token}` } }, (answer) => {
      answer.resume();
      answer.once('error', reject);
      answer.once('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`${url}: ${answer.statusCode}`)),
      );
    });
    asked.once('error', reject);
    asked.end();
  });
}
