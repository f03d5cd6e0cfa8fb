import type { Standing } from '../../src/kernel/actor.js';
import { TLP } from '../../src/kernel/markings.js';
import type { Tlp } from '../../src/kernel/markings.js';
import { mayReceive, whyNotPassOn } from '../../src/policy/pass-on.js';
import type { Player } from '../support/cast.js';
import { REFUSED } from './attack.js';
import { setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

/** What lets Malaysia's CERT, or its analyst alone, read a record of Thailand's. */
const AUDIENCES = ['organisation', 'community', 'analyst', 'nobody', 'owner'] as const;
const RECORD = 500;

/** The service, entered as Malaysia's analyst, says that it passes a record on: the policy and the database agree on each. */
describe('what the policy does not let pass on is not stored', () => {
  let stage: Stage;
  const org = (name: string): number => stage.cast.stages[name]!.key;
  const player = (name: string): Player => stage.cast[name]!;

  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  /** Written for one question, and taken away again. */
  async function withRecord<T>(
    tlp: Tlp | null,
    audience: (typeof AUDIENCES)[number],
    ask: () => Promise<T>,
  ): Promise<T> {
    const analyst = player('my.analyst').key;
    const owner = audience === 'owner' ? org('my') : org('th');
    const readers = { organisation: [org('my')], community: [2, 5], analyst: [analyst], nobody: [], owner: [] }[
      audience
    ];
    const { superuser } = stage;
    await superuser.query(
      `insert into ronda.incident (key, space, id, origin_node, authorship, owner_key, author_key, owner_readers, audience, head, created_at)
       overriding system value values ($1, 0, $2, 'test', 'named', $3, $4, $5, $6, 1, $7)`,
      [RECORD, idOf(6, RECORD), owner, analyst, [owner], [owner, ...readers], NOW],
    );
    await superuser.query(
      `insert into ronda.incident_revision (space, incident_key, number, audience, change, created_at, status, tlp, pap, countries, facts)
       values (0, $1, 1, $2, 'edited', $3, 'triaged', $4, 'PAP:GREEN', '{}', '{}')`,
      [RECORD, [owner, ...readers], NOW, tlp],
    );
    try {
      return await ask();
    } finally {
      await superuser.query('delete from ronda.incident_revision where incident_key = $1', [RECORD]);
      await superuser.query('delete from ronda.incident where key = $1', [RECORD]);
    }
  }

  const passOn = (by: string, owner: number, to: number): Promise<unknown> =>
    stage.attacker.as(player(by), [
      `insert into ronda.pass_on (space, id, owner_key, incident_key, org_key, tells_originator, granted_by, granted_at)
       values (0, $1, $2, $3, $4, false, $5, $6)`,
      idOf(15, 1),
      owner,
      RECORD,
      to,
      player(by).key,
      NOW,
    ]);

  const cells = ([...TLP, null] as (Tlp | null)[]).flatMap((tlp) =>
    AUDIENCES.filter((audience) => audience !== 'community' || tlp === 'TLP:CLEAR' || tlp === 'TLP:GREEN').map(
      (audience) => [tlp, audience] as const,
    ),
  );

  it.each(cells)('%s, read by %s', async (tlp, audience) => {
    const isRead = audience === 'organisation' || audience === 'community' || audience === 'owner';
    const whyNot = whyNotPassOn({
      actor: { roles: ['analyst'], standing: 'active', organisationKind: 'national-cert' },
      isOwner: audience === 'owner',
      isReadAsWhole: isRead,
      tlp: isRead ? tlp : null,
    });
    const outcome = await withRecord(tlp, audience, () => passOn('my.analyst', org('my'), org('telco')));
    expect(outcome).toEqual(whyNot === null ? expect.objectContaining({ count: 1 }) : REFUSED);
  });

  it.each(['applicant', 'sponsored', 'active', 'suspended', 'retired'] satisfies Standing[])(
    'by whom is %s, and to whom is',
    async (standing) => {
      for (const [name, isCert] of [
        ['my', true],
        ['telco', false],
      ] as const) {
        const whyNot = whyNotPassOn({
          actor: {
            roles: ['analyst'],
            standing: isCert ? standing : 'active',
            organisationKind: 'national-cert',
          },
          isOwner: false,
          isReadAsWhole: true,
          tlp: 'TLP:AMBER',
        });
        const may = whyNot === null && mayReceive({ parentKey: 1, standing: isCert ? 'active' : standing }, 1);
        await stage.superuser.query('update ronda.organisation set standing = $2 where key = $1', [
          org(name),
          standing,
        ]);
        const outcome = await withRecord('TLP:AMBER', 'organisation', () =>
          passOn('my.analyst', org('my'), org('telco')),
        );
        await stage.superuser.query(`update ronda.organisation set standing = 'active' where key = $1`, [org(name)]);
        expect([name, standing, outcome]).toEqual([
          name,
          standing,
          may ? expect.objectContaining({ count: 1 }) : REFUSED,
        ]);
      }
    },
  );

  it('to another CERT’s, to a CERT, in another’s name, or by a constituent', async () => {
    await withRecord('TLP:AMBER', 'organisation', async () => {
      expect(await passOn('my.analyst', org('my'), org('bank'))).toEqual(REFUSED);
      expect(await passOn('my.analyst', org('my'), org('sg'))).toEqual(REFUSED);
      expect(await passOn('my.analyst', org('vn'), org('bank'))).toEqual(REFUSED);
      expect(await passOn('sg.analyst', org('my'), org('telco'))).toEqual(REFUSED);
      expect(await passOn('telco.analyst', org('telco'), org('telco'))).toEqual(REFUSED);
    });
  });
});
