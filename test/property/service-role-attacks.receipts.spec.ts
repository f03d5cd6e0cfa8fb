import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { records, setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

type Said = [text: string, ...values: unknown[]];

/** In another transaction's clock, and to the hour. */
const HOUR = new Date('2026-11-20T02:00:00.000Z');

describe('attacks on receipts and tombstones, with the login of the service', () => {
  let stage: Stage;
  const player = (name: string): Player => stage.cast[name]!;
  const org = (name: string): number => stage.cast.stages[name]!.key;
  const as = (name: string | null, ...said: Said[]): Promise<Outcome> =>
    stage.attacker.as(name === null ? null : player(name), ...said);
  const ONE = { count: 1 };

  const receipt = (
    record: number,
    by: string,
    { reader = org(by), revision = 1, kind = 'acknowledged', at = NOW, space = 0 } = {},
  ): Said => [
    `insert into ronda.receipt (space, reader_key, record_kind, record_key, revision, kind, org_key, at)
     values ($1, $2, 'incident', $3, $4, $5, $6, $7)`,
    space,
    reader,
    record,
    revision,
    kind,
    org(by),
    at,
  ];
  const tombstone = (record: number, by: string, reader = org(by)): Said => [
    `insert into ronda.tombstone (space, reader_key, record_kind, record_key, record_id, revision, org_key, reason, at)
     values (0, $1, 'incident', $2, $3, 1, $4, 'error', $5)`,
    reader,
    record,
    idOf(6, record),
    org(by),
    NOW,
  ];
  const said = (set: string, where = 'true'): Said => [`update ronda.tombstone set ${set} where ${where}`];
  const deleted = `answer = 'deleted', answered_at = ronda.clock()`;

  beforeAll(async () => {
    stage = await setStage();
    for (const [text, ...values] of [
      receipt(records.shared, 'th', { kind: 'delivered', at: HOUR }),
      receipt(records.shared, 'telco', { kind: 'delivered', at: HOUR }),
      receipt(records.red, 'sg', { reader: player('sg.analyst').key, kind: 'opened', at: HOUR }),
      receipt(records.anonymous, 'th', { kind: 'delivered', at: HOUR }),
      tombstone(records.shared, 'th'),
      tombstone(records.red, 'sg', player('sg.analyst').key),
      tombstone(records.anonymous, 'th'),
      ['insert into ronda.asked_back values (0, $1, $2, $3, $4)', 'incident', records.shared, 'error', NOW] as Said,
    ])
      await stage.superuser.query(text, values);
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  it('a receipt is written by the recipient, of a revision that it reads, at its own time', async () => {
    expect(await as('th.analyst', receipt(records.shared, 'th'))).toMatchObject(ONE);
    expect(await as('th.analyst', receipt(records.shared, 'th', { reader: player('th.analyst').key }))).toMatchObject(
      ONE,
    );
    // For another, in another's name, of what is not released, later, earlier, elsewhere.
    for (const forged of [
      receipt(records.shared, 'sg'),
      receipt(records.shared, 'th', { reader: org('sg') }),
      receipt(records.shared, 'th', { reader: player('th.coordinator').key }),
      receipt(records.shared, 'th', { reader: 2 }),
      receipt(records.shared, 'th', { revision: 2 }),
      receipt(records.shared, 'th', { at: new Date(NOW.getTime() + 1) }),
      receipt(records.shared, 'th', { at: new Date(NOW.getTime() - 3_600_000) }),
      receipt(records.shared, 'th', { space: 7 }),
    ])
      expect([forged, await as('th.analyst', forged)]).toEqual([forged, REFUSED]);
    // Nobody watches to the minute, whatever the application says.
    for (const kind of ['delivered', 'opened'])
      expect(await as('th.analyst', receipt(records.shared, 'th', { kind, revision: 1 }))).toEqual({
        refused: 'check_violation',
      });
  });

  it('of what one may not read, hidden and absent alike, none is written, nor of one’s own', async () => {
    for (const record of [records.hidden, records.red, records.absent])
      expect(await as('sg.analyst', receipt(record, 'sg'))).toEqual(REFUSED);
    expect(await as('vn.analyst', receipt(records.shared, 'vn'))).toEqual(REFUSED);
    expect(await as('vn.analyst', receipt(records.anonymous, 'vn'))).toEqual(REFUSED);
  });

  it('what was receipted is neither changed nor taken back by anybody', async () => {
    for (const who of ['th.analyst', 'vn.coordinator', null])
      for (const text of [
        `update ronda.receipt set at = at + interval '1 hour'`,
        'delete from ronda.receipt',
        'delete from ronda.tombstone',
        'truncate ronda.receipt',
      ])
        expect([who, text, await as(who, [text])]).toEqual([who, text, REFUSED]);
  });

  it('is seen by the originator, of organisations that it sees, and by the recipient; anonymous by the recipient alone', async () => {
    const seen = async (who: string | null, table: string): Promise<string[]> => {
      const outcome = await as(who, [
        `select record_key || ' ' || reader_key as row from ronda.${table} order by record_key, reader_key`,
      ]);
      return 'rows' in outcome ? outcome.rows.map((row) => (row as { row: string }).row) : [outcome.refused];
    };
    const shared = `${records.shared} ${org('th')}`;
    const anonymous = `${records.anonymous} ${org('th')}`;
    const red = `${records.red} ${player('sg.analyst').key}`;
    for (const table of ['receipt', 'tombstone']) {
      // Viet Nam's author alone of the RED one; of Malaysia's telco, which it does not see, nothing.
      expect(await seen('vn.analyst', table)).toEqual([shared, red]);
      expect(await seen('vn.coordinator', table)).toEqual([shared]);
      expect(await seen('th.analyst', table)).toEqual([shared, anonymous]);
      expect(await seen('sg.analyst', table)).toEqual([red]);
      expect(await seen('sg.coordinator', table)).toEqual([]);
      expect(await seen('secretariat.admin', table)).toEqual([]);
      expect(await seen(null, table)).toEqual([]);
    }
    expect(await as('vn.analyst', ['select from ronda.asked_back'])).toEqual(REFUSED);
  });

  it('a recall is answered by whom it went to, once it says what, at its own time', async () => {
    expect(await as('th.analyst', said(deleted, `record_key = ${records.shared}`))).toMatchObject(ONE);
    expect(await as('sg.coordinator', said(deleted))).toEqual(NOTHING);
    expect(await as('vn.analyst', said(deleted))).toEqual(NOTHING);
    expect(await as('th.analyst', said(`answer = 'deleted', answered_at = '2026-11-20'`))).toEqual(REFUSED);
    expect(await as('th.analyst', said(`answer = 'kept', answered_at = ronda.clock()`))).toEqual({
      refused: 'check_violation',
    });
    for (const set of [`reason = 'legal'`, 'lifted_at = ronda.clock()', 'org_key = 1', `at = '2026-01-01'`])
      expect([set, await as('th.analyst', said(set))]).toEqual([set, REFUSED]);
    expect(await as('th.analyst', tombstone(records.hidden, 'th'))).toEqual(REFUSED);
    await stage.superuser.query('update ronda.tombstone set lifted_at = $1', [NOW]);
    expect(await as('th.analyst', said(deleted))).toEqual(NOTHING);
    await stage.superuser.query('update ronda.tombstone set lifted_at = null');
  });

  it('only the owner’s side recalls: hidden and absent are refused alike', async () => {
    const bury = (record: number): Said => ['select ronda.bury($1, $2, $3)', record, 'error', NOW];
    expect(await as('vn.analyst', bury(records.shared))).toMatchObject(ONE);
    for (const who of ['th.analyst', 'sg.analyst', null])
      for (const record of [records.shared, records.absent])
        expect([who, record, await as(who, bury(record))]).toEqual([who, record, REFUSED]);
  });

  it('whoever is somebody gathers for nobody, and asks for nobody what it would read', async () => {
    const gathered = JSON.stringify([
      { reader_key: org('sg'), record_key: records.shared, revision: 1, org_key: org('sg'), at: HOUR },
    ]);
    expect(await as('sg.analyst', ['select * from ronda.keep_deliveries($1)', gathered])).toEqual(REFUSED);
    expect(await as('sg.analyst', ['select ronda.still_reads($1, $2)', org('th'), [org('th')]])).toEqual(REFUSED);
    expect(
      await as('sg.analyst', [
        `select ronda.held_besides($1, 'national-cert', 'member', null, 'active', false)`,
        org('th'),
      ]),
    ).toEqual(REFUSED);
  });
});
