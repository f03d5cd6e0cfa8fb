import { DeliverWebhooks, RelayEvents } from '../../src/modules/events/index.js';
import { ConductExercises } from '../../src/modules/exercises/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { timedScenario } from '../support/timed-scenario.js';
import { WebhookTarget } from '../support/webhook-target.js';

describe('webhooks of an exercise', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;
  let scenario: string;
  let listed: WebhookTarget;
  let other: WebhookTarget;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
    const document = timedScenario(2);
    scenario = String((await as('vn.organiser').post('scenarios', { document }).expect(201)).body.id);
  });
  beforeEach(async () => {
    [listed, other] = await Promise.all([WebhookTarget.open(), WebhookTarget.open()]);
  });
  afterEach(async () => {
    await Promise.all([listed.close(), other.close()]);
  });
  afterAll(async () => {
    await server.close();
  });

  const as = (who: string) => api.as(cast[who]!);
  const create = async (addresses?: string[]): Promise<string> => {
    const teams = ['th', 'sg'].map((name) => ({ organisation: cast.stages[name]!.id, roles: ['national-cert'] }));
    const { body } = await as('vn.organiser')
      .post('exercises', { title: 'Monsoon', scenario, teams, ...(addresses && { addresses }) })
      .expect(201);
    return body.id as string;
  };
  const hook = (exercise: string, url: string, who = 'th.coordinator') =>
    as(who).post('webhooks', { url }).set('x-ronda-exercise', exercise);
  const round = async () => {
    await server.app.get(RelayEvents).run();
    await server.app.get(DeliverWebhooks).run();
  };
  const pass = async (minutes: number) => {
    server.clock.advance(minutes * 60_000);
    await server.app.get(ConductExercises).run();
    await round();
  };
  const list = async (exercise: string, addresses: string[]) => {
    const { headers } = await as('vn.organiser').get(`exercises/${exercise}`).expect(200);
    return as('vn.organiser')
      .put(`exercises/${exercise}/addresses`, { addresses })
      .set('if-match', String(headers.etag))
      .expect(200);
  };

  it('say that something reached the team, and nothing of what, to the addresses that the exercise lists', async () => {
    const exercise = await create([listed.url]);
    await hook(exercise, listed.url).expect(201);
    const refused = await hook(exercise, other.url).expect(400);
    expect(refused.body.errors).toEqual([{ pointer: '/url', detail: 'The exercise does not list this address.' }]);
    // In real life it may be sent anything: only the exercise does not know it.
    await as('th.coordinator').post('webhooks', { url: other.url }).expect(201);

    await as('vn.organiser').post(`exercises/${exercise}/start`).expect(200);
    await pass(10);
    expect(listed.received.map(({ event }) => event)).toMatchObject([
      { type: 'inbox.delivered', data: { record: { kind: 'inbox-item' }, parentId: exercise } },
    ]);
    expect(listed.received[0]!.body).not.toContain('inject');
    await as('vn.organiser')
      .post(`exercises/${exercise}/messages`, { text: 'For Singapore.', teams: [cast.stages.sg!.id] })
      .expect(200);
    await round();
    expect(listed.received).toHaveLength(1);
    await as('sg.analyst').post(`exercises/${exercise}/no-duff`, { text: 'NO DUFF: a fire.' }).expect(200);
    await round();
    expect(listed.received).toHaveLength(2);
    expect(other.received).toEqual([]);
    const told = await as('th.analyst').get('events').set('x-ronda-exercise', exercise).expect(200);
    expect(told.body.items.map(({ type }: { type: string }) => type)).toEqual(['inbox.delivered', 'inbox.delivered']);
    expect((await as('th.analyst').get('events').expect(200)).body.items).toEqual([]);
  });

  it('stop where their address is listed no longer, and go on with all of it when it is again', async () => {
    const exercise = await create([listed.url]);
    await hook(exercise, listed.url).expect(201);
    await as('vn.organiser').post(`exercises/${exercise}/start`).expect(200);
    await list(exercise, [other.url]);
    await pass(10);
    await pass(10);
    expect(listed.received).toEqual([]);
    expect((await hook(exercise, listed.url)).status).toBe(400);
    expect((await list(exercise, [listed.url])).body.addresses).toEqual([listed.url]);
    await round();
    expect(listed.received).toHaveLength(2);
  });

  it('leave an exercise that lists nothing for nowhere', async () => {
    const exercise = await create();
    expect((await hook(exercise, listed.url)).status).toBe(400);
  });

  it('are let out by the organisation whose exercise it is alone, until it is over', async () => {
    const exercise = await create([listed.url]);
    const read = async (who: string) => as(who).get(`exercises/${exercise}`).expect(200);
    expect((await read('vn.organiser')).body).toMatchObject({ addresses: [listed.url] });
    expect((await read('vn.organiser')).body.allowedActions).toContain('list-addresses');
    expect((await read('th.analyst')).body.addresses).toBeNull();
    const put = (who: string, addresses: unknown, etag = '*') =>
      as(who).put(`exercises/${exercise}/addresses`, { addresses }).set('if-match', etag);
    const { headers } = await read('vn.organiser');
    await put('vn.organiser', [other.url], String(headers.etag)).expect(200);
    await put('vn.organiser', [listed.url], String(headers.etag)).expect(412);
    await as('vn.organiser').put(`exercises/${exercise}/addresses`, { addresses: [] }).expect(428);
    expect((await put('th.coordinator', [listed.url])).status).toBe(403);
    const { body } = await put('vn.organiser', ['nowhere', other.url, 'ftp://hooks.example/']).expect(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/addresses']);
    await as('vn.organiser').post(`exercises/${exercise}/start`).expect(200);
    await as('vn.organiser').post(`exercises/${exercise}/end`).expect(200);
    await put('vn.organiser', [listed.url]).expect(409);
  });
});
