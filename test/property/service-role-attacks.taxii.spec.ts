import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { records, setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { NOW } from './world.js';

const insert = `insert into ronda.exchange_object (space, principal_key, stix_id, version, type, added_at, is_revoked, object)
  values (0, $1, $2, '2026-11-20', 'mutex', '2026-11-20', false, '{}')`;
const share = 'select ronda.share_objects($1, 1, $2, $3, $4, $5)';
const objects = JSON.stringify([{ id: 'mutex--planted', type: 'mutex', version: NOW, object: '{"planted":true}' }]);

/** Collections of STIX objects, under attack. */
describe('attacks on collections with the login of the service', () => {
  let stage: Stage;
  let vn: Player;
  let colleague: Player;
  let th: Player;
  let sg: Player;
  const attack = (as: Player | null, text: string, ...values: unknown[]): Promise<Outcome> =>
    stage.attacker.as(as, [text, ...values]);

  beforeAll(async () => {
    stage = await setStage();
    [vn, colleague, th, sg] = ['vn.analyst', 'vn.coordinator', 'th.analyst', 'sg.analyst'].map(
      (who) => stage.cast[who]!,
    ) as [Player, Player, Player, Player];
    await stage.superuser.query(insert, [vn.organisation.key, 'mutex--ours']);
    await stage.superuser.query(insert, [vn.key, 'mutex--mine']);
    await stage.superuser.query(insert, [th.organisation.key, 'mutex--theirs']);
    const shared = `insert into ronda.shared_object (space, principal_key, incident_key, stix_id, version, type, added_at, only_for, is_resting, object)
      values (0, $1, $2, $3, '2026-11-20', 'mutex', '2026-11-20', $4, $5, '{}')`;
    const { key } = th.organisation;
    await stage.superuser.query(shared, [key, records.shared, 'mutex--released', null, false]);
    await stage.superuser.query(shared, [key, records.shared, 'mutex--resting', null, true]);
    await stage.superuser.query(shared, [2, records.shared, 'mutex--gone', [key], false]);
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  const idsIn = async (as: Player | null, table: string): Promise<unknown> => {
    const outcome = await attack(as, `select stix_id from ronda.${table} order by stix_id`);
    return 'rows' in outcome ? outcome.rows.map((row) => (row as { stix_id: string }).stix_id) : outcome;
  };

  it('what came in is read by the side that sent it, and a person by itself', async () => {
    expect(await idsIn(vn, 'exchange_object')).toEqual(['mutex--mine', 'mutex--ours']);
    expect(await idsIn(colleague, 'exchange_object')).toEqual(['mutex--ours']);
    expect(await idsIn(th, 'exchange_object')).toEqual(['mutex--theirs']);
    expect(await idsIn(null, 'exchange_object')).toEqual([]);
  });

  it("is sent in under nobody else's name, nor a group's or a word's, and taken out by its own side alone", async () => {
    expect(await attack(vn, insert, vn.organisation.key, 'mutex--new')).toMatchObject({ count: 1 });
    for (const principal of [th.organisation.key, colleague.key, 2, 1])
      expect(await attack(vn, insert, principal, 'mutex--theirs')).toEqual(REFUSED);
    expect(await attack(vn, `delete from ronda.exchange_object where stix_id = 'mutex--theirs'`)).toEqual(NOTHING);
    expect(await attack(vn, `update ronda.exchange_object set object = '{}'`)).toEqual(REFUSED);
  });

  it('what was released is read by whom the collection is for, and of whom it is meant', async () => {
    expect(await idsIn(th, 'shared_object')).toEqual(['mutex--gone', 'mutex--released']);
    expect(await idsIn(sg, 'shared_object')).toEqual([]);
    expect(await idsIn(null, 'shared_object')).toEqual([]);
    for (const statement of ['insert into ronda.shared_object default values', 'delete from ronda.shared_object'])
      expect(await attack(th, statement)).toEqual(REFUSED);
  });

  it('asked for by the function that reads collections, what is not the caller’s is not there, whatever is named', async () => {
    const { key } = th.organisation;
    const collected = async (
      as: Player | null,
      principals: number[],
      ids: string[] | null = null,
    ): Promise<unknown> => {
      const outcome = await attack(
        as,
        `select stix_id from ronda.collected_objects($1, $2, null, null, '{}', '-infinity', '', 100) order by stix_id`,
        ...[principals, ids],
      );
      return 'rows' in outcome ? outcome.rows.map((row) => (row as { stix_id: string }).stix_id) : outcome;
    };
    const everybody = [1, 2, 3, 5, key, vn.organisation.key, sg.organisation.key];
    for (const ids of [null, ['mutex--gone', 'mutex--released', 'mutex--resting']]) {
      expect(await collected(th, everybody, ids)).toEqual(['mutex--gone', 'mutex--released']);
      expect(await collected(th, [key], ids)).toEqual(['mutex--released']);
      expect(await collected(th, [2], ids)).toEqual(['mutex--gone']);
      for (const [as, principals] of [
        [sg, everybody],
        [sg, [2]],
        [sg, [key]],
        [null, everybody],
        [th, []],
      ] as const)
        expect(await collected(as, [...principals], ids)).toEqual([]);
    }
  });

  it("is put into collections by the record's owner alone, and no further than the record lets in", async () => {
    const values = [[th.organisation.key, 2], objects, '[]', NOW];
    expect(await attack(vn, share, records.shared, ...values)).toMatchObject({ count: 1 });
    for (const [as, key] of [
      [th, records.shared],
      [vn, records.hidden],
      [colleague, records.red],
      [vn, 999_999],
    ] as const)
      expect(await attack(as, share, key, ...values)).toEqual(REFUSED);
    expect(await attack(null, share, records.shared, ...values)).toEqual(REFUSED);
    // The owner holds the community too, and finds nothing there: it is not among those who read the record.
    expect(
      await stage.attacker.as(
        vn,
        [share, records.shared, [2], objects, '[]', NOW],
        [`select stix_id from ronda.shared_object where stix_id = 'mutex--planted'`],
      ),
    ).toEqual(NOTHING);
  });

  it('rests while its record is in quarantine', async () => {
    const resting = async (): Promise<unknown> =>
      (await stage.superuser.query(`select is_resting from ronda.shared_object where stix_id = 'mutex--rests'`)).rows;
    await stage.superuser.query('begin');
    try {
      await stage.superuser.query(
        `insert into ronda.shared_object (space, principal_key, incident_key, stix_id, version, type, added_at, object)
         values (0, 2, $1, 'mutex--rests', '2026-11-20', 'mutex', '2026-11-20', '{}')`,
        [records.anonymous],
      );
      const quarantine = 'update ronda.incident set quarantined_at = $2 where key = $1';
      await stage.superuser.query(quarantine, [records.anonymous, NOW]);
      expect(await resting()).toEqual([{ is_resting: true }]);
      await stage.superuser.query(quarantine, [records.anonymous, null]);
      expect(await resting()).toEqual([{ is_resting: false }]);
    } finally {
      await stage.superuser.query('rollback');
    }
  });

  it('a place in a collection is asked for by nobody', async () => {
    expect(await attack(vn, 'select ronda.place_in_collection($1, $2)', th.organisation.key, NOW)).toEqual(REFUSED);
  });
});
