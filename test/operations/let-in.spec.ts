import pg from 'pg';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { newDataDir, removeDataDir } from '../support/launched.js';
import { ronda } from '../support/ronda.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

const PASSWORD = 'kopi tarik at dawn, twice';

interface Link {
  organisation: string;
  email: string;
  purpose: string;
  token: string;
}

describe('an operator, where nobody inside can', () => {
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let client: pg.Client;
  let api: Api;
  let dataDir: string;
  let env: Record<string, string>;

  const link = async (...args: string[]): Promise<Link> => {
    const { code, stdout, stderr } = await ronda([...args, '--json'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Link;
  };
  const refusal = async (...args: string[]): Promise<[number | null, string]> => {
    const { code, stderr, stdout } = await ronda(args, env);
    expect(stdout).toBe('');
    return [code, stderr.trim().split('\n').at(-1) ?? ''];
  };
  const events = async (type: string): Promise<Record<string, unknown>[]> =>
    (
      await client.query<{ payload: Record<string, unknown> }>(
        'select payload from ronda.outbox where type = $1 and actor_key is null order by key',
        [type],
      )
    ).rows.map(({ payload }) => payload);
  const signIn = (email: string, password: string) => api.as(null).post('auth/login', { email, password });

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    // As the commands': they run now, by the clock of the machine.
    node = await startTestApp(database);
    node.clock.set(new Date());
    api = new Api(node.url);
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    dataDir = newDataDir();
    env = {
      RONDA_DATA_DIR: dataDir,
      DATABASE_URL: database.migratorUrl,
      DATABASE_SERVICE_URL: database.serviceUrl,
      RONDA_SECRET_KEYS: '07'.repeat(32),
    };
  });
  afterAll(async () => {
    await client.end();
    await node.close();
    removeDataDir(dataDir);
  });

  it('lets a sole administrator in who has lost password and second factor', async () => {
    const { key } = cast['th.admin']!;
    await client.query(
      `insert into ronda.user_secret (user_key, password_hash, totp_sealed, totp_confirmed_at) values ($1, 'forgotten', '\\x01', '2026-11-01')`,
      [key],
    );
    const { token, ...said } = await link('reset-access', '--email', 'Admin@th.example', '--clear-second-factor');
    expect(said).toMatchObject({ organisation: 'TH CERT', email: 'admin@th.example', purpose: 'password-reset' });
    await api.withToken(token).post('auth/reset', { newPassword: PASSWORD }).expect(204);
    await api.withToken(token).post('auth/reset', { newPassword: PASSWORD }).expect(401);
    await signIn('admin@th.example', PASSWORD).expect(200);
    expect(await events('account.link-issued')).toEqual([
      {
        userId: cast['th.admin']!.id,
        organisationId: cast.stages.th!.id,
        purpose: 'password-reset',
        by: 'operator',
      },
    ]);
  });

  it('keeps the second factor where it is not told to clear it, and ends the link before', async () => {
    const first = await link('reset-access', '--email', 'admin@sg.example');
    const second = await link('reset-access', '--email', 'admin@sg.example', '--organisation', cast.stages.sg!.id);
    await api.withToken(first.token).post('auth/reset', { newPassword: PASSWORD }).expect(401);
    const { rows } = await client.query(
      `select clears_second_factor from ronda.credential where kind = 'link' and user_key = $1 and revoked_at is null`,
      [cast['sg.admin']!.key],
    );
    expect(rows).toEqual([{ clears_second_factor: false }]);
    await api.withToken(second.token).post('auth/reset', { newPassword: PASSWORD }).expect(204);
  });

  it('invites an administrator where the only one is gone', async () => {
    await client.query(`update ronda.user_account set status = 'disabled' where key = $1`, [cast['id.admin']!.key]);
    const args = ['invite-admin', '--organisation', 'ID CERT', '--email', 'new@id.example', '--name', 'Dewi'];
    const { token, purpose } = await link(...args);
    expect(purpose).toBe('invitation');
    // Lost before it was used, it is made again.
    const again = await link('reset-access', '--email', 'new@id.example');
    expect(again.purpose).toBe('invitation');
    await api.withToken(token).post('invitations/accept', { password: PASSWORD }).expect(401);
    await api.withToken(again.token).post('invitations/accept', { password: PASSWORD }).expect(204);
    const session = await signIn('new@id.example', PASSWORD).expect(200);
    const dewi = api.withToken(String(session.body.accessToken));
    expect((await dewi.get('me').expect(200)).body).toMatchObject({ displayName: 'Dewi', roles: ['admin'] });
    await dewi
      .post(`organisations/${cast.stages.id!.id}/users`, { email: 'more@id.example', roles: ['analyst'] })
      .expect(201);
    expect(await events('account.invited')).toMatchObject([{ organisationId: cast.stages.id!.id, by: 'operator' }]);
  });

  it('gives the role of a suspended secretariat to another', async () => {
    await client.query(`update ronda.organisation set standing = 'suspended' where is_secretariat`);
    const until = `${new Date().getUTCFullYear() + 1}-12-31`;
    await api
      .as(cast['secretariat.admin']!)
      .post(`organisations/${cast.stages.vn!.id}/secretariat`, { until })
      .expect(403);
    const { code, stdout } = await ronda(['hand-over-secretariat', '--to', 'VN CERT', '--until', until], env);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(`VN CERT is the secretariat until ${until}`),
    });
    const { rows } = await client.query(
      'select id, secretariat_until::text as until from ronda.organisation where is_secretariat',
    );
    expect(rows).toEqual([{ id: cast.stages.vn!.id, until }]);
    expect(await events('secretariat.handed-over')).toEqual([
      { from: cast.stages.secretariat!.id, to: cast.stages.vn!.id, until, by: 'operator' },
    ]);
  });

  it('is refused what makes no sense, with the reason, and nothing is changed', async () => {
    const before = await client.query('select count(*)::int as n from ronda.outbox');
    const id = cast.stages.th!.id;
    for (const [args, code, why] of [
      [['reset-access'], 2, '--email is missing'],
      [['reset-access', '--email', 'nobody@th.example'], 1, 'There is no account of nobody@th.example'],
      [['reset-access', '--email', 'admin@id.example'], 1, 'is closed'],
      [['invite-admin', '--organisation', 'Nowhere', '--email', 'a@b'], 1, 'There is no organisation "Nowhere"'],
      [['invite-admin', '--organisation', id, '--email', 'admin@th.example'], 1, 'reset-access'],
      [['invite-admin', '--organisation', id, '--email', 'nobody'], 2, 'no e-mail address'],
      [['hand-over-secretariat', '--to', 'JP CERT', '--until', '2099-01-01'], 1, 'national CERT of a member'],
      [['hand-over-secretariat', '--to', 'TH CERT', '--until', '2001-01-01'], 1, 'after today'],
      [['hand-over-secretariat', '--to', 'TH CERT', '--until', 'soon'], 2, 'must be a date'],
      [['retention'], 2, '--dry-run or --apply'],
      [['retention', '--dry-run', '--apply'], 2, '--dry-run or --apply'],
    ] as const)
      expect(await refusal(...args)).toEqual([code, expect.stringContaining(why)]);
    expect((await client.query('select count(*)::int as n from ronda.outbox')).rows).toEqual(before.rows);
  });

  it('says what retention would take away, and takes it', async () => {
    const made = await api
      .as(cast['my.analyst']!)
      .post('incidents', filing({ title: 'An old draft' }))
      .expect(201);
    const old = new Date(Date.now() - 400 * 86_400_000);
    await client.query(`update ronda.incident i set created_at = $2 where id = $1`, [made.body.id, old]);
    await client.query(
      `update ronda.incident_revision r set created_at = $2 from ronda.incident i where i.id = $1 and r.incident_key = i.key`,
      [made.body.id, old],
    );
    const titleNow = async (): Promise<string> =>
      String((await api.as(cast['my.analyst']!).get(`incidents/${made.body.id}`).expect(200)).body.title);
    const dry = await ronda(['retention', '--dry-run', '--json'], env);
    expect(JSON.parse(dry.stdout)).toMatchObject([{ kind: 'draft', country: 'MY', days: 365, count: 1 }]);
    expect((await ronda(['retention', '--dry-run'], env)).stdout).toMatch(/draft +MY +365 days +1 /);
    expect(await titleNow()).toBe('An old draft');
    expect((await ronda(['retention', '--apply'], env)).stdout).toBe(
      'Taken away: 0 incidents, 1 drafts, 0 comments.\n',
    );
    expect(await titleNow()).toBe('[erased]');
    expect((await ronda(['retention', '--dry-run'], env)).stdout).toBe('Nothing is older than its rule keeps it.\n');
  });
});
