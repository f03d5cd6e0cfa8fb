import pg from 'pg';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';
import { Attacker } from './attack.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

/** Keys of records: Viet Nam's, and Thailand's, which Viet Nam does not see. */
export const records = {
  /** Viet Nam's, AMBER to Thailand; its second revision is not released. */
  shared: 1,
  /** Thailand's alone. */
  hidden: 2,
  /** Of Viet Nam's analyst alone: RED. */
  red: 3,
  /** Viet Nam's without its name, GREEN to the community. */
  anonymous: 4,
  absent: 99,
};

/** Keys of groups. Their epochs are principals of their own: the group's key times 100 plus the epoch. */
export const groups = {
  /** Thailand's and Singapore's, who came with the second epoch. Viet Nam is proposed, has accepted, and may come in now. */
  open: 1,
  /** Thailand's alone. Viet Nam was in it from the first epoch and left; Indonesia is proposed and has accepted nothing. */
  left: 2,
  /** Viet Nam's and Indonesia's. */
  own: 3,
};
export const memberships = { openTh: 1, openSg: 2, openVn: 3, leftTh: 4, leftVn: 5, leftId: 6, ownVn: 7, ownId: 8 };
export const epochOf = (group: number, epoch: number): number => group * 100 + epoch + 50_000;

export interface Stage {
  cast: Cast;
  database: TestDatabase;
  attacker: Attacker;
  /** Behind the curtain. */
  superuser: pg.Client;
}

/** Behind it is Viet Nam. */
const VEIL = 900;

export async function setStage(): Promise<Stage> {
  const database = await createTestDatabase();
  const cast = await assembleCast(database.superuserUrl);
  const superuser = new pg.Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  await writeRecords(superuser, cast);
  await writeGroups(superuser, cast);
  return { cast, database, superuser, attacker: await Attacker.at(database) };
}

async function writeRecords(client: pg.Client, cast: Cast): Promise<void> {
  const { vn, th } = { vn: cast.stages.vn!.key, th: cast.stages.th!.key };
  const [author, other] = [cast['vn.analyst']!.key, cast['th.analyst']!.key];
  // What stands in the rows of the anonymous one for who is behind it.
  await client.query(`insert into ronda.principal (key, kind) values ($1, 'veil')`, [VEIL]);
  await client.query(
    `insert into ronda.veil (space, org_key, principal_key, record_id, holders) values (0, $1, $2, $3, $4)`,
    [vn, VEIL, idOf(6, records.anonymous), [vn]],
  );
  const incidents = [
    { key: records.shared, owner: vn, author, side: [vn], readers: [th] },
    { key: records.hidden, owner: th, author: other, side: [th], readers: [] },
    { key: records.red, owner: vn, author, side: [author], readers: [] },
    { key: records.anonymous, owner: null, author: null, side: [VEIL], readers: [2, 5] },
  ];
  for (const { key, owner, author: by, side, readers } of incidents) {
    await client.query(
      `insert into ronda.incident (key, space, id, origin_node, authorship, alias, owner_key, author_key, owner_readers, audience, head, created_at)
       overriding system value values ($1, 0, $2, 'test', $3, case $3 when 'anonymous' then 'K7QX-2MPD' end, $4, $5, $6, $7, 2, $8)`,
      [key, idOf(6, key), owner === null ? 'anonymous' : 'named', owner, by, side, [...side, ...readers], NOW],
    );
    for (const number of [1, 2])
      await client.query(
        `insert into ronda.incident_revision (space, incident_key, number, audience, change, author_key, created_at, status, tlp, pap, countries, facts)
         values (0, $1, $2, $3, 'edited', $4, $5, 'triaged', $6, 'PAP:GREEN', '{}', '{}')`,
        [
          key,
          number,
          number === 1 ? [...side, ...readers] : side,
          by,
          NOW,
          key === records.red ? 'TLP:RED' : owner === null ? 'TLP:GREEN' : 'TLP:AMBER',
        ],
      );
    for (const principal of [...(owner === null ? [vn] : side), ...readers])
      await client.query(
        `insert into ronda.readable_since (space, record_kind, principal_key, record_key, record_id, since) values (0, 'incident', $1, $2, $3, $4)`,
        [principal, key, idOf(6, key), NOW],
      );
  }
  await client.query(
    `insert into ronda.authorship_drawer (space, incident_key, part, org_key, user_key) values (0, $1, 0, $2, $3), (0, $1, 1, $2, $3)`,
    [records.anonymous, vn, author],
  );
  await client.query(
    `insert into ronda.release (key, id, space, record_kind, record_key, revision, tlp, pap, audience, principals, owner_readers, is_narrowing, status,
       requested_by, requested_at, confirmed_by, released_at) overriding system value values
       (1, $1, 0, 'incident', $2, 1, 'TLP:AMBER', 'PAP:GREEN', '[]', $3, $4, false, 'released', $5, $6, null, $6),
       (2, $7, 0, 'incident', $8, 1, 'TLP:GREEN', 'PAP:GREEN', '[]', '{2,5}', $9, false, 'pending', $5, $6, null, null)`,
    [idOf(9, 1), records.shared, [th], [vn], author, NOW, idOf(9, 2), records.anonymous, [VEIL]],
  );
  await client.query(
    `insert into ronda.incident_comment (key, space, id, incident_key, author_key, org_key, body, readers, reach, created_at) overriding system value values
       (1, 0, $1, $3, $4, $5, 'theirs', null, 'readers', $6), (2, 0, $2, $3, $7, $8, 'ours', null, 'readers', $6)`,
    [idOf(7, 1), idOf(7, 2), records.shared, other, th, NOW, author, vn],
  );
  await client.query(
    `insert into ronda.incident_link (space, id, from_key, to_key, kind, created_by, created_at) values (0, $1, $2, $3, 'related', $4, $5)`,
    [idOf(8, 1), records.hidden, records.shared, other, NOW],
  );
  await client.query(
    `select setval(pg_get_serial_sequence('ronda.' || t, 'key'), 1000) from unnest(array['incident', 'release', 'incident_comment', 'credential', 'sharing_group',
       'group_membership', 'standing_decision']) t`,
  );
  await client.query(`select setval(pg_get_serial_sequence('ronda.principal', 'key'), 90000)`);
}

