import { createHash } from 'node:crypto';
import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { records, setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

type Said = [text: string, ...values: unknown[]];

/** Spaces: Thailand and Viet Nam play in the first, which Singapore evaluates; Indonesia plays in the second. */
const [ONE, OTHER] = [1, 2];
const PLAYED = 50;

describe('attacks on exercises, with the login of the service', () => {
  let stage: Stage;
  const player = (name: string): Player => stage.cast[name]!;
  const key = (name: string): number => stage.cast.stages[name]!.key;
  const enter = (name: string, space: number): Said => [
    'select ronda.enter($1, $2, $3, $4)',
    createHash('sha256').update(player(name).token).digest('hex'),
    '',
    space,
    NOW,
  ];
  const inside = (space: number, name: string, ...said: Said[]): Promise<Outcome> =>
    stage.attacker.as(player(name), enter(name, space), ...said);

  beforeAll(async () => {
    stage = await setStage();
    const { superuser } = stage;
    for (const space of [ONE, OTHER]) {
      await superuser.query(
        `insert into ronda.exercise (space, id, origin_node, owner_key, author_key, title, state, scenario_id, scenario_version, created_at, log_size)
         values ($1, $2, 'test', $3, $4, 'Drill', 'running', $2, 1, $5, 1)`,
        [space, idOf(31, space), key('my'), player('my.coordinator').key, NOW],
      );
      await superuser.query(`insert into ronda.exercise_script (space, document) values ($1, '{}')`, [space]);
      const said = { kind: 'inject-delivered', by: null, inject: 'one', team: 'them' };
      await superuser.query(
        `insert into ronda.exercise_log (space, seq, id, at, kind, entry, org_keys, is_common) values ($1, 1, $2, $3, 'inject-delivered', $4, $5, false)`,
        [space, idOf(32, space), NOW, JSON.stringify(said), [key(space === ONE ? 'th' : 'id')]],
      );
      await superuser.query(
        `insert into ronda.incident (key, space, id, origin_node, authorship, owner_key, author_key, owner_readers, audience, head, created_at)
         overriding system value values ($1, $2, $3, 'test', 'named', $4, $5, $6, $7, 1, $8)`,
        [
          PLAYED + space,
          space,
          idOf(33, space),
          key(space === ONE ? 'th' : 'id'),
          player(space === ONE ? 'th.analyst' : 'id.analyst').key,
          [key(space === ONE ? 'th' : 'id')],
          [key(space === ONE ? 'th' : 'id'), 2],
          NOW,
        ],
      );
    }
    const teams = [
      [ONE, 'th'],
      [ONE, 'vn'],
      [OTHER, 'id'],
    ] as const;
    for (const [space, name] of teams)
      await superuser.query(
        `insert into ronda.exercise_team (space, org_key, role, invited_by, invited_at) values ($1, $2, 'cert', $3, $4)`,
        [space, key(name), player('my.coordinator').key, NOW],
      );
    await superuser.query(
      `insert into ronda.exercise_staff (space, user_key, part, named_by, named_at) values ($1, $2, 'evaluator', $3, $4)`,
      [ONE, player('sg.analyst').key, player('my.coordinator').key, NOW],
    );
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  const READ: Said = ['select space from ronda.incident order by key'];

  it('reads of a space what was shared there with who is in it, and nothing of another', async () => {
    expect(await inside(ONE, 'vn.analyst', READ)).toMatchObject({ rows: [{ space: ONE }] });
    expect(await inside(OTHER, 'id.analyst', READ)).toMatchObject({ rows: [{ space: OTHER }] });
    // GREEN reaches the community: whoever is not in the exercise is none of it there.
    for (const name of ['id.analyst', 'my.coordinator', 'jp.analyst', 'secretariat.admin'])
      expect([name, await inside(ONE, name, READ)]).toEqual([name, NOTHING]);
    const live = await inside(0, 'vn.analyst', READ);
    expect('rows' in live && live.rows.every((row) => (row as { space: number }).space === 0)).toBe(true);
  });

  it('with the eyes of an organisation reads what its team does, and nothing where it only lends somebody as staff', async () => {
    const asOrganisationOf = (name: string): Promise<Outcome> =>
      stage.attacker.as(
        null,
        ['select ronda.enter_for_organisation($1, $2, $3, false)', String(player(name).key), ONE, NOW],
        READ,
      );
    expect(await asOrganisationOf('vn.analyst')).toMatchObject({ rows: [{ space: ONE }] });
    expect(await inside(ONE, 'sg.analyst', READ)).toMatchObject({ rows: [{ space: ONE }] });
    expect(await asOrganisationOf('sg.analyst')).toEqual(NOTHING);
  });

  it('joins nothing across', async () => {
    const joined: Said = ['select a.key from ronda.incident a join ronda.incident b on a.space <> b.space'];
    for (const space of [0, ONE]) expect(await inside(space, 'vn.analyst', joined)).toEqual(NOTHING);
    const linked = (from: number, to: number): Said => [
      `insert into ronda.incident_link (space, id, from_key, to_key, kind, created_by, created_at) values ($1, $2, $3, $4, 'related', $5, $6)`,
      ONE,
      idOf(34, 1),
      from,
      to,
      player('th.analyst').key,
      NOW,
    ];
    expect(await inside(ONE, 'th.analyst', linked(PLAYED + ONE, records.hidden))).toEqual(REFUSED);
    // Nor does whom no policy binds: the keys of both ends hold the space.
    await expect(stage.superuser.query(...withValues(linked(PLAYED + ONE, records.hidden)))).rejects.toMatchObject({
      code: '23503',
    });
  });

  it('writes into no space but the one that it is in', async () => {
    const incident = (space: number): Said => [
      `insert into ronda.incident (space, id, origin_node, authorship, owner_key, author_key, owner_readers, audience, head, created_at)
       values ($1, $2, 'test', 'named', $3, $4, array[$3::int], array[$3::int], 1, $5)`,
      space,
      idOf(35, 1),
      key('th'),
      player('th.analyst').key,
      NOW,
    ];
    for (const [entered, named] of [
      [0, ONE],
      [ONE, 0],
      [ONE, OTHER],
    ] as const)
      expect(await inside(entered, 'th.analyst', incident(named))).toEqual(REFUSED);
    expect(await inside(ONE, 'th.analyst', incident(ONE))).toMatchObject({ count: 1 });
    expect(await inside(OTHER, 'th.analyst', incident(OTHER))).toEqual(REFUSED);
    const event: Said = [
      `insert into ronda.outbox (space, id, type, version, occurred_at, payload) values ($1, $2, 'x', 1, $3, '{}')`,
      OTHER,
      idOf(36, 1),
      NOW,
    ];
    expect(await inside(ONE, 'th.analyst', event)).toEqual(REFUSED);
  });

  it('changes nothing of real life from inside', async () => {
    expect(
      await inside(ONE, 'vn.admin', ['update ronda.organisation set time_zone = $1 where key = $2', 'UTC', key('vn')]),
    ).toEqual(NOTHING);
    expect(
      await inside(0, 'vn.admin', ['update ronda.organisation set time_zone = $1 where key = $2', 'UTC', key('vn')]),
    ).toMatchObject({ count: 1 });
    expect(
      await inside(ONE, 'vn.analyst', [`select key from ronda.organisation where key = $1`, key('sg')]),
    ).toMatchObject({
      count: 1,
    });
    expect(await inside(ONE, 'vn.analyst', [`select key from ronda.organisation where key = $1`, key('id')])).toEqual(
      NOTHING,
    );
  });

  it('reads no script and nobody else’s log, and lets itself in nowhere', async () => {
    const script: Said = ['select space from ronda.exercise_script'];
    const log: Said = ['select space from ronda.exercise_log'];
    expect(await inside(ONE, 'sg.analyst', script)).toMatchObject({ rows: [{ space: ONE }] });
    expect(await inside(ONE, 'sg.analyst', log)).toMatchObject({ rows: [{ space: ONE }] });
    for (const name of ['vn.analyst', 'th.analyst', 'id.analyst', 'my.coordinator'])
      expect([name, await inside(ONE, name, script)]).toEqual([name, NOTHING]);
    expect(await inside(ONE, 'th.analyst', log)).toMatchObject({ count: 1 });
    expect(await inside(ONE, 'vn.analyst', log)).toEqual(NOTHING);
    const team: Said = [
      `insert into ronda.exercise_team (space, org_key, role, invited_by, invited_at) values ($1, $2, 'cert', $3, $4)`,
      OTHER,
      key('th'),
      player('th.analyst').key,
      NOW,
    ];
    expect(await inside(0, 'th.analyst', team)).toEqual(REFUSED);
    expect(await inside(OTHER, 'th.analyst', team)).toEqual(REFUSED);
  });

  it('rewrites no log, and writes into it only what is its to say', async () => {
    for (const text of [
      'update ronda.exercise_log set at = now()',
      'delete from ronda.exercise_log',
      `insert into ronda.exercise_log (space, seq, id, at, kind, entry, org_keys, is_common) values (1, 2, gen_random_uuid(), now(), 'act', '{}', '{}', true)`,
    ])
      expect(await inside(ONE, 'sg.analyst', [text])).toEqual(REFUSED);
    const append = (kind: string, within = ONE, becomes: string | null = null): Said => [
      'select ronda.exercise_append($1, $2, $3)',
      within,
      JSON.stringify([{ id: idOf(37, 1), kind, entry: { kind }, orgKeys: [], isCommon: false }]),
      becomes,
    ];
    expect(await inside(ONE, 'sg.analyst', append('remark'))).toMatchObject({ count: 1 });
    for (const [name, kind] of [
      ['sg.analyst', 'act'],
      ['sg.analyst', 'started'],
      ['th.analyst', 'remark'],
      ['th.analyst', 'act'],
      ['my.coordinator', 'started'],
    ] as const)
      expect([name, kind, await inside(ONE, name, append(kind))]).toEqual([name, kind, REFUSED]);
    expect(await inside(ONE, 'th.analyst', append('no-duff', OTHER))).toEqual(REFUSED);
    expect(await inside(ONE, 'th.analyst', append('no-duff', ONE, 'ended'))).toEqual(REFUSED);
    for (const text of [
      'select * from ronda.exercise_take(10)',
      'select * from ronda.exercise_script_played()',
      'select * from ronda.exercises_to_conduct()',
      'select * from ronda.exercise_log_since(0)',
      `select ronda.exercise_keep_scores('[]', 1)`,
      `select * from ronda.exercise_misp('[]')`,
      `select * from ronda.exercise_audiences('[]')`,
      'select * from ronda.webhook_work(now())',
    ])
      expect([text, await inside(ONE, 'sg.analyst', [text])]).toEqual([text, REFUSED]);
  });

  it('says of no team but the reader’s own that it may be named', async () => {
    const naming = (whose: string, within = ONE): Said => [
      'select ronda.exercise_append($1, $2, null)',
      within,
      JSON.stringify([
        {
          id: idOf(38, 1),
          kind: 'naming',
          entry: { kind: 'naming', team: stage.cast.stages[whose]!.id, mayBeNamed: true },
          orgKeys: [],
          isCommon: false,
        },
      ]),
    ];
    expect(await inside(ONE, 'th.analyst', naming('th'))).toMatchObject({ count: 1 });
    for (const [name, whose] of [
      ['th.analyst', 'vn'],
      ['th.analyst', 'id'],
      ['sg.analyst', 'th'],
      ['sg.analyst', 'sg'],
      ['my.coordinator', 'th'],
    ] as const)
      expect([name, whose, await inside(ONE, name, naming(whose))]).toEqual([name, whose, REFUSED]);
    expect(await inside(ONE, 'th.analyst', naming('th', OTHER))).toEqual(REFUSED);
  });

  it('shows a local controller what is coming, of its own exercise, and is no staff to it', async () => {
    const local = `insert into ronda.exercise_staff (space, user_key, part, named_by, named_at) values ($1, $2, 'local-controller', $3, $4)`;
    for (const [space, name] of [
      [ONE, 'th.second'],
      // Of no team there.
      [ONE, 'id.second'],
    ] as const)
      await stage.superuser.query(local, [space, player(name).key, player('my.coordinator').key, NOW]);
    const script: Said = ['select space from ronda.exercise_script'];
    expect(await inside(ONE, 'th.second', script)).toMatchObject({ rows: [{ space: ONE }] });
    expect(await inside(ONE, 'id.second', script)).toEqual(NOTHING);
    expect(await inside(OTHER, 'th.second', script)).toEqual(NOTHING);
    expect(await inside(ONE, 'th.second', ['select ronda.reader_part() as part'])).toMatchObject({
      rows: [{ part: null }],
    });
    expect(await inside(ONE, 'th.second', [`select from ronda.exercise_log where kind = 'remark'`])).toEqual(NOTHING);
    await stage.superuser.query(`delete from ronda.exercise_staff where part = 'local-controller'`);
  });

  it('lets nothing out to an address that the exercise does not list, which its owner does from real life', async () => {
    const [listed, other] = ['https://hooks.example/listed', 'https://hooks.example/other'];
    const list = (space: number, ...urls: string[]): Said => [
      'update ronda.exercise set addresses = $2 where space = $1',
      space,
      urls,
    ];
    for (const [name, from] of [
      ['th.analyst', 0],
      ['th.analyst', ONE],
      ['sg.analyst', 0],
      ['my.coordinator', ONE],
    ] as const)
      expect([name, from, await inside(from, name, list(ONE, listed))]).toEqual([name, from, NOTHING]);
    expect(await inside(0, 'my.coordinator', list(ONE, listed))).toMatchObject({ count: 1 });
    expect(await inside(0, 'my.coordinator', ['update ronda.exercise set space = 3'])).toEqual(REFUSED);

    await stage.superuser.query('update ronda.exercise set addresses = $2 where space = $1', [ONE, [listed]]);
    const hook = (url: string, within = ONE, name = 'th'): Said => [
      `insert into ronda.webhook (space, owner_key, id, url, types, created_at, saved_by, saved_at, position)
       values ($1, $2, $3, $4, '{}', $5, $6, $5, 0)`,
      within,
      key(name),
      idOf(39, 1),
      url,
      NOW,
      player(`${name}.analyst`).key,
    ];
    const turn = (url: string): Said => ['update ronda.webhook set url = $1', url];
    expect(await inside(ONE, 'th.analyst', hook(listed))).toMatchObject({ count: 1 });
    expect(await inside(ONE, 'th.analyst', hook(other))).toEqual(REFUSED);
    expect(await inside(ONE, 'th.analyst', hook(listed), turn(other))).toEqual(REFUSED);
    // Another exercise's list, and real life's, which has none.
    expect(await inside(OTHER, 'id.analyst', hook(listed, OTHER, 'id'))).toEqual(REFUSED);
    expect(await inside(0, 'th.analyst', hook(other, 0), turn(listed))).toMatchObject({ count: 1 });
  });

  it('fills with a log from a file no exercise but one that the reader has just made', async () => {
    await stage.superuser.query(`select setval(pg_get_serial_sequence('ronda.exercise', 'space'), $1)`, [OTHER]);
    const entries = JSON.stringify([
      { id: idOf(36, 1), at: NOW, isCommon: true, entry: { kind: 'started', by: null } },
      { id: idOf(36, 2), at: NOW, isCommon: true, entry: { kind: 'ended', by: null } },
    ]);
    const fill = (within: string): Said => [
      `select ronda.exercise_replay((${within}), $1, '\\x01', $2, $3, $3) as filled`,
      idOf(37, 1),
      entries,
      NOW,
    ];
    const MADE = 77;
    const make = (name: string): Said => [
      `insert into ronda.exercise (space, id, origin_node, owner_key, author_key, title, state, scenario_id, scenario_version, created_at)
       values (${MADE}, $1, 'test', $2, $3, 'Made', 'prepared', $1, 1, $4)`,
      idOf(38, 1),
      key(name.split('.')[0]!),
      player(name).key,
      NOW,
    ];
    const made = String(MADE);
    // One that has a log, and teams: its owner's, an evaluator's, a player's, and from inside.
    for (const [name, space] of [
      ['my.coordinator', 0],
      ['sg.analyst', ONE],
      ['th.analyst', ONE],
    ] as const)
      expect([name, await inside(space, name, fill(String(ONE)))]).toEqual([name, REFUSED]);
    expect(await inside(0, 'vn.analyst', make('vn.analyst'), fill(made))).toMatchObject({ count: 1 });
    // Part by part, as long as all of it is written at once; then it is over.
    const part = (within: string, nth = 1): Said => [
      `select ronda.exercise_replay_part((${within}), $1)`,
      JSON.stringify([{ id: idOf(35, nth), at: NOW, isCommon: false, entry: { kind: 'act', by: null } }]),
    ];
    expect(
      await inside(0, 'vn.analyst', make('vn.analyst'), part(made), part(made, 2), fill(made), [
        `select from ronda.exercise where space = ${made} and state = 'ended' and log_size = 4 and scored_size = 4`,
      ]),
    ).toMatchObject({ count: 1 });
    expect(await inside(0, 'vn.analyst', make('vn.analyst'), fill(made), part(made))).toEqual(REFUSED);
    for (const [name, space] of [
      ['my.coordinator', 0],
      ['sg.analyst', ONE],
    ] as const)
      expect([name, await inside(space, name, part(String(ONE)))]).toEqual([name, REFUSED]);
    // One that somebody began to fill, and left.
    await stage.superuser.query(make('vn.analyst')[0], make('vn.analyst').slice(1));
    await stage.superuser.query(
      `insert into ronda.exercise_log (space, seq, id, at, kind, entry, org_keys, is_common)
       values (${made}, 1, $1, $2, 'started', '{"kind":"started"}', '{}', true)`,
      [idOf(36, 3), NOW],
    );
    await stage.superuser.query(`update ronda.exercise set log_size = 1 where space = ${made}`);
    expect(await inside(0, 'vn.analyst', part(made))).toEqual(REFUSED);
    expect(await inside(0, 'vn.analyst', fill(made))).toEqual(REFUSED);
    await stage.superuser.query(`delete from ronda.exercise_log where space = ${made}`);
    await stage.superuser.query(`delete from ronda.exercise where space = ${made}`);
    // Twice, or with a team in it.
    expect(await inside(0, 'vn.analyst', make('vn.analyst'), fill(made), fill(made))).toEqual(REFUSED);
    const invite: Said = [
      `insert into ronda.exercise_team (space, org_key, role, invited_by, invited_at) values ((${made}), $1, 'cert', $2, $3)`,
      key('th'),
      player('vn.analyst').key,
      NOW,
    ];
    expect(await inside(0, 'vn.analyst', make('vn.analyst'), invite, fill(made))).toEqual(REFUSED);
    // That it is a replay is said by filling it alone.
    const claim: Said = [`update ronda.exercise set replay_of = id, replay_digest = '\\x01' where space = ${ONE}`];
    expect(await inside(0, 'my.coordinator', claim)).toEqual(REFUSED);
  });

  it('holds the space in every key that one table has of another', async () => {
    const { rows } = await stage.superuser.query<{ what: string }>(
      `with spaced as (select a.attrelid, a.attnum from pg_attribute a join pg_class c on c.oid = a.attrelid
          where c.relnamespace = 'ronda'::regnamespace and c.relkind = 'r' and a.attname = 'space' and not a.attisdropped)
       select format('%s of %s', k.conname, k.conrelid::regclass) as what from pg_constraint k
         join spaced here on here.attrelid = k.conrelid join spaced there on there.attrelid = k.confrelid
        where k.contype = 'f' and not exists (select from generate_subscripts(k.conkey, 1) n
          where k.conkey[n] = here.attnum and k.confkey[n] = there.attnum)`,
    );
    expect(rows.map(({ what }) => what)).toEqual([]);
  });
});

const withValues = ([text, ...values]: Said): [string, unknown[]] => [text, values];
