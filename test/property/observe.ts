import type pg from 'pg';
import { listStatement } from '../../src/modules/incidents/incident-list.sql.js';
import { sorted } from './predict.js';
import type { Sight } from './predict.js';
import { keyOf } from './rows.js';
import { NOW } from './world.js';

/** Whom the unit of work names to the database. */
export interface Entry {
  /** Hex SHA-256 of a token, or `''`. */
  shown: string;
  /** Key of an account that a job acts for, or `''`. */
  acting: string;
  space: number;
}

const everythingSeen = {
  name: 'everything-seen',
  text: `select
    ronda.reader_principals() as principals,
    array(select key::int from ronda.incident) as incidents,
    array(select incident_key || '.' || number from ronda.incident_revision) as revisions,
    array(select key::int from ronda.incident_comment) as comments,
    array(select from_key || '-' || to_key from ronda.incident_link) as links,
    array(select incident_key || '.' || part from ronda.authorship_drawer) as drawers,
    array(select principal_key from ronda.veil) as veils,
    array(select comment_key::int from ronda.comment_drawer) as "commentDrawers",
    array(select key::int from ronda.release) as releases,
    array(select id from ronda.pass_on) as "passOns",
    array(select record_key || ':' || principal_key from ronda.readable_since) as listings`,
};

const BRANCHES = 16;
const noFilters = Array.from({ length: 10 }, () => null);

/**
 * What a reader sees through the row policies, and through the product's own list.
 * @param client as the service role, in a transaction.
 */
export async function observe(client: pg.ClientBase, { shown, acting, space }: Entry): Promise<Sight> {
  await client.query({
    name: 'enter',
    text: 'select ronda.enter($1, $2, $3, $4)',
    values: [shown, acting, space, NOW],
  });
  const seen = await client.query<Omit<Sight, 'list' | 'found'>>(everythingSeen);
  const row = seen.rows[0]!;
  // The list scans once for each principal; a reader of more would need more scans (IncidentsStore.eachReader).
  if (row.principals.length - row.veils.length > BRANCHES)
    throw new Error(`More principals than branches: ${row.principals.length}`);
  return {
    principals: sorted(row.principals),
    incidents: sorted(row.incidents),
    revisions: sorted(row.revisions),
    comments: sorted(row.comments),
    links: sorted(row.links),
    drawers: sorted(row.drawers),
    veils: sorted(row.veils),
    commentDrawers: sorted(row.commentDrawers),
    releases: sorted(row.releases),
    passOns: sorted((row.passOns as unknown as string[]).map(keyOf)),
    listings: sorted(row.listings),
    list: acting === '' ? null : await list(client, space),
    found: acting === '' ? null : await search(client),
  };
}

/** Asked for accounts alone: it depends on principals and on nothing else, and takes as long as all the rest. */
async function list(client: pg.ClientBase, space: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string; number: number; revision: number }>({
    ...listStatement('page', BRANCHES, 'newest', {}),
    values: [space, ...noFilters, false, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 1000],
  });
  return rows.map(({ id, number, revision }) => `${keyOf(id)}.${number} as ${revision}`);
}

const searched = {
  name: 'searched',
  text: `with asked as (select n, told, case n when 0 then 'said' else 'r' || n end::tsquery as q
      from (select n, false as told from generate_series(0, 6) n union all select 0, true) each)
    select a.n, a.told, f.record_key::int as key, array(select c::int from unnest(f.comments) c order by c) as comments
      from asked a cross join lateral ronda.search(a.q, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 1000, 1000, a.told)
        with ordinality f (record_key, record_id, since, rank, comments, is_common, place)
     order by a.n, a.told, f.place`,
};

/** Looked up by the word and by the reader's own list, which must agree; and by what each revision alone says. */
async function search(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ n: number; told: boolean; key: number; comments: number[] }>(searched);
  const newestOf = new Map<number, string>();
  for (const { n, key } of rows) if (n > 0) newestOf.set(key, `${newestOf.get(key) ?? ''}r${n}`);
  const [lookedUp, walked] = [false, true].map((told) =>
    rows
      .filter((row) => row.n === 0 && row.told === told)
      .map(({ key, comments }) => `${key}.${newestOf.get(key)} with ${comments.join(' ')}`),
  );
  return lookedUp!.join() === walked!.join() ? lookedUp! : [...lookedUp!, 'but by the list', ...walked!];
}

/** What a query sees that nobody entered for: the same, without a list. */
export async function observeUnentered(client: pg.ClientBase): Promise<unknown[]> {
  const { rows } = await client.query<Record<string, unknown[]>>({ ...everythingSeen, name: 'everything-unentered' });
  return Object.values(rows[0]!).flat();
}
