import { tablesWithoutRowSecurity } from '../access/table-exemptions.js';
import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { records, setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

/** The service's login, in hands that mean no good: what it says to the database is theirs, whom it speaks for is not. */
describe('attacks with the login of the service', () => {
  let stage: Stage;
  let vn: Player;
  let th: Player;
  const attack = (as: Player | null, text: string, ...values: unknown[]): Promise<Outcome> =>
    stage.attacker.as(as, [text, ...values]);

  beforeAll(async () => {
    stage = await setStage();
    vn = stage.cast['vn.analyst']!;
    th = stage.cast['th.analyst']!;
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  describe('without entering', () => {
    it('reads no row of any table', async () => {
      const { rows } = await stage.superuser.query<{ name: string }>(
        `select relname as name from pg_class where relnamespace = 'ronda'::regnamespace and relkind = 'r' order by 1`,
      );
      const tables = rows.map(({ name }) => name).filter((name) => !(name in tablesWithoutRowSecurity));
      expect(tables.length).toBeGreaterThan(20);
      const readable: string[] = [];
      for (const table of tables) {
        const outcome = await attack(null, `select 1 from ronda.${table}`);
        // A table may be for writing alone.
        if (!('refused' in outcome) && outcome.count > 0) readable.push(table);
      }
      expect(readable).toEqual([]);
    });

    it('reads nothing more in the transaction after a unit of work', async () => {
      expect(await attack(vn, 'select key from ronda.incident')).toMatchObject({ count: 3 });
      expect(await attack(null, 'select key from ronda.incident')).toEqual(NOTHING);
      expect(await stage.attacker.attempt('select key from ronda.incident')).toEqual(NOTHING);
    });

    it('reads nothing for a credential that does not exist, nor for an account that does not', async () => {
      const of = (shown: string, acting: string): Promise<Outcome> =>
        stage.attacker.as(
          null,
          ['select ronda.enter($1, $2, 0, $3)', shown, acting, NOW],
          ['select key from ronda.incident'],
        );
      expect(await of('00'.repeat(32), '')).toEqual(NOTHING);
      expect(await of('', '123456')).toEqual(NOTHING);
      expect(await of('', '')).toEqual(NOTHING);
    });

    it('reads nothing where no instant is named: a credential lasts until a time', async () => {
      const shown = `encode(sha256(convert_to('${vn.token}', 'utf8')), 'hex')`;
      expect(
        await stage.attacker.as(
          null,
          [`select set_config('app.session', ${shown}, true), set_config('app.space', '0', true)`],
          ['select key from ronda.incident'],
        ),
      ).toEqual(NOTHING);
    });

    it('files nothing', async () => {
      expect(await attack(null, file, idOf(6, 50), null, [1])).toEqual(REFUSED);
    });
  });

  const file = `insert into ronda.incident (space, id, origin_node, authorship, alias, owner_key, owner_readers, audience, head, created_at)
    values (0, $1, 'test', case when $2::int is null then 'anonymous' else 'named' end, 'K7QX-2MPD', $2, $3, $3, 1, '2026-11-20')`;

  describe("with others' records", () => {
    it('files one for itself and none for another', async () => {
      const [own, other] = [vn.organisation.key, th.organisation.key];
      expect(await attack(vn, file, idOf(6, 50), own, [own])).toMatchObject({ count: 1 });
      expect(await attack(vn, file, idOf(6, 50), other, [own])).toEqual(REFUSED);
      expect(await attack(vn, file, idOf(6, 50), own, [other])).toEqual(REFUSED);
      expect(await attack(vn, file, idOf(6, 50), null, [other])).toEqual(REFUSED);
    });

    it.each([['a reader', 'th', records.shared] as const, ['a stranger', 'vn', records.hidden] as const])(
      'changes nothing as %s',
      async (_, who, key) => {
        const as = { th, vn }[who];
        const own = as.organisation.key;
        expect(await attack(as, 'update ronda.incident set audience = audience || 2 where key = $1', key)).toEqual(
          NOTHING,
        );
        expect(
          await attack(as, 'update ronda.incident set owner_readers = array[$2::int] where key = $1', key, own),
        ).toEqual(NOTHING);
        expect(await attack(as, 'select key from ronda.incident where key = $1 for update', key)).toEqual(NOTHING);
        expect(
          await attack(
            as,
            'update ronda.incident_revision set audience = audience || $2::int where incident_key = $1',
            key,
            own,
          ),
        ).toEqual(NOTHING);
        expect(await attack(as, revise, key, own)).toEqual(REFUSED);
        expect(await attack(as, release, idOf(9, 50), key, [own], as.key)).toEqual(REFUSED);
        expect(await attack(as, `update ronda.release set status = 'superseded' where record_key = $1`, key)).toEqual(
          NOTHING,
        );
        expect(await attack(as, 'select principals from ronda.release where record_key = $1', key)).toEqual(NOTHING);
        expect(
          await attack(as, `select ronda.publish_readers('incident', $1, array[$2::int], $3)`, key, own, NOW),
        ).toEqual(REFUSED);
        expect(await attack(as, list, own, key)).toEqual(REFUSED);
        expect(await attack(as, list, 2, key)).toEqual(REFUSED);
      },
    );

    const revise = `insert into ronda.incident_revision (space, incident_key, number, audience, change, created_at, status, pap, countries, facts)
      values (0, $1, 3, array[$2::int], 'edited', '2026-11-20', 'triaged', 'PAP:GREEN', '{}', '{}')`;
    const release = `insert into ronda.release (id, space, record_kind, record_key, revision, tlp, pap, audience, principals, owner_readers,
        is_narrowing, status, requested_by, requested_at)
      values ($1, 0, 'incident', $2, 1, 'TLP:AMBER', 'PAP:GREEN', '[]', $3, $3, false, 'pending', $4, '2026-11-20')`;
    const list = `insert into ronda.readable_since (space, record_kind, principal_key, record_key, record_id, since)
      values (0, 'incident', $1, $2, '${idOf(6, 1)}', '2020-01-01')`;

    it('does all of that as the owner, which shows that it is the rule that refuses', async () => {
      const own = vn.organisation.key;
      const { shared } = records;
      const written = { count: 1 };
      expect(
        await attack(vn, 'update ronda.incident set audience = audience || 2 where key = $1', shared),
      ).toMatchObject(written);
      expect(await attack(vn, revise, shared, own)).toMatchObject(written);
      expect(await attack(vn, release, idOf(9, 50), shared, [own], vn.key)).toMatchObject(written);
      expect(
        await attack(vn, `update ronda.release set status = 'superseded' where record_key = $1`, shared),
      ).toMatchObject(written);
      expect(
        await attack(vn, `select ronda.publish_readers('incident', $1, array[$2::int], $3)`, shared, own, NOW),
      ).toMatchObject(written);
    });

    it("reads a revision that was released to it and not the owner's next one", async () => {
      expect(
        await attack(th, 'select number from ronda.incident_revision where incident_key = $1', records.shared),
      ).toEqual({
        rows: [{ number: 1 }],
        count: 1,
      });
    });

    it("reads no other reader's list", async () => {
      const others = 'select 1 from ronda.readable_since where not principal_key = any (ronda.reader_principals())';
      expect(await attack(vn, others)).toEqual(NOTHING);
      expect(await attack(stage.cast['jp.analyst']!, others)).toEqual(NOTHING);
    });

    it("opens no drawer but its own organisation's", async () => {
      const { anonymous } = records;
      expect(await attack(th, 'select key from ronda.incident where key = $1', anonymous)).toMatchObject({ count: 1 });
      const open = 'select org_key from ronda.authorship_drawer where incident_key = $1';
      expect(await attack(th, open, anonymous)).toEqual(NOTHING);
      expect(await attack(vn, open, anonymous)).toMatchObject({ count: 2 });
      expect(
        await attack(
          th,
          'update ronda.authorship_drawer set org_key = $2 where incident_key = $1',
          anonymous,
          th.organisation.key,
        ),
      ).toEqual(NOTHING);
      expect(await attack(th, `${drawer}, $2, $3)`, anonymous, vn.organisation.key, vn.key)).toEqual(REFUSED);
    });

    const drawer = `insert into ronda.authorship_drawer (space, incident_key, part, org_key, user_key) values (0, $1, 9`;

    it('links no record that is not its own, and none to one that it does not see', async () => {
      const { shared, hidden, anonymous } = records;
      expect(await attack(vn, link, idOf(8, 50), shared, anonymous, vn.key)).toMatchObject({ count: 1 });
      expect(await attack(th, link, idOf(8, 50), shared, anonymous, th.key)).toEqual(REFUSED);
      expect(await attack(vn, link, idOf(8, 50), shared, hidden, vn.key)).toEqual(REFUSED);
      expect(await attack(th, `delete from ronda.incident_link where from_key = $1`, hidden)).toMatchObject({
        count: 1,
      });
      expect(await attack(vn, `delete from ronda.incident_link where from_key = $1`, hidden)).toEqual(NOTHING);
    });

    const link = `insert into ronda.incident_link (space, id, from_key, to_key, kind, created_by, created_at)
      values (0, $1, $2, $3, 'related', $4, '2026-11-20')`;

    it('comments as nobody else, and on nothing that it does not see', async () => {
      const { shared, hidden } = records;
      expect(await attack(th, comment, idOf(7, 50), shared, th.key, th.organisation.key)).toMatchObject({ count: 1 });
      expect(await attack(th, comment, idOf(7, 50), shared, vn.key, th.organisation.key)).toEqual(REFUSED);
      expect(await attack(vn, comment, idOf(7, 50), hidden, vn.key, vn.organisation.key)).toEqual(REFUSED);
      expect(await attack(th, `update ronda.incident_comment set body = '' where id = $1`, idOf(7, 1))).toMatchObject({
        count: 1,
      });
      expect(await attack(th, `update ronda.incident_comment set body = '' where id = $1`, idOf(7, 2))).toEqual(
        NOTHING,
      );
      expect(await attack(th, 'delete from ronda.incident_comment')).toEqual(REFUSED);
    });

    const comment = `insert into ronda.incident_comment (space, id, incident_key, author_key, org_key, body, reach, created_at)
      values (0, $1, $2, $3, $4, 'x', 'readers', '2026-11-20')`;

    it.each([
      [`update ronda.incident_revision set facts = '{"title": "never said"}'`],
      [`update ronda.incident_revision set tlp = 'TLP:CLEAR'`],
      ['update ronda.incident_revision set number = 1'],
      ['delete from ronda.incident_revision'],
      ['delete from ronda.incident'],
      ['delete from ronda.authorship_drawer'],
      ['delete from ronda.release'],
      [`update ronda.release set principals = '{2}'`],
      [`update ronda.release set tlp = 'TLP:CLEAR'`],
      ['update ronda.release set requested_by = 1'],
      ['delete from ronda.readable_since'],
      [`update ronda.readable_since set since = '2000-01-01'`],
      ['update ronda.incident_link set to_key = 2'],
    ])('never, not even as the owner: %s', async (text) => {
      expect(await attack(vn, text)).toEqual(REFUSED);
    });

    it('sees nothing of its own in another space', async () => {
      const elsewhere = await stage.attacker.as(
        null,
        [`select ronda.enter('', $1, 7, $2)`, vn.key, NOW],
        ['select key from ronda.incident'],
      );
      expect(elsewhere).toEqual(NOTHING);
      expect(
        await attack(vn, file.replace('(0, $1', '(7, $1'), idOf(6, 50), vn.organisation.key, [vn.organisation.key]),
      ).toEqual(REFUSED);
    });
  });

  describe('with a release', () => {
    const released = `insert into ronda.release (id, space, record_kind, record_key, revision, tlp, pap, audience, principals, owner_readers,
        is_narrowing, status, requested_by, requested_at, confirmed_by, released_at, hold_until)
      values ('${idOf(9, 50)}', 0, 'incident', ${records.shared}, 2, $1, 'PAP:GREEN', '[]', $2, $3, $4, $5, $6, $7::timestamptz, $8, $9::timestamptz, $10::timestamptz)`;
    const end = [
      `update ronda.release set status = 'superseded' where record_key = $1 and status = 'released'`,
      records.shared,
    ] as [string, number];
    const make = (as: Player, row: Record<string, unknown> = {}): Promise<Outcome> => {
      const { tlp, principals, ownerReaders, isNarrowing, status, requestedBy, confirmedBy, releasedAt, holdUntil } = {
        tlp: 'TLP:AMBER',
        principals: [th.organisation.key],
        ownerReaders: [vn.organisation.key],
        isNarrowing: false,
        status: 'released',
        requestedBy: as.key,
        confirmedBy: null,
        releasedAt: NOW,
        holdUntil: null,
        ...row,
      };
      return stage.attacker.as(as, end, [
        released,
        tlp,
        principals,
        ownerReaders,
        isNarrowing,
        status,
        requestedBy,
        NOW,
        confirmedBy,
        releasedAt,
        holdUntil,
      ]);
    };

    it('releases AMBER at once', async () => {
      expect(await make(vn)).toMatchObject({ count: 1 });
    });

    it('does not release GREEN or CLEAR alone', async () => {
      for (const tlp of ['TLP:GREEN', 'TLP:CLEAR']) {
        expect(await make(vn, { tlp, principals: [2] })).toEqual({ refused: 'check_violation' });
        expect(await make(vn, { tlp, principals: [2], confirmedBy: stage.cast['vn.second']!.key })).toEqual(REFUSED);
        expect(await make(vn, { tlp, principals: [2], holdUntil: new Date(NOW.getTime() - 1) })).toEqual(REFUSED);
        expect(await make(vn, { tlp, principals: [2], isNarrowing: true })).toEqual(REFUSED);
      }
    });

    it('calls a narrowing only what narrows', async () => {
      expect(await make(vn, { principals: [th.organisation.key], isNarrowing: true })).toMatchObject({ count: 1 });
      expect(await make(vn, { principals: [], isNarrowing: true })).toMatchObject({ count: 1 });
      expect(
        await make(vn, { principals: [th.organisation.key, stage.cast.stages.sg!.key], isNarrowing: true }),
      ).toEqual(REFUSED);
    });

    it("asks for a release as nobody else, and with the record's own side", async () => {
      expect(await make(vn, { requestedBy: stage.cast['vn.second']!.key })).toEqual(REFUSED);
      expect(await make(vn, { ownerReaders: [vn.organisation.key, th.organisation.key] })).toEqual(REFUSED);
    });

    it('confirms as nobody else, and not what it asked for itself', async () => {
      const confirm = (as: Player, by: number, at = NOW): Promise<Outcome> =>
        attack(
          as,
          `update ronda.release set status = 'released', confirmed_by = $1, released_at = $2 where key = 2`,
          by,
          at,
        );
      const second = stage.cast['vn.second']!;
      expect(await confirm(second, second.key)).toMatchObject({ count: 1 });
      expect(await confirm(vn, second.key)).toEqual(REFUSED);
      expect(await confirm(vn, vn.key)).toEqual({ refused: 'check_violation' });
      expect(await confirm(second, second.key, new Date(NOW.getTime() + 1))).toEqual(REFUSED);
      expect(await confirm(th, th.key)).toEqual(NOTHING);
    });

    it('brings none back that has ended', async () => {
      const again = [`update ronda.release set status = 'released' where record_key = $1`, records.shared] as [
        string,
        number,
      ];
      expect(await stage.attacker.as(vn, end, again)).toEqual(REFUSED);
      const cancel = [`update ronda.release set status = 'cancelled' where key = 2`] as [string];
      expect(
        await stage.attacker.as(vn, cancel, [`update ronda.release set status = 'pending' where key = 2`]),
      ).toEqual(REFUSED);
    });
  });

  describe('with the server', () => {
    it.each([
      ['set role ronda_deriver'],
      ['set role ronda_migrator'],
      ['set session authorization ronda_migrator'],
      ['select rolpassword from pg_authid'],
      ['select passwd from pg_shadow'],
      ['create table ronda.mine (a int)'],
      ['create table public.mine (a int)'],
      ['create schema mine'],
      [`create function ronda.clock2() returns int language sql as 'select 1'`],
      ['create extension dblink'],
      ['create role mine'],
      ['alter role ronda_service superuser'],
      ['grant ronda_deriver to ronda_service'],
      ['alter table ronda.incident disable row level security'],
      ['alter table ronda.incident no force row level security'],
      ['create policy mine on ronda.incident using (true)'],
      ['drop policy incident_read on ronda.incident'],
      [`alter function ronda.derive_principals() owner to ronda_service`],
      ['drop table ronda.incident'],
      ['truncate ronda.incident cascade'],
      [`copy ronda.incident to program 'cat'`],
      [`copy ronda.incident to '/tmp/ronda-attack'`],
      [`select pg_read_file('postgresql.conf')`],
      [`select lo_import('/etc/passwd')`],
      ['select * from migrations'],
    ])('is refused: %s', async (text) => {
      const outcome = await attack(vn, text);
      expect(outcome).toEqual(REFUSED);
    });

    it('does not switch row-level security off', async () => {
      expect(await stage.attacker.as(vn, ['set local row_security = off'], ['select key from ronda.incident'])).toEqual(
        REFUSED,
      );
    });

    it("gains nothing from tables and functions of its own, which it may make for a session's length", async () => {
      const forged = [
        [`create temp table credential as select * from ronda.credential`],
        [`update pg_temp.credential set user_key = ${th.key}, org_key = ${th.organisation.key}`],
        [`set local search_path = pg_temp, ronda, public`],
        [`select set_config('app.principals', '', true)`],
      ] as [string][];
      const principals = await stage.attacker.as(vn, ...forged, ['select ronda.reader_principals() as held']);
      expect(principals).toMatchObject({ rows: [{ held: expect.arrayContaining([vn.key, vn.organisation.key]) }] });
      expect(principals).not.toMatchObject({ rows: [{ held: expect.arrayContaining([th.organisation.key]) }] });
    });

    it('sees no hidden row through a function that is cheap to ask first', async () => {
      const spy = [
        ['create temp table seen (id uuid)'],
        [
          `create function pg_temp.spy(id uuid) returns boolean language plpgsql cost 0.0000001
            as 'begin insert into pg_temp.seen values (id); return true; end'`,
        ],
        ['select count(*) from ronda.incident where pg_temp.spy(id)'],
      ] as [string][];
      expect(
        await stage.attacker.as(vn, ...spy, ['select 1 from pg_temp.seen where id = $1', idOf(6, records.hidden)]),
      ).toEqual(NOTHING);
    });

    it('reads no values of shared things out of the statistics', async () => {
      await stage.superuser.query('analyze');
      const outcome = await attack(vn, `select distinct tablename from pg_stats where schemaname = 'ronda'`);
      const { rows } = outcome as { rows: { tablename: string }[] };
      expect(rows.map(({ tablename }) => tablename).filter((name) => !(name in tablesWithoutRowSecurity))).toEqual([]);
    });
  });

  /**
   * What the database leaves to the service: to say for whom it reads. The worker must be able to act for anybody, and
   * principals are kept in a setting (decision 2). Row-level security bounds every query; it does not bind a thief of the login.
   */
  describe('is trusted with', () => {
    it('naming the account it acts for', async () => {
      const acting = await stage.attacker.as(
        null,
        [`select ronda.enter('', $1, 0, $2)`, th.key, NOW],
        ['select key::int from ronda.incident where key = $1', records.hidden],
      );
      expect(acting).toMatchObject({ rows: [{ key: records.hidden }] });
    });

    it('not overwriting what was derived', async () => {
      const overwritten = await stage.attacker.as(
        vn,
        [`select set_config('app.principals', $1, true)`, `{${th.organisation.key}}`],
        ['select key::int from ronda.incident where key = $1', records.hidden],
      );
      expect(overwritten).toMatchObject({ rows: [{ key: records.hidden }] });
    });
  });

  /**
   * What a refusal could tell. Hidden and absent are refused alike wherever the rule is asked before a key is tried. Two
   * unique values remain that would tell: ids and token hashes. Both are drawn by the service and never taken from a
   * request, and whoever knows one (122 and 256 random bits) knew it already.
   */
  describe('tells hidden and absent apart by', () => {
    const { hidden, absent, shared } = records;

    it.each([
      [
        'a link',
        (key: number) => [
          `insert into ronda.incident_link (space, id, from_key, to_key, kind, created_by, created_at) values (0, $1, $2, $3, 'related', $4, $5)`,
          idOf(8, 60),
          shared,
          key,
          vn.key,
          NOW,
        ],
      ],
      [
        'a link that exists',
        (key: number) => [
          `insert into ronda.incident_link (space, id, from_key, to_key, kind, created_by, created_at) values (0, $1, $2, $3, 'related', $4, $5) on conflict do nothing`,
          idOf(8, 1),
          key,
          shared,
          vn.key,
          NOW,
        ],
      ],
      [
        'a comment',
        (key: number) => [
          `insert into ronda.incident_comment (space, id, incident_key, author_key, org_key, body, reach, created_at) values (0, $1, $2, $3, $4, '', 'readers', $5)`,
          idOf(7, 60),
          key,
          vn.key,
          vn.organisation.key,
          NOW,
        ],
      ],
      [
        'a revision',
        (key: number) => [
          `insert into ronda.incident_revision (space, incident_key, number, audience, change, created_at, status, pap, countries, facts) values (0, $1, 1, '{1}', '', $2, 'draft', 'PAP:GREEN', '{}', '{}')`,
          key,
          NOW,
        ],
      ],
      [
        'a release',
        (key: number) => [
          `insert into ronda.release (id, space, record_kind, record_key, revision, tlp, pap, audience, principals, owner_readers, is_narrowing, status, requested_by, requested_at) values ($1, 0, 'incident', $2, 1, 'TLP:AMBER', 'PAP:GREEN', '[]', '{}', $3, false, 'pending', $4, $5)`,
          idOf(9, 60),
          key,
          [vn.organisation.key],
          vn.key,
          NOW,
        ],
      ],
      [
        'a place on a list',
        (key: number) => [
          `insert into ronda.readable_since (space, record_kind, principal_key, record_key, record_id, since) values (0, 'incident', $1, $2, $3, $4) on conflict do nothing`,
          vn.organisation.key,
          key,
          idOf(6, 60),
          NOW,
        ],
      ],
      ['publishing', (key: number) => [`select ronda.publish_readers('incident', $1, '{1}', $2)`, key, NOW]],
      ['its owner', (key: number) => [`select ronda.owners_of('incident', $1)`, key]],
      ['a lock', (key: number) => ['select key from ronda.incident where key = $1 for update', key]],
    ] as const)('%s: it does not', async (_, statement) => {
      const ask = async (key: number): Promise<Outcome> =>
        stage.attacker.as(vn, statement(key) as [string, ...unknown[]]);
      const outcome = await ask(hidden);
      expect(outcome).toEqual(await ask(absent));
      expect([REFUSED, NOTHING, { rows: [{ owners_of: null }], count: 1 }]).toContainEqual(outcome);
    });
  });

  describe('is refused', () => {
    const comment = `insert into ronda.incident_comment (space, id, incident_key, author_key, org_key, body, reach, created_at)
      values (0, '${idOf(7, 50)}', $1, $2, $3, 'x', 'readers', '2026-11-20')`;
    const drawer = `insert into ronda.authorship_drawer (space, incident_key, part, org_key, user_key) values (0, $1, 9, $2, $3)`;

    it("a comment in another organisation's name", async () => {
      expect(await attack(th, comment, records.shared, th.key, stage.cast.stages.sg!.key)).toEqual(REFUSED);
    });
    it('a comment that moves to another record, seen or not', async () => {
      expect(await attack(vn, 'update ronda.incident_comment set incident_key = $1', records.hidden)).toEqual(REFUSED);
    });
    it("a drawer for another's record", async () => {
      expect(await attack(th, drawer, records.shared, th.organisation.key, th.key)).toEqual(REFUSED);
    });
    it('a drawer that tells hidden and absent apart', async () => {
      const ask = (key: number): Promise<Outcome> => attack(vn, drawer, key, vn.organisation.key, vn.key);
      expect(await ask(records.hidden)).toEqual(await ask(records.absent));
    });
    it("a revision in a colleague's name", async () => {
      expect(
        await attack(
          vn,
          `insert into ronda.incident_revision (space, incident_key, number, audience, change, author_key, created_at, status, pap, countries, facts)
           values (0, $1, 3, $2, 'edited', $3, '2026-11-20', 'triaged', 'PAP:GREEN', '{}', '{}')`,
          records.shared,
          [vn.organisation.key],
          stage.cast['vn.second']!.key,
        ),
      ).toEqual(REFUSED);
    });
    it('a revision that goes further than its marking', async () => {
      expect(
        await attack(
          vn,
          `update ronda.incident_revision set audience = audience || 2 where incident_key = $1`,
          records.shared,
        ),
      ).toEqual({ refused: 'check_violation' });
    });
    it("a record that becomes another member's", async () => {
      expect(
        await attack(
          vn,
          'update ronda.incident set owner_key = $2 where key = $1',
          records.shared,
          th.organisation.key,
        ),
      ).toEqual(REFUSED);
    });
    it('a record that was filed at another time, as another id', async () => {
      expect(await attack(vn, `update ronda.incident set created_at = '2000-01-01', id = '${idOf(6, 77)}'`)).toEqual(
        REFUSED,
      );
    });
    it("a link in a colleague's name", async () => {
      expect(
        await attack(
          vn,
          `insert into ronda.incident_link (space, id, from_key, to_key, kind, created_by, created_at) values (0, $1, $2, $3, 'related', $4, $5)`,
          idOf(8, 51),
          records.shared,
          records.anonymous,
          stage.cast['vn.second']!.key,
          NOW,
        ),
      ).toEqual(REFUSED);
    });
  });
});
