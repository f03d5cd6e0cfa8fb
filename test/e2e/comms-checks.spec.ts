import pg from 'pg';
import { RunCommsChecks } from '../../src/modules/identity/index.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { FixedClock } from '../support/fixed-clock.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

interface Result {
  organisation: { id: string };
  outcome: string;
  via: string | null;
}

describe('comms checks', () => {
  let database: TestDatabase;
  let server: TestApp;
  let cast: Cast;
  let api: Api;

  beforeEach(async () => {
    database = await createTestDatabase();
    // The region has had its secretariat for five days: the schedule wants nothing yet.
    cast = await assembleCast(database.superuserUrl, '2026-11-15T00:00:00Z');
    server = await startTestApp(database, { clock: new FixedClock('2026-11-20T02:10:00Z') });
    api = new Api(server.url);
    for (const name of ['th', 'sg']) {
      const of = `organisations/${cast.stages[name]!.id}`;
      for (const [kind, is24x7] of [
        ['point-of-contact', true],
        ['abuse', false],
      ])
        await as(`${name}.admin`)
          .post(`${of}/contacts`, { kind, is24x7, name: 'Desk', languages: ['en'], timeZone: 'Asia/Bangkok' })
          .expect(201);
      const duty = { dutyRole: 'incident-lead', position: 'primary', startsAt: '2026-11-01T00:00:00Z' };
      await as(`${name}.admin`)
        .post(`${of}/duty`, { ...duty, userId: cast[`${name}.analyst`]!.id })
        .expect(201);
    }
  });
  afterEach(() => server.close());

  const as = (who: string): Caller => api.as(cast[who]!);
  const run = () => server.app.get(RunCommsChecks).run();
  const called = async (body: object = { kind: 'surprise' }) => {
    const { status, body: made, text } = await as('secretariat.admin').post('comms-checks', body);
    if (status !== 201) throw new Error(text);
    return made as { id: string; status: string };
  };
  const seen = async (who: string, id: string) => (await as(who).get(`comms-checks/${id}`)).body;
  /** What the ledger will be told of it: what, by whom, and for which organisation. */
  const told = async (id: string) => {
    const superuser = new pg.Client(database.superuserUrl);
    await superuser.connect();
    try {
      const { rows } = await superuser.query<{ type: string; by: string | null; of: string | null }>(
        `select o.type, u.display_name as by, g.name as of from ronda.outbox o left join ronda.user_account u on u.key = o.actor_key
           left join ronda.organisation g on g.id::text = o.payload ->> 'organisationId'
          where o.payload ->> 'checkId' = $1 order by o.key`,
        [id],
      );
      return rows.map(({ type, by, of }) => [type.replace('comms-check.', ''), by, of]);
    } finally {
      await superuser.end();
    }
  };
  const verified = async (name: string) => {
    const { body } = await as('vn.analyst').get(`organisations/${cast.stages[name]!.id}/contacts`);
    const items = body.items as { kind: string; lastVerifiedAt: string | null }[];
    return Object.fromEntries(items.map(({ kind, lastVerifiedAt }) => [kind, lastVerifiedAt]));
  };

  it('is answered by whoever is on duty, and keeps true when the contact was reached', async () => {
    const { id, status } = await called();
    expect(status).toBe('open');
    expect(await verified('th')).toEqual({ 'point-of-contact': null, abuse: null });
    expect((await as('th.coordinator').post(`comms-checks/${id}/answer`)).status).toBe(403);
    server.clock.advance(MINUTE);
    const { body } = await as('th.analyst').post(`comms-checks/${id}/answer`).expect(200);
    expect(body).toMatchObject({
      results: [{ organisation: { id: cast.stages.th!.id }, outcome: 'answered', via: 'account' }],
      allowedActions: [],
    });
    expect(await verified('th')).toEqual({ 'point-of-contact': server.clock.now().toISOString(), abuse: null });
    expect((await as('th.analyst').post(`comms-checks/${id}/answer`)).status).toBe(409);
  });

  it('is answered, without an account, by a code that is read out: once, and in time', async () => {
    const { id } = await called();
    const issue = (name: string) =>
      as('secretariat.admin').post(`comms-checks/${id}/codes`, { organisation: cast.stages[name]!.id });
    const stale = String((await issue('th').expect(200)).body.code);
    const first = await issue('th').set('idempotency-key', 'code-1').expect(200);
    const code = String(first.body.code);
    expect(code).toMatch(/^\w{4}-\w{4}-\w{4}$/);
    // It is shown once: a repeat makes no other, and says none.
    expect((await issue('th').set('idempotency-key', 'code-1')).body.code).toBeNull();
    const answer = (said: string) => api.as(null).post('comms-checks/answer', { code: said });
    for (const said of [stale, '0000-0000-0000']) expect((await answer(said)).status).toBe(409);
    const answered = await answer(code.toLowerCase().replaceAll('-', ' '));
    expect([answered.status, answered.body]).toEqual([200, { answeredAt: server.clock.now().toISOString() }]);
    expect((await answer(code)).status).toBe(409);
    expect((await verified('th'))['point-of-contact']).toBe(server.clock.now().toISOString());
    expect((await seen('th.admin', id)).results).toMatchObject([{ outcome: 'answered', via: 'code' }]);
    const late = String((await issue('sg').expect(200)).body.code);
    server.clock.advance(60 * MINUTE);
    expect((await answer(late)).status).toBe(409);
    expect((await verified('sg'))['point-of-contact']).toBeNull();
    expect(await told(id)).toEqual([
      ['opened', 'secretariat.admin', null],
      ['code-issued', 'secretariat.admin', 'TH CERT'],
      ['code-issued', 'secretariat.admin', 'TH CERT'],
      ['answered', null, 'TH CERT'],
      ['code-issued', 'secretariat.admin', 'SG CERT'],
    ]);
  });

  it('is told of when it is called for later, and when it opens', async () => {
    const { id } = await called({ kind: 'scheduled', opensAt: '2026-11-20T05:00:00Z' });
    expect(await told(id)).toEqual([['called', 'secretariat.admin', null]]);
    server.clock.advance(3 * 60 * MINUTE);
    await run();
    expect((await told(id)).map(([what]) => what)).toEqual(['called', 'opened']);
  });

  it('shows what was missed to that member and to the secretariat, and to nobody else', async () => {
    const { id } = await called();
    await as('th.analyst').post(`comms-checks/${id}/answer`).expect(200);
    server.clock.advance(60 * MINUTE);
    const outcomes = async (who: string): Promise<string[]> =>
      ((await seen(who, id)).results as Result[]).map(({ outcome }) => outcome);
    // By the clock, before the worker has closed it and after.
    for (const step of [() => Promise.resolve(), run]) {
      await step();
      expect(await outcomes('sg.analyst')).toEqual(['missed']);
      expect(await outcomes('th.coordinator')).toEqual(['answered']);
      const all = await outcomes('secretariat.analyst');
      expect(all.filter((outcome) => outcome === 'answered')).toHaveLength(1);
      expect(all.filter((outcome) => outcome === 'missed').length).toBeGreaterThan(4);
    }
    for (const who of ['bank.analyst', 'la.analyst', 'ph.analyst'])
      expect((await as(who).get(`comms-checks/${id}`)).status).toBe(404);
    expect((await as('sg.analyst').post(`comms-checks/${id}/answer`)).status).toBe(409);
  });

  it('is unknown to members before it opens, which the worker does when its time has come', async () => {
    const { id, status } = await called({ kind: 'surprise', opensAt: '2026-11-20T04:00:00Z', windowMinutes: 30 });
    expect(status).toBe('scheduled');
    await run();
    expect((await as('th.analyst').get(`comms-checks/${id}`)).status).toBe(404);
    expect((await as('th.analyst').get('comms-checks')).body.items).toEqual([]);
    server.clock.set('2026-11-20T04:10:00Z');
    await run();
    // The worker came ten minutes late, and takes them from nobody.
    expect(await seen('th.analyst', id)).toMatchObject({ status: 'open', closesAt: '2026-11-20T04:40:00.000Z' });
    await run();
    expect((await as('th.analyst').get('comms-checks')).body.items).toHaveLength(1);
  });

  it('is called by the region’s schedule, when nothing else was for as long', async () => {
    await called();
    server.clock.advance(30 * DAY - MINUTE);
    await run();
    expect((await as('th.analyst').get('comms-checks')).body.items).toHaveLength(1);
    server.clock.advance(MINUTE);
    await Promise.all([run(), run()]);
    const { items } = (await as('th.analyst').get('comms-checks')).body as { items: object[] };
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ kind: 'scheduled', status: 'open' });
  });

  it('is the secretariat’s to call, and its codes to give out', async () => {
    const { id } = await called();
    for (const who of ['vn.admin', 'secretariat.analyst'])
      for (const [path, body] of [
        ['comms-checks', { kind: 'surprise' }],
        [`comms-checks/${id}/codes`, { organisation: cast.stages.th!.id }],
      ] as const)
        expect((await as(who).post(path, body)).status).toBe(403);
    const past = await as('secretariat.admin').post('comms-checks', {
      kind: 'scheduled',
      opensAt: '2026-11-19T00:00:00Z',
    });
    expect([past.status, past.body.errors[0].pointer]).toEqual([400, '/opensAt']);
    for (const opensAt of ['2026-W51-5', '2026-12-20T10:00:00', '2026-02-30T00:00:00Z']) {
      const unread = await as('secretariat.admin').post('comms-checks', { kind: 'scheduled', opensAt });
      expect([unread.status, unread.body.errors[0].pointer]).toEqual([400, '/opensAt']);
    }
  });

  it('and the directory tells who is a member, how it is reached, and since when that is known to be true', async () => {
    const { id } = await called();
    await as('th.analyst').post(`comms-checks/${id}/answer`).expect(200);
    await as('th.admin').post(`organisations/${cast.stages.th!.id}/networks`, { value: 'th.example' }).expect(201);
    const { body } = await as('vn.analyst').get('directory/members?country=TH');
    expect(body).toEqual({
      items: [
        {
          organisation: { id: cast.stages.th!.id, name: 'TH CERT' },
          kind: 'national-cert',
          country: 'TH',
          languages: [],
          timeZone: 'UTC',
          contacts: [
            expect.objectContaining({ kind: 'point-of-contact', is24x7: true, pgpKey: null }),
            expect.objectContaining({ kind: 'abuse' }),
          ],
          networks: ['th.example'],
          lastVerifiedAt: server.clock.now().toISOString(),
        },
      ],
      next: null,
    });
    const names = async (who: string): Promise<string[]> =>
      (await as(who).get('directory/members?limit=100')).body.items.map(
        (item: { organisation: { name: string } }) => item.organisation.name,
      );
    // Neither who is suspended or not admitted, nor others' constituents.
    expect(await names('vn.analyst')).not.toEqual(expect.arrayContaining(['PH CERT']));
    expect(await names('vn.analyst')).toContain('BANK CERT');
    expect(await names('th.analyst')).not.toContain('BANK CERT');
  });
});
