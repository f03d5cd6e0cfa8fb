import type pg from 'pg';

/** Every table as text, a row a line: those in which the value is, in whatever letter case. */
export async function tablesWith(superuser: pg.Client, value: string): Promise<string[]> {
  const { rows } = await superuser.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm') and n.nspname in ('ronda', 'public', 'jobs') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const { rows: hits } = await superuser.query<{ hits: number }>(
      // Without the quotes and strokes that rows and JSON put around, before and into it.
      `select count(*)::int as hits from ${name} t where strpos(translate(lower(t::text), $2, ''), translate(lower($1), $2, '')) > 0`,
      [value, '"\\'],
    );
    if (hits[0]!.hits > 0) found.push(name);
  }
  return found;
}
