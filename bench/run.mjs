// npm run bench: the product against a handler written by hand, on one database, in one run. bench/README.md says why so.
//
//   --incidents N     how many are seeded (200000)
//   --seconds S       length of one measurement (5)
//   --rounds R        measurements of each of the two, in turn (5)
//   --connections C   of the client (10)
//   --pool P          connections of each server to the database (as many as the product has by default)
//   --only a,b        of: by-id, newest-wide, newest-narrow, file-one, search-rare-wide, search-common-wide, search-rare-narrow,
//                     search-common-narrow, bulk
//   --lines N         of one bulk stream (20000)
//   --keep DIR        keep the database there and use it again; else it is removed
//   --profile         also write a CPU profile of each server into the folder of --keep
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { built } from './built.mjs';
import { startCluster } from './cluster.mjs';
import { compareBulk } from './bulk.mjs';
import { compare } from './compare.mjs';
import { report } from './report.mjs';
import { BODY, scenarios } from './scenarios.mjs';
import { startServer } from './servers.mjs';

const { values: options } = parseArgs({
  options: {
    incidents: { type: 'string', default: '200000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '10' },
    pool: { type: 'string' },
    only: { type: 'string' },
    lines: { type: 'string', default: '20000' },
    keep: { type: 'string' },
    profile: { type: 'boolean', default: false },
  },
});
const connections = Number(options.connections);
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
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ` +
      `${connections} connections, ${options.rounds} rounds of ${options.seconds} s`,
  );
  const cluster = await startCluster({ incidents: Number(options.incidents), keep: options.keep, say });
  cleanups.push(cluster.stop);
  const { folder, world } = cluster;
  const { readConfig } = await built('src/platform/config/config.js');
  const poolSize = Number(options.pool ?? readConfig({}).databasePoolSize);
  const product = await startServer('product-server.mjs', {
    folder,
    settings: { databaseUrl: cluster.serviceUrl, poolSize },
  });
  cleanups.push(product.stop);

  const readers = Object.fromEntries(world.credentials.map((each) => [each.name, each]));
  const plans = await scenarios({ product, readers, superuserUrl: cluster.superuserUrl });
  const raw = await startServer('raw-server.mjs', {
    folder,
    settings: {
      databaseUrl: cluster.superuserUrl,
      poolSize,
      commonWord: plans.commonWord,
      readers: world.credentials.map(({ name, user, principals }) => ({
        user: user.key,
        principals,
        groupIds: world.groups.flatMap(({ id, epochs }) => epochs.map(({ principal }) => [principal, id])),
        pages: plans.pages[name],
      })),
    },
  });
  cleanups.push(raw.stop);

  const results = [];
  for (const scenario of plans.scenarios) {
    if (only && !only.includes(scenario.name)) continue;
    await scenario.assertSame(product, raw);
    results.push(
      await compare(scenario, {
        product,
        raw,
        postgresPid: cluster.pid,
        connections,
        seconds: Number(options.seconds),
        rounds: Number(options.rounds),
        isProfiled: options.profile,
        say,
      }),
    );
  }
  if (!only || only.includes('bulk'))
    results.push(
      await compareBulk({
        product,
        superuserUrl: cluster.superuserUrl,
        reader: readers.wide,
        body: BODY,
        lines: Number(options.lines),
        rounds: Number(options.rounds),
        postgresPid: cluster.pid,
        say,
      }),
    );
  report(results);
}

async function cleanUp() {
  for (let each; (each = cleanups.pop());) await each().catch((error) => say(error.message));
}
