import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { assertServiceRole } from './role-check.js';

// Roles belong to the whole server, where other test files run: this file brings its own.
describe('assertServiceRole', () => {
  let database: TestDatabase;
  let superuser: pg.Client;
  let service: pg.Client;
  let role: string;
  let middle: string;
  let migrator: string;

  const check = (): Promise<void> => assertServiceRole(service, migrator);

  beforeAll(async () => {
    database = await createTestDatabase();
    role = `${database.name}_service`;
    middle = `${database.name}_middle`;
    migrator = new URL(database.migratorUrl).username;
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    await superuser.query(
      `create role ${role} login password 'tested'; grant ronda_app to ${role}; create role ${middle}`,
    );
    const url = new URL(database.serviceUrl);
    url.username = role;
    url.password = 'tested';
    service = new pg.Client({ connectionString: url.href });
    await service.connect();
  });

  afterAll(async () => {
    await service.end();
    await superuser.query(`drop role ${role}; drop role ${middle}`);
    await superuser.end();
    await database.drop();
  });

  it('accepts a role that owns nothing and holds ronda_app', async () => {
    await expect(check()).resolves.toBeUndefined();
  });

  it.each([
    ['a superuser', 'alter role $ superuser', 'alter role $ nosuperuser', 'is a superuser'],
    ['BYPASSRLS', 'alter role $ bypassrls', 'alter role $ nobypassrls', 'has BYPASSRLS'],
    ['CREATEROLE', 'alter role $ createrole', 'alter role $ nocreaterole', 'has CREATEROLE'],
    ['REPLICATION', 'alter role $ replication', 'alter role $ noreplication', 'has REPLICATION'],
    ['a table', 'create table mine (); alter table mine owner to $', 'drop table mine', 'owns mine'],
    ['a schema', 'create schema mine authorization $', 'drop schema mine', 'owns the schema mine'],
    [
      'a function',
      `create function mine() returns int language sql return 1; alter function mine() owner to $`,
      'drop function mine()',
      'owns the function mine()',
    ],
    ['a migrator', 'grant £ to $', 'revoke £ from $', 'may do all that migrations may'],
    ['what owns the rule', 'grant ronda_deriver to $', 'revoke ronda_deriver from $', 'as a member of "ronda_deriver"'],
    ['what backups run as', 'grant ronda_keeper to $', 'revoke ronda_keeper from $', 'reads all there is'],
    ['every row', 'grant pg_read_all_data to $', 'revoke pg_read_all_data from $', 'past every grant'],
    [
      'a place to create',
      'grant create on schema public to $',
      'revoke create on schema public from $',
      'schema public',
    ],
  ])('refuses one that is or has %s, itself or through a role it can become', async (_what, grant, revoke, message) => {
    const inWords = (sql: string, who: string): string => sql.replaceAll('$', who).replaceAll('£', migrator);
    await superuser.query(inWords(grant, role));
    await expect(check()).rejects.toMatchObject({ fault: 'service-role', message: expect.stringContaining(message) });
    await superuser.query(inWords(revoke, role));
    await expect(check()).resolves.toBeUndefined();

    await superuser.query(`grant ${middle} to ${role}; ${inWords(grant, middle)}`);
    await expect(check()).rejects.toThrow(message);
    await superuser.query(`${inWords(revoke, middle)}; revoke ${middle} from ${role}`);
    await expect(check()).resolves.toBeUndefined();
  });

  it('refuses the role of the migrations', async () => {
    await expect(assertServiceRole(service, role)).rejects.toThrow(`log in as the same role "${role}"`);
  });

  it('refuses one that requests can do nothing with', async () => {
    await superuser.query(`revoke ronda_app from ${role}`);
    await expect(check()).rejects.toThrow(`The role "${role}" of DATABASE_SERVICE_URL is not a member of ronda_app`);
    await superuser.query(`grant ronda_app to ${role}`);
  });
});
