import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { epochOf, groups, memberships, setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

type Said = [text: string, ...values: unknown[]];

/** The principal that was made just before. */
const newest = '(select max(key) from ronda.principal)';

/** Widening one's own principals, or narrowing others', by writing to the tables they are derived from. */
describe('attacks on who is who, with the login of the service', () => {
  let stage: Stage;
  const player = (name: string): Player => stage.cast[name]!;
  const org = (name: string): number => stage.cast.stages[name]!.key;
  const as = (name: string, ...said: Said[]): Promise<Outcome> => stage.attacker.as(player(name), ...said);
  const ONE = { count: 1 };

  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  describe('principals', () => {
    const account = (key: string): Said => [
      `insert into ronda.user_account (key, id, org_key, email, display_name, roles, status, created_at)
       values (${key}, $1, $2, 'x@x', '', '{}', 'active', $3)`,
      idOf(2, 50),
      org('vn'),
      NOW,
    ];
    const constituent = (key: string): Said => [
      `insert into ronda.organisation (key, id, origin_node, name, kind, affiliation, parent_key, standing, created_at)
       values (${key}, $1, 'x', '', 'constituent', 'member', $2, 'applicant', $3)`,
      idOf(1, 50),
      org('vn'),
      NOW,
    ];

    it('are not chosen: no account and no constituent is the community, the secretariat, or somebody else', async () => {
      const others = [2, 4, org('th'), player('th.analyst').key, epochOf(groups.open, 2)];
      for (const insert of [account, constituent])
        for (const key of others) {
          const outcome = await as('vn.admin', insert(String(key)));
          expect([REFUSED, { refused: 'unique_violation' }]).toContainEqual(outcome);
        }
      const newPerson: Said = [`insert into ronda.principal (kind) values ('user')`];
      expect(await as('vn.admin', newPerson, account(newest))).toMatchObject(ONE);
      expect(await as('vn.admin', newPerson, constituent(newest))).toEqual(REFUSED);
    });

    it('keep their number', async () => {
      expect(await as('vn.admin', ['insert into ronda.principal (key, kind) values (77, $1)', 'user'])).toEqual(
        REFUSED,
      );
      expect(await as('vn.admin', ['update ronda.principal set kind = $1', 'user'])).toEqual(REFUSED);
    });

    it("are never another's: an own group with an epoch that is the community", async () => {
      for (const principal of [2, 4, org('th'), player('th.analyst').key])
        expect(
          await as('vn.coordinator', [
            'insert into ronda.group_epoch (group_key, epoch, principal_key, began_at) values ($1, 3, $2, $3)',
            groups.own,
            principal,
            NOW,
          ]),
        ).toEqual(REFUSED);
    });
  });

  describe('accounts', () => {
    it.each(['org_key', 'key', 'id', 'email', 'created_at'])(
      'nobody changes the %s of an account, not of its own',
      async (column) => {
        const own: Said = [
          `update ronda.user_account set ${column} = ${column} where key = $1`,
          player('vn.analyst').key,
        ];
        expect(await as('vn.analyst', own)).toEqual(REFUSED);
        expect(await as('vn.admin', own)).toEqual(REFUSED);
      },
    );

    it("nobody else's account is written", async () => {
      const disable = (name: string): Said => [
        `update ronda.user_account set status = 'disabled' where key = $1`,
        player(name).key,
      ];
      expect(await as('vn.admin', disable('vn.analyst'))).toMatchObject(ONE);
      expect(await as('vn.admin', disable('th.analyst'))).toEqual(NOTHING);
      // It sets up first administrators, and Thailand has one.
      expect(await as('secretariat.admin', disable('th.analyst'))).toEqual(NOTHING);
    });

    it('the secretariat gets into no account of an organisation that administers itself', async () => {
      expect(await as('secretariat.admin', link('th.analyst', 'th'))).toEqual(REFUSED);
      // The bank has no administrator yet: its CERT and the secretariat set one up.
      expect(await as('secretariat.admin', link('bank.analyst', 'bank'))).toMatchObject(ONE);
      expect(await as('vn.admin', link('bank.analyst', 'bank'))).toMatchObject(ONE);
      expect(await as('my.admin', link('bank.analyst', 'bank'))).toEqual(REFUSED);
    });

    it("a link for another's account is not made by calling it one's own organisation's", async () => {
      expect(await as('vn.analyst', link('th.analyst', 'vn'))).toEqual(REFUSED);
      expect(await as('vn.analyst', link('th.analyst', 'th'))).toEqual(REFUSED);
      expect(await as('vn.admin', link('vn.analyst', 'vn'))).toMatchObject(ONE);
    });

    const link = (user: string, organisation: string): Said => [
      `insert into ronda.credential (id, kind, purpose, user_key, org_key, token_hash, created_at, expires_at)
       values ($1, 'link', 'password-reset', $2, $3, '\\x01', $4, '2100-01-01')`,
      idOf(3, 50),
      player(user).key,
      org(organisation),
      NOW,
    ];

    it('a session is opened for oneself alone', async () => {
      const session = (user: string, organisation: string): Said => [
        `insert into ronda.credential (id, kind, user_key, org_key, token_hash, created_at, expires_at)
         values ($1, 'session', $2, $3, '\\x02', $4, '2100-01-01')`,
        idOf(3, 51),
        player(user).key,
        org(organisation),
        NOW,
      ];
      expect(await as('vn.analyst', session('vn.analyst', 'vn'))).toMatchObject(ONE);
      expect(await as('vn.analyst', session('vn.second', 'vn'))).toEqual(REFUSED);
      expect(await as('vn.analyst', session('th.analyst', 'vn'))).toEqual(REFUSED);
    });

    it('a credential stays whose it is, and what it is', async () => {
      for (const change of [
        `user_key = ${player('th.analyst').key}`,
        `org_key = ${org('th')}`,
        `kind = 'session'`,
        'scopes = null',
        `purpose = 'invitation'`,
      ])
        expect(await as('vn.analyst', [`update ronda.credential set ${change}`])).toEqual(REFUSED);
    });

    it("others' credentials are revoked by who administers them, and not taken over", async () => {
      const of = (set: string, user: string): Said => [
        `update ronda.credential set ${set} where user_key = $1`,
        player(user).key,
      ];
      expect(await as('vn.admin', of(`revoked_at = '2026-11-20'`, 'vn.analyst'))).toMatchObject(ONE);
      expect(await as('vn.admin', of(`token_hash = '\\x03'`, 'vn.analyst'))).toEqual(REFUSED);
      expect(await as('vn.admin', of(`expires_at = '2200-01-01'`, 'vn.analyst'))).toEqual(REFUSED);
      expect(await as('vn.admin', of(`revoked_at = '2026-11-20'`, 'th.analyst'))).toEqual(NOTHING);
      expect(await as('secretariat.admin', of(`revoked_at = '2026-11-20'`, 'th.analyst'))).toEqual(NOTHING);
    });

    it('what was revoked stays so', async () => {
      const mine = player('vn.analyst').key;
      expect(
        await as(
          'vn.admin',
          [`update ronda.credential set revoked_at = '2026-11-20' where user_key = $1`, mine],
          [`update ronda.credential set revoked_at = null where user_key = $1`, mine],
        ),
      ).toEqual(REFUSED);
    });

    it("nobody's secrets but one's own are read or written", async () => {
      await stage.superuser.query(
        `insert into ronda.user_secret (user_key, password_hash) select key, 'secret' from ronda.user_account on conflict do nothing`,
      );
      for (const name of ['vn.admin', 'secretariat.admin']) {
        expect(await as(name, ['select 1 from ronda.user_secret where user_key <> $1', player(name).key])).toEqual(
          NOTHING,
        );
        expect(
          await as(name, [
            `update ronda.user_secret set password_hash = 'mine' where user_key <> $1`,
            player(name).key,
          ]),
        ).toEqual(NOTHING);
      }
    });
  });

  describe('organisations', () => {
    const set = (what: string, on: string): Said => [`update ronda.organisation set ${what} where key = $1`, org(on)];

    it.each(['kind', 'affiliation', 'country', 'parent_key', 'key', 'id', 'origin_node'])(
      'nobody changes its %s',
      async (column) => {
        expect(await as('vn.admin', [`update ronda.organisation set ${column} = ${column}`])).toEqual(REFUSED);
        expect(await as('secretariat.admin', [`update ronda.organisation set ${column} = ${column}`])).toEqual(REFUSED);
      },
    );

    it('each changes its own settings and no other', async () => {
      expect(await as('vn.admin', set('relay_green = true', 'vn'))).toMatchObject(ONE);
      expect(await as('vn.admin', set('relay_green = true', 'th'))).toEqual(REFUSED);
      expect(await as('secretariat.admin', set('totp_required = true', 'th'))).toEqual(REFUSED);
      expect(await as('vn.admin', set('relay_green = true', 'bank'))).toEqual(REFUSED);
      // A constituent cannot switch its CERT's relay on for itself: it does not even see the row to change.
      expect(await as('bank.analyst', set('relay_green = true', 'vn'))).toEqual(NOTHING);
    });

    it('an organisation does not name itself', async () => {
      expect(await as('vn.admin', set(`name = 'TH CERT'`, 'vn'))).toEqual(REFUSED);
      expect(await as('vn.admin', set(`name = 'Bank'`, 'bank'))).toMatchObject(ONE);
      expect(await as('secretariat.admin', set(`name = 'Thai CERT'`, 'th'))).toMatchObject(ONE);
    });

    it('nobody takes the secretariat', async () => {
      expect(await as('vn.admin', set('is_secretariat = true', 'vn'))).toEqual(REFUSED);
      expect(await as('vn.admin', set('is_secretariat = false', 'secretariat'))).toEqual(REFUSED);
      expect(
        await as('secretariat.admin', set('is_secretariat = false', 'secretariat'), set(`is_secretariat = true`, 'th')),
      ).toMatchObject(ONE);
      expect(await as('secretariat.admin', register('vn', 'true'))).toEqual(REFUSED);
    });

    it("nobody changes its own standing, nor another's alone", async () => {
      for (const [who, standing, on] of [
        ['ph.admin', 'active', 'ph'],
        ['la.admin', 'active', 'la'],
        ['la.admin', 'sponsored', 'la'],
        ['vn.admin', 'suspended', 'th'],
        ['secretariat.admin', 'suspended', 'th'],
        ['secretariat.admin', 'active', 'ph'],
        ['secretariat.admin', 'active', 'la'],
        ['secretariat.admin', 'retired', 'th'],
        ['vn.admin', 'sponsored', 'la'],
        ['vn.admin', 'active', 'la'],
        ['vn.admin', 'retired', 'vn'],
        ['vn.admin', 'applicant', 'bank'],
      ] as const) {
        const outcome = await as(who, set(`standing = '${standing}'`, on));
        expect([who, standing, on, outcome]).toEqual([who, standing, on, REFUSED]);
      }
      expect(await as('vn.admin', set(`standing = 'retired'`, 'bank'))).toMatchObject(ONE);
      expect(await as('my.admin', set(`standing = 'retired'`, 'bank'))).toEqual(NOTHING);
    });

    it('a designation or two sponsors, and the word of the secretariat, make one active', async () => {
      const designate: Said = [
        `insert into ronda.designation (org_key, designated_by, designated_on, document, entered_by, entered_at) values ($1, 'a ministry', '2026-01-01', 'a letter', $2, $3)`,
        org('la'),
        player('secretariat.admin').key,
        NOW,
      ];
      expect(await as('secretariat.admin', designate, set(`standing = 'active'`, 'la'))).toMatchObject(ONE);
      expect(await as('vn.admin', designate)).toEqual(REFUSED);
      const sponsor = (by: string, key = org(by)): Said => [
        `insert into ronda.sponsorship (org_key, sponsor_key, statement, entered_by, entered_at) values ($1, $2, '', $3, $4)`,
        org('la'),
        key,
        player(`${by}.admin`).key,
        NOW,
      ];
      expect(await as('vn.admin', sponsor('vn'), set(`standing = 'sponsored'`, 'la'))).toEqual(REFUSED);
      expect(await as('vn.admin', sponsor('vn', org('th')))).toEqual(REFUSED);
      expect(await as('ph.admin', sponsor('ph'))).toEqual(REFUSED);
      await stage.superuser.query(
        `insert into ronda.sponsorship (org_key, sponsor_key, statement, entered_by, entered_at) values ($1, $2, '', $3, $4)`,
        [org('la'), org('th'), player('th.admin').key, NOW],
      );
      expect(await as('vn.admin', sponsor('vn'), set(`standing = 'sponsored'`, 'la'))).toMatchObject(ONE);
      await stage.superuser.query('delete from ronda.sponsorship');
    });

    it('two organisations suspend, each by itself', async () => {
      expect(await as('vn.admin', decide('vn.admin', 'vn'))).toMatchObject(ONE);
      expect(await as('vn.admin', decide('vn.admin', 'sg'))).toEqual(REFUSED);
      expect(await as('vn.admin', decide('sg.admin', 'vn'))).toEqual(REFUSED);
      expect(await as('vn.admin', decide('vn.admin', 'vn', org('sg')))).toEqual(REFUSED);
      expect(await as('bank.analyst', decide('bank.analyst', 'bank'))).toEqual(REFUSED);
      const [text, ...values] = decide('vn.admin', 'vn');
      await stage.superuser.query(text, values);
      const confirm = (by: string, key: number): Said => [
        `update ronda.standing_decision set second_org_key = $1, second_user_key = $2, second_at = $3 where org_key = $4`,
        key,
        player(`${by}.admin`).key,
        NOW,
        org('th'),
      ];
      expect(await as('vn.admin', confirm('vn', org('sg')))).toEqual(REFUSED);
      expect(await as('vn.admin', confirm('vn', org('vn')))).toEqual({ refused: 'check_violation' });
      expect(await as('sg.admin', [`update ronda.standing_decision set withdrawn_at = $1`, NOW])).toEqual(REFUSED);
      expect(await as('sg.admin', [`update ronda.standing_decision set decision = 'reinstate'`])).toEqual(REFUSED);
      expect(await as('sg.admin', set(`standing = 'suspended'`, 'th'))).toEqual(REFUSED);
      expect(await as('sg.admin', confirm('sg', org('sg')), set(`standing = 'suspended'`, 'th'))).toMatchObject(ONE);
      expect(await as('vn.admin', [`update ronda.standing_decision set withdrawn_at = $1`, NOW])).toMatchObject(ONE);
    });

    const decide = (by: string, first: string, second: number | null = null): Said => [
      `insert into ronda.standing_decision (id, org_key, decision, reason, decided_on, document, first_org_key, first_user_key, first_at, second_org_key)
       values ($1, $2, 'suspend', '', '2026-11-01', '', $3, $4, $5, $6)`,
      idOf(10, 1),
      org('th'),
      org(first),
      player(by).key,
      NOW,
      second,
    ];
    it('a CERT registers its own constituents, and the secretariat anybody', async () => {
      expect(await as('vn.admin', newPrincipal, register('vn', 'false'))).toMatchObject(ONE);
      expect(await as('vn.admin', newPrincipal, register('th', 'false'))).toEqual(REFUSED);
      expect(await as('vn.analyst', newPrincipal, register('vn', 'true'))).toEqual(REFUSED);
      expect(await as('secretariat.admin', newPrincipal, register('th', 'false'))).toMatchObject(ONE);
    });

    const newPrincipal: Said = [`insert into ronda.principal (kind) values ('organisation')`];
    const register = (parent: string, isSecretariat: string): Said => [
      `insert into ronda.organisation (key, id, origin_node, name, kind, affiliation, parent_key, standing, is_secretariat, created_at)
       values (${newest}, $1, 'x', '', 'constituent', 'member', $2, 'applicant', ${isSecretariat}, $3)`,
      idOf(1, 51),
      org(parent),
      NOW,
    ];
  });

  describe('groups', () => {
    const change = (what: string, membership: number): Said => [
      `update ronda.group_membership set ${what} where key = $1`,
      membership,
    ];
    const inWith = (epoch: number): string => `state = 'member', joined_epoch = ${epoch}, joined_at = '2026-11-20'`;
    const epoch = (group: number, number: number): Said[] => [
      [`insert into ronda.principal (kind) values ('group-epoch')`],
      [
        `insert into ronda.group_epoch (group_key, epoch, principal_key, began_at) values ($1, $2, ${newest}, $3)`,
        group,
        number,
        NOW,
      ],
    ];
    const turn = (group: number, number: number): Said => [
      'update ronda.sharing_group set epoch = $2 where key = $1',
      group,
      number,
    ];

    it('who is proposed sees the group and nothing of what was released to it', async () => {
      const { rows } = (await as('vn.analyst', ['select ronda.reader_principals() as held'])) as {
        rows: { held: number[] }[];
      };
      expect(rows[0]!.held).not.toEqual(expect.arrayContaining([epochOf(groups.open, 1)]));
      expect(await as('vn.analyst', ['select key from ronda.sharing_group where key = $1', groups.open])).toMatchObject(
        ONE,
      );
    });

    it('nobody lets itself in', async () => {
      for (const number of [1, 2, 3])
        expect(await as('vn.coordinator', change(inWith(number), memberships.openVn))).toEqual(REFUSED);
      expect(await as('vn.coordinator', ...epoch(groups.open, 3))).toEqual(REFUSED);
      expect(await as('vn.coordinator', turn(groups.open, 3))).toEqual(REFUSED);
      expect(await as('vn.coordinator', change(inWith(1), memberships.leftVn))).toEqual(REFUSED);
      expect(await as('vn.coordinator', change(`state = 'proposed'`, memberships.leftVn))).toEqual(REFUSED);
      expect(await as('my.coordinator', change(inWith(1), memberships.openVn))).toEqual(NOTHING);
    });

    it('nobody moves its membership to another group, or to another organisation', async () => {
      expect(await as('vn.coordinator', [`update ronda.group_membership set group_key = $1`, groups.left])).toEqual(
        REFUSED,
      );
      expect(await as('vn.coordinator', [`update ronda.group_membership set org_key = $1`, org('my')])).toEqual(
        REFUSED,
      );
      expect(await as('vn.coordinator', [`update ronda.group_membership set admit_after = '2000-01-01'`])).toEqual(
        REFUSED,
      );
      expect(await as('vn.coordinator', [`update ronda.group_epoch set group_key = $1`, groups.own])).toEqual(REFUSED);
    });

    it('a member reads back no further than it came', async () => {
      expect(await as('sg.coordinator', change('joined_epoch = 1', memberships.openSg))).toEqual(REFUSED);
      expect(await as('sg.coordinator', change(`state = 'proposed', joined_epoch = null`, memberships.openSg))).toEqual(
        REFUSED,
      );
    });

    it('members let in who accepted and waited, with an epoch of its own', async () => {
      const admit = (number: number): Said[] => [
        ...epoch(groups.open, number),
        turn(groups.open, number),
        change(inWith(number), memberships.openVn),
      ];
      expect(await as('sg.coordinator', ...admit(3))).toMatchObject(ONE);
      expect(await as('sg.coordinator', change(inWith(2), memberships.openVn))).toEqual(REFUSED);
      expect(await as('sg.coordinator', change(inWith(1), memberships.openVn))).toEqual(REFUSED);
      expect(
        await as(
          'sg.coordinator',
          ...epoch(groups.open, 3),
          turn(groups.open, 3),
          change(inWith(1), memberships.openVn),
        ),
      ).toEqual(REFUSED);
      expect(await as('sg.coordinator', ...epoch(groups.open, 4))).toEqual(REFUSED);
      // Indonesia has not accepted, and nobody accepts for it.
      const early: Said[] = [...epoch(groups.left, 3), turn(groups.left, 3)];
      expect(await as('th.coordinator', ...early, change(inWith(3), memberships.leftId))).toEqual(REFUSED);
      expect(await as('th.coordinator', change(`accepted_at = '2026-11-20'`, memberships.leftId))).toEqual(REFUSED);
      expect(await as('id.coordinator', change(`accepted_at = '2026-11-20'`, memberships.leftId))).toMatchObject(ONE);
      // Somebody objected.
      const object: Said = [
        `insert into ronda.group_objection (membership_key, org_key, reason, entered_by, entered_at) values ($1, $2, '', $3, $4)`,
        memberships.openVn,
        org('sg'),
        player('sg.coordinator').key,
        NOW,
      ];
      expect(await as('sg.coordinator', object, ...admit(3))).toEqual(REFUSED);
      expect(
        await as('vn.coordinator', [object[0], memberships.openVn, org('vn'), player('vn.coordinator').key, NOW]),
      ).toEqual(REFUSED);
    });

    it('a newcomer is proposed by a member, which leaves the others their time', async () => {
      const propose = (
        by: string,
        group: number,
        hours: number,
        state = 'proposed',
        joined: number | null = null,
      ): Said => [
        `insert into ronda.group_membership (id, group_key, org_key, state, proposed_by, proposed_at, admit_after, joined_epoch)
         values ($1, $2, $3, $4, $5, $6, $6::timestamptz + make_interval(hours => $7), $8)`,
        idOf(5, 50),
        group,
        org('my'),
        state,
        player(`${by}.coordinator`).key,
        NOW,
        hours,
        joined,
      ];
      expect(await as('th.coordinator', propose('th', groups.open, 72))).toMatchObject(ONE);
      expect(await as('th.coordinator', propose('th', groups.open, 71))).toEqual(REFUSED);
      expect(await as('th.coordinator', propose('th', groups.open, 72, 'member', 1))).toEqual(REFUSED);
      expect(await as('th.coordinator', propose('sg', groups.open, 72))).toEqual(REFUSED);
      expect(await as('vn.coordinator', propose('vn', groups.open, 72))).toEqual(REFUSED);
      expect(await as('vn.coordinator', propose('vn', groups.left, 72))).toEqual(REFUSED);
    });

    it('the founder alone removes, renames and ends it', async () => {
      expect(await as('sg.coordinator', change(`state = 'left'`, memberships.openTh))).toEqual(REFUSED);
      expect(await as('th.coordinator', change(`state = 'left'`, memberships.openSg))).toMatchObject(ONE);
      expect(await as('sg.coordinator', change(`state = 'left'`, memberships.openSg))).toMatchObject(ONE);
      const end: Said = [`update ronda.sharing_group set dissolved_at = '2026-11-20' where key = $1`, groups.open];
      const found: Said = [`update ronda.sharing_group set founder_key = $2 where key = $1`, groups.open, org('sg')];
      for (const said of [end, found]) {
        expect(await as('sg.coordinator', said)).toEqual(REFUSED);
        expect(await as('vn.coordinator', said)).toEqual(REFUSED);
        expect(await as('my.coordinator', said)).toEqual(NOTHING);
        expect(await as('th.coordinator', said)).toMatchObject(ONE);
      }
      expect(
        await as('th.coordinator', end, [
          `update ronda.sharing_group set dissolved_at = null where key = $1`,
          groups.open,
        ]),
      ).toEqual(REFUSED);
    });

    it('a group is founded with its first members, and never grows in that way again', async () => {
      const found: Said = [
        `insert into ronda.sharing_group (id, origin_node, name, purpose, founder_key, epoch, objection_hours, created_at) values ($1, 'x', '', '', $2, 1, 72, $3)`,
        idOf(4, 50),
        org('vn'),
        NOW,
      ];
      const join = (group: string, name: string): Said => [
        `insert into ronda.group_membership (id, group_key, org_key, state, proposed_by, proposed_at, admit_after, accepted_at, joined_epoch, joined_at)
         values ($1, ${group}, $2, 'member', $3, $4, $4, $4, 1, $4)`,
        idOf(5, 60),
        org(name),
        player('vn.coordinator').key,
        NOW,
      ];
      expect(await as('vn.coordinator', found, join('(select max(key) from ronda.sharing_group)', 'vn'))).toMatchObject(
        ONE,
      );
      expect(await as('vn.coordinator', found, join('(select max(key) from ronda.sharing_group)', 'my'))).toMatchObject(
        ONE,
      );
      expect(await as('vn.coordinator', join(String(groups.own), 'my'))).toEqual(REFUSED);
      expect(await as('vn.coordinator', [found[0], found[1], org('th'), NOW])).toEqual(REFUSED);
    });
  });
});
