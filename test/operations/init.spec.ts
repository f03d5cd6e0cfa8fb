import { Secret, TOTP } from 'otpauth';
import pg from 'pg';
import { Api } from '../support/api.js';
import { filing } from '../support/filings.js';
import { Launched, newDataDir, removeDataDir } from '../support/launched.js';
import { ronda } from '../support/ronda.js';
import { ServerProcess } from '../support/server-process.js';
import type { TestDatabase } from '../support/test-database.js';
import { createTestDatabase } from '../support/test-database.js';

const PASSWORD = 'kopi tarik at dawn, twice';
const OLD_KEY = '07'.repeat(32);
const NEW_KEY = '08'.repeat(32);
const STEP_MS = 30_000;

/** Whoever has just shown the code of this step shows that of the next one: each is taken once. */
const codeOf = (secret: string, stepsAhead = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + stepsAhead * STEP_MS });

interface Person {
  email: string;
  secret: string;
  recoveryCodes: string[];
  token: string;
}

describe('an installation on a database of its own', () => {
  let database: TestDatabase;
  let dataDir: string;
  let env: Record<string, string>;
  let server: ServerProcess;
  let api: Api;
  let analyst: Person;

  const ask = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const signIn = (email: string, second: { totp?: string; recoveryCode?: string } = {}) =>
    api.as(null).post('auth/login', { email, password: PASSWORD, ...second });
  /** Accepts an invitation, signs in, enrols a second factor. */
  const arrive = async (link: string, email: string): Promise<Person> => {
    await api.withToken(link).post('invitations/accept', { password: PASSWORD }).expect(204);
    const token = String((await signIn(email).expect(200)).body.accessToken);
    const { body } = await api.withToken(token).post('auth/totp').expect(200);
    const secret = String(body.secret);
    const confirmed = await api.withToken(token).post('auth/totp/confirm', { code: codeOf(secret) });
    expect(confirmed.status).toBe(200);
    return { email, secret, token, recoveryCodes: confirmed.body.recoveryCodes as string[] };
  };
  const serve = async (secretKeys: string): Promise<void> => {
    server = await ServerProcess.on(database, { RONDA_SECRET_KEY: '', RONDA_SECRET_KEYS: secretKeys });
    api = new Api(server.url);
    await server.start();
  };

  beforeAll(async () => {
    database = await createTestDatabase({ isEmpty: true });
    dataDir = newDataDir();
    env = {
      RONDA_DATA_DIR: dataDir,
      DATABASE_URL: database.migratorUrl,
      DATABASE_SERVICE_URL: database.serviceUrl,
      RONDA_SECRET_KEYS: OLD_KEY,
    };
  });
  afterAll(async () => {
    await Launched.endAll();
    await server.stop();
    removeDataDir(dataDir);
  });

  it('begins with the first admin; a member is invited, signs in with a second factor, and files', async () => {
    const args = ['init', '--email', 'Root@sec.example', '--name', 'Root', '--json'];
    const { code, stdout, stderr } = await ronda(args, env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('migrations ran') });
    const { token } = JSON.parse(stdout) as { token: string };
    await serve(OLD_KEY);

    const root = api.withToken((await arrive(token, 'root@sec.example')).token);
    const vn = await root.post('organisations', { name: 'VN CERT', kind: 'national-cert', country: 'VN' }).expect(201);
    const designation = { designatedBy: 'Government', designatedOn: '2026-01-01', document: 'Decree 1' };
    await root.post(`organisations/${vn.body.id}/designation`, designation).expect(200);
    const users = `organisations/${vn.body.id}/users`;
    const first = await root.post(users, { email: 'admin@vn.example', roles: ['admin'] }).expect(201);
    const admin = api.withToken((await arrive(String(first.body.link.token), 'admin@vn.example')).token);
    const invited = await admin.post(users, { email: 'linh@vn.example', roles: ['analyst'] }).expect(201);
    analyst = await arrive(String(invited.body.link.token), 'linh@vn.example');

    await signIn(analyst.email).expect(401);
    const session = await signIn(analyst.email, { totp: codeOf(analyst.secret, 1) }).expect(200);
    await api.withToken(String(session.body.accessToken)).post('incidents', filing()).expect(201);
  });

  it('is founded once', async () => {
    const again = await ronda(['init', '--email', 'other@sec.example', '--name', 'Other'], env);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr.trim().split('\n').at(-1)).toBe(
      'This database has organisations in it already: their administrators invite whoever is missing.',
    );
    expect(await ask("select email from ronda.user_account where email like 'other%'")).toEqual([]);
  });

  it('refuses a command line, an address and a setting that are wrong, each in its own way', async () => {
    expect(await ronda(['init', '--email', 'nobody', '--name', 'X'], env)).toMatchObject({
      code: 2,
      stderr: '"nobody" is no e-mail address.\n',
    });
    expect(await ronda(['backup'], env)).toMatchObject({ code: 2, stderr: expect.stringContaining('argument') });
    expect(await ronda(['init', '--email', 'a@b', '--name', 'X'], { ...env, DATABASE_URL: '' })).toMatchObject({
      code: 78,
      stderr: expect.stringMatching(/^A setting is wrong: DATABASE_URL is missing/),
    });
  });

  it.each([
    ['superuser', 'alter role $ superuser', 'alter role $ nosuperuser', 'is a superuser'],
    ['BYPASSRLS', 'alter role $ bypassrls', 'alter role $ nobypassrls', 'has BYPASSRLS'],
    [
      'an owner',
      'create table public.mine (); alter table public.mine owner to $',
      'drop table public.mine',
      'owns mine',
    ],
  ])('refuses a service role that is or has %s, by name', async (_what, grant, revoke, says) => {
    // Of this test alone: other files run as the usual one.
    const role = `${database.name}_odd`;
    await ask(`create role ${role} login password 'tested' in role ronda_app`);
    const url = new URL(database.serviceUrl);
    url.username = role;
    url.password = 'tested';
    await ask(grant.replaceAll('$', role));
    try {
      const refused = await ronda(['init', '--email', 'a@b', '--name', 'X'], {
        ...env,
        DATABASE_SERVICE_URL: url.href,
      });
      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`The role "${role}" of DATABASE_SERVICE_URL ${says}`),
      });
    } finally {
      await ask(`${revoke.replaceAll('$', role)}; drop role ${role}`);
    }
  });

  describe('whose secret key is changed', () => {
    const sealedUnder = async (): Promise<string[]> => {
      const rows = await ask<{ key: string }>(
        `select distinct encode(substring(totp_sealed from 2 for 4), 'hex') as key from ronda.user_secret`,
      );
      return rows.map(({ key }) => key);
    };

    /** What a node with these keys says when it does not start. */
    const refusal = async (secretKeys: string): Promise<string> => {
      const node = new Launched({ ...env, RONDA_SECRET_KEYS: secretKeys });
      expect(await node.ended).toBe(1);
      return node.stderr;
    };

    it('takes no node with another one', async () => {
      expect(await refusal(NEW_KEY)).toMatch(
        /The secrets of this database are sealed under the key [0-9a-f]{8}, and this node has [0-9a-f]{8}: give every node the same RONDA_SECRET_KEYS\./,
      );
    });

    it('seals under the old one until it is told otherwise, then all of it anew', async () => {
      await server.stop();
      await serve(`${NEW_KEY},${OLD_KEY}`);
      const [before] = await sealedUnder();
      const rotated = await ronda(['rotate-secrets', '--json'], {
        ...env,
        RONDA_SECRET_KEYS: `${NEW_KEY}\n${OLD_KEY}`,
      });
      expect(rotated).toMatchObject({ code: 0 });
      const { keyId, resealed } = JSON.parse(rotated.stdout) as { keyId: string; resealed: number };
      expect(resealed).toBe(3);
      expect(keyId).not.toBe(before);
      expect(await sealedUnder()).toEqual([keyId]);
      const again = await ronda(['rotate-secrets', '--json'], { ...env, RONDA_SECRET_KEYS: `${NEW_KEY},${OLD_KEY}` });
      expect(JSON.parse(again.stdout)).toEqual({ keyId, resealed: 0 });
    });

    it('then needs the old one no longer, for codes and recovery codes alike', async () => {
      await server.stop();
      await serve(NEW_KEY);
      await ask('update ronda.user_secret set totp_last_step = null');
      await signIn(analyst.email, { totp: codeOf(analyst.secret) }).expect(200);
      await signIn(analyst.email, { recoveryCode: analyst.recoveryCodes[0]! }).expect(200);
      expect(await refusal(OLD_KEY)).toMatch(/give every node the same RONDA_SECRET_KEYS/);
    });

    it('says so where something is sealed under a key that is gone, and changes nothing', async () => {
      await ask(`update ronda.user_secret set totp_sealed = '\\x02ffffffff'::bytea || substring(totp_sealed from 6)`);
      const lost = await ronda(['rotate-secrets'], { ...env, RONDA_SECRET_KEYS: `${OLD_KEY},${NEW_KEY}` });
      expect(lost).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was changed') });
      expect(await sealedUnder()).toEqual(['ffffffff']);
    });
  });
});
