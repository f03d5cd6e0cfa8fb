import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { records, setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';
import { NOW } from './world.js';

type Said = [text: string, ...values: unknown[]];

/** Viet Nam's request to Thailand, its draft to Thailand, and Thailand's to Singapore, which Viet Nam does not see. */
const requests = { sent: 1, draft: 2, hidden: 3, absent: 99 };

describe('attacks on requests and comms checks, with the login of the service', () => {
  let stage: Stage;
  const player = (name: string): Player => stage.cast[name]!;
  const org = (name: string): number => stage.cast.stages[name]!.key;
  const as = (name: string, ...said: Said[]): Promise<Outcome> => stage.attacker.as(player(name), ...said);
  const ONE = { count: 1 };

  const request = (
    key: number,
    [from, to]: [string, string],
    { tlp = 'TLP:AMBER', isSent = true, audience }: { tlp?: string; isSent?: boolean; audience?: number[] } = {},
  ): Said => [
    `insert into ronda.request (key, space, id, origin_node, kind, owner_key, author_key, to_org_key, owner_readers, audience, chosen, status,
       tlp, pap, title, body, answers_to, acknowledge_by, answer_by, expires_at, created_at, sent_at, sent_by, listed_at)
     overriding system value values ($1, 0, $2, 'test', 'rfi', $3, $4::int, $5, array[$3::int], $6, '[]', $7::text, $8, 'PAP:GREEN', '', '', 'asker',
       $9::timestamptz, $9, $9, $9, case when $7 = 'open' then $9 end, case when $7 = 'open' then $4::int end, $9)`,
    key,
    idOf(12, key),
    org(from),
    player(`${from}.analyst`).key,
    org(to),
    audience ?? [org(from), ...(isSent ? [org(to)] : [])],
    isSent ? 'open' : 'draft',
    tlp,
    NOW,
  ];
  const respond = (key: number, by: string, state = 'acknowledged', userOf = by): Said => [
    `insert into ronda.request_response (space, request_key, org_key, state, acknowledged_at, user_key)
     values (0, $1, $2, $3, $4, $5)`,
    key,
    org(by),
    state,
    NOW,
    player(`${userOf}.analyst`).key,
  ];
  const answer = (key: number, by: string, reach: string): Said => [
    `insert into ronda.request_answer (space, id, request_key, org_key, author_key, body, reach, created_at)
     values (0, $1, $2, $3, $4, 'x', $5, $6)`,
    idOf(13, 1),
    key,
    org(by),
    player(`${by}.analyst`).key,
    reach,
    NOW,
  ];

  beforeAll(async () => {
    stage = await setStage();
    for (const [text, ...values] of [
      request(requests.sent, ['vn', 'th']),
      request(requests.draft, ['vn', 'th'], { isSent: false, tlp: 'TLP:GREEN' }),
      request(requests.hidden, ['th', 'sg']),
    ])
      await stage.superuser.query(text, values);
    await stage.superuser.query(
      `insert into ronda.comms_check (key, space, id, kind, opens_at, closes_at, called_by, called_at, opened_at) overriding system value
       values (1, 0, $1, 'surprise', $2, $2::timestamptz + interval '1 hour', $3, $2, $2)`,
      [idOf(14, 1), NOW, player('secretariat.admin').key],
    );
    await stage.superuser.query(
      'insert into ronda.comms_check_target (space, check_key, org_key) values (0, 1, $1), (0, 1, $2)',
      [org('vn'), org('th')],
    );
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  it('nobody asks for another, widens an audience by a word, or sends GREEN alone', async () => {
    expect(await as('vn.analyst', request(10, ['vn', 'th']))).toMatchObject(ONE);
    expect(await as('sg.analyst', request(10, ['vn', 'th']))).toEqual(REFUSED);
    expect(await as('vn.analyst', request(10, ['vn', 'th'], { audience: [org('vn'), 2] }))).toEqual({
      refused: 'check_violation',
    });
    expect(await as('vn.analyst', request(10, ['vn', 'th'], { tlp: 'TLP:RED' }))).toEqual({
      refused: 'check_violation',
    });
    expect(await as('vn.analyst', request(10, ['vn', 'th'], { tlp: 'TLP:GREEN' }))).toEqual(REFUSED);
  });

  it('a draft at GREEN is sent by a second person, who says so itself', async () => {
    const send = (by: string): Said => [
      `update ronda.request set status = 'open', audience = $2, sent_at = $3, sent_by = $4 where key = $1`,
      requests.draft,
      [org('vn'), org('th')],
      NOW,
      player(by).key,
    ];
    expect(await as('vn.analyst', send('vn.analyst'))).toEqual(REFUSED);
    expect(await as('vn.analyst', send('vn.second'))).toEqual(REFUSED);
    expect(await as('vn.second', send('vn.second'))).toMatchObject(ONE);
  });

  it('what was sent is not sent to others, nor its words or clocks changed', async () => {
    const change = (set: string): Said => [`update ronda.request set ${set} where key = $1`, requests.sent];
    for (const set of ['audience = audience || 102', `answer_by = '2030-01-01'`, `status = 'draft'`, `body = 'y'`])
      expect([set, await as('vn.analyst', change(set))]).toEqual([set, REFUSED]);
    expect(await as('vn.analyst', change(`status = 'closed'`))).toMatchObject(ONE);
    expect(await as('th.analyst', change(`status = 'closed'`))).toEqual(NOTHING);
  });

  it('who was not asked does nothing with it: hidden and absent are refused alike', async () => {
    for (const key of [requests.hidden, requests.absent]) {
      expect(await as('vn.analyst', respond(key, 'vn'))).toEqual(REFUSED);
      expect(await as('vn.analyst', answer(key, 'vn', 'asker'))).toEqual(REFUSED);
    }
    // Nor does the asker with its own, nor anybody for another, nor with a draft.
    expect(await as('vn.analyst', respond(requests.sent, 'vn'))).toEqual(REFUSED);
    expect(await as('th.analyst', respond(requests.sent, 'sg'))).toEqual(REFUSED);
    expect(await as('th.analyst', respond(requests.sent, 'th', 'acknowledged', 'vn'))).toEqual(REFUSED);
    expect(await as('th.analyst', respond(requests.draft, 'th'))).toEqual(REFUSED);
    expect(await as('th.analyst', respond(requests.sent, 'th'))).toMatchObject(ONE);
    // The asker asked for answers to itself alone.
    expect(await as('th.analyst', answer(requests.sent, 'th', 'all'))).toEqual(REFUSED);
    expect(await as('th.analyst', answer(requests.sent, 'th', 'asker'))).toMatchObject(ONE);
  });

  it('what was declined stays so', async () => {
    const declined: Said = [
      `update ronda.request_response set state = 'declined', declined_at = $1 where request_key = $2`,
      NOW,
      requests.sent,
    ];
    const answered: Said = [
      `update ronda.request_response set state = 'answered', declined_at = null, answered_at = $1 where request_key = $2`,
      NOW,
      requests.sent,
    ];
    expect(await as('th.analyst', respond(requests.sent, 'th'), declined)).toMatchObject(ONE);
    expect(await as('th.analyst', respond(requests.sent, 'th'), declined, answered)).toEqual(REFUSED);
  });

  it('says nothing of incidents that who says it may not read: hidden and absent alike', async () => {
    const about = (incident: number): Said => [
      `insert into ronda.request_incident (space, request_key, incident_key, linked_by, linked_at) values (0, $1, $2, $3, $4)`,
      requests.sent,
      incident,
      player('vn.analyst').key,
      NOW,
    ];
    for (const incident of [records.hidden, records.absent])
      expect(await as('vn.analyst', about(incident))).toEqual(REFUSED);
    expect(await as('vn.analyst', about(records.shared))).toMatchObject(ONE);
    expect(await as('th.analyst', about(records.shared))).toEqual(REFUSED);
  });

  it('a member answers a check for itself, and gives out no code; nobody but the secretariat calls one', async () => {
    const answers = (of: string, by: string): Said => [
      `update ronda.comms_check_target set answered_at = $1, via = 'account', answered_by = $2 where org_key = $3`,
      NOW,
      player(by).key,
      org(of),
    ];
    expect(await as('vn.analyst', answers('vn', 'vn.analyst'))).toMatchObject(ONE);
    expect(await as('vn.analyst', answers('th', 'vn.analyst'))).toEqual(NOTHING);
    expect(await as('secretariat.admin', answers('th', 'secretariat.admin'))).toEqual(REFUSED);
    await stage.superuser.query('update ronda.comms_check set closed_at = $1', [NOW]);
    expect(await as('vn.analyst', answers('vn', 'vn.analyst'))).toEqual(REFUSED);
    await stage.superuser.query('update ronda.comms_check set closed_at = null');
    expect(await as('vn.analyst', [`update ronda.comms_check_target set code_hash = 'x'`])).toEqual(REFUSED);
    expect(await as('vn.analyst', ['select from ronda.comms_check_target'])).toMatchObject(ONE);
    expect(
      await as('vn.analyst', [
        `insert into ronda.comms_check (space, id, kind, opens_at, closes_at, called_by, called_at)
         values (0, $1, 'surprise', $2, $2::timestamptz + interval '1 hour', $3, $2)`,
        idOf(14, 2),
        NOW,
        player('vn.analyst').key,
      ]),
    ).toEqual(REFUSED);
  });
});
