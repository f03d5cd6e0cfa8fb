import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConductExercises } from '../../src/modules/exercises/index.js';
import { writeMsel } from '../../src/codecs/msel/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { ronda } from '../support/ronda.js';
import type { Ran } from '../support/ronda.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

describe('ronda exercise', () => {
  let node: TestApp;
  let cast: Cast;
  let folder: string;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    folder = mkdtempSync(path.join(tmpdir(), 'ronda-cli-'));
  });
  afterAll(async () => {
    await node.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (args: string[], input = '', who = 'vn.organiser'): Promise<Ran> =>
    ronda(
      ['exercise', ...args],
      {
        RONDA_URL: node.url,
        RONDA_CONFIG: path.join(folder, 'config.json'),
        RONDA_API_KEY: cast[who]!.token,
      },
      input,
    );
  const json = async (args: string[], input = ''): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await run([...args, '--json'], input);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const file = (name: string, text: string): string => {
    const full = path.join(folder, name);
    writeFileSync(full, text);
    return full;
  };
  /** Played by Thailand and Singapore. */
  const create = async (): Promise<string> => {
    const scenario = await json(['import', '-'], JSON.stringify(exampleScenario));
    const { body } = await new Api(node.url)
      .as(cast['vn.organiser']!)
      .post('exercises', {
        title: 'By hand',
        scenario: scenario.id,
        teams: ['th', 'sg'].map((name) => ({ organisation: cast.stages[name]!.id, roles: ['national-cert'] })),
      })
      .expect(201);
    return body.id as string;
  };

  it('says which there are', async () => {
    expect(await run([])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('lint|import|start|pause|resume|speed|jump|status|report|replay|simulate'),
    });
  });

  it('lints: what is wrong, at its line, and no more than that', async () => {
    const [inject] = exampleScenario.injects;
    const text = JSON.stringify({ ...exampleScenario, injects: [{ ...inject, from: 'nobody' }] }, null, 2);
    const line = text.split('\n').findIndex((each) => each.includes('"nobody"')) + 1;
    const faulty = file('faulty.json', text);
    const said = await run(['lint', faulty]);
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('keep it from being played') });
    expect(said.stdout).toContain(`${faulty}:${line}:`);
    const found = await run(['lint', faulty, '--json']);
    expect(JSON.parse(found.stdout)).toContainEqual(expect.objectContaining({ pointer: '/injects/0/from', line }));
    const sound = await run(['lint', path.resolve(__dirname, '../../regions/scenarios/monsoon-tide.yaml')]);
    expect(sound).toMatchObject({ code: 0, stderr: 'Nothing is wrong with it.\n' });
    const [cexf, uuid] = [path.join(folder, 'drill.json'), '00000000-0000-4000-8000-000000000001'];
    const played = { uuid, name: 'Drill', total_duration: '3600' };
    const asked = {
      uuid,
      name: 'First',
      inject_evaluation: [{ result: 'Asked', evaluation_strategy: 'query_mirror' }],
    };
    writeFileSync(cexf, JSON.stringify({ exercise: played, injects: [asked], inject_flow: [] }));
    expect(await run(['lint', cexf])).toMatchObject({ code: 1 });
    expect(await run(['lint', cexf, '--format', 'cexf'])).toMatchObject({ code: 0 });
    writeFileSync(cexf, JSON.stringify({ exercise: played, injects: [{ name: 'First' }], inject_flow: [] }));
    expect(await run(['lint', cexf, '--format', 'cexf'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('/injects/0/uuid'),
    });
    expect(await run(['lint', path.join(folder, 'none.yaml')])).toMatchObject({ code: 1, stdout: '' });
    expect(await run(['import', faulty])).toMatchObject({ code: 1, stderr: expect.stringContaining('/text') });
  });

  it('takes a workbook, and what an incident was', async () => {
    const organiser = new Api(node.url).as(cast['vn.organiser']!);
    const book = path.join(folder, 'calls.xlsx');
    const [inject] = exampleScenario.injects;
    const row = {
      number: 1,
      minutes: 5,
      from: 'Desk',
      to: ['All'],
      channel: 'email',
      subject: 'Calls',
      text: 'Calls.',
    };
    writeFileSync(book, await writeMsel([{ ...row, expected: inject!.title }]));
    expect(await json(['import', book])).toMatchObject({ title: 'calls' });
    expect(await run(['import', book, '--incident', 'x'])).toMatchObject({ code: 2 });
    const { body: filed } = await new Api(node.url).as(cast['vn.analyst']!).post('incidents', filing()).expect(201);
    const kept = await json(['import', '--incident', filed.id as string, '--title', 'As it was']);
    expect((await organiser.get(`scenarios/${kept.id as string}`)).body).toMatchObject({ title: 'As it was' });
  });

  it('conducts: start, pause, resume, speed, jump, status', async () => {
    const id = await create();
    expect(await run(['start', id])).toMatchObject({ code: 0, stdout: 'running at 0:00:00, 1×  By hand\n' });
    expect(await json(['pause', id, '--reason', 'Lunch'])).toMatchObject({ id, state: 'paused' });
    expect(await run(['pause', id])).toMatchObject({ code: 1, stderr: expect.stringContaining('paused already') });
    expect(await json(['resume', id])).toMatchObject({ state: 'running' });
    expect(await run(['speed', id, '10'])).toMatchObject({ code: 0, stdout: expect.stringContaining('10×') });
    expect(await run(['jump', id, '90'])).toMatchObject({ code: 0, stdout: expect.stringContaining('at 1:30:00') });
    expect(await run(['jump', id])).toMatchObject({ code: 2, stderr: 'Name minutes, or an inject by --inject.\n' });
    expect(await run(['jump', id, '95', '--inject', 'first-call'])).toMatchObject({ code: 2 });
    expect(await run(['jump', id, '--inject', 'no-such'])).toMatchObject({
      code: expect.any(Number),
      stderr: expect.stringContaining('There is no such inject'),
    });
    expect(await run(['speed', id, 'fast'])).toMatchObject({ code: 2, stderr: '"fast" is no number.\n' });
    expect(await json(['status', id])).toMatchObject({
      state: 'running',
      clock: { exerciseSeconds: 5400, speed: 10 },
    });
    const status = await run(['status', id]);
    for (const said of ['1:30:00, 10×', 'TH CERT: national-cert', 'controller']) expect(status.stdout).toContain(said);
    expect(await run(['jump', id, '95'], '', 'th.analyst')).toMatchObject({ code: 77 });
  });

  it('simulates teams with their own keys, reports, and replays to the same score', async () => {
    const id = await create();
    const accounts = ['th', 'sg'].flatMap((name) => [
      { organisation: `${name.toUpperCase()} CERT`, roles: ['analyst'], apiKey: cast[`${name}.analyst`]!.token },
      {
        organisation: `${name.toUpperCase()} CERT`,
        roles: ['coordinator'],
        apiKey: cast[`${name}.coordinator`]!.token,
      },
    ]);
    expect(await run(['simulate', id])).toMatchObject({ code: 2, stderr: expect.stringContaining('--accounts') });
    const lone = file('lone.json', JSON.stringify({ accounts: accounts.slice(0, 2) }));
    expect(await run(['simulate', id, '--accounts', lone])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no accounts for SG CERT'),
    });
    await json(['start', id]);
    node.clock.advance(5 * 60_000);
    await node.app.get(ConductExercises).run();
    // Late enough for whatever the seed has in mind: what is due is done at the first look, and then it is over.
    node.clock.advance((exampleScenario.durationMinutes - 6) * 60_000);
    const playing = json(['simulate', id, '--accounts', file('all.json', JSON.stringify({ accounts })), '--seed', 'a']);
    const inbox = async (): Promise<boolean> => {
      const { body } = await new Api(node.url).as(cast['th.analyst']!).get(`exercises/${id}/inbox`).expect(200);
      return body.items[0]?.seenAt !== null;
    };
    await until(inbox, { what: 'a simulated team to read its inbox', withinMs: 60_000 });
    await until(
      async () =>
        (await new Api(node.url).as(cast['th.analyst']!).get('incidents').set('x-ronda-exercise', id).expect(200)).body
          .items.length > 0,
      { what: 'a simulated team to file', withinMs: 60_000 },
    );
    node.clock.advance(10 * 60_000);
    expect(await playing).toMatchObject({ done: expect.any(Number), refused: [] });
    await node.app.get(ConductExercises).run();
    await new Api(node.url).as(cast['vn.organiser']!).post(`exercises/${id}/end`, {}).expect(200);
    const report = path.join(folder, 'report.html');
    expect(await run(['report', id, '--output', report])).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(report, 'utf8')).toContain('EXERCISE EXERCISE EXERCISE');
    const markdown = await run(['report', id, '--format', 'md', '--part', 'common']);
    expect(markdown.stdout).toContain('## Objectives');
    const scores = await json(['report', id]);
    const log = await new Api(node.url).as(cast['vn.organiser']!).get(`exercises/${id}/log`).buffer(true).expect(200);
    const replay = await json(['replay', file('log.ndjson', log.text)]);
    expect(replay).toMatchObject({ state: 'ended', replayOf: id, scoreHash: scores.hash });
    expect(await run(['replay', '-'], log.text)).toMatchObject({
      code: 0,
      stdout: `Replayed: ${String(replay.id)}  By hand\nScore ${String(scores.hash)}\n`,
    });
    expect(await run(['replay', '-'], log.text.replace('"filed"', '"sung"'))).toMatchObject({ code: 1, stdout: '' });
  });
});
