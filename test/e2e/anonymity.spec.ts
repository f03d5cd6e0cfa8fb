import { createHash } from 'node:crypto';
import pg from 'pg';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, linesOf, release } from '../support/filings.js';
import { settled } from '../support/settled.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

/** Nothing in it rules anybody out. */
const telling = (more: object = {}) =>
  filing({ authorship: 'anonymous', marking: { tlp: 'TLP:GREEN' }, countries: [], fraud: null, ...more });

describe('anonymous records', () => {
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
  const filed = async (more: object = {}, by = 'vn'): Promise<string> => {
    const { body } = await as(`${by}.analyst`).post('incidents', telling(more)).expect(201);
    await as(`${by}.analyst`).post(`incidents/${body.id}/submit`).expect(200);
    return body.id;
  };
  const toCommunity = async (id: string, by = 'vn'): Promise<void> => {
    await as(`${by}.coordinator`)
      .post(`incidents/${id}/release`, release('TLP:GREEN', ['community']))
      .expect(202);
    await as(`${by}.second`).post(`incidents/${id}/release/confirm`, {}).expect(200);
  };
  const open = async (more: object = {}, by = 'vn'): Promise<string> => {
    const id = await filed(more, by);
    await toCommunity(id, by);
    return id;
  };
  const standing = (name: string, standing: string) =>
    superuser.query('update ronda.organisation set standing = $2 where id = $1', [cast.stages[name]!.id, standing]);

  describe('filed and released', () => {
    it('shows its readers an alias and nothing of its owner, and its owner everything', async () => {
      const id = await open({ title: 'By nobody in particular' });
      const own = (await as('vn.analyst').get(`incidents/${id}`).expect(200)).body;
      expect(own).toMatchObject({
        organisation: { id: cast.stages.vn!.id },
        alias: { name: 'an active member', code: expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/) },
        externalReferences: [{ source: 'ticket', id: 'VN-2026-118' }],
        readableAs: ['organisation', 'community'],
      });
      const read = (await as('th.analyst').get(`incidents/${id}`).expect(200)).body;
      expect(read).toMatchObject({
        authorship: 'anonymous',
        organisation: null,
        alias: own.alias,
        externalReferences: [],
        release: null,
        readableAs: ['community'],
      });
      const another = (await as('vn.analyst').get(`incidents/${await open()}`)).body;
      expect(another.alias.code).not.toBe(own.alias.code);
    });

    it('is found by whose it is by its owner alone', async () => {
      const id = await open({ title: 'A kingfisher at dusk' });
      const ids = async (player: string, query: string): Promise<string[]> =>
        (await as(player).get(query).expect(200)).body.items.map((item: { id?: string; incident?: { id: string } }) =>
          item.incident ? item.incident.id : item.id,
        );
      const by = `organisation=${cast.stages.vn!.id}&limit=100`;
      for (const path of [`incidents?${by}`, `search?q=kingfisher&${by}`]) {
        expect(await ids('vn.analyst', path)).toContain(id);
        expect(await ids('th.analyst', path)).not.toContain(id);
      }
      expect(await ids('th.analyst', 'search?q=kingfisher')).toContain(id);
      expect(await ids('th.analyst', 'incidents?country=VN&limit=100')).not.toContain(id);
      expect(await ids('th.analyst', 'search?q=118')).not.toContain(id);
    });

    it('names nobody in any file', async () => {
      const id = await open({ title: 'An otter in a file' });
      for (const format of ['ndjson', 'csv']) {
        const { text } = await as('th.analyst').get(`incidents/export?format=${format}`).expect(200);
        const line = text.split('\n').find((each) => each.includes('An otter in a file'))!;
        expect(line).toContain(id);
        for (const told of ['VN CERT', cast.stages.vn!.id, 'VN-2026', 'vn.']) expect(line).not.toContain(told);
      }
    });

    it('keeps the alias in its comments, whoever of the owner writes, and is edited by who wrote', async () => {
      const id = await open();
      const { alias } = (await as('th.analyst').get(`incidents/${id}`)).body;
      const comment = (await as('vn.analyst').post(`incidents/${id}/comments`, { body: 'Two more today' }).expect(201))
        .body;
      await as('vn.coordinator')
        .post(`incidents/${id}/comments`, { body: 'To sg alone?', audience: 'owner' })
        .expect(201);
      const asked = (
        await as('sg.analyst').post(`incidents/${id}/comments`, { body: 'Which bank?', audience: 'owner' }).expect(201)
      ).body;
      expect(asked).toMatchObject({ organisation: { id: cast.stages.sg!.id }, alias: null });
      const seen = (await as('th.analyst').get(`incidents/${id}/comments`).expect(200)).body.items;
      expect(seen).toEqual([
        expect.objectContaining({ id: comment.id, author: null, organisation: null, alias, allowedActions: [] }),
      ]);
      const own = (await as('vn.second').get(`incidents/${id}/comments`)).body.items;
      expect(own.map((each: { body: string }) => each.body).sort()).toEqual([
        'To sg alone?',
        'Two more today',
        'Which bank?',
      ]);
      expect(own.find((each: { id: string }) => each.id === comment.id)).toMatchObject({
        author: { displayName: 'vn.analyst' },
        organisation: { id: cast.stages.vn!.id },
      });
      const path = `incidents/${id}/comments/${comment.id}`;
      expect((await as('vn.second').patch(path, { body: 'Not mine' })).status).toBe(403);
      expect((await as('vn.analyst').patch(path, { body: 'Three more' })).body).toMatchObject({
        body: 'Three more',
        alias,
      });
      expect((await as('vn.analyst').delete(path)).status).toBe(204);
    });

    it('moves between persons and the organisation with its marking, and stays its owner’s', async () => {
      const id = await filed({ marking: { tlp: 'TLP:AMBER' } });
      const marked = await as('vn.analyst').patch(`incidents/${id}`, {
        marking: { tlp: 'TLP:RED' },
        title: 'Secret plan',
      });
      expect(marked.body).toMatchObject({ readableAs: ['user'], organisation: { id: cast.stages.vn!.id } });
      expect((await as('vn.second').get(`incidents/${id}`)).status).toBe(404);
      await as('vn.analyst').patch(`incidents/${id}`, { marking: { tlp: 'TLP:GREEN' }, title: 'No secret' });
      const read = (await as('vn.second').get(`incidents/${id}`).expect(200)).body;
      expect(read).toMatchObject({ readableAs: ['organisation'], title: 'No secret' });
      // What was written while it was RED stays with who wrote it.
      const { text } = await as('vn.second').get(`incidents/${id}/revisions`).expect(200);
      expect(text).not.toContain('Secret plan');
      expect((await as('vn.analyst').get(`incidents/${id}/revisions`)).text).toContain('Secret plan');
      await toCommunity(id);
      await as('th.analyst').get(`incidents/${id}`).expect(200);
    });

    it('comes through a stream and out of a list like any other', async () => {
      const lines = linesOf(
        telling({ title: 'Streamed one', externalReferences: [{ source: 'stream', id: 'VN-s-1' }] }),
        filing({ externalReferences: [{ source: 'stream', id: 'VN-s-2' }] }),
        telling({ title: 'Streamed two', externalReferences: [{ source: 'stream', id: 'VN-s-3' }] }),
      );
      const answer = await as('vn.analyst')
        .request('post', 'incidents/bulk?stream=veiled')
        .set('content-type', 'application/x-ndjson')
        .send(lines)
        .expect(200);
      const results = answer.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(results.map(({ status }) => status)).toEqual(['filed', 'filed', 'filed']);
      const listed = (await as('vn.second').get('incidents?limit=100')).body.items;
      const of = (line: number) => listed.find(({ id }: { id: string }) => id === results[line].id);
      expect(of(0)).toMatchObject({ title: 'Streamed one', externalReferences: [{ id: 'VN-s-1' }] });
      expect(of(2)).toMatchObject({ title: 'Streamed two', externalReferences: [{ id: 'VN-s-3' }] });
      expect(of(0).alias.code).not.toBe(of(2).alias.code);
      await as('vn.analyst')
        .post(`incidents/${of(0).id}/submit`)
        .expect(200);
      await toCommunity(of(0).id);
      expect((await as('th.analyst').get(`incidents/${of(0).id}`)).body).toMatchObject({ externalReferences: [] });
    });

    it('stands alone: no link from it, none from its owner’s others, no request of its owner’s that names it', async () => {
      const [id, other] = [await open(), (await as('vn.analyst').post('incidents', filing())).body.id];
      const link = (from: string, to: string, by = 'vn.analyst') =>
        as(by).post(`incidents/${from}/related`, { incident: to, kind: 'related' });
      for (const answer of [await link(id, other), await link(other, id)])
        expect([answer.status, answer.body.type]).toEqual([409, 'urn:ronda:problem:stands-alone']);
      const theirs = (await as('th.analyst').post('incidents', filing())).body.id;
      expect((await link(theirs, id, 'th.analyst')).status).toBe(201);
      const ask = (by: string) =>
        as(by).post('requests', {
          kind: 'rfi',
          to: organisation('sg'),
          title: 'About this',
          body: 'Do you know more?',
          marking: { tlp: 'TLP:AMBER' },
          incidents: [id],
        });
      const refused = await ask('vn.analyst');
      expect([refused.status, refused.body.errors?.[0].pointer]).toEqual([400, '/incidents/0']);
      expect((await ask('th.analyst')).status).toBe(201);
    });
  });

  describe('in the tables, to the service as a reader', () => {
    /** Rows of every table that the reader sees, as text, that are of the record. */
    async function rowsOf(player: string, id: string): Promise<string[]> {
      const { rows: tables } = await superuser.query<{ name: string; columns: string }>(
        `select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
           from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          where c.relnamespace = 'ronda'::regnamespace and c.relkind = 'r' and has_column_privilege('ronda_app', c.oid, a.attnum, 'select')
          group by c.relname order by 1`,
      );
      const { rows: keys } = await superuser.query<{ key: string; comments: string[] }>(
        `select i.key::text, array(select c.key::text from ronda.incident_comment c where c.incident_key = i.key) as comments
           from ronda.incident i where i.id = $1`,
        [id],
      );
      const { key, comments } = keys[0]!;
      const client = new pg.Client({ connectionString: database.serviceUrl });
      await client.connect();
      try {
        await client.query('begin');
        const shown = createHash('sha256').update(cast[player]!.token).digest('hex');
        await client.query('select ronda.enter($1, $2, 0, $3)', [shown, '', node.clock.now()]);
        const found: string[] = [];
        for (const { name, columns } of tables) {
          const { rows } = await client.query<{ said: string }>(
            `select to_jsonb(t)::text as said from (select ${columns} from ronda.${name}) t`,
          );
          for (const { said } of rows) {
            const row = JSON.parse(said) as Record<string, unknown>;
            const isOfIt =
              said.includes(id) ||
              (name === 'incident' && String(row.key) === key) ||
              ['incident_key', 'record_key', 'from_key', 'to_key'].some((column) => String(row[column]) === key) ||
              ['comment_key'].some((column) => comments.includes(String(row[column])));
            if (isOfIt) found.push(`${name} ${said}`);
          }
        }
        return found;
      } finally {
        await client.query('rollback');
        await client.end();
      }
    }

    it('no row of the record holds a key, an id or a word of its owner’s', async () => {
      const id = await open();
      await as('vn.analyst').post(`incidents/${id}/comments`, { body: 'From its owner' }).expect(201);
      await as('th.analyst').post(`incidents/${id}/comments`, { body: 'To its owner', audience: 'owner' }).expect(201);
      await as('vn.analyst').post(`incidents/${id}/triage`, { note: 'Hanoi says so' }).expect(200);
      await toCommunity(id);
      await as('th.analyst').get(`incidents/${id}`).expect(200);
      await as('th.analyst').post(`incidents/${id}/receipts`, { kind: 'acknowledged' }).expect(200);
      const seen = await rowsOf('th.analyst', id);
      const tables = new Set(seen.map((row) => row.split(' ')[0]));
      for (const table of ['incident', 'incident_revision', 'incident_comment', 'receipt', 'readable_since'])
        expect(tables).toContain(table);
      const players = ['analyst', 'coordinator', 'second', 'admin'].map((role) => cast[`vn.${role}`]!);
      const told = [cast.stages.vn!, ...players].flatMap((each) => [String(each.key), each.id]);
      // Dates and counts have numbers too: the keys of the cast are of three digits, and of nothing else here. The alias is
      // drawn by lot, also such digits.
      const { code } = (await as('th.analyst').get(`incidents/${id}`).expect(200)).body.alias as { code: string };
      const numbers = (row: string): string[] => row.replaceAll(code, '').match(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g) ?? [];
      for (const row of seen) expect([row, numbers(row).filter((each) => told.includes(each))]).toEqual([row, []]);
      expect(seen.join('\n')).not.toMatch(/Hanoi|VN-2026/);
      // The test can fail: its owner's side sees itself in the same tables.
      const own = await rowsOf('vn.analyst', id);
      expect(own.flatMap(numbers).filter((each) => told.includes(each)).length).toBeGreaterThan(0);
    });

    it('nobody gets behind a veil, nor names an owner, nor asks in another’s name', async () => {
      const id = await open();
      const client = new pg.Client({ connectionString: database.serviceUrl });
      await client.connect();
      const attack = async (player: string, text: string, ...values: unknown[]): Promise<unknown> => {
        await client.query('begin');
        try {
          const shown = createHash('sha256').update(cast[player]!.token).digest('hex');
          await client.query('select ronda.enter($1, $2, 0, $3)', [shown, '', node.clock.now()]);
          return (await client.query(text, values)).rows;
        } catch (error) {
          return (error as { code?: string }).code;
        } finally {
          await client.query('rollback');
        }
      };
      const { rows } = await superuser.query<{ key: string; veil: number }>(
        'select key, owner_readers[1] as veil from ronda.incident where id = $1',
        [id],
      );
      const { key, veil } = rows[0]!;
      const th = cast.stages.th!.key;
      const behind = `insert into ronda.veil (space, org_key, principal_key, record_id, holders) values (0, $1, $2, $3, $4)`;
      try {
        expect(await attack('th.analyst', 'select * from ronda.veil')).toEqual([]);
        expect(await attack('th.analyst', behind, th, veil, id, [th])).toBe('23505');
        // Another's own principal is no veil.
        expect(await attack('th.analyst', behind, th, cast.stages.vn!.key, id, [th])).toBe('23503');
        expect(await attack('th.analyst', behind, cast.stages.vn!.key, veil, id, [th])).toBe('42501');
        expect(await attack('vn.analyst', behind, cast.stages.vn!.key, veil, id, [cast.stages.vn!.key, th])).toBe(
          '42501',
        );
        for (const player of ['th.coordinator', 'secretariat.admin', 'vn.analyst', 'vn.admin'])
          expect([player, await attack(player, 'select ronda.lift_anonymity($1)', key)]).toEqual([player, '42501']);
        expect(await attack('th.analyst', 'select ronda.unveiled($1)', [veil])).toBe('42501');
        expect(await attack('th.analyst', 'select * from ronda.receipt_bands($1)', key)).toEqual([]);
        expect(await attack('vn.coordinator', `select ronda.ask_quarantine($1, 'false', now())`, key)).toBe('42501');
        expect(await attack('telco.analyst', `select ronda.ask_quarantine($1, 'false', now())`, key)).toBe('42501');
        expect(await attack('th.analyst', `select ronda.settle_quarantine($1, now())`, key)).toBe('42501');
        expect(
          await attack('th.coordinator', `update ronda.incident set authorship = 'named' where key = $1`, key),
        ).toBe('42501');
        const comment = `insert into ronda.incident_comment (space, id, incident_key, by_owner, author_key, org_key, body, reach, created_at)
          values (0, gen_random_uuid(), $1, $2, $3, $4, 'x', 'readers', now())`;
        expect(await attack('th.analyst', comment, key, true, null, null)).toBe('42501');
        const vn = cast['vn.analyst']!;
        expect(await attack('vn.analyst', comment, key, false, vn.key, vn.organisation.key)).toBe('42501');
      } finally {
        await client.end();
      }
    });
  });

  describe('released to too few', () => {
    const preview = async (id: string, audience: unknown[], tlp = 'TLP:GREEN') =>
      (await as('vn.coordinator').post(`incidents/${id}/release-preview`, release(tlp, audience)).expect(200)).body;

    it('counts in the eyes of a recipient, each of whom knows that it was not itself', async () => {
      const id = await filed();
      // Five members, a partner and the secretariat file; each reader leaves itself out.
      expect(await preview(id, ['community'])).toMatchObject({
        candidates: { fewest: 6, ruledOutBy: [] },
        decision: { may: 'with-second-person' },
        contradictions: [],
      });
      const named = (await as('vn.analyst').post('incidents', filing())).body.id;
      await as('vn.analyst').post(`incidents/${named}/submit`).expect(200);
      expect((await preview(named, [organisation('th')], 'TLP:AMBER')).candidates).toBeNull();
    });

    it.each([
      ['/countries', { countries: ['VN', 'TH'] }, 2],
      ['/language', { language: 'vi' }, 1],
      ['/fraud/loss/currency', { fraud: { modus: 'x', loss: { amount: '1.00', currency: 'VND' } } }, 1],
    ])('refuses what %s gives away, and says so', async (pointer, facts, left) => {
      const id = await filed(facts);
      const seen = await preview(id, ['community']);
      expect(seen).toMatchObject({
        candidates: { ruledOutBy: [{ pointer, left }] },
        decision: { may: 'no' },
        contradictions: [{ code: 'too-few-candidates', pointer: '/audience', isRefused: true }],
      });
      const refused = await as('vn.coordinator').post(`incidents/${id}/release`, release('TLP:GREEN', ['community']));
      expect(refused.status).toBe(409);
      expect(refused.body).toMatchObject({
        type: 'urn:ronda:problem:too-few-candidates',
        errors: [{ pointer: '/audience' }],
        candidates: seen.candidates.fewest,
        ruledOutBy: [{ pointer, left }],
      });
    });

    it('knows that only members release to a group', async () => {
      const group = (
        await as('vn.coordinator').post('sharing-groups', { name: 'A few', purpose: 'Few', members: [] }).expect(201)
      ).body;
      const id = await filed();
      // Nobody else is in it yet: nobody wonders. With one more there is one reader, and one author.
      const { rows } = await superuser.query<{ key: number }>('select key from ronda.sharing_group where id = $1', [
        group.id,
      ]);
      await superuser.query(
        `insert into ronda.group_membership (id, group_key, org_key, state, proposed_by, proposed_at, admit_after, accepted_at, joined_epoch, joined_at)
         values (gen_random_uuid(), $1, $2, 'member', $3, now(), now(), now(), 1, now())`,
        [rows[0]!.key, cast.stages.th!.key, cast['vn.coordinator']!.key],
      );
      const refused = await as('vn.coordinator').post(
        `incidents/${id}/release`,
        release('TLP:AMBER', [{ group: group.id }]),
      );
      expect([refused.status, refused.body.candidates]).toEqual([409, 1]);
      const constituent = await as('vn.coordinator').post(
        `incidents/${id}/release`,
        release('TLP:AMBER', [organisation('bank')]),
      );
      expect([constituent.status, constituent.body.candidates]).toEqual([409, 1]);
      await as('vn.coordinator')
        .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('th')]))
        .expect(200);
    });

    it('is asked again when the second person speaks', async () => {
      const id = await filed();
      await as('vn.coordinator')
        .post(`incidents/${id}/release`, release('TLP:GREEN', ['community']))
        .expect(202);
      await standing('id', 'suspended');
      await standing('my', 'suspended');
      try {
        const refused = await as('vn.second').post(`incidents/${id}/release/confirm`, {});
        expect([refused.status, refused.body.candidates]).toEqual([409, 4]);
        expect((await as('th.analyst').get(`incidents/${id}`)).status).toBe(404);
      } finally {
        await standing('id', 'active');
        await standing('my', 'active');
      }
      await as('vn.second').post(`incidents/${id}/release/confirm`, {}).expect(200);
    });
  });

  describe('lifted', () => {
    it('by a coordinator of its owner alone, with its version, and for good', async () => {
      const id = await open();
      const comment = (await as('vn.analyst').post(`incidents/${id}/comments`, { body: 'Mine' }).expect(201)).body.id;
      const path = `incidents/${id}/lift-anonymity`;
      const etag = (await as('vn.coordinator').get(`incidents/${id}`)).headers.etag as string;
      for (const player of ['vn.analyst', 'th.coordinator', 'secretariat.analyst', 'vn.admin', 'secretariat.admin'])
        expect([player, (await as(player).post(path).set('if-match', etag)).status]).toEqual([player, 403]);
      expect((await as('ph.coordinator').post(path)).status).toBe(404);
      expect((await as('vn.coordinator').post(path).set('if-match', '"stale"')).status).toBe(412);
      const before = (await as('th.analyst').get(`incidents/${id}`)).body;
      const lifted = await as('vn.coordinator').post(path).set('if-match', etag).expect(200);
      expect(lifted.body).toMatchObject({ authorship: 'named', alias: null, organisation: { id: cast.stages.vn!.id } });
      expect(lifted.body.allowedActions).not.toContain('lift-anonymity');
      const after = (await as('th.analyst').get(`incidents/${id}`).expect(200)).body;
      expect(after).toMatchObject({
        authorship: 'named',
        alias: null,
        organisation: { id: cast.stages.vn!.id, name: 'VN CERT', country: 'VN' },
        revision: before.revision,
        // What was for its owner stays so until that is released.
        externalReferences: [],
      });
      expect((await as('th.analyst').get(`incidents/${id}/comments/${comment}`)).body).toMatchObject({
        organisation: { id: cast.stages.vn!.id },
        alias: null,
        author: null,
      });
      const history = (await as('vn.analyst').get(`incidents/${id}/revisions`)).body.items;
      expect(history.at(-1)).toMatchObject({ change: 'anonymity-lifted', author: { displayName: 'vn.coordinator' } });
      expect(history[0]).toMatchObject({ change: 'filed', author: { displayName: 'vn.analyst' } });
      const again = await as('vn.coordinator')
        .post(path)
        .set('if-match', (await as('vn.coordinator').get(`incidents/${id}`)).headers.etag as string);
      expect([again.status, again.body.type]).toEqual([409, 'urn:ronda:problem:not-anonymous']);
      await toCommunity(id);
      expect((await as('th.analyst').get(`incidents/${id}`)).body.externalReferences).toHaveLength(1);
      const { rows } = await superuser.query(
        `select payload from ronda.outbox where type = 'incident.anonymity-lifted' and payload ->> 'incidentId' = $1`,
        [id],
      );
      expect(rows).toEqual([{ payload: { incidentId: id, revision: 3 } }]);
    });

    it('is found by its owner from then on, and read by whom it was released to', async () => {
      const id = await open();
      const list = `incidents?organisation=${cast.stages.vn!.id}&limit=100`;
      const has = async () =>
        (await as('th.analyst').get(list)).body.items.some((item: { id: string }) => item.id === id) as boolean;
      expect(await has()).toBe(false);
      const etag = (await as('vn.coordinator').get(`incidents/${id}`)).headers.etag as string;
      await as('vn.coordinator').post(`incidents/${id}/lift-anonymity`).set('if-match', etag).expect(200);
      expect(await has()).toBe(true);
      await as('jp.analyst').get(`incidents/${id}`).expect(404);
      await as('vn.coordinator').post(`incidents/${id}/recall`, { reason: 'error' }).expect(200);
      await as('th.analyst').get(`incidents/${id}`).expect(404);
    });
  });

  describe('receipts', () => {
    it('come in bands to its owner, and to nobody else at all', async () => {
      const id = await open();
      const bands = async () => {
        await settled(node);
        const { body } = await as('vn.analyst').get(`incidents/${id}/receipts`).expect(200);
        expect([body.items, body.recalls]).toEqual([[], []]);
        return Object.fromEntries(
          body.bands.map(({ kind, organisations }: { kind: string; organisations: string }) => [kind, organisations]),
        );
      };
      for (const player of ['th.analyst', 'sg.analyst', 'id.analyst', 'my.analyst'])
        await as(player).get(`incidents/${id}`).expect(200);
      await as('th.analyst').post(`incidents/${id}/receipts`, { kind: 'acted-on' }).expect(200);
      expect(await bands()).toMatchObject({
        delivered: 'fewer-than-5',
        'acted-on': 'fewer-than-5',
        kept: 'fewer-than-5',
      });
      await as('secretariat.analyst').get(`incidents/${id}`).expect(200);
      expect(await bands()).toMatchObject({ delivered: '5-to-9', 'acted-on': 'fewer-than-5' });
      const other = (await as('th.analyst').get(`incidents/${id}/receipts`).expect(200)).body;
      expect(other).toMatchObject({ bands: null, recalls: [] });
      expect(other.items.map((item: { organisation: { name: string } }) => item.organisation.name)).toEqual([
        'TH CERT',
      ]);
      await as('vn.coordinator').post(`incidents/${id}/recall`, { reason: 'error' }).expect(200);
      expect(await bands()).toMatchObject({ 'asked-back': '5-to-9', deleted: 'fewer-than-5' });
    });
  });

  describe('in quarantine', () => {
    const ask = (player: string, id: string, reason = 'false') =>
      as(player).post(`incidents/${id}/quarantine`, { reason });
    const asked = async (id: string): Promise<void> => {
      await ask('th.coordinator', id, 'malicious').expect(200);
      await ask('sg.coordinator', id).expect(200);
      await ask('id.coordinator', id).expect(200);
    };

    it('at the third organisation that asks, on the next request, to everybody but its owner', async () => {
      const id = await open({ title: 'A heron of doubt' });
      const answer = await ask('th.coordinator', id, 'malicious').expect(200);
      expect(answer.body).toEqual({
        ask: { reason: 'malicious', askedAt: expect.any(String) },
        allowedActions: ['withdraw'],
      });
      expect((await ask('th.second', id)).body.type).toBe('urn:ronda:problem:already-asked');
      await ask('sg.coordinator', id).expect(200);
      // Two are nothing, to anybody.
      expect((await as('vn.analyst').get(`incidents/${id}`)).body.quarantine).toBeNull();
      expect((await as('my.coordinator').get(`incidents/${id}/quarantine`)).body).toEqual({
        ask: null,
        allowedActions: ['ask'],
      });
      await ask('id.coordinator', id).expect(200);
      for (const player of ['th.coordinator', 'id.coordinator', 'my.analyst', 'secretariat.analyst']) {
        await as(player).get(`incidents/${id}`).expect(404);
        expect((await as(player).get('search?q=heron')).body.items).toEqual([]);
        expect((await as(player).get('incidents?limit=100')).text).not.toContain('heron');
        await as(player).get(`incidents/${id}/comments`).expect(404);
      }
      const own = (await as('vn.analyst').get(`incidents/${id}`).expect(200)).body;
      expect(own.quarantine).toEqual({ since: expect.any(String), reasons: ['false', 'malicious'] });
      expect(own.allowedActions).not.toContain('release');
      // Who did not ask is answered as if there were none; who did finds its own word.
      await as('my.coordinator').get(`incidents/${id}/quarantine`).expect(404);
      await as('sg.analyst').get(`incidents/${id}/quarantine`).expect(200);
    });

    it('tells its owner by no leaf, no event and no receipt who asked', async () => {
      const id = await open();
      await asked(id);
      const { rows } = await superuser.query<{
        type: string;
        actor_key: number | null;
        payload: Record<string, unknown>;
      }>(
        `select type, actor_key, payload from ronda.outbox where payload::text like '%' || $1 || '%' and type ~ 'quarantine'`,
        [id],
      );
      expect(rows.map(({ type }) => type).sort()).toEqual([
        'incident.quarantined',
        'quarantine.asked',
        'quarantine.asked',
        'quarantine.asked',
      ]);
      for (const { type, actor_key: actor, payload } of rows) {
        expect(actor).toBeNull();
        // By these the ledger shows an entry to the owner's side.
        if (type === 'quarantine.asked') expect(Object.keys(payload)).not.toEqual(expect.arrayContaining(['recordId']));
        else expect(payload).toEqual({ incidentId: id, revision: 2 });
      }
    });

    it('lets nothing out again by a release, and ends when fewer than three ask', async () => {
      const id = await open();
      await asked(id);
      const refused = await as('vn.coordinator').post(`incidents/${id}/release`, release('TLP:GREEN', ['community']));
      expect([refused.status, refused.body.type]).toEqual([409, 'urn:ronda:problem:in-quarantine']);
      await as('vn.analyst').patch(`incidents/${id}`, { title: 'Said better' });
      await as('th.analyst').get(`incidents/${id}`).expect(404);
      expect((await as('my.coordinator').delete(`incidents/${id}/quarantine`, '"any"')).status).toBe(404);
      expect((await as('sg.coordinator').request('delete', `incidents/${id}/quarantine`)).status).toBe(428);
      expect((await as('sg.coordinator').delete(`incidents/${id}/quarantine`)).status).toBe(204);
      const back = (await as('th.analyst').get(`incidents/${id}`).expect(200)).body;
      expect(back.title).toBe('Phishing by SMS');
      expect((await as('vn.analyst').get(`incidents/${id}`)).body.quarantine).toBeNull();
      // Its word counts again when it asks again.
      await ask('sg.coordinator', id).expect(200);
      await as('th.analyst').get(`incidents/${id}`).expect(404);
    });

    it('ends when its owner puts its name to it, and not when it is taken back', async () => {
      const [named, recalled] = [await open(), await open()];
      for (const id of [named, recalled]) await asked(id);
      const etag = (await as('vn.coordinator').get(`incidents/${named}`)).headers.etag as string;
      await as('vn.coordinator').post(`incidents/${named}/lift-anonymity`).set('if-match', etag).expect(200);
      expect((await as('th.analyst').get(`incidents/${named}`).expect(200)).body).toMatchObject({
        organisation: { id: cast.stages.vn!.id },
        quarantine: null,
      });
      await as('vn.coordinator').post(`incidents/${recalled}/recall`, { reason: 'error' }).expect(200);
      const again = await as('vn.coordinator').post(
        `incidents/${recalled}/release`,
        release('TLP:GREEN', ['community']),
      );
      expect([again.status, again.body.type]).toEqual([409, 'urn:ronda:problem:in-quarantine']);
    });

    it('is asked for by coordinators of members that read it, of what is anonymous', async () => {
      const id = await open();
      expect((await ask('th.analyst', id)).status).toBe(403);
      expect((await ask('vn.coordinator', id)).status).toBe(403);
      expect((await ask('telco.analyst', id)).status).toBe(403);
      expect((await ask('ph.coordinator', id)).status).toBe(404);
      expect((await as('th.coordinator').post(`incidents/${id}/quarantine`, { reason: 'boring' })).body.errors).toEqual(
        [expect.objectContaining({ pointer: '/reason' })],
      );
      const own = (await as('th.analyst').post('incidents', filing()).expect(201)).body.id;
      await as('th.analyst').post(`incidents/${own}/submit`).expect(200);
      await as('th.coordinator')
        .post(`incidents/${own}/release`, release('TLP:AMBER', [organisation('sg')]))
        .expect(200);
      const refused = await ask('sg.coordinator', own);
      expect([refused.status, refused.body.type]).toEqual([409, 'urn:ronda:problem:not-anonymous']);
    });
  });
});
