// npm run bench:exercises: how soon an inject reaches everybody who listens, against the same bytes broadcast by hand; what
// scoring a long log takes; and what replaying a drill of eight hours takes.
//
//   --participants N  who listen, each with an account and a stream of its own (500)
//   --injects I       of a round, one after the other (20)
//   --rounds R        of each of the two, in turn (5)
//   --acts A          of the long log (100000)
//   --only a,b        of: reach, score, replay
//   --data DIR        keep the database there and use it again; else it is removed
//   --profile         also write CPU profiles of server and conductor into the folder of --data
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { built } from './built.mjs';
import { startCluster } from './cluster.mjs';
import { drillLog, longLog, teamsOf } from './drill-log.mjs';
import { median } from './median.mjs';
import { participants, participantsOf } from './participants.mjs';
import { startServer } from './servers.mjs';

const REACH_AT_MOST = 3;
const SCORED_WITHIN_MS = 2_000;
const REPLAYED_WITHIN_MS = 5_000;
const INCIDENTS = 200;

const { values: options } = parseArgs({
  options: {
    participants: { type: 'string', default: '500' },
    injects: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
    acts: { type: 'string', default: '100000' },
    only: { type: 'string' },
    data: { type: 'string' },
    profile: { type: 'boolean', default: false },
  },
});
const only = options.only?.split(',');
const isWanted = (name) => !only || only.includes(name);
const [count, injects, rounds] = [Number(options.participants), Number(options.injects), Number(options.rounds)];
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
      `${count} participants, ${rounds} rounds of ${injects} injects`,
  );
  const core = await built('src/modules/exercises/core/index.js');
  const file = path.join(import.meta.dirname, '../regions/scenarios/monsoon-tide.yaml');
  const { scenario } = core.readScenario(readFileSync(file, 'utf8'));
  const { loadRegion } = await built('src/platform/config/region-file.js');
  if (isWanted('score')) score(core, scenario, loadRegion());
  if (!isWanted('reach') && !isWanted('replay')) return;

  const cluster = await startCluster({ incidents: INCIDENTS, keep: options.data, more: participants(count), say });
  cleanups.push(cluster.stop);
  const { readConfig } = await built('src/platform/config/config.js');
  const poolSize = readConfig({}).databasePoolSize;
  const start = async (script, settings) => {
    const server = await startServer(script, {
      folder: cluster.folder,
      settings: { databaseUrl: cluster.serviceUrl, poolSize, ...settings },
    });
    cleanups.push(server.stop);
    return server;
  };
  const product = await start('product-server.mjs');
  const [organiser, ...players] = participantsOf(cluster.world, count);
  if (isWanted('replay')) await replay(core, scenario, { product, organiser, world: cluster.world });
  if (isWanted('reach')) await reach(core, scenario, { cluster, product, organiser, players, start });
}

/** One pass over a log of many acts: the median of five, and the processor time of this process. */
function score(core, scenario, { members }) {
  const certs = members
    .filter(({ standing }) => standing === 'member-state')
    .map(({ code }) => ({ id: `team-${code}`, name: `${code}CERT`, country: code }));
  const log = longLog(core, scenario, teamsOf(scenario, { certs }), Number(options.acts));
  assert.equal(log.filter(({ kind }) => kind === 'act').length, Number(options.acts));
  const taken = Array.from({ length: 5 }, () => timed(() => core.score(scenario, log)));
  const { seats } = taken[0].result;
  const met = seats.flatMap(({ milestones }) => milestones).filter(({ credit }) => credit > 0).length;
  assert.ok(met > seats.length, 'The acts of the log meet milestones');
  const ms = median(taken.map((each) => each.ms));
  console.log(
    `\nScoring ${scenario.milestones.length} milestones over ${options.acts} acts of ${certs.length} teams (${met} of ` +
      `${seats.flatMap(({ milestones }) => milestones).length} met): ${ms.toFixed(0)} ms${ms < SCORED_WITHIN_MS ? '' : ' ✗'} ` +
      `(${range(taken.map((each) => each.ms))}; processor ${median(taken.map((each) => each.cpuMs)).toFixed(0)} ms; < ${SCORED_WITHIN_MS} ms)`,
  );
}

