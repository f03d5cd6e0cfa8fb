import pg from 'pg';
import { SearchStore, parseQuery } from '../../src/modules/search/index.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

type Filters = Record<string, string | string[]>;

/** In every record of this file, so that a search for it finds what a list lists. */
const WORD = 'monsoon';

describe('a search that is narrowed', () => {
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let readers: Record<string, Caller>;
  /** Instants between one record and the next. */
  const between: string[] = [];
  let anonymous: string;

  const listed = async (who: Caller, filters: Filters): Promise<string[]> => {
    const { body } = await who
      .get('incidents')
      .query({ ...filters, limit: 100 })
      .expect(200);
    return (body.items as { id: string }[]).map(({ id }) => id);
  };
  const found = async (who: Caller, filters: Filters, more: object = {}): Promise<string[]> => {
    const { body } = await who
      .get('search')
      .query({ q: WORD, ...filters, limit: 100, ...more })
      .expect(200);
    return (body.items as { incident: { id: string } }[]).map(({ incident }) => incident.id);
  };
  /** Page by page, as the cursors lead. */
  const paged = async (who: Caller, filters: Filters, sort: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let cursor: string | null = null; ;) {
      const { body } = await who
        .get('search')
        .query({ q: WORD, ...filters, sort, limit: 2, ...(cursor !== null && { cursor }) })
        .expect(200);
      ids.push(...(body.items as { incident: { id: string } }[]).map(({ incident }) => incident.id));
      ({ next: cursor } = body as { next: string | null });
      if (cursor === null) return ids;
    }
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    const api = new Api(node.url);
    readers = Object.fromEntries(
      ['vn.analyst', 'vn.coordinator', 'th.analyst', 'sg.coordinator', 'jp.analyst', 'secretariat.analyst'].map(
        (who) => [who, api.as(cast[who]!)],
      ),
    );
    const as = (who: string): Caller => api.as(cast[who]!);
    const file = async (who: string, overrides: object): Promise<string> => {
      node.clock.advance(60_000);
      between.push(node.clock.now().toISOString());
      node.clock.advance(60_000);
      return (await submitted(as(who), filing({ title: `The ${WORD} of ${who}`, ...overrides }))).id;
    };
    const green = { marking: { tlp: 'TLP:GREEN' } };
    const shared = await file('vn.analyst', green);
    await as('vn.coordinator')
      .post(`incidents/${shared}/release`, release('TLP:GREEN', ['community']))
      .expect(202);
    await as('vn.second').post(`incidents/${shared}/release/confirm`).expect(200);
    // Its readers read the first revision: the second says something else, and is the owner's alone.
    await as('vn.analyst').patch(`incidents/${shared}`, { sector: 'energy', countries: ['ID'] });
    const toThailand = await file('vn.analyst', {
      sector: 'health',
      rsit: { class: 'malicious-code', type: 'infected-system' },
      severity: { functionalImpact: 'denied-critical', informationImpact: 'personal-data' },
    });
    await as('vn.coordinator')
      .post(`incidents/${toThailand}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]))
      .expect(200);
    await as('vn.coordinator').post(`incidents/${toThailand}/triage`).expect(200);
    anonymous = await file('vn.analyst', { authorship: 'anonymous', ...green });
    await file('th.analyst', { countries: ['TH'], severity: null });
    const handed = await file('bank.analyst', { countries: [] });
    await as('vn.analyst')
      .post(`incidents/${handed}/comments`, { body: `Another ${WORD}.` })
      .expect(201);
    await file('sg.coordinator', { marking: { tlp: 'TLP:RED' } });
    await as('vn.analyst')
      .post('incidents', filing({ title: `A draft of ${WORD}` }))
      .expect(201);
  });
  afterAll(() => node.close());

  const cases: [string, () => Filters][] = [
    ['nothing', () => ({})],
    ['status', () => ({ status: ['submitted', 'draft'] })],
    ['class', () => ({ class: 'malicious-code' })],
    ['type', () => ({ type: ['phishing', 'no-such-type'] })],
    ['severity', () => ({ severity: ['high', 'emergency', 'severe', 'medium'] })],
    ['sector', () => ({ sector: ['finance', 'health'] })],
    ['sector of a revision that few may read', () => ({ sector: 'energy' })],
    ['country', () => ({ country: ['VN', 'ID'] })],
    ['organisation', () => ({ organisation: cast.stages.vn!.id })],
    ['organisation that is nobody', () => ({ organisation: '11111111-1111-4111-8111-111111111111' })],
    ['marking', () => ({ marking: ['TLP:GREEN', 'TLP:RED'] })],
    ['since', () => ({ since: between[2]! })],
    ['until', () => ({ until: between[2]! })],
    ['since and until', () => ({ since: between[1]!, until: between[4]! })],
    ['queue', () => ({ queue: 'triage' })],
    ['several', () => ({ sector: 'finance', marking: 'TLP:GREEN', country: 'TH', until: between[5]! })],
  ];

  it.each(cases)(
    'by %s finds what a list lists, in both orders, by words and by the list, page by page',
    async (_, of) => {
      const filters = of();
      let most = 0;
      for (const [name, who] of Object.entries(readers)) {
        const expected = await listed(who, filters);
        most = Math.max(most, expected.length);
        expect([name, await found(who, filters)]).toEqual([name, expected]);
        expect([name, await paged(who, filters, 'newest')]).toEqual([name, expected]);
        expect([name, (await paged(who, filters, 'ranked')).sort()]).toEqual([name, [...expected].sort()]);
        const { total } = (await who.get('search').query({ q: WORD, ...filters, count: 'true' })).body as {
          total: number;
        };
        expect([name, total]).toEqual([name, expected.length]);
      }
      // Something passes but where nobody is meant, and not everything.
      expect(most > 0).toBe(!JSON.stringify(filters).includes('11111111'));
    },
  );

  it('finds the same where the words are so common that the reader’s own list is gone through', async () => {
    const plain = await Promise.all(cases.map(([, of]) => found(readers['th.analyst']!, of())));
    node.app.get(SearchStore, { strict: false }).note(parseQuery(WORD).tsquery, true);
    const common = await Promise.all(cases.map(([, of]) => found(readers['th.analyst']!, of())));
    expect(common).toEqual(plain);
  });

  it('finds nothing anonymous by its owner, but for the owner', async () => {
    const filters = { organisation: cast.stages.vn!.id };
    expect(await found(readers['vn.analyst']!, filters)).toContain(anonymous);
    for (const name of ['th.analyst', 'sg.coordinator', 'secretariat.analyst'])
      expect(await found(readers[name]!, filters)).not.toContain(anonymous);
  });

  it('asks what passes in place, not by a call for each row', async () => {
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    try {
      const nothing = Array(7).fill('null::text[]').join(', ');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain (verbose) select from ronda.incident_revision r where ronda.incident_passes(r.status, r.rsit_class, r.rsit_type,
           r.severity_band, r.sector, r.countries, r.tlp, r.audience && array[1], array['draft'], ${nothing.slice(14)}, true)`,
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('r.status');
      expect(plan).not.toContain('incident_passes');
    } finally {
      await client.end();
    }
  });

  it('names every fault of a filter', async () => {
    const { body } = await readers['vn.analyst']!.get('search')
      .query({ q: WORD, status: 'lost', country: 'XX1', since: 'monday' })
      .expect(400);
    const pointers = new Set((body.errors as { pointer: string }[]).map(({ pointer }) => pointer));
    expect([...pointers].sort()).toEqual(['/country', '/since', '/status']);
  });
});
