import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

type Said = [text: string, ...values: unknown[]];

/**
 * Viet Nam's that is in review with Thailand, its draft that nobody else reads, Thailand's that Viet Nam does not see, one that is out, one of
 * Viet Nam's that is for its author's eyes, and one that is out as an interim of it and Thailand. */
const advisories = { reviewed: 1, draft: 2, hidden: 3, out: 4, red: 5, interim: 6, absent: 99 };

describe('attacks on advisories, with the login of the service', () => {
  let stage: Stage;
  const player = (name: string): Player => stage.cast[name]!;
  const org = (name: string): number => stage.cast.stages[name]!.key;
  const as = (name: string, ...said: Said[]): Promise<Outcome> => stage.attacker.as(player(name), ...said);
  const ONE = { count: 1 };

  const advisory = (
    key: number,
    owner: string,
    { status = 'draft', reviewers = [] as string[], published = null as number | null } = {},
  ): Said => [
    `insert into ronda.advisory (key, space, id, origin_node, owner_key, author_key, owner_readers, reviewers, audience, head, status, published, created_at)
     overriding system value values ($1, 0, $2, 'test', $3, $4, array[$3::int], $5, array[$3::int] || $9::int[], 1, $6, $7, $8)`,
    key,
    idOf(20, key),
    org(owner),
    player(`${owner}.analyst`).key,
    reviewers.map(org),
    status,
    published,
    NOW,
    published === null ? [] : [org('th')],
  ];
  const revision = (key: number, owner: string, number = 1, by = `${owner}.analyst`): Said => [
    `insert into ronda.advisory_revision (space, advisory_key, number, audience, author_key, created_at, version, tlp, pap, kind, chosen, joint,
       is_urgent, source_count, content) values (0, $1, $2, array[$3::int], $4, $5, '1.0.0', 'TLP:AMBER', 'PAP:GREEN', 'guidance', '[]', '{}', false, 0, '{}')`,
    key,
    number,
    org(owner),
    player(by).key,
    NOW,
  ];
  const approve = (key: number, by: string, { number = 1, organisation = by.split('.')[0]! } = {}): Said => [
    `insert into ronda.advisory_approval (space, advisory_key, number, org_key, user_key, at) values (0, $1, $2, $3, $4, $5)`,
    key,
    number,
    org(organisation),
    player(by).key,
    NOW,
  ];
  const release = (key: number, by: string, status = 'released', tlp = 'TLP:AMBER'): Said => [
    `insert into ronda.release (id, space, record_kind, record_key, revision, tlp, pap, audience, principals, owner_readers, is_narrowing, status,
       requested_by, requested_at, released_at, not_before)
     values ($1, 0, 'advisory', $2, 1, $6, 'PAP:GREEN', '[]', array[$7::int], array[$3::int], false, $5, $4, $8,
       case when $5 = 'released' then $8::timestamptz end, case when $5 = 'scheduled' then $8::timestamptz + interval '1 hour' end)`,
    idOf(21, key),
    key,
    org(by.split('.')[0]!),
    player(by).key,
    status,
    tlp,
    org('sg'),
    NOW,
  ];

  beforeAll(async () => {
    stage = await setStage();
    for (const [text, ...values] of [
      advisory(advisories.reviewed, 'vn', { status: 'in-review', reviewers: ['th'] }),
      revision(advisories.reviewed, 'vn'),
      advisory(advisories.draft, 'vn'),
      revision(advisories.draft, 'vn'),
      advisory(advisories.hidden, 'th', { status: 'in-review' }),
      revision(advisories.hidden, 'th'),
      advisory(advisories.out, 'vn', { status: 'published', published: 1 }),
      revision(advisories.out, 'vn'),
      advisory(advisories.interim, 'vn', { status: 'published', published: 1 }),
      revision(advisories.interim, 'vn'),
      advisory(advisories.red, 'vn', { status: 'in-review' }),
      revision(advisories.red, 'vn'),
    ])
      await stage.superuser.query(text, values);
    await stage.superuser.query(
      `update ronda.advisory_revision set published_at = $1, published_by = author_key, audience = audience || $2::int where advisory_key = $3`,
      [NOW, org('th'), advisories.out],
    );
    const { key: author } = player('vn.analyst');
    await stage.superuser.query(
      `update ronda.advisory set owner_readers = array[$1::int], audience = array[$1::int] where key = $2`,
      [author, advisories.red],
    );
    await stage.superuser.query(
      `update ronda.advisory_revision set tlp = 'TLP:RED', audience = array[$1::int] where advisory_key = $2`,
      [author, advisories.red],
    );
    await stage.superuser.query(
      `update ronda.advisory_revision set published_at = $1, published_by = author_key, is_urgent = true, joint = array[$2::int] where advisory_key = $3`,
      [NOW, org('th'), advisories.interim],
    );
    await stage.superuser.query(
      `update ronda.advisory set interim_until = $1::timestamptz + interval '1 hour' where key = $2`,
      [NOW, advisories.interim],
    );
    await stage.superuser.query(
      `insert into ronda.advisory_invitation (space, id, advisory_key, principal_key, org_key, is_joint, invited_by, invited_at)
       values (0, $1, $2, $3, $3, false, $4, $5)`,
      [idOf(22, 1), advisories.reviewed, org('th'), player('vn.analyst').key, NOW],
    );
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  it('a draft is read by its owner and by whom it was shown to', async () => {
    const read = (key: number): Said => [
      'select r.content from ronda.advisory_revision r where r.advisory_key = $1',
      key,
    ];
    expect(await as('th.analyst', read(advisories.reviewed))).toMatchObject(ONE);
    for (const key of [advisories.draft, advisories.absent]) expect(await as('th.analyst', read(key))).toEqual(NOTHING);
    for (const key of [advisories.reviewed, advisories.draft])
      expect(await as('sg.analyst', read(key))).toEqual(NOTHING);
    expect(await as('vn.analyst', read(advisories.hidden))).toEqual(NOTHING);
  });

  it('what was RED stays with whom it named when its author marks it otherwise', async () => {
    const { red } = advisories;
    const widen = (more: string): Said => [
      `update ronda.advisory set owner_readers = array[owner_key], audience = array[owner_key]${more} where key = $1`,
      red,
    ];
    const shown: Said[] = [
      widen(', opened_from = head + 1'),
      revision(red, 'vn', 2, 'vn.analyst'),
      [`update ronda.advisory set head = 2 where key = $1`, red],
    ];
    expect(await as('vn.analyst', widen(''))).toEqual(REFUSED);
    expect(await as('vn.analyst', ...shown)).toMatchObject(ONE);
    expect(await as('vn.analyst', ...shown, [`update ronda.advisory set opened_from = 1 where key = $1`, red])).toEqual(
      REFUSED,
    );
    const change: Said = [
      `insert into ronda.advisory_change (space, id, advisory_key, number, pointer, body, org_key, author_key, created_at)
       values (0, $1, $2, 1, '', 'x', $3, $4, $5)`,
      idOf(24, 1),
      red,
      org('vn'),
      player('vn.analyst').key,
      NOW,
    ];
    expect(await as('vn.analyst', change, widen(', opened_from = head + 1'))).toEqual(REFUSED);
  });

  it('nobody begins one for another, or as anything but a draft', async () => {
    expect(await as('vn.analyst', advisory(10, 'vn'))).toMatchObject(ONE);
    expect(await as('th.analyst', advisory(10, 'vn'))).toEqual(REFUSED);
    expect(await as('vn.analyst', advisory(10, 'vn', { status: 'in-review' }))).toEqual(REFUSED);
    expect(await as('vn.analyst', advisory(10, 'vn', { reviewers: ['sg'] }))).toEqual(REFUSED);
  });

  it('its author never approves, nobody for another, nor what is hidden, nor a revision that is not the newest', async () => {
    expect(await as('vn.analyst', approve(advisories.reviewed, 'vn.analyst'))).toEqual(REFUSED);
    expect(await as('vn.second', approve(advisories.reviewed, 'vn.second'))).toMatchObject(ONE);
    expect(await as('th.analyst', approve(advisories.reviewed, 'th.analyst'))).toMatchObject(ONE);
    expect(await as('th.analyst', approve(advisories.reviewed, 'th.analyst', { organisation: 'vn' }))).toEqual(REFUSED);
    expect(await as('th.analyst', approve(advisories.reviewed, 'vn.second', { organisation: 'th' }))).toEqual(REFUSED);
    for (const key of [advisories.hidden, advisories.absent])
      expect(await as('vn.second', approve(key, 'vn.second'))).toEqual(REFUSED);
    expect(await as('vn.second', approve(advisories.draft, 'vn.second'))).toEqual(REFUSED);
    expect(await as('vn.second', approve(advisories.reviewed, 'vn.second', { number: 2 }))).toEqual(REFUSED);
  });

  it('nothing is released, or scheduled, without the approval of exactly that, at its marking', async () => {
    const { reviewed } = advisories;
    const ok = approve(reviewed, 'vn.second');
    for (const status of ['released', 'scheduled']) {
      expect([status, await as('vn.second', release(reviewed, 'vn.second', status))]).toEqual([status, REFUSED]);
      expect(await as('vn.second', ok, release(reviewed, 'vn.second', status))).toMatchObject(ONE);
    }
    expect(await as('vn.second', ok, release(reviewed, 'vn.second', 'released', 'TLP:CLEAR'))).toEqual(REFUSED);
    // Written on since it was approved.
    const next: Said[] = [
      revision(reviewed, 'vn', 2, 'vn.second'),
      [`update ronda.advisory set head = 2 where key = $1`, reviewed],
    ];
    expect(await as('vn.second', ok, ...next, release(reviewed, 'vn.second'))).toEqual(REFUSED);
    expect(await as('th.analyst', release(reviewed, 'th.analyst'))).toEqual(REFUSED);
  });

  it('is not said to be out, or shown to more, without its release', async () => {
    const { reviewed, out } = advisories;
    for (const set of [
      `status = 'published', published = 1`,
      `status = 'scheduled'`,
      `audience = audience || 102`,
      `audience = audience || 1`,
      `reviewers = reviewers || ${org('sg')}`,
      `head = 5`,
      `owner_readers = owner_readers || ${org('sg')}`,
    ])
      expect([set, await as('vn.analyst', [`update ronda.advisory set ${set} where key = $1`, reviewed])]).toEqual([
        set,
        REFUSED,
      ]);
    for (const set of [
      `audience = audience || ${org('sg')}`,
      `content = '{"title": "x"}'`,
      `published_at = '2030-01-01'`,
    ])
      for (const key of [reviewed, out]) {
        if (set.startsWith('published_at') && key === reviewed) continue;
        expect([
          set,
          key,
          await as('vn.analyst', [`update ronda.advisory_revision set ${set} where advisory_key = $1`, key]),
        ]).toEqual([set, key, REFUSED]);
      }
    expect(await as('th.analyst', [`update ronda.advisory set status = 'draft' where key = $1`, reviewed])).toEqual(
      NOTHING,
    );
  });

  it('a version becomes another where its interim is settled with every approval: the next, now, and nothing else', async () => {
    const { interim, reviewed, draft, out } = advisories;
    const settle = (key: number, version = '1.0.1', { from = 'version', at = NOW } = {}): Said => [
      `update ronda.advisory_revision set interim_version = ${from}, version = $2, settled_at = $3 where advisory_key = $1`,
      key,
      version,
      at,
    ];
    const all = ['vn.second', 'th.analyst'].map((by) => approve(interim, by));
    const [ofOwner, ofOther] = all as [Said, Said];
    const approved = async (...said: Said[]): Promise<Outcome> => {
      // Of several organisations: none of them acts for another.
      await stage.superuser.query(ofOther[0], ofOther.slice(1));
      try {
        return await as('vn.second', ofOwner, ...said);
      } finally {
        await stage.superuser.query('delete from ronda.advisory_approval where advisory_key = $1', [interim]);
      }
    };
    expect(await approved(settle(interim))).toMatchObject(ONE);
    expect(await as('vn.second', ofOwner, settle(interim))).toEqual(REFUSED);
    for (const version of ['1.0.0', '1.0.2', '1.1.0', '2.0.1'])
      expect([version, await approved(settle(interim, version))]).toEqual([version, REFUSED]);
    expect(await approved(settle(interim, '1.0.1', { from: `'0.9.9'` }))).toEqual(REFUSED);
    expect(await approved(settle(interim, '1.0.1', { at: new Date(NOW.getTime() + 1000) }))).toEqual(REFUSED);
    expect(await approved(settle(interim), settle(interim, '1.0.2'))).toEqual(REFUSED);
    for (const key of [reviewed, draft, out]) {
      expect([key, await as('vn.second', settle(key))]).toEqual([key, REFUSED]);
      const set: Said = [`update ronda.advisory_revision set version = '3.0.0' where advisory_key = $1`, key];
      expect([key, await as('vn.second', set)]).toEqual([key, REFUSED]);
    }
    expect(await as('th.analyst', settle(interim))).toEqual(NOTHING);
  });

  it('a job acts for who is closed or retired only to end an interim, and only while one of theirs is past its hour', async () => {
    const over = new Date(NOW.getTime() + 3_600_000);
    const held = (enter: string, name: string, at: Date): Promise<Outcome> =>
      stage.attacker.as(
        null,
        [`select ronda.${enter}`, String(player(name).key), at],
        ['select ronda.reader_principals() as held'],
      );
    const toEnd = 'enter_to_end_interim($1, 0, $2)';
    const set = (table: string, column: string, value: string, key: number) =>
      stage.superuser.query(`update ronda.${table} set ${column} = $1 where key = $2`, [value, key]);
    for (const [table, column, key, gone] of [
      ['organisation', 'standing', org('vn'), 'retired'],
      ['user_account', 'status', player('vn.analyst').key, 'disabled'],
    ] as const) {
      await set(table, column, gone, key);
      try {
        expect([gone, await held(toEnd, 'vn.analyst', new Date(over.getTime() - 1))]).toMatchObject([
          gone,
          { rows: [{ held: [] }] },
        ]);
        expect([gone, await held(toEnd, 'vn.analyst', over)]).toMatchObject([
          gone,
          { rows: [{ held: expect.arrayContaining([org('vn')]) }] },
        ]);
        expect(await held(`enter('', $1, 0, $2)`, 'vn.analyst', over)).toMatchObject({ rows: [{ held: [] }] });
      } finally {
        await set(table, column, 'active', key);
      }
    }
    await set('organisation', 'standing', 'retired', org('th'));
    try {
      expect(await held(toEnd, 'th.analyst', over)).toMatchObject({ rows: [{ held: [] }] });
    } finally {
      await set('organisation', 'standing', 'active', org('th'));
    }
  });

  it('what is said in review is not for its readers, and receipts are their own', async () => {
    const { reviewed, out } = advisories;
    const comment = (key: number, by: string): Said => [
      `insert into ronda.advisory_comment (space, id, advisory_key, number, pointer, body, org_key, author_key, created_at)
       values (0, $1, $2, 1, '', 'x', $3, $4, $5)`,
      idOf(23, 1),
      key,
      org(by.split('.')[0]!),
      player(by).key,
      NOW,
    ];
    expect(await as('th.analyst', comment(reviewed, 'th.analyst'))).toMatchObject(ONE);
    for (const key of [out, advisories.draft, advisories.absent])
      expect([key, await as('th.analyst', comment(key, 'th.analyst'))]).toEqual([key, REFUSED]);
    const receipt = (key: number, by: string, reader: string): Said => [
      `insert into ronda.advisory_receipt (space, reader_key, advisory_key, number, kind, org_key, at) values (0, $1, $2, 1, 'acknowledged', $3, $4)`,
      org(reader),
      key,
      org(by),
      NOW,
    ];
    expect(await as('th.analyst', receipt(out, 'th', 'th'))).toMatchObject(ONE);
    expect(await as('th.analyst', receipt(out, 'sg', 'sg'))).toEqual(REFUSED);
    expect(await as('sg.analyst', receipt(out, 'sg', 'sg'))).toEqual(REFUSED);
    expect(await as('vn.analyst', receipt(out, 'vn', 'vn'))).toEqual(REFUSED);
    // Of what is not out there are none.
    expect(await as('th.analyst', receipt(reviewed, 'th', 'th'))).toEqual(REFUSED);
  });

  it('only the owner says who lists one, and recalls it', async () => {
    for (const key of [advisories.out, advisories.hidden, advisories.absent]) {
      const by = key === advisories.out ? 'th.analyst' : 'vn.analyst';
      expect(
        await as(by, ['select ronda.publish_advisory_readers($1, array[$2::int], $3)', key, org('sg'), NOW]),
      ).toEqual(REFUSED);
      expect(await as(by, [`select ronda.bury_advisory($1, 'error', $2)`, key, NOW])).toEqual(REFUSED);
    }
  });
});
