import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { records, setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

type Said = [text: string, ...values: unknown[]];

describe('attacks on attachments and drafted requests, with the login of the service', () => {
  let stage: Stage;
  const player = (name: string): Player => stage.cast[name]!;
  const as = (name: string, ...said: Said[]): Promise<Outcome> => stage.attacker.as(player(name), ...said);
  const ONE = { count: 1 };

  const attachment = (record: number, since: number, id: number, more: { reach?: string; at?: Date } = {}): Said => [
    `insert into ronda.attachment (space, id, incident_key, since_number, name, size, sha256, is_malware, stored_size, stored_sha256, reach, created_at)
     values (0, $1, $2, $3, $4, 1, sha256('a'), false, 1, sha256('a'), $5, $6)`,
    idOf(30, id),
    record,
    since,
    `a${id}`,
    more.reach ?? 'readers',
    more.at ?? NOW,
  ];
  const READ: Said = ['select name from ronda.attachment order by name'];
  const namesFor = async (who: string): Promise<string[]> =>
    ((await as(who, READ)) as { rows: { name: string }[] }).rows.map(({ name }) => name);

  beforeAll(async () => {
    stage = await setStage();
    const rows: [...Parameters<typeof attachment>][] = [
      [records.shared, 1, 1],
      [records.shared, 2, 2],
      [records.shared, 1, 3, { reach: 'owner' }],
      [records.hidden, 1, 4],
      [records.red, 1, 5],
      [records.anonymous, 1, 6],
    ];
    for (const row of rows) {
      const [text, ...values] = attachment(...row);
      await stage.superuser.query(text, values);
    }
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  it('what is read is what hangs on a readable revision: the owner’s side reads all of its own', async () => {
    expect(await namesFor('vn.analyst')).toEqual(['a1', 'a2', 'a3', 'a5', 'a6']);
    expect(await namesFor('vn.coordinator')).toEqual(['a1', 'a2', 'a3', 'a6']);
    expect(await namesFor('th.analyst')).toEqual(['a1', 'a4', 'a6']);
    expect(await namesFor('bank.analyst')).toEqual([]);
    expect(await stage.attacker.as(null, READ)).toEqual(NOTHING);
  });

  it('its owner adds to nothing that others read, nor to what waits to be read by them', async () => {
    expect(await as('vn.analyst', attachment(records.shared, 1, 9))).toEqual(REFUSED);
    expect(await as('vn.analyst', attachment(records.shared, 2, 9))).toMatchObject(ONE);
    expect(await as('vn.analyst', attachment(records.anonymous, 1, 9))).toEqual(REFUSED);
    expect(await as('vn.analyst', attachment(records.anonymous, 2, 9))).toMatchObject(ONE);
    expect(await as('vn.analyst', attachment(records.red, 1, 9))).toMatchObject(ONE);
    expect(await as('vn.analyst', attachment(records.shared, 2, 9, { at: new Date(0) }))).toEqual(REFUSED);
  });

  it('nobody attaches to another’s record, hidden or absent or shared', async () => {
    for (const record of [records.hidden, records.absent])
      expect(await as('vn.analyst', attachment(record, 9, 9))).toEqual(REFUSED);
    expect(await as('th.analyst', attachment(records.shared, 9, 9))).toEqual(REFUSED);
    expect(await as('vn.coordinator', attachment(records.red, 9, 9))).toEqual(REFUSED);
  });

  it('what is attached is changed by nobody, and taken away by its owner alone', async () => {
    expect(await as('vn.analyst', [`update ronda.attachment set name = 'x'`])).toEqual(REFUSED);
    expect(await as('vn.analyst', ['update ronda.attachment set since_number = 1'])).toEqual(REFUSED);
    const take = (id: number): Said => ['delete from ronda.attachment where id = $1', idOf(30, id)];
    expect(await as('th.analyst', take(1))).toEqual(NOTHING);
    expect(await as('vn.analyst', take(4))).toEqual(NOTHING);
    expect(await as('vn.analyst', take(1))).toMatchObject(ONE);
  });

  it('only a coordinator of the owner erases from names, and only the worker asks what is named', async () => {
    const erase = (record: number): Said => [`select ronda.erase_from_attachments($1, 'a1')`, record];
    for (const [who, record] of [
      ['vn.analyst', records.shared],
      ['th.coordinator', records.shared],
      ['vn.coordinator', records.hidden],
      ['vn.coordinator', records.absent],
    ] as const)
      expect([who, await as(who, erase(record))]).toEqual([who, REFUSED]);
    expect(await as('vn.coordinator', erase(records.shared))).toMatchObject(ONE);
    const unnamed: Said = [
      'select ronda.unnamed_attachments(array[$1::uuid, $2::uuid]) as id',
      idOf(30, 4),
      idOf(30, 99),
    ];
    expect(await as('vn.coordinator', unnamed)).toEqual(REFUSED);
    expect(await stage.attacker.as(null, unnamed)).toMatchObject({ rows: [{ id: idOf(30, 99) }] });
  });

  it('what a request is about is said when it is drafted and not changed after', async () => {
    for (const set of [`indicators = '[]'`, 'routing_id = null'])
      expect(await as('vn.analyst', [`update ronda.request set ${set}`])).toEqual(REFUSED);
  });
});
