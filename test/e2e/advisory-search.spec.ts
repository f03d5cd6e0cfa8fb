import pg from 'pg';
import { IncidentsModule } from '../../src/modules/incidents/index.js';
import { ReindexSearch } from '../../src/modules/search/index.js';
import { segmenterVersion } from '../../src/modules/search/words.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

/** More than this many revisions have a word: then a reader's own list is gone through. */
const FEW = 2_000;

describe('the search of advisories', () => {
  let database: TestDatabase;
  let server: TestApp;
  let cast: Cast;
  let superuser: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });
  afterAll(async () => {
    await superuser.end();
    await server.close();
  });

  const as = (who: string): Caller => new Api(server.url).as(cast[who]!);
  const draft = async (said: object, who = 'vn.analyst'): Promise<string> => {
    server.clock.advance(1000);
    const made = await as(who).post('advisories', {
      title: 'Title',
      summary: 'Summary.',
      body: 'Body.',
      kind: 'guidance',
      marking: { tlp: 'TLP:AMBER', pap: 'PAP:GREEN' },
      language: 'en',
      audience: [{ organisation: cast.stages.th!.id }],
      ...said,
    });
    if (made.status !== 201) throw new Error(made.text);
    return made.body.id as string;
  };
  const publish = async (id: string): Promise<void> => {
    for (const [who, what] of [
      ['vn.analyst', 'submit'],
      ['vn.coordinator', 'approve'],
      ['vn.coordinator', 'publish'],
    ] as const)
      await as(who).post(`advisories/${id}/${what}`, {}).expect(200);
  };
  const find = async (q: string, who = 'vn.analyst', more = {}): Promise<string[]> =>
    (
      await as(who)
        .get('advisories')
        .query({ q, count: 'true', ...more })
        .expect(200)
    ).body.items.map(({ id }: { id: string }) => id);
  const total = async (q: string, who: string): Promise<unknown> =>
    (await as(who).get('advisories').query({ q, count: 'true', limit: 1 }).expect(200)).body.total;

  it('finds words in every language of the region, phrases and beginnings, and not what is excluded', async () => {
    const vn = await draft({ title: 'Cảnh báo lừa đảo', summary: 'Giả danh ngân hàng.', language: 'vi' });
    const th = await draft({ title: 'เตือนภัย', body: 'มิจฉาชีพแอบอ้างเป็นธนาคารและหลอกให้โอนเงิน', language: 'th' });
    const en = await draft({ title: 'Gateway', body: 'Change the default password of the gateway.' });
    expect(await find('canh bao')).toEqual([vn]);
    expect(await find('ngân hàng lừa')).toEqual([vn]);
    expect(await find('ธนาคาร')).toEqual([th]);
    expect(await find('PASSWORD gateway')).toEqual([en]);
    expect(await find('"default password"')).toEqual([en]);
    expect(await find('"password default"')).toEqual([]);
    expect(await find('gatew*')).toEqual([en]);
    expect(await find('summary')).toEqual([en, th]);
    expect(await find('summary -gateway')).toEqual([th]);
    expect(await find('summary', 'vn.analyst', { marking: 'TLP:GREEN' })).toEqual([]);
    for (const q of ['', '-gateway', '"open', 'a*', 'x'.repeat(501)]) {
      const refused = await as('vn.analyst').get('advisories').query({ q }).expect(400);
      expect(refused.body.errors).toEqual([expect.objectContaining({ pointer: '/q' })]);
    }
  });

  it('finds what the newest revision says that the reader may read, and nothing in others', async () => {
    const id = await draft({ title: 'Orchid', body: 'The first version says tamarind.' });
    expect(await find('tamarind')).toEqual([id]);
    for (const who of ['th.analyst', 'sg.analyst']) expect(await find('tamarind', who)).toEqual([]);
    await publish(id);
    expect(await find('tamarind', 'th.analyst')).toEqual([id]);
    expect(await find('tamarind', 'sg.analyst')).toEqual([]);
    await as('vn.analyst').post(`advisories/${id}/revise`, { step: 'minor', summary: 'More.' }).expect(200);
    const changed = await as('vn.analyst').patch(`advisories/${id}`, { body: 'The second says rambutan.' });
    expect(changed.status).toBe(200);
    expect([await find('rambutan'), await find('tamarind')]).toEqual([[id], []]);
    expect([await find('rambutan', 'th.analyst'), await find('tamarind', 'th.analyst')]).toEqual([[], [id]]);
  });

  it('goes through the reader’s list where a word is common, with the same answer', async () => {
    const other = await draft({ title: 'Pangolin of another', audience: [] }, 'sg.analyst');
    const own = [await draft({ title: 'Pangolin one' }), await draft({ title: 'Pangolin two' })].reverse();
    expect([await find('pangolin'), await total('pangolin', 'vn.analyst')]).toEqual([own, 2]);
    // Revisions of somebody else's draft: the word is common now, and as unreadable as it was.
    await superuser.query(
      `insert into ronda.advisory_revision
         select (jsonb_populate_record(r, jsonb_build_object('number', 1 + n))).*
           from ronda.advisory_revision r join ronda.advisory a on a.space = r.space and a.key = r.advisory_key, generate_series(1, $2::int) n
          where a.id = $1 and r.number = 1`,
      [other, FEW],
    );
    await superuser.query(
      `insert into ronda.advisory_document select d.space, d.advisory_key, r.number, d.segmenter, d.words
         from ronda.advisory_document d join ronda.advisory a on a.space = d.space and a.key = d.advisory_key
         join ronda.advisory_revision r on r.space = a.space and r.advisory_key = a.key and r.number > 1
        where a.id = $1 and d.number = 1`,
      [other],
    );
    const { rows } = await superuser.query<{ count: number }>(
      `select count(*)::int as count from ronda.advisory_document where words @@ 'pangolin'`,
    );
    expect(rows[0]!.count).toBeGreaterThan(FEW);
    expect([await find('pangolin'), await total('pangolin', 'vn.analyst')]).toEqual([own, 2]);
    expect(await find('pangolin', 'th.analyst')).toEqual([]);
  });

  it('tells the service, as somebody, nothing of what that one may not read', async () => {
    const id = await draft({ title: 'Durian' });
    const { rows } = await superuser.query<{ key: string }>('select key from ronda.advisory where id = $1', [id]);
    const key = rows[0]!.key;
    const client = new pg.Client({ connectionString: database.serviceUrl });
    await client.connect();
    const tries = async (who: string, sql: string, values: unknown[] = []): Promise<unknown> => {
      await client.query('begin');
      await client.query(`select ronda.enter('', $1, 0, '2026-11-20T00:00:00Z')`, [cast[who]!.key]);
      const answer = await client.query(sql, values).then(
        ({ rows: [row] }) => Object.values(row as object)[0] as unknown,
        (error: Error) => error.message,
      );
      await client.query('rollback');
      return answer;
    };
    try {
      for (const [who, keys, says] of [
        ['vn.analyst', [Number(key)], true],
        ['th.analyst', [], false],
      ] as const) {
        expect(await tries(who, `select ronda.advisories_saying('durian', 10)::float8[]`)).toEqual(keys);
        expect(await tries(who, `select ronda.advisory_says($1, 1, 'durian')`, [key])).toBe(says);
      }
      expect(await tries('vn.analyst', 'select words from ronda.advisory_document')).toMatch(/permission denied/);
      expect(
        await tries('th.analyst', `insert into ronda.advisory_document values (0, $1, 1, '', 'x')`, [key]),
      ).toMatch(/policy/);
      expect(await tries('th.analyst', `select ronda.tell_advisory($1, 'advisory.published')`, [key])).toMatch(
        /only the owner/,
      );
      expect(await tries('vn.analyst', `select ronda.tell_advisory($1, 'incident.changed')`, [key])).toMatch(
        /nothing else/,
      );
      expect(await tries('vn.analyst', `select ronda.advisory_words_due('x', 10)`)).toMatch(/the worker alone/);
      expect(await tries('vn.analyst', `select ronda.advisory_words_reindex('x', '[]')`)).toMatch(/the worker alone/);
    } finally {
      await client.end();
    }
  });

  it('is cut anew by the worker when the segmenter changes', async () => {
    const id = await draft({ title: 'Mangosteen' });
    const current = segmenterVersion();
    const reindex = server.app.select(IncidentsModule).get(ReindexSearch, { strict: false });
    await superuser.query(
      `update ronda.advisory_document set segmenter = '', words = '' where advisory_key = (select key from ronda.advisory where id = $1)`,
      [id],
    );
    expect(await find('mangosteen')).toEqual([]);
    expect(await reindex.run()).toBe(1);
    expect(await find('mangosteen')).toEqual([id]);
    const left = await superuser.query('select from ronda.advisory_document where segmenter <> $1', [current]);
    expect(left.rowCount).toBe(0);
  });
});
