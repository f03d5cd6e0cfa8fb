import pg from 'pg';
import { product } from '../../src/product.js';
import type { JobHandlers } from '../../src/platform/jobs/job-handlers.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

const HOUR_MS = 3_600_000;

describe('what the worker does again and again', () => {
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let api: Api;
  let jobs: JobHandlers;
  let superuser: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    api = new Api(node.url);
    jobs = product.jobs(node.app);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });

  afterAll(async () => {
    await superuser.end();
    await node.close();
  });

  it('lets a newcomer into its group when nobody objected in time, also on two nodes at once', async () => {
    const { 'vn.coordinator': founder, 'sg.coordinator': newcomer } = cast;
    const sg = cast.stages.sg!.id;
    const group = { name: 'Cross-border', purpose: 'Phishing', members: [cast.stages.th!.id] };
    const { id } = (await api.as(founder!).post('sharing-groups', group).expect(201)).body;
    await api.as(founder!).post(`sharing-groups/${id}/members`, { organisation: sg }).expect(201);
    await api.as(newcomer!).post(`sharing-groups/${id}/members/${sg}/accept`).expect(200);
    const state = async (): Promise<unknown> =>
      (await api.as(founder!).get(`sharing-groups/${id}/members/${sg}`).expect(200)).body.state;
    await jobs.run('minute');
    expect(await state()).toBe('proposed');
    node.clock.advance(72 * HOUR_MS);
    await Promise.all([jobs.run('minute'), jobs.run('minute')]);
    expect(await state()).toBe('member');
    expect((await api.as(founder!).get(`sharing-groups/${id}`).expect(200)).body.epoch).toBe(2);
  });

  it('forgets what was kept for a repeated request after a day, and not before', async () => {
    await api.as(cast['vn.analyst']!).post('incidents', filing()).set('idempotency-key', 'once').expect(201);
    const kept = async (): Promise<number> =>
      (await superuser.query(`select from ronda.idempotency_key where key = 'once'`)).rows.length;
    node.clock.advance(23 * HOUR_MS);
    await jobs.run('hour');
    expect(await kept()).toBe(1);
    node.clock.advance(2 * HOUR_MS);
    await jobs.run('hour');
    expect(await kept()).toBe(0);
  });
});
