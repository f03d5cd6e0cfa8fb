import pg from 'pg';
import { StartupError } from '../config/startup-error.js';
import { KEEPER_ROLE } from '../secrets/keeper.js';

export const SCHEMA = 'ronda';

export interface Table {
  name: string;
  /** But for those that the database computes. */
  columns: string[];
  isForced: boolean;
}

/** `ronda.incident`, quoted. */
export const qualified = (name: string): string => `${pg.escapeIdentifier(SCHEMA)}.${pg.escapeIdentifier(name)}`;

export const columnList = (columns: readonly string[]): string => columns.map(pg.escapeIdentifier).join(', ');

/**
 * Every table, those that others refer to first.
 * @throws Error where tables refer to one another in a circle.
 */
export async function tablesInOrder(client: pg.ClientBase): Promise<Table[]> {
  const { rows: tables } = await client.query<Table>(
    `select c.relname::text as name, c.relforcerowsecurity as "isForced",
            array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                   and a.attgenerated = '' order by a.attnum) as columns
       from pg_class c where c.relnamespace = $1::regnamespace and c.relkind = 'r' order by 1`,
    [SCHEMA],
  );
  const { rows: references } = await client.query<{ from: string; to: string }>(
    `select a.relname::text as from, b.relname::text as to
       from pg_constraint f join pg_class a on a.oid = f.conrelid join pg_class b on b.oid = f.confrelid
      where f.contype = 'f' and f.conrelid <> f.confrelid and a.relnamespace = $1::regnamespace`,
    [SCHEMA],
  );
  const ordered: Table[] = [];
  const waiting = new Map(tables.map((table) => [table.name, table]));
  while (waiting.size > 0) {
    const next = [...waiting.values()].find(
      ({ name }) => !references.some(({ from, to }) => from === name && waiting.has(to)),
    );
    if (!next) throw new Error(`Tables refer to one another in a circle: ${[...waiting.keys()].join(', ')}`);
    waiting.delete(next.name);
    ordered.push(next);
  }
  return ordered;
}

/** @throws StartupError `backup` for a table of which the keeper would see no row, and say nothing. */
export async function refuseHiddenTables(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname::text as name from pg_class c
      where c.relnamespace = $1::regnamespace and c.relkind = 'r' and c.relrowsecurity
        and not exists (select from pg_policy p where p.polrelid = c.oid and p.polcmd in ('r', '*')
          and (select oid from pg_roles where rolname = $2) = any (p.polroles))`,
    [SCHEMA, KEEPER_ROLE],
  );
  if (rows.length === 0) return;
  throw new StartupError(
    'backup',
    `No backup can be made: ${KEEPER_ROLE} has no policy on ${rows.map(({ name }) => name).join(', ')}.`,
  );
}

/** Names of the migrations that made the schema, in order. */
export async function schemaOf(client: pg.ClientBase): Promise<string[]> {
  const { rows: exists } = await client.query<{ there: boolean }>(
    `select to_regclass('migrations') is not null as there`,
  );
  if (exists[0]?.there !== true) return [];
  return (await client.query<{ name: string }>('select name from migrations order by timestamp, id')).rows.map(
    ({ name }) => name,
  );
}

/** The sequences that hand out keys. */
export async function sequenceNames(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class where relnamespace = $1::regnamespace and relkind = 'S' order by 1`,
    [SCHEMA],
  );
  return rows.map(({ name }) => name);
}