async function writeGroups(client: pg.Client, cast: Cast): Promise<void> {
  const key = (name: string): number => cast.stages[name]!.key;
  const made = [
    { group: groups.open, founder: 'th', epochs: 2 },
    { group: groups.left, founder: 'th', epochs: 2 },
    { group: groups.own, founder: 'vn', epochs: 2 },
  ];
  for (const { group, founder, epochs } of made) {
    await client.query(
      `insert into ronda.sharing_group (key, id, origin_node, name, purpose, founder_key, epoch, objection_hours, created_at)
       overriding system value values ($1, $2, 'test', $3, '', $4, $5, 72, '2026-01-01')`,
      [group, idOf(4, group), `G${group}`, key(founder), epochs],
    );
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      await client.query(`insert into ronda.principal (key, kind) values ($1, 'group-epoch')`, [epochOf(group, epoch)]);
      await client.query(
        `insert into ronda.group_epoch (group_key, epoch, principal_key, began_at) values ($1, $2, $3, '2026-01-01')`,
        [group, epoch, epochOf(group, epoch)],
      );
    }
  }
  const rows: [
    key: number,
    group: number,
    organisation: string,
    state: string,
    joined: number | null,
    accepted: boolean,
  ][] = [
    [memberships.openTh, groups.open, 'th', 'member', 1, true],
    [memberships.openSg, groups.open, 'sg', 'member', 2, true],
    [memberships.openVn, groups.open, 'vn', 'proposed', null, true],
    [memberships.leftTh, groups.left, 'th', 'member', 1, true],
    [memberships.leftVn, groups.left, 'vn', 'left', 1, true],
    [memberships.leftId, groups.left, 'id', 'proposed', null, false],
    [memberships.ownVn, groups.own, 'vn', 'member', 1, true],
    [memberships.ownId, groups.own, 'id', 'member', 2, true],
  ];
  for (const [membership, group, organisation, state, joined, accepted] of rows)
    await client.query(
      `insert into ronda.group_membership (key, id, group_key, org_key, state, proposed_by, proposed_at, admit_after, accepted_at, joined_epoch)
       overriding system value values ($1, $2, $3, $4, $5, $6, '2026-01-01', '2026-01-04', $7, $8)`,
      [
        membership,
        idOf(5, membership),
        group,
        key(organisation),
        state,
        cast['th.coordinator']!.key,
        accepted ? '2026-01-02' : null,
        joined,
      ],
    );
}
