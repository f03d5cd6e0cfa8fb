import pg from 'pg';
import { FLUSH_AFTER_MS } from '../../src/modules/sharing/delivery-batch.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

describe('receipts and recall', () => {
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    api = new Api(node.url);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
  });

  const as = (player: string) => api.as(cast[player]!);
  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const user = (name: string) => ({ user: cast[name]!.id });
  /** To the hour, as the clock stands. */
  const hour = (): string =>
    node.clock
      .now()
      .toISOString()
      .replace(/:\d\d:\d\d\.\d{3}Z$/, ':00:00.000Z');

  /** Filed and released by Viet Nam. */
  const shared = async (tlp: string, audience: unknown[], more: object = {}): Promise<string> => {
    const { id } = await submitted(as('vn.coordinator'), { marking: { tlp }, ...more });
    await as('vn.coordinator')
      .post(`incidents/${id}/release`, release(tlp as 'TLP:AMBER', audience))
      .expect(200);
    return id;
  };
  const receipts = async (player: string, id: string) =>
    (await as(player).get(`incidents/${id}/receipts`).expect(200)).body;
  /** Kinds that stand in the table, committed. */
  const stored = async (id: string): Promise<string[]> =>
    (
      await superuser.query<{ kind: string }>(
        `select r.kind from ronda.receipt r join ronda.incident i on i.key = r.record_key where i.id = $1 order by r.kind`,
        [id],
      )
    ).rows.map(({ kind }) => kind);
  const events = async (type: string, id: string): Promise<Record<string, unknown>[]> =>
    (
      await superuser.query<{ payload: Record<string, unknown>; actor_key: number | null }>(
        `select payload, actor_key from ronda.outbox where type = $1 and $2 in (payload ->> 'recordId', payload ->> 'record')`,
        [type, id],
      )
    ).rows.map(({ payload, actor_key: actor }) => ({ ...payload, actor }));

  describe('of RED and AMBER+STRICT', () => {
    it.each([
      ['view', 'TLP:AMBER+STRICT', (id: string) => `incidents/${id}`, ['delivered', 'opened']],
      ['list', 'TLP:AMBER+STRICT', () => 'incidents?limit=100', ['delivered']],
      ['search', 'TLP:AMBER+STRICT', () => 'search?q=lighthouse', ['delivered']],
      ['export', 'TLP:AMBER+STRICT', () => 'incidents/export?format=ndjson', ['delivered']],
      ['revisions', 'TLP:AMBER+STRICT', (id: string) => `incidents/${id}/revisions`, ['delivered', 'opened']],
      ['view', 'TLP:RED', (id: string) => `incidents/${id}`, ['delivered', 'opened']],
    ] as const)('nothing leaves by %s before its receipt is durable (%s)', async (_, tlp, path, kinds) => {
      const id = await shared(tlp, [tlp === 'TLP:RED' ? user('th.analyst') : organisation('th')], {
        title: 'At the lighthouse',
      });
      expect(await stored(id)).toEqual([]);
      const answer = await as('th.analyst').get(path(id)).expect(200);
      expect(answer.text).toContain('lighthouse');
      // No flush in between: what was answered had been committed.
      expect(await stored(id)).toEqual(kinds);
    });

    it('nothing is shown where no receipt can be written', async () => {
      const id = await shared('TLP:AMBER+STRICT', [organisation('sg')], { title: 'Behind the breakwater' });
      await superuser.query('revoke insert on ronda.receipt from ronda_app');
      try {
        for (const path of [`incidents/${id}`, 'incidents', 'search?q=breakwater', `incidents/${id}/revisions`]) {
          const answer = await as('sg.analyst').get(path);
          expect(answer.status).toBeGreaterThanOrEqual(500);
          expect(answer.text).not.toContain('breakwater');
        }
      } finally {
        await superuser.query('grant insert on ronda.receipt to ronda_app');
      }
      expect((await as('sg.analyst').get(`incidents/${id}`).expect(200)).body.title).toBe('Behind the breakwater');
    });

    it('what is taken away while it is being read is not shown', async () => {
      const id = await shared('TLP:AMBER+STRICT', [organisation('th')], { title: 'Taken away meanwhile' });
      // As a recall does, and not done yet: read as it was, its receipt waits for what becomes of it.
      await superuser.query('begin');
      await superuser.query(
        `select pg_advisory_xact_lock(x'52637074'::int, (key % 64)::int) from ronda.incident where id = $1`,
        [id],
      );
      await superuser.query(
        `with taken as (update ronda.incident set audience = owner_readers where id = $1 returning key, owner_readers)
         update ronda.incident_revision r set audience = taken.owner_readers from taken where r.incident_key = taken.key`,
        [id],
      );
      const asked = as('th.analyst')
        .get(`incidents/${id}`)
        .then((answer) => answer);
      await until(
        async () =>
          (
            await superuser.query(
              `select from pg_locks where locktype = 'advisory' and classid = x'52637074'::int::oid and not granted
                 and database = (select oid from pg_database where datname = current_database())`,
            )
          ).rowCount === 1,
        { what: 'the receipt to wait' },
      );
      await superuser.query('commit');
      const { status, headers, text } = await asked;
      expect([status, headers['retry-after']]).toEqual([503, '1']);
      expect(text).toContain('urn:ronda:problem:changed-meanwhile');
      expect(text).not.toContain('Taken away');
      expect(await stored(id)).toEqual([]);
      await as('th.analyst').get(`incidents/${id}`).expect(404);
    });

    it('a title that another record’s links show is no less of what it says', async () => {
      const id = await shared('TLP:AMBER+STRICT', [organisation('my')]);
      const other = await shared('TLP:AMBER', [organisation('my')]);
      await as('vn.analyst').post(`incidents/${other}/related`, { incident: id, kind: 'related' }).expect(201);
      await as('my.analyst').get(`incidents/${other}/related`).expect(200);
      expect(await stored(id)).toEqual(['delivered']);
    });

    it('nor is one that a request for information names', async () => {
      const id = await shared('TLP:AMBER+STRICT', [organisation('my')], { title: 'Named in a request' });
      const asked = await as('vn.analyst')
        .post('requests', {
          kind: 'rfi',
          to: organisation('my'),
          marking: { tlp: 'TLP:AMBER' },
          title: 'Do you see it?',
          body: 'What do you see?',
          incidents: [id],
        })
        .expect(201);
      await as('vn.analyst').post(`requests/${asked.body.id}/send`);
      expect(await stored(id)).toEqual([]);
      expect((await as('my.analyst').get(`requests/${asked.body.id}`).expect(200)).text).toContain(
        'Named in a request',
      );
      expect(await stored(id)).toEqual(['delivered']);
    });

    it('opened is told to the hour, once, and never who or how often', async () => {
      const id = await shared('TLP:AMBER+STRICT', [organisation('th')]);
      node.clock.set('2026-11-24T05:41:07.123Z');
      await as('th.analyst').get(`incidents/${id}`).expect(200);
      node.clock.set('2026-11-24T07:12:00.000Z');
      await as('th.second').get(`incidents/${id}`).expect(200);
      const { items } = await receipts('vn.analyst', id);
      const { id: thailand, country } = cast.stages.th!;
      expect(items).toEqual([
        {
          organisation: { id: thailand, name: 'TH CERT', country },
          revision: 2,
          deliveredAt: '2026-11-24T05:00:00.000Z',
          openedAt: '2026-11-24T05:00:00.000Z',
          exportedAt: null,
          acknowledgedAt: null,
          actedOnAt: null,
        },
      ]);
      // Nor does the ledger's leaf of it name the record to its owner, or anybody as its actor.
      expect(await events('receipt.opened', id)).toEqual([
        { recordKind: 'incident', record: id, number: 2, recipientId: thailand, actor: null },
      ]);
    });
  });

  describe('of the others', () => {
    it('delivered is written within a second, beside the requests, and nothing says that it was opened', async () => {
      // The second is the product's own to keep: how long this machine takes for it is not looked at.
      expect(FLUSH_AFTER_MS).toBeLessThanOrEqual(500);
      const id = await shared('TLP:AMBER', [organisation('th')]);
      await as('th.analyst').get(`incidents/${id}`).expect(200);
      await until(async () => (await stored(id)).length > 0, { what: 'the receipt' });
      expect(await stored(id)).toEqual(['delivered']);
      expect((await events('receipt.delivered', id)).length).toBe(1);
    });

    it('none is lost on a clean stop', async () => {
      const second = await startTestApp(database, { clock: node.clock });
      const id = await shared('TLP:AMBER', [organisation('th')]);
      await new Api(second.url).as(cast['th.analyst']!).get(`incidents/${id}`).expect(200);
      await second.close();
      expect(await stored(id)).toEqual(['delivered']);
    });

    it('what another node gathered is told within a second, and what this one gathered at once', async () => {
      const second = await startTestApp(database, { clock: node.clock });
      try {
        const id = await shared('TLP:AMBER', [organisation('th'), organisation('sg')]);
        await new Api(second.url).as(cast['th.analyst']!).get(`incidents/${id}`).expect(200);
        await as('sg.analyst').get(`incidents/${id}`).expect(200);
        const told = async (): Promise<string[]> =>
          (await receipts('vn.analyst', id)).items.map(
            (each: { organisation: { name: string } }) => each.organisation.name,
          );
        // Where the tests run on two nodes, this one is two.
        if (process.env.RONDA_TEST_NODES !== '2') expect(await told()).toContain('SG CERT');
        await until(async () => (await told()).length === 2, { what: 'the other node' });
      } finally {
        await second.close();
      }
    });

    it('what the owner’s side reads itself has none', async () => {
      const id = await shared('TLP:AMBER+STRICT', [organisation('th')]);
      await as('vn.second').get(`incidents/${id}`).expect(200);
      await as('vn.second').get('incidents').expect(200);
      expect((await receipts('vn.second', id)).items).toEqual([]);
    });
  });

  describe('by whatever route something of a record is shown', () => {
    interface Told {
      id: string;
      host: string;
      comment: string;
      sighting: string;
      observable: string;
      /** Of Viet Nam too, and linked to it. */
      linked: string;
      /** The reader's own, which says the same observable. */
      own: string;
    }
    let count = 0;
    /** With all that can hang on a record, told by its owner's side; the reader is one of TH. */
    const told = async (
      tlp: string,
      reader = 'th.analyst',
      audience: unknown[] = [organisation('th')],
    ): Promise<Told> => {
      const host = `lighthouse-${(count += 1)}.example`;
      const observables = [{ type: 'domain', value: host }];
      const id = await shared(tlp, audience, { title: `At ${host}`, observables });
      const vn = as('vn.coordinator');
      const comment = await vn.post(`incidents/${id}/comments`, { body: `We saw ${host} twice.` }).expect(201);
      const [said] = (await vn.get(`incidents/${id}/observables`).expect(200)).body.items as { id: string }[];
      const sighting = await vn
        .post(`incidents/${id}/sightings`, { observable: said!.id, kind: 'seen', at: '2026-11-20T04:00:00Z' })
        .expect(201);
      const linked = await shared('TLP:AMBER', audience);
      await vn
        .post(`incidents/${linked}/related`, { incident: id, kind: 'related', note: `Both by ${host}` })
        .expect(201);
      const own = (await submitted(as(reader), { observables })).id;
      return {
        id,
        host,
        comment: comment.body.id as string,
        sighting: sighting.body.id as string,
        observable: said!.id,
        linked,
        own,
      };
    };
    const looked = (player: string, { host }: Told) => as(player).post('observables/lookup', { values: [host] });
    const seen = (player: string, { id, observable }: Told) =>
      as(player).post(`incidents/${id}/sightings`, { observable, kind: 'seen', at: '2026-11-20T05:00:00Z' });
    type Ask = (player: string, record: Told) => ReturnType<typeof looked>;
    const get =
      (path: (record: Told) => string): Ask =>
      (player, record) =>
        as(player).get(path(record));
    const ROUTES: [name: string, ask: Ask, opens: boolean][] = [
      ['GET observables', get(({ id }) => `incidents/${id}/observables`), true],
      ['GET correlations', get(({ id }) => `incidents/${id}/correlations`), true],
      ['GET correlations of another', get(({ own }) => `incidents/${own}/correlations`), false],
      ['POST observables/lookup', looked, false],
      ['GET sightings', get(({ id }) => `incidents/${id}/sightings`), false],
      ['GET sighting', get(({ id, sighting }) => `incidents/${id}/sightings/${sighting}`), false],
      ['POST sighting', seen, false],
      ['GET comments', get(({ id }) => `incidents/${id}/comments`), false],
      ['GET comment', get(({ id, comment }) => `incidents/${id}/comments/${comment}`), false],
      ['GET related', get(({ id }) => `incidents/${id}/related`), false],
      ['GET related of another', get(({ linked }) => `incidents/${linked}/related`), false],
      ['GET revisions', get(({ id }) => `incidents/${id}/revisions`), true],
      ['GET search', get(({ host }) => `search?q=${host}`), false],
    ];

    it.each(ROUTES)('%s leaves its receipt before it leaves, of AMBER+STRICT', async (_, ask, opens) => {
      const record = await told('TLP:AMBER+STRICT');
      expect(await stored(record.id)).toEqual([]);
      const answer = await ask('th.analyst', record);
      expect([200, 201]).toContain(answer.status);
      expect(answer.text).toContain(record.host);
      expect(await stored(record.id)).toEqual(opens ? ['delivered', 'opened'] : ['delivered']);
      // And what was read by that way alone is asked back.
      await as('vn.analyst').post(`incidents/${record.id}/recall`, { reason: 'error' }).expect(200);
      const tombstones = (await as('th.analyst').get('tombstones').expect(200)).body.items as { id: string }[];
      expect(tombstones.map(({ id }) => id)).toContain(record.id);
    });

    it.each(ROUTES)('%s shows nothing where no receipt can be written', async (_, ask) => {
      const record = await told('TLP:RED', 'sg.analyst', [user('sg.analyst')]);
      await superuser.query('revoke insert on ronda.receipt from ronda_app');
      try {
        const answer = await ask('sg.analyst', record);
        expect(answer.status).toBeGreaterThanOrEqual(500);
        expect(answer.text).not.toContain(record.host);
      } finally {
        await superuser.query('grant insert on ronda.receipt to ronda_app');
      }
    });

    it.each(ROUTES)('%s leaves one within a second, of AMBER', async (_, ask) => {
      const record = await told('TLP:AMBER');
      expect((await ask('th.analyst', record)).text).toContain(record.host);
      await until(async () => (await stored(record.id)).length > 0, { what: 'the receipt' });
      expect(await stored(record.id)).toEqual(['delivered']);
    });

    it('and none for the owner’s side, nor of what is not shown', async () => {
      const record = await told('TLP:AMBER+STRICT', 'vn.second');
      for (const [, ask] of ROUTES) expect((await ask('vn.second', record)).text).toContain(record.host);
      await as('th.analyst')
        .post('observables/lookup', { values: ['elsewhere.example'] })
        .expect(200);
      await as('sg.analyst')
        .post('observables/lookup', { values: [record.host] })
        .expect(200);
      await as('sg.analyst').get(`incidents/${record.id}/observables`).expect(404);
      await receipts('vn.analyst', record.id);
      expect(await stored(record.id)).toEqual([]);
    });

    it('nor does what is anonymous say more by it than a band', async () => {
      const { id } = await submitted(as('vn.coordinator'), {
        authorship: 'anonymous',
        marking: { tlp: 'TLP:AMBER+STRICT' },
        title: 'Nobody at the breakwater',
        observables: [{ type: 'domain', value: 'breakwater-unnamed.example' }],
        countries: [],
        fraud: null,
        externalReferences: [],
      });
      await as('vn.coordinator')
        .post(`incidents/${id}/release`, release('TLP:AMBER+STRICT', [organisation('th')]))
        .expect(200);
      await as('th.analyst').get(`incidents/${id}/observables`).expect(200);
      const { items, bands } = await receipts('vn.analyst', id);
      expect(items).toEqual([]);
      expect(bands).toContainEqual({ kind: 'delivered', organisations: 'fewer-than-5' });
      expect(await stored(id)).toEqual(['delivered', 'opened']);
      expect(await events('receipt.delivered', id)).toEqual([
        { recordKind: 'incident', record: id, number: 2, recipientId: cast.stages.th!.id, actor: null },
      ]);
    });

    it('however many values are looked up, their receipts are one batch', async () => {
      const values = Array.from({ length: 40 }, (_, nth) => `pier-${nth}.example`);
      const observables = values.map((value) => ({ type: 'domain', value }));
      const ids: string[] = [];
      for (let nth = 0; nth < 3; nth += 1)
        ids.push(await shared('TLP:AMBER+STRICT', [organisation('th')], { observables }));
      const many = Array.from({ length: 960 }, (_, nth) => `deep-${nth}.example`);
      const before = await transactions();
      await as('th.analyst')
        .post('observables/lookup', { values: [...values, ...many] })
        .expect(200);
      expect((await transactions()) - before).toBe(1);
      for (const id of ids) expect(await stored(id)).toEqual(['delivered']);
    });
    /** That wrote receipts. */
    const transactions = async (): Promise<number> =>
      (await superuser.query<{ n: number }>('select count(distinct xmin::text)::int as n from ronda.receipt')).rows[0]!
        .n;
  });

  describe('a 412, which shows the current version,', () => {
    const precondition = (player: string, path: string, body?: object) =>
      as(player).post(path, body).set('if-match', '"x"').expect(412);

    it('leaves its receipt to whom RED was released', async () => {
      const id = await shared('TLP:RED', [user('th.analyst')], { title: 'Behind the precondition' });
      const body = { reason: 'Ours too', audience: [organisation('th')], marking: { tlp: 'TLP:AMBER' } };
      const answer = await precondition('th.analyst', `incidents/${id}/request-wider-sharing`, body);
      expect(answer.body.current.title).toBe('Behind the precondition');
      expect(await stored(id)).toEqual(['delivered']);
      expect((await events('receipt.delivered', id)).length).toBe(1);
      // What was asked for was not done.
      expect((await as('th.analyst').get(`incidents/${id}/wider-sharing-requests`).expect(200)).body.items).toEqual([]);
    });

    it('and of the others, where what writes writes its receipt with it', async () => {
      const id = await shared('TLP:AMBER', [organisation('th')], { title: 'Not passed on' });
      const body = { organisations: [cast.stages.th!.id], tellOriginator: false };
      expect((await precondition('th.analyst', `incidents/${id}/pass-on`, body)).text).toContain('Not passed on');
      expect(await stored(id)).toEqual(['delivered']);
    });

    it('also of a request, by which a record’s title leaves', async () => {
      const id = await shared('TLP:AMBER+STRICT', [organisation('my')], { title: 'Named in a stale request' });
      const { body } = await as('vn.analyst')
        .post('requests', {
          kind: 'rfi',
          to: organisation('my'),
          marking: { tlp: 'TLP:AMBER' },
          title: 'Do you see it?',
          body: 'What do you see?',
          incidents: [id],
        })
        .expect(201);
      const answer = await precondition('my.analyst', `requests/${body.id}/acknowledge`);
      expect(answer.text).toContain('Named in a stale request');
      expect(await stored(id)).toEqual(['delivered']);
    });
  });

  describe('by the recipient’s own act', () => {
    it('acknowledged and acted on are told to the originator, and that twice is once', async () => {
      const id = await shared('TLP:AMBER', [organisation('th'), organisation('sg')]);
      const given = await as('th.analyst').post(`incidents/${id}/receipts`, { kind: 'acknowledged' }).expect(200);
      expect(given.body).toMatchObject({
        items: [{ revision: 1, deliveredAt: hour(), acknowledgedAt: node.clock.now().toISOString() }],
        allowedActions: ['exported', 'acted-on'],
      });
      await as('th.second').post(`incidents/${id}/receipts`, { kind: 'acknowledged' }).expect(200);
      await as('th.analyst').post(`incidents/${id}/receipts`, { kind: 'acted-on' }).expect(200);
      const { items } = await receipts('vn.analyst', id);
      expect(items).toMatchObject([
        { organisation: { id: cast.stages.th!.id }, acknowledgedAt: expect.any(String), actedOnAt: expect.any(String) },
      ]);
      expect(await events('receipt.acknowledged', id)).toMatchObject([{ recordId: id, actor: null }]);
    });

    it('another recipient sees nothing of it, the owner gives none, and an absent record is a hidden one', async () => {
      const id = await shared('TLP:AMBER', [organisation('th'), organisation('sg')]);
      await as('th.analyst').post(`incidents/${id}/receipts`, { kind: 'acknowledged' }).expect(200);
      expect((await receipts('sg.analyst', id)).items).toEqual([]);
      await as('vn.analyst').post(`incidents/${id}/receipts`, { kind: 'acknowledged' }).expect(403);
      const absent = await as('my.analyst').post(`incidents/${cast.stages.th!.id}/receipts`, { kind: 'acknowledged' });
      const hidden = await as('my.analyst').post(`incidents/${id}/receipts`, { kind: 'acknowledged' });
      expect([hidden.status, { ...hidden.body, requestId: '', instance: '' }]).toEqual([
        404,
        { ...absent.body, requestId: '', instance: '' },
      ]);
      const bad = await as('th.analyst').post(`incidents/${id}/receipts`, { kind: 'opened' }).expect(400);
      expect(bad.body.errors).toMatchObject([{ pointer: '/kind' }]);
    });

    it('nobody writes one for another, of what it does not read, or of its own record', async () => {
      const id = await shared('TLP:AMBER', [organisation('th')]);
      const { rows } = await superuser.query<{ key: string }>('select key from ronda.incident where id = $1', [id]);
      const work = node.app.get(UnitOfWork);
      const insert = {
        name: 'test-receipt-forged',
        text: `insert into ronda.receipt values (0, $1, 'incident', $2, 2, 'acknowledged', $3, ronda.clock())`,
      };
      const forge = (by: string, reader: string) =>
        work.run({ actingUserKey: cast[by]!.key }, 0, 'write', () =>
          work.query(insert, [cast.stages[reader]!.key, rows[0]!.key, cast.stages[reader]!.key]),
        );
      for (const [by, reader] of [
        ['sg.analyst', 'th'],
        ['sg.analyst', 'sg'],
        ['vn.analyst', 'vn'],
        ['th.analyst', 'sg'],
      ] as const)
        await expect(forge(by, reader)).rejects.toThrow();
      await forge('th.analyst', 'th');
    });
  });

  describe('recall', () => {
    const tombstones = async (player: string) => (await as(player).get('tombstones').expect(200)).body.items;

    it('acts on the next request, and asks back of whom it reached and of nobody else', async () => {
      const id = await shared('TLP:AMBER', [organisation('th'), organisation('sg')], { title: 'Asked back' });
      await as('th.analyst').get(`incidents/${id}`).expect(200);
      await until(async () => (await stored(id)).length > 0, { what: 'the receipt' });
      const own = await as('vn.analyst').get(`incidents/${id}`).expect(200);
      expect(own.body.allowedActions).toContain('recall');
      const recalled = await as('vn.analyst').post(`incidents/${id}/recall`, { reason: 'error' }).expect(200);
      expect(recalled.body.allowedActions).toContain('recall');
      await as('th.analyst').get(`incidents/${id}`).expect(404);
      await as('th.analyst').get(`incidents/${id}/receipts`).expect(404);
      const [tombstone] = (await tombstones('th.analyst')).filter((each: { id: string }) => each.id === id);
      expect(tombstone).toEqual({
        id,
        recalledAt: node.clock.now().toISOString(),
        reason: 'error',
        confirmation: null,
        keptBecause: null,
        confirmedAt: null,
        allowedActions: ['confirm'],
      });
      // It was never fetched there.
      expect(await tombstones('sg.analyst')).toEqual([]);
      expect(await events('release.asked-back', id)).toMatchObject([{ reason: 'error' }]);
    });

    it('asks back what was read a moment before, whose receipt is still on its way, on any node', async () => {
      const second = await startTestApp(database, { clock: node.clock });
      try {
        const id = await shared('TLP:AMBER', [organisation('th'), organisation('sg')]);
        await as('th.analyst').get(`incidents/${id}`).expect(200);
        await new Api(second.url).as(cast['sg.analyst']!).get(`incidents/${id}`).expect(200);
        await as('vn.analyst').post(`incidents/${id}/recall`, { reason: 'legal' }).expect(200);
        const told = async (player: string): Promise<string[]> =>
          (await tombstones(player)).flatMap((each: { id: string; reason: string }) =>
            each.id === id ? [each.reason] : [],
          );
        for (const player of ['th.analyst', 'sg.analyst']) {
          await until(async () => (await told(player)).length > 0, { what: `${player} to be told` });
          expect(await told(player)).toEqual(['legal']);
        }
        // What was released to them again meanwhile is not.
        const again = await shared('TLP:AMBER', [organisation('th')]);
        await as('th.analyst').get(`incidents/${again}`).expect(200);
        await as('vn.analyst').post(`incidents/${again}/recall`, { reason: 'error' }).expect(200);
        await as('vn.coordinator')
          .post(`incidents/${again}/release`, release('TLP:AMBER', [organisation('th')]))
          .expect(200);
        await receipts('vn.analyst', again);
        const ids = async (player: string) => (await tombstones(player)).map((each: { id: string }) => each.id);
        expect(await ids('th.analyst')).not.toContain(again);
      } finally {
        await second.close();
      }
    });

    it('whoever reads what is public as an applicant still reads it after the next release', async () => {
      const { id } = await submitted(as('vn.coordinator'), { marking: { tlp: 'TLP:CLEAR' } });
      const toAll = async (): Promise<void> => {
        await as('vn.coordinator').post(`incidents/${id}/release`, release('TLP:CLEAR', ['public']));
        await as('vn.second').post(`incidents/${id}/release/confirm`).expect(200);
      };
      await toAll();
      await as('la.analyst').get(`incidents/${id}`).expect(200);
      await receipts('vn.analyst', id);
      expect((await as('vn.analyst').patch(`incidents/${id}`, { sector: 'health' })).status).toBe(200);
      await toAll();
      expect(await tombstones('la.analyst')).toEqual([]);
    });

    it('shows the originator what each recipient said, and silence as silence', async () => {
      const id = await shared('TLP:AMBER+STRICT', [organisation('th'), organisation('my'), organisation('id')]);
      for (const cert of ['th', 'my', 'id']) await as(`${cert}.analyst`).get(`incidents/${id}`).expect(200);
      await as('vn.analyst').post(`incidents/${id}/recall`, { reason: 'legal' }).expect(200);
      const confirm = (player: string, body: object) => as(player).post(`tombstones/${id}/confirmation`, body);
      await confirm('th.analyst', { confirmation: 'deleted' }).expect(200);
      await confirm('my.analyst', { confirmation: 'kept' }).expect(400);
      await confirm('my.analyst', { confirmation: 'deleted', keptBecause: 'other' }).expect(400);
      await confirm('my.analyst', { confirmation: 'kept', keptBecause: 'legal-hold' }).expect(200);
      await confirm('sg.analyst', { confirmation: 'deleted' }).expect(404);
      const { items, recalls } = await receipts('vn.analyst', id);
      expect(items.map(({ openedAt }: { openedAt: string | null }) => openedAt)).toEqual([hour(), hour(), hour()]);
      expect(
        recalls.map((each: Record<string, { name?: string }>) => [
          each.organisation!.name,
          each.confirmation,
          each.keptBecause,
        ]),
      ).toEqual([
        ['ID CERT', null, null],
        ['MY CERT', 'kept', 'legal-hold'],
        ['TH CERT', 'deleted', null],
      ]);
    });

    it('a release to fewer asks it back of those who lose it, and a wider one takes that back', async () => {
      const id = await shared('TLP:AMBER', [organisation('th'), organisation('my')]);
      for (const cert of ['th', 'my']) await as(`${cert}.analyst`).get(`incidents/${id}`).expect(200);
      await receipts('vn.analyst', id);
      const to = (...names: string[]) =>
        as('vn.coordinator')
          .post(`incidents/${id}/release`, release('TLP:AMBER', names.map(organisation)))
          .expect(200);
      const told = async (player: string) =>
        (await tombstones(player)).flatMap((each: { id: string; reason: string }) =>
          each.id === id ? [each.reason] : [],
        );
      await to('my');
      expect([await told('th.analyst'), await told('my.analyst')]).toEqual([['narrowed'], []]);
      await to('my', 'th');
      expect([await told('th.analyst'), await told('my.analyst')]).toEqual([[], []]);
      await as('th.analyst').get(`incidents/${id}`).expect(200);
    });

    it('a colleague of whom RED was named to learns nothing of it', async () => {
      const id = await shared('TLP:RED', [user('sg.analyst')]);
      await as('sg.analyst').get(`incidents/${id}`).expect(200);
      await as('vn.coordinator').post(`incidents/${id}/recall`, { reason: 'source-asked' }).expect(200);
      const ids = async (player: string) => (await tombstones(player)).map((each: { id: string }) => each.id);
      expect(await ids('sg.analyst')).toContain(id);
      expect(await ids('sg.second')).not.toContain(id);
      await as('sg.second').post(`tombstones/${id}/confirmation`, { confirmation: 'deleted' }).expect(404);
    });

    it('refuses who may not, and where nothing is released', async () => {
      const id = await shared('TLP:AMBER', [organisation('th')]);
      await as('th.analyst').post(`incidents/${id}/recall`, { reason: 'error' }).expect(403);
      await as('sg.analyst').post(`incidents/${id}/recall`, { reason: 'error' }).expect(404);
      const { id: draft } = await submitted(as('vn.coordinator'));
      await as('vn.coordinator').post(`incidents/${draft}/recall`, { reason: 'error' }).expect(409);
      const bad = await as('vn.coordinator').post(`incidents/${id}/recall`, { reason: 'a title' }).expect(400);
      expect(bad.body.errors).toMatchObject([{ pointer: '/reason' }]);
    });
  });
});
