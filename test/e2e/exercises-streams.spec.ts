import pg from 'pg';
import { RelayEvents } from '../../src/modules/events/index.js';
import { ConductExercises } from '../../src/modules/exercises/index.js';
import { ExerciseStreams } from '../../src/modules/exercises/exercise-streams.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { EventStream } from '../support/event-stream.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { timedScenario } from '../support/timed-scenario.js';
import { until } from '../support/until.js';

describe('the inbox of a team as a stream', () => {
  let node: TestApp;
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;
  const open: EventStream[] = [];

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    api = new Api(node.url);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close();
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
  });

  const as = (player: string) => api.as(cast[player]!);
  const organiser = () => as('vn.organiser');
  const create = async (teams = ['th', 'sg']): Promise<string> => {
    const document = timedScenario(3);
    const scenario = (await organiser().post('scenarios', { document }).expect(201)).body as { id: string };
    const { body } = await organiser()
      .post('exercises', {
        title: 'Monsoon',
        scenario: scenario.id,
        teams: teams.map((name) => ({ organisation: cast.stages[name]!.id, roles: ['national-cert'] })),
      })
      .expect(201);
    await organiser().post(`exercises/${body.id}/start`).expect(200);
    return body.id as string;
  };
  const pass = async (minutes: number) => {
    node.clock.advance(minutes * 60_000);
    await node.app.get(ConductExercises).run();
  };
  const hear = async (path: string, player: string, headers: Record<string, string> = {}) => {
    const stream = await EventStream.at(`${node.url}/api/v1/exercises/${path}`, cast[player]!.token, headers);
    open.push(stream);
    return stream;
  };
  const listen = (player: string, exercise: string, headers: Record<string, string> = {}, query = '') =>
    hear(`${exercise}/inbox${query}`, player, headers);
  const told = ({ events }: EventStream) => events.map(({ id, event, data }) => [id, event, data.inject]);
  const beat = () => node.app.get(ExerciseStreams, { strict: false }).beat();

  it('tells everybody of a team what reaches it as it does, as the inbox says it, and nobody what reaches others', async () => {
    const exercise = await create();
    const [one, colleague, other] = await Promise.all([
      listen('th.analyst', exercise),
      listen('th.coordinator', exercise),
      listen('sg.analyst', exercise),
    ]);
    expect(one.answer.headers['content-type']).toContain('text/event-stream');
    await pass(10);
    await organiser()
      .post(`exercises/${exercise}/messages`, { text: 'For Thailand.', teams: [cast.stages.th!.id] })
      .expect(200);
    await as('sg.analyst').post(`exercises/${exercise}/no-duff`, { text: 'NO DUFF: a fire.' }).expect(200);
    await until(() => one.events.length === 3 && colleague.events.length === 3 && other.events.length === 2, {
      what: 'what reached the teams',
    });
    expect(told(one)).toEqual([
      ['1', 'inject', 'inject-1'],
      ['2', 'message', null],
      ['3', 'no-duff', null],
    ]);
    expect(colleague.events).toEqual(one.events);
    expect(told(other)).toEqual([
      ['1', 'inject', 'inject-1'],
      ['2', 'no-duff', null],
    ]);
    const inbox = await as('th.analyst').get(`exercises/${exercise}/inbox`).expect(200);
    expect(one.events.map(({ data }) => data)).toEqual(inbox.body.items);
  });

  it('goes on where a client was, and gives who comes late all that went before', async () => {
    const exercise = await create();
    const first = await listen('th.analyst', exercise);
    await pass(10);
    await until(() => first.events.length === 1, { what: 'the first inject' });
    first.close();
    await pass(10);
    const again = await listen('th.analyst', exercise, { 'last-event-id': first.lastEventId! });
    const late = await listen('th.coordinator', exercise);
    const behind = await listen('th.coordinator', exercise, {}, '?after=1');
    await pass(10);
    await until(() => again.events.length === 2 && late.events.length === 3 && behind.events.length === 2, {
      what: 'the rest',
    });
    expect(told(again)).toEqual([
      ['2', 'inject', 'inject-2'],
      ['3', 'inject', 'inject-3'],
    ]);
    expect(late.events.slice(1)).toEqual(again.events);
    expect(behind.events).toEqual(again.events);
  });

  it('is told apart by exercise', async () => {
    const [one, other] = [await create(), await create()];
    const [here, there] = [await listen('th.analyst', one), await listen('th.analyst', other)];
    await organiser().post(`exercises/${other}/messages`, { text: 'Over here.' }).expect(200);
    await until(() => there.events.length === 1, { what: 'the message' });
    await beat();
    await until(() => here.beats > 0, { what: 'a beat' });
    expect(here.events).toEqual([]);
  });

  it('has the log beside it: controllers and evaluators are told everything as it happens, and nobody else', async () => {
    const exercise = await create();
    const stream = await hear(`${exercise}/log`, 'vn.organiser');
    await pass(10);
    await as('th.analyst').post(`exercises/${exercise}/inbox/seen`, { position: 1 }).expect(200);
    const kinds = ['joined', 'joined', 'started', 'inject-delivered', 'inject-delivered', 'inject-seen'];
    await until(() => stream.events.length >= kinds.length, { what: 'the log' });
    expect(stream.events.map(({ id, event }) => [id, event])).toEqual(kinds.map((kind, at) => [String(at + 1), kind]));
    const lines = (await organiser().get(`exercises/${exercise}/log`).buffer(true).expect(200)).text.trim().split('\n');
    expect(stream.events.map(({ data }) => data)).toEqual(lines.slice(1).map((line) => JSON.parse(line) as object));
    stream.close();
    await organiser().post(`exercises/${exercise}/pause`, {}).expect(200);
    const again = await hear(`${exercise}/log`, 'vn.organiser', { 'last-event-id': stream.lastEventId! });
    await until(() => again.events.length === 1, { what: 'the pause' });
    expect(again.events[0]).toMatchObject({ id: '7', event: 'paused' });
    const refused = await as('th.analyst').get(`exercises/${exercise}/log`).set({ accept: 'text/event-stream' });
    expect(refused.status).toBe(403);
  });

  it('is refused as the inbox is, and what is no position is named', async () => {
    const exercise = await create(['th']);
    const stream = { accept: 'text/event-stream' };
    const hidden = await as('sg.analyst').get(`exercises/${exercise}/inbox`).set(stream);
    expect(hidden.status).toBe(404);
    expect(hidden.type).toBe('application/problem+json');
    await organiser().get(`exercises/${exercise}/inbox`).set(stream).expect(403);
    const wrong = await as('th.analyst')
      .get(`exercises/${exercise}/inbox`)
      .set({ ...stream, 'last-event-id': 'seven' });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/last-event-id']);
  });

  it('ends with its credential, while its colleagues go on', async () => {
    const exercise = await create();
    const [colleague, revoked] = [await listen('th.coordinator', exercise), await listen('th.analyst', exercise)];
    await superuser.query('update ronda.credential set revoked_at = $1 where user_key = $2', [
      node.clock.now(),
      cast['th.analyst']!.key,
    ]);
    await pass(10);
    await until(() => revoked.isEnded && colleague.events.length === 1, { what: 'the revoked stream to end' });
    expect(revoked.events).toEqual([]);
    expect(colleague.isEnded).toBe(false);
  });

  it('is no stream of real life: nor does one that is opened inside an exercise tell of real life', async () => {
    const exercise = await create();
    const inside = await EventStream.open(node.url, cast['sg.analyst']!.token, { 'x-ronda-exercise': exercise });
    const live = await EventStream.open(node.url, cast['sg.analyst']!.token);
    open.push(inside, live);
    const { id } = await submitted(as('vn.coordinator'), { marking: { tlp: 'TLP:AMBER' } });
    await as('vn.coordinator')
      .post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.sg!.id }]))
      .expect(200);
    await node.app.get(RelayEvents).run();
    await until(() => live.events.length === 1, { what: 'real life to be told of it' });
    const played = await as('th.coordinator')
      .post('incidents', {
        title: 'Played',
        description: 'Played.',
        language: 'en',
        marking: { tlp: 'TLP:AMBER' },
        rsit: { class: 'fraud', type: 'phishing' },
      })
      .set('x-ronda-exercise', exercise);
    expect(played.status).toBe(201);
    const step = (act: string, body: object) =>
      as('th.coordinator')
        .post(`incidents/${played.body.id}/${act}`, body)
        .set('x-ronda-exercise', exercise)
        .expect(200);
    await step('submit', {});
    await step('release', release('TLP:AMBER', [{ organisation: cast.stages.sg!.id }]));
    await node.app.get(RelayEvents).run();
    await until(() => inside.events.length > 0, { what: 'the exercise to be told of it' });
    const recordOf = ({ events }: EventStream) => events.map(({ data }) => (data.record as { id: string }).id);
    expect(recordOf(inside)).toEqual([played.body.id]);
    expect(recordOf(live)).toEqual([id]);
  });
});
