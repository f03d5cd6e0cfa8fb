import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';
import { LIVE, NOW } from './world.js';

type Said = [text: string, ...values: unknown[]];

/**
 * Viet Nam's: released to anybody, to Thailand, a draft, RED to Thailand, and one taken back from anybody. Thailand's: a draft
 * that Viet Nam does not see, and one that is anybody's.
 */
const advisories = { anybodys: 1, some: 2, draft: 3, red: 4, withdrawn: 5, hidden: 6, theirs: 7, absent: 99 };

describe('attacks on what is left for programs, with the login of the service', () => {
  let stage: Stage;
  const player = (name: string): Player => stage.cast[name]!;
  const org = (name: string): number => stage.cast.stages[name]!.key;
  const as = (name: string, ...said: Said[]): Promise<Outcome> => stage.attacker.as(player(name), ...said);
  const ONE = { count: 1 };

  const document = (key: number, owner: string, shelf: string, at = key): Said => [
    `insert into ronda.csaf_document (space, advisory_key, number, owner_key, shelf, place, tracking_id, title, initial_release_at,
       current_release_at, is_current, content, signature) values (0, $1, 1, $2, $3, $4, $5, $6, $7, $7, true, '{}', '')`,
    key,
    org(owner),
    shelf,
    `2026/${at}.json`,
    idOf(40, key),
    `d${key}`,
    NOW,
  ];
  const issuer = (owner: string, id = stage.cast.stages[owner]!.id): Said => [
    `insert into ronda.csaf_issuer (space, owner_key, organisation_id, name, base, updated_at) values (0, $1, $2, 'X', 'https://x.example', $3)`,
    org(owner),
    id,
    NOW,
  ];
  const file = (owner: string, path = 'white/index.txt'): Said => [
    `insert into ronda.csaf_file (space, owner_key, path, content, etag) values (0, $1, $2, 'f', '"f"')`,
    org(owner),
    path,
  ];
  const origin = (key: number, owner: string, by: string, content: string | null = null): Said => [
    `insert into ronda.advisory_origin (space, advisory_key, owner_key, imported_by, namespace, tracking_id, version, document, imported_at, content)
     values (0, $1, $2, $3, 'https://psirt.example', 'T-1', '1', '{}', $4, $5)`,
    key,
    org(owner),
    player(by).key,
    NOW,
    content,
  ];
  /** A unit of work of somebody who said nothing of who it is. */
  const anybody: Said = ['select ronda.enter($1, $2, $3, $4)', '', '', LIVE, NOW];
  const titlesFor = async (who: string | null): Promise<string[]> => {
    const said: Said = ['select title from ronda.csaf_document order by title'];
    const outcome =
      who === null ? await stage.attacker.as(null, anybody, said) : await stage.attacker.as(player(who), said);
    return (outcome as { rows: { title: string }[] }).rows.map(({ title }) => title);
  };

  async function write(key: number, owner: string, tlp: string, readers: number[], status: string): Promise<void> {
    const author = player(`${owner}.analyst`).key;
    const side = tlp === 'TLP:RED' ? author : org(owner);
    const isOut = status !== 'draft';
    await stage.superuser.query(
      `insert into ronda.advisory (key, space, id, origin_node, owner_key, author_key, owner_readers, reviewers, audience, head, status, published,
         withdrawn_at, created_at) overriding system value
       values ($1, 0, $2, 'test', $3, $4, array[$5::int], '{}', array[$5::int] || $6::int[], 1, $7::text, $8, case $7::text when 'withdrawn' then $9::timestamptz end, $9)`,
      [
        key,
        idOf(40, key),
        org(owner),
        author,
        side,
        status === 'published' ? readers : [],
        status,
        isOut ? 1 : null,
        NOW,
      ],
    );
    await stage.superuser.query(
      `insert into ronda.advisory_revision (space, advisory_key, number, audience, author_key, created_at, version, tlp, pap, kind, chosen, joint,
         is_urgent, source_count, content, published_at, published_by)
       values (0, $1, 1, array[$2::int] || $3::int[], $4, $5, '1.0.0', $6, 'PAP:GREEN', 'guidance', '[]', '{}', false, 0, '{}',
         case when $7 then $5::timestamptz end, case when $7 then $4::int end)`,
      [key, side, readers, author, NOW, tlp, isOut],
    );
  }

  beforeAll(async () => {
    stage = await setStage();
    const th = org('th');
    await write(advisories.anybodys, 'vn', 'TLP:CLEAR', [1], 'published');
    await write(advisories.some, 'vn', 'TLP:CLEAR', [th], 'published');
    await write(advisories.draft, 'vn', 'TLP:CLEAR', [], 'draft');
    await write(advisories.red, 'vn', 'TLP:RED', [player('th.analyst').key], 'published');
    await write(advisories.withdrawn, 'vn', 'TLP:CLEAR', [1], 'withdrawn');
    await write(advisories.hidden, 'th', 'TLP:AMBER', [], 'draft');
    await write(advisories.theirs, 'th', 'TLP:CLEAR', [1], 'published');
    for (const [text, ...values] of [
      document(advisories.anybodys, 'vn', 'white'),
      document(advisories.some, 'vn', 'protected/white'),
      // As if the withdrawal had forgotten it.
      document(advisories.withdrawn, 'vn', 'white'),
      issuer('th'),
      file('th'),
      origin(advisories.hidden, 'th', 'th.analyst'),
    ])
      await stage.superuser.query(text, values);
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  it('a document is read by who reads its version, and by nobody that has to say who it is only while it is anybody’s', async () => {
    expect(await titlesFor('vn.analyst')).toEqual(['d1', 'd2', 'd5']);
    expect(await titlesFor('th.analyst')).toContain('d2');
    expect(await titlesFor('sg.analyst')).not.toContain('d2');
    expect(await titlesFor(null)).toEqual(['d1']);
    await stage.superuser.query(`update ronda.csaf_document set is_current = false where title = 'd1'`);
    expect(await titlesFor(null)).toEqual([]);
    await stage.superuser.query(`update ronda.csaf_document set is_current = true where title = 'd1'`);
  });

  it('nothing is laid on the public shelf but what was released to anybody, nothing anywhere of drafts or of RED', async () => {
    const { anybodys, some, draft, red } = advisories;
    await stage.superuser.query('delete from ronda.csaf_document where advisory_key = any ($1)', [[anybodys, some]]);
    expect(await as('vn.analyst', document(anybodys, 'vn', 'white'))).toMatchObject(ONE);
    expect(await as('vn.analyst', document(some, 'vn', 'protected/white'))).toMatchObject(ONE);
    expect(await as('vn.analyst', document(some, 'vn', 'white'))).toEqual(REFUSED);
    for (const shelf of ['white', 'protected/white'])
      expect(await as('vn.analyst', document(draft, 'vn', shelf))).toEqual(REFUSED);
    expect(await as('vn.analyst', document(red, 'vn', 'protected/red'))).toEqual(REFUSED);
    for (const [text, ...values] of [document(anybodys, 'vn', 'white'), document(some, 'vn', 'protected/white')])
      await stage.superuser.query(text, values);
  });

  it('nor moved there, nor taken away or written over by whom it is not of', async () => {
    const set = (what: string, key: number): Said => [
      `update ronda.csaf_document set ${what} where advisory_key = $1`,
      key,
    ];
    expect(await as('vn.analyst', set(`content = 'x'`, advisories.some))).toMatchObject(ONE);
    expect(await as('vn.analyst', set(`shelf = 'white'`, advisories.some))).toEqual(REFUSED);
    for (const who of ['th.analyst', 'sg.analyst'])
      expect([who, await as(who, set(`content = 'x'`, advisories.anybodys))]).toEqual([who, NOTHING]);
    expect(await as('vn.analyst', set('advisory_key = 3', advisories.some))).toEqual(REFUSED);
    expect(await as('vn.analyst', ['delete from ronda.csaf_document'])).toEqual(REFUSED);
  });

  it('nobody leaves a document for another, nor of what is hidden, nor as another', async () => {
    const { hidden, theirs, absent } = advisories;
    for (const key of [hidden, absent])
      for (const owner of ['vn', 'th'])
        expect([key, await as('vn.analyst', document(key, owner, 'protected/amber'))]).toEqual([key, REFUSED]);
    // It reads that one, and is not its owner; nor does its owner lay it among somebody else's.
    expect(await as('vn.analyst', document(theirs, 'vn', 'white'))).toEqual(REFUSED);
    expect(await as('th.analyst', document(theirs, 'vn', 'white'))).toEqual(REFUSED);
    expect(await as('th.analyst', document(theirs, 'th', 'white'))).toMatchObject(ONE);
  });

  it('an issuer is named, and its lists are written, by itself alone', async () => {
    expect(await as('vn.analyst', issuer('vn'))).toMatchObject(ONE);
    expect(await as('vn.analyst', issuer('sg'))).toEqual(REFUSED);
    expect(await as('vn.analyst', [`update ronda.csaf_issuer set base = 'https://evil.example'`])).toEqual(NOTHING);
    expect(await as('th.analyst', [`update ronda.csaf_issuer set base = 'https://th.example'`])).toMatchObject(ONE);
    expect(await as('th.analyst', ['update ronda.csaf_issuer set owner_key = $1', org('vn')])).toEqual(REFUSED);
    expect(await as('vn.analyst', file('th', 'white/changes.csv'))).toEqual(REFUSED);
    expect(await as('th.analyst', file('th', 'white/changes.csv'))).toMatchObject(ONE);
    expect(await as('vn.analyst', issuer('vn'), file('vn'))).toMatchObject(ONE);
    for (const said of [`update ronda.csaf_file set content = 'x'`, 'delete from ronda.csaf_file'])
      expect([said, await as('vn.analyst', [said])]).toEqual([said, NOTHING]);
    expect(await as('vn.analyst', ['delete from ronda.csaf_issuer'])).toEqual(REFUSED);
    const outcome = await stage.attacker.as(null, anybody, file('th', 'white/evil.txt'));
    expect(outcome).toEqual(REFUSED);
  });

  it('what a draft came from is its owner’s to read, said once, of a fresh draft, by who took it in', async () => {
    const read: Said = ['select document from ronda.advisory_origin'];
    expect(await as('th.analyst', read)).toMatchObject(ONE);
    for (const who of ['vn.analyst', 'sg.analyst']) expect([who, await as(who, read)]).toEqual([who, NOTHING]);
    const { draft, some, hidden, absent, withdrawn } = advisories;
    expect(await as('vn.analyst', origin(draft, 'vn', 'vn.analyst'))).toMatchObject(ONE);
    expect(await as('vn.analyst', origin(draft, 'vn', 'vn.second'))).toEqual(REFUSED);
    expect(await as('vn.analyst', origin(draft, 'th', 'vn.analyst'))).toEqual(REFUSED);
    for (const key of [some, withdrawn, hidden, absent])
      expect([key, await as('vn.analyst', origin(key, 'vn', 'vn.analyst'))]).toEqual([key, REFUSED]);
    expect(await as('th.analyst', [`update ronda.advisory_origin set document = '{"x":1}'`])).toEqual(REFUSED);
    expect(await as('th.analyst', ['delete from ronda.advisory_origin'])).toEqual(REFUSED);
  });

  it('what was received is kept as it came: nobody writes on it, shows it, or makes it of what did not come', async () => {
    const { draft } = advisories;
    const receive: Said = [`update ronda.advisory set status = 'received' where key = $1`, draft];
    const came = (content: string | null): Said[] => [origin(draft, 'vn', 'vn.analyst', content)];
    expect(await as('vn.analyst', receive)).toEqual(REFUSED);
    expect(await as('vn.analyst', ...came(null), receive)).toEqual(REFUSED);
    expect(await as('vn.analyst', ...came('{}'), receive)).toMatchObject(ONE);
    for (const set of [
      `status = 'in-review'`,
      `status = 'draft'`,
      'head = 2',
      `status = 'published', published = 1`,
      'audience = audience || 1',
      `reviewers = array[${org('th')}]`,
    ]) {
      const attack: Said = [`update ronda.advisory set ${set} where key = $1`, draft];
      expect([set, await as('vn.analyst', ...came('{}'), receive, attack)]).toEqual([
        set,
        { refused: expect.stringMatching(/^(insufficient_privilege|check_violation)$/) as string },
      ]);
    }
    expect(
      await as('vn.analyst', ...came('{}'), receive, [
        `insert into ronda.advisory_revision (space, advisory_key, number, audience, author_key, created_at, version, tlp, pap, kind, chosen, joint,
           is_urgent, source_count, content) values (0, $1, 2, array[$2::int], $3, $4, '1.0.1', 'TLP:CLEAR', 'PAP:GREEN', 'guidance', '[]', '{}', false, 0, '{}')`,
        draft,
        org('vn'),
        player('vn.analyst').key,
        NOW,
      ]),
    ).toEqual(REFUSED);
  });

  it('what may wait for a reader is of what it reads, and of nobody without a reader', async () => {
    await stage.superuser.query(`update ronda.advisory set status = 'in-review' where key = any ($1)`, [
      [advisories.draft, advisories.hidden],
    ]);
    const keys: Said = ['select q.key::int from ronda.review_queue() q order by q.key'];
    expect(await as('vn.analyst', keys)).toMatchObject({ rows: [{ key: advisories.draft }] });
    expect(await as('th.analyst', keys)).toMatchObject({ rows: [{ key: advisories.hidden }] });
    expect(await as('sg.analyst', keys)).toEqual(NOTHING);
    expect(await stage.attacker.as(null, anybody, keys)).toEqual(NOTHING);
  });
});
