import { Secret, TOTP } from 'otpauth';
import supertest from 'supertest';
import { CredentialUse } from '../../src/modules/identity/credentials/credential-use.js';
import { FoundRegion, SeedAccounts } from '../../src/modules/identity/index.js';
import { FixedClock } from '../support/fixed-clock.js';
import { SeededChance } from '../support/seeded-chance.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';
import pg from 'pg';

const PASSWORD = 'seven quiet boats at low tide';
const NEW_PASSWORD = 'nine loud kites over the harbour';

describe('sign-in', () => {
  let database: TestDatabase;
  let node: TestApp;
  let superuser: pg.Client;
  let root: { userKey: number; organisationId: string; token: string };

  const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string, token?: string): supertest.Test => {
    const request = supertest(node.url)[method](`/api/v1/${path}`);
    return token === undefined ? request : request.set('authorization', `Bearer ${token}`);
  };
  const login = (email: string, extra: object = {}): supertest.Test =>
    call('post', 'auth/login').send({ email, password: PASSWORD, ...extra });
  const signIn = async (email: string): Promise<{ accessToken: string; refreshToken: string }> => {
    const answer = await login(email).expect(200);
    return answer.body;
  };
  let count = 0;
  /** An account of the secretariat, opened without the HTTP of invitations. */
  const newAccount = async (roles: ('admin' | 'analyst')[] = ['analyst']) => {
    count += 1;
    const email = `person${count}@secretariat.example`;
    const { rows } = await superuser.query<{ org_key: number }>(
      'select org_key from ronda.user_account where key = $1',
      [root.userKey],
    );
    const account = await node.app.get(SeedAccounts).createAccount(root.userKey, {
      organisationKey: rows[0]!.org_key,
      email,
      displayName: `Person ${count}`,
      roles,
      password: PASSWORD,
      isSecretariat: true,
    });
    return { email, ...account };
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    node = await startTestApp(database, { chance: new SeededChance(), clock: new FixedClock() });
    const link = await node.app.get(FoundRegion).run({ email: 'Root@Secretariat.example', displayName: 'Root' });
    const account = await node.app.get(SeedAccounts).acceptInvitation(link!.token, PASSWORD);
    await superuser.query('update ronda.organisation set totp_required = false');
    const me = await call('get', 'me', account.apiKey).expect(200);
    root = { userKey: account.userKey, organisationId: me.body.organisation.id, token: account.apiKey };
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
    await database.drop();
  });

  it('founds a region once', async () => {
    expect(await node.app.get(FoundRegion).run({ email: 'x@y.example', displayName: 'X' })).toBeNull();
  });

  it('opens a session that acts and can be refreshed', async () => {
    const { email } = await newAccount();
    const answer = await login(email.toUpperCase()).expect(200);
    expect(answer.body).toMatchObject({
      accessToken: expect.stringMatching(/^ronda_at_[\w-]{43}$/),
      refreshToken: expect.stringMatching(/^ronda_rt_[\w-]{43}$/),
      totpEnrolmentRequired: false,
      user: { email, roles: ['analyst'], organisation: { country: null } },
    });
    await call('get', 'me', answer.body.accessToken).expect(200);
    const refreshed = await call('post', 'auth/refresh').send({ refreshToken: answer.body.refreshToken }).expect(200);
    await call('get', 'me', refreshed.body.accessToken).expect(200);
    await call('get', 'me', answer.body.accessToken).expect(401);
  });

  it('ends the session when a refresh token is shown a second time', async () => {
    const { email } = await newAccount();
    const first = await signIn(email);
    const second = await call('post', 'auth/refresh').send({ refreshToken: first.refreshToken }).expect(200);
    await call('post', 'auth/refresh').send({ refreshToken: first.refreshToken }).expect(401);
    await call('get', 'me', second.body.accessToken).expect(401);
    await call('post', 'auth/refresh').send({ refreshToken: second.body.refreshToken }).expect(401);
  });

  it('lets one of two concurrent refreshes win at the most', async () => {
    const { email } = await newAccount();
    const { refreshToken } = await signIn(email);
    const answers = await Promise.all(
      [1, 2, 3].map(() =>
        call('post', 'auth/refresh')
          .send({ refreshToken })
          .then((answer) => answer),
      ),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    for (const { body, status } of answers) if (status === 200) await call('get', 'me', body.accessToken).expect(401);
  });

  it('answers a wrong password, an unknown address and a disabled account alike', async () => {
    const { email, userKey } = await newAccount();
    await superuser.query(`update ronda.user_account set status = 'disabled' where key = $1`, [userKey]);
    const wrong = await newAccount();
    const answers = await Promise.all([
      login(email),
      login('nobody@nowhere.example'),
      login(wrong.email, { password: 'something else entirely' }),
    ]);
    for (const { body, status } of answers) {
      expect(status).toBe(401);
      expect({ ...body, requestId: null }).toEqual({ ...answers[0].body, requestId: null });
    }
  });

  it('refuses expired access tokens and refreshes until the session has ended', async () => {
    const { email } = await newAccount();
    const { accessToken, refreshToken } = await signIn(email);
    node.clock.advance(61 * 60_000);
    await call('get', 'me', accessToken).expect(401);
    const refreshed = await call('post', 'auth/refresh').send({ refreshToken }).expect(200);
    node.clock.advance(31 * 24 * 3_600_000);
    await call('post', 'auth/refresh').send({ refreshToken: refreshed.body.refreshToken }).expect(401);
  });

  it('signs out on the very next request', async () => {
    const { email } = await newAccount();
    const { accessToken } = await signIn(email);
    await call('post', 'auth/logout', accessToken).expect(204);
    await call('get', 'me', accessToken).expect(401);
  });

  describe('slow-down', () => {
    it('slows guesses down, for absent accounts as for others, and lets them go on', async () => {
      const { email } = await newAccount();
      for (const address of [email, 'absent@nowhere.example']) {
        const statuses: number[] = [];
        for (let attempt = 0; attempt < 8; attempt += 1)
          statuses.push((await login(address, { password: 'not this one' })).status);
        expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429, 429]);
      }
      const refused = await login(email);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      node.clock.advance(900_000);
      await login(email).expect(200);
      await login(email).expect(200);
    });

    it('counts attempts that are made at once', async () => {
      const { email } = await newAccount();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => login(email, { password: 'not this one' }).then(({ status }) => status)),
      );
      expect(answers.filter((status) => status === 401).length).toBeLessThanOrEqual(6);
    });

    it('does not lock out the network its holder has signed in from', async () => {
      const { email } = await newAccount();
      await login(email).expect(200);
      // Somebody elsewhere has tried for a long time.
      await superuser.query(`update ronda.sign_in_attempt set failures = 900, blocked_until = '2100-01-01', last_failed_at = '2099-01-01'
        where subject = account and last_succeeded_at is null`);
      await login(email).expect(200);
      await login('other@nowhere.example').expect(401);
      await superuser.query('delete from ronda.sign_in_attempt');
    });
  });

  describe('a second factor', () => {
    const codeAt = (secret: string, at: Date): string =>
      new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.getTime() });
    const enrol = async (email: string) => {
      const { accessToken } = await signIn(email);
      const enrolment = await call('post', 'auth/totp', accessToken).expect(200);
      const secret = enrolment.body.secret as string;
      expect(enrolment.body.otpauthUri).toContain(`secret=${secret}`);
      const confirmed = await call('post', 'auth/totp/confirm', accessToken)
        .send({ code: codeAt(secret, node.clock.now()) })
        .expect(200);
      return { secret, accessToken, recoveryCodes: confirmed.body.recoveryCodes as string[] };
    };

    it('is asked for once the password is right, and taken once', async () => {
      const { email } = await newAccount();
      const { secret } = await enrol(email);
      const asked = await login(email).expect(401);
      expect(asked.body.type).toBe('urn:ronda:problem:totp-required');
      const blind = await login(email, { password: 'not this one', totp: '000000' }).expect(401);
      expect(blind.body.type).toBe('urn:ronda:problem:sign-in-failed');
      // The code that confirmed it is used up.
      await login(email, { totp: codeAt(secret, node.clock.now()) }).expect(401);
      node.clock.advance(30_000);
      const totp = codeAt(secret, node.clock.now());
      const answers = await Promise.all([login(email, { totp }), login(email, { totp })]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
      await login(email, { totp }).expect(401);
    });

    it('takes a code of the step before, not of two before', async () => {
      const { email } = await newAccount();
      const { secret } = await enrol(email);
      node.clock.advance(300_000);
      const now = node.clock.now().getTime();
      await login(email, { totp: codeAt(secret, new Date(now - 60_000)) }).expect(401);
      await login(email, { totp: codeAt(secret, new Date(now - 30_000)) }).expect(200);
    });

    it('has ten recovery codes, each good once', async () => {
      const { email } = await newAccount();
      const { recoveryCodes, accessToken } = await enrol(email);
      expect(recoveryCodes).toHaveLength(10);
      await login(email, { recoveryCode: recoveryCodes[0]!.toUpperCase() }).expect(200);
      await login(email, { recoveryCode: recoveryCodes[0] }).expect(401);
      const status = await call('get', 'auth/totp', accessToken).expect(200);
      expect(status.body).toMatchObject({ isActive: true, recoveryCodesLeft: 9, allowedActions: ['remove'] });
    });

    it('is removed by who knows the password', async () => {
      const { email } = await newAccount();
      const { accessToken } = await enrol(email);
      const { headers } = await call('get', 'auth/totp', accessToken);
      const remove = (password: string) =>
        call('delete', 'auth/totp', accessToken)
          .set('if-match', headers.etag as string)
          .send({ password });
      await remove('not this one').expect(403);
      await call('delete', 'auth/totp', accessToken).send({ password: PASSWORD }).expect(428);
      await remove(PASSWORD).expect(204);
      await login(email).expect(200);
    });

    it('limits the session of who has none where the organisation requires it', async () => {
      const { email } = await newAccount();
      const full = await signIn(email);
      await superuser.query('update ronda.organisation set totp_required = true');
      // At once, for sessions that are open.
      await call('get', 'me', full.accessToken).expect(403);
      const answer = await login(email).expect(200);
      expect(answer.body.totpEnrolmentRequired).toBe(true);
      const limited = answer.body.accessToken as string;
      await call('get', 'organisations', limited).expect(403);
      const other = await signIn(email);
      const { body } = await call('post', 'auth/totp', limited).expect(200);
      await call('post', 'auth/totp/confirm', limited)
        .send({ code: codeAt(body.secret, node.clock.now()) })
        .expect(200);
      await call('get', 'organisations', limited).expect(200);
      // Sessions that knew the password alone have ended.
      await call('get', 'me', other.accessToken).expect(401);
      await superuser.query('update ronda.organisation set totp_required = false');
    });

    it('keeps its seed sealed', async () => {
      const { email, userKey } = await newAccount();
      const { secret } = await enrol(email);
      const { rows } = await superuser.query<{ totp_sealed: Buffer }>(
        'select totp_sealed from ronda.user_secret where user_key = $1',
        [userKey],
      );
      expect(rows[0]!.totp_sealed.includes(Buffer.from(Secret.fromBase32(secret).bytes))).toBe(false);
    });
  });

  describe('the own account', () => {
    it('changes its password, which ends other sessions', async () => {
      const { email } = await newAccount();
      const here = await signIn(email);
      const there = await signIn(email);
      const change = (currentPassword: string, newPassword: string) =>
        call('post', 'me/password', here.accessToken).send({ currentPassword, newPassword });
      await change('not this one', NEW_PASSWORD).expect(403);
      const weak = await change(PASSWORD, 'Password1234!').expect(400);
      expect(weak.body.errors[0].pointer).toBe('/newPassword');
      await change(PASSWORD, 'short').expect(400);
      await change(PASSWORD, NEW_PASSWORD).expect(200);
      await call('get', 'me', here.accessToken).expect(200);
      await call('get', 'me', there.accessToken).expect(401);
      await login(email).expect(401);
      await login(email, { password: NEW_PASSWORD }).expect(200);
    });

    it('lists and ends its own sessions and nobody else’s', async () => {
      const mine = await newAccount();
      const others = await newAccount();
      const { accessToken } = await signIn(mine.email);
      const gone = await signIn(mine.email);
      const stranger = await signIn(others.email);
      const list = await call('get', 'me/sessions?limit=1', accessToken).expect(200);
      expect(list.body.items).toHaveLength(1);
      expect(list.headers.link).toMatch(/rel="next"/);
      const whole = await call('get', 'me/sessions', accessToken).expect(200);
      const target = whole.body.items.find((item: { isCurrent: boolean }) => !item.isCurrent);
      const one = await call('get', `me/sessions/${target.id}`, accessToken).expect(200);
      await call('get', `me/sessions/${target.id}`, stranger.accessToken).expect(404);
      await call('delete', `me/sessions/${target.id}`, stranger.accessToken).set('if-match', '*').expect(404);
      await call('delete', `me/sessions/${target.id}`, accessToken).expect(428);
      await call('delete', `me/sessions/${target.id}`, accessToken).set('if-match', '"old"').expect(412);
      await call('delete', `me/sessions/${target.id}`, accessToken)
        .set('if-match', one.headers.etag as string)
        .expect(204);
      await call('get', 'me', gone.accessToken).expect(401);
    });

    it('makes keys that open no more than it may do, shown once, and revoked at once', async () => {
      const { email } = await newAccount();
      const { accessToken } = await signIn(email);
      const expiresAt = new Date(node.clock.now().getTime() + 86_400_000).toISOString();
      const create = (body: object, key: string) =>
        call('post', 'me/api-keys', accessToken).set('idempotency-key', key).send(body);
      const beyond = await create({ name: 'x', scopes: ['self', 'region:admin'], expiresAt }, 'a').expect(400);
      expect(beyond.body.errors).toEqual([expect.objectContaining({ pointer: '/scopes/1' })]);
      await create({ name: 'x', scopes: ['self'], expiresAt: '2040-01-01T00:00:00Z' }, 'b').expect(400);
      const made = await create({ name: 'x', scopes: ['self'], expiresAt }, 'c').expect(201);
      expect(made.body.secret).toMatch(/^ronda_key_[\w-]{43}$/);
      expect(made.headers.location).toBe(`/api/v1/me/api-keys/${made.body.id}`);
      const again = await create({ name: 'x', scopes: ['self'], expiresAt }, 'c').expect(201);
      expect(again.body).toEqual({ ...made.body, secret: null });
      const key = made.body.secret as string;
      await call('get', 'me', key).expect(200);
      await call('get', 'organisations', key).expect(403);
      // A key makes no keys.
      await call('post', 'me/api-keys', key)
        .send({ name: 'y', scopes: ['self'], expiresAt })
        .expect(403);
      const basic = (user: string, password: string) =>
        supertest(node.url).get('/api/v1/me').auth(user, password, { type: 'basic' });
      await basic('anything', key).expect(200);
      await basic(email, PASSWORD).expect(401);
      await basic('x', accessToken).expect(401);
      const path = `me/api-keys/${made.body.id}`;
      const { headers } = await call('get', path, accessToken);
      await call('delete', path, accessToken).set('if-match', '"another.version"').expect(412);
      await call('delete', path, accessToken)
        .set('if-match', headers.etag as string)
        .expect(204);
      await call('get', 'me', key).expect(401);
      await basic('anything', key).expect(401);
    });

    it('revokes what is used meanwhile: a cache learns of the use, and who read it before is not told to read it again', async () => {
      const { email } = await newAccount();
      const { accessToken } = await signIn(email);
      const expiresAt = new Date(node.clock.now().getTime() + 86_400_000).toISOString();
      const made = await call('post', 'me/api-keys', accessToken)
        .send({ name: 'in use', scopes: ['self'], expiresAt })
        .expect(201);
      const key = `me/api-keys/${made.body.id}`;
      const unused = await call('get', key, accessToken).expect(200);
      expect(unused.body.lastUsedAt).toBeNull();
      const keyTag = unused.headers.etag as string;
      await call('get', key, accessToken).set('if-none-match', keyTag).expect(304);
      await call('get', 'me', made.body.secret as string).expect(200);
      for (const each of node.nodes) await each.get(CredentialUse, { strict: false }).flush();
      const used = await call('get', key, accessToken).set('if-none-match', keyTag).expect(200);
      expect(used.body.lastUsedAt).toBe(node.clock.now().toISOString());
      await call('delete', key, accessToken).set('if-match', keyTag).expect(204);
      await call('get', 'me', made.body.secret as string).expect(401);

      const other = await signIn(email);
      const { items } = (await call('get', 'me/sessions', accessToken).expect(200)).body as {
        items: { id: string; isCurrent: boolean }[];
      };
      const session = `me/sessions/${items.find((each) => !each.isCurrent)?.id}`;
      const sessionTag = (await call('get', session, accessToken).expect(200)).headers.etag as string;
      node.clock.advance(60_000);
      const refreshed = await call('post', 'auth/refresh').send({ refreshToken: other.refreshToken }).expect(200);
      await call('get', session, accessToken).set('if-none-match', sessionTag).expect(200);
      await call('delete', session, accessToken).set('if-match', sessionTag).expect(204);
      await call('get', 'me', refreshed.body.accessToken as string).expect(401);
    });

    it('stores no token and no password as it is', async () => {
      const { email } = await newAccount();
      const { accessToken, refreshToken } = await signIn(email);
      const { rows } = await superuser.query<{ text: string }>(
        `select (select string_agg(c::text, '') from ronda.credential c) || (select string_agg(s::text, '') from ronda.user_secret s)
           || coalesce((select string_agg(o::text, '') from ronda.outbox o), '') as text`,
      );
      for (const secret of [accessToken, refreshToken, PASSWORD]) {
        expect(rows[0]!.text).not.toContain(secret);
        expect(rows[0]!.text).not.toContain(Buffer.from(secret).toString('hex'));
      }
    });

    it('renames itself', async () => {
      const { email } = await newAccount();
      const { accessToken } = await signIn(email);
      const { headers } = await call('get', 'me', accessToken);
      await call('patch', 'me', accessToken).send({ displayName: 'New' }).expect(428);
      const answer = await call('patch', 'me', accessToken)
        .set('if-match', headers.etag as string)
        .send({ displayName: 'New' })
        .expect(200);
      expect(answer.body.displayName).toBe('New');
    });
  });
});
