import { observableId } from '../../src/modules/observables/core/index.js';
import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { records, setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

type Said = [text: string, ...values: unknown[]];

describe('attacks on observables and sightings, with the login of the service', () => {
  let stage: Stage;
  const player = (name: string): Player => stage.cast[name]!;
  const as = (name: string, ...said: Said[]): Promise<Outcome> => stage.attacker.as(player(name), ...said);
  const ONE = { count: 1 };

  /** One value for each record and revision: `v<record>.<number>`. */
  const valueOf = (record: number, number: number): string => `v${record}.${number}`;
  const appearance = (record: number, since: number, value = `new.${since}`): Said => [
    `insert into ronda.observable_appearance (space, incident_key, since_number, part, reach, type, value, observable_id, is_for_detection, facts)
     values (0, $1, $2, 'observables', 'readers', 'text', $3, $4, false, '{}')`,
    record,
    since,
    value,
    observableId('text', value),
  ];
  const sighting = (record: number, value: string, by: string, org = by, createdAt: Date = NOW): Said => [
    `insert into ronda.sighting (space, id, incident_key, observable_id, kind, sighted_at, count, author_key, org_key, reach, created_at)
     values (0, $1, $2, $3, 'seen', $4, 1, $5, $6, 'readers', $7)`,
    idOf(15, 1),
    record,
    observableId('text', value),
    NOW,
    player(`${by}.analyst`).key,
    stage.cast.stages[org]!.key,
    createdAt,
  ];
  const revision = (record: number, number: number): Said => [
    `insert into ronda.incident_revision (space, incident_key, number, audience, change, author_key, created_at, status, tlp, pap, countries, facts)
     values (0, $1, $2, array[$3::int], 'edited', $4, $5, 'triaged', 'TLP:AMBER', 'PAP:GREEN', '{}', '{}')`,
    record,
    number,
    stage.cast.stages.vn!.key,
    player('vn.analyst').key,
    NOW,
  ];
  const READ: Said = ['select value from ronda.observable_appearance order by value'];

  beforeAll(async () => {
    stage = await setStage();
    for (const record of [records.shared, records.hidden])
      for (const number of [1, 2])
        await stage.superuser.query(
          `insert into ronda.observable_appearance (space, incident_key, since_number, until_number, part, reach, type, value, observable_id,
             is_for_detection, facts) values (0, $1, $2, $3, 'observables', 'readers', 'text', $4, $5, false, '{}')`,
          [
            record,
            number,
            number === 1 ? 2 : null,
            valueOf(record, number),
            observableId('text', valueOf(record, number)),
          ],
        );
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  it('what is read is what a readable revision says', async () => {
    expect(await as('vn.analyst', READ)).toMatchObject({ rows: [{ value: 'v1.1' }, { value: 'v1.2' }] });
    expect(await as('th.analyst', READ)).toMatchObject({
      rows: [{ value: 'v1.1' }, { value: 'v2.1' }, { value: 'v2.2' }],
    });
    expect(await as('sg.analyst', READ)).toEqual(NOTHING);
  });

  it('its owner adds to no revision that was written before, and so to none that was released', async () => {
    for (const since of [1, 2, 3]) expect(await as('vn.analyst', appearance(records.shared, since))).toEqual(REFUSED);
    expect(await as('vn.analyst', revision(records.shared, 3), appearance(records.shared, 3))).toMatchObject(ONE);
    expect(await as('vn.analyst', revision(records.shared, 3), appearance(records.shared, 2))).toEqual(REFUSED);
  });

  it('nor ends what one says, changes it, or takes it away', async () => {
    const end = (until: number | null): Said => [
      'update ronda.observable_appearance set until_number = $2 where incident_key = $1 and since_number = 2',
      records.shared,
      until,
    ];
    expect(await as('vn.analyst', end(3))).toEqual(REFUSED);
    expect(await as('vn.analyst', revision(records.shared, 3), end(3))).toMatchObject(ONE);
    // What has ended is not opened again.
    expect(
      await as('vn.analyst', [
        'update ronda.observable_appearance set until_number = null where incident_key = $1 and since_number = 1',
        records.shared,
      ]),
    ).toEqual(NOTHING);
    expect(await as('vn.analyst', [`update ronda.observable_appearance set value = 'x'`])).toEqual(REFUSED);
    expect(await as('vn.analyst', ['delete from ronda.observable_appearance'])).toEqual(REFUSED);
  });

  it('nobody writes into another’s record, hidden or absent or shared', async () => {
    for (const record of [records.hidden, records.absent])
      expect(await as('vn.analyst', appearance(record, 3))).toEqual(REFUSED);
    expect(await as('th.analyst', appearance(records.shared, 3))).toEqual(REFUSED);
  });

  it('nobody sights for another, in the past, or what it may not read', async () => {
    expect(await as('th.analyst', sighting(records.shared, 'v1.1', 'th'))).toMatchObject(ONE);
    expect(await as('th.analyst', sighting(records.shared, 'v1.2', 'th'))).toEqual(REFUSED);
    expect(await as('vn.analyst', sighting(records.hidden, 'v2.1', 'vn'))).toEqual(REFUSED);
    expect(await as('vn.analyst', sighting(records.absent, 'v2.1', 'vn'))).toEqual(REFUSED);
    expect(await as('th.analyst', sighting(records.shared, 'v1.1', 'vn'))).toEqual(REFUSED);
    expect(await as('th.analyst', sighting(records.shared, 'v1.1', 'th', 'vn'))).toEqual(REFUSED);
    expect(await as('th.analyst', sighting(records.shared, 'v1.1', 'th', 'th', new Date(0)))).toEqual(REFUSED);
  });

  it('what was sighted stays so', async () => {
    const made = sighting(records.shared, 'v1.1', 'th');
    expect(await as('th.analyst', made, [`update ronda.sighting set kind = 'expired'`])).toEqual(REFUSED);
    expect(await as('th.analyst', made, ['delete from ronda.sighting'])).toEqual(REFUSED);
  });

  it('only a coordinator of the owner erases, and only the worker forgets what retention took', async () => {
    const erase = (record: number): Said => [`select ronda.erase_from_observables($1, 'v1.1')`, record];
    for (const [who, record] of [
      ['vn.analyst', records.shared],
      ['th.coordinator', records.shared],
      ['vn.coordinator', records.hidden],
      ['vn.coordinator', records.absent],
    ] as const)
      expect([who, await as(who, erase(record))]).toEqual([who, REFUSED]);
    expect(await as('vn.coordinator', erase(records.shared))).toMatchObject(ONE);
    const forget: Said = [`select ronda.retention_forget_observables(array[$1::uuid])`, idOf(16, 1)];
    expect(await as('vn.coordinator', forget)).toEqual(REFUSED);
  });
});
