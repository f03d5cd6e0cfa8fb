import pg from 'pg';
import { codeOf, StartupError } from '../config/startup-error.js';
import type { PostgresPasswords } from '../config/secrets.js';

export const DATABASE = 'ronda';
export const MIGRATOR = 'ronda_migrator';
export const SERVICE = 'ronda_service';

const OWN_ROLE = 'login nosuperuser nocreatedb noreplication nobypassrls';

/**
 * Creates what is missing of the database and its two roles: the migrator, which owns the database and may create the
 * roles its migrations need, and the service role, which owns nothing. A start that was killed half-way is completed.
 * @returns the server's version, such as `18.4`.
 * @throws StartupError `database` when the passwords in secrets.json are not those of this cluster.
 */
export async function ensureRoles(superuserUrl: string, passwords: PostgresPasswords): Promise<string> {
  const client = new pg.Client({ connectionString: superuserUrl });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; roles: string[]; hasDatabase: boolean }>(
      `select current_setting('server_version') as version,
         array(select rolname::text from pg_roles where rolname = any($1)) as roles,
         exists (select from pg_database where datname = $2) as "hasDatabase"`,
      [[MIGRATOR, SERVICE], DATABASE],
    );
    const found = rows[0] ?? { version: 'unknown', roles: [], hasDatabase: false };
    const missing: [role: string, rights: string, password: string][] = [
      [MIGRATOR, `${OWN_ROLE} createrole`, passwords.migrator],
      [SERVICE, `${OWN_ROLE} nocreaterole`, passwords.service],
    ];
    for (const [role, rights, password] of missing) {
      if (found.roles.includes(role)) continue;
      await client.query(`create role ${role} ${rights} password ${client.escapeLiteral(password)}`);
    }
    if (!found.hasDatabase) await client.query(`create database ${DATABASE} owner ${MIGRATOR}`);
    return found.version;
  } catch (error) {
    if (codeOf(error) !== '28P01') throw error;
    throw new StartupError(
      'database',
      'The embedded database does not accept the passwords in secrets.json: the file is not the one it was made with. Restore it from a copy.',
      { cause: error },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
