import { createHash } from 'node:crypto';
import pg from 'pg';
import { assembleCast, tokenOf, uuidOf } from '../support/cast.js';
import type { Cast, Player } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { FixedClock } from '../support/fixed-clock.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import { Client } from './client.js';
import type { Answer, Ask } from './client.js';
import { openSession } from './sessions.js';

const DECISION = { reason: 'Decided by the members.', decidedOn: '2026-11-18', document: 'Minutes 12' };
const PASSWORD = 'seven quiet boats at low tide';

/** How it comes about: as people do it, on one node; or in the rows alone, with no trigger that could tell anybody. */
type Way = 'through the API' | 'in the rows alone';
const WAYS: readonly Way[] = ['through the API', 'in the rows alone'];

/**
 * Taking away acts on the very next request, on every node. The two nodes here share a database and nothing else: there
 * is no channel between them that could be cut, and the rows are changed behind both their backs too. Each reader has
 * read on both nodes before, over the connection that it is refused on, so whatever might be remembered is.
 */
describe('taking away acts on the next request', () => {
  const clock = new FixedClock();
  let nodes: [TestApp, TestApp];
  let clients: [Client, Client];
  let cast: Cast;
  let superuser: pg.Client;
  let count = 0;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    nodes = [await startTestApp(database, { clock }), await startTestApp(database, { clock })];
    clients = [new Client(nodes[0].url, 1), new Client(nodes[1].url, 1)];
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await superuser.end();
    for (const node of nodes) await node.close();
  });

  const player = (name: string): Player => cast[name]!;
  const asked = (node: 0 | 1, who: Player, path: string, extra: Partial<Ask> = {}): Promise<Answer> =>
    clients[node].ask({ method: 'GET', path, authorization: `Bearer ${who.token}`, ...extra });
  /** On the first node. */
  async function act(who: Player, method: string, path: string, body?: object): Promise<Answer> {
    const headers = method === 'GET' || method === 'POST' ? {} : { 'if-match': '*' };
    const answer = await asked(0, who, path, { method, body, headers });
    if (answer.status >= 300)
      throw new Error(`${method} ${path} as ${who.name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }
  /** Nothing that the database would do by itself when a row changes: no trigger runs. */
  async function rows(text: string, values: unknown[]): Promise<void> {
    await superuser.query(`begin`);
    await superuser.query('set local session_replication_role = replica');
    const { rowCount } = await superuser.query(text, values);
    await superuser.query('commit');
    expect(rowCount).toBeGreaterThan(0);
  }

  const RECORD = /^incidents\/[0-9a-f-]{36}$/;
  /** What the reader gets on a node; of a record also whether the list holds it and the count counts it. */
  async function seen(node: 0 | 1, who: Player, path: string): Promise<unknown> {
    const { status } = await asked(node, who, path);
    if (!RECORD.test(path)) return status;
    const list = await asked(node, who, 'incidents?limit=100&count=true');
    if (list.status !== 200) return { status, list: list.status };
    const ids = (list.body.items as { id: string }[]).map(({ id }) => id);
    expect(list.body.total).toBe(ids.length);
    return { status, isListed: ids.includes(path.slice('incidents/'.length)) };
  }
  const reads = { status: 200, isListed: true };
  const misses = { status: 404, isListed: false };
  const refused = (status: number): unknown => ({ status, list: status });

  /** Reads on both nodes, does it, and asks the other node first. */
  async function takes(
    away: () => Promise<unknown>,
    { from, path, before = 200, after }: { from: Player; path: string; before?: unknown; after: unknown },
  ): Promise<void> {
    for (const node of [0, 1, 1, 0] as const) expect(await seen(node, from, path)).toEqual(before);
    await away();
    expect(await seen(1, from, path)).toEqual(after);
    expect(await seen(0, from, path)).toEqual(after);
  }

  /** A record of Viet Nam's, released. */
  async function released(audience: unknown[], tlp = 'TLP:AMBER'): Promise<string> {
    const { body } = await act(player('vn.analyst'), 'POST', 'incidents', filing());
    const path = `incidents/${body.id}`;
    await act(player('vn.analyst'), 'POST', `${path}/submit`);
    await act(player('vn.coordinator'), 'POST', `${path}/release`, { marking: { tlp }, audience });
    if (tlp === 'TLP:GREEN' || tlp === 'TLP:CLEAR') await act(player('vn.second'), 'POST', `${path}/release/confirm`);
    return path;
  }
  const organisation = (name: string): { organisation: string } => ({ organisation: cast.stages[name]!.id });

  describe.each(WAYS)('%s', (way) => {
    const isApi = way === 'through the API';
    /** In each way on organisations of its own, so that what one takes away the other still has. */
    const pick = <T>(api: T, inRows: T): T => (isApi ? api : inRows);
    const newSession = (name: string): ReturnType<typeof openSession> =>
      openSession(superuser, player(name), `session ${(count += 1)}`);
    const ended = (id: string): Promise<void> =>
      rows('update ronda.credential set revoked_at = $2 where id = $1', [id, clock.now()]);

    describe('a session', () => {
      it('that signs out', async () => {
        const { id, player: from } = await newSession('th.analyst');
        await takes(() => (isApi ? act(from, 'POST', 'auth/logout') : ended(id)), { from, path: 'me', after: 401 });
      });

      it('that its holder ends from another', async () => {
        const [one, other] = [await newSession('th.analyst'), await newSession('th.analyst')];
        await takes(() => (isApi ? act(other.player, 'DELETE', `me/sessions/${one.id}`) : ended(one.id)), {
          from: one.player,
          path: await released([organisation('th')]),
          before: reads,
          after: refused(401),
        });
        expect((await asked(1, other.player, 'me')).status).toBe(200);
      });

      it('that is limited to enrolling, because its organisation begins to require a second factor', async () => {
        const name = pick('sg', 'th');
        const { player: from } = await newSession(`${name}.analyst`);
        const require = (isRequired: boolean): Promise<unknown> =>
          isApi
            ? act(player(`${name}.admin`), 'PATCH', `organisations/${cast.stages[name]!.id}`, {
                totpRequired: isRequired,
              })
            : rows('update ronda.organisation set totp_required = $2 where key = $1', [
                cast.stages[name]!.key,
                isRequired,
              ]);
        await takes(() => require(true), { from, path: 'incidents', after: 403 });
        await require(false);
        expect((await asked(1, from, 'incidents')).status).toBe(200);
      });

      it('that is over', async () => {
        const { id, player: from } = await newSession('th.analyst');
        const away = isApi
          ? async (): Promise<void> => {
              await rows('update ronda.credential set expires_at = $2 where id = $1', [
                id,
                new Date(clock.now().getTime() + 60_000),
              ]);
              expect((await asked(1, from, 'me')).status).toBe(200);
              clock.advance(60_000);
            }
          : (): Promise<void> => rows('delete from ronda.credential where id = $1', [id]);
        await takes(away, { from, path: 'me', after: 401 });
      });
    });

    describe('an API key', () => {
      const newKey = async (name: string): Promise<{ id: string; from: Player; owner: Player }> => {
        const { player: owner } = await newSession(name);
        const { body } = await act(owner, 'POST', 'me/api-keys', {
          name: 'A script',
          scopes: ['self', 'incidents:read', 'incidents:write'],
          expiresAt: '2027-01-01T00:00:00Z',
        });
        return { id: body.id as string, from: { ...player(name), token: body.secret as string }, owner };
      };

      it('that is revoked', async () => {
        const { id, from, owner } = await newKey('th.analyst');
        await takes(() => (isApi ? act(owner, 'DELETE', `me/api-keys/${id}`) : ended(id)), {
          from,
          path: await released([organisation('th')]),
          before: reads,
          after: refused(401),
        });
      });

      it('where the answer would read nothing', async () => {
        const { id, from, owner } = await newKey('th.analyst');
        await takes(() => (isApi ? act(owner, 'DELETE', `me/api-keys/${id}`) : ended(id)), {
          from,
          path: 'incidents?limit=none',
          before: 400,
          after: 401,
        });
      });

      it('that files: nothing is filed, with an Idempotency-Key or without', async () => {
        const { id, from, owner } = await newKey('th.analyst');
        const title = `Filed by the key ${id}`;
        const file = (node: 0 | 1, headers = {}): Promise<Answer> =>
          asked(node, from, 'incidents', { method: 'POST', body: { ...filing(), title }, headers });
        for (const node of [0, 1, 1, 0] as const) expect((await file(node)).status).toBe(201);
        await (isApi ? act(owner, 'DELETE', `me/api-keys/${id}`) : ended(id));
        for (const node of [1, 0] as const)
          for (const headers of [{}, { 'idempotency-key': `late ${node}` }])
            expect((await file(node, headers)).status).toBe(401);
        const { rows } = await superuser.query(`select from ronda.incident_revision where facts ->> 'title' = $1`, [
          title,
        ]);
        expect(rows).toHaveLength(4);
      });

      it('as Basic password too', async () => {
        const { id, from, owner } = await newKey('th.analyst');
        const basic = { authorization: `Basic ${Buffer.from(`misp:${from.token}`).toString('base64')}` };
        for (const node of [0, 1] as const) expect((await asked(node, from, 'me', basic)).status).toBe(200);
        await (isApi ? act(owner, 'DELETE', `me/api-keys/${id}`) : ended(id));
        for (const node of [1, 0] as const) expect((await asked(node, from, 'me', basic)).status).toBe(401);
      });

      if (!isApi)
        it('whose scopes are cut', async () => {
          const { id, from } = await newKey('th.analyst');
          await takes(() => rows(`update ronda.credential set scopes = '{self}' where id = $1`, [id]), {
            from,
            path: 'incidents',
            after: 403,
          });
          expect((await asked(1, from, 'me')).status).toBe(200);
        });
    });

    describe('an account', () => {
      /** Of Thailand, with a key of its own. */
      async function newAccount(): Promise<Player> {
        const name = `th.account-${(count += 1)}`;
        const key = 50_000 + count;
        const account: Player = { ...player('th.analyst'), name, key, id: uuidOf(name), token: tokenOf(name) };
        await superuser.query(`insert into ronda.principal (key, kind) values ($1, 'user')`, [key]);
        await superuser.query(
          `insert into ronda.user_account (key, id, org_key, email, display_name, roles, status, created_at)
           values ($1, $2, $3, $4, $4, '{analyst,coordinator}', 'active', '2026-01-01')`,
          [key, account.id, account.organisation.key, `${name}@th.example`],
        );
        await superuser.query(
          `insert into ronda.credential (id, kind, user_key, org_key, token_hash, name, scopes, created_at, expires_at, last_used_at)
           values ($1, 'api-key', $2, $3, $4, 'test', '{self,incidents:read,incidents:write,groups:write}', '2026-01-01', '2100-01-01', '2099-01-01')`,
          [uuidOf(`key ${name}`), key, account.organisation.key, createHash('sha256').update(account.token).digest()],
        );
        return account;
      }
      const change = (of: Player, wanted: object): Promise<unknown> =>
        act(player('th.admin'), 'PATCH', `organisations/${of.organisation.id}/users/${of.id}`, wanted);

      it('that is disabled', async () => {
        const from = await newAccount();
        await takes(
          () =>
            isApi
              ? change(from, { status: 'disabled' })
              : rows(`update ronda.user_account set status = 'disabled' where key = $1`, [from.key]),
          { from, path: await released([{ user: from.id }], 'TLP:RED'), before: reads, after: refused(401) },
        );
      });

      it('that loses its roles', async () => {
        const from = await newAccount();
        await takes(
          () =>
            isApi
              ? change(from, { roles: ['admin'] })
              : rows(`update ronda.user_account set roles = '{admin}' where key = $1`, [from.key]),
          { from, path: await released([organisation('th')]), before: reads, after: refused(403) },
        );
        expect((await asked(1, from, 'me')).status).toBe(200);
      });

      it('whose roles are others now: what it files is filed once, by who it is', async () => {
        const from = await newAccount();
        const file = (node: 0 | 1): Promise<Answer> =>
          asked(node, from, 'incidents', { method: 'POST', body: filing() });
        for (const node of [0, 1, 1, 0] as const) expect((await file(node)).status).toBe(201);
        const count = async (): Promise<number> =>
          (await superuser.query('select from ronda.incident where author_key = $1', [from.key])).rows.length;
        const before = await count();
        await (isApi
          ? change(from, { roles: ['coordinator'] })
          : rows(`update ronda.user_account set roles = '{coordinator}' where key = $1`, [from.key]));
        expect((await file(1)).status).toBe(201);
        expect(await count()).toBe(before + 1);
      });

      it('whose password is set anew: its sessions end', async () => {
        const from = await newAccount();
        const { id, player: session } = await openSession(superuser, from);
        const link = { ...from, token: tokenOf(`link of ${from.name}`).replace('ronda_key_', 'ronda_link_') };
        await superuser.query(
          `insert into ronda.credential (id, kind, purpose, user_key, org_key, token_hash, created_at, expires_at)
           values ($1, 'link', 'password-reset', $2, $3, $4, '2026-01-01', '2100-01-01')`,
          [
            uuidOf(`link ${from.name}`),
            from.key,
            from.organisation.key,
            createHash('sha256').update(link.token).digest(),
          ],
        );
        await takes(() => (isApi ? act(link, 'POST', 'auth/reset', { newPassword: PASSWORD }) : ended(id)), {
          from: session,
          path: 'me',
          after: 401,
        });
        // And a link opens once.
        if (isApi)
          for (const node of [1, 0] as const) expect((await asked(node, link, 'invitations/current')).status).toBe(401);
      });
    });

    describe('a group', () => {
      /** Founded by Viet Nam with Thailand and Singapore. */
      async function newGroup(): Promise<{ id: string; path: string }> {
        const { body } = await act(player('vn.coordinator'), 'POST', 'sharing-groups', {
          name: 'A few',
          purpose: 'To share.',
          members: ['th', 'sg'].map((name) => cast.stages[name]!.id),
        });
        return { id: body.id as string, path: await released([{ group: body.id as string }]) };
      }
      const ends = (group: string): Promise<void> =>
        rows(
          `update ronda.group_membership set state = 'left', ended_at = $3
            where org_key = $2 and group_key = (select key from ronda.sharing_group where id = $1)`,
          [group, cast.stages.th!.key, clock.now()],
        );

      it('that its member leaves', async () => {
        const { id, path } = await newGroup();
        await takes(
          () =>
            isApi
              ? act(player('th.coordinator'), 'DELETE', `sharing-groups/${id}/members/${cast.stages.th!.id}`)
              : ends(id),
          { from: player('th.analyst'), path, before: reads, after: misses },
        );
        // The others stay.
        expect(await seen(1, player('sg.analyst'), path)).toEqual(reads);
      });

      it('that its founder removes a member from', async () => {
        const { id, path } = await newGroup();
        await takes(
          () =>
            isApi
              ? act(player('vn.coordinator'), 'DELETE', `sharing-groups/${id}/members/${cast.stages.th!.id}`)
              : ends(id),
          { from: player('th.analyst'), path, before: reads, after: misses },
        );
        // Nor does it see the group itself any more.
        for (const node of [1, 0] as const)
          expect(await seen(node, player('th.coordinator'), `sharing-groups/${id}`)).toBe(404);
      });

      it('that is dissolved', async () => {
        const { id, path } = await newGroup();
        await takes(
          () =>
            isApi
              ? act(player('vn.coordinator'), 'POST', `sharing-groups/${id}/dissolution`)
              : rows('update ronda.sharing_group set dissolved_at = $2 where id = $1', [id, clock.now()]),
          { from: player('sg.analyst'), path, before: reads, after: misses },
        );
      });
    });

    describe('a release', () => {
      it('that is narrowed', async () => {
        const path = await released([organisation('th'), organisation('sg')]);
        const { rows: keys } = await superuser.query<{ key: string }>('select key from ronda.incident where id = $1', [
          path.slice('incidents/'.length),
        ]);
        await takes(
          () =>
            isApi
              ? act(player('vn.analyst'), 'POST', `${path}/release`, {
                  marking: { tlp: 'TLP:AMBER' },
                  audience: [organisation('th')],
                })
              : rows('update ronda.incident set audience = array_remove(audience, $2) where key = $1', [
                  keys[0]!.key,
                  cast.stages.sg!.key,
                ]),
          { from: player('sg.analyst'), path, before: reads, after: misses },
        );
        expect(await seen(1, player('th.analyst'), path)).toEqual(reads);
      });
    });

    describe('a CERT’s switch for GREEN', () => {
      it('that is turned off', async () => {
        const path = await released(['community'], 'TLP:GREEN');
        const relay = (isOn: boolean): Promise<unknown> =>
          isApi
            ? act(player('my.admin'), 'PATCH', `organisations/${cast.stages.my!.id}`, { relayGreen: isOn })
            : rows('update ronda.organisation set relay_green = $2 where key = $1', [cast.stages.my!.key, isOn]);
        await takes(() => relay(false), { from: player('telco.analyst'), path, before: reads, after: misses });
        await relay(true);
        expect(await seen(1, player('telco.analyst'), path)).toEqual(reads);
      });
    });

    describe('an organisation', () => {
      // Whoever decides on another has to be an active member itself: one of the two, and Malaysia with it.
      const name = pick('id', 'sg');
      const stage = () => cast.stages[name]!;
      const standing = (to: 'suspended' | 'active'): Promise<unknown> =>
        isApi
          ? act(
              player('my.admin'),
              'POST',
              `organisations/${stage().id}/${to === 'suspended' ? 'suspension' : 'reinstatement'}`,
              DECISION,
            ).then(() =>
              act(
                player('th.admin'),
                'POST',
                `organisations/${stage().id}/${to === 'suspended' ? 'suspension' : 'reinstatement'}/confirm`,
              ),
            )
          : rows('update ronda.organisation set standing = $2 where key = $1', [stage().key, to]);

      it('that is suspended reads nothing of the region, changes nothing, keeps its own, and comes back', async () => {
        const from = player(`${name}.analyst`);
        const { body: group } = await act(player('vn.coordinator'), 'POST', 'sharing-groups', {
          name: 'With it',
          purpose: 'To share.',
          members: [stage().id],
        });
        const paths = [
          await released([{ group: group.id as string }]),
          await released(['community'], 'TLP:GREEN'),
          await released(['public'], 'TLP:CLEAR'),
        ];
        const own = `incidents/${(await act(from, 'POST', 'incidents', filing())).body.id}`;
        const [first, ...others] = paths as [string, ...string[]];
        for (const path of others)
          for (const node of [0, 1] as const) expect(await seen(node, from, path)).toEqual(reads);
        await takes(() => standing('suspended'), { from, path: first, before: reads, after: misses });
        for (const node of [1, 0] as const) {
          for (const path of others) expect(await seen(node, from, path)).toEqual(misses);
          expect(await seen(node, from, own)).toEqual(reads);
          for (const [method, path, body] of [
            ['POST', 'incidents', filing()],
            ['PATCH', own, { title: 'Changed' }],
            ['POST', `${own}/comments`, { body: 'Still here.' }],
            ['POST', `${own}/submit`, {}],
          ] as const)
            expect([
              path,
              (await asked(node, from, path, { method, body, headers: { 'if-match': '*' } })).status,
            ]).toEqual([path, 403]);
        }
        await standing('active');
        for (const path of paths) expect(await seen(1, from, path)).toEqual(reads);
      });

      it('that is a CERT takes the relay to its bodies with it', async () => {
        const path = await released(['community'], 'TLP:GREEN');
        const standingOfCert = (to: 'suspended' | 'active'): Promise<void> =>
          rows('update ronda.organisation set standing = $2 where key = $1', [cast.stages.my!.key, to]);
        await takes(() => standingOfCert('suspended'), {
          from: player('telco.analyst'),
          path,
          before: reads,
          after: misses,
        });
        await standingOfCert('active');
      });

      it('that is retired has nobody', async () => {
        const from = player(`${name}.coordinator`);
        await standing('suspended');
        await takes(
          () =>
            isApi
              ? act(player('secretariat.admin'), 'POST', `organisations/${stage().id}/retirement`)
              : rows(`update ronda.organisation set standing = 'retired' where key = $1`, [stage().key]),
          { from, path: 'me', after: 401 },
        );
      });
    });
  });

  it('without any channel: neither node listens for anything', async () => {
    const { rows: listening } = await superuser.query<{ query: string }>(
      `select query from pg_stat_activity where datname = current_database() and query ~* '^\\s*(un)?listen'`,
    );
    expect(listening).toEqual([]);
  });
});
