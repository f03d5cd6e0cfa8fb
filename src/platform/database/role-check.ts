import { StartupError } from '../config/startup-error.js';
import { APP_ROLE } from './migrate.js';

/** A pg Pool or Client. */
export interface Queryable {
  query(sql: string, parameters: unknown[]): Promise<{ rows: unknown[] }>;
}

interface Finding {
  role: string;
  what: string;
}

/**
 * What the service role may not be or have. Every role that it is a member of, at whatever remove, counts as itself:
 * `set role` is enough to become it. Ownership counts because an owner can switch a table's row-level security off.
 */
const FINDINGS = `
  with recursive held as (
    select oid, rolname, rolsuper, rolbypassrls, rolcreaterole, rolreplication from pg_roles where rolname = session_user
    union
    select r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolreplication
      from held join pg_auth_members m on m.member = held.oid join pg_roles r on r.oid = m.roleid
  )
  select rolname::text as role, 'is a superuser' as what from held where rolsuper
  union all select rolname, 'has BYPASSRLS' from held where rolbypassrls
  union all select rolname, 'may do all that migrations may' from held where rolname = $1
  union all select rolname, 'has CREATEROLE' from held where rolcreaterole
  union all select rolname, 'has REPLICATION' from held where rolreplication
  union all select rolname, 'reads or writes past every grant' from held
    where rolname in ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
      'pg_execute_server_program')
  union all select rolname, 'reads all there is' from held where rolname = 'ronda_keeper'
  union all select rolname, 'owns the database ' || datname from held join pg_database on datdba = held.oid
  union all select rolname, 'owns the schema ' || nspname from held join pg_namespace on nspowner = held.oid
  union all select rolname, 'owns ' || c.oid::regclass from held join pg_class c on c.relowner = held.oid
    where c.relpersistence <> 't' and c.relkind <> 't'
  union all select rolname, 'owns the function ' || p.oid::regprocedure from held join pg_proc p on p.proowner = held.oid
  union all select rolname, 'may create things in the schema ' || nspname from held, pg_namespace n
    where nspname !~ '^pg_' and has_schema_privilege(held.oid, n.oid, 'create')
  union all select session_user, 'is not a member of ${APP_ROLE}, whose rights requests need'
    where not exists (select from held where rolname = $2)
  union all select session_user, 'reaches another database than DATABASE_URL: nothing of Ronda is in ' || current_database()
    where not exists (select from pg_class where relname = 'migrations')
  limit 1`;

/**
 * Refuses a service role for which the sharing rule in the database would be no rule.
 * @param service logged in as that role.
 * @param migratorRole who runs the migrations, as `migrate` tells.
 * @throws StartupError `service-role`, naming the role and the right that is too much.
 */
export async function assertServiceRole(service: Queryable, migratorRole: string): Promise<void> {
  const { rows } = await service.query('select session_user::text as role', []);
  const serviceRole = (rows as { role: string }[])[0]?.role ?? '';
  if (serviceRole === migratorRole) {
    throw new StartupError(
      'service-role',
      `DATABASE_URL and DATABASE_SERVICE_URL log in as the same role "${serviceRole}": requests need one that owns nothing.`,
    );
  }
  const findings = await service.query(FINDINGS, [migratorRole, APP_ROLE]);
  const finding = (findings.rows as Finding[])[0];
  if (finding === undefined) return;
  const inherited = finding.role === serviceRole ? '' : ` (as a member of "${finding.role}")`;
  throw new StartupError(
    'service-role',
    `The role "${serviceRole}" of DATABASE_SERVICE_URL${inherited} ${finding.what}: requests may not run as it.`,
  );
}
