import { Secret, TOTP } from 'otpauth';
import pg from 'pg';
import supertest from 'supertest';
import { FoundRegion } from '../../src/modules/identity/index.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

const PASSWORD = 'seven quiet boats at low tide';

interface Person {
  token: string;
  userId: string;
  organisation: string;
  secret: string;
  email: string;
}

describe('organisations, from the first on, through HTTP alone', () => {
  let database: TestDatabase;
  let node: TestApp;
  let superuser: pg.Client;
  let root: Person;

  const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string, token?: string): supertest.Test => {
    const request = supertest(node.url)[method](`/api/v1/${path}`);
    return token === undefined ? request : request.set('authorization', `Bearer ${token}`);
  };
  const etag = async (path: string, token: string): Promise<string> =>
    (await call('get', path, token).expect(200)).headers.etag as string;
  const change = async (path: string, token: string, body: object): Promise<supertest.Response> =>
    call('patch', path, token)
      .set('if-match', await etag(path, token))
      .send(body);

  /** Accepts an invitation, signs in and enrols a second factor: what every person does first. */
  async function arrive(link: string, email: string, organisation: string): Promise<Person> {
    await call('post', 'invitations/accept', link).send({ password: PASSWORD }).expect(204);
    const { body } = await call('post', 'auth/login').send({ email, password: PASSWORD }).expect(200);
    const token = body.accessToken as string;
    if (body.totpEnrolmentRequired) {
      const enrolment = await call('post', 'auth/totp', token).expect(200);
      const secret = enrolment.body.secret as string;
      const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: node.clock.now().getTime() });
      await call('post', 'auth/totp/confirm', token).send({ code }).expect(200);
      return { token, userId: body.user.id, organisation, secret, email };
    }
    return { token, userId: body.user.id, organisation, secret: '', email };
  }
  const register = async (by: Person, body: object): Promise<string> => {
    const answer = await call('post', 'organisations', by.token).send(body);
    expect(answer.body).toMatchObject({ standing: 'applicant' });
    expect(answer.status).toBe(201);
    return answer.body.id as string;
  };
  const staff = async (by: Person, organisation: string, email: string, roles = ['admin']): Promise<Person> => {
    const { body } = await call('post', `organisations/${organisation}/users`, by.token)
      .send({ email, roles })
      .expect(201);
    return arrive(body.link.token, email, organisation);
  };
  const designation = { designatedBy: 'Government', designatedOn: '2026-01-01', document: 'Decree 1' };
  const memberCert = async (country: string): Promise<Person> => {
    const id = await register(root, { name: `${country} CERT`, kind: 'national-cert', country });
    const admin = await staff(root, id, `admin@${country.toLowerCase()}.example`);
    const { body } = await call('post', `organisations/${id}/designation`, root.token).send(designation).expect(200);
    expect(body).toMatchObject({ standing: 'active', designation });
    return admin;
  };
  let vn: Person;
  let th: Person;
  let sg: Person;

  beforeAll(async () => {
    database = await createTestDatabase();
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    node = await startTestApp(database);
    const email = 'root@secretariat.example';
    const link = await node.app.get(FoundRegion).run({ email, displayName: 'Root' });
    root = await arrive(link!.token, email, '');
    const { body } = await call('get', 'me', root.token).expect(200);
    root.organisation = body.organisation.id;
    [vn, th, sg] = [await memberCert('VN'), await memberCert('TH'), await memberCert('SG')];
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
    await database.drop();
  });

  it('lists the directory in the region’s order, page by page', async () => {
    const names: string[] = [];
    let next: string | null = 'organisations?limit=2';
    while (next) {
      const page: supertest.Response = await call('get', next, vn.token).expect(200);
      names.push(...page.body.items.map((item: { name: string }) => item.name));
      const link = /<\/api\/v1\/([^>]+)>; rel="next"/.exec(page.headers.link ?? '');
      expect(link === null).toBe(page.body.next === null);
      next = link?.[1] ?? null;
    }
    expect(names).toEqual(['SG CERT', 'TH CERT', 'VN CERT', 'ASEAN Secretariat']);
    const filtered = await call('get', 'organisations?country=VN&country=TH&kind=national-cert', vn.token).expect(200);
    expect(filtered.body.items).toHaveLength(2);
    await call('get', 'organisations?kind=club', vn.token).expect(400);
    await call('get', 'organisations?cursor=WzEsMl0', vn.token).expect(400);
  });

  it('takes two sponsors of two member states, and the secretariat’s word', async () => {
    const id = await register(root, { name: 'JP CERT', kind: 'national-cert', country: 'JP' });
    const jp = await staff(root, id, 'admin@jp.example');
    const sponsor = (by: Person) =>
      call('post', `organisations/${id}/sponsorships`, by.token).send({ statement: 'We know them.' });
    await call('post', `organisations/${id}/designation`, root.token).send(designation).expect(409);
    await call('post', `organisations/${id}/activation`, root.token).expect(409);
    await sponsor(jp).expect(403);
    expect((await sponsor(vn).expect(200)).body.standing).toBe('applicant');
    await sponsor(vn).expect(409);
    await sponsor(root).expect(403);
    await call('post', `organisations/${id}/activation`, vn.token).expect(403);
    const second = await sponsor(th).expect(200);
    expect(second.body.standing).toBe('sponsored');
    expect(second.body.sponsors.map((sponsor: { country: string }) => sponsor.country).sort()).toEqual(['TH', 'VN']);
    await call('post', `organisations/${id}/activation`, jp.token).expect(403);
    expect((await call('post', `organisations/${id}/activation`, root.token).expect(200)).body.standing).toBe('active');
    // A dialogue partner sponsors nobody and decides on nobody.
    const nz = await register(root, { name: 'NZ CERT', kind: 'national-cert', country: 'NZ' });
    await call('post', `organisations/${nz}/sponsorships`, jp.token).send({ statement: 'x' }).expect(404);
  });

  it('registers one national CERT a country', async () => {
    const answer = await call('post', 'organisations', root.token).send({
      name: 'Another',
      kind: 'national-cert',
      country: 'VN',
    });
    expect(answer.status).toBe(409);
    const faults = await call('post', 'organisations', root.token).send({
      name: 'X',
      kind: 'national-cert',
      country: 'XX',
    });
    expect(faults.status).toBe(400);
  });

  it('lets a national CERT have constituents that only it sees', async () => {
    await call('post', 'organisations', vn.token)
      .send({ name: 'Rival', kind: 'national-cert', country: 'MY' })
      .expect(403);
    await call('post', 'organisations', vn.token)
      .send({ name: 'Theirs', kind: 'constituent', parent: th.organisation })
      .expect(403);
    const bank = await register(vn, { name: 'Bank of Examples', kind: 'constituent' });
    const admin = await staff(vn, bank, 'admin@bank.example');
    expect((await call('get', `organisations/${bank}`, vn.token).expect(200)).body).toMatchObject({
      parent: { id: vn.organisation },
      country: 'VN',
    });
    // An applicant shows itself to its possible sponsors; once active it is its CERT's alone.
    await superuser.query(`update ronda.organisation set standing = 'active' where id = $1`, [bank]);
    const hidden = await call('get', `organisations/${bank}`, th.token).expect(404);
    const absent = await call('get', 'organisations/00000000-0000-4000-8000-000000000000', th.token).expect(404);
    expect({ ...hidden.body, requestId: 0 }).toEqual({ ...absent.body, requestId: 0 });
    // Its CERT invited the first administrator and nobody after.
    await call('post', `organisations/${bank}/users`, vn.token)
      .send({ email: 'spy@bank.example', roles: ['admin'] })
      .expect(403);
    for (const path of ['users', 'contacts', 'networks', 'duty'])
      await call('get', `organisations/${bank}/${path}`, th.token).expect(404);
    expect((await call('get', 'organisations', admin.token).expect(200)).body.items.length).toBeGreaterThan(1);
  });

  it('suspends on the word of two organisations, at once, and takes it back in the same way', async () => {
    const ph = await memberCert('PH');
    const decision = { reason: 'Breach of trust', decidedOn: '2026-11-01', document: 'Minutes 14' };
    const path = (step: string): string => `organisations/${ph.organisation}/${step}`;
    await call('post', path('suspension'), ph.token).send(decision).expect(403);
    expect((await call('post', path('suspension'), vn.token).send(decision).expect(200)).body).toMatchObject({
      standing: 'active',
      openDecision: { decision: 'suspend', enteredBy: { id: vn.organisation } },
    });
    await call('post', path('suspension/confirm'), vn.token).expect(403);
    await call('post', path('suspension/confirm'), ph.token).expect(403);
    await call('post', path('reinstatement/confirm'), th.token).expect(409);
    await call('post', path('suspension'), th.token).send(decision).expect(409);
    await call('get', `organisations/${vn.organisation}`, ph.token).expect(200);
    expect((await call('post', path('suspension/confirm'), th.token).expect(200)).body.standing).toBe('suspended');
    // The very next request of the suspended: itself, and nobody else.
    await call('get', `organisations/${vn.organisation}`, ph.token).expect(404);
    const left = await call('get', 'organisations', ph.token).expect(200);
    expect(left.body.items.map((item: { id: string }) => item.id)).toEqual([ph.organisation]);
    const other = await register(root, { name: 'LA CERT', kind: 'national-cert', country: 'LA' });
    await call('post', `organisations/${other}/sponsorships`, ph.token).send({ statement: 'x' }).expect(404);

    await call('post', path('reinstatement'), root.token).send(decision).expect(200);
    await call('post', path('reinstatement/withdraw'), th.token).expect(403);
    await call('post', path('reinstatement/withdraw'), root.token).expect(200);
    await call('post', path('reinstatement'), th.token).send(decision).expect(200);
    const answer = await call('post', path('reinstatement/confirm'), root.token).expect(200);
    expect(answer.body).toMatchObject({ standing: 'active', openDecision: null });
    await call('get', `organisations/${vn.organisation}`, ph.token).expect(200);
  });

  it('repeats a step only once', async () => {
    const id = await register(root, { name: 'MM CERT', kind: 'national-cert', country: 'MM' });
    const sponsor = () =>
      call('post', `organisations/${id}/sponsorships`, vn.token)
        .set('idempotency-key', 'sponsor-mm')
        .send({ statement: 'x' });
    const first = await sponsor().expect(200);
    const again = await sponsor().expect(200);
    expect(again.body).toEqual(first.body);
    await call('post', `organisations/${id}/sponsorships`, vn.token)
      .set('idempotency-key', 'sponsor-mm')
      .send({ statement: 'y' })
      .expect(422);
  });

  it('lets an organisation set itself up and nobody else', async () => {
    const path = `organisations/${vn.organisation}`;
    await call('patch', path, vn.token).send({ relayGreen: true }).expect(428);
    await call('patch', path, vn.token).set('if-match', '"x"').send({ relayGreen: true }).expect(412);
    expect((await change(path, vn.token, { relayGreen: true, languages: ['vi', 'en'] })).body).toMatchObject({
      settings: { relayGreen: true, totpRequired: true },
      languages: ['vi', 'en'],
    });
    expect((await change(path, th.token, { totpRequired: false })).status).toBe(403);
    expect((await change(path, root.token, { totpRequired: false })).status).toBe(403);
    expect((await change(path, vn.token, { name: 'TH CERT' })).status).toBe(403);
    expect((await change(path, root.token, { name: 'VNCERT' })).body.name).toBe('VNCERT');
    expect((await call('get', path, th.token)).body.settings).toBeNull();
    await call('patch', path, vn.token).send({ standing: 'active' }).expect(400);
    await call('patch', 'organisations/00000000-0000-4000-8000-000000000000', vn.token).send({}).expect(404);
  });

  describe('people', () => {
    const users = (organisation: string): string => `organisations/${organisation}/users`;

    it('come by a link that works once', async () => {
      const { body } = await call('post', users(vn.organisation), vn.token)
        .set('idempotency-key', 'invite-1')
        .send({ email: 'New@VN.example', displayName: 'New', roles: ['analyst'] })
        .expect(201);
      expect(body).toMatchObject({ email: 'new@vn.example', status: 'invited', link: { token: expect.any(String) } });
      const again = await call('post', users(vn.organisation), vn.token)
        .set('idempotency-key', 'invite-1')
        .send({ email: 'New@VN.example', displayName: 'New', roles: ['analyst'] })
        .expect(201);
      expect(again.body).toEqual({ ...body, link: null });
      await call('post', users(vn.organisation), vn.token)
        .send({ email: 'new@vn.example', roles: ['analyst'] })
        .expect(409);
      const link = body.link.token as string;
      expect((await call('get', 'invitations/current', link).expect(200)).body).toMatchObject({
        organisation: 'VNCERT',
        email: 'new@vn.example',
      });
      await call('get', 'organisations', link).expect(403);
      await call('get', 'me', link).expect(403);
      await call('post', 'auth/reset', link).send({ newPassword: PASSWORD }).expect(403);
      const weak = await call('post', 'invitations/accept', link).send({ password: 'new@vn.example1' }).expect(400);
      expect(weak.body.errors[0].pointer).toBe('/password');
      const answers = await Promise.all(
        [1, 2, 3].map(() =>
          call('post', 'invitations/accept', link)
            .send({ password: PASSWORD, displayName: 'Newer' })
            .then(({ status }) => status),
        ),
      );
      expect(answers.sort()).toEqual([204, 401, 401]);
      await call('get', 'invitations/current', link).expect(401);
    });

    it('are invited by their own administrators alone', async () => {
      for (const stranger of [th, root])
        await call('post', users(vn.organisation), stranger.token)
          .send({ email: 'mole@vn.example', roles: ['admin'] })
          .expect(403);
      const analyst = await staff(vn, vn.organisation, 'analyst1@vn.example', ['analyst']);
      await call('post', users(vn.organisation), analyst.token)
        .send({ email: 'friend@vn.example', roles: ['admin'] })
        .expect(403);
    });

    it('may have an address that another organisation uses, and nobody learns of it', async () => {
      const before = await call('post', users(th.organisation), th.token).send({
        email: 'twice@x.example',
        roles: ['analyst'],
      });
      const after = await call('post', users(vn.organisation), vn.token).send({
        email: 'twice@x.example',
        roles: ['analyst'],
      });
      expect([before.status, after.status]).toEqual([201, 201]);
      await call('post', 'invitations/accept', before.body.link.token).send({ password: PASSWORD }).expect(204);
      const other = 'eleven green lamps in the rain';
      await call('post', 'invitations/accept', after.body.link.token).send({ password: other }).expect(204);
      for (const [password, organisation] of [
        [PASSWORD, th.organisation],
        [other, vn.organisation],
      ]) {
        const { body } = await call('post', 'auth/login').send({ email: 'twice@x.example', password }).expect(200);
        expect(body.user.organisation.id).toBe(organisation);
      }
    });

    it('show others who is active, by name and role', async () => {
      const own = await call('get', users(vn.organisation), vn.token).expect(200);
      expect(own.body.items.some((item: { email: string | null }) => item.email !== null)).toBe(true);
      const seen = await call('get', users(vn.organisation), th.token).expect(200);
      expect(seen.body.items.length).toBeGreaterThan(0);
      for (const item of seen.body.items)
        expect(item).toMatchObject({ email: null, status: 'active', allowedActions: [] });
      const invited = await call('post', users(vn.organisation), vn.token).send({
        email: 'ghost@vn.example',
        roles: ['analyst'],
      });
      await call('get', `${users(vn.organisation)}/${invited.body.id}`, th.token).expect(404);
      await call('get', `${users(vn.organisation)}/${invited.body.id}`, vn.token).expect(200);
      await call('get', `${users(th.organisation)}/${invited.body.id}`, vn.token).expect(404);
    });

    it('are disabled on the very next request, keys and all', async () => {
      const person = await staff(vn, vn.organisation, 'leaver@vn.example', ['analyst']);
      const expiresAt = new Date(node.clock.now().getTime() + 86_400_000).toISOString();
      const key = await call('post', 'me/api-keys', person.token).send({ name: 'k', scopes: ['self'], expiresAt });
      const path = `${users(vn.organisation)}/${person.userId}`;
      expect((await change(path, th.token, { status: 'disabled' })).status).toBe(403);
      expect((await change(path, person.token, { roles: ['admin'] })).status).toBe(403);
      expect((await change(path, vn.token, { status: 'disabled' })).body).toMatchObject({ status: 'disabled' });
      await call('get', 'me', person.token).expect(401);
      await call('get', 'me', key.body.secret).expect(401);
      await change(path, vn.token, { status: 'active' });
      // What was revoked stays so.
      await call('get', 'me', person.token).expect(401);
      await call('get', 'me', key.body.secret).expect(401);
    });

    it('never lose their last administrator, not even to two at once', async () => {
      const own = `${users(sg.organisation)}/${sg.userId}`;
      expect((await change(own, sg.token, { roles: ['analyst'] })).status).toBe(409);
      expect((await change(own, sg.token, { status: 'disabled' })).status).toBe(409);
      const second = await staff(sg, sg.organisation, 'second@sg.example');
      const other = `${users(sg.organisation)}/${second.userId}`;
      const [ownTag, otherTag] = [await etag(own, second.token), await etag(other, sg.token)];
      const answers = await Promise.all([
        call('patch', other, sg.token)
          .set('if-match', otherTag)
          .send({ roles: ['analyst'] }),
        call('patch', own, second.token)
          .set('if-match', ownTag)
          .send({ roles: ['analyst'] }),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const { rows } = await superuser.query(
        `select u.key from ronda.user_account u join ronda.organisation o on o.key = u.org_key
          where o.id = $1 and u.status = 'active' and 'admin' = any (u.roles)`,
        [sg.organisation],
      );
      expect(rows).toHaveLength(1);
    });

    it('reset a forgotten password by a link, and a lost second factor with it', async () => {
      const person = await staff(vn, vn.organisation, 'forgetful@vn.example', ['analyst']);
      const path = `${users(vn.organisation)}/${person.userId}/password-reset`;
      await call('post', path, th.token).send({}).expect(403);
      await call('post', path, root.token).send({}).expect(403);
      const first = await call('post', path, vn.token).send({}).expect(200);
      const second = await call('post', path, vn.token).send({ clearsSecondFactor: true }).expect(200);
      const next = 'eleven green lamps in the rain';
      // The newer link ends the one before.
      await call('post', 'auth/reset', first.body.link.token).send({ newPassword: next }).expect(401);
      const link = second.body.link.token as string;
      await call('post', 'invitations/accept', link).send({ password: next }).expect(403);
      for (let attempt = 0; attempt < 8; attempt += 1)
        await call('post', 'auth/login').send({ email: person.email, password: 'not this one' });
      await call('post', 'auth/reset', link).send({ newPassword: next }).expect(204);
      await call('get', 'me', person.token).expect(401);
      await call('post', 'auth/reset', link).send({ newPassword: PASSWORD }).expect(401);
      const { body } = await call('post', 'auth/login').send({ email: person.email, password: next }).expect(200);
      expect(body.totpEnrolmentRequired).toBe(true);
    });

    it('have 72 hours to come', async () => {
      const { body } = await call('post', users(vn.organisation), vn.token)
        .send({ email: 'slow@vn.example', roles: ['analyst'] })
        .expect(201);
      node.clock.advance(72 * 3_600_000 + 1);
      await call('get', 'invitations/current', body.link.token).expect(401);
      node.clock.advance(-72 * 3_600_000 - 1);
      const again = await call('post', `${users(vn.organisation)}/${body.id}/invitation`, vn.token).expect(200);
      await call('get', 'invitations/current', body.link.token).expect(401);
      await call('get', 'invitations/current', again.body.link.token).expect(200);
    });
  });

  describe('the directory', () => {
    const contact = {
      kind: 'point-of-contact',
      is24x7: true,
      name: 'Duty desk',
      email: 'duty@vn.example',
      languages: ['vi', 'en'],
      timeZone: 'Asia/Ho_Chi_Minh',
    };
    const of = (person: Person, noun: string): string => `organisations/${person.organisation}/${noun}`;

    it('keeps contacts, whose change has to be verified anew', async () => {
      const { body } = await call('post', of(vn, 'contacts'), vn.token).send(contact).expect(201);
      expect(body).toMatchObject({ ...contact, phone: null, lastVerifiedAt: null });
      await call('post', of(vn, 'contacts'), th.token).send(contact).expect(403);
      const path = of(vn, `contacts/${body.id}`);
      const unverified = await etag(path, vn.token);
      const verified = await call('post', `${path}/verification`, vn.token).expect(200);
      expect(verified.body.lastVerifiedAt).toBe(node.clock.now().toISOString());
      const changed = await change(path, vn.token, { phone: '+84 24 1234 5678', email: null });
      expect(changed.body).toMatchObject({
        phone: '+84 24 1234 5678',
        email: null,
        name: 'Duty desk',
        lastVerifiedAt: null,
      });
      expect((await call('get', of(vn, 'contacts'), th.token).expect(200)).body.items).toHaveLength(1);
      expect((await change(path, th.token, { name: 'x' })).status).toBe(403);
      await call('get', of(th, `contacts/${body.id}`), vn.token).expect(404);
      await call('delete', path, vn.token).expect(428);
      // Of two who change what both have read, one is told.
      const tag = await etag(path, vn.token);
      const both = await Promise.all(
        [{ name: 'Night desk' }, { email: 'night@vn.example' }].map((body) =>
          call('patch', path, vn.token).set('if-match', tag).send(body),
        ),
      );
      expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
      await call('delete', path, vn.token).set('if-match', unverified).expect(412);
      await call('delete', path, vn.token)
        .set('if-match', await etag(path, vn.token))
        .expect(204);
      await call('get', path, vn.token).expect(404);
    });

    it('lets who read a contact or a network change it though a check or somebody else’s network came between', async () => {
      const { id } = (await call('post', of(vn, 'contacts'), vn.token).send(contact).expect(201)).body;
      const path = of(vn, `contacts/${id}`);
      const tag = await etag(path, vn.token);
      await call('post', `${path}/verification`, vn.token).expect(200);
      await call('get', path, vn.token).set('if-none-match', tag).expect(200);
      await call('patch', path, vn.token).set('if-match', tag).send({ name: 'Desk' }).expect(200);
      await call('delete', path, vn.token).set('if-match', tag).expect(412);
      const network = await call('post', of(vn, 'networks'), vn.token).send({ value: '203.0.113.0/25' }).expect(201);
      const networkPath = of(vn, `networks/${network.body.id}`);
      const networkTag = await etag(networkPath, vn.token);
      await call('post', of(th, 'networks'), th.token).send({ value: '203.0.113.0/26' }).expect(201);
      expect(await etag(networkPath, vn.token)).not.toBe(networkTag);
      await call('delete', networkPath, vn.token).set('if-match', networkTag).expect(204);
    });

    it('finds who answers for an address, the most specific first, and tells of overlaps', async () => {
      const add = (by: Person, value: string) => call('post', of(by, 'networks'), by.token).send({ value });
      for (const value of ['192.0.2.99/24', 'AS64500', 'Gov.VN.example.', '2001:db8:1::/48'])
        await add(vn, value).expect(201);
      await call('post', of(vn, 'contacts'), vn.token).send(contact).expect(201);
      const overlap = await add(th, '192.0.2.128/25').expect(201);
      expect(overlap.body).toMatchObject({
        value: '192.0.2.128/25',
        overlaps: [{ organisation: { id: vn.organisation }, value: '192.0.2.0/24' }],
      });
      await add(th, '192.0.2.128/25').expect(409);
      await add(th, '0.0.0.0/0').expect(400);
      await add(th, 'not an address').expect(400);
      const find = async (address: string): Promise<string[]> =>
        (await call('get', `directory?address=${encodeURIComponent(address)}`, sg.token).expect(200)).body.items.map(
          (item: { organisation: { id: string } }) => item.organisation.id,
        );
      expect(await find('192.0.2.200')).toEqual([th.organisation, vn.organisation]);
      expect(await find('192.0.2.1')).toEqual([vn.organisation]);
      expect(await find('192.0.2.128/26')).toEqual([th.organisation, vn.organisation]);
      expect(await find('198.51.100.1')).toEqual([]);
      expect(await find('as64500')).toEqual([vn.organisation]);
      expect(await find('mail.dept.gov.vn.example')).toEqual([vn.organisation]);
      expect(await find('notgov.vn.example')).toEqual([]);
      expect(await find('2001:db8:1:2::3')).toEqual([vn.organisation]);
      await call('get', 'directory?address=%20', sg.token).expect(400);
      const { body } = await call('get', 'directory?address=192.0.2.1', sg.token).expect(200);
      expect(body.items[0].contacts[0]).toMatchObject({ kind: 'point-of-contact', allowedActions: [] });
    });

    it('keeps a duty list of its own people', async () => {
      const duty = { dutyRole: 'incident-response', position: 'primary', startsAt: '2026-11-01T00:00:00Z' };
      const post = (userId: string, extra: object = {}) =>
        call('post', of(vn, 'duty'), vn.token).send({ ...duty, userId, ...extra });
      await post(th.userId).expect(400);
      await post('00000000-0000-4000-8000-000000000000').expect(400);
      await post(vn.userId, { dutyRole: 'Incident Response' }).expect(400);
      await post(vn.userId, { endsAt: '2026-10-01T00:00:00Z' }).expect(400);
      for (const startsAt of ['2026-W47-5', '2026-324', '2026-11-20T10', '2026-11-20T10:00:00', '2026-02-30T00:00:00Z'])
        expect((await post(vn.userId, { startsAt }).expect(400)).body.errors[0].pointer).toBe('/startsAt');
      const { body } = await post(vn.userId, { endsAt: '2027-01-01T00:00:00Z' }).expect(201);
      expect(body).toMatchObject({ userId: vn.userId, dutyRole: 'incident-response' });
      expect((await call('get', of(vn, 'duty'), th.token).expect(200)).body.items).toHaveLength(1);
      const path = of(vn, `duty/${body.id}`);
      await call('delete', path, th.token).set('if-match', '*').expect(403);
      await call('delete', path, vn.token)
        .set('if-match', await etag(path, vn.token))
        .expect(204);
    });
  });

  it('hands the secretariat over, and retires what is suspended', async () => {
    const id = await register(root, { name: 'Centre', kind: 'regional-body' });
    const centre = await staff(root, id, 'admin@centre.example');
    const handOver = (to: string, by: Person, until = '2029-12-31') =>
      call('post', `organisations/${to}/secretariat`, by.token).send({ until });
    await handOver(id, root).expect(409);
    for (const by of [vn, th])
      await call('post', `organisations/${id}/sponsorships`, by.token).send({ statement: 'x' });
    await call('post', `organisations/${id}/activation`, root.token).expect(200);
    await handOver(id, centre).expect(403);
    await handOver(id, root, '2026-01-01').expect(400);
    expect((await handOver(id, root).expect(200)).body).toMatchObject({
      isSecretariat: true,
      secretariatUntil: '2029-12-31',
    });
    await handOver(root.organisation, root).expect(403);
    expect((await call('get', 'me', centre.token)).body.permissions).toContain('region:admin');
    await call('post', `organisations/${vn.organisation}/retirement`, centre.token).expect(409);
    await superuser.query(`update ronda.organisation set standing = 'suspended' where id = $1`, [root.organisation]);
    await call('post', `organisations/${root.organisation}/retirement`, centre.token).expect(200);
    await call('get', 'me', root.token).expect(401);
    await call('post', 'auth/login').send({ email: root.email, password: PASSWORD }).expect(401);
  });
});
