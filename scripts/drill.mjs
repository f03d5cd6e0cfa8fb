// npm run drill -- [--speed 60] [--seed monsoon] [--scenario FILE] [--out drill]
//
// A whole drill, as a region would hold it: a server of its own on a free port and a temporary folder, the demo region, the
// example scenario, and its eleven national CERTs, each played through the real API by a simulated team. After ENDEX its
// log is exported and taken in by a second server on a new database. Ends with 0 where the run and its replay are worth the
// same and their reports are the same bytes. Eight hours at 60× take eight minutes.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';

const root = path.resolve(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    speed: { type: 'string', default: '60' },
    seed: { type: 'string', default: 'monsoon' },
    scenario: { type: 'string', default: path.join(root, 'regions/scenarios/monsoon-tide.yaml') },
    out: { type: 'string', default: 'drill' },
  },
});
const FORMATS = ['html', 'md', 'csv'];
const READY_WITHIN_MS = 120_000;
const REPORT_WITHIN_MS = 30_000;
const say = (line) => console.error(line);

const started = [];
try {
  await main();
} catch (error) {
  say(error instanceof Error ? (error.name === 'CliError' ? error.message : error.stack) : String(error));
  process.exitCode = 1;
} finally {
  await Promise.all(started.map((server) => server.stop()));
}

async function main() {
  const { Server } = await import('../dist/src/cli/api/server.js');
  const { simulate } = await import('../dist/src/cli/api/simulation/run-simulation.js');
  say('Starting a server of its own, with the demo region');
  const run = await startServer('run');
  const organiser = Server.withKey(run.url, run.organiser.apiKey);
  const exercise = await prepare(organiser, run.accounts);
  const post = (act, body = {}) => organiser.ask(`exercises/${exercise.id}/${act}`, { method: 'POST', body });

  await post('speed', { factor: Number(options.speed) });
  await post('start');
  say(`STARTEX: ${exercise.teams.length} teams, ${options.speed}×`);
  // What waits for a controller's word is given it: a rehearsal plays all of the scenario.
  const { durationMinutes, injects } = exercise.document;
  const onCommand = injects.filter(({ timing }) => timing.onCommand);
  let fired;
  let said = -1;
  const acts = await simulate({
    exercise: exercise.id,
    seed: options.seed,
    accounts: run.accounts,
    controller: organiser,
    onProgress: ({ exerciseSeconds }, { done }) => {
      if (!fired && exerciseSeconds >= durationMinutes * 20) {
        fired = Promise.all(onCommand.map(({ id }) => post('fire', { inject: id })));
        // It is waited for below.
        fired.catch(() => undefined);
      }
      const halfHours = Math.floor(exerciseSeconds / 1800);
      if (halfHours === said) return;
      said = halfHours;
      say(`  ${clockText(exerciseSeconds)}  ${done} acts`);
    },
  });
  await fired;
  await evaluate(organiser, exercise, post);
  await post('end');
  say(`ENDEX: ${acts.done} acts, ${acts.mistaken} of them mistaken, ${acts.refused.length} refused by the server`);
  for (const { team, milestone, why } of acts.refused) say(`  refused: ${team}, ${milestone}: ${why}`);

  await settled(Server, run, exercise);
  const played = await resultOf(organiser, exercise.id, exercise.teams);
  const log = await text(await organiser.download(`exercises/${exercise.id}/log`));

  say('Replaying its log on a new database');
  const other = await startServer('replay');
  const elsewhere = Server.withKey(other.url, other.organiser.apiKey);
  const answer = await elsewhere.upload('exercises/replays', Readable.from([log]), 'application/x-ndjson');
  const replay = JSON.parse(await text(answer));
  const replayed = await resultOf(elsewhere, replay.id, exercise.teams);

  for (const format of FORMATS)
    await writeFile(path.join(options.out, `report.${format}`), played.reports.get(`full ${format}`));
  await writeFile(path.join(options.out, 'exercise-log.ndjson'), log);
  printScores(played, exercise);
  const differing = [...played.reports].filter(([name, bytes]) => !bytes.equals(replayed.reports.get(name)));
  console.log(`\nscore of the run     ${played.hash}\nscore of the replay  ${replayed.hash}`);
  console.log(
    `${played.reports.size} reports compared byte by byte, ${differing.length} differ${differing.map(([name]) => ` (${name})`).join('')}`,
  );
  console.log(`The report is in ${path.resolve(options.out, 'report.html')}`);
  if (played.hash !== replayed.hash || differing.length > 0) process.exitCode = 1;
}

