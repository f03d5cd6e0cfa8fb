import { createHash } from 'node:crypto';
import pg from 'pg';
import { assembleCast } from '../support/cast.js';
import type { Player } from '../support/cast.js';
import { createTestDatabase } from '../support/test-database.js';

const AT = new Date('2026-11-20T02:00:00.000Z');

type Row = Record<string, unknown>;

/** One credential is asked of by `authenticate`, many by `authenticate_anew`: what they say has to be the same. */
describe('who shows a token, and who shows many', () => {
  let players: Player[];
  let service: pg.Client;
  let superuser: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    const { stages: _, ...cast } = await assembleCast(database.superuserUrl);
    players = Object.values(cast);
    service = new pg.Client({ connectionString: database.serviceUrl });
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await Promise.all([service.connect(), superuser.connect()]);
  });
  afterAll(async () => {
    await Promise.all([service.end(), superuser.end()]);
  });

  const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
  const hashes = (): Buffer[] => [...players.map(({ token }) => hashOf(token)), hashOf('nobody')];
  const alone = async (hash: Buffer): Promise<Row | undefined> =>
    (await service.query<Row>('select * from ronda.authenticate($1, $2)', [hash, AT])).rows[0];
  const atOnce = async (stamps: (string | null)[] = []): Promise<Row[]> => {
    const all = hashes();
    const known = all.map((_, nth) => stamps[nth] ?? null);
    // Each row says its place: in what order they come is the planner's affair.
    const asked = 'select * from ronda.authenticate_anew($1, $2, $3) order by place';
    return (await service.query<Row>(asked, [all, known, AT])).rows;
  };
  /** In the order of the tokens; undefined for whoever means nobody. @returns their stamps. */
  const assertAlike = async (): Promise<(string | null)[]> => {
    const rows = await atOnce();
    const all = hashes();
    expect(rows.map(({ place }) => place)).toEqual(all.map((_, nth) => nth + 1));
    for (const [nth, hash] of all.entries()) {
      const one = await alone(hash);
      const { place: _, stamp, ...of } = rows[nth]!;
      if (!one) expect([stamp, of.credential_key]).toEqual([null, null]);
      else expect({ ...of, purpose: one.purpose }).toEqual(one);
    }
    return rows.map(({ stamp }) => stamp as string | null);
  };

  // What happens to the credential of th.analyst, its account, or its organisation.
  const happenings: [what: string, sql: string][] = [
    ['nothing', 'select $1::int'],
    ['it is a session', `update ronda.credential set kind = 'session' where user_key = $1`],
    ['of few scopes', `update ronda.credential set scopes = '{incidents:read}' where user_key = $1`],
    ['limited', 'update ronda.credential set is_limited = true where user_key = $1'],
    ['and no longer', 'update ronda.credential set is_limited = false where user_key = $1'],
    [
      'a second factor is required',
      'update ronda.organisation set totp_required = true where key = (select org_key from ronda.user_account where key = $1)',
    ],
    [
      'and there',
      `insert into ronda.user_secret (user_key, totp_confirmed_at) values ($1, now())
         on conflict (user_key) do update set totp_confirmed_at = now()`,
    ],
    ['other roles', `update ronda.user_account set roles = '{coordinator}' where key = $1`],
    [
      'the organisation is suspended',
      `update ronda.organisation set standing = 'suspended' where key = (select org_key from ronda.user_account where key = $1)`,
    ],
    ['it is over', `update ronda.credential set expires_at = '2026-11-20T02:00:00Z' where user_key = $1`],
    ['it goes on', `update ronda.credential set expires_at = '2027-01-01' where user_key = $1`],
    ['the account is closed', `update ronda.user_account set status = 'disabled' where key = $1`],
    ['it is a link', `update ronda.credential set kind = 'link', purpose = 'invitation' where user_key = $1`],
    ['of whom was invited', `update ronda.user_account set status = 'invited' where key = $1`],
    ['taken back', 'update ronda.credential set revoked_at = now() where user_key = $1'],
  ];

  it('are told the same, whatever happens to a credential, and again only where it happened', async () => {
    const place = players.findIndex(({ name }) => name === 'th.analyst') + 1;
    const user = players[place - 1]!.key;
    let stamps = await assertAlike();
    await superuser.query('set session_replication_role = replica');
    for (const [what, sql] of happenings) {
      await superuser.query(sql, [user]);
      const said = await atOnce(stamps);
      // Nobody stays nobody; of all others only whom it happened to, and colleagues where it did to their organisation.
      const mine = players.flatMap(({ organisation }, nth) => (organisation.name === 'th' ? [nth + 1] : []));
      const others = said.flatMap((row) =>
        row.stamp === null || mine.includes(row.place as number) ? [] : [row.place],
      );
      expect([what, others]).toEqual([what, []]);
      expect([what, said.some((row) => row.place === place)]).toEqual([what, what !== 'nothing']);
      stamps = await assertAlike();
    }
  });
});
