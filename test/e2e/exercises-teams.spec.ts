import pg from 'pg';
import { ConductExercises } from '../../src/modules/exercises/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

describe('the teams of an exercise', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;
  let scenario: string;
  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    const injects = [1, 2, 3].map((number) => ({
      ...exampleScenario.injects[0]!,
      id: `inject-${number}`,
      number,
      title: `Inject ${number}`,
      timing: number === 3 ? { onCommand: true } : { atMinutes: number * 10 },
      expected: [{ what: 'Files it', withinMinutes: 30 }],
      note: 'Only we know.',
    }));
    const milestones = exampleScenario.milestones.map((each) => ({ ...each, from: { startex: true } }));
    const document = { ...exampleScenario, injects, milestones };
    scenario = String((await as('vn.organiser').post('scenarios', { document }).expect(201)).body.id);
  });
  afterAll(async () => {
    await superuser.end();
    await server.close();
  });

  const as = (who: string) => api.as(cast[who]!);
  const team = (name: string) => ({ organisation: cast.stages[name]!.id, roles: ['national-cert'] });
  const create = async (staff: object[] = []): Promise<string> => {
    const body = { title: 'Monsoon', scenario, teams: [team('th'), team('sg')], staff };
    const { body: made } = await as('vn.organiser').post('exercises', body).expect(201);
    return made.id as string;
  };
  const pass = async (minutes: number) => {
    server.clock.advance(minutes * 60_000);
    await server.app.get(ConductExercises).run();
  };
  const status = async (who: string, path: string) => (await as(who).get(path)).status;

  it('have a local controller, who sees what is coming to its team and no more than a player besides', async () => {
    const id = await create([{ user: cast['th.coordinator']!.id, part: 'local-controller' }]);
    const coming = async (who: string, query = '') => {
      const { body } = await as(who).get(`exercises/${id}/coming${query}`).expect(200);
      return (body.items as Record<string, unknown>[]).map((each) => [each.inject, each.exerciseSeconds, each.isHeld]);
    };
    expect((await as('th.coordinator').get(`exercises/${id}`)).body.part).toBe('local-controller');
    expect((await as('th.analyst').get(`exercises/${id}`)).body.part).toBe('player');
    await as('vn.organiser').post(`exercises/${id}/start`).expect(200);
    await pass(10);
    await as('vn.organiser').post(`exercises/${id}/hold`, { inject: 'inject-2' }).expect(200);
    const rest = [
      ['inject-2', null, true],
      ['inject-3', null, false],
    ];
    expect(await coming('th.coordinator')).toEqual(rest);
    expect(await coming('vn.organiser', `?team=${cast.stages.sg!.id}`)).toEqual(rest);
    await as('vn.organiser').post(`exercises/${id}/let-go`, { inject: 'inject-2' }).expect(200);
    expect(await coming('th.coordinator')).toEqual([
      ['inject-2', 1200, false],
      ['inject-3', null, false],
    ]);
    const { body } = await as('th.coordinator').get(`exercises/${id}/coming`);
    expect(body.items[0]).toMatchObject({ title: 'Inject 2', expected: [{ what: 'Files it', withinMinutes: 30 }] });
    expect(JSON.stringify(body)).not.toContain('Only we know.');

    expect(await status('th.coordinator', `exercises/${id}/coming?team=${cast.stages.sg!.id}`)).toBe(403);
    for (const who of ['th.analyst', 'sg.coordinator'])
      expect([who, await status(who, `exercises/${id}/coming`)]).toEqual([who, 403]);
    for (const path of ['board', 'log', `comparison?with=${id}`])
      expect([path, await status('th.coordinator', `exercises/${id}/${path}`)]).toEqual([path, 403]);
    for (const [path, body] of [
      ['pause', {}],
      ['end', {}],
      ['remarks', { sense: 'gap', text: 'Late.' }],
    ] as const)
      expect([path, (await as('th.coordinator').post(`exercises/${id}/${path}`, body)).status]).toEqual([path, 403]);
    const other = await as('vn.organiser').post('exercises', {
      title: 'Not so',
      scenario,
      teams: [team('sg')],
      staff: [{ user: cast['th.coordinator']!.id, part: 'local-controller' }],
    });
    expect([other.status, other.body.errors[0].pointer]).toEqual([400, '/staff/0/user']);
  });

  it('are staff too: who conducts or evaluates and is of a team may what a player of it may', async () => {
    const id = await create([
      { user: cast['th.coordinator']!.id, part: 'evaluator' },
      { user: cast['sg.coordinator']!.id, part: 'controller' },
      { user: cast['id.coordinator']!.id, part: 'evaluator' },
    ]);
    await as('vn.organiser').post(`exercises/${id}/start`).expect(200);
    await pass(10);
    for (const [name, part] of [
      ['th', 'evaluator'],
      ['sg', 'controller'],
    ] as const) {
      const who = `${name}.coordinator`;
      expect((await as(who).get(`exercises/${id}`)).body.part).toBe(part);
      const say = async (path: string, body: object) => (await as(who).post(`exercises/${id}/${path}`, body)).status;
      expect([who, await say('inbox/seen', { position: 1 })]).toEqual([who, 200]);
      expect([who, await say('naming', { mayBeNamed: true })]).toEqual([who, 200]);
      expect([who, await say('no-duff', { text: 'A real fire.' })]).toEqual([who, 200]);
      const { body } = await as(`${name}.analyst`).get(`exercises/${id}/inbox`).expect(200);
      expect(body.items[0]).toMatchObject({ seenAt: expect.any(String) });
    }
    // Whose organisation plays in nothing says nothing for a team.
    for (const [path, body] of [
      ['inbox/seen', { position: 1 }],
      ['naming', { mayBeNamed: true }],
    ] as const)
      expect([path, (await as('id.coordinator').post(`exercises/${id}/${path}`, body)).status]).toEqual([path, 403]);
  });

  it('are named in the common part of the report when they say so, and until they do not', async () => {
    const id = await create();
    await as('vn.organiser').post(`exercises/${id}/start`).expect(200);
    await pass(10);
    await as('vn.organiser').post(`exercises/${id}/end`).expect(200);
    await pass(1);
    const { rows } = await superuser.query<{ name: string }>('select name from ronda.organisation where key = $1', [
      cast.stages.th!.key,
    ]);
    const isNamed = async (who: string) => {
      await server.app.get(ConductExercises).run();
      const { text } = await as(who).get(`exercises/${id}/report?format=md&part=common`).expect(200);
      return text.includes(rows[0]!.name);
    };
    const say = (who: string, mayBeNamed: boolean) => as(who).post(`exercises/${id}/naming`, { mayBeNamed });
    expect([await isNamed('vn.organiser'), await isNamed('sg.analyst')]).toEqual([false, false]);
    for (const who of ['th.analyst', 'vn.organiser']) expect([who, (await say(who, true)).status]).toEqual([who, 403]);
    await say('sg.coordinator', true).expect(200);
    expect(await isNamed('sg.analyst')).toBe(false);
    await say('th.coordinator', true).expect(200);
    expect([await isNamed('vn.organiser'), await isNamed('sg.analyst')]).toEqual([true, true]);
    // Whoever takes the log in elsewhere is given the same: who may be named is said in it.
    const organiser = as('vn.organiser');
    const { text: log } = await organiser.get(`exercises/${id}/log`).buffer(true).expect(200);
    const sent = organiser.request('post', '/api/v1/exercises/replays').set('content-type', 'application/x-ndjson');
    const { body: replay } = await sent.send(log).expect(201);
    const reports = [id, String(replay.id)].map((each) =>
      organiser.get(`exercises/${each}/report?format=md&part=common`).expect(200),
    );
    const [own, replayed] = (await Promise.all(reports)).map(({ text }) => text);
    expect(replayed).toBe(own);
    expect(replayed).toContain(rows[0]!.name);
    await say('th.coordinator', false).expect(200);
    expect([await isNamed('vn.organiser'), await isNamed('sg.analyst')]).toEqual([false, false]);
  });

  it('play the version that was named: a scenario is written on, and its versions stay', async () => {
    const at = `scenarios/${scenario}`;
    const before = await as('vn.organiser').get(at);
    const { document } = before.body as { document: typeof exampleScenario };
    const next = { document: { ...document, title: 'Calls, again' } };
    expect((await as('vn.organiser').put(at, next)).status).toBe(428);
    const etag = String(before.headers.etag);
    const answers = await Promise.all([1, 2].map(() => as('vn.organiser').put(at, next, etag)));
    expect(answers.map((each) => each.status).sort()).toEqual([200, 412]);
    expect((await as('vn.organiser').get(at)).body).toMatchObject({ version: 2, title: 'Calls, again' });
    expect((await as('vn.organiser').get(`${at}?version=1`)).body).toMatchObject({ version: 1, document });
    expect(await status('vn.organiser', `${at}?version=3`)).toBe(404);
    const body = { title: 'The first', scenario, scenarioVersion: 1, teams: [team('th')] };
    const { body: run } = await as('vn.organiser').post('exercises', body).expect(201);
    expect(run.scenario).toEqual({ id: scenario, version: 1 });
    const none = await as('vn.organiser').post('exercises', { ...body, scenarioVersion: 9 });
    expect([none.status, none.body.errors[0].pointer]).toEqual([400, '/scenarioVersion']);
    const wrong = await as('vn.organiser').put(at, { document: {} }, etag);
    expect(wrong.status).toBe(400);
  });
});