/** What whoever has the log of another installation waits for: it is taken in, and there are its score and its report. */
async function replay(core, scenario, { product, organiser, world }) {
  const log = drillLog(core, scenario, teamsOf(scenario, world));
  const taken = [];
  for (let round = 0; round < rounds; round += 1) {
    // Another run each time: a file that was taken in before is only found again.
    const exercise = { id: uuidOf(round), title: `Run ${round}`, scenario: { id: uuidOf(99), version: 1 } };
    const heading = core.logHeading(exercise, scenario, log);
    const body = [heading, ...log].map((line) => `${JSON.stringify(line)}\n`).join('');
    const began = performance.now();
    const { id } = await asks(product, organiser, 'exercises/replays', { body, type: 'application/x-ndjson' });
    const { hash } = await asks(product, organiser, `exercises/${id}/scores`);
    await asks(product, organiser, `exercises/${id}/report?format=html`, { isText: true });
    taken.push(performance.now() - began);
    assert.equal(hash, heading.scoreHash);
  }
  const ms = median(taken);
  const deliveries = log.filter(({ kind }) => kind === 'inject-delivered').length;
  const acts = log.filter(({ kind }) => kind === 'act').length;
  console.log(
    `\nReplaying ${scenario.durationMinutes / 60} hours (${log.length} entries: ${deliveries} deliveries, ${acts} acts), ` +
      `taken in by HTTP with score and report: ${ms.toFixed(0)} ms${ms < REPLAYED_WITHIN_MS ? '' : ' ✗'} (${range(taken)}; < ${REPLAYED_WITHIN_MS} ms)`,
  );
}

/**
 * Injects that a controller fires, one after the other. The product's time begins before the conductor's round which
 * finds one due, and ends with the last byte of the event at each participant; the other's begins before its first write.
 */
