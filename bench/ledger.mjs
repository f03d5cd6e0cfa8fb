// npm run bench:ledger: what the ledger and the receipts cost a filing, and whether the sequencer keeps up.
//
//   --incidents N     how many are seeded (200000)
//   --seconds S       length of one measurement, of two batches at least (20)
//   --rounds R        measurements with and without, in turn (5)
//   --connections C   of the client (10)
//   --leaves L        a second, which the sequencer has to keep up with (500)
//   --steady S        for so many seconds (60)
//   --stopped N       leaves that wait while it is stopped (30000)
//   --keep DIR        keep the database there and use it again; else it is removed
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { built } from './built.mjs';
import { startCluster } from './cluster.mjs';
import { compare } from './compare.mjs';
import { report } from './report.mjs';
import { BODY } from './scenarios.mjs';
import { startServer } from './servers.mjs';

const TARGET = 0.8;

const { values: options } = parseArgs({
  options: {
    incidents: { type: 'string', default: '200000' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '10' },
    leaves: { type: 'string', default: '500' },
    steady: { type: 'string', default: '60' },
    stopped: { type: 'string', default: '30000' },
    keep: { type: 'string' },
  },
});
const say = (line) => console.error(line);
const cleanups = [];

try {
  await main();
} finally {
  for (let each; (each = cleanups.pop());) await each().catch((error) => say(error.message));
}

async function main() {
  const cluster = await startCluster({ incidents: Number(options.incidents), keep: options.keep, say });
  cleanups.push(cluster.stop);
  const { folder, serviceUrl: databaseUrl, world } = cluster;
  const { readConfig } = await built('src/platform/config/config.js');
  const poolSize = readConfig({}).databasePoolSize;
  const start = async (file, settings) => {
    const server = await startServer(file, { folder, settings: { databaseUrl, poolSize, ...settings } });
    cleanups.push(server.stop);
    return server;
  };
  const sequencer = await start('sequencer.mjs');
  const product = await start('product-server.mjs');
  const without = await start('product-server.mjs', { withoutTrust: true });
  const client = new pg.Client({ connectionString: cluster.superuserUrl });
  await client.connect();
  cleanups.push(() => client.end());
  const waiting = async () => {
    const { rows } = await client.query('select count(*)::int as waiting from ronda.outbox where space = 0');
    return rows[0].waiting;
  };
  const caughtUp = async () => {
    while ((await waiting()) > 0) await sleep(20);
  };
  const rest = async () => {
    await caughtUp();
    await sequencer.ask({ rest: true });
  };
  const reader = world.credentials.find(({ name }) => name === 'wide');

  const filing = await compare(
    {
      name: 'file-one',
      title: 'file one, with ledger and receipts / without',
      target: TARGET,
      reader,
      requests: [{ path: '/api/v1/incidents', method: 'POST', body: JSON.stringify(BODY) }],
    },
    {
      product: { ...product, prepare: () => sequencer.ask({ rest: false }) },
      raw: { ...without, prepare: rest },
      postgresPid: cluster.pid,
      connections: Number(options.connections),
      seconds: Number(options.seconds),
      rounds: Number(options.rounds),
      say,
    },
  );
  report([filing], ['with', 'without']);

  await sequencer.ask({ rest: false });
  await caughtUp();
  const [rate, seconds] = [Number(options.leaves), Number(options.steady)];
  let most = 0;
  const began = performance.now();
  for (let second = 0; second < seconds; second += 1) {
    await file(product, reader, rate, `steady-${second}`);
    most = Math.max(most, await waiting());
    await sleep(Math.max(0, began + (second + 1) * 1000 - performance.now()));
  }
  const took = (performance.now() - began) / 1000;
  const left = await waiting();
  const end = performance.now();
  await caughtUp();
  console.log(
    `\n${rate * seconds} leaves in ${took.toFixed(1)} s (${((rate * seconds) / took).toFixed(0)} a second): at most ${most} waited ` +
      `(${(most / rate).toFixed(1)} s of them), ${left} at the end, none ${((performance.now() - end) / 1000).toFixed(1)} s later.`,
  );

  await rest();
  for (let left = Number(options.stopped); left > 0; left -= 1000)
    await file(product, reader, Math.min(left, 1000), `stopped-${left}`);
  const [stopped, from] = [await waiting(), performance.now()];
  await sequencer.ask({ rest: false });
  await caughtUp();
  const late = (performance.now() - from) / 1000;
  console.log(
    `After a stop, ${stopped} leaves that waited were in the tree ${late.toFixed(1)} s later: ${(stopped / late).toFixed(0)} a second.`,
  );
}

async function file(product, reader, count, run) {
  const lines = Array.from({ length: count }, (_, n) =>
    JSON.stringify({ ...BODY, externalReferences: [{ source: 'bench', id: `${Date.now()}-${run}-${n}` }] }),
  );
  const answer = await fetch(`${product.url}/api/v1/incidents/bulk`, {
    method: 'POST',
    headers: { authorization: `Bearer ${reader.token}`, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  const filed = (await answer.text()).split('"status":"filed"').length - 1;
  if (filed !== count) throw new Error(`${filed} of ${count} lines were filed`);
}
