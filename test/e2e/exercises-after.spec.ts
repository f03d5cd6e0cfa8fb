import type { Caller } from '../support/api.js';
import { ConductExercises } from '../../src/modules/exercises/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release } from '../support/filings.js';
import { logFile } from '../support/log-file.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const MINUTE = 60_000;
const ABSENT = '11111111-1111-4111-8111-111111111111';
const NDJSON = 'application/x-ndjson';

interface Item {
  position: number;
  kind: string;
  team: string | null;
  verb: string | null;
  exerciseSeconds: number;
}

describe('after an exercise', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;
  /** Played by Thailand, which files, and Singapore, which does nothing; it is over. */
  let played: string;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
    played = await play();
  });
  afterAll(() => server.close());

  const as = (who: string): Caller => api.as(cast[who]!);
  const conduct = () => server.app.get(ConductExercises).run();
  const steer = (id: string, act: string, body: object = {}, who = 'vn.organiser') =>
    as(who).post(`exercises/${id}/${act}`, body).expect(200);
  const create = async (document: object = exampleScenario): Promise<string> => {
    const { body: scenario } = await as('vn.organiser').post('scenarios', { document }).expect(201);
    const { body } = await as('vn.organiser')
      .post('exercises', {
        title: 'Monsoon',
        scenario: scenario.id,
        teams: ['th', 'sg'].map((name) => ({ organisation: cast.stages[name]!.id, roles: ['national-cert'] })),
        staff: [{ user: cast['id.analyst']!.id, part: 'evaluator' }],
      })
      .expect(201);
    return body.id as string;
  };
  const play = async (): Promise<string> => {
    const id = await create();
    await steer(id, 'start');
    server.clock.advance(5 * MINUTE);
    await conduct();
    await steer(id, 'messages', { teams: [cast.stages.sg!.id], text: 'Are you there?' });
    await steer(id, 'inbox/seen', { position: 1 }, 'th.analyst');
    server.clock.advance(4 * MINUTE);
    const { body: filed } = await as('th.analyst')
      .post('incidents', filing({ title: 'Calls from Bangkok', rsit: { class: 'fraud', type: 'phishing' } }))
      .set('x-ronda-exercise', id)
      .expect(201);
    for (const [step, body] of [
      ['submit', {}],
      ['release', release('TLP:AMBER', [{ organisation: cast.stages.sg!.id }])],
    ] as const)
      await as('th.analyst').post(`incidents/${filed.id}/${step}`, body).set('x-ronda-exercise', id).expect(200);
    await conduct();
    const remark = { sense: 'gap', text: 'Singapore slept.', team: cast.stages.sg!.id };
    await steer(id, 'remarks', remark, 'id.analyst');
    await steer(id, 'remarks', { sense: 'strength', text: 'Early calls.' }, 'id.analyst');
    await steer(id, 'end');
    await conduct();
    return id;
  };
  const reportOf = (who: string, id: string, query = '') =>
    as(who)
      .get(`exercises/${id}/report${query}`)
      .buffer(true)
      .expect(200)
      .then(({ text }) => text);
  const logOf = (id: string, who = 'vn.organiser') =>
    as(who)
      .get(`exercises/${id}/log`)
      .buffer(true)
      .expect(200)
      .then(({ text }) => text);
  const timelineOf = async (who: string, id: string, query = ''): Promise<Item[]> =>
    (await as(who).get(`exercises/${id}/timeline${query}`).expect(200)).body.items as Item[];
  const replay = (text: string, who = 'vn.organiser') =>
    as(who).request('post', '/api/v1/exercises/replays').set('content-type', NDJSON).send(text);
  const formats = ['html', 'md', 'csv'] as const;

  describe('the report', () => {
    it('gives a team the common part and its own annex, and nothing of another', async () => {
      for (const format of formats) {
        const own = await reportOf('th.analyst', played, `?format=${format}`);
        expect(own).toContain('EXERCISE EXERCISE EXERCISE');
        expect(own).toContain(format === 'csv' ? cast.stages.th!.id : 'TH CERT');
        for (const others of ['SG CERT', cast.stages.sg!.id, 'Singapore slept']) expect(own).not.toContain(others);
        expect(own).toBe(await reportOf('id.analyst', played, `?format=${format}&team=${cast.stages.th!.id}`));
      }
      const given = await reportOf('sg.analyst', played, '?format=md');
      expect(given).toContain('Singapore slept');
      // What was shared with it, and no more of whose it is.
      expect(given).toMatch(/\| 0:09 \| released \| [-0-9a-f]{36} \| {2}\| {2}\| Team \d \|/);
      for (const others of ['Calls from Bangkok', 'TH CERT', cast.stages.th!.id]) expect(given).not.toContain(others);
      expect(await reportOf('th.analyst', played, '?format=md')).toMatch(
        /\| 0:09 \| released \| [-0-9a-f]{36} \| Calls from Bangkok \| Team \d \| {2}\|/,
      );
      const all = await reportOf('vn.organiser', played);
      for (const each of ['TH CERT', 'SG CERT', 'Singapore slept', 'Early calls']) expect(all).toContain(each);
      const common = await reportOf('vn.organiser', played, '?part=common');
      for (const each of ['TH CERT', 'SG CERT', 'Singapore slept']) expect(common).not.toContain(each);
      expect(common).toContain('Early calls');
      expect(common).toBe(await reportOf('th.analyst', played, '?part=common'));
    });

    it('is kept from players until the exercise is over, and follows what evaluators say after it', async () => {
      const id = await create();
      await steer(id, 'start');
      server.clock.advance(5 * MINUTE);
      await conduct();
      const early = await as('th.analyst').get(`exercises/${id}/report`);
      expect([early.status, early.body.type]).toEqual([409, 'urn:ronda:problem:not-now']);
      expect(await reportOf('id.analyst', id, '?format=md')).toContain('Annex');
      await steer(id, 'end');
      await conduct();
      expect(await reportOf('th.analyst', id, '?format=md')).not.toContain('By telephone');
      await steer(
        id,
        'overrides',
        {
          team: cast.stages.th!.id,
          role: 'national-cert',
          milestone: 'files-the-calls',
          credit: 0.5,
          reason: 'By telephone.',
        },
        'id.analyst',
      );
      await conduct();
      expect(await reportOf('th.analyst', id, '?format=md')).toContain('By telephone');
      const scores = (await as('th.analyst').get(`exercises/${id}/scores`).expect(200)).body;
      expect(scores.items[0].roles[0].points).toBe(5);
    });

    it('keeps lessons with owner and state, and the last word on each', async () => {
      const id = await create();
      await steer(id, 'start');
      await steer(id, 'end');
      const lesson = {
        lesson: 'duty-list',
        text: 'Keep the duty list at hand.',
        owner: 'Training desk',
        state: 'open',
      };
      expect((await as('th.analyst').post(`exercises/${id}/lessons`, lesson)).status).toBe(403);
      await steer(id, 'lessons', lesson, 'id.analyst');
      await steer(id, 'lessons', { ...lesson, state: 'done' });
      await conduct();
      const rows = (await reportOf('th.analyst', id, '?format=md'))
        .split('\n')
        .filter((line) => /duty list/.test(line));
      expect(rows).toEqual(['| Keep the duty list at hand. | Training desk | done |']);
    });

    it('answers players about others, and strangers about any, as it should', async () => {
      const other = `?team=${cast.stages.sg!.id}`;
      for (const path of [`report${other}`, `report?team=${ABSENT}`, `timeline${other}`, `timeline?team=${ABSENT}`])
        expect((await as('th.analyst').get(`exercises/${played}/${path}`)).status).toBe(403);
      expect((await as('id.analyst').get(`exercises/${played}/report?team=${ABSENT}`)).status).toBe(400);
      for (const path of ['report', 'timeline', `comparison?with=${ABSENT}`])
        expect((await as('my.analyst').get(`exercises/${played}/${path}`)).status).toBe(404);
    });
  });

  describe('the timeline', () => {
    it('gives a team what it did and was given, by a count of its own', async () => {
      const own = await timelineOf('th.analyst', played);
      expect(own).toEqual(await timelineOf('id.analyst', played, `?team=${cast.stages.th!.id}`));
      expect(own.map(({ position }) => position)).toEqual(own.map((_, index) => index + 1));
      expect(own.map(({ kind }) => kind)).not.toContain('message');
      expect(new Set(own.map(({ team }) => team))).toEqual(new Set([null, cast.stages.th!.id]));
      expect(own.find(({ verb }) => verb === 'filed')).toMatchObject({ kind: 'act', exerciseSeconds: 540 });
      expect((await timelineOf('sg.analyst', played)).map(({ kind }) => kind)).toContain('message');
    });

    it('plays back: what had happened at any instant, and behind any position', async () => {
      const all = await timelineOf('vn.organiser', played);
      const until = await timelineOf('vn.organiser', played, '?untilSeconds=300');
      expect(until).toEqual(all.filter(({ exerciseSeconds }) => exerciseSeconds <= 300));
      expect(until.map(({ kind }) => kind)).toContain('inject-delivered');
      expect(until.map(({ kind }) => kind)).not.toContain('act');
      expect(await timelineOf('vn.organiser', played, '?after=2&limit=3')).toEqual(all.slice(2, 5));
    });
  });

  describe('a replay', () => {
    it('is worth the same, and reads the same, byte for byte', async () => {
      const log = await logOf(played);
      const { body, status, text, headers } = await replay(log);
      if (status !== 201) throw new Error(text);
      expect(body).toMatchObject({ state: 'ended', title: 'Monsoon', replayOf: played, teams: [], part: 'controller' });
      expect(headers.location).toContain(body.id);
      const hash = async (id: string) =>
        (await as('vn.organiser').get(`exercises/${id}/scores`).expect(200)).body.hash as string;
      expect(await hash(body.id)).toBe(await hash(played));
      for (const format of formats)
        for (const query of [`?format=${format}`, `?format=${format}&team=${cast.stages.sg!.id}`])
          expect(await reportOf('vn.organiser', body.id, query)).toBe(await reportOf('vn.organiser', played, query));
      expect(await logOf(body.id)).toBe(log);
      const clock = async (id: string) => {
        const { at: _, ...rest } = (await as('vn.organiser').get(`exercises/${id}/clock`).expect(200)).body;
        return rest as object;
      };
      expect(await clock(body.id)).toEqual(await clock(played));
      expect((await replay(log)).body.id).toBe(body.id);
    });

    it('is nobody’s but who took it in, whatever teams it names', async () => {
      const { body } = await replay(await logOf(played)).expect(201);
      for (const who of ['th.analyst', 'sg.analyst', 'id.analyst', 'vn.analyst'])
        expect((await as(who).get(`exercises/${body.id}/report`)).status).toBe(404);
      for (const who of ['th.analyst', 'sg.analyst', 'id.analyst'])
        expect((await as(who).get(`exercises/${body.id}`)).status).toBe(404);
      expect((await replay(await logOf(played), 'th.analyst')).status).toBe(403);
    });

    it('takes whatever a run can come to hold: an incident as long as one may be, with a comment on it', async () => {
      const id = await create();
      await steer(id, 'start');
      const long = filing({ description: 'ü'.repeat(100_000) });
      const filed = await as('th.analyst').post('incidents', long).set('x-ronda-exercise', id).expect(201);
      await as('th.analyst')
        .post(`incidents/${filed.body.id}/comments`, { body: 'c'.repeat(20_000) })
        .set('x-ronda-exercise', id)
        .expect(201);
      await conduct();
      await steer(id, 'end');
      const log = await logOf(id);
      expect(log).toContain(`"text":"${'c'.repeat(20_000)}`);
      const { body, status, text } = await replay(log);
      expect([status, text]).toEqual([201, expect.any(String)]);
      expect(await logOf(body.id)).toBe(log);
    });

    it('takes a log that is longer than other files may be, act by act', async () => {
      const team = cast.stages.th!.id;
      const acts = Array.from({ length: 20_000 }, (_, nth) => ({
        rsit: 'fraud:phishing',
        tlp: 'TLP:AMBER' as const,
        title: `Case ${nth}`,
        text: 'What its team wrote of it, and of what it asks. '.repeat(16),
        observables: [{ type: 'domain', value: `host-${nth}.example` }],
      }));
      const log = logFile(team, acts);
      expect(Buffer.byteLength(log)).toBeGreaterThan(17 * 1024 * 1024);
      const { body, status, text } = await replay(log);
      expect([status, text]).toEqual([201, expect.any(String)]);
      const { hash } = (await as('vn.organiser').get(`exercises/${body.id}/scores`).expect(200)).body as {
        hash: string;
      };
      expect((JSON.parse(log.slice(0, log.indexOf('\n'))) as { scoreHash: string }).scoreHash).toBe(hash);
      const given = (await logOf(body.id)).trim().split('\n');
      expect(given).toHaveLength(20_004);
      for (const place of [1, 3, 503, 10_000, 20_002, 20_003])
        expect(JSON.parse(given[place]!)).toEqual(JSON.parse(log.split('\n')[place]!));
      expect((await replay(log)).body.id).toBe(body.id);
    });

    it('is refused whole where its last line is wrong, or holds what no database keeps', async () => {
      const replays = async () =>
        (await as('vn.organiser').get('exercises?limit=100').expect(200)).body.items.length as number;
      const before = await replays();
      const acts = Array.from({ length: 1_200 }, () => ({ title: 'A case' }));
      const lines = logFile(cast.stages.th!.id, acts).trim().split('\n');
      const cut = await replay(lines.slice(0, -1).join('\n'));
      expect([cut.status, cut.body.errors[0].pointer]).toEqual([400, '/1202']);
      const nul = await replay(lines.join('\n').replaceAll('"A case"', '"A\\u0000case"'));
      expect([nul.status, nul.body.errors[0].pointer]).toEqual([400, '/3/facts/title']);
      expect(await replays()).toBe(before);
      const typed = await as('vn.organiser').post('exercises/replays', { not: 'a file' });
      expect(typed.status).toBe(415);
    });

    it('is refused where the file was changed, and says where', async () => {
      const lines = (await logOf(played)).trim().split('\n');
      type Line = Record<string, unknown>;
      const sent = async (change: (all: Line[]) => Line[]) => {
        const changed = change(lines.map((line) => JSON.parse(line) as Line));
        const { status, body } = await replay(changed.map((line) => `${JSON.stringify(line)}\n`).join(''));
        return [status, (body.errors as { pointer: string }[]).map(({ pointer }) => pointer)];
      };
      const at = (place: number, more: object) => (all: Line[]) =>
        all.map((line, index) => (index === place ? { ...line, ...more } : line));
      const act = lines.findIndex((line) => line.includes('"kind":"act"'));
      const scenario = { ...(JSON.parse(lines[0]!) as { scenario: object }).scenario, title: 'Another' };
      expect(await sent(at(0, { scenario }))).toEqual([400, ['/0/scenarioHash']]);
      expect(await sent(at(act, { team: cast.stages.sg!.id }))).toEqual([400, ['/0/scoreHash']]);
      expect(await sent(at(act, { verb: 'sang' }))).toEqual([400, [`/${act}/verb`]]);
      expect(await sent(at(act, { kind: 'song' }))).toEqual([400, [`/${act}/kind`]]);
      expect(await sent(at(act, { at: '2020-01-01T00:00:00.000Z' }))).toEqual([400, [`/${act}/at`]]);
      expect(await sent((all) => all.filter((_, index) => index !== 2))).toMatchObject([400, expect.any(Array)]);
      expect(await sent((all) => all.slice(0, -1))).toEqual([400, [`/${lines.length - 2}`]]);
      expect(await sent(() => [])).toEqual([400, ['/0']]);
      // An escape, which the bytes do not show.
      for (const text of ['a\0b', 'half \ud800'])
        expect(await sent(at(act, { by: text }))).toEqual([400, [`/${act}/by`]]);
      const foreign = { ...scenario, language: 'en-12' };
      expect(await sent(at(0, { scenario: foreign }))).toEqual([400, ['/0/scenario/language']]);
      const broken = await replay(`${lines[0]!}\n{"kind":`);
      expect([broken.status, broken.body.errors[0].pointer]).toEqual([400, '/1']);
      const keyed = await replay(lines.join('\n')).set('idempotency-key', 'a-key');
      expect([keyed.status, keyed.body.errors[0].pointer]).toEqual([400, '/idempotency-key']);
    });
  });

  it('keeps no scenario that cannot be kept, and says where, however it is written', async () => {
    const written = (change: object) => JSON.stringify({ ...exampleScenario, ...change });
    const cexf = (name: string) => ({ exercise: { uuid: ABSENT, name }, injects: [], inject_flow: [] });
    const adversaries = [{ name: 'Glass Heron' }];
    for (const path of ['scenarios', 'scenarios/lint'])
      for (const [body, pointer] of [
        [{ text: written({ summary: 'a\0b' }) }, '/summary'],
        [{ text: written({ summary: '?' }).replace('"?"', '"half \\ud83d"') }, '/summary'],
        [{ text: written({ language: 'en-12', adversaries }) }, '/language'],
        [{ document: { ...exampleScenario, language: 'en-12', adversaries } }, '/language'],
        [{ text: JSON.stringify(cexf('a\0b')), format: 'cexf' }, '/exercise/name'],
      ] as const) {
        const answer = await as('vn.organiser').post(path, body);
        const said = JSON.stringify(answer.body.errors ?? answer.body.findings);
        expect([path, answer.status]).toEqual([path, path === 'scenarios' ? 400 : 200]);
        expect(said).toContain(pointer);
      }
  });

  it('compares two runs of one scenario for who conducts both, and names no team', async () => {
    const other = await create();
    await steer(other, 'start');
    await steer(other, 'end');
    const path = (id: string) => `exercises/${played}/comparison?with=${id}`;
    const { body, text } = await as('vn.organiser').get(path(other)).expect(200);
    const [milestone] = exampleScenario.milestones;
    expect(body.items).toEqual([
      {
        milestone: milestone!.id,
        title: milestone!.title,
        runs: [
          { met: 1, of: 2, meanCredit: 0.5 },
          { met: 0, of: 2, meanCredit: 0 },
        ],
      },
    ]);
    expect(text).not.toContain('CERT');
    const foreign = await create({ ...exampleScenario, id: 'another' });
    const { body: own } = await as('vn.organiser').post('exercises', {
      title: 'Without Indonesia',
      scenario: (await as('vn.organiser').post('scenarios', { document: exampleScenario }).expect(201)).body.id,
      teams: [],
    });
    expect((await as('vn.organiser').get(path(foreign))).status).toBe(400);
    expect((await as('th.analyst').get(path(other))).status).toBe(403);
    const errors = async (id: string) => (await as('id.analyst').get(path(id)).expect(400)).body.errors as object;
    expect(await errors(own.id)).toEqual(await errors(ABSENT));
  });
});