async function reach(core, scenario, { cluster, product, organiser, players, start }) {
  const conductor = await start('conductor.mjs');
  const raw = await start('broadcast-server.mjs');
  const [ours, theirs] = [await start('listeners.mjs'), await start('listeners.mjs')];
  const total = injects * rounds + 1;
  const document = firedOnly(scenario, total);
  const kept = await asks(product, organiser, 'scenarios', { json: { document } });
  const { id } = await asks(product, organiser, 'exercises', {
    json: {
      title: 'Bench',
      scenario: kept.id,
      teams: cluster.world.certs.map((cert) => ({ organisation: cert.id, roles: [document.roles[0].id] })),
    },
  });
  await asks(product, organiser, `exercises/${id}/start`, { json: {} });
  const tokens = players.map(({ token }) => token);
  await ours.ask({ open: { url: product.url, path: `/api/v1/exercises/${id}/inbox`, tokens } });
  await theirs.ask({ open: { url: raw.url, path: '/stream', tokens } });
  say(`${players.length} participants listen to each of the two`);
  const heard = new pg.Client({ connectionString: cluster.superuserUrl });
  await heard.connect();
  cleanups.push(() => heard.end());
  await heard.query('listen ronda_exercise');
  let committed = 0n;
  heard.on('notification', ({ payload }) => {
    if (payload.startsWith('inbox')) committed = process.hrtime.bigint();
  });

  let next = 0;
  let bytes = '';
  const byProduct = async () => {
    await ours.ask({ next: true });
    await asks(product, organiser, `exercises/${id}/fire`, { json: { inject: document.injects[next++].id } });
    const arrived = ours.next();
    const { began } = await conductor.ask({ conduct: true });
    const { at, text } = await arrived;
    bytes = text;
    return { fromRound: since(BigInt(began), at), fromCommit: since(committed, at) };
  };
  const byHand = async () => {
    await theirs.ask({ next: true });
    const arrived = theirs.next();
    const { began } = await raw.ask({ broadcast: bytes });
    const { at } = await arrived;
    return since(BigInt(began), at);
  };
  // What is compiled and planned once is not what is measured.
  await byProduct();
  await byHand();
  const taken = [];
  if (options.profile) await Promise.all([product.profile('reach'), conductor.profile('reach')]);
  for (let round = 0; round < rounds; round += 1) {
    const figures = { fromRound: [], fromCommit: [], raw: [] };
    for (let nth = 0; nth < injects; nth += 1) {
      const one = async () => {
        const { fromRound, fromCommit } = await byProduct();
        figures.fromRound.push(...fromRound);
        figures.fromCommit.push(...fromCommit);
      };
      const other = async () => figures.raw.push(...(await byHand()));
      for (const measure of nth % 2 === 0 ? [one, other] : [other, one]) await measure();
    }
    const p99 = Object.fromEntries(Object.entries(figures).map(([name, all]) => [name, percentile(all, 0.99)]));
    const p50 = Object.fromEntries(Object.entries(figures).map(([name, all]) => [name, percentile(all, 0.5)]));
    taken.push({ p50, p99 });
    say(
      `reach ${round + 1}/${rounds}: p99 ${p99.fromRound.toFixed(1)} (${p99.fromCommit.toFixed(1)} from the commit) / ${p99.raw.toFixed(1)} ms`,
    );
  }
  if (options.profile) await Promise.all([product.profile('reach'), conductor.profile('reach')]);
  const of = (which, name) => median(taken.map((each) => each[which][name])).toFixed(1);
  const ratio = (name) => {
    const ratios = taken.map(({ p99 }) => p99[name] / p99.raw);
    return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`;
  };
  console.log(
    `\n| an inject of ${bytes.length} bytes reaches ${count} | p50 ms | p99 ms | p99, ratio to raw | target |\n` +
      `| --- | --- | --- | --- | --- |\n` +
      `| from the conductor's round | ${of('p50', 'fromRound')} | ${of('p99', 'fromRound')} | ${ratio('fromRound')} | |\n` +
      `| from its commit | ${of('p50', 'fromCommit')} | ${of('p99', 'fromCommit')} | ${ratio('fromCommit')} | ≤ ${REACH_AT_MOST} |\n` +
      `| raw broadcast | ${of('p50', 'raw')} | ${of('p99', 'raw')} | | |`,
  );
}

/** The scenario with so many injects, each of which comes when a controller fires it. */
function firedOnly(scenario, howMany) {
  const texts = scenario.injects.filter(({ artefacts }) => !artefacts?.length);
  return {
    ...scenario,
    injects: Array.from({ length: howMany }, (_, index) => ({
      id: `fired-${index + 1}`,
      number: index + 1,
      title: `Fired ${index + 1}`,
      timing: { onCommand: true },
      channel: 'email',
      from: scenario.personas[0].id,
      // Always the same size, as the bytes of the other are.
      body: texts[0].body,
    })),
    artefacts: [],
    milestones: scenario.milestones.map((milestone) => ({
      ...milestone,
      from: { startex: true },
    })),
  };
}

function since(from, at) {
  return at.map((each) => Number(BigInt(each) - from) / 1e6);
}

function percentile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}

function timed(work) {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const result = work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, ms: performance.now() - began, cpuMs: (user + system) / 1000 };
}

function range(numbers) {
  return `${Math.min(...numbers).toFixed(0)}–${Math.max(...numbers).toFixed(0)}`;
}

function uuidOf(nth) {
  return `5f0c7a52-9c0e-4f54-8a5e-${String(nth).padStart(12, '0')}`;
}

async function asks(server, { token }, at, { json, body, type = 'application/json', isText = false } = {}) {
  const answer = await fetch(`${server.url}/api/v1/${at}`, {
    method: json !== undefined || body !== undefined ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, ...((json ?? body) ? { 'content-type': type } : {}) },
    body: json === undefined ? body : JSON.stringify(json),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${at} answers ${answer.status}: ${text.slice(0, 600)}`);
  return isText ? text : JSON.parse(text);
}

async function cleanUp() {
  for (let each; (each = cleanups.pop());) await each().catch((error) => say(error.message));
}
