import pg from 'pg';
import { RelayEvents } from '../../src/modules/events/index.js';
import { ExerciseLogStore } from '../../src/modules/exercises/exercise-log.store.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
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
  /** Of every node: which of them has a stream is the door's affair. */
  const beat = () => Promise.all(node.nodes.map((each) => each.get(ExerciseStreams, { strict: false }).beat()));

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

  describe('with more behind it than may wait', () => {
    let exercise: string;
    let space: number;
    const COUNT = 450;
    const textOf = (nth: number) => `${nth} ${'x'.repeat(4_900)}`;
    const idsFrom = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, nth) => String(first + nth));
    const ids = ({ events }: EventStream) => events.map(({ id }) => id);
    const isThere = (stream: EventStream, id: string) => () => {
      expect(stream.isEnded).toBe(false);
      return stream.lastEventId === id;
    };
    const message = (text: string) => organiser().post(`exercises/${exercise}/messages`, { text }).expect(200);

    beforeAll(async () => {
      exercise = await create();
      const { rows } = await superuser.query('select space from ronda.exercise where id = $1', [exercise]);
      space = (rows[0] as { space: number }).space;
      for (let nth = 1; nth <= COUNT; nth++) await message(textOf(nth));
    });

    it('gives a whole inbox of 2 MiB, and what comes behind it, to who comes and to who comes back', async () => {
      const [late, back] = [
        await listen('th.analyst', exercise),
        await listen('th.coordinator', exercise, { 'last-event-id': '7' }),
      ];
      await until(() => isThere(late, String(COUNT))() && isThere(back, String(COUNT))(), {
        what: 'all that is behind',
      });
      expect(ids(late)).toEqual(idsFrom(1, COUNT));
      expect(late.events.map(({ data }) => (data.content as { text: string }).text)).toEqual(
        idsFrom(1, COUNT).map((nth) => textOf(Number(nth))),
      );
      expect(back.events).toEqual(late.events.slice(7));
      await message('Now.');
      const next = String(COUNT + 1);
      await until(() => isThere(late, next)() && isThere(back, next)(), { what: 'what came' });
      expect(ids(late)).toEqual(idsFrom(1, COUNT + 1));
      expect(ids(back)).toEqual(idsFrom(8, COUNT + 1));
    });

    it('waits for a client that reads slowly, and neither loses nor doubles what comes meanwhile', async () => {
      // Far more than a connection holds by itself: 24 MiB of what teams wrote.
      const [work, log] = [node.app.get(UnitOfWork), node.app.get(ExerciseLogStore, { strict: false })];
      const act = {
        kind: 'act' as const,
        by: null,
        team: cast.stages.th!.id,
        verb: 'published' as const,
        record: null,
        facts: { text: 'y'.repeat(200_000) },
      };
      for (let batch = 0; batch < 12; batch++)
        await work.run('nobody', space, 'write', () =>
          log.append(
            space,
            exercise,
            Array.from({ length: 10 }, () => ({ entry: act, organisationKeys: [], isCommon: false, actorKey: null })),
          ),
        );
      const size = async () =>
        Number(
          (await superuser.query('select log_size from ronda.exercise where space = $1', [space])).rows[0].log_size,
        );
      const behind = await size();
      const stream = await hear(`${exercise}/log`, 'vn.organiser');
      stream.stall();
      await beat();
      // It hears of none of these while it is behind.
      for (let nth = 1; nth <= 3; nth++) {
        await message(`Meanwhile ${nth}`);
        await beat();
      }
      expect(stream.events.length).toBeLessThan(behind);
      for (let read = 0; stream.events.length < behind / 2; read = stream.events.length) {
        stream.goOn();
        await until(() => stream.events.length > read, { what: 'a little more' });
        stream.stall();
        await beat();
      }
      await message('And in the middle of it.');
      stream.goOn();
      await until(isThere(stream, String(await size())), { what: 'all of it', withinMs: 60_000 });
      await message('Live.');
      await until(isThere(stream, String(await size())), { what: 'what came' });
      expect(ids(stream)).toEqual(idsFrom(1, behind + 5));
    });

    it('ends with its credential also while its client has not taken what is behind', async () => {
      const stream = await hear(`${exercise}/log`, 'vn.organiser');
      stream.stall();
      await superuser.query('update ronda.credential set revoked_at = $1 where user_key = $2', [
        node.clock.now(),
        cast['vn.organiser']!.key,
      ]);
      await beat();
      stream.goOn();
      await until(() => stream.isEnded, { what: 'the stream to end' });
      const last = stream.events.length;
      await superuser.query('update ronda.credential set revoked_at = null where user_key = $1', [
        cast['vn.organiser']!.key,
      ]);
      expect(last).toBeLessThan(COUNT + 120);
    });
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
