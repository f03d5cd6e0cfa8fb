import pg from 'pg';
import { Passwords } from '../../src/modules/identity/credentials/passwords.js';
import { SeedAccounts } from '../../src/modules/identity/index.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

const PASSWORD = 'seven quiet boats at low tide';

describe('two nodes on one database', () => {
  let database: TestDatabase;
  let one: TestApp;
  let two: TestApp;
  let cast: Cast;
  let superuser: pg.Client;
  let seed: SeedAccounts;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    [one, two] = [await startTestApp(database), await startTestApp(database)];
    seed = one.app.get(SeedAccounts);
  });
  afterAll(async () => {
    await superuser.end();
    await Promise.all([one.close(), two.close()]);
    await database.drop();
  });

  const newAnalyst = (email: string) =>
    seed.createAccount(cast['vn.admin']!.key, {
      organisationKey: cast.stages.vn!.key,
      email,
      displayName: 'Analyst',
      roles: ['analyst'],
      password: PASSWORD,
    });

  it('find what one of them has ended ended on the other’s next request', async () => {
    const { apiKey, userKey } = await newAnalyst('one@vn.example');
    for (const node of [one, two]) await new Api(node.url).withToken(apiKey).get('me').expect(200);
    const { body } = await new Api(one.url)
      .as(null)
      .post('auth/login', { email: 'one@vn.example', password: PASSWORD });
    const session = body.accessToken as string;
    await new Api(two.url).withToken(session).get('me').expect(200);
    await new Api(one.url).withToken(session).post('auth/logout').expect(204);
    await new Api(two.url).withToken(session).get('me').expect(401);
    await superuser.query('update ronda.credential set revoked_at = $2 where user_key = $1', [
      userKey,
      one.clock.now(),
    ]);
    for (const node of [one, two]) await new Api(node.url).withToken(apiKey).get('me').expect(401);
  });

  it('take a code, a link and a refresh token once between them', async () => {
    await newAnalyst('two@vn.example');
    const { body } = await new Api(one.url)
      .as(null)
      .post('auth/login', { email: 'two@vn.example', password: PASSWORD });
    const answers = await Promise.all(
      [one, two].map((node) => new Api(node.url).as(null).post('auth/refresh', { refreshToken: body.refreshToken })),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it('do the same work for every failed sign-in, whatever is wrong', async () => {
    const disabled = await newAnalyst('disabled@vn.example');
    await superuser.query(`update ronda.user_account set status = 'disabled' where key = $1`, [disabled.userKey]);
    await newAnalyst('wrong@vn.example');
    const keyless = await newAnalyst('keyless@vn.example');
    await superuser.query('delete from ronda.user_secret where user_key = $1', [keyless.userKey]);
    const queries = jest.spyOn(UnitOfWork.prototype, 'query');
    const hashes = jest.spyOn(Passwords.prototype, 'matches');
    const workOf = async (email: string, password: string) => {
      queries.mockClear();
      hashes.mockClear();
      const { status } = await new Api(one.url).as(null).post('auth/login', { email, password });
      return {
        status,
        queries: queries.mock.calls.map(([statement]) => statement.name),
        hashes: hashes.mock.calls.length,
      };
    };
    const works = [
      await workOf('absent@nowhere.example', PASSWORD),
      await workOf('wrong@vn.example', 'not this one'),
      await workOf('disabled@vn.example', PASSWORD),
      await workOf('keyless@vn.example', PASSWORD),
    ];
    jest.restoreAllMocks();
    for (const work of works) expect(work).toEqual({ ...works[0], status: 401 });
    expect(works[0]!.hashes).toBe(2);
  });
});

describe('the last use of a key', () => {
  it('is written when the service stops, and at most once an hour', async () => {
    const database = await createTestDatabase();
    const cast = await assembleCast(database.superuserUrl);
    const superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    const lastUse = async (): Promise<Date | null> => {
      const { rows } = await superuser.query<{ last_used_at: Date | null }>(
        'select last_used_at from ronda.credential where user_key = $1',
        [cast['vn.analyst']!.key],
      );
      return rows[0]!.last_used_at;
    };
    try {
      await superuser.query('update ronda.credential set last_used_at = null');
      const node = await startTestApp(database);
      const first = node.clock.now();
      const me = () => new Api(node.url).as(cast['vn.analyst']!).get('me').expect(200);
      await me();
      await node.close();
      expect(await lastUse()).toEqual(first);
      const again = await startTestApp(database, { clock: node.clock });
      node.clock.advance(30 * 60_000);
      await new Api(again.url).as(cast['vn.analyst']!).get('me').expect(200);
      await again.close();
      expect(await lastUse()).toEqual(first);
      const later = await startTestApp(database, { clock: node.clock });
      node.clock.advance(31 * 60_000);
      await new Api(later.url).as(cast['vn.analyst']!).get('me').expect(200);
      await later.close();
      expect(await lastUse()).toEqual(node.clock.now());
      // By a node that knows the key already, too.
      const long = await startTestApp(database, { clock: node.clock });
      for (const minutes of [1, 1, 61]) {
        node.clock.advance(minutes * 60_000);
        await new Api(long.url).as(cast['vn.analyst']!).get('me').expect(200);
      }
      await long.close();
      expect(await lastUse()).toEqual(node.clock.now());
    } finally {
      await superuser.end();
      await database.drop();
    }
  });
});
