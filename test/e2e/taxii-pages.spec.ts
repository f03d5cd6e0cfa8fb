import { createHash } from 'node:crypto';
import pg from 'pg';
import { ImportedObjects } from '../../src/modules/exchange/stix/imported-objects.store.js';
import type { NewObject } from '../../src/modules/exchange/stix/imported-objects.store.js';
import { CollectedObjects } from '../../src/modules/exchange/taxii/collected-objects.store.js';
import { statement } from '../../src/platform/database/statement.js';
import { LIVE, UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast, Player } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

/** What a collection holds beside what the test releases, in the middle of which a page begins. */
const OBJECTS = 4_000;
const PLACE = { at: '2026-01-01T00:00:02.000000Z', id: '~' };
const FIRST_BEHIND = 2_001;
const LIMIT = 100;

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

interface Explained {
  'QUERY PLAN': [{ Plan: PlanNode }];
}

describe('a page of a large collection', () => {
  let database: TestDatabase;
  let server: TestApp;
  let cast: Cast;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    const vn = new Api(server.url).as(cast['vn.analyst']!);
    const { id } = await submitted(vn);
    const audience = [{ organisation: cast['th.analyst']!.organisation.id }];
    expect((await vn.post(`incidents/${id}/release`, release('TLP:AMBER', audience))).status).toBe(200);
    await sql(
      `insert into ronda.shared_object (space, principal_key, incident_key, stix_id, version, type, added_at, revision, object)
       select i.space, o.key, i.key, 'ipv4-addr--00000000-0000-5000-8000-' || lpad(n::text, 12, '0'), '1970-01-01T00:00:00Z',
              'ipv4-addr', '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 ms', 1, '{"n":' || n || '}'
         from ronda.incident i, ronda.organisation o, generate_series(1, $3::int) n where i.id = $1 and o.id = $2`,
      [id, cast['th.analyst']!.organisation.id, OBJECTS],
    );
    await sql('analyze ronda.shared_object', []);
  });
  afterAll(() => server.close());

  const sql = async (text: string, values: unknown[]): Promise<void> => {
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    try {
      await client.query(text, values);
    } finally {
      await client.end();
    }
  };

  /** What the collection answers, and how many blocks of the database were looked at for it. */
  async function asked(filter: Parameters<CollectedObjects['page']>[1]): Promise<{ ns: number[]; touched: number }> {
    const work = server.app.get(UnitOfWork, { strict: false });
    const objects = server.app.get(CollectedObjects, { strict: false });
    // What writes is one transaction of one connection: what it prepared for the page is there to be explained.
    return work.run(readerOf(cast['th.analyst']!), LIVE, 'write', async () => {
      const [own] = await work.query<{ key: number }>(ownKey, [cast['th.analyst']!.organisation.id]);
      const page = await objects.page({ holds: 'shared', principals: [own!.key] }, filter, LIMIT);
      const { ids, after } = filter;
      const [answer] = await work.query<Explained>(
        statement(
          `test-explain-page${ids === null ? '' : '-by-id'}`,
          `explain (analyze, buffers, format json) execute "taxii-page-shared" ('{${own!.key}}', '${after?.at ?? '-infinity'}',
             ${ids === null ? 'null' : `'{${ids.join(',')}}'`}, null, '{last}', '{}', ${LIMIT}, '${after?.id ?? ''}')`,
        ),
        [],
      );
      const { 'Shared Hit Blocks': hit, 'Shared Read Blocks': read } = answer!['QUERY PLAN'][0].Plan;
      const found = JSON.parse(`[${page.objects}]`) as { n: number }[];
      return { ns: found.map(({ n }) => n), touched: hit + read };
    });
  }

  it('is walked from where it begins, and no further than it goes', async () => {
    const { ns, touched } = await asked({ ids: null, types: null, versions: ['last'], after: PLACE });
    expect(ns).toEqual(Array.from({ length: LIMIT }, (_, n) => FIRST_BEHIND + n));
    // Of each row its own block, and those on the way to whether it is the first and the last of its kind.
    expect(touched).toBeLessThan(8 * LIMIT);
  });

  it('looks up what is asked for by its id', async () => {
    const id = `ipv4-addr--00000000-0000-5000-8000-${String(FIRST_BEHIND).padStart(12, '0')}`;
    const { ns, touched } = await asked({ ids: [id], types: null, versions: ['last'], after: null });
    expect(ns).toEqual([FIRST_BEHIND]);
    const work = server.app.get(UnitOfWork, { strict: false });
    const [{ version }] = (await work.run('nobody', LIVE, 'read', () => work.query(serverVersion, []))) as [
      { version: number },
    ];
    // PostgreSQL 15 walks a collection as small as this one, and finds the same.
    if (version >= 160_000) expect(touched).toBeLessThan(LIMIT);
  });

  it('is short where its objects are long: a page holds 16 MiB and no more, unless it is one object', async () => {
    const my = cast['my.analyst']!;
    const mib = 1024 * 1024;
    const sizes = [9, 9, 17, 1, 1].map((size) => size * mib);
    await sql(
      `insert into ronda.exchange_object (space, principal_key, stix_id, version, type, added_at, is_revoked, object)
       select 0, o.key, 'note--00000000-0000-4000-8000-' || lpad(n::text, 12, '0'), '2026-01-01', 'note', '2026-01-01', false,
              '{"n":' || n || ',"content":"' || repeat('x', size) || '"}'
         from ronda.organisation o, unnest($2::int[]) with ordinality s (size, n) where o.id = $1`,
      [my.organisation.id, sizes],
    );
    const api = new Api(server.url).as(my);
    const { body } = await api.get('/taxii2/live/collections/');
    const { id } = (body.collections as { id: string; can_write: boolean }[]).find(({ can_write }) => can_write)!;
    const read: number[][] = [];
    for (let next = ''; ;) {
      const answer = await api.get(`/taxii2/live/collections/${id}/objects/?limit=1000${next && `&next=${next}`}`);
      const page = JSON.parse(answer.text) as { more: boolean; next?: string; objects: { n: number }[] };
      read.push(page.objects.map(({ n }) => n));
      if (!page.more) break;
      next = page.next!;
    }
    expect(read).toEqual([[1], [2], [3], [4, 5]]);
  });

  it('asks once where a collection ends, however many objects are sent in', async () => {
    const work = server.app.get(UnitOfWork, { strict: false });
    const imported = server.app.get(ImportedObjects, { strict: false });
    const plan = await work.run(readerOf(cast['th.analyst']!), LIVE, 'write', async () => {
      const [own] = await work.query<{ key: number }>(ownKey, [cast['th.analyst']!.organisation.id]);
      const objectOf = (id: string): NewObject => ({
        ...{ principal: own!.key, id, version: '2026-01-01T00:00:00Z', type: 'ipv4-addr', object: '{}' },
        ...{ tlp: null, createdBy: null, isRevoked: false, incident: null },
      });
      imported.add([objectOf('ipv4-addr--first')], new Date());
      const objects = JSON.stringify(Array.from({ length: LIMIT }, (_, n) => objectOf(`ipv4-addr--${n}`)));
      const [answer] = await work.query<Explained>(
        statement(
          'test-explain-insert',
          `explain (analyze, format json) execute "imported-object-insert" (${LIVE}, '2026-01-01T00:00:00Z', '${objects}')`,
        ),
        [],
      );
      return answer!['QUERY PLAN'][0].Plan;
    });
    const ends = nodesOf(plan).filter(
      (node) => node['Relation Name'] === 'exchange_object' && node['Node Type'].includes('Scan'),
    );
    expect(ends.map((node) => node['Actual Loops'])).toEqual([1]);
  });
});

const serverVersion = statement('test-version', `select current_setting('server_version_num')::int as version`);
const ownKey = statement('test-own', 'select key from ronda.organisation where id = $1');

const readerOf = ({ token }: Player): { tokenHash: string } => ({
  tokenHash: createHash('sha256').update(token).digest('hex'),
});

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
