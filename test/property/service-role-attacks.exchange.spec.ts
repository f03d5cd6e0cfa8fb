import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { records, setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';

const hash = (digit: string): Buffer => Buffer.from(digit.repeat(64), 'hex');
/** Names under which lines were sent, by whom. */
const lines = { own: hash('1'), ofColleague: hash('2'), others: hash('3'), free: hash('4') };
const mappings = { own: idOf(11, 1), others: idOf(11, 2), absent: idOf(11, 99) };

/** What an organisation keeps of what it sent, and of how its files are read, under attack. */
describe('attacks on lines and mappings with the login of the service', () => {
  let stage: Stage;
  let vn: Player;
  let colleague: Player;
  let th: Player;
  const attack = (as: Player | null, text: string, ...values: unknown[]): Promise<Outcome> =>
    stage.attacker.as(as, [text, ...values]);

  beforeAll(async () => {
    stage = await setStage();
    [vn, colleague, th] = ['vn.analyst', 'vn.coordinator', 'th.analyst'].map((who) => stage.cast[who]!) as [
      Player,
      Player,
      Player,
    ];
    const line = `insert into ronda.filed_line (space, org_key, user_key, identity, content_hash, incident_id, created_at)
      values (0, $1, $2, $3, $3, $4, '2026-11-20')`;
    await stage.superuser.query(line, [vn.organisation.key, null, lines.own, idOf(6, records.shared)]);
    await stage.superuser.query(line, [vn.organisation.key, colleague.key, lines.ofColleague, idOf(6, records.red)]);
    await stage.superuser.query(line, [th.organisation.key, null, lines.others, idOf(6, records.hidden)]);
    const mapping = `insert into ronda.import_mapping (space, org_key, id, name, columns, saved_by, saved_at)
      values (0, $1, $2, $3, '{"Judul": "title"}', $4, '2026-11-20')`;
    await stage.superuser.query(mapping, [vn.organisation.key, mappings.own, 'Ours', vn.key]);
    await stage.superuser.query(mapping, [th.organisation.key, mappings.others, 'Theirs', th.key]);
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  describe('a line', () => {
    const remember = `insert into ronda.filed_line (space, org_key, user_key, identity, content_hash, incident_id, created_at)
      values (0, $1, $2, $3, $3, $4, '2026-11-20')`;

    it("is read by the side that sent it, and one person's by that person", async () => {
      const read = "select encode(identity, 'hex') as identity from ronda.filed_line order by 1";
      const names = async (as: Player): Promise<unknown[]> => {
        const outcome = await attack(as, read);
        return 'rows' in outcome ? outcome.rows.map((row) => (row as { identity: string }).identity[0]) : [outcome];
      };
      expect(await names(vn)).toEqual(['1']);
      expect(await names(colleague)).toEqual(['1', '2']);
      expect(await names(th)).toEqual(['3']);
      expect(await attack(null, read)).toEqual(NOTHING);
    });

    it('is not told by its name, its hash or its record, whether another has it or nobody', async () => {
      for (const [column, taken, free] of [
        ['identity', lines.others, lines.free],
        ['content_hash', lines.others, lines.free],
        ['incident_id', idOf(6, records.hidden), idOf(6, records.absent)],
      ] as const)
        for (const value of [taken, free])
          expect(await attack(vn, `select 1 from ronda.filed_line where ${column} = $1`, value)).toEqual(NOTHING);
    });

    it('is remembered under any name for oneself, taken by others or free alike, and for nobody else', async () => {
      const own = idOf(6, records.shared);
      for (const name of [lines.others, lines.ofColleague, lines.free])
        expect(await attack(vn, remember, vn.organisation.key, null, name, own)).toMatchObject({ count: 1 });
      expect(await attack(vn, remember, th.organisation.key, null, lines.free, own)).toEqual(REFUSED);
      // Neither for a colleague alone.
      expect(await attack(vn, remember, vn.organisation.key, colleague.key, lines.free, own)).toEqual(REFUSED);
    });

    it('names a record of its own, and neither a hidden nor an absent one', async () => {
      for (const record of [records.hidden, records.absent])
        expect(await attack(vn, remember, vn.organisation.key, null, lines.free, idOf(6, record))).toEqual(REFUSED);
    });

    it("is changed by the side that sent it, to name its own record; another's is not there to change", async () => {
      const rename = 'update ronda.filed_line set incident_id = $2 where identity = $1';
      const [own, hidden] = [idOf(6, records.anonymous), idOf(6, records.hidden)];
      expect(await attack(vn, rename, lines.own, own)).toMatchObject({ count: 1 });
      expect(await attack(vn, rename, lines.own, hidden)).toEqual(REFUSED);
      expect(await attack(vn, rename, lines.others, own)).toEqual(NOTHING);
      expect(await attack(vn, rename, lines.ofColleague, own)).toEqual(NOTHING);
      expect(
        await attack(vn, 'update ronda.filed_line set content_hash = identity where identity = $1', lines.others),
      ).toEqual(NOTHING);
    });

    it.each([
      ['update ronda.filed_line set org_key = 1'],
      ['update ronda.filed_line set user_key = null'],
      ["update ronda.filed_line set identity = decode(repeat('aa', 32), 'hex')"],
      ['delete from ronda.filed_line'],
      ['truncate ronda.filed_line'],
    ])('never, not even as its owner: %s', async (text) => {
      expect(await attack(vn, text)).toEqual(REFUSED);
    });
  });

  describe('a mapping', () => {
    const save = `insert into ronda.import_mapping (space, org_key, id, name, columns, saved_by, saved_at)
      values (0, $1, $2, $3, '{}', $4, '2026-11-20')`;

    it('is read by its organisation alone', async () => {
      const read = 'select name from ronda.import_mapping';
      expect(await attack(vn, read)).toEqual({ rows: [{ name: 'Ours' }], count: 1 });
      expect(await attack(th, read)).toEqual({ rows: [{ name: 'Theirs' }], count: 1 });
      expect(await attack(null, read)).toEqual(NOTHING);
    });

    it("has whatever name and id, another's or free alike", async () => {
      for (const id of [mappings.others, mappings.absent])
        expect(await attack(vn, save, vn.organisation.key, id, 'Theirs', vn.key)).toMatchObject({ count: 1 });
      expect(
        await attack(vn, `update ronda.import_mapping set name = 'Theirs' where id = $1`, mappings.own),
      ).toMatchObject({ count: 1 });
    });

    it("is saved for one's own organisation, in one's own name", async () => {
      expect(await attack(vn, save, th.organisation.key, mappings.absent, 'Free', vn.key)).toEqual(REFUSED);
      expect(await attack(vn, save, vn.organisation.key, mappings.absent, 'Free', colleague.key)).toEqual(REFUSED);
      expect(
        await attack(vn, 'update ronda.import_mapping set saved_by = $2 where id = $1', mappings.own, th.key),
      ).toEqual(REFUSED);
    });

    it('of another, or of nobody, is not there to change, forget or wait for', async () => {
      for (const id of [mappings.others, mappings.absent])
        for (const text of [
          `update ronda.import_mapping set columns = '{}' where id = $1`,
          'delete from ronda.import_mapping where id = $1',
          'select 1 from ronda.import_mapping where id = $1 for update',
        ])
          expect(await attack(vn, text, id)).toEqual(NOTHING);
      expect(await attack(vn, 'delete from ronda.import_mapping where id = $1', mappings.own)).toMatchObject({
        count: 1,
      });
    });

    it.each([
      ['update ronda.import_mapping set org_key = 1'],
      ["update ronda.import_mapping set id = '00000000-0000-4000-8000-000000000000'"],
      ['update ronda.import_mapping set space = 7'],
      ['truncate ronda.import_mapping'],
    ])('never, not even as its owner: %s', async (text) => {
      expect(await attack(vn, text)).toEqual(REFUSED);
    });
  });
});
