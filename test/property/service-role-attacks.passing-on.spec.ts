import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { records, setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

type Said = [text: string, ...values: unknown[]];

/**
 * Viet Nam's record, AMBER to Thailand. Thailand has a constituent here, to whom it passed the record on; Malaysia's is a
 * stranger to it. Thailand asked for wider sharing and said a word on it, as did its constituent.
 */
describe('attacks on pass-ons, requests for wider sharing and feedback, with the login of the service', () => {
  let stage: Stage;
  const player = (name: string): Player => stage.cast[name]!;
  const org = (name: string): number => stage.cast.stages[name]!.key;
  const as = (name: string, ...said: Said[]): Promise<Outcome> => stage.attacker.as(player(name), ...said);
  const ONE = { count: 1 };
  const PASSED = idOf(15, 1);
  const ASKED = idOf(16, 1);

  beforeAll(async () => {
    stage = await setStage();
    const { superuser } = stage;
    // The bank is Thailand's on this stage.
    await superuser.query('update ronda.organisation set parent_key = $2 where key = $1', [org('bank'), org('th')]);
    await superuser.query(
      `insert into ronda.pass_on (space, id, owner_key, incident_key, org_key, note, tells_originator, granted_by, granted_at)
       values (0, $1, $2, $3, $4, 'why', false, $5, $6)`,
      [PASSED, org('th'), records.shared, org('bank'), player('th.analyst').key, NOW],
    );
    await superuser.query(
      `insert into ronda.wider_sharing_request (space, id, owner_key, incident_key, audience, reason, asked_by, asked_at, state)
       values (0, $1, $2, $3, '["community"]', 'why', $4, $5, 'open')`,
      [ASKED, org('th'), records.shared, player('th.analyst').key, NOW],
    );
    for (const [name, kind] of [
      ['th', 'useful'],
      ['bank', 'cannot-help'],
    ] as const)
      await superuser.query(
        `insert into ronda.feedback (space, owner_key, incident_key, kind, given_by, given_at, passed_by) values (0, $1, $2, $3, $4, $5, $6)`,
        [org(name), records.shared, kind, player(`${name}.analyst`).key, NOW, name === 'bank' ? org('th') : null],
      );
    await superuser.query(
      `insert into ronda.receipt (space, reader_key, record_kind, record_key, revision, kind, org_key, at, passed_by)
       values (0, $1, 'incident', $2, 1, 'acknowledged', $1, $3, $4)`,
      [org('bank'), records.shared, NOW, org('th')],
    );
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  const rows = async (name: string, text: string): Promise<unknown> =>
    ((await as(name, [text])) as { rows: Record<string, unknown>[] }).rows.map((row) => Object.values(row)[0]);

  it('a pass-on is seen by the CERT that made it and by its recipient; the owner’s rows say nothing of it', async () => {
    const all = 'select id from ronda.pass_on';
    expect(await rows('th.analyst', all)).toEqual([PASSED]);
    expect(await rows('bank.analyst', all)).toEqual([PASSED]);
    for (const other of ['vn.analyst', 'sg.analyst', 'telco.analyst', 'secretariat.analyst'])
      expect([other, await rows(other, all)]).toEqual([other, []]);
    const audiences =
      'select unnest(audience) from ronda.incident union select unnest(audience) from ronda.incident_revision';
    expect(await rows('vn.analyst', audiences)).not.toContain(org('bank'));
    expect(await rows('vn.analyst', 'select org_key from ronda.receipt')).not.toContain(org('bank'));
    expect(await rows('th.analyst', 'select org_key from ronda.receipt')).toContain(org('bank'));
  });

  it('its recipient reads one revision and no comment, and is no reader for anybody else', async () => {
    expect(await rows('bank.analyst', 'select key::int from ronda.incident')).toEqual([records.shared]);
    expect(await rows('bank.analyst', 'select number from ronda.incident_revision')).toEqual([1]);
    expect(await rows('bank.analyst', 'select key from ronda.incident_comment')).toEqual([]);
    expect(await rows('telco.analyst', 'select key::int from ronda.incident')).not.toContain(records.shared);
    expect(
      await as('bank.analyst', [
        `insert into ronda.incident_comment (space, id, incident_key, author_key, org_key, body, reach, created_at)
         values (0, $1, $2, $3, $4, 'x', 'readers', $5)`,
        idOf(7, 9),
        records.shared,
        player('bank.analyst').key,
        org('bank'),
        NOW,
      ]),
    ).toEqual(REFUSED);
  });

  it('nobody takes back another’s, changes what was passed on, or asks the database of others’', async () => {
    const takeBack = (name: string, by = name): Promise<Outcome> =>
      as(name, ['select ronda.take_back($1, $2, $3) as ended', PASSED, player(`${by.split('.')[0]}.analyst`).key, NOW]);
    for (const other of ['vn.analyst', 'bank.analyst', 'sg.analyst'])
      expect([other, await takeBack(other)]).toMatchObject([other, { rows: [{ ended: false }] }]);
    expect(await takeBack('th.analyst', 'vn.analyst')).toMatchObject({ rows: [{ ended: false }] });
    expect(await takeBack('th.analyst')).toMatchObject({ rows: [{ ended: true }] });
    for (const said of [
      ['update ronda.pass_on set org_key = $1', org('sg')],
      ['update ronda.pass_on set ended_at = null'],
      ['delete from ronda.pass_on'],
      ['select ronda.standing_pass_ons($1)', org('th')],
      ['select ronda.cert_principals($1)', org('th')],
      ['select ronda.passed_by(0, $1, $2, $2)', records.shared, org('bank')],
    ] satisfies Said[])
      expect([said[0], await as('th.analyst', said)]).toEqual([said[0], REFUSED]);
    expect(await as('th.analyst', ['select * from ronda.told_pass_ons($1)', records.shared])).toEqual(NOTHING);
    // It does not tell the owner either.
    expect(await as('vn.analyst', ['select * from ronda.told_pass_ons($1)', records.shared])).toEqual(NOTHING);
  });

  it('whoever asked the owner of an anonymous record finds in no row who decided', async () => {
    const asked = idOf(16, 9);
    await stage.superuser.query(
      `insert into ronda.wider_sharing_request (space, id, owner_key, incident_key, audience, reason, asked_by, asked_at, state)
       values (0, $1, $2, $3, '["community"]', 'why', $4, $5, 'open')`,
      [asked, org('th'), records.anonymous, player('th.analyst').key, NOW],
    );
    const decide = (by: number | null): Promise<Outcome> =>
      as('vn.analyst', [
        `update ronda.wider_sharing_request set state = 'granted', decided_by = $1, decided_at = $2 where id = $3`,
        by,
        NOW,
        asked,
      ]);
    expect(await decide(player('vn.analyst').key)).toEqual(REFUSED);
    expect(await decide(null)).toMatchObject(ONE);
    await stage.superuser.query('delete from ronda.wider_sharing_request where id = $1', [asked]);
  });

  it('a request for wider sharing is seen by who asks and who owns, asked in one’s own name, and decided by the owner', async () => {
    const all = 'select id from ronda.wider_sharing_request';
    expect(await rows('th.analyst', all)).toEqual([ASKED]);
    expect(await rows('vn.analyst', all)).toEqual([ASKED]);
    for (const other of ['sg.analyst', 'bank.analyst', 'secretariat.analyst'])
      expect([other, await rows(other, all)]).toEqual([other, []]);
    const decide = (name: string, by = name): Promise<Outcome> =>
      as(name, [
        `update ronda.wider_sharing_request set state = 'granted', decided_by = $1, decided_at = $2`,
        player(by).key,
        NOW,
      ]);
    expect(await decide('th.analyst')).toEqual(NOTHING);
    expect(await decide('vn.analyst', 'th.analyst')).toEqual(REFUSED);
    expect(await decide('vn.analyst')).toMatchObject(ONE);
    const ask = (name: string, record: number, of = name): Promise<Outcome> =>
      as(name, [
        `insert into ronda.wider_sharing_request (space, id, owner_key, incident_key, audience, reason, asked_by, asked_at, state)
         values (0, $1, $2, $3, '["community"]', '', $4, $5, 'open')`,
        idOf(16, 2),
        org(of.split('.')[0]!),
        record,
        player(of).key,
        NOW,
      ]);
    // The owner itself, in another's name, of what was passed on, and of what is hidden or absent: alike.
    for (const [name, record, of] of [
      ['vn.analyst', records.shared, 'vn.analyst'],
      ['vn.analyst', records.shared, 'th.analyst'],
      ['bank.analyst', records.shared, 'bank.analyst'],
      ['sg.analyst', records.shared, 'sg.analyst'],
      ['sg.analyst', records.absent, 'sg.analyst'],
    ] as const)
      expect([name, record, await ask(name, record, of)]).toEqual([name, record, REFUSED]);
  });

  it('a word is seen by its giver and by who shared the record with it; said for oneself, of what one was given', async () => {
    const all = 'select kind from ronda.feedback order by kind';
    expect(await rows('vn.analyst', all)).toEqual(['useful']);
    expect(await rows('th.analyst', all)).toEqual(['cannot-help', 'useful']);
    expect(await rows('bank.analyst', all)).toEqual(['cannot-help']);
    expect(await rows('sg.analyst', all)).toEqual([]);
    const give = (name: string, of: string, record: number): Promise<Outcome> =>
      as(name, [
        `insert into ronda.feedback (space, owner_key, incident_key, kind, given_by, given_at) values (0, $1, $2, 'useful', $3, $4)`,
        org(of),
        record,
        player(`${of}.analyst`).key,
        NOW,
      ]);
    for (const [name, of, record] of [
      ['vn.analyst', 'vn', records.shared],
      ['th.analyst', 'sg', records.shared],
      ['sg.analyst', 'sg', records.shared],
      ['sg.analyst', 'sg', records.absent],
    ] as const)
      expect([name, of, record, await give(name, of, record)]).toEqual([name, of, record, REFUSED]);
    // Whose word it is, and by whom it came, is not the service's to say: not when it is given, either.
    const claimed: Said = [
      `insert into ronda.receipt (space, reader_key, record_kind, record_key, revision, kind, org_key, at, passed_by)
       values (0, $1, 'incident', $2, 1, 'acted-on', $1, $3, null) returning passed_by`,
      org('bank'),
      records.shared,
      NOW,
    ];
    expect(await as('bank.analyst', claimed)).toMatchObject({ rows: [{ passed_by: org('th') }] });
    expect(await as('bank.analyst', ['update ronda.feedback set passed_by = null'])).toEqual(REFUSED);
    expect(await as('bank.analyst', ['update ronda.feedback set owner_key = $1', org('th')])).toEqual(REFUSED);
    expect(await as('vn.analyst', [`delete from ronda.feedback`])).toEqual(NOTHING);
  });

  it('nobody but a coordinator of the owner erases from notes', async () => {
    const erase: Said = ['select ronda.erase_from_notes($1, $2)', records.shared, 'why'];
    for (const name of ['th.coordinator', 'bank.analyst', 'vn.analyst'])
      expect([name, await as(name, erase)]).toEqual([name, REFUSED]);
    expect(await as('vn.coordinator', erase)).toMatchObject(ONE);
  });
});
