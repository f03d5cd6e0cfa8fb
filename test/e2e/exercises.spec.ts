import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Caller } from '../support/api.js';
import { ConductExercises } from '../../src/modules/exercises/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { timedScenario } from '../support/timed-scenario.js';

const MINUTE = 60_000;
const ABSENT = '11111111-1111-4111-8111-111111111111';

interface Exercise {
  id: string;
}

describe('exercises', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
  });
  afterAll(() => server.close());

  const as = (who: string): Caller => api.as(cast[who]!);
  const inside = (who: string, exercise: Exercise) => ({
    get: (path: string) => as(who).get(path).set('x-ronda-exercise', exercise.id),
    post: (path: string, body: object = {}) => as(who).post(path, body).set('x-ronda-exercise', exercise.id),
  });
  const conduct = () => server.app.get(ConductExercises).run();
  const steer = (exercise: Exercise, act: string, body: object = {}, who = 'vn.organiser') =>
    as(who).post(`exercises/${exercise.id}/${act}`, body);

  const keepScenario = async (document: object = exampleScenario) => {
    const { body, status, text } = await as('vn.organiser').post('scenarios', { document });
    if (status !== 201) throw new Error(text);
    return String(body.id);
  };
  /** Played by Thailand and Singapore, conducted by Viet Nam, judged by Indonesia. */
  const create = async (document?: object): Promise<Exercise> => {
    const { body, status, text } = await as('vn.organiser').post('exercises', {
      title: 'Monsoon',
      scenario: await keepScenario(document),
      teams: ['th', 'sg'].map((name) => ({ organisation: cast.stages[name]!.id, roles: ['national-cert'] })),
      staff: [{ user: cast['id.analyst']!.id, part: 'evaluator' }],
    });
    if (status !== 201) throw new Error(text);
    return body as Exercise;
  };
  const inbox = async (who: string, { id }: Exercise, after = 0) =>
    (await as(who).get(`exercises/${id}/inbox?after=${after}`).expect(200)).body as {
      items: { position: number; kind: string; inject: string | null; content: Record<string, unknown> }[];
      position: number;
    };
  const logOf = async ({ id }: Exercise) => {
    const { text } = await as('vn.organiser').get(`exercises/${id}/log`).buffer(true).expect(200);
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  describe('a space of its own', () => {
    it('holds what is filed there, which real life and other exercises do not', async () => {
      const [one, other] = [await create(), await create()];
      const filed = await inside('th.analyst', one)
        .post('/api/v1/incidents', filing({ title: 'Played here' }))
        .expect(201);
      const path = `/api/v1/incidents/${filed.body.id}`;
      await inside('th.analyst', one).get(path).expect(200);
      const absent = await as('th.analyst').get(`incidents/${ABSENT}`).expect(404);
      for (const hidden of [await as('th.analyst').get(path), await inside('th.analyst', other).get(path)])
        expect([hidden.status, { ...hidden.body, requestId: null }]).toEqual([
          404,
          { ...absent.body, requestId: null },
        ]);
      const ids = async (ask: PromiseLike<{ body: { items: { id: string }[] } }>) =>
        (await ask).body.items.map(({ id }) => id);
      expect(await ids(inside('th.analyst', one).get('/api/v1/incidents'))).toEqual([filed.body.id]);
      expect(await ids(as('th.analyst').get('incidents'))).toEqual([]);
      expect(await ids(inside('th.analyst', other).get('/api/v1/incidents'))).toEqual([]);
    });

    it('is nowhere for whoever is not in it, as for an exercise that is over or never was', async () => {
      const exercise = await create();
      const over = await create();
      await steer(over, 'start').expect(200);
      await steer(over, 'end').expect(200);
      const answer = async (who: string, id: string) => {
        const { status, body } = await as(who).get('incidents').set('x-ronda-exercise', id);
        return [status, { ...(body as object), requestId: null, instance: null }];
      };
      const absent = await answer('th.analyst', ABSENT);
      expect(absent[0]).toBe(404);
      expect(await answer('my.analyst', exercise.id)).toEqual(absent);
      expect(await answer('th.analyst', over.id)).toEqual(absent);
      expect(await answer('th.analyst', 'not-an-id')).toEqual(absent);
      expect((await answer('th.analyst', exercise.id))[0]).toBe(200);
      expect((await as('my.analyst').get(`exercises/${exercise.id}`)).status).toBe(404);
      expect((await as('my.analyst').get(`exercises/${exercise.id}/inbox`)).status).toBe(404);
      expect((await as('my.analyst').get('exercises')).body.items).toEqual([]);
    });

    it('changes nothing of accounts, groups and organisations', async () => {
      const exercise = await create();
      const refused = await inside('th.coordinator', exercise).post('/api/v1/sharing-groups', {
        name: 'A few',
        purpose: 'To share.',
        members: [],
      });
      expect(refused.status).toBe(409);
      expect(refused.body.type).toBe('urn:ronda:problem:of-real-life');
    });

    it('knows no organisation that is not in it: community is its participants, and nobody else can be named', async () => {
      const exercise = await create();
      const filed = await inside('th.analyst', exercise).post('/api/v1/incidents', filing()).expect(201);
      const path = `/api/v1/incidents/${filed.body.id}`;
      await inside('th.analyst', exercise).post(`${path}/submit`, {}).expect(200);
      const preview = await inside('th.coordinator', exercise)
        .post(`${path}/release-preview`, { marking: { tlp: 'TLP:GREEN' }, audience: ['community'] })
        .expect(200);
      const names = JSON.stringify(preview.body);
      expect(names).toContain('SG CERT');
      expect(names).not.toContain('MY CERT');
      const refused = await inside('th.analyst', exercise).post(`${path}/release`, {
        marking: { tlp: 'TLP:AMBER' },
        audience: [{ organisation: cast.stages.my!.id }],
      });
      expect([refused.status, refused.body.errors]).toEqual([
        400,
        [{ pointer: '/audience/0', detail: 'There is no such organisation.' }],
      ]);
      await inside('th.analyst', exercise)
        .post(`${path}/release`, { marking: { tlp: 'TLP:AMBER' }, audience: [{ organisation: cast.stages.sg!.id }] })
        .expect(200);
      await inside('sg.analyst', exercise).get(path).expect(200);
      await as('sg.analyst').get(path).expect(404);
    });

    it('says of everything that leaves that it is an exercise', async () => {
      const exercise = await create();
      await inside('th.analyst', exercise)
        .post('/api/v1/incidents', filing({ title: 'It goes out' }))
        .expect(201);
      for (const format of ['ndjson', 'csv']) {
        const { text } = await inside('th.analyst', exercise)
          .get(`/api/v1/incidents/export?format=${format}`)
          .buffer(true)
          .expect(200);
        expect(text).toContain('EXERCISE EXERCISE EXERCISE: It goes out');
        expect(text.replaceAll('\\"', '"').replaceAll('""', '"')).toContain('rsit:test="test"');
      }
    });

    it('keeps its own Idempotency-Keys', async () => {
      const exercise = await create();
      const key = `key-${exercise.id}`;
      const live = await as('th.analyst').post('incidents', filing()).set('idempotency-key', key).expect(201);
      const played = await inside('th.analyst', exercise)
        .post('/api/v1/incidents', filing())
        .set('idempotency-key', key)
        .expect(201);
      expect(played.body.id).not.toBe(live.body.id);
    });
  });

  describe('the conductor', () => {
    it('delivers what is due once, and scores what teams do', async () => {
      const exercise = await create();
      await steer(exercise, 'start').expect(200);
      await conduct();
      expect((await inbox('th.analyst', exercise)).items).toEqual([]);
      server.clock.advance(5 * MINUTE);
      await conduct();
      await conduct();
      const { items, position } = await inbox('th.analyst', exercise);
      expect(items).toMatchObject([
        { position: 1, kind: 'inject', inject: 'first-call', content: { channel: 'email' } },
      ]);
      expect((await inbox('th.analyst', exercise, position)).items).toEqual([]);
      expect(JSON.stringify(items)).not.toContain('expected');
      await steer(exercise, 'inbox/seen', { position }, 'th.analyst').expect(200);
      await inside('th.analyst', exercise)
        .post('/api/v1/incidents', filing({ rsit: { class: 'fraud', type: 'phishing' } }))
        .expect(201);
      server.clock.advance(MINUTE);
      await conduct();
      const scores = async (who: string) => (await as(who).get(`exercises/${exercise.id}/scores`).expect(200)).body;
      expect(await scores('th.analyst')).toMatchObject({
        items: [
          {
            organisation: cast.stages.th!.id,
            roles: [
              { role: 'national-cert', points: 10, milestones: [{ milestone: 'files-the-calls', state: 'met' }] },
            ],
          },
        ],
        hash: null,
      });
      expect((await scores('sg.analyst')).items).toMatchObject([
        { organisation: cast.stages.sg!.id, roles: [{ points: 0 }] },
      ]);
      expect((await scores('id.analyst')).items).toHaveLength(2);
      const board = (await as('id.analyst').get(`exercises/${exercise.id}/board`).expect(200)).body;
      const thai = board.items[0].teams.find(
        (team: { organisation: string }) => team.organisation === cast.stages.th!.id,
      );
      expect(thai).toMatchObject({ seenAt: expect.any(String), actedAt: expect.any(String) });
      const kinds = (await logOf(exercise)).slice(1).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'inject-delivered')).toHaveLength(2);
      expect(kinds.filter((kind) => kind === 'inject-seen')).toHaveLength(1);
      expect(kinds).toContain('act');
    });

    it('plays by the clock: paused, hurried, set forward, held and fired', async () => {
      const exercise = await create();
      const clockOf = async () =>
        (await as('th.analyst').get(`exercises/${exercise.id}/clock`).expect(200)).body as Record<string, unknown>;
      await steer(exercise, 'start').expect(200);
      server.clock.advance(MINUTE);
      await steer(exercise, 'pause', { reason: 'Lunch' }).expect(200);
      server.clock.advance(60 * MINUTE);
      expect(await clockOf()).toMatchObject({ state: 'paused', exerciseSeconds: 60 });
      expect((await steer(exercise, 'pause')).status).toBe(409);
      await steer(exercise, 'hold', { inject: 'first-call' }).expect(200);
      await steer(exercise, 'resume').expect(200);
      await steer(exercise, 'speed', { factor: 10 }).expect(200);
      server.clock.advance(MINUTE);
      expect(await clockOf()).toMatchObject({ state: 'running', exerciseSeconds: 660, speed: 10 });
      await conduct();
      expect((await inbox('th.analyst', exercise)).items).toEqual([]);
      await steer(exercise, 'fire', { inject: 'first-call', teams: [cast.stages.th!.id] }).expect(200);
      await conduct();
      expect((await inbox('th.analyst', exercise)).items).toHaveLength(1);
      expect((await inbox('sg.analyst', exercise)).items).toEqual([]);
      await steer(exercise, 'let-go', { inject: 'first-call' }).expect(200);
      await conduct();
      expect((await inbox('sg.analyst', exercise)).items).toHaveLength(1);
      expect((await inbox('th.analyst', exercise)).items).toHaveLength(1);
      await steer(exercise, 'jump', { toMinutes: 30 }).expect(200);
      expect(await clockOf()).toMatchObject({ exerciseSeconds: 1800 });
      expect((await steer(exercise, 'jump', { toMinutes: 1 })).status).toBe(409);
    });

    it('is set forward to an inject, and says which it cannot be set to, and why', async () => {
      const timed = timedScenario(4);
      const [first, second, third, fourth] = timed.injects;
      const injects = [
        first!,
        second!,
        { ...third!, timing: { afterInject: 'inject-2', minutes: 7.5 } },
        { ...fourth!, timing: { onCommand: true } },
      ];
      const exercise = await create({ ...timed, injects });
      const jump = (body: object, who?: string) => steer(exercise, 'jump', body, who);
      const secondsNow = async () =>
        (await as('th.analyst').get(`exercises/${exercise.id}/clock`).expect(200)).body.exerciseSeconds as number;
      const why = async (body: object) => {
        const answer = await jump(body).expect(400);
        return (answer.body.errors as { pointer: string; detail: string }[]).map(({ pointer, detail }) => [
          pointer,
          detail.split(/[,:.]/)[0],
        ]);
      };
      expect((await jump({ inject: 'inject-1' })).status).toBe(409);
      await steer(exercise, 'start').expect(200);
      expect(await why({})).toEqual([['/toMinutes', 'Give the time as minutes']]);
      expect(await why({ toMinutes: 10, inject: 'inject-1' })).toEqual([['/toMinutes', 'Give the time as minutes']]);
      expect(await why({ inject: 'inject-9' })).toEqual([['/inject', 'There is no such inject']]);
      expect(await why({ inject: 'inject-3' })).toEqual([['/inject', 'Nobody knows yet when it comes']]);
      expect(await why({ inject: 'inject-4' })).toEqual([['/inject', 'Nobody knows yet when it comes']]);
      expect((await jump({ inject: 'inject-2' }, 'th.analyst')).status).toBe(403);
      await jump({ inject: 'inject-2' }).expect(200);
      expect(await secondsNow()).toBe(20 * 60);
      await conduct();
      expect((await inbox('th.analyst', exercise)).items.map(({ inject }) => inject)).toEqual(['inject-1', 'inject-2']);
      expect(await why({ inject: 'inject-1' })).toEqual([['/inject', 'It lies behind']]);
      await jump({ inject: 'inject-3' }).expect(200);
      expect(await secondsNow()).toBe(27.5 * 60);
      // Where the clock was set to is everybody's to read; what for is not.
      const timeline = await as('sg.analyst').get(`exercises/${exercise.id}/timeline`).expect(200);
      expect(timeline.text).toContain('jumped');
      expect(timeline.text).not.toContain('inject-3');
    });

    it('says what is real to everybody, and what controllers say to whom they say it', async () => {
      const exercise = await create();
      await steer(exercise, 'start').expect(200);
      await steer(exercise, 'messages', { teams: [cast.stages.th!.id], text: 'To you alone.' }).expect(200);
      await steer(exercise, 'no-duff', { text: 'NO DUFF: the office is on fire.' }, 'sg.analyst').expect(200);
      expect((await inbox('th.analyst', exercise)).items.map(({ kind }) => kind)).toEqual(['message', 'no-duff']);
      expect((await inbox('sg.analyst', exercise)).items.map(({ kind, position }) => [kind, position])).toEqual([
        ['no-duff', 1],
      ]);
      expect((await steer(exercise, 'no-duff', { text: 'Stop.', pauses: true }, 'sg.analyst')).status).toBe(403);
      await steer(exercise, 'no-duff', { text: 'Stop.', pauses: true }).expect(200);
      expect((await as('sg.analyst').get(`exercises/${exercise.id}`).expect(200)).body.state).toBe('paused');
    });

    it('gives who comes late all that went before', async () => {
      const exercise = await create();
      await steer(exercise, 'start').expect(200);
      server.clock.advance(10 * MINUTE);
      await conduct();
      await steer(exercise, 'teams', {
        teams: [{ organisation: cast.stages.my!.id, roles: ['national-cert'] }],
      }).expect(200);
      await conduct();
      expect((await inbox('my.analyst', exercise)).items.map(({ inject }) => inject)).toEqual(['first-call']);
      expect((await inbox('th.analyst', exercise)).items).toHaveLength(1);
    });

    it('gives who comes late what was said to all, and NO DUFF, once, and not what was said to others', async () => {
      const exercise = await create();
      const join = (stage: string) =>
        steer(exercise, 'teams', { teams: [{ organisation: cast.stages[stage]!.id, roles: ['national-cert'] }] });
      await steer(exercise, 'messages', { text: 'Welcome.' }).expect(200);
      await steer(exercise, 'start').expect(200);
      await steer(exercise, 'no-duff', { text: 'NO DUFF: a fire.' }, 'th.analyst').expect(200);
      await steer(exercise, 'messages', { text: 'For one.', teams: [cast.stages.th!.id] }).expect(200);
      server.clock.advance(10 * MINUTE);
      await conduct();
      await join('my').expect(200);
      const said = async (who: string) =>
        (await inbox(who, exercise)).items.map(({ position, kind, content }) => [
          position,
          kind,
          (content as { text?: string }).text,
        ]);
      const before = [
        [1, 'message', 'Welcome.'],
        [2, 'no-duff', 'NO DUFF: a fire.'],
      ];
      expect(await said('my.analyst')).toEqual(before);
      await steer(exercise, 'messages', { text: 'Now all.' }).expect(200);
      await conduct();
      expect(await said('my.analyst')).toEqual([...before, [3, 'message', 'Now all.'], [4, 'inject', undefined]]);

      // While everybody speaks: before it or behind it, each word reaches it once.
      const texts = Array.from({ length: 12 }, (_, nth) => `Word ${nth}`);
      const say = (text: string) => steer(exercise, 'messages', { text });
      const answers = await Promise.all([
        ...texts.slice(0, 6).map((text) => say(text).then(({ status }) => status)),
        join('id').then(({ status }) => status),
        ...texts.slice(6).map((text) => say(text).then(({ status }) => status)),
      ]);
      expect(answers).toEqual(answers.map(() => 200));
      const heard = (await said('id.coordinator')).map(([, , text]) => String(text));
      expect(heard.slice(0, 3)).toEqual(['Welcome.', 'NO DUFF: a fire.', 'Now all.']);
      expect(heard.slice(3).sort()).toEqual([...texts].sort());
    });

    it('takes an added inject, an evaluator’s word and its remark', async () => {
      const exercise = await create();
      await steer(exercise, 'start').expect(200);
      const inject = { ...exampleScenario.injects[0], id: 'second-call', number: 2, timing: { onCommand: true } };
      await steer(exercise, 'injects', { inject }).expect(200);
      const faulty = await steer(exercise, 'injects', {
        inject: { ...inject, id: 'third-call', number: 3, from: 'nobody' },
      });
      expect((await steer(exercise, 'injects', { inject })).status).toBe(400);
      expect([faulty.status, faulty.body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
        400,
        ['/inject/from'],
      ]);
      await steer(exercise, 'fire', { inject: 'second-call' }).expect(200);
      await conduct();
      expect((await inbox('th.analyst', exercise)).items.map((item) => item.inject)).toEqual(['second-call']);
      const word = {
        team: cast.stages.th!.id,
        role: 'national-cert',
        milestone: 'files-the-calls',
        credit: 0.5,
        reason: 'By telephone.',
      };
      expect((await steer(exercise, 'overrides', word, 'th.analyst')).status).toBe(403);
      await steer(exercise, 'overrides', word, 'id.analyst').expect(200);
      await steer(exercise, 'remarks', { sense: 'strength', text: 'Early.' }, 'id.analyst').expect(200);
      await conduct();
      const scores = await as('th.analyst').get(`exercises/${exercise.id}/scores`).expect(200);
      expect(scores.body.items[0].roles[0]).toMatchObject({ points: 5, milestones: [{ override: 'By telephone.' }] });
    });

    it('is steered by controllers alone', async () => {
      const exercise = await create();
      expect((await steer(exercise, 'start', {}, 'th.analyst')).status).toBe(403);
      expect((await steer(exercise, 'start', {}, 'id.analyst')).status).toBe(403);
      expect((await steer(exercise, 'start', {}, 'my.analyst')).status).toBe(404);
      for (const secret of ['board', 'log'])
        expect((await as('th.analyst').get(`exercises/${exercise.id}/${secret}`)).status).toBe(403);
    });
  });

  describe('the library', () => {
    it('names every fault of a scenario by its pointer or its line, and keeps none of it', async () => {
      const [inject] = exampleScenario.injects;
      const pointers = (body: { errors: { pointer: string }[] }) => body.errors.map(({ pointer }) => pointer).sort();
      const shapeless = { ...exampleScenario, title: '', injects: [{ ...inject, channel: 'pigeon' }] };
      const first = await as('vn.organiser').post('scenarios', { document: shapeless });
      expect([first.status, pointers(first.body)]).toEqual([400, ['/document/injects/0/channel', '/document/title']]);
      const document = { ...exampleScenario, injects: [{ ...inject, from: 'nobody' }] };
      const second = await as('vn.organiser').post('scenarios', { document });
      expect([second.status, pointers(second.body)]).toEqual([400, ['/document/injects/0/from']]);
      const text = JSON.stringify(document, null, 2);
      const { body } = await as('vn.organiser').post('scenarios/lint', { text }).expect(200);
      const line = text.split('\n').findIndex((each) => each.includes('"nobody"')) + 1;
      expect(body.findings).toContainEqual(
        expect.objectContaining({ severity: 'error', pointer: '/injects/0/from', line }),
      );
      expect((await as('vn.organiser').post('scenarios', {})).status).toBe(400);
      expect((await as('th.analyst').post('scenarios', { document })).status).toBe(403);
    });

    it('takes a text of YAML', async () => {
      const text = readFileSync(path.resolve(__dirname, '../../regions/scenarios/monsoon-tide.yaml'), 'utf8');
      const kept = await as('vn.organiser').post('scenarios', { text });
      expect([kept.status, kept.text.slice(0, 300)]).toEqual([201, expect.any(String)]);
      expect(kept.body.document.injects).toHaveLength(40);
    });
  });
});
