import pg from 'pg';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { verifyLedger } from '../../src/modules/ledger/index.js';
import { integrate } from '../support/ledger.js';
import { tablesWith } from '../support/table-scan.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

const NAME = 'Nguyễn Thị Example';
const EMAIL = 'nguyen.thi@vn.example';
const PASSWORD = 'nine loud kites over the harbour';
const FORMER = 'A former member of staff';
const erasing = { basis: 'request-of-the-person', reason: 'Left on 31 October.' };

describe('erasing the person of an account', () => {
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let client: pg.Client;
  let admin: Caller;
  let person: Caller;
  let userId: string;
  let incident: string;
  /** Thailand's, RED to the person, who said something of it and of its recall. */
  let named: string;
  let path: string;

  const as = (who: string): Caller => new Api(node.url).as(cast[who]!);
  /** Every way in which others meet the person. */
  const routes = (): string[] => [
    `organisations/${cast.stages.vn!.id}/users?limit=100`,
    `organisations/${cast.stages.vn!.id}/contacts`,
    `organisations/${cast.stages.vn!.id}/duty`,
    `incidents/${incident}/revisions`,
    `incidents/${incident}/comments`,
    `incidents/${named}/receipts`,
  ];

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    const api = new Api(node.url);
    admin = as('vn.admin');
    const vn = `organisations/${cast.stages.vn!.id}`;
    const invited = await admin
      .post(`${vn}/users`, { email: EMAIL, displayName: NAME, roles: ['analyst', 'admin'] })
      .expect(201);
    userId = String(invited.body.id);
    path = `${vn}/users/${userId}`;
    await api.withToken(String(invited.body.link.token)).post('invitations/accept', { password: PASSWORD }).expect(204);
    const session = await api.as(null).post('auth/login', { email: EMAIL, password: PASSWORD }).expect(200);
    person = api.withToken(String(session.body.accessToken));
    await person
      .post('me/api-keys', { name: `Key of ${NAME}`, scopes: ['self'], expiresAt: '2026-12-20T00:00:00Z' })
      .expect(201);
    await api.as(null).post('auth/login', { email: EMAIL, password: 'wrong' }).expect(401);
    incident = (await submitted(person, filing())).id;
    await person
      .post(`incidents/${incident}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]))
      .expect(200);
    await person.post(`incidents/${incident}/comments`, { body: 'Seen again.' }).expect(201);
    const thai = as('th.analyst');
    named = (await submitted(thai, filing({ marking: { tlp: 'TLP:RED' } }))).id;
    await thai.post(`incidents/${named}/release`, release('TLP:RED', [{ user: userId }])).expect(200);
    await person.get(`incidents/${named}`).expect(200);
    await person.post(`incidents/${named}/receipts`, { kind: 'acted-on' }).expect(200);
    await thai.post(`incidents/${named}/recall`, { reason: 'error' }).expect(200);
    await person.post(`tombstones/${named}/confirmation`, { confirmation: 'deleted' }).expect(200);
    for (const contact of [
      { name: NAME, email: 'desk@vn.example' },
      { name: 'Duty desk', email: EMAIL, phone: '+84 24 1234 5678' },
    ])
      await admin
        .post(`${vn}/contacts`, { ...contact, kind: 'abuse', is24x7: false, languages: ['vi'], timeZone: 'UTC' })
        .expect(201);
    await admin
      .post(`${vn}/duty`, { dutyRole: 'incident-lead', userId, position: 'primary', startsAt: '2026-11-01T00:00:00Z' })
      .expect(201);
  });
  afterAll(async () => {
    await client.end();
    await node.close();
  });

  it('is another administrator’s of its own organisation, and of nobody else', async () => {
    for (const who of ['vn.analyst', 'vn.coordinator', 'th.analyst'])
      await as(who).post(`${path}/erasures`, erasing).expect(403);
    await as('th.admin').post(`${path}/erasures`, erasing).expect(403);
    await as('secretariat.admin').post(`${path}/erasures`, erasing).expect(403);
    await admin.post(`organisations/${cast.stages.vn!.id}/users/${cast['vn.admin']!.id}/erasures`, erasing).expect(409);
    const absent = await admin.post(
      `organisations/${cast.stages.vn!.id}/users/11111111-1111-4111-8111-111111111111/erasures`,
      erasing,
    );
    expect(absent.status).toBe(404);
    for (const reason of [`For ${NAME.toUpperCase()}`, `Mail of ${EMAIL}`]) {
      const { body } = await admin.post(`${path}/erasures`, { ...erasing, reason }).expect(400);
      expect(body.errors).toEqual([{ pointer: '/reason', detail: expect.stringContaining('kept') }]);
    }
    const faults = await admin.post(`${path}/erasures`, { basis: 'whim', name: NAME }).expect(400);
    const pointers = new Set((faults.body.errors as { pointer: string }[]).map(({ pointer }) => pointer));
    expect([...pointers].sort()).toEqual(['/basis', '/name', '/reason']);
    expect((await admin.get(path).expect(200)).body.allowedActions).toContain('erase');
    expect((await as('th.admin').get(path).expect(200)).body.allowedActions).toEqual([]);
    expect(await tablesWith(client, NAME)).toEqual(['ronda.contact', 'ronda.credential', 'ronda.user_account']);
  });

  it('leaves name and address in no table and no answer, and the records as they were', async () => {
    const { body: before } = await as('th.analyst').get(`incidents/${incident}`).expect(200);
    const erased = await admin.post(`${path}/erasures`, erasing).set('idempotency-key', 'erase-once').expect(200);
    expect(erased.body).toEqual({ id: expect.any(String), ...erasing, erasedAt: node.clock.now().toISOString() });
    expect(
      (await admin.post(`${path}/erasures`, erasing).set('idempotency-key', 'erase-once').expect(200)).body,
    ).toEqual(erased.body);
    for (const gone of [NAME, EMAIL, 'nguyen.thi', 'Nguyễn']) expect(await tablesWith(client, gone)).toEqual([]);
    for (const who of ['vn.admin', 'vn.analyst', 'th.analyst', 'th.admin', 'secretariat.admin'])
      for (const route of routes()) {
        const { text } = await as(who).get(route);
        expect([who, route, /nguy/i.test(text)]).toEqual([who, route, false]);
      }
    expect((await as('th.analyst').get(`incidents/${incident}`).expect(200)).body).toEqual(before);
    const { body } = await as('vn.analyst').get(`incidents/${incident}/revisions`).expect(200);
    expect((body.items as { author: object }[]).map(({ author }) => author)).toEqual(
      Array((body.items as object[]).length).fill({ id: userId, displayName: FORMER }),
    );
    const comments = await as('vn.analyst').get(`incidents/${incident}/comments`).expect(200);
    expect(comments.body.items[0].author).toEqual({ id: userId, displayName: FORMER });
    // What was receipted stays, and says which organisation did it.
    expect((await as('th.analyst').get(`incidents/${named}/receipts`).expect(200)).body).toMatchObject({
      items: [{ organisation: { id: cast.stages.vn!.id }, actedOnAt: expect.any(String) }],
      recalls: [{ organisation: { id: cast.stages.vn!.id }, confirmation: 'deleted' }],
    });
    const { rows } = await client.query('select name, email from ronda.contact order by key');
    expect(rows).toEqual([
      { name: FORMER, email: 'desk@vn.example' },
      { name: 'Duty desk', email: null },
    ]);
  });

  it('ends whatever it signed in with, for good', async () => {
    await person.get('me').expect(401);
    const api = new Api(node.url);
    await api.as(null).post('auth/login', { email: EMAIL, password: PASSWORD }).expect(401);
    await api
      .as(null)
      .post('auth/login', { email: `${userId}@erased.invalid`, password: PASSWORD })
      .expect(401);
    const view = (await admin.get(path).expect(200)).body;
    expect(view).toMatchObject({ displayName: FORMER, email: null, status: 'disabled', allowedActions: [] });
    expect((await admin.patch(path, { status: 'active' })).status).toBe(409);
    expect((await admin.patch(path, { displayName: NAME })).status).toBe(409);
    await admin.post(`${path}/password-reset`, {}).expect(409);
    await admin.post(`${path}/erasures`, erasing).expect(409);
    // The address is free again.
    await admin
      .post(`organisations/${cast.stages.vn!.id}/users`, { email: 'another@vn.example', roles: ['analyst'] })
      .expect(201);
  });

  it('is itself recorded, for its organisation', async () => {
    const { body } = await admin.get(`${path}/erasures`).expect(200);
    expect(body.items).toMatchObject([erasing]);
    await as('th.admin').get(`${path}/erasures`).expect(404);
    const { rows } = await client.query(`select payload, actor_key from ronda.outbox where type = 'account.erased'`);
    expect(rows).toEqual([
      {
        payload: { userId, organisationId: cast.stages.vn!.id, erasureId: body.items[0].id },
        actor_key: cast['vn.admin']!.key,
      },
    ]);
  });

  it('leaves hashes in the ledger of where it signed in, and the ledger sound', async () => {
    await integrate(node);
    const { text: since } = await admin.get('ledger/checkpoint').expect(200);
    const { rows } = await client.query<{ type: string; erased: boolean }>(
      `select entry::json ->> 'type' as type, erased_by is not null as erased from ronda.ledger_leaf
        where subject = $1 or entry like '%' || $1 || '%'`,
      [userId],
    );
    const types = rows.map(({ type }) => type);
    expect(types).toContain('account.erased');
    expect(types.filter((type) => type.startsWith('session.') || type.startsWith('sign-in'))).toEqual([]);
    const verdict = await verifyLedger({ client, since });
    expect(verdict).toMatchObject({ isSound: true });
    expect('erased' in verdict && verdict.erased > 1).toBe(true);
  });

  it('is refused by the database itself to whoever is no other administrator of the organisation', async () => {
    const service = new pg.Client({ connectionString: database.serviceUrl });
    await service.connect();
    try {
      const target = cast['vn.analyst']!.key;
      for (const who of ['vn.coordinator', 'vn.analyst', 'th.admin', 'secretariat.admin']) {
        await service.query('begin');
        await service.query(`select ronda.enter('', $1, 0, '2026-11-20T00:00:00Z')`, [String(cast[who]!.key)]);
        await expect(
          service.query(`select ronda.erase_account($1, $2, 'mistake', 'x', '2026-11-20')`, [target, incident]),
        ).rejects.toThrow(/another administrator of its organisation erases/);
        await service.query('rollback');
      }
    } finally {
      await service.end();
    }
  });
});
