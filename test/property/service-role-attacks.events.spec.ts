import type { Player } from '../support/cast.js';
import { NOTHING, REFUSED } from './attack.js';
import type { Outcome } from './attack.js';
import { records, setStage } from './attack-stage.js';
import type { Stage } from './attack-stage.js';
import { idOf } from './rows.js';

const hooks = { own: idOf(31, 1), others: idOf(31, 2) };
const watched = { own: idOf(32, 1), others: idOf(32, 2), absent: idOf(32, 99) };
type Statement = [text: string, ...values: unknown[]];

/** Keys of events. */
const events = { own: 1, others: 2, lost: 3, waiting: 4, absent: 99 };

/** What is told, and where it is sent, under attack. */
describe('attacks on events and webhooks with the login of the service', () => {
  let stage: Stage;
  let vn: Player;
  let th: Player;
  const attack = (as: Player | null, text: string, ...values: unknown[]): Promise<Outcome> =>
    stage.attacker.as(as, [text, ...values]);

  beforeAll(async () => {
    stage = await setStage();
    [vn, th] = ['vn.coordinator', 'th.coordinator'].map((who) => stage.cast[who]!) as [Player, Player];
    const event = `insert into ronda.event (key, space, position, relayed_at, type, record_id, record_key, revision, occurred_at, readers, already)
      overriding system value values ($1, 0, $2, $3, 'incident.changed', $4, $5, 1, '2026-11-20', $6, '{}')`;
    const at = '2026-11-20';
    const [ours, theirs] = [vn.organisation.key, th.organisation.key];
    await stage.superuser.query(event, [events.own, 1, at, idOf(6, records.shared), records.shared, [ours]]);
    await stage.superuser.query(event, [events.others, 2, at, idOf(6, records.hidden), records.hidden, [theirs]]);
    // Of what Viet Nam was once told and does not read any more.
    await stage.superuser.query(event, [events.lost, 3, at, idOf(6, records.hidden), records.hidden, [ours]]);
    await stage.superuser.query(event, [events.waiting, null, null, idOf(6, records.shared), records.shared, [ours]]);
    for (const [player, hook, subscription] of [
      [vn, hooks.own, watched.own],
      [th, hooks.others, watched.others],
    ] as const) {
      await stage.superuser.query(
        `insert into ronda.subscription (space, owner_key, id, name, watched, observable_ids, saved_by, saved_at)
         values (0, $1, $2, 'Banks', '[]', '{}', $3, '2026-11-20')`,
        [player.organisation.key, subscription, player.key],
      );
      await stage.superuser.query(
        `insert into ronda.webhook (key, space, owner_key, id, url, types, created_at, saved_by, saved_at, position)
         overriding system value values ($1, 0, $2, $3, 'https://hooks.example/', '{}', '2026-11-20', $4, '2026-11-20', 0)`,
        [hook === hooks.own ? 1 : 2, player.organisation.key, hook, player.key],
      );
    }
  });
  afterAll(async () => {
    await stage.attacker.end();
    await stage.superuser.end();
  });

  it('an event is read by whom it is told, while it reads the record, and once it has its place', async () => {
    expect(await attack(vn, 'select key::int as key from ronda.event')).toEqual({
      rows: [{ key: events.own }],
      count: 1,
    });
    expect(await attack(th, 'select key::int as key from ronda.event')).toEqual({
      rows: [{ key: events.others }],
      count: 1,
    });
    expect(await attack(null, 'select key from ronda.event')).toEqual(NOTHING);
  });

  it.each([
    [
      `insert into ronda.event (space, type, record_id, record_key, occurred_at, readers, already)
        values (0, 'incident.changed', gen_random_uuid(), 1, '2026-11-20', '{1}', '{}')`,
    ],
    ['update ronda.event set position = 7'],
    ['delete from ronda.event'],
    ['select ronda.relay_events(10)'],
    [`select ronda.purge_events('2027-01-01')`],
    [`select ronda.webhook_work('2027-01-01')`],
    ['update ronda.webhook set owner_key = 1'],
    [`update ronda.webhook set id = '00000000-0000-4000-8000-000000000000'`],
    ['update ronda.webhook_delivery set event_key = 2'],
    ['delete from ronda.webhook_delivery'],
    ['update ronda.subscription set owner_key = 1'],
    ['truncate ronda.event, ronda.webhook, ronda.webhook_delivery, ronda.subscription'],
  ])('nobody who is somebody may: %s', async (text) => {
    expect(await attack(vn, text)).toEqual(REFUSED);
  });

  it('a delivery is planned by the own webhook of an event that one is told, hidden and absent alike', async () => {
    const plan = `insert into ronda.webhook_delivery (space, owner_key, id, webhook_key, event_key, type, state, attempts, planned_at, next_attempt_at)
      values (0, $1, gen_random_uuid(), $2, $3, 'incident.changed', 'pending', 0, '2026-11-20', '2026-11-20')`;
    expect(await attack(vn, plan, vn.organisation.key, 1, events.own)).toMatchObject({ count: 1 });
    for (const event of [events.others, events.lost, events.waiting, events.absent])
      expect(await attack(vn, plan, vn.organisation.key, 1, event)).toEqual(REFUSED);
    for (const hook of [2, 99]) expect(await attack(vn, plan, vn.organisation.key, hook, events.own)).toEqual(REFUSED);
    expect(await attack(vn, plan, th.organisation.key, 2, events.own)).toEqual(REFUSED);
  });

  it('with the eyes of an organisation none of its people is there, whoever it acts for, also where principals are derived anew', async () => {
    const { organisation, key } = vn;
    await stage.superuser.query(`insert into ronda.principal (key, kind) values (7001, 'veil'), (7002, 'veil')`);
    await stage.superuser.query(
      `insert into ronda.veil (space, principal_key, org_key, record_id, holders) values
        (0, 7001, $1, gen_random_uuid(), array[$2::int]), (0, 7002, $1, gen_random_uuid(), array[$1::int])`,
      [organisation.key, key],
    );
    const enter: Statement = [`select ronda.enter_for_organisation($1, 0, '2026-11-20', false)`, String(key)];
    const forget: Statement = [`select set_config('app.principals', '', true)`];
    const held: Statement = ['select ronda.reader_principals() as held'];
    for (const outcome of [
      await stage.attacker.as(null, enter, held),
      await stage.attacker.as(null, enter, forget, held),
    ]) {
      expect(outcome).toMatchObject({ rows: [{ held: expect.arrayContaining([organisation.key, 1, 2, 3, 7002]) }] });
      for (const person of [key, 7001])
        expect(outcome).not.toMatchObject({ rows: [{ held: expect.arrayContaining([person]) }] });
    }
    expect(await attack(vn, held[0])).toMatchObject({ rows: [{ held: expect.arrayContaining([key, 7001]) }] });
  });

  it.each(['webhook', 'subscription'])("a %s of another's, or of nobody's, is not there", async (table) => {
    const ids = table === 'webhook' ? [hooks.others, idOf(31, 99)] : [watched.others, watched.absent];
    for (const id of ids)
      for (const text of [
        `select 1 from ronda.${table} where id = $1`,
        `select 1 from ronda.${table} where id = $1 for update`,
        `update ronda.${table} set saved_at = '2026-11-21' where id = $1`,
        `delete from ronda.${table} where id = $1`,
      ])
        expect(await attack(vn, text, id)).toEqual(NOTHING);
  });

  it("no webhook sends what another's subscription matches, hidden and absent alike", async () => {
    const name = 'update ronda.webhook set subscription_id = $2 where id = $1';
    expect(await attack(vn, name, hooks.own, watched.own)).toMatchObject({ count: 1 });
    for (const subscription of [watched.others, watched.absent])
      expect(await attack(vn, name, hooks.own, subscription)).toEqual({ refused: 'foreign_key_violation' });
  });
});
