// eslint-disable-next-line no-restricted-imports -- nothing sleeps by it here: it tells how long the worker does
import timers from 'node:timers/promises';
import pg from 'pg';
import { EndHolds } from '../../src/modules/incidents/index.js';
import { Alarms } from '../../src/platform/jobs/alarms.js';
import { product } from '../../src/product.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const HOUR_MS = 3_600_000;

describe('a release at an instant', () => {
  let database: TestDatabase;
  let nodes: TestApp[];
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    const first = await startTestApp(database);
    nodes = [first, await startTestApp(database, { clock: first.clock })];
    api = new Api(first.url);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });
  afterAll(async () => {
    await superuser.end();
    await Promise.all(nodes.map((node) => node.close()));
  });

  const clock = () => nodes[0]!.clock;
  const inHours = (hours: number): string => new Date(clock().now().getTime() + hours * HOUR_MS).toISOString();
  /** As the workers of both nodes do, at once. */
  const work = () => Promise.all(nodes.map((node) => node.app.get(EndHolds).run()));
  const vn = (role = 'coordinator') => api.as(cast[`vn.${role}`]!);
  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const status = async (player: string, id: string): Promise<number> =>
    (await api.as(cast[player]!).get(`incidents/${id}`)).status;
  const toThailand = (hours: number) => ({
    ...release('TLP:AMBER', [organisation('th')]),
    notBefore: inHours(hours),
  });
  const to = (...names: string[]) => release('TLP:AMBER', names.map(organisation));
  const events = async (id: string): Promise<string[]> =>
    (
      await superuser.query<{ type: string }>(
        `select type from ronda.outbox where payload ->> 'recordId' = $1 and type like 'release.%' order by occurred_at, type`,
        [id],
      )
    ).rows.map(({ type }) => type);

  it('is scheduled, shown with everybody’s local time, and read by nobody before', async () => {
    await superuser.query(`update ronda.organisation set time_zone = 'Asia/Yangon' where country = 'TH'`);
    const { id } = await submitted(vn());
    const body = { ...release('TLP:AMBER', [organisation('th')]), notBefore: '2026-11-27T08:00:00+07:00' };
    const seen = (await vn().post(`incidents/${id}/release-preview`, body).expect(200)).body;
    expect(seen.notBefore).toBe('2026-11-27T01:00:00.000Z');
    expect(seen.readers.organisations).toMatchObject([
      { timeZone: 'Asia/Yangon', notBeforeLocal: '2026-11-27T07:30:00.000+06:30' },
    ]);
    const asked = await vn().post(`incidents/${id}/release`, { ...body, previewToken: seen.token });
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({
      release: null,
      waitingRelease: { status: 'scheduled', notBefore: '2026-11-27T01:00:00.000Z', releasedAt: null },
    });
    expect(asked.body.allowedActions).toContain('cancel-release');
    expect(asked.body.allowedActions).not.toContain('confirm-release');
    expect((await vn().get(`incidents/${id}/release-preview`).expect(200)).body.readers).toEqual(seen.readers);
    expect((await vn('second').post(`incidents/${id}/release/confirm`)).status).toBe(409);

    clock().set('2026-11-27T00:59:59.999Z');
    await work();
    expect(await status('th.analyst', id)).toBe(404);
    clock().set('2026-11-27T01:00:00.000Z');
    expect(await status('th.analyst', id)).toBe(404);
    await work();
    await work();
    expect(await status('th.analyst', id)).toBe(200);
    const own = (await vn().get(`incidents/${id}`)).body;
    expect([own.release.status, own.release.releasedAt, own.waitingRelease]).toEqual([
      'released',
      '2026-11-27T01:00:00.000Z',
      null,
    ]);
    expect(await events(id)).toEqual(['release.scheduled', 'release.made']);
  });

  it('has its second person first, and then its instant', async () => {
    const { id } = await submitted(vn());
    const body = { ...release('TLP:GREEN', ['community']), notBefore: inHours(2) };
    expect((await vn().post(`incidents/${id}/release`, body)).body.waitingRelease.status).toBe('pending');
    clock().advance(HOUR_MS);
    await work();
    const confirmed = await vn('second').post(`incidents/${id}/release/confirm`);
    expect([confirmed.status, confirmed.body.waitingRelease.status]).toEqual([200, 'scheduled']);
    expect(await status('th.analyst', id)).toBe(404);
    clock().advance(HOUR_MS);
    await work();
    expect(await status('th.analyst', id)).toBe(200);
  });

  it('goes out with the second person’s word where the instant has passed meanwhile', async () => {
    const { id } = await submitted(vn());
    await vn().post(`incidents/${id}/release`, { ...release('TLP:GREEN', ['community']), notBefore: inHours(1) });
    clock().advance(2 * HOUR_MS);
    await work();
    expect(await status('th.analyst', id)).toBe(404);
    await vn('second').post(`incidents/${id}/release/confirm`).expect(200);
    expect(await status('th.analyst', id)).toBe(200);
  });

  it('waits out a hold, and then for its instant', async () => {
    const { id } = await submitted(vn());
    const body = { ...release('TLP:GREEN', ['community']), notBefore: inHours(1), hold: true };
    expect((await vn().post(`incidents/${id}/release`, body)).body.waitingRelease.status).toBe('held');
    clock().advance(31 * 60_000);
    await work();
    expect((await vn().get(`incidents/${id}`)).body.waitingRelease.status).toBe('scheduled');
    expect(await status('th.analyst', id)).toBe(404);
    clock().advance(HOUR_MS);
    await work();
    expect(await status('th.analyst', id)).toBe(200);
  });

  it('is cancelled by anyone of the organisation, and then never goes out', async () => {
    const { id } = await submitted(vn());
    await vn().post(`incidents/${id}/release`, toThailand(1)).expect(202);
    expect((await vn().post(`incidents/${id}/release`, toThailand(1))).body.type).toBe(
      'urn:ronda:problem:release-pending',
    );
    clock().advance(60_000);
    await vn('analyst').post(`incidents/${id}/release/cancel`).expect(200);
    clock().advance(2 * HOUR_MS);
    await work();
    expect(await status('th.analyst', id)).toBe(404);
    expect(await events(id)).toEqual(['release.scheduled', 'release.cancelled']);
  });

  it.each([
    ['a release to fewer', 'narrowed', (id: string) => vn().post(`incidents/${id}/release`, to('sg'))],
    ['a recall', 'recalled', (id: string) => vn().post(`incidents/${id}/recall`, { reason: 'error' })],
  ])('%s cancels it, and says so', async (_, reason, act) => {
    const { id } = await submitted(vn());
    await vn().post(`incidents/${id}/release`, to('sg', 'my')).expect(200);
    clock().advance(60_000);
    await vn()
      .post(`incidents/${id}/release`, { ...to('sg', 'my', 'th'), notBefore: inHours(1) })
      .expect(202);
    clock().advance(60_000);
    await act(id).expect(200);
    expect((await events(id)).filter((type) => type !== 'release.asked-back').toSorted()).toEqual([
      'release.cancelled',
      'release.made',
      'release.made',
      'release.scheduled',
    ]);
    const { rows } = await superuser.query<{ payload: object; actor: string }>(
      `select o.payload, u.id as actor from ronda.outbox o join ronda.user_account u on u.key = o.actor_key
        where o.payload ->> 'recordId' = $1 and o.type = 'release.cancelled'`,
      [id],
    );
    expect(rows).toEqual([
      { payload: { recordKind: 'incident', recordId: id, reason }, actor: cast['vn.coordinator']!.id },
    ]);
    clock().advance(2 * HOUR_MS);
    await work();
    expect(await status('th.analyst', id)).toBe(404);
  });

  it('does not go out when the record was edited in between', async () => {
    const { id } = await submitted(vn());
    await vn().post(`incidents/${id}/release`, toThailand(1)).expect(202);
    await vn('analyst').patch(`incidents/${id}`, { title: 'Smuggled in' });
    clock().advance(2 * HOUR_MS);
    await work();
    expect(await status('th.analyst', id)).toBe(404);
    expect((await vn().get(`incidents/${id}`)).body.waitingRelease).toBeNull();
    expect(await events(id)).toEqual(['release.scheduled', 'release.cancelled']);
  });

  it('goes to those that were previewed: whoever joins the group before its instant reads nothing of it', async () => {
    const founded = await vn().post('sharing-groups', {
      name: 'Mekong',
      purpose: 'Phishing',
      members: [cast.stages.th!.id],
    });
    const member = `sharing-groups/${founded.body.id}/members`;
    const { id } = await submitted(vn());
    const order = { ...release('TLP:AMBER', [{ group: founded.body.id }]), notBefore: inHours(100) };
    await vn().post(`incidents/${id}/release`, order).expect(202);
    await vn().post(member, organisation('sg')).expect(201);
    await api.as(cast['sg.coordinator']!).post(`${member}/${cast.stages.sg!.id}/accept`).expect(200);
    clock().advance(73 * HOUR_MS);
    await vn().post(`${member}/${cast.stages.sg!.id}/admit`).expect(200);
    const seen = (await vn().get(`incidents/${id}/release-preview`).expect(200)).body;
    expect(seen.contradictions).toMatchObject([{ code: 'audience-moved' }]);
    clock().advance(28 * HOUR_MS);
    await work();
    expect([await status('th.analyst', id), await status('sg.analyst', id)]).toEqual([200, 404]);
  });

  it('lies ahead, and is not for taking away', async () => {
    const { id } = await submitted(vn());
    const fault = async (body: object) =>
      (await vn().post(`incidents/${id}/release`, body)).body.errors as { pointer: string; detail: string }[];
    expect(await fault(toThailand(0))).toEqual([
      { pointer: '/notBefore', detail: 'This instant is past: leave it out to release at once.' },
    ]);
    expect(await fault({ ...toThailand(1), notBefore: 'tomorrow' })).toMatchObject([
      { pointer: '/notBefore' },
      { pointer: '/notBefore' },
    ]);
    await vn()
      .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('th')]))
      .expect(200);
    expect(await fault({ ...release('TLP:AMBER', []), notBefore: inHours(1) })).toEqual([
      { pointer: '/notBefore', detail: 'Taking away acts at once: leave this out, or let more be read.' },
    ]);
  });

  it('waits, as a hold does, while who asked for it could not release it, and keeps nobody else waiting', async () => {
    const asked = async (player: string, body: object): Promise<string> => {
      const { id } = await submitted(api.as(cast[player]!));
      await api.as(cast[player]!).post(`incidents/${id}/release`, body).expect(202);
      return id;
    };
    const stuck = [
      await asked('vn.analyst', toThailand(1)),
      await asked('vn.coordinator', { ...release('TLP:GREEN', ['community']), hold: true }),
    ];
    const other = await asked('sg.analyst', toThailand(3));
    const set = (what: string): Promise<unknown> =>
      superuser.query(`update ronda.organisation set standing = $2 where key = $1`, [cast.stages.vn!.key, what]);
    const account = (what: string): Promise<unknown> =>
      superuser.query(`update ronda.user_account set status = $2 where key = $1`, [cast['vn.analyst']!.key, what]);
    const seen = async (): Promise<number[]> => Promise.all([...stuck, other].map((id) => status('th.analyst', id)));
    await set('suspended');
    clock().advance(2 * HOUR_MS);
    await work();
    expect(await seen()).toEqual([404, 404, 404]);
    // What is stuck in the past does not hide the next instant.
    expect(await nodes[0]!.app.get(EndHolds).untilNextMs()).toBe(HOUR_MS);
    clock().advance(HOUR_MS);
    await work();
    expect(await seen()).toEqual([404, 404, 200]);
    await set('active');
    await account('disabled');
    await work();
    expect(await seen()).toEqual([404, 200, 200]);
    await account('active');
    await work();
    expect(await seen()).toEqual([200, 200, 200]);
  });

  it('is no way round the second person, nor round the clock, for who has the login of the service', async () => {
    const { id } = await submitted(vn());
    await vn().post(`incidents/${id}/release`, toThailand(1)).expect(202);
    const service = new pg.Client({ connectionString: database.serviceUrl });
    await service.connect();
    const attempt = async (sql: string): Promise<string> => {
      await service.query('begin');
      try {
        await service.query('select ronda.enter($1, $2, 0, $3)', [
          '',
          String(cast['vn.coordinator']!.key),
          clock().now(),
        ]);
        const { rowCount } = await service.query(sql);
        return `done: ${rowCount}`;
      } catch (error) {
        return (error as { code: string }).code;
      } finally {
        await service.query('rollback');
      }
    };
    const ofRecord = `record_key = (select key from ronda.incident where id = '${id}') and status = 'scheduled'`;
    expect(
      await attempt(`update ronda.release set status = 'released', released_at = ronda.clock() where ${ofRecord}`),
    ).toBe('23514');
    expect(await attempt(`update ronda.release set not_before = null where ${ofRecord}`)).toBe('42501');
    expect(await attempt(`update ronda.release set status = 'pending' where ${ofRecord}`)).toBe('42501');
    expect(await attempt(`update ronda.release set outcome = 'v1......' where ${ofRecord}`)).toBe('42501');
    const copy = (columns: string): string =>
      `insert into ronda.release (id, space, record_kind, record_key, revision, tlp, pap, audience, principals, owner_readers,
         is_narrowing, status, requested_by, requested_at, hold_until, not_before)
       select gen_random_uuid(), space, record_kind, record_key, revision, 'TLP:GREEN', pap, audience, principals, owner_readers,
         false, ${columns} from ronda.release where ${ofRecord}`;
    expect(await attempt(copy(`'scheduled', requested_by, requested_at, null, not_before`))).toBe('23514');
    expect(await attempt(copy(`'scheduled', requested_by, requested_at, requested_at, not_before`))).toBe('42501');
    await service.end();
  });

  it('is done by the worker at its instant, not at the next full minute, and after a time without any worker', async () => {
    const slept = jest.spyOn(timers, 'setTimeout');
    /** How long the worker slept between its rounds, the last of them not to the end: it always sleeps behind a round. */
    const rounds = async (soFar: () => Promise<void>, id: string): Promise<number[]> => {
      slept.mockClear();
      const alarms = Alarms.start(product.jobs(nodes[0]!.app));
      try {
        await soFar();
        await until(async () => (await status('th.analyst', id)) === 200, { what: 'the release' });
      } finally {
        await alarms.stop();
      }
      return slept.mock.calls.map(([ms]) => ms!);
    };
    try {
      const { id } = await submitted(vn());
      await vn().post(`incidents/${id}/release`, toThailand(1)).expect(202);
      clock().advance(HOUR_MS - 300);
      const asleep = async (): Promise<void> => {
        await until(() => slept.mock.calls.length > 0, { what: 'the worker to sleep' });
        expect(await status('th.analyst', id)).toBe(404);
        clock().advance(300);
      };
      // Until the instant, and no longer: behind that nothing is known of.
      expect(await rounds(asleep, id)).toEqual([300, expect.any(Number)]);
      const late = await submitted(vn());
      await vn().post(`incidents/${late.id}/release`, toThailand(1)).expect(202);
      clock().advance(3 * HOUR_MS);
      expect(await rounds(() => Promise.resolve(), late.id)).toHaveLength(1);
    } finally {
      slept.mockRestore();
    }
  });
});
