import pg from 'pg';
import { TLP } from '../../src/kernel/markings.js';
import type { Tlp } from '../../src/kernel/markings.js';
import { mayHaveAudience } from '../../src/policy/audience.js';
import type { AudienceItem } from '../../src/policy/audience.js';
import { COMMUNITY_RELAY, PARTNERS_RELAY, SECRETARIAT, namedByWord } from '../../src/policy/principals.js';
import { createTestDatabase } from '../support/test-database.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

const ORGANISATION = 5_001;
const GROUP_EPOCH = 5_002;
const USERS = [5_003, 5_004];

/** One item of each kind, with the principals that it stands for at release. A duty role is resolved to persons. */
const items: [AudienceItem, readonly number[]][] = [
  ['public', namedByWord.public],
  ['community', namedByWord.community],
  ['partners', namedByWord.partners],
  [{ organisation: 'o' }, [ORGANISATION]],
  [{ group: 'g' }, [GROUP_EPOCH]],
  [{ user: 'u' }, [USERS[0]!]],
  [{ dutyRole: { organisation: 'o', role: 'r' } }, USERS],
];

const subsets = Array.from({ length: 2 ** items.length }, (_, bits) => items.filter((__, at) => (bits >> at) & 1));

interface Row {
  tlp: Tlp;
  principals: number[];
  status?: 'pending' | 'held' | 'released';
  isNarrowing?: boolean;
  confirmedBy?: number | null;
  holdUntil?: Date | null;
}

describe('a release that the policy forbids is not stored', () => {
  let client: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    await client.query(
      `insert into ronda.principal (key, kind) values ($1, 'organisation'), ($2, 'group-epoch'), ($3, 'user'), ($4, 'user')`,
      [ORGANISATION, GROUP_EPOCH, ...USERS],
    );
  });
  afterAll(() => client.end());

  /** Past every policy: what refuses here refuses everybody. */
  async function isStored(row: Row): Promise<boolean> {
    const { tlp, principals, status = 'pending', isNarrowing = false, confirmedBy = null, holdUntil = null } = row;
    await client.query('begin');
    try {
      await client.query({
        name: 'store',
        text: `insert into ronda.release (id, space, record_kind, record_key, revision, tlp, pap, audience, principals, owner_readers, is_narrowing, status,
                 requested_by, requested_at, confirmed_by, released_at, hold_until)
               values ($1, 0, 'incident', 1, 1, $2, 'PAP:GREEN', '[]', $3, '{1}', $4, $5, $6, $7, $8, $9, $10)`,
        values: [
          idOf(9, 1),
          tlp,
          principals,
          isNarrowing,
          status,
          USERS[0],
          NOW,
          confirmedBy,
          status === 'released' ? NOW : null,
          holdUntil,
        ],
      });
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: '23514' });
      return false;
    } finally {
      await client.query('rollback');
    }
  }

  it.each(TLP)('%s goes to whom mayHaveAudience says, in every combination', async (tlp) => {
    for (const subset of subsets) {
      const audience = subset.map(([item]) => item);
      const principals = [...new Set(subset.flatMap(([, each]) => each))];
      expect({ audience, isStored: await isStored({ tlp, principals }) }).toEqual({
        audience,
        isStored: mayHaveAudience(tlp, audience),
      });
    }
  });

  it.each(TLP)('%s goes to no principal that no audience can name', async (tlp) => {
    expect(await isStored({ tlp, principals: [SECRETARIAT] })).toBe(false);
    // The relays come with their words alone; where those are forbidden, so are they.
    for (const relay of [COMMUNITY_RELAY, PARTNERS_RELAY])
      expect(await isStored({ tlp, principals: [relay] })).toBe(mayHaveAudience(tlp, ['community']));
  });

  it('a number that nobody has is no user', async () => {
    expect(await isStored({ tlp: 'TLP:RED', principals: [123_456] })).toBe(false);
  });

  it.each(TLP)('%s has its second person, or waited out its hold, or only takes away', async (tlp) => {
    const isOpen = tlp === 'TLP:CLEAR' || tlp === 'TLP:GREEN';
    const before = new Date(NOW.getTime() - 1);
    const after = new Date(NOW.getTime() + 1);
    for (const principals of [[], [USERS[1]!]])
      for (const isNarrowing of [false, true])
        for (const confirmedBy of [null, USERS[0]!, USERS[1]!])
          for (const holdUntil of [null, before, NOW, after]) {
            const row: Row = { tlp, principals, isNarrowing, confirmedBy, holdUntil, status: 'released' };
            const takesAway = isNarrowing || principals.length === 0;
            const isSeconded = confirmedBy === USERS[1] || (holdUntil !== null && holdUntil <= NOW);
            expect({ row, isStored: await isStored(row) }).toEqual({
              row,
              isStored: !isOpen || takesAway || isSeconded,
            });
          }
  });

  it.each(TLP)('%s may wait for them', async (tlp) => {
    expect(await isStored({ tlp, principals: [USERS[1]!], status: 'pending' })).toBe(true);
    expect(await isStored({ tlp, principals: [USERS[1]!], status: 'held', holdUntil: NOW })).toBe(true);
  });
});
