import pg from 'pg';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { sendBulk } from '../support/bulk.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

interface Part {
  text: string;
  isMatch: boolean;
}
interface Item {
  incident: { id: string; title: string; revision: number };
  matches: { in: string; comment: string | null; snippet: Part[] }[];
}

const bare = { fraud: null, tags: [], techniques: [], externalReferences: [], description: null };

describe('GET /search', () => {
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let vn: Caller;
  let th: Caller;
  let superuser: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    const api = new Api(node.url);
    vn = api.as(cast['vn.analyst']!);
    th = api.as(cast['th.analyst']!);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
  });

  const ask = (who: Caller, q: string, more: object = {}) => who.get('search').query({ q, ...more });
  const find = async (who: Caller, q: string, more: object = {}): Promise<Item[]> =>
    ((await ask(who, q, more).expect(200)).body as { items: Item[] }).items;
  const titles = async (who: Caller, q: string, more: object = {}): Promise<string[]> =>
    (await find(who, q, more)).map(({ incident }) => incident.title);
  const file = async (overrides: object): Promise<string> => {
    node.clock.advance(1000);
    return (await submitted(vn, { ...bare, ...overrides })).id;
  };
  const marked = (items: Item[]): string[] =>
    items.flatMap(({ matches }) =>
      matches.flatMap(({ snippet }) => snippet.filter(({ isMatch }) => isMatch).map(({ text }) => text)),
    );

  describe('what is asked for', () => {
    beforeAll(async () => {
      await file({ title: 'Alpha beta gamma', description: 'The quick brown fox.', tags: ['campaign:name="lotus"'] });
      await file({ title: 'Gamma beta delta', description: 'Alpha, at the end.' });
      await file({ title: 'Lừa đảo qua điện thoại', description: 'Đối tượng giả danh công an.', language: 'vi' });
      await file({ title: 'SMS ปลอมจากธนาคาร', description: 'ลิงก์ไปยัง login-bank.example', language: 'th' });
    });

    it('is all words, in any order, in the title, description or tags', async () => {
      expect(await titles(vn, 'beta ALPHA')).toEqual(['Gamma beta delta', 'Alpha beta gamma']);
      expect(await titles(vn, 'alpha lotus')).toEqual(['Alpha beta gamma']);
      expect(await titles(vn, 'alpha nowhere')).toEqual([]);
    });

    it('is a phrase, in order and without gaps, and never across two fields', async () => {
      expect(await titles(vn, '"beta gamma"')).toEqual(['Alpha beta gamma']);
      expect(await titles(vn, '“quick brown”')).toEqual(['Alpha beta gamma']);
      expect(await titles(vn, '"alpha gamma"')).toEqual([]);
      expect(await titles(vn, '"gamma the"')).toEqual([]);
      expect(await titles(vn, '"delta alpha"')).toEqual([]);
    });

    it('is the beginning of a word, and not what it must not say', async () => {
      expect(await titles(vn, 'gam*')).toEqual(['Gamma beta delta', 'Alpha beta gamma']);
      expect(await titles(vn, 'gam')).toEqual([]);
      expect(await titles(vn, 'gamma -delta')).toEqual(['Alpha beta gamma']);
      expect(await titles(vn, 'gamma -"beta gamma"')).toEqual(['Gamma beta delta']);
      expect(await titles(vn, 'gamma -qui*')).toEqual(['Gamma beta delta']);
    });

    it('is folded in Latin alone, and found between scripts', async () => {
      for (const q of ['lừa đảo', 'lua dao', 'LUA ĐAO', '"dien thoai"', 'Đoi tuong'])
        expect([q, await titles(vn, q)]).toEqual([q, ['Lừa đảo qua điện thoại']]);
      for (const q of ['ธนาคาร', 'sms ธนาคาร', 'SMSปลอม', '"login-bank.example"', 'ลิงก์ bank', 'ธนาค*'])
        expect([q, await titles(vn, q)]).toEqual([q, ['SMS ปลอมจากธนาคาร']]);
      expect(await titles(vn, 'นาคา')).toEqual([]);
    });

    it('shows where, in pieces of plain text', async () => {
      const [item] = await find(vn, 'lotus "brown fox"');
      expect(item!.matches).toEqual([
        {
          in: 'tag',
          comment: null,
          snippet: [
            { text: 'campaign:name="', isMatch: false },
            { text: 'lotus', isMatch: true },
            { text: '"', isMatch: false },
          ],
        },
        {
          in: 'description',
          comment: null,
          snippet: [
            { text: 'The quick ', isMatch: false },
            { text: 'brown fox', isMatch: true },
            { text: '.', isMatch: false },
          ],
        },
      ]);
      expect(marked(await find(vn, 'lua dao'))).toEqual(['Lừa', 'đảo']);
      expect(marked(await find(vn, 'ธนาคาร'))).toEqual(['ธนาคาร']);
    });

    it.each([
      [`' & | ! : * ( ) <-> \\ alpha`],
      [`alpha' | 'x`],
      ['alpha & !gamma'],
      ['alpha <2> gamma'],
      [`alpha:A`],
      [`'alpha'::tsvector; drop table ronda.incident`],
      ['alpha \\'],
      ['(alpha'],
      ['alpha % _ $1 ${x}'],
      ['alpha \u0001 \ud800'],
    ])('takes what PostgreSQL would read as more for text: %s', async (q) => {
      const { status, body } = await ask(vn, q);
      expect([q, status]).toEqual([q, 200]);
      for (const { incident } of (body as { items: Item[] }).items) expect(incident.title).toMatch(/alpha|gamma/i);
    });

    it.each([
      ['', 'not be empty'],
      ['   ', 'word'],
      ['& | !', 'word'],
      ['-alpha', 'only what not'],
      ['"alpha beta', 'no closing quotation mark'],
      ['a*', '2 letters'],
      ['word '.repeat(41), 'more than 40 words'],
      ['x'.repeat(501), '500'],
    ])('refuses what asks for nothing, and says why: %j', async (q, why) => {
      const { status, body } = await ask(vn, q);
      expect([status, body.type]).toEqual([400, 'urn:ronda:problem:invalid-input']);
      expect(body.errors).toEqual([expect.objectContaining({ pointer: '/q', detail: expect.stringContaining(why) })]);
    });

    it('names all faults at once, and unknown parameters and cursors among them', async () => {
      const { body } = await ask(vn, 'a* "y', { sort: 'newest' }).expect(400);
      expect(body.errors).toHaveLength(2);
      await ask(vn, 'alpha', { order: 'x' }).expect(400);
      await vn.get('search').expect(400);
      const made = (keys: string): string => Buffer.from(keys).toString('base64url');
      const place = made('["2026-01-01T00:00:00.000Z","00000000-0000-4000-8000-000000000000"]');
      for (const sort of ['newest', 'ranked'])
        for (const cursor of [
          'x',
          made('["2026-01-01T00:00:00.000Z",1e-300,"x"]'),
          made(`["2026-02-30T00:00:00.000Z",0.5,"${place}"]`),
        ])
          await ask(vn, 'alpha', { sort, cursor }).expect(400);
    });
  });

  describe('in which order', () => {
    it('is the newest first, or the best first by where and how often; page by page, each once', async () => {
      const once = await file({ title: 'Plain report', description: 'It says zebra once.' });
      const often = await file({ title: 'Plain report', description: 'zebra zebra zebra zebra.' });
      const title = await file({ title: 'Zebra report' });
      const tag = await file({ title: 'Plain report', tags: ['animal:kind="zebra"'] });
      const pages = async (sort: string): Promise<string[]> => {
        const ids: string[] = [];
        let cursor: string | null | undefined;
        do {
          const { body, headers } = await ask(vn, 'zebra', {
            sort,
            limit: 1,
            count: 'true',
            ...(cursor && { cursor }),
          });
          expect(body.total).toBe(4);
          ids.push(...(body.items as Item[]).map(({ incident }) => incident.id));
          cursor = body.next as string | null;
          expect(headers.link === undefined).toBe(cursor === null);
          // Filed between two pages: neither list shifts under its reader.
          await file({ title: 'Zebra'.padEnd(6, 'x') });
        } while (cursor !== null);
        return ids;
      };
      expect(await pages('newest')).toEqual([tag, title, often, once]);
      expect(await pages('ranked')).toEqual([title, tag, often, once]);
    });

    it('answers the same where a word is common and the reader’s own list is gone through', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 7; n++) ids.unshift(await file({ title: `Walrus ${n}` }));
      const { rows } = await superuser.query<{ key: string; id: string }>('select key, id from ronda.incident');
      const idOf = new Map(rows.map(({ key, id }) => [key, id]));
      const client = new pg.Client({ connectionString: database.serviceUrl });
      await client.connect();
      try {
        await client.query('begin');
        await client.query(`select ronda.enter('', $1, 0, '2026-11-20T00:00:00Z')`, [cast['vn.analyst']!.key]);
        for (const [few, told] of [
          [100, false],
          [3, false],
          [100, true],
        ] as const) {
          const found: string[] = [];
          let place = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
          for (;;) {
            const { rows: page } = await client.query<{ record_key: string; record_id: string; at: string }>(
              `select record_key, record_id, since::text as at from ronda.search('walrus', $1, $2, 2, $3, $4)`,
              [...place, few, told],
            );
            if (page.length === 0) break;
            found.push(...page.map(({ record_key }) => idOf.get(record_key)!));
            place = [page.at(-1)!.at, page.at(-1)!.record_id];
          }
          expect([few, told, found]).toEqual([few, told, ids]);
        }
        await client.query('rollback');
      } finally {
        await client.end();
      }
    });
  });

  it('gives a long list up for a word that few of it say, and finds the same', async () => {
    const lines = Array.from({ length: 260 }, (_, n) => ({
      title: `Ledger ${n}${n < 8 || n === 250 ? ' of the walnut' : ''}`,
      marking: { tlp: 'TLP:AMBER' },
    }));
    node.clock.advance(1000);
    const { results } = await sendBulk(node.url, cast['vn.analyst']!, lines, 'stream=walnut');
    expect(results.filter(({ status }) => status === 'filed')).toHaveLength(260);
    const client = new pg.Client({ connectionString: database.serviceUrl });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(`select ronda.enter('', $1, 0, '2026-11-20T00:00:00Z')`, [cast['vn.analyst']!.key]);
      const found: string[][] = [];
      // Looked up; looked for in the whole list; and in as much of it as promises to end.
      for (const [few, told] of [
        [1000, false],
        [1000, true],
        [20, true],
      ]) {
        const { rows } = await client.query<{ record_id: string }>(
          `select record_id from ronda.search('walnut', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 1000, $1, $2)`,
          [few, told],
        );
        found.push(rows.map(({ record_id }) => record_id));
      }
      expect(found[0]).toHaveLength(9);
      expect(found[1]).toEqual(found[0]);
      expect(found[2]).toEqual(found[0]);
      await client.query('rollback');
    } finally {
      await client.end();
    }
  });

  describe('and who finds it', () => {
    const everywhere = async (who: Caller, q: string) => {
      const answers = [];
      for (const sort of ['newest', 'ranked']) {
        const { body } = await ask(who, q, { sort, count: 'true' }).expect(200);
        answers.push(body);
      }
      return answers;
    };
    const nothing = [
      { items: [], next: null, total: 0 },
      { items: [], next: null, total: 0 },
    ];

    it('is nobody but the owner before a release, and who was named from then on', async () => {
      const id = await file({ title: 'Narwhal sighted' });
      expect(await everywhere(th, 'narwhal')).toEqual(nothing);
      await vn
        .post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]))
        .expect(200);
      expect(await titles(th, 'narwhal')).toEqual(['Narwhal sighted']);
      expect(await everywhere(new Api(node.url).as(cast['sg.analyst']!), 'narwhal')).toEqual(nothing);
      await vn.post(`incidents/${id}/release`, release('TLP:AMBER', [])).expect(200);
      expect(await everywhere(th, 'narwhal')).toEqual(nothing);
      expect(await titles(vn, 'narwhal')).toEqual(['Narwhal sighted']);
    });

    it('is found by what the newest revision says that its reader may read, and by no other', async () => {
      const id = await file({ title: 'Okapi one', description: 'first words' });
      await vn
        .post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]))
        .expect(200);
      const [before] = await find(th, 'okapi', { sort: 'ranked' });
      await vn.patch(`incidents/${id}`, { title: 'Okapi secretly renamed okapi', description: 'second words' });
      expect(await everywhere(th, 'secretly')).toEqual(nothing);
      expect(await everywhere(th, 'second okapi')).toEqual(nothing);
      expect(await find(th, 'okapi', { sort: 'ranked' })).toEqual([before]);
      expect(await titles(th, '"first words"')).toEqual(['Okapi one']);
      expect(await titles(vn, 'secretly')).toEqual(['Okapi secretly renamed okapi']);
      expect(await titles(vn, '"first words"')).toEqual([]);
      await vn
        .post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]))
        .expect(200);
      expect(await titles(th, 'secretly')).toEqual(['Okapi secretly renamed okapi']);
      expect(await titles(th, '"first words"')).toEqual([]);
    });

    it('is found by comments that its reader may read: in lists, counts, snippets, ranks and order', async () => {
      const ids = [];
      for (const title of ['Ibex one', 'Ibex two']) {
        const id = await file({ title });
        await vn
          .post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]))
          .expect(200);
        ids.push(id);
      }
      const [first] = ids as [string];
      const before = await everywhere(th, 'ibex');
      for (const audience of ['owner', 'organisation'])
        await vn.post(`incidents/${first}/comments`, { body: 'ibex tapir ibex tapir', audience }).expect(201);
      expect(await everywhere(th, 'tapir')).toEqual(nothing);
      expect(await everywhere(th, 'ibex')).toEqual(before);
      expect(await everywhere(th, 'ibex -tapir')).toEqual(before);
      expect((await find(vn, 'tapir'))[0]!.matches).toHaveLength(2);

      const said = (await vn.post(`incidents/${first}/comments`, { body: 'A tapir was seen.' }).expect(201)).body;
      expect((await find(th, 'tapir'))[0]!.matches).toEqual([
        { in: 'comment', comment: said.id, snippet: expect.arrayContaining([{ text: 'tapir', isMatch: true }]) },
      ]);
      await vn.patch(`incidents/${first}/comments/${said.id}`, { body: 'An okra was seen.' });
      expect(await everywhere(th, 'tapir')).toEqual(nothing);
      expect(await titles(th, 'okra')).toEqual(['Ibex one']);
      await vn.delete(`incidents/${first}/comments/${said.id}`);
      expect(await everywhere(th, 'okra')).toEqual(nothing);
      const { rows } = await superuser.query(`select from ronda.search_document where words @@ 'okra'`);
      expect(rows).toEqual([]);
    });

    it('is nobody in another space', async () => {
      await file({ title: 'Quokka live' });
      const client = new pg.Client({ connectionString: database.serviceUrl });
      await client.connect();
      try {
        for (const [space, expected] of [
          [0, 1],
          [7, 0],
        ]) {
          await client.query('begin');
          await client.query(`select ronda.enter('', $1, $2, '2026-11-20T00:00:00Z')`, [
            cast['vn.analyst']!.key,
            space,
          ]);
          for (const told of [true, false]) {
            const { rowCount } = await client.query(
              `select from ronda.search('quokka', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 10, 5, $1)`,
              [told],
            );
            expect([space, told, rowCount]).toEqual([space, told, expected]);
          }
          await client.query('rollback');
        }
      } finally {
        await client.end();
      }
    });

    it('reads no word in the tables, indexes nothing anew and writes nobody else’s, as the service', async () => {
      const id = await file({ title: 'Caracal' });
      const { rows } = await superuser.query<{ key: string }>('select key from ronda.incident where id = $1', [id]);
      const key = Number(rows[0]!.key);
      const client = new pg.Client({ connectionString: database.serviceUrl });
      await client.connect();
      const tries = async (sql: string, values: unknown[] = []): Promise<string> => {
        await client.query('begin');
        await client.query(`select ronda.enter('', $1, 0, '2026-11-20T00:00:00Z')`, [cast['th.analyst']!.key]);
        const answer = await client.query(sql, values).then(
          ({ rowCount }) => `${rowCount} rows`,
          (error: Error) => error.message,
        );
        await client.query('rollback');
        return answer;
      };
      try {
        expect(await tries('select words from ronda.search_document')).toMatch(/permission denied/);
        expect(await tries('select number from ronda.search_document where incident_key = $1', [key])).toBe('0 rows');
        expect(await tries('delete from ronda.search_document where incident_key = $1', [key])).toBe('0 rows');
        expect(await tries(`insert into ronda.search_document values (0, $1, 9, 0, '', 'x')`, [key])).toMatch(/policy/);
        expect(await tries(`update ronda.search_document set words = ''`)).toMatch(/permission denied/);
        expect(await tries(`select * from ronda.search_due('x', 10)`)).toMatch(/the worker alone/);
        expect(await tries(`select ronda.search_reindex('x', '[]')`)).toMatch(/the worker alone/);
        expect(await tries('select ronda.search_forget($1)', [key])).toMatch(/only the owner/);
        expect(await tries('select ronda.search_forget(0)')).toMatch(/only the owner/);
        expect(await tries('set role ronda_searcher')).toMatch(/permission denied/);
      } finally {
        await client.end();
      }
    });
  });

  it('asks for a caller who reads incidents', async () => {
    await ask(new Api(node.url).as(null), 'alpha').expect(401);
    await ask(new Api(node.url).as(cast['vn.admin']!), 'alpha').expect(403);
  });

  it('finds also what is filed in other ways: a long text to its last word, and a record of many revisions', async () => {
    const long = `${'filler words in between '.repeat(4000)} wombat`;
    await file({ title: 'Long one', description: long });
    const thai = `${'ธนาคารแจ้งเตือนภัยออนไลน์ '.repeat(3500)} ฉลาม`;
    await file({ title: 'Long Thai one', description: thai });
    expect(await titles(vn, 'wombat')).toEqual(['Long one']);
    expect(await titles(vn, 'ฉลาม')).toEqual(['Long Thai one']);
    const id = (await vn.post('incidents', filing({ title: 'Serval' })).expect(201)).body.id as string;
    await vn.post(`incidents/${id}/submit`).expect(200);
    await vn.post(`incidents/${id}/triage`).expect(200);
    expect((await find(vn, 'serval'))[0]!.incident).toMatchObject({ id, revision: 3 });
    const { rows } = await superuser.query(`select from ronda.search_document where words @@ 'serval'`);
    expect(rows).toHaveLength(1);
  });
});
