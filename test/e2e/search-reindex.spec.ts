import pg from 'pg';
import { IncidentsModule } from '../../src/modules/incidents/index.js';
import { ReindexSearch, SearchIndex } from '../../src/modules/search/index.js';
import { segmenterVersion } from '../../src/modules/search/words.js';
import { LIVE, UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { product } from '../../src/product.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

const RECORDS = 12;
const BATCH = 5;

describe('the index, when the segmenter changes', () => {
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let vn: Caller;
  let superuser: pg.Client;
  let reindex: ReindexSearch;
  const ids: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    reindex = node.app.select(IncidentsModule).get(ReindexSearch, { strict: false });
    vn = new Api(node.url).as(cast['vn.analyst']!);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    for (let n = 0; n < RECORDS; n++) {
      node.clock.advance(1000);
      const made = await vn.post('incidents', filing({ title: `Gibbon ${n}`, tags: [] })).expect(201);
      ids.unshift(made.body.id as string);
    }
    await vn.post(`incidents/${ids[0]}/comments`, { body: 'A remark about axolotls.' }).expect(201);
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
  });

  const found = async (q: string): Promise<string[]> =>
    ((await vn.get('search').query({ q }).expect(200)).body.items as { incident: { id: string } }[]).map(
      ({ incident }) => incident.id,
    );
  const bySegmenter = async (): Promise<Record<string, number>> => {
    const { rows } = await superuser.query<{ segmenter: string; count: number }>(
      'select segmenter, count(*)::int from ronda.search_document group by segmenter order by segmenter',
    );
    return Object.fromEntries(rows.map(({ segmenter, count }) => [segmenter, count]));
  };
  const current = segmenterVersion();
  const OLD = 'icu 60.1, unicode 10.0, rules 1';

  it('names the segmenter on every row: ICU, Unicode and our own rules', async () => {
    expect(current).toBe(`icu ${process.versions.icu}, unicode ${process.versions.unicode}, rules 1`);
    expect(await bySegmenter()).toEqual({ [current]: RECORDS + 1 });
    expect(segmenterVersion({ ...process.versions, icu: '99.1' })).not.toBe(current);
  });

  it('is cut anew in batches, each its own transaction; what is cut short goes on where it was; search goes on', async () => {
    // As an older ICU left it: its words are not ours, and some of them still are.
    await superuser.query(`update ronda.search_document set segmenter = $1, words = words || 'oldcut'`, [OLD]);
    expect(await found('gibbon')).toEqual(ids);
    expect(await found('oldcut')).toHaveLength(RECORDS);
    expect(await reindex.next(current, BATCH)).toBe(BATCH);
    expect(await bySegmenter()).toEqual({ [OLD]: RECORDS + 1 - BATCH, [current]: BATCH });
    expect(await found('gibbon')).toEqual(ids);
    // Two nodes at once share what is left.
    const taken = await Promise.all([reindex.next(current, BATCH), reindex.next(current, BATCH)]);
    expect(taken.reduce((sum, count) => sum + count, 0)).toBe(Math.min(RECORDS + 1 - BATCH, 2 * BATCH));
    await product.jobs(node.app).run('minute');
    expect(await bySegmenter()).toEqual({ [current]: RECORDS + 1 });
    expect(await found('oldcut')).toEqual([]);
    expect(await found('gibbon')).toEqual(ids);
    expect(await found('axolotls')).toEqual([ids[0]]);
  });

  it('does nothing while nothing changes, and everything again for another ICU, newer or older', async () => {
    expect(await reindex.run()).toBe(0);
    expect(await reindex.run(segmenterVersion({ ...process.versions, icu: '99.1' }))).toBe(RECORDS + 1);
    expect(await reindex.run(OLD)).toBe(RECORDS + 1);
    expect(await reindex.run()).toBe(RECORDS + 1);
    expect(await found('gibbon')).toEqual(ids);
  });

  it('forgets a record at once for its owner, and says later what is left of it', async () => {
    const work = node.app.get(UnitOfWork);
    const index = node.app.get(SearchIndex, { strict: false });
    const { rows } = await superuser.query<{ key: string }>('select key from ronda.incident where id = $1', [ids[0]]);
    const key = Number(rows[0]!.key);
    const as = (name: string) => ({ actingUserKey: cast[name]!.key });
    await expect(work.run(as('th.analyst'), LIVE, 'write', () => index.forgetRecord(key))).rejects.toThrow();
    await work.run(as('vn.analyst'), LIVE, 'write', () => index.forgetRecord(key));
    expect(await found('gibbon')).toEqual(ids.slice(1));
    expect(await found('axolotls')).toEqual([]);
    await superuser.query(
      `update ronda.incident_revision set facts = jsonb_set(facts, '{title}', '"Redacted"') where incident_key = $1`,
      [key],
    );
    expect(await reindex.run()).toBe(2);
    expect(await found('gibbon')).toEqual(ids.slice(1));
    expect(await found('redacted')).toEqual([ids[0]]);
    expect(await found('axolotls')).toEqual([ids[0]]);
  });
});