/** The scenario in the library, and a run of it by every member's national CERT: each in its first role and another. */
async function prepare(organiser, accounts) {
  const scenario = await organiser.ask('scenarios', {
    method: 'POST',
    body: { text: await readFile(options.scenario, 'utf8') },
  });
  const { document } = await organiser.ask(`scenarios/${scenario.id}`);
  const [first, ...others] = document.roles.map(({ id }) => id);
  const certs = new Map();
  const { loadRegion } = await import('../dist/src/platform/config/region-file.js');
  const { memberStates } = await import('../dist/src/kernel/region.js');
  const states = new Set(memberStates(loadRegion()).map(({ code }) => code));
  for (const { organisation, country, kind, apiKey, roles } of accounts)
    if (kind === 'national-cert' && states.has(country) && roles.includes('analyst') && !certs.has(organisation))
      certs.set(organisation, apiKey);
  const { Server } = await import('../dist/src/cli/api/server.js');
  const teams = await Promise.all(
    [...certs.values()].map(async (apiKey, index) => ({
      organisation: (await Server.withKey(organiser.url, apiKey).ask('me')).organisation.id,
      roles: others.length === 0 ? [first] : [first, others[index % others.length]],
    })),
  );
  const { id } = await organiser.ask('exercises', {
    method: 'POST',
    body: { title: document.title, scenario: scenario.id, teams },
  });
  const names = [...certs.keys()];
  return { id, document, teams: teams.map((team, index) => ({ ...team, name: names[index] })) };
}

/** What no act on the platform shows is an evaluator's to say. */
async function evaluate(organiser, { document, teams }, post) {
  const heard = document.milestones.filter(({ expects }) => expects.byOverride !== undefined);
  for (const { id: milestone, roles } of heard)
    for (const { organisation: team, roles: played } of teams)
      for (const role of roles.filter((each) => played.includes(each)))
        await post('overrides', { team, role, milestone, credit: 1, reason: 'Heard by the simulated evaluator.' });
  await post('remarks', {
    sense: 'strength',
    objective: document.objectives[0].id,
    text: 'The simulated teams read their inboxes all day.',
  });
  await post('lessons', {
    lesson: 'play-with-people',
    text: 'Hold the next one with people.',
    owner: 'Exercise organiser',
    state: 'open',
  });
}

/** Until the conductor has written down all that was done: then every team has its report. */
async function settled(Server, { url, accounts }, { id, teams }) {
  const { apiKey } = accounts.find(({ organisation }) => organisation === teams[0].name);
  const team = Server.withKey(url, apiKey);
  for (const until = Date.now() + REPORT_WITHIN_MS; ; await wait(250)) {
    try {
      return await text(await team.download(`exercises/${id}/report`));
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

/** The score, and every report that anybody gets. */
async function resultOf(organiser, id, teams) {
  const { hash, items } = await organiser.ask(`exercises/${id}/scores`);
  const reports = new Map();
  for (const format of FORMATS)
    for (const [name, query] of [
      ['full', ''],
      ['common', '&part=common'],
      ...teams.map((team) => [team.name, `&team=${team.organisation}`]),
    ])
      reports.set(
        `${name} ${format}`,
        await buffer(await organiser.download(`exercises/${id}/report?format=${format}${query}`)),
      );
  return { hash, items, reports };
}

/** In the order of the region file. */
function printScores({ items }, { teams }) {
  console.log(`\n${'team'.padEnd(28)}${'role'.padEnd(20)}points`);
  for (const { organisation, roles } of items)
    for (const { role, points, of } of roles) {
      const name = teams.find((team) => team.organisation === organisation)?.name ?? organisation;
      console.log(`${name.slice(0, 26).padEnd(28)}${role.padEnd(20)}${points} of ${of}`);
    }
}

function clockText(seconds) {
  return `${Math.floor(seconds / 3600)}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')}`;
}

/** The product as `npm start` runs it, on a free port and a new folder that is gone afterwards. */
async function startServer(name) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'ronda-drill-'));
  // PostgreSQL does not run as root, and its own user must reach its files.
  await chmod(dataDir, 0o755);
  const child = spawn(process.execPath, ['--enable-source-maps', path.join(root, 'dist/src/main.js')], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', RONDA_DATA_DIR: dataDir, RONDA_DEMO: 'yes' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await mkdir(options.out, { recursive: true });
  const log = createWriteStream(path.join(options.out, `server-of-the-${name}.log`));
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  started.push({
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
      log.end();
      await rm(dataDir, { recursive: true, force: true });
    },
  });
  const url = await new Promise((resolve, reject) => {
    let output = '';
    const fail = (why) => reject(new Error(`The server did not start: ${why}\n${output}`));
    const late = setTimeout(() => fail('it took too long'), READY_WITHIN_MS);
    child.once('exit', (code) => fail(`it ended with ${code}`));
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += output.length < 100_000 ? chunk : '';
        const ready = /Ronda is ready at (\S+)/.exec(output);
        if (!ready) return;
        clearTimeout(late);
        resolve(ready[1]);
      });
  });
  const { accounts } = JSON.parse(await readFile(path.join(dataDir, 'demo.json'), 'utf8'));
  const organiser = accounts.find(({ roles }) => roles.includes('organiser'));
  return { url, accounts, organiser };
}
