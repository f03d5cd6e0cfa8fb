import { createHash } from 'node:crypto';
import pg from 'pg';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast, tokenOf, uuidOf } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

describe('passing on', () => {
  let node: TestApp;
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    api = new Api(node.url);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    await neighbour();
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
  });

  /** A second constituent of Viet Nam's CERT, whom nothing is passed on to unless a test says so. */
  const shop = { id: uuidOf('organisation shop'), token: tokenOf('shop.analyst') };
  async function neighbour(): Promise<void> {
    await superuser.query(
      `with o as (insert into ronda.principal (key, kind) values (900, 'organisation'), (901, 'user') returning key),
         made as (insert into ronda.organisation (key, id, origin_node, name, kind, affiliation, country, parent_key, standing, totp_required, created_at)
           select 900, $1, 'test', 'A shop', 'constituent', 'member', 'VN', $2, 'active', false, '2026-01-01' from (select count(*) from o) n returning key),
         account as (insert into ronda.user_account (key, id, org_key, email, display_name, roles, status, created_at)
           select 901, $3, made.key, 'a@shop.example', 'shop.analyst', '{analyst}', 'active', '2026-01-01' from made returning key)
       insert into ronda.credential (id, kind, user_key, org_key, token_hash, name, scopes, created_at, expires_at)
         select $4, 'api-key', account.key, 900, $5, 'test', '{incidents:read,incidents:write}', '2026-01-01', '2100-01-01' from account`,
      [
        shop.id,
        cast.stages.vn!.key,
        uuidOf('user shop'),
        uuidOf('key shop'),
        createHash('sha256').update(shop.token).digest(),
      ],
    );
  }

  const as = (player: string): Caller => (player === 'shop' ? api.withToken(shop.token) : api.as(cast[player]!));
  const org = (name: string): string => (name === 'shop' ? shop.id : cast.stages[name]!.id);
  const organisation = (name: string) => ({ organisation: org(name) });
  const user = (name: string) => ({ user: cast[name]!.id });

  /** Filed by Thailand and released. */
  const shared = async (tlp = 'TLP:AMBER', audience: unknown[] = [organisation('vn')], more: object = {}) => {
    const { id } = await submitted(as('th.coordinator'), { marking: { tlp }, ...more });
    await as('th.coordinator').post(`incidents/${id}/release`, release(tlp, audience)).expect(200);
    return id;
  };
  const passOn = (player: string, id: string, to: string[], more: object = {}) =>
    as(player).post(`incidents/${id}/pass-on`, { organisations: to.map(org), tellOriginator: false, ...more });
  const status = async (player: string, id: string) => (await as(player).get(`incidents/${id}`)).status;
  const listed = async (player: string): Promise<string[]> =>
    (await as(player).get('incidents?limit=100').expect(200)).body.items.map((each: { id: string }) => each.id);
  const list = async (player: string, id: string) =>
    (await as(player).get(`incidents/${id}/pass-ons`).expect(200)).body;
  const receipts = async (player: string, id: string) =>
    (await as(player).get(`incidents/${id}/receipts`).expect(200)).body;

  describe('at AMBER', () => {
    it('lets a constituent read what its CERT reads, by view, list, search and export, and nobody else', async () => {
      const id = await shared('TLP:AMBER', [organisation('vn')], { title: 'Beacon at the estuary' });
      expect(await status('bank.analyst', id)).toBe(404);
      const passed = await passOn('vn.analyst', id, ['bank'], { needToKnow: 'Your customers are named.' }).expect(200);
      expect(passed.body).toMatchObject({
        items: [
          {
            organisation: { id: org('bank') },
            by: { id: org('vn') },
            needToKnow: 'Your customers are named.',
            tellOriginator: false,
            allowedActions: ['take-back'],
          },
        ],
        told: [],
      });
      const { body } = await as('bank.analyst').get(`incidents/${id}`).expect(200);
      expect(body).toMatchObject({
        title: 'Beacon at the estuary',
        revision: 1,
        marking: { tlp: 'TLP:AMBER' },
        organisation: { id: org('th') },
        readableAs: ['passed-on'],
        release: null,
        allowedActions: ['give-feedback'],
      });
      expect(await listed('bank.analyst')).toContain(id);
      expect((await as('bank.analyst').get('search?q=estuary').expect(200)).body.items).toHaveLength(1);
      expect((await as('bank.analyst').get('incidents/export?format=ndjson').expect(200)).text).toContain('estuary');
      expect(await status('shop', id)).toBe(404);
      expect(await status('telco.analyst', id)).toBe(404);
      expect((await as('shop').get('search?q=estuary').expect(200)).body.items).toEqual([]);
    });

    it('shows the recipient its own, and of the thread and the others nothing', async () => {
      const id = await shared();
      await as('th.analyst').post(`incidents/${id}/comments`, { body: 'Among us at the weir.' }).expect(201);
      await passOn('vn.analyst', id, ['bank', 'shop']).expect(200);
      expect((await as('bank.analyst').get(`incidents/${id}/comments`).expect(200)).body.items).toEqual([]);
      expect((await as('bank.analyst').get('search?q=weir').expect(200)).body.items).toEqual([]);
      const own = await list('bank.analyst', id);
      expect(own.items).toMatchObject([
        { organisation: { id: org('bank') }, tellOriginator: null, allowedActions: [] },
      ]);
      const { items } = await list('vn.analyst', id);
      expect(items).toHaveLength(2);
      const others = items.find((each: { organisation: { id: string } }) => each.organisation.id === shop.id);
      await as('bank.analyst').get(`incidents/${id}/pass-ons/${others.id}`).expect(404);
      // Nor may it say a word there, pass it on, or ask its owner.
      await as('bank.analyst').post(`incidents/${id}/comments`, { body: 'Here too.' }).expect(403);
      await passOn('bank.analyst', id, ['shop']).expect(403);
      await as('bank.analyst')
        .post(`incidents/${id}/request-wider-sharing`, { audience: [organisation('vn')], reason: 'Us.' })
        .expect(403);
    });

    it('lets it read the newest revision released to its CERT, and no draft of one', async () => {
      const id = await shared('TLP:AMBER', [organisation('vn')], { title: 'First' });
      await passOn('vn.analyst', id, ['bank']).expect(200);
      expect((await as('th.analyst').patch(`incidents/${id}`, { title: 'Second' })).status).toBe(200);
      expect((await as('bank.analyst').get(`incidents/${id}`)).body.title).toBe('First');
      await as('th.coordinator')
        .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('vn')]))
        .expect(200);
      expect((await as('bank.analyst').get(`incidents/${id}`)).body.title).toBe('Second');
      expect(await listed('bank.analyst')).toContain(id);
    });

    it('is safe to repeat, and leaves as it is what stands', async () => {
      const id = await shared();
      const send = (to: string[]) => passOn('vn.analyst', id, to).set('idempotency-key', 'passed');
      const first = await send(['bank']).expect(200);
      expect((await send(['bank']).expect(200)).body).toEqual(first.body);
      await send(['shop']).expect(422);
      const again = await passOn('vn.coordinator', id, ['bank'], { needToKnow: 'Anew.' }).expect(200);
      expect(again.body.items).toEqual(first.body.items);
      await passOn('vn.analyst', id, ['shop']).set('if-match', '"wrong"').expect(412);
    });
  });

  describe('is refused', () => {
    it.each(['TLP:AMBER+STRICT', 'TLP:GREEN', 'TLP:CLEAR'])('of %s', async (tlp) => {
      const { id } = await submitted(as('th.coordinator'), { marking: { tlp } });
      await as('th.coordinator').post(`incidents/${id}/release`, release(tlp, [organisation('vn')]));
      await as('th.second').post(`incidents/${id}/release/confirm`);
      expect(await status('vn.analyst', id)).toBe(200);
      await passOn('vn.coordinator', id, ['bank']).expect(403);
      expect(await status('bank.analyst', id)).toBe(404);
    });

    it('of RED, of what is for a person alone, of one’s own, and of what is hidden', async () => {
      const red = await shared('TLP:RED', [user('vn.analyst')]);
      await passOn('vn.analyst', red, ['bank']).expect(403);
      const personal = await shared('TLP:AMBER', [user('vn.analyst')]);
      await passOn('vn.analyst', personal, ['bank']).expect(403);
      const { id: own } = await submitted(as('vn.analyst'));
      await passOn('vn.analyst', own, ['bank']).expect(403);
      const hidden = await shared('TLP:AMBER', [organisation('sg')]);
      await passOn('vn.analyst', hidden, ['bank']).expect(404);
    });

    it('to whom is not one’s own, naming each, hidden and absent alike', async () => {
      const id = await shared();
      const to = [org('bank'), org('sg'), org('telco'), uuidOf('nobody')];
      const { body } = await as('vn.analyst')
        .post(`incidents/${id}/pass-on`, { organisations: to, tellOriginator: false })
        .expect(400);
      expect(body.errors).toMatchObject([
        { pointer: '/organisations/1', detail: expect.stringContaining('of yours') },
        { pointer: '/organisations/2', detail: 'There is no such organisation.' },
        { pointer: '/organisations/3', detail: 'There is no such organisation.' },
      ]);
      expect(await status('bank.analyst', id)).toBe(404);
    });
  });

  describe('falls', () => {
    const tombstones = async (player: string): Promise<{ id: string; reason: string }[]> =>
      (await as(player).get('tombstones').expect(200)).body.items;
    const told = async (player: string, id: string): Promise<string[]> =>
      (await tombstones(player)).filter((each) => each.id === id).map(({ reason }) => reason);
    const passed = async (audience: unknown[] = [organisation('vn')]): Promise<string> => {
      const id = await shared('TLP:AMBER', audience);
      await passOn('vn.analyst', id, ['bank']).expect(200);
      expect(await status('bank.analyst', id)).toBe(200);
      // Another node may hold it for a moment.
      await until(async () => (await receipts('bank.analyst', id)).items.length > 0, { what: 'its receipt' });
      return id;
    };

    it('on the CERT’s word, on the next request, with a tombstone that the CERT and nobody else hears the answer of', async () => {
      const id = await passed();
      const [item] = (await list('vn.analyst', id)).items;
      const path = `incidents/${id}/pass-ons/${item.id}`;
      await as('vn.analyst').request('delete', path).expect(428);
      await as('vn.analyst').request('delete', path).set('if-match', '"wrong"').expect(412);
      expect((await as('bank.analyst').delete(path)).status).toBe(403);
      expect((await as('vn.coordinator').delete(path)).status).toBe(204);
      expect(await status('bank.analyst', id)).toBe(404);
      expect(await listed('bank.analyst')).not.toContain(id);
      expect(await told('bank.analyst', id)).toEqual(['narrowed']);
      await as('bank.analyst').post(`tombstones/${id}/confirmation`, { confirmation: 'deleted' }).expect(200);
      expect((await receipts('vn.analyst', id)).recalls).toMatchObject([
        { organisation: { id: org('bank') }, confirmation: 'deleted' },
      ]);
      expect((await receipts('th.analyst', id)).recalls).toEqual([]);
      // And on again: the tombstone is lifted.
      await passOn('vn.analyst', id, ['bank']).expect(200);
      expect(await status('bank.analyst', id)).toBe(200);
      expect(await told('bank.analyst', id)).toEqual([]);
    });

    it('with a recall, and does not come back with a new release', async () => {
      const id = await passed();
      await as('th.coordinator').post(`incidents/${id}/recall`, { reason: 'error' }).expect(200);
      expect([await status('vn.analyst', id), await status('bank.analyst', id)]).toEqual([404, 404]);
      expect(await told('bank.analyst', id)).toEqual(['error']);
      await as('th.coordinator')
        .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('vn')]))
        .expect(200);
      expect([await status('vn.analyst', id), await status('bank.analyst', id)]).toEqual([200, 404]);
      expect((await list('vn.analyst', id)).items).toEqual([]);
      expect(await listed('bank.analyst')).not.toContain(id);
    });

    it('with a narrower marking, and not with a release to more', async () => {
      const id = await passed();
      await as('th.coordinator')
        .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('vn'), organisation('sg')]))
        .expect(200);
      expect(await status('bank.analyst', id)).toBe(200);
      expect(await told('bank.analyst', id)).toEqual([]);
      expect(await listed('bank.analyst')).toContain(id);
      await as('th.coordinator')
        .post(`incidents/${id}/release`, release('TLP:AMBER+STRICT', [organisation('vn')]))
        .expect(200);
      expect([await status('vn.analyst', id), await status('bank.analyst', id)]).toEqual([200, 404]);
      expect(await told('bank.analyst', id)).toEqual(['narrowed']);
    });

    it('with the group that let the CERT in', async () => {
      const group = await as('th.coordinator')
        .post('sharing-groups', { name: 'Delta', purpose: 'To share.', members: [org('vn')] })
        .expect(201);
      const path = `sharing-groups/${group.body.id}/members/${org('vn')}`;
      await as('vn.coordinator').post(`${path}/accept`);
      node.clock.advance(80 * 3_600_000);
      await as('th.coordinator').post(`${path}/admit`);
      const id = await passed([{ group: group.body.id }]);
      expect((await as('vn.coordinator').delete(path)).status).toBeLessThan(300);
      expect([await status('vn.analyst', id), await status('bank.analyst', id)]).toEqual([404, 404]);
    });

    it('with the standing of the CERT or of the recipient, for as long as that lasts', async () => {
      const id = await passed();
      for (const [name, standing] of [
        ['vn', 'suspended'],
        ['bank', 'suspended'],
        ['vn', 'retired'],
      ] as const) {
        await superuser.query('update ronda.organisation set standing = $2 where id = $1', [org(name), standing]);
        expect([name, standing, await status('bank.analyst', id)]).toEqual([name, standing, 404]);
        await superuser.query(`update ronda.organisation set standing = 'active' where id = $1`, [org(name)]);
      }
      expect(await status('bank.analyst', id)).toBe(200);
    });
  });

  describe('who knows', () => {
    it('receipts of what was passed on go to the CERT that passed it on, and not to the originator', async () => {
      const id = await shared();
      await passOn('vn.analyst', id, ['bank']).expect(200);
      await as('bank.analyst').get(`incidents/${id}`).expect(200);
      await as('bank.analyst').post(`incidents/${id}/receipts`, { kind: 'acknowledged' }).expect(200);
      const names = async (player: string): Promise<string[]> =>
        (await receipts(player, id)).items.map((each: { organisation: { name: string } }) => each.organisation.name);
      expect(await names('vn.analyst')).toEqual(expect.arrayContaining(['BANK CERT']));
      expect(await names('bank.analyst')).toEqual(['BANK CERT']);
      expect(await names('th.analyst')).not.toContain('BANK CERT');
      // Also where the originator knows of the bank: they are in one group.
      await superuser.query(
        `update ronda.organisation set parent_key = (select key from ronda.organisation where id = $2) where id = $1`,
        [org('bank'), org('th')],
      );
      expect((await as('th.analyst').get(`organisations/${org('bank')}`)).status).toBe(200);
      expect(await names('th.analyst')).not.toContain('BANK CERT');
      await superuser.query(
        `update ronda.organisation set parent_key = (select key from ronda.organisation where id = $2) where id = $1`,
        [org('bank'), org('vn')],
      );
      // Nor does the ledger tell its owner of a leaf.
      const { rows } = await superuser.query(
        `select 1 from ronda.outbox where type = 'receipt.acknowledged' and payload ->> 'recordId' = $1`,
        [id],
      );
      expect(rows).toEqual([]);
    });

    it('the originator is told how many and by whom, where the CERT tells, and never to whom', async () => {
      const id = await shared('TLP:AMBER', [organisation('vn'), organisation('my')]);
      await passOn('vn.analyst', id, ['bank'], { tellOriginator: true }).expect(200);
      await passOn('vn.analyst', id, ['shop']).expect(200);
      await passOn('my.analyst', id, ['telco']).expect(200);
      expect(await list('th.analyst', id)).toEqual({
        items: [],
        told: [{ organisation: { id: org('vn'), name: 'VN CERT', country: 'VN' }, recipients: 1 }],
      });
      expect((await list('my.analyst', id)).told).toEqual([]);
      await superuser.query(`update ronda.organisation set standing = 'suspended' where id = $1`, [org('bank')]);
      expect((await list('th.analyst', id)).told).toEqual([]);
      await superuser.query(`update ronda.organisation set standing = 'active' where id = $1`, [org('bank')]);
    });

    it('each act is a leaf of who acted alone', async () => {
      const id = await shared();
      await passOn('vn.analyst', id, ['bank']).expect(200);
      const [item] = (await list('vn.analyst', id)).items;
      await as('vn.analyst').delete(`incidents/${id}/pass-ons/${item.id}`);
      const { rows } = await superuser.query(
        `select type, payload, actor_key from ronda.outbox where type like 'pass-on.%' and payload ->> 'incidentId' = $1 order by key`,
        [id],
      );
      const payload = { incidentId: id, passOnId: item.id };
      expect(rows).toEqual([
        { type: 'pass-on.made', payload, actor_key: cast['vn.analyst']!.key },
        { type: 'pass-on.taken-back', payload, actor_key: cast['vn.analyst']!.key },
      ]);
    });

    it('what its owner erases from the record goes from the note too', async () => {
      const id = await shared();
      await passOn('vn.analyst', id, ['bank'], { needToKnow: 'Ask for Somchai there.' }).expect(200);
      await as('th.coordinator')
        .post(`incidents/${id}/erasures`, { value: 'Somchai', basis: 'mistake', reason: 'A name.' })
        .expect(200);
      expect((await list('bank.analyst', id)).items[0].needToKnow).toBe('Ask for [erased] there.');
    });
  });

  describe('of an anonymous record', () => {
    /** Nothing in it rules anybody out: filed by Thailand without its name. */
    const unnamed = (audience = [organisation('vn'), organisation('my'), organisation('sg'), organisation('id')]) =>
      shared('TLP:AMBER', audience, { authorship: 'anonymous', countries: [], fraud: null });
    const quarantine = (player: string, id: string) =>
      as(player).post(`incidents/${id}/quarantine`, { reason: 'false' });
    const tombstones = async (player: string): Promise<string[]> =>
      (await as(player).get('tombstones').expect(200)).body.items.map((each: { id: string }) => each.id);

    it('shows an alias, and tells its owner neither of it nor of who got it so', async () => {
      const id = await unnamed();
      await passOn('vn.analyst', id, ['bank'], { tellOriginator: true }).expect(200);
      const { body } = await as('bank.analyst').get(`incidents/${id}`).expect(200);
      expect(body).toMatchObject({
        organisation: null,
        readableAs: ['passed-on'],
        alias: { name: 'an active member' },
      });
      expect(JSON.stringify(body)).not.toContain('TH CERT');
      const etag = (await as('bank.analyst').get(`incidents/${id}/feedback`)).headers.etag as string;
      await as('bank.analyst')
        .request('put', `incidents/${id}/feedback`)
        .set('if-match', etag)
        .send({ kind: 'useful' })
        .expect(200);
      expect((await as('vn.analyst').get(`incidents/${id}/feedback`)).text).toContain('BANK');
      for (const player of ['vn.analyst', 'my.analyst', 'sg.analyst', 'id.analyst'])
        await as(player).get(`incidents/${id}`).expect(200);
      expect(await list('th.analyst', id)).toEqual({ items: [], told: [] });
      const own = await receipts('th.analyst', id);
      expect([own.items, own.recalls]).toEqual([[], []]);
      // Five have it, and four of them from its owner.
      expect(own.bands).toContainEqual({ kind: 'delivered', organisations: 'fewer-than-5' });
      expect((await as('th.analyst').get(`incidents/${id}/feedback`).expect(200)).text).not.toContain('BANK');
      await as('th.coordinator').post(`incidents/${id}/recall`, { reason: 'error' }).expect(200);
      expect(await status('bank.analyst', id)).toBe(404);
      expect(await tombstones('bank.analyst')).toContain(id);
      expect((await receipts('th.analyst', id)).bands).toContainEqual({
        kind: 'asked-back',
        organisations: 'fewer-than-5',
      });
    });

    it('names in no row who decided what was asked of its owner', async () => {
      const id = await unnamed();
      const asked = await as('vn.analyst')
        .post(`incidents/${id}/request-wider-sharing`, { reason: 'Others are hit.', audience: [organisation('jp')] })
        .expect(200);
      const path = `incidents/${id}/wider-sharing-requests/${asked.body.id}`;
      await as('th.coordinator').post(`${path}/grant`).expect(200);
      const { text, body } = await as('vn.analyst').get(path).expect(200);
      expect(body).toMatchObject({ state: 'granted', decidedAt: expect.any(String) });
      expect(text).not.toMatch(/TH CERT|th\./);
      const { rows } = await superuser.query(
        'select state, decided_by from ronda.wider_sharing_request where id = $1',
        [asked.body.id],
      );
      expect(rows).toEqual([{ state: 'granted', decided_by: null }]);
    });

    it('rests while it is in quarantine, asks nothing back, and goes on when that ends', async () => {
      const id = await unnamed();
      await passOn('vn.analyst', id, ['bank', 'shop']).expect(200);
      for (const player of ['bank.analyst', 'sg.analyst']) expect(await status(player, id)).toBe(200);
      for (const player of ['vn.coordinator', 'my.coordinator', 'id.coordinator'])
        await quarantine(player, id).expect(200);
      for (const player of ['bank.analyst', 'shop', 'vn.analyst', 'sg.analyst']) {
        expect([player, await status(player, id)]).toEqual([player, 404]);
        expect(await listed(player)).not.toContain(id);
      }
      await passOn('vn.analyst', id, ['bank']).expect(404);
      // What a node had in memory is written by now, too.
      const kept = `select distinct r.org_key from ronda.receipt r join ronda.incident i on i.key = r.record_key
        join ronda.organisation o on o.key = r.org_key where i.id = $1 and o.id = any ($2)`;
      await until(async () => (await superuser.query(kept, [id, [org('bank'), org('sg')]])).rowCount === 2, {
        what: 'receipts of both',
      });
      for (const player of ['bank.analyst', 'sg.analyst']) expect(await tombstones(player)).not.toContain(id);
      expect((await as('my.coordinator').delete(`incidents/${id}/quarantine`)).status).toBe(204);
      for (const player of ['bank.analyst', 'shop', 'sg.analyst']) {
        expect([player, await status(player, id)]).toEqual([player, 200]);
        expect(await listed(player)).toContain(id);
      }
      // Recalled while it is away, it is asked back of everybody.
      await quarantine('my.coordinator', id).expect(200);
      await as('th.coordinator').post(`incidents/${id}/recall`, { reason: 'error' }).expect(200);
      for (const player of ['bank.analyst', 'sg.analyst']) expect(await tombstones(player)).toContain(id);
      expect((await as('my.coordinator').delete(`incidents/${id}/quarantine`)).status).toBe(204);
      expect(await status('bank.analyst', id)).toBe(404);
    });
  });

  describe('asking for wider sharing', () => {
    const ask = (player: string, id: string, body: object) =>
      as(player).post(`incidents/${id}/request-wider-sharing`, { reason: 'Others are hit.', ...body });
    const asked = async (player: string, id: string) =>
      (await as(player).get(`incidents/${id}/wider-sharing-requests`).expect(200)).body.items;

    it('reaches the owner, who grants it, previews and releases by the ordinary rule; the asker sees its state', async () => {
      const id = await shared('TLP:AMBER', [organisation('vn')]);
      const { body } = await ask('vn.analyst', id, { audience: [organisation('my')] }).expect(200);
      expect(body).toMatchObject({ state: 'open', marking: null, release: null, allowedActions: [] });
      expect(body.askedBy).toMatchObject({ id: org('vn') });
      await ask('vn.coordinator', id, { audience: [organisation('sg')] }).expect(409);
      const [seen] = await asked('th.coordinator', id);
      expect(seen).toMatchObject({
        id: body.id,
        askedBy: { id: org('vn') },
        reason: 'Others are hit.',
        release: { marking: { tlp: 'TLP:AMBER' }, audience: [organisation('vn'), organisation('my')] },
        allowedActions: ['grant', 'decline'],
      });
      const inbox = async (player: string): Promise<unknown[]> =>
        (await as(player).get('wider-sharing-requests?state=open').expect(200)).body.items;
      expect(await inbox('th.coordinator')).toMatchObject([
        { id: body.id, incident: id, release: null, allowedActions: ['grant', 'decline'] },
      ]);
      expect(await inbox('vn.analyst')).toMatchObject([{ id: body.id, allowedActions: [] }]);
      expect(await inbox('my.coordinator')).toEqual([]);
      const path = `incidents/${id}/wider-sharing-requests/${body.id}`;
      await as('th.analyst').post(`${path}/grant`).expect(403);
      await as('vn.coordinator').post(`${path}/grant`).expect(403);
      await as('sg.coordinator').post(`${path}/grant`).expect(404);
      await as('th.coordinator').post(`${path}/grant`).set('if-match', '"wrong"').expect(412);
      await as('th.coordinator').post(`${path}/grant`).expect(200);
      await as('th.coordinator').post(`${path}/decline`).expect(409);
      expect(await asked('vn.analyst', id)).toMatchObject([{ state: 'granted', decidedAt: expect.any(String) }]);
      expect(await status('my.analyst', id)).toBe(404);
      const preview = await as('th.coordinator').post(`incidents/${id}/release-preview`, seen.release).expect(200);
      await as('th.coordinator')
        .post(`incidents/${id}/release`, { ...seen.release, previewToken: preview.body.token })
        .expect(200);
      expect(await status('my.analyst', id)).toBe(200);
      // Another reader of the record knows nothing of it.
      expect(await asked('my.analyst', id)).toEqual([]);
      await as('my.analyst').get(path).expect(404);
    });

    it('is declined without a reason, and may be asked again', async () => {
      const id = await shared();
      const { body } = await ask('vn.analyst', id, { marking: { tlp: 'TLP:GREEN' }, audience: ['community'] }).expect(
        200,
      );
      await as('th.coordinator').post(`incidents/${id}/wider-sharing-requests/${body.id}/decline`).expect(200);
      expect(await asked('vn.analyst', id)).toMatchObject([{ state: 'declined' }]);
      await ask('vn.analyst', id, { audience: [organisation('my')] }).expect(200);
    });

    it('names everything that is wrong with it', async () => {
      const id = await shared();
      await ask('th.analyst', id, { audience: [organisation('my')] }).expect(403);
      await ask('sg.analyst', id, { audience: [organisation('my')] }).expect(404);
      const pointers = async (body: object) =>
        (await ask('vn.analyst', id, body).expect(400)).body.errors.map((each: { pointer: string }) => each.pointer);
      expect(await pointers({ audience: [] })).toEqual(['/audience']);
      expect(await pointers({ audience: ['community'] })).toEqual(['/audience/0']);
      expect(await pointers({ audience: [organisation('my'), { organisation: uuidOf('nobody') }] })).toEqual([
        '/audience/1',
      ]);
      expect(await asked('vn.analyst', id)).toEqual([]);
    });
  });

  describe('something derived', () => {
    it('goes no wider than its source, unless the source’s owner agreed', async () => {
      const source = await shared('TLP:AMBER', [organisation('vn')]);
      const { id } = await submitted(as('vn.coordinator'), filing({ title: 'Written from theirs' }));
      await as('vn.coordinator')
        .post(`incidents/${id}/related`, { incident: source, kind: 'derived-from' })
        .expect(201);
      const send = (tlp: string, audience: unknown[]) =>
        as('vn.coordinator').post(`incidents/${id}/release`, release(tlp, audience));
      const pointers = async (tlp: string, audience: unknown[]) =>
        (await send(tlp, audience).expect(400)).body.errors.map((each: { pointer: string }) => each.pointer);
      expect(await pointers('TLP:GREEN', ['community'])).toEqual(['/marking/tlp', '/audience/0']);
      expect(await pointers('TLP:AMBER', [organisation('th'), organisation('my')])).toEqual(['/audience/1']);
      const preview = await as('vn.coordinator')
        .post(`incidents/${id}/release-preview`, release('TLP:AMBER', [organisation('my')]))
        .expect(200);
      expect(preview.body.contradictions).toMatchObject([
        { code: 'wider-than-source', pointer: '/audience/0', isRefused: true },
      ]);
      await send('TLP:AMBER', [organisation('th')]).expect(200);
      const { body } = await as('vn.analyst')
        .post(`incidents/${source}/request-wider-sharing`, { audience: [organisation('my')], reason: 'Hit too.' })
        .expect(200);
      expect(await pointers('TLP:AMBER', [organisation('my')])).toEqual(['/audience/0']);
      await as('th.coordinator').post(`incidents/${source}/wider-sharing-requests/${body.id}/grant`).expect(200);
      await send('TLP:AMBER', [organisation('my')]).expect(200);
      expect(await pointers('TLP:AMBER', [organisation('sg')])).toEqual(['/audience/0']);
    });

    it('goes nowhere once its source was taken back, but to nobody', async () => {
      const amber = await shared('TLP:AMBER', [organisation('vn')]);
      const { id } = await submitted(as('vn.coordinator'), filing());
      await as('vn.coordinator').post(`incidents/${id}/related`, { incident: amber, kind: 'derived-from' }).expect(201);
      await as('th.coordinator').post(`incidents/${amber}/recall`, { reason: 'error' }).expect(200);
      const send = (audience: unknown[]) =>
        as('vn.coordinator').post(`incidents/${id}/release`, release('TLP:AMBER', audience));
      await send([organisation('th')]).expect(400);
      await send([]).expect(200);
    });
  });
});
