import pg from 'pg';
import { EndHolds } from '../../src/modules/incidents/index.js';
import { Api } from '../support/api.js';
import { assembleCast, uuidOf } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

describe('a release by somebody alone on duty', () => {
  let database: TestDatabase;
  let nodes: TestApp[];
  let cast: Cast;
  let api: Api;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    const first = await startTestApp(database);
    nodes = [first, await startTestApp(database, { clock: first.clock })];
    api = new Api(first.url);
  });
  afterAll(() => Promise.all(nodes.map((node) => node.close())));

  const advance = (minutes: number) => nodes[0]!.clock.advance(minutes * 60_000);
  const endHolds = () => Promise.all(nodes.map((node) => node.app.get(EndHolds).run()));
  const coordinator = () => api.as(cast['vn.coordinator']!);
  const reader = () => api.as(cast['th.analyst']!);
  const hold = (id: string) =>
    coordinator().post(`incidents/${id}/release`, { ...release('TLP:GREEN', ['community']), hold: true });

  it('waits half an hour and goes out by itself, once, whichever node looks', async () => {
    const incident = await submitted(coordinator());
    const asked = await hold(incident.id);
    expect([asked.status, asked.body.waitingRelease.status]).toEqual([202, 'held']);
    advance(29);
    await endHolds();
    expect((await reader().get(`incidents/${incident.id}`)).status).toBe(404);
    advance(1);
    await endHolds();
    expect((await reader().get(`incidents/${incident.id}`)).status).toBe(200);
    const own = (await coordinator().get(`incidents/${incident.id}`)).body;
    expect([own.release.status, own.waitingRelease]).toEqual(['released', null]);
  });

  it('is cancelled by anyone of the organisation, and then never goes out', async () => {
    const incident = await submitted(coordinator());
    await hold(incident.id);
    expect((await api.as(cast['vn.analyst']!).post(`incidents/${incident.id}/release/cancel`)).status).toBe(200);
    advance(60);
    await endHolds();
    expect((await reader().get(`incidents/${incident.id}`)).status).toBe(404);
    expect((await api.as(cast['vn.analyst']!).post(`incidents/${incident.id}/release/cancel`)).status).toBe(409);
  });

  it('does not go out when the record was edited in between', async () => {
    const incident = await submitted(coordinator());
    await hold(incident.id);
    await api.as(cast['vn.analyst']!).patch(`incidents/${incident.id}`, { title: 'Smuggled in' });
    advance(31);
    await endHolds();
    expect((await reader().get(`incidents/${incident.id}`)).status).toBe(404);
  });

  it('does not go out when its author may no longer release', async () => {
    const incident = await submitted(coordinator());
    await hold(incident.id);
    await superuser(`update ronda.user_account set status = 'disabled' where email = 'coordinator@vn.example'`);
    advance(31);
    await endHolds();
    expect((await reader().get(`incidents/${incident.id}`)).status).toBe(404);
    await superuser(`update ronda.user_account set status = 'active' where email = 'coordinator@vn.example'`);
  });

  it('is not for those who have a colleague on duty', async () => {
    await superuser(
      `insert into ronda.duty_assignment (id, org_key, duty_role, user_key, position, starts_at)
       values ('${uuidOf('duty')}', ${cast.stages.vn!.key}, 'incident-response', ${cast['vn.analyst']!.key}, 'primary', '2026-01-01')`,
    );
    const incident = await submitted(coordinator());
    const refused = await hold(incident.id);
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:ronda:problem:somebody-on-duty']);
  });

  it('sends RED to whoever is on duty at the moment of release', async () => {
    const red = await api.as(cast['th.analyst']!).post('incidents', filing({ marking: { tlp: 'TLP:RED' } }));
    await api.as(cast['th.analyst']!).post(`incidents/${red.body.id}/submit`).expect(200);
    const duty = (role: string) => [{ dutyRole: { organisation: cast.stages.vn!.id, role } }];
    const nobody = await api
      .as(cast['th.analyst']!)
      .post(`incidents/${red.body.id}/release`, release('TLP:RED', duty('night-watch')));
    expect(nobody.body.errors).toEqual([
      { pointer: '/audience/0', detail: 'Nobody is on duty as night-watch there now.' },
    ]);
    await api
      .as(cast['th.analyst']!)
      .post(`incidents/${red.body.id}/release`, release('TLP:RED', duty('incident-response')))
      .expect(200);
    expect((await api.as(cast['vn.analyst']!).get(`incidents/${red.body.id}`)).body.readableAs).toEqual(['user']);
    expect((await api.as(cast['vn.coordinator']!).get(`incidents/${red.body.id}`)).status).toBe(404);
  });

  async function superuser(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    await client.query(sql);
    await client.end();
  }
});
