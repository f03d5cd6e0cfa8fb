import pg from 'pg';
import type { Response } from 'supertest';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

interface Item {
  id: string;
  title: string;
}
interface Page {
  items: Item[];
  next: string | null;
  total?: number | { atLeast: number };
}

const MINUTE = 60_000;

describe('lists', () => {
  let server: TestApp;
  let superuser: pg.Client;
  let cast: Cast;
  let api: Api;

  // Each block on a database of its own: what one files, another would count.
  const onFreshDatabase = (): void => {
    beforeAll(async () => {
      const database = await createTestDatabase();
      cast = await assembleCast(database.superuserUrl);
      superuser = new pg.Client({ connectionString: database.superuserUrl });
      await superuser.connect();
      server = await startTestApp(database);
      api = new Api(server.url);
    });
    afterAll(async () => {
      await superuser.end();
      await server.close();
    });
  };

  const as = (who: string): Caller => api.as(cast[who]!);
  const organisation = (name: string): { organisation: string } => ({ organisation: cast.stages[name]!.id });
  const page = async (who: string, query = ''): Promise<Page> => {
    const { status, body } = await as(who).get(`incidents?${query}`);
    if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`);
    return body as Page;
  };
  const titles = async (who: string, query = ''): Promise<string[]> =>
    (await page(who, `limit=100&${query}`)).items.map(({ title }) => title);
  const pass = (minutes = 1): void => server.clock.advance(minutes * MINUTE);
  const now = (): string => encodeURIComponent(server.clock.now().toISOString());
  const file = async (who: string, title: string, overrides: object = {}): Promise<string> =>
    (
      await as(who)
        .post('incidents', filing({ title, ...overrides }))
        .expect(201)
    ).body.id as string;
  const releaseTo = async (id: string, audience: unknown[], tlp = 'TLP:AMBER'): Promise<void> => {
    await as('vn.coordinator').post(`incidents/${id}/release`, release(tlp, audience)).expect(200);
  };
  /** Every page in turn. `between` runs before each but the first. */
  async function walk(
    who: string,
    query: string,
    between: (turn: number) => Promise<unknown> = async () => undefined,
  ): Promise<string[]> {
    const found: string[] = [];
    let next: string | null = null;
    for (let turn = 0; turn === 0 || next !== null; turn++) {
      if (turn > 0) await between(turn);
      const shown: Page = await page(who, next === null ? query : `${query}&cursor=${encodeURIComponent(next)}`);
      found.push(...shown.items.map(({ title }) => title));
      next = shown.next;
    }
    return found;
  }

  describe('filters', () => {
    onFreshDatabase();
    let since: string;
    let until: string;
    let bands: Record<string, string>;

    beforeAll(async () => {
      const fraud = { class: 'fraud', type: 'phishing' };
      const ddos = { class: 'availability', type: 'ddos' };
      await file('vn.analyst', 'a draft', {
        rsit: fraud,
        sector: 'finance',
        countries: ['VN'],
        marking: { tlp: 'TLP:RED' },
      });
      pass();
      since = now();
      const taken = await submitted(as('vn.analyst'), {
        title: 'taken in',
        rsit: ddos,
        sector: 'energy',
        countries: ['TH', 'VN'],
        marking: { tlp: 'TLP:AMBER' },
        severity: { functionalImpact: 'none', informationImpact: 'none' },
        fraud: undefined,
      });
      await as('vn.analyst').post(`incidents/${taken.id}/triage`).expect(200);
      pass();
      until = now();
      await submitted(as('vn.analyst'), {
        title: 'just submitted',
        rsit: { class: 'fraud', type: 'masquerade' },
        sector: 'finance',
        countries: ['SG'],
        marking: { tlp: 'TLP:GREEN' },
      });
      pass();
      const theirs = await submitted(as('th.analyst'), {
        title: 'from Thailand',
        rsit: ddos,
        sector: 'energy',
        countries: ['TH'],
        marking: { tlp: 'TLP:AMBER' },
      });
      await as('th.coordinator')
        .post(`incidents/${theirs.id}/release`, release('TLP:AMBER+STRICT', [organisation('vn')]))
        .expect(200);
      pass();
      await submitted(as('bank.analyst'), { title: 'from the bank', countries: ['VN'], sector: 'finance' });
      const { items } = await page('vn.analyst', 'limit=100');
      bands = Object.fromEntries(
        (items as (Item & { severity: { band: string } })[]).map(({ title, severity }) => [title, severity.band]),
      );
    });

    const ALL = ['from the bank', 'from Thailand', 'just submitted', 'taken in', 'a draft'];

    it('leave everything where there are none', async () => {
      expect(await titles('vn.analyst')).toEqual(ALL);
    });

    it.each([
      ['status=draft', ['a draft']],
      ['status=triaged', ['taken in']],
      ['status=draft&status=triaged', ['taken in', 'a draft']],
      ['status=closed', []],
      ['class=availability', ['from Thailand', 'taken in']],
      ['class=availability&class=fraud', ALL],
      ['type=masquerade', ['just submitted']],
      ['type=ddos&type=masquerade', ['from Thailand', 'just submitted', 'taken in']],
      ['sector=energy', ['from Thailand', 'taken in']],
      ['sector=energy&sector=finance', ALL],
      ['country=TH', ['from Thailand', 'taken in']],
      ['country=SG&country=TH', ['from Thailand', 'just submitted', 'taken in']],
      ['country=LA', []],
      ['marking=TLP:RED', ['a draft']],
      ['marking=TLP:AMBER%2BSTRICT', ['from Thailand']],
      ['marking=TLP:GREEN&marking=TLP:RED', ['just submitted', 'a draft']],
      ['queue=triage', ['from the bank', 'just submitted']],
      ['class=fraud&sector=finance', ['from the bank', 'just submitted', 'a draft']],
      ['class=fraud&country=SG', ['just submitted']],
      ['class=availability&status=triaged&country=VN&sector=energy&marking=TLP:AMBER', ['taken in']],
      ['class=availability&country=SG', []],
      ['queue=triage&country=VN', ['from the bank']],
    ])('%s', async (query, expected) => {
      expect(await titles('vn.analyst', query)).toEqual(expected);
      expect((await page('vn.analyst', `${query}&count=true&limit=1`)).total).toBe(expected.length);
      expect(await titles('vn.analyst', `${query}&sort=oldest`)).toEqual([...expected].reverse());
    });

    it('by the organisation that filed it, and never by one that does not show', async () => {
      const by = (name: string): string => `organisation=${cast.stages[name]!.id}`;
      expect(await titles('vn.analyst', by('th'))).toEqual(['from Thailand']);
      expect(await titles('vn.analyst', `${by('th')}&${by('vn')}`)).toEqual(ALL);
      // A CERT's own, as soon as it was submitted to it.
      expect(await titles('vn.analyst', by('bank'))).toEqual([]);
      expect(await titles('vn.analyst', by('sg'))).toEqual([]);
      expect(await titles('vn.analyst', 'organisation=11111111-1111-4111-8111-111111111111')).toEqual([]);
    });

    it('by the band of severity', async () => {
      const high = bands['from the bank']!;
      const low = bands['taken in']!;
      expect(high).not.toBe(low);
      expect(await titles('vn.analyst', `severity=${low}`)).toEqual(['taken in']);
      expect(await titles('vn.analyst', `severity=${low}&severity=${high}`)).toEqual(ALL);
    });

    it('by when the reader could first read it, from an instant and before another', async () => {
      expect(await titles('vn.analyst', `since=${since}`)).toEqual(ALL.slice(0, 4));
      expect(await titles('vn.analyst', `until=${until}`)).toEqual(ALL.slice(3));
      expect(await titles('vn.analyst', `since=${since}&until=${until}`)).toEqual(['taken in']);
      expect(await titles('vn.analyst', `since=${until}&until=${since}`)).toEqual([]);
      expect((await page('vn.analyst', `since=${since}&until=${until}&count=true`)).total).toBe(1);
      // The same instant in the reader's own zone.
      const here = encodeURIComponent(decodeURIComponent(until).replace('Z', '+00:00'));
      expect(await titles('vn.analyst', `until=${here}`)).toEqual(ALL.slice(3));
    });

    it('look at the revision that the reader sees, not at a later one', async () => {
      const mine = await submitted(as('vn.analyst'), { title: 'to be edited', sector: 'health' });
      await releaseTo(mine.id, [organisation('sg')]);
      await as('vn.analyst').patch(`incidents/${mine.id}`, { sector: 'water' });
      await as('vn.analyst').post(`incidents/${mine.id}/triage`).expect(200);
      expect(await titles('sg.analyst', 'sector=water')).toEqual([]);
      expect(await titles('sg.analyst', 'sector=health&status=submitted')).toEqual(['to be edited']);
      expect(await titles('vn.analyst', 'sector=health&status=submitted')).toEqual([]);
      expect(await titles('vn.analyst', 'sector=water&status=triaged')).toEqual(['to be edited']);
    });

    it.each([
      ['status=lost', '/status'],
      ['class=witchcraft', '/class'],
      ['country=XX', '/country'],
      ['country=vn', '/country'],
      ['marking=TLP:PINK', '/marking'],
      ['marking=TLP:AMBER+STRICT', '/marking'],
      ['organisation=me', '/organisation'],
      ['since=yesterday', '/since'],
      ['until=2026-02-30T00:00:00Z', '/until'],
      ['since=2026-01-01', '/since'],
      ['queue=all', '/queue'],
      ['sort=best', '/sort'],
      ['count=yes', '/count'],
      ['limit=0', '/limit'],
      ['limit=101', '/limit'],
      ['limit=ten', '/limit'],
      ['filter=everything', '/filter'],
      ['status=', '/status'],
    ])('refuse %s, by its name', async (query, pointer) => {
      const { status, body } = await as('vn.analyst').get(`incidents?${query}`);
      expect([status, body.type]).toEqual([400, 'urn:ronda:problem:invalid-input']);
      const places = (body.errors as { pointer: string; in: string }[]).map((each) => `${each.in} ${each.pointer}`);
      expect([...new Set(places)]).toEqual([`query ${pointer}`]);
    });
  });

  describe('pages', () => {
    onFreshDatabase();
    const numbered = Array.from({ length: 23 }, (_, index) => `filed ${index}`);

    beforeAll(async () => {
      // All at the same instant, so that only the tie-breaker keeps them apart.
      for (const title of numbered) await file('vn.analyst', title);
    });

    it.each([1, 5, 10, 22, 23, 100])('of %i hold everything once', async (limit) => {
      const found = await walk('vn.analyst', `limit=${limit}`);
      expect([...found].sort()).toEqual([...numbered].sort());
      expect(await walk('vn.analyst', `limit=${limit}&sort=oldest`)).toEqual([...found].reverse());
    });

    it('hold fifty where nobody says', async () => {
      for (let more = 0; more < 30; more++) await file('sg.analyst', `more ${more}`);
      const { items, next } = await page('sg.analyst');
      expect([items.length, next]).toEqual([30, null]);
      for (let more = 30; more < 51; more++) await file('sg.analyst', `more ${more}`);
      const full = await page('sg.analyst');
      expect([full.items.length, typeof full.next]).toEqual([50, 'string']);
    });

    it('are linked, with every parameter of the first, until the last', async () => {
      const first = await as('vn.analyst').get('incidents?limit=20&country=VN&country=TH&count=true');
      const link = /^<(\/api\/v1\/incidents\?[^>]+)>; rel="next"$/.exec(first.headers.link as string)?.[1] ?? '';
      const parameters = new URLSearchParams(link.split('?')[1]);
      expect(parameters.get('cursor')).toBe(first.body.next);
      expect(parameters.getAll('country')).toEqual(['VN', 'TH']);
      const last = await as('vn.analyst').get(link);
      expect(last.body).toMatchObject({ items: { length: 3 }, next: null, total: 23 });
      expect(last.headers.link).toBeUndefined();
      // A full page with nothing behind it is the last one too.
      const whole = await as('vn.analyst').get('incidents?limit=23');
      expect([whole.body.next, whole.headers.link]).toEqual([null, undefined]);
    });

    it('begin where a cursor says that holds what the reader saw, and no more', async () => {
      const { items, next } = await page('vn.analyst', 'limit=7');
      expect(JSON.parse(Buffer.from(next!, 'base64url').toString())).toEqual([
        server.clock.now().toISOString(),
        items.at(-1)!.id,
      ]);
      // Somebody else's cursor is a place in time, and opens nothing.
      expect((await page('th.analyst', `cursor=${next}`)).items).toEqual([]);
    });

    const garbage = (keys: unknown): string => Buffer.from(JSON.stringify(keys)).toString('base64url');
    const ID = '11111111-1111-4111-8111-111111111111';
    it.each([
      ['words', 'not-a-cursor'],
      ['nothing', ''],
      ['no JSON', Buffer.from('{').toString('base64url')],
      ['no list', garbage({ at: '2026-11-20T00:00:00.000Z', id: ID })],
      ['null', garbage(null)],
      ['too little', garbage(['2026-11-20T00:00:00.000Z'])],
      ['too much', garbage(['2026-11-20T00:00:00.000Z', ID, 1])],
      ['an id that is none', garbage(['2026-11-20T00:00:00.000Z', `${ID}'`])],
      ['a number for a time', garbage([1, ID])],
      ['a time that only JavaScript reads', garbage(['1', ID])],
      ['a time that only PostgreSQL reads', garbage(['infinity', ID])],
      ['a year beyond either', garbage(['+275760-09-13T00:00:00.000Z', ID])],
      ['the year before the first', garbage(['0000-01-01T00:00:00.000Z', ID])],
      ['a day that is not', garbage(['2026-02-30T00:00:00.000Z', ID])],
      ['a time zone', garbage(['2026-11-20T00:00:00.000+07:00', ID])],
      ['a text that no database keeps', garbage(['2026-11-20T00:00:00.000Z\0', ID])],
    ])('refuse a cursor of %s', async (_, cursor) => {
      for (const path of ['incidents', 'sharing-groups', 'me/api-keys', 'me/sessions', 'organisations']) {
        const { status, body } = await as('vn.analyst').get(`${path}?cursor=${encodeURIComponent(cursor)}`);
        expect([path, status, body.errors]).toEqual([
          path,
          400,
          [{ pointer: '/cursor', detail: expect.any(String), in: 'query' }],
        ]);
      }
    });

    it('refuse the cursor of another list, and two of them', async () => {
      const others = (await as('vn.analyst').get('organisations?limit=1')).body as Page;
      const mine = await page('vn.analyst', 'limit=1');
      for (const query of [`cursor=${others.next}`, `cursor=${mine.next}&cursor=${mine.next}`])
        expect((await as('vn.analyst').get(`incidents?${query}`)).status).toBe(400);
      expect((await as('vn.analyst').get(`organisations?cursor=${mine.next}`)).status).toBe(400);
    });
  });

  describe('while others write', () => {
    onFreshDatabase();
    const there = Array.from({ length: 20 }, (_, index) => `there ${index}`);

    beforeAll(async () => {
      for (const title of there) {
        const { id } = await submitted(as('vn.analyst'), { title });
        await releaseTo(id, [organisation('th')]);
        if (there.indexOf(title) % 3 === 0) pass();
      }
    });
    const newestFirst = (): string[] => [...there].reverse();
    const sortedOf = (found: string[]): string[] => [...found].sort();

    it('the newest first misses nothing that was there, says nothing twice, and meets nothing new', async () => {
      let come = 0;
      const found = await walk('th.analyst', 'limit=4', async () => {
        const { id } = await submitted(as('vn.analyst'), { title: `came ${come++}` });
        await releaseTo(id, [organisation('th')]);
        await file('th.analyst', `filed meanwhile ${come}`);
        if (come % 2 === 0) pass();
      });
      // Of one instant the order is the tie-breaker's, and what came at that very instant may fall behind the cursor.
      expect(new Set(found).size).toBe(found.length);
      expect(sortedOf(found.filter((title) => title.startsWith('there')))).toEqual(sortedOf(there));
      expect(come).toBeGreaterThanOrEqual(4);
    });

    it('the oldest first meets what came, at the end', async () => {
      pass();
      let come = 0;
      const found = await walk('th.analyst', 'limit=7&sort=oldest', async () => {
        if (come === 3) return;
        pass();
        await file('th.analyst', `behind ${come++}`);
      });
      expect(new Set(found).size).toBe(found.length);
      expect(found.slice(-3)).toEqual(['behind 0', 'behind 1', 'behind 2']);
      expect(sortedOf(found.filter((title) => title.startsWith('there')))).toEqual(sortedOf(there));
    });

    it('what is taken away is gone from the pages to come, and nothing else is', async () => {
      const goes = newestFirst().at(-1)!;
      const [record] = (await page('th.analyst', 'sort=oldest&limit=1')).items;
      expect(record!.title).toBe(goes);
      const found = await walk('th.analyst', 'limit=5', (turn) =>
        turn === 1 ? releaseTo(record!.id, []) : Promise.resolve(),
      );
      expect(new Set(found).size).toBe(found.length);
      expect(sortedOf(found.filter((title) => title.startsWith('there')))).toEqual(
        sortedOf(there.filter((title) => title !== goes)),
      );
      await releaseTo(record!.id, [organisation('th')]);
    });

    it('by many at once, all the time', async () => {
      pass();
      let isOver = false;
      const writer = async (name: string): Promise<number> => {
        let written = 0;
        while (!isOver) {
          await file('th.analyst', `written by ${name}, ${written++}`);
          pass();
        }
        return written;
      };
      const writers = ['one', 'two', 'three'].map(writer);
      const walks: string[][] = [];
      for (const query of ['limit=2', 'limit=3&sort=oldest&until=' + now(), 'limit=6'])
        walks.push(await walk('th.analyst', query));
      isOver = true;
      const written = await Promise.all(writers);
      expect(Math.min(...written)).toBeGreaterThan(0);
      for (const found of walks) {
        expect(new Set(found).size).toBe(found.length);
        expect(sortedOf(found.filter((title) => title.startsWith('there')))).toEqual(sortedOf(there));
      }
    });
  });

  describe('order', () => {
    onFreshDatabase();

    it('is by the earliest time at which the reader could read it, not by when it was filed', async () => {
      const first = await submitted(as('vn.analyst'), { title: 'filed first' });
      pass();
      const second = await submitted(as('vn.analyst'), { title: 'filed second' });
      pass();
      await releaseTo(second.id, [organisation('th'), organisation('sg')]);
      pass();
      const between = now();
      await releaseTo(first.id, [organisation('th')]);
      pass();
      await releaseTo(first.id, [organisation('th'), organisation('sg')]);
      expect(await titles('vn.analyst')).toEqual(['filed second', 'filed first']);
      expect(await titles('th.analyst')).toEqual(['filed first', 'filed second']);
      expect(await titles('th.analyst', 'sort=oldest')).toEqual(['filed second', 'filed first']);
      expect(await titles('th.analyst', `since=${between}`)).toEqual(['filed first']);
      expect(await titles('th.analyst', `until=${between}`)).toEqual(['filed second']);
      expect(await titles('vn.analyst', `since=${between}`)).toEqual([]);
      // What came before is not moved by what comes after.
      const third = await file('th.analyst', 'filed by Thailand');
      pass();
      await as('vn.analyst').patch(`incidents/${second.id}`, { title: 'filed second, and edited' });
      await releaseTo(second.id, [organisation('th')]);
      expect(third).toBeDefined();
      expect(await titles('th.analyst')).toEqual(['filed by Thailand', 'filed first', 'filed second, and edited']);
      expect(await titles('sg.analyst')).toEqual(['filed first']);
    });

    it('puts a record that several principals let in once, at the earliest of them', async () => {
      const group = (
        await as('vn.coordinator')
          .post('sharing-groups', { name: 'Two', purpose: 'To share.', members: [cast.stages.id!.id] })
          .expect(201)
      ).body.id as string;
      const several = await submitted(as('vn.analyst'), { title: 'let in by several', marking: { tlp: 'TLP:AMBER' } });
      pass();
      await releaseTo(several.id, [{ group }]);
      pass();
      const between = await submitted(as('vn.analyst'), { title: 'in between' });
      await releaseTo(between.id, [organisation('id')]);
      pass();
      await releaseTo(several.id, [{ group }, organisation('id'), { user: cast['id.analyst']!.id }]);
      for (const sort of ['newest', 'oldest']) {
        const expected = ['in between', 'let in by several'];
        expect(await titles('id.analyst', `sort=${sort}`)).toEqual(sort === 'newest' ? expected : expected.reverse());
        expect(await walk('id.analyst', `sort=${sort}&limit=1`)).toEqual(expected);
      }
      const shown = await page('id.analyst', 'count=true');
      expect(shown.total).toBe(2);
      expect((shown.items[1] as Item & { readableAs: unknown[] }).readableAs).toEqual(
        expect.arrayContaining(['organisation', 'user', { group }]),
      );
      // Who has only one of them has its own time.
      await releaseTo(several.id, [organisation('id')]);
      expect(await titles('id.analyst')).toEqual(['let in by several', 'in between']);
      expect((await page('id.analyst', 'count=true')).total).toBe(2);
    });

    it('merges as many principals as a reader holds', async () => {
      const expected: string[] = [];
      for (let nth = 0; nth < 14; nth++) {
        const { body } = await as('vn.coordinator')
          .post('sharing-groups', { name: `Group ${nth}`, purpose: 'To share.', members: [cast.stages.my!.id] })
          .expect(201);
        pass();
        const { id } = await submitted(as('vn.analyst'), { title: `to group ${nth}` });
        await releaseTo(id, [{ group: body.id as string }]);
        expected.unshift(`to group ${nth}`);
      }
      expect(await titles('my.analyst')).toEqual(expected);
      expect(await walk('my.analyst', 'limit=3')).toEqual(expected);
      expect((await page('my.analyst', 'count=true&limit=1')).total).toBe(14);
    });
  });

  describe('counts', () => {
    onFreshDatabase();

    /** As if it had been filed all along. */
    const seed = async (count: number): Promise<void> => {
      const { key } = cast.stages.sg!;
      await superuser.query(
        `with made as (
           insert into ronda.incident (space, id, origin_node, authorship, owner_key, author_key, owner_readers, audience, head, created_at)
           select 0, gen_random_uuid(), 'test', 'named', $1, $2, array[$1::int], array[$1::int], 1, '2026-01-01'::timestamptz + n * interval '1 second'
             from generate_series(1, $3) n returning key, id, created_at),
         revised as (
           insert into ronda.incident_revision (space, incident_key, number, audience, change, created_at, status, tlp, pap, sector, countries, facts)
           select 0, key, 1, array[$1::int], 'filed', created_at, 'draft', 'TLP:AMBER', 'PAP:GREEN', 'finance', '{SG}',
                  '{"title": "Seeded", "severity": {"own": null, "shared": null, "given": null}, "externalReferences": []}' from made)
         insert into ronda.readable_since (space, record_kind, principal_key, record_key, record_id, since)
         select 0, 'incident', $1, key, id, created_at from made`,
        [key, cast['sg.analyst']!.key, count],
      );
      // Autovacuum would have come by long ago.
      await superuser.query('analyze');
    };

    it('are given only where asked for', async () => {
      await file('sg.analyst', 'one');
      expect(await page('sg.analyst')).not.toHaveProperty('total');
      expect(await page('sg.analyst', 'count=false')).not.toHaveProperty('total');
      expect((await page('sg.analyst', 'count=true')).total).toBe(1);
    });

    it('are of all that the reader may read, whatever the page, and of nobody else’s', async () => {
      await file('th.analyst', 'not for Singapore');
      await file('sg.analyst', 'two', { sector: 'energy' });
      const { next, total, items } = await page('sg.analyst', 'count=true&limit=1');
      expect([items.length, total]).toEqual([1, 2]);
      expect((await page('sg.analyst', `count=true&limit=1&cursor=${next}`)).total).toBe(2);
      expect((await page('sg.analyst', 'count=true&sector=energy')).total).toBe(1);
      expect((await page('jp.analyst', 'count=true')).total).toBe(0);
    });

    it('are exact to ten thousand, and say “at least” beyond', async () => {
      await seed(9_997);
      expect((await page('sg.analyst', 'count=true&limit=1')).total).toBe(9_999);
      await file('sg.analyst', 'the ten thousandth');
      expect((await page('sg.analyst', 'count=true&limit=1')).total).toBe(10_000);
      await file('sg.analyst', 'one too many');
      expect((await page('sg.analyst', 'count=true&limit=1')).total).toEqual({ atLeast: 10_000 });
      expect((await page('sg.analyst', 'count=true&limit=1&sector=energy')).total).toBe(1);
      expect((await page('sg.analyst', 'count=true&limit=1&country=SG')).total).toBe(9_997);
      // What others hold is nothing to a reader of little.
      expect((await page('th.analyst', 'count=true')).total).toBe(1);
    });
  });

  describe('every other list', () => {
    onFreshDatabase();
    let record: string;
    const contact = {
      kind: 'abuse',
      is24x7: false,
      email: 'abuse@vn.example',
      languages: ['vi'],
      timeZone: 'Asia/Ho_Chi_Minh',
    };

    beforeAll(async () => {
      const { id } = await submitted(as('vn.analyst'));
      record = id;
      const home = `organisations/${cast.stages.vn!.id}`;
      for (let nth = 0; nth < 5; nth++) {
        // Some at one instant, some not.
        if (nth % 2 === 0) pass();
        await as('vn.analyst')
          .post(`incidents/${id}/comments`, { body: `Comment ${nth}` })
          .expect(201);
        await as('vn.coordinator')
          .post('sharing-groups', { name: `Group ${nth}`, purpose: 'To share.', members: [] })
          .expect(201);
        await as('vn.admin')
          .post(`${home}/contacts`, { ...contact, name: 'The same name' })
          .expect(201);
        await as('vn.admin')
          .post(`${home}/networks`, { value: `net${nth}.example` })
          .expect(201);
        await as('vn.admin')
          .post(`${home}/duty`, {
            dutyRole: `duty-${nth}`,
            userId: cast['vn.analyst']!.id,
            position: 'primary',
            startsAt: '2026-11-20T00:00:00Z',
          })
          .expect(201);
        await superuser.query(
          `insert into ronda.credential (id, kind, user_key, org_key, token_hash, name, scopes, created_at, expires_at, refresh_hash, refresh_expires_at)
           select gen_random_uuid(), kind, $1, $2, decode(md5(kind || $3::text) || md5($3::text || kind), 'hex'), 'test', '{self}', $4, '2027-01-01',
                  case kind when 'session' then decode(md5('r' || $3::text), 'hex') end, case kind when 'session' then '2027-02-01'::timestamptz end
             from unnest(array['session', 'api-key']) kind`,
          [cast['vn.analyst']!.key, cast.stages.vn!.key, nth, server.clock.now()],
        );
      }
    });

    const paths: Record<string, (home: string) => string> = {
      comments: () => `incidents/${record}/comments`,
      organisations: () => 'organisations',
      users: (home) => `${home}/users`,
      contacts: (home) => `${home}/contacts`,
      networks: (home) => `${home}/networks`,
      duty: (home) => `${home}/duty`,
      'sharing groups': () => 'sharing-groups',
      'API keys': () => 'me/api-keys',
      sessions: () => 'me/sessions',
    };

    it.each(Object.keys(paths))(
      'of %s: pages that hold everything once, in one order, and are linked',
      async (name) => {
        const path = paths[name]!(`organisations/${cast.stages.vn!.id}`);
        const whole = (await as('vn.analyst').get(`${path}?limit=100`).expect(200)).body as Page;
        expect(whole.items.length).toBeGreaterThanOrEqual(5);
        expect(whole.next).toBeNull();
        for (const limit of [1, 2, whole.items.length]) {
          const found: string[] = [];
          let next: string | undefined = `${path}?limit=${limit}`;
          while (next !== undefined) {
            const { body, headers }: Response = await as('vn.analyst').get(next).expect(200);
            found.push(...(body as Page).items.map(({ id }) => id));
            next = /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
            expect(next === undefined ? null : new URLSearchParams(next.split('?')[1]).get('cursor')).toBe(body.next);
          }
          expect(found).toEqual(whole.items.map(({ id }) => id));
        }
        for (const query of ['limit=0', 'limit=101', 'cursor=nonsense', 'surprise=1'])
          expect([query, (await as('vn.analyst').get(`${path}?${query}`)).status]).toEqual([query, 400]);
      },
    );
  });
});
