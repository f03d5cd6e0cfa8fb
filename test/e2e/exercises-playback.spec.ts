import pg from 'pg';
import { ConductExercises } from '../../src/modules/exercises/index.js';
import { PlayBack } from '../../src/modules/exercises/play-back.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { EventStream } from '../support/event-stream.js';
import { filing } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const MINUTE = 60_000;

interface Team {
  organisation: string;
  injects: { inject: string; sentSeconds: number; seenSeconds: number | null; actedSeconds: number | null }[];
  roles: { points: number; milestones: { milestone: string; state: string }[] }[];
}

interface Scene {
  exerciseSeconds: number;
  entry: number;
  state: string;
  speed: number;
  teams: Team[];
}

describe('a run played back', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;
  /** Played by Thailand, which files after nine minutes, and Singapore, which does nothing; it ends after forty. */
  let played: string;
  let superuser: pg.Client;
  const open: EventStream[] = [];

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    const { body: scenario } = await as('vn.organiser').post('scenarios', { document: exampleScenario }).expect(201);
    const { body } = await as('vn.organiser')
      .post('exercises', {
        title: 'Monsoon',
        scenario: scenario.id,
        teams: ['th', 'sg'].map((name) => ({ organisation: cast.stages[name]!.id, roles: ['national-cert'] })),
        staff: [{ user: cast['id.analyst']!.id, part: 'evaluator' }],
      })
      .expect(201);
    played = body.id as string;
    await steer('start');
    await pass(5);
    await as('th.analyst').post(`exercises/${played}/inbox/seen`, { position: 1 }).expect(200);
    await pass(4);
    await as('th.analyst')
      .post('incidents', filing({ rsit: { class: 'fraud', type: 'phishing' } }))
      .set('x-ronda-exercise', played)
      .expect(201);
    await server.app.get(ConductExercises).run();
    await pass(31);
    await steer('end');
    await server.app.get(ConductExercises).run();
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close();
  });
  afterAll(async () => {
    await superuser.end();
    await server.close();
  });

  const as = (who: string) => api.as(cast[who]!);
  const steer = (act: string) => as('vn.organiser').post(`exercises/${played}/${act}`, {}).expect(200);
  const pass = async (minutes: number) => {
    server.clock.advance(minutes * MINUTE);
    await server.app.get(ConductExercises).run();
  };
  const sceneAt = async (seconds: number, who = 'id.analyst'): Promise<Scene> =>
    (await as(who).get(`exercises/${played}/playback?atSeconds=${seconds}`).expect(200)).body as Scene;
  const team = ({ teams }: Scene, name: string): Team =>
    teams.find(({ organisation }) => organisation === cast.stages[name]!.id)!;
  const watch = async (query: string, headers: Record<string, string> = {}, token = cast['id.analyst']!.token) => {
    const url = `${server.url}/api/v1/exercises/${played}/playback?${query}`;
    const stream = await EventStream.at(url, token, headers);
    open.push(stream);
    return stream;
  };
  const over = (stream: EventStream) =>
    until(() => stream.events.at(-1)?.event === 'over' && stream.isEnded, { what: 'the end' });

  it('shows the state of every team at any instant', async () => {
    const startex = await sceneAt(0);
    expect(startex).toMatchObject({ exerciseSeconds: 0, state: 'running', speed: 1 });
    expect(startex.teams.map(({ injects, roles }) => [injects, roles.map(({ points }) => points)])).toEqual([
      [[], [0]],
      [[], [0]],
    ]);
    const before = await sceneAt(539.9);
    expect(team(before, 'th').injects[0]).toMatchObject({ sentSeconds: 300, seenSeconds: 300, actedSeconds: null });
    expect(team(before, 'th').roles[0]!.points).toBe(0);
    const behind = await sceneAt(540);
    expect(behind.entry).toBeGreaterThan(before.entry);
    expect(team(behind, 'th').injects[0]).toMatchObject({ actedSeconds: 540 });
    expect(team(behind, 'th').roles[0]!.points).toBeGreaterThan(0);
    expect(team(behind, 'sg').injects[0]).toMatchObject({ seenSeconds: null, actedSeconds: null });
    expect(team(behind, 'sg').roles[0]!.points).toBe(0);
  });

  it('ends where the run ended, and with its score', async () => {
    const last = await sceneAt(1_000_000, 'vn.organiser');
    expect(last).toMatchObject({ exerciseSeconds: 2_400, state: 'ended' });
    const { body: scores } = await as('vn.organiser').get(`exercises/${played}/scores`).expect(200);
    expect(last.teams.map(({ organisation, roles }) => ({ organisation, roles }))).toEqual(scores.items);
    // A replay has a log, and no inboxes: its board and its playback are those of the run.
    const log = await as('vn.organiser').get(`exercises/${played}/log`).buffer(true).expect(200);
    const replay = as('vn.organiser').request('post', '/api/v1/exercises/replays');
    const { body } = await replay.set('content-type', 'application/x-ndjson').send(log.text).expect(201);
    for (const path of ['playback?atSeconds=540', 'board']) {
      const of = (id: string) => as('vn.organiser').get(`exercises/${id}/${path}`).expect(200);
      expect((await of(body.id as string)).body).toEqual((await of(played)).body);
    }
  });

  it('goes by as a stream, from an instant on, with every change of a score', async () => {
    const stream = await watch('atSeconds=299&speed=1000000');
    expect(stream.answer.headers['content-type']).toContain('text/event-stream');
    await over(stream);
    const [scene, ...rest] = stream.events;
    expect(scene).toMatchObject({ event: 'scene', data: await sceneAt(299) });
    expect(scene!.id).toBe(String(scene!.data.entry));
    const { body } = await as('id.analyst').get(`exercises/${played}/timeline?limit=1000`).expect(200);
    const entries = rest.filter(({ event }) => event === 'entry');
    expect(entries.map(({ data }) => data)).toEqual(
      (body.items as { exerciseSeconds: number }[]).filter(({ exerciseSeconds }) => exerciseSeconds > 299),
    );
    expect(entries.map(({ id, data }) => [id, data.position])).toEqual(
      entries.map((_, index) => [String(Number(scene!.id) + index + 1), Number(scene!.id) + index + 1]),
    );
    const filed = rest.findIndex(({ data }) => data.verb === 'filed');
    expect(rest[filed + 1]).toMatchObject({ event: 'score', id: '', data: { organisation: cast.stages.th!.id } });
    const last = await sceneAt(2_400);
    for (const { organisation, roles } of last.teams)
      expect(
        rest.filter(({ event, data }) => event === 'score' && data.organisation === organisation).at(-1)!.data,
      ).toEqual({ organisation, roles });
    expect(rest.at(-1)).toMatchObject({ event: 'over', data: { exerciseSeconds: 2_400 } });
  });

  it('goes by no faster than was asked, and goes on where a client was', async () => {
    const began = performance.now();
    // From the delivery to the filing, four minutes.
    const stream = await watch('atSeconds=300&speed=400');
    await until(() => stream.events.some(({ data }) => data.verb === 'filed'), { what: 'the filing' });
    expect(performance.now() - began).toBeGreaterThanOrEqual(590);
    stream.close();
    const again = await watch('atSeconds=300&speed=1000000', { 'last-event-id': stream.lastEventId! });
    await over(again);
    expect(again.events[0]).toMatchObject({ event: 'scene', id: stream.lastEventId });
    const told = (of: EventStream) => of.events.filter(({ event }) => event === 'entry').map(({ id }) => Number(id));
    const all = [...told(stream), ...told(again)];
    expect(all).toEqual(all.map((_, index) => all[0]! + index));
    expect(all.at(-1)).toBe((await sceneAt(2_400)).entry);
    const behindAll = await watch('speed=1000', { 'last-event-id': '999999999' });
    await over(behindAll);
    expect(behindAll.events.map(({ event }) => event)).toEqual(['scene', 'over']);
  });

  it('is for controllers and evaluators, and to strangers is not there', async () => {
    for (const headers of [{}, { accept: 'text/event-stream' }]) {
      const asked = (who: string, query = '') => as(who).get(`exercises/${played}/playback${query}`).set(headers);
      expect((await asked('th.analyst')).status).toBe(403);
      expect((await asked('my.analyst')).status).toBe(404);
      for (const query of ['atSeconds=-1', 'atSeconds=soon', 'speed=0', 'speed=1e9', 'team=x'])
        expect((await asked('id.analyst', `?${query}`)).status).toBe(400);
    }
    const ahead = as('id.analyst').get(`exercises/${played}/playback`).set('accept', 'text/event-stream');
    expect((await ahead.set('last-event-id', 'x')).body.errors[0].pointer).toBe('/last-event-id');
  });

  it('ends with its credential, within a heartbeat, however long nothing happens', async () => {
    for (const node of server.nodes) node.get(PlayBack, { strict: false }).heartbeatMs = 20;
    const [revoked, other] = await Promise.all(
      ['id.analyst', 'vn.organiser'].map((who) => watch('atSeconds=541&speed=0.1', {}, cast[who]!.token)),
    );
    await until(() => revoked!.beats > 2, { what: 'heartbeats' });
    await superuser.query('update ronda.credential set revoked_at = $1 where user_key = $2', [
      server.clock.now(),
      cast['id.analyst']!.key,
    ]);
    await until(() => revoked!.isEnded, { what: 'its end' });
    expect(revoked!.events.map(({ event }) => event)).toEqual(['scene']);
    const { beats } = other!;
    await until(() => other!.beats > beats + 2, { what: 'more heartbeats of the other' });
    expect(other!.isEnded).toBe(false);
  });

  it('ends with its credential also where something happens all the time', async () => {
    for (const node of server.nodes) node.get(PlayBack, { strict: false }).heartbeatMs = 2_650;
    // A delivery after 1.5 seconds and the filing 1.2 seconds later: neither is a heartbeat behind the other. The heartbeat is
    // just before the filing, so that the delivery may come as much as a second late, and is still told.
    const stream = await watch('speed=200', {}, cast['vn.organiser']!.token);
    await superuser.query('update ronda.credential set revoked_at = $1 where user_key = $2', [
      server.clock.now(),
      cast['vn.organiser']!.key,
    ]);
    await until(() => stream.isEnded, { what: 'its end' });
    expect(stream.events.filter(({ data }) => data.kind === 'inject-delivered')).not.toEqual([]);
    expect(stream.events.filter(({ data }) => data.kind === 'act')).toEqual([]);
  });
});
