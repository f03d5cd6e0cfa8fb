import pg from 'pg';
import { createTestDatabase } from '../support/test-database.js';
import { policiesWithAnOpenSide, tablesWithoutRowSecurity } from './table-exemptions.js';

interface TableRow {
  name: string;
  owner: string;
  isEnabled: boolean;
  isForced: boolean;
  policies: number;
}

interface PolicyRow {
  table: string;
  name: string;
  roles: string[];
  using: string | null;
  withCheck: string | null;
}

interface ViewRow {
  name: string;
  owner: string;
  isInvoker: boolean;
}

interface RoleRow {
  name: string;
  isMember: boolean;
  isSuperuser: boolean;
  isBypassing: boolean;
  canLogIn: boolean;
}

describe('every table has a policy', () => {
  let client: pg.Client;
  const all = async <R extends object>(text: string, values: unknown[] = []): Promise<R[]> =>
    (await client.query<R>(text, values)).rows;

  beforeAll(async () => {
    const database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
  });
  afterAll(() => client.end());

  const tables = (): Promise<TableRow[]> =>
    all<TableRow>(
      `select c.relname as name, pg_get_userbyid(c.relowner)::text as owner, c.relrowsecurity as "isEnabled",
              c.relforcerowsecurity as "isForced", (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
         from pg_class c where c.relnamespace = 'ronda'::regnamespace and c.relkind in ('r', 'p', 'f') order by 1`,
    );

  it('has tables to speak of', async () => {
    expect((await tables()).length).toBeGreaterThan(10);
  });

  it('enables and forces row-level security with a policy, or the table is exempt', async () => {
    const faults = (await tables())
      .filter((table) => !(table.name in tablesWithoutRowSecurity))
      .flatMap((table) => [
        ...(table.isEnabled ? [] : [`${table.name}: row-level security is not enabled`]),
        ...(table.isForced ? [] : [`${table.name}: row-level security is not forced, so its owner sees all of it`]),
        ...(table.policies > 0 ? [] : [`${table.name}: has no policy`]),
      ]);
    expect(faults).toEqual([]);
  });

  it('exempts only tables that exist, have no row-level security, and say why', async () => {
    const byName = new Map((await tables()).map((table) => [table.name, table]));
    const faults = Object.entries(tablesWithoutRowSecurity).flatMap(([name, reason]) => {
      const table = byName.get(name);
      if (!table) return [`${name}: is exempt and does not exist`];
      if (table.isEnabled) return [`${name}: is exempt and has row-level security`];
      return reason.split(' ').length < 8 ? [`${name}: is exempt for no reason given`] : [];
    });
    expect(faults).toEqual([]);
  });

  it('lets backups read every table, of which the service may read none by that', async () => {
    const unread = await all<{ name: string }>(
      `select c.relname as name from pg_class c where c.relnamespace = 'ronda'::regnamespace and c.relkind in ('r', 'p')
         and (not has_table_privilege('ronda_keeper', c.oid, 'select') or c.relrowsecurity and not exists (
           select from pg_policy p where p.polrelid = c.oid and p.polcmd in ('r', '*') and 'ronda_keeper'::regrole = any (p.polroles)))`,
    );
    expect(unread).toEqual([]);
  });

  it('opens no table to the service as a whole', async () => {
    const policies = await all<PolicyRow>(
      `select c.relname as table, p.polname as name, pg_get_expr(p.polqual, p.polrelid) as using,
              pg_get_expr(p.polwithcheck, p.polrelid) as "withCheck",
              array(select case when r = 0 then 'public' else pg_get_userbyid(r)::text end from unnest(p.polroles) r) as roles
         from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'ronda'::regnamespace order by 1, 2`,
    );
    const open = policies
      .filter(({ roles, using, withCheck }) => roles.includes('ronda_app') && [using, withCheck].includes('true'))
      .map(({ table, name }) => `${table}.${name}`);
    expect(open).toEqual(Object.keys(policiesWithAnOpenSide).sort());
    const forEverybody = policies.filter(({ roles }) => roles.includes('public'));
    expect(forEverybody).toEqual([]);
  });

  it('lets a view see with the eyes of its reader, or of a role made for it', async () => {
    const views = await all<ViewRow>(
      `select c.relname as name, pg_get_userbyid(c.relowner)::text as owner,
              coalesce((select option_value from pg_options_to_table(c.reloptions) where option_name = 'security_invoker'), 'false')
                in ('true', 'on', '1') as "isInvoker"
         from pg_class c where c.relnamespace = 'ronda'::regnamespace and c.relkind in ('v', 'm') order by 1`,
    );
    const faults = views
      .filter((view) => !view.isInvoker && !/^ronda_(view_owner|deriver)$/.test(view.owner))
      .map((view) => `${view.name}: belongs to ${view.owner}, who sees what the reader may not`);
    expect(faults).toEqual([]);
  });

  it('gives functions that run as their owner a search path, and to nobody but the service', async () => {
    const rows = await all<{ what: string }>(
      `select format('%s: %s', p.oid::regprocedure, fault) as what
         from pg_proc p cross join lateral (values
           (case when not exists (select from unnest(p.proconfig) s where s like 'search\\_path=%pg_temp') then 'has no search path that ends in pg_temp' end),
           (case when pg_get_userbyid(p.proowner) not in ('ronda_deriver', 'ronda_searcher', 'ronda_sequencer') then 'runs as ' || pg_get_userbyid(p.proowner) end),
           (case when exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x where x.grantee = 0)
                 then 'can be called by everybody' end)) as faults (fault)
        where p.pronamespace = 'ronda'::regnamespace and p.prosecdef and fault is not null order by 1`,
    );
    expect(rows.map((row) => row.what)).toEqual([]);
  });

  it('has a service role that owns nothing, bypasses nothing and is granted ronda_app alone', async () => {
    const service = (JSON.parse(process.env.RONDA_TEST_CLUSTER ?? '{}') as { service: { role: string } }).service.role;
    const roles = await all<RoleRow>(
      `select rolname::text as name, pg_has_role($1, oid, 'member') as "isMember", rolsuper as "isSuperuser",
              rolbypassrls as "isBypassing", rolcanlogin as "canLogIn"
         from pg_roles where rolname like 'ronda\\_%' or rolname = $1 order by 1`,
      [service],
    );
    expect(roles.filter((role) => role.isMember).map((role) => role.name)).toEqual(['ronda_app', service].sort());
    expect(roles.filter((role) => role.isSuperuser || role.isBypassing)).toEqual([]);
    const owned = await all<{ what: string }>(
      `select pg_describe_object(classid, objid, objsubid) as what from pg_shdepend
        where refclassid = 'pg_authid'::regclass and deptype = 'o' and refobjid in ($1::regrole, 'ronda_app'::regrole)`,
      [service],
    );
    expect(owned).toEqual([]);
    const direct = await all<{ what: string }>(
      `select pg_describe_object(classid, objid, objsubid) as what from pg_shdepend
        where refclassid = 'pg_authid'::regclass and deptype = 'a' and refobjid = $1::regrole
          and dbid = (select oid from pg_database where datname = current_database())`,
      [service],
    );
    expect(direct).toEqual([]);
  });
});
