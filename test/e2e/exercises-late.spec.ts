import { ConductExercises } from '../../src/modules/exercises/index.js';
import type { Act, LogEntry } from '../../src/modules/exercises/core/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const MINUTE = 60_000;

/** The conductor runs when the test says so: what is done between two of its rounds waits for the next. */
describe('an act that is noticed after the clock was set', () => {
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
  const conduct = () => server.app.get(ConductExercises).run();
  const steer = (id: string, act: string, body: object = {}) =>
    as('vn.organiser').post(`exercises/${id}/${act}`, body).expect(200);
  /** Thailand has the call since 0:05, and 30 minutes from then. */
  const begun = async (): Promise<string> => {
    const id = await made();
    await steer(id, 'start');
    server.clock.advance(5 * MINUTE);
    await conduct();
    return id;
  };
  const made = async (document: object = exampleScenario): Promise<string> => {
    const { body: scenario } = await as('vn.organiser').post('scenarios', { document }).expect(201);
    const { body } = await as('vn.organiser')
      .post('exercises', {
        title: 'Late',
        scenario: scenario.id,
        teams: [{ organisation: cast.stages.th!.id, roles: ['national-cert'] }],
      })
      .expect(201);
    return body.id as string;
  };
  const file = (id: string) => as('th.analyst').post('incidents', filing()).set('x-ronda-exercise', id).expect(201);
  const milestoneOf = async (id: string) => {
    const { body } = await as('vn.organiser').get(`exercises/${id}/scores`).expect(200);
    return body.items[0].roles[0].milestones[0] as { state: string; points: number; elapsedSeconds: number };
  };
  const text = async (path: string): Promise<string> => {
    const answer = await as('vn.organiser').get(`exercises/${path}`).buffer(true).expect(200);
    return answer.text;
  };

  it('is judged, shown and replayed by when it was done', async () => {
    const id = await begun();
    server.clock.advance(15 * MINUTE);
    const doneAt = server.clock.now().toISOString();
    await file(id);
    server.clock.advance(200);
    await steer(id, 'jump', { toMinutes: 90 });
    server.clock.advance(300);
    await conduct();
    expect(await milestoneOf(id)).toMatchObject({ state: 'met', points: 10, elapsedSeconds: 15 * 60 });

    const { body } = await as('vn.organiser').get(`exercises/${id}/timeline?team=${cast.stages.th!.id}`).expect(200);
    const items = body.items as Record<string, unknown>[];
    expect(items.map(({ kind, verb }) => verb ?? kind).slice(-4)).toEqual(['jumped', 'filed', 'classified', 'marked']);
    expect(items.find(({ verb }) => verb === 'filed')).toMatchObject({
      exerciseSeconds: 90 * 60 + 0.3,
      doneAt,
      doneSeconds: 20 * 60,
    });
    const board = (await as('vn.organiser').get(`exercises/${id}/board`).expect(200)).body;
    expect(board.items[0].teams[0].actedAt).toBe(doneAt);
    // Nobody had noticed it by then; since, it is known when it was.
    const sceneAt = async (minutes: number) => {
      const scene = (
        await as('vn.organiser')
          .get(`exercises/${id}/playback?atSeconds=${minutes * 60}`)
          .expect(200)
      ).body;
      const [{ injects, roles }] = scene.teams;
      return [injects[0].actedSeconds, roles[0].milestones[0].state];
    };
    expect([await sceneAt(30), await sceneAt(91)]).toEqual([
      [null, 'open'],
      [20 * 60, 'met'],
    ]);

    await steer(id, 'end');
    await conduct();
    expect(await text(`${id}/report?format=csv`)).toContain(',met,1,10,10,0:20,0:15,');
    const log = await text(`${id}/log`);
    const entries = log
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as LogEntry);
    const filed = entries.find((entry): entry is Act => entry.kind === 'act' && entry.verb === 'filed');
    expect([filed!.doneAt, filed!.at > doneAt]).toEqual([doneAt, true]);
    const replay = (file: string) =>
      as('vn.organiser')
        .request('post', '/api/v1/exercises/replays')
        .set('content-type', 'application/x-ndjson')
        .send(file);
    const { body: again } = await replay(log).expect(201);
    for (const format of ['html', 'md', 'csv'])
      expect(await text(`${again.id as string}/report?format=${format}`)).toBe(
        await text(`${id}/report?format=${format}`),
      );
    const changed = await replay(log.replaceAll(`"doneAt":"${doneAt}"`, `"doneAt":"2030-01-01T00:00:00.000Z"`));
    expect([changed.status, changed.body.errors?.[0]]).toEqual([
      400,
      { pointer: `/${filed!.seq}/doneAt`, detail: 'This must be an instant, and none after that of the entry.' },
    ]);
  });

  it('counts where the exercise was paused, hurried or ended since', async () => {
    for (const [act, body] of [
      ['pause', {}],
      ['speed', { factor: 100 }],
      ['end', {}],
    ] as const) {
      const id = await begun();
      server.clock.advance(29 * MINUTE);
      await file(id);
      server.clock.advance(200);
      await steer(id, act, body);
      server.clock.advance(5 * MINUTE);
      await conduct();
      expect([act, await milestoneOf(id)]).toMatchObject([act, { state: 'met', elapsedSeconds: 29 * 60 }]);
    }
  });

  it('does not count where it was done before STARTEX', async () => {
    const milestones = exampleScenario.milestones.map((each) => ({ ...each, from: { startex: true } }));
    const early = await made({ ...exampleScenario, milestones });
    await file(early);
    server.clock.advance(200);
    await steer(early, 'start');
    await conduct();
    expect(await milestoneOf(early)).toMatchObject({ state: 'open', points: 0 });
    await file(early);
    await conduct();
    expect(await milestoneOf(early)).toMatchObject({ state: 'met', points: 10 });
  });
});
