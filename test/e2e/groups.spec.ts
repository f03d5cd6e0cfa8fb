import pg from 'pg';
import { LIVE, UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { AdmitMember } from '../../src/modules/sharing/admit-member.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast, Player } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

const HOUR_MS = 3_600_000;

describe('sharing groups', () => {
  let database: TestDatabase;
  let node: TestApp;
  let api: Api;
  let cast: Cast;
  let superuser: pg.Client;

  const idOf = (stage: string): string => cast.stages[stage]!.id;
  const at = (id: string, rest = ''): string => `sharing-groups/${id}${rest}`;
  const found = async (by: Player, members: string[]): Promise<string> => {
    const answer = await api
      .as(by)
      .post('sharing-groups', { name: 'Cross-border', purpose: 'Phishing', members: members.map(idOf) });
    expect(answer.status).toBe(201);
    return answer.body.id as string;
  };
  const propose = (by: Player, group: string, stage: string) =>
    api.as(by).post(at(group, '/members'), { organisation: idOf(stage) });
  const accept = (by: Player, group: string, stage: string) =>
    api.as(by).post(at(group, `/members/${idOf(stage)}/accept`));
  const admit = (by: Player, group: string, stage: string) =>
    api.as(by).post(at(group, `/members/${idOf(stage)}/admit`));
  const principalsOf = async (player: Player): Promise<number[]> => {
    await superuser.query('begin');
    try {
      await superuser.query(`select ronda.enter('', $1, 0, $2)`, [player.key, node.clock.now()]);
      const { rows } = await superuser.query<{ held: number[] }>('select ronda.derive_principals() as held');
      return rows[0]!.held;
    } finally {
      await superuser.query('rollback');
    }
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    node = await startTestApp(database);
    api = new Api(node.url);
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
    await database.drop();
  });

  it('are founded with others, by a coordinator', async () => {
    const { 'vn.coordinator': vn, 'vn.analyst': analyst, 'th.coordinator': th, 'sg.coordinator': sg } = cast;
    const body = { name: 'A group', purpose: 'x', members: [idOf('th')] };
    await api.as(analyst!).post('sharing-groups', body).expect(403);
    const made = await api.as(vn!).post('sharing-groups', body).set('idempotency-key', 'g1').expect(201);
    expect(made.headers.location).toBe(`/api/v1/sharing-groups/${made.body.id}`);
    expect(made.body).toMatchObject({
      founder: { id: idOf('vn') },
      epoch: 1,
      objectionHours: 72,
      members: [{ state: 'member', joinedEpoch: 1 }, { state: 'member' }],
      allowedActions: ['update', 'propose', 'dissolve', 'leave'],
    });
    const again = await api.as(vn!).post('sharing-groups', body).set('idempotency-key', 'g1').expect(201);
    expect(again.body.id).toBe(made.body.id);
    expect((await api.as(th!).get(at(made.body.id)).expect(200)).body.allowedActions).toEqual(['propose', 'leave']);
    await api.as(sg!).get(at(made.body.id)).expect(404);
    expect((await api.as(sg!).get('sharing-groups').expect(200)).body.items).toEqual([]);
  });

  it('take their founder among the members it names, in any spelling', async () => {
    const members = [idOf('vn').toUpperCase(), idOf('th').toUpperCase()];
    const { body, status } = await api
      .as(cast['vn.coordinator']!)
      .post('sharing-groups', { name: 'A group', purpose: 'x', members });
    expect(status).toBe(201);
    expect(body.members).toHaveLength(2);
  });

  it('name no organisation that their founder may not see, nor one that is not active', async () => {
    const { 'th.coordinator': th } = cast;
    const answer = await api.as(th!).post('sharing-groups', {
      name: 'A group',
      purpose: 'x',
      members: [idOf('vn'), idOf('bank'), '00000000-0000-4000-8000-000000000000', idOf('ph')],
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      { pointer: '/members/1', detail: 'There is no such organisation.' },
      { pointer: '/members/2', detail: 'There is no such organisation.' },
      { pointer: '/members/3', detail: expect.stringContaining('suspended') },
    ]);
    const suspended = cast['ph.coordinator']!;
    await api.as(suspended).post('sharing-groups', { name: 'A group', purpose: 'x', members: [] }).expect(403);
  });

  it('take a newcomer in after everybody had time to object, at an epoch of its own', async () => {
    const { 'vn.coordinator': vn, 'th.coordinator': th, 'sg.coordinator': sg, 'id.coordinator': stranger } = cast;
    const group = await found(vn!, ['th']);
    await propose(stranger!, group, 'sg').expect(404);
    const { body } = await propose(th!, group, 'sg').expect(201);
    expect(body).toMatchObject({ state: 'proposed', joinedEpoch: null, allowedActions: ['object', 'withdraw'] });
    await propose(vn!, group, 'sg').expect(409);
    await propose(vn!, group, 'bank').expect(201); // its own constituent
    await propose(th!, group, 'telco').expect(400);
    expect((await api.as(vn!).get(at(group)).expect(200)).body.members).toHaveLength(4);
    // Fellows see each other, whoever they are.
    const seen = await api
      .as(th!)
      .get(at(group, `/members/${idOf('bank')}`))
      .expect(200);
    expect(seen.body.organisation).toMatchObject({ id: idOf('bank'), name: 'BANK CERT' });
    // The proposed one sees what it is asked to join, and can do nothing in it.
    expect((await api.as(sg!).get(at(group)).expect(200)).body.allowedActions).toEqual(['accept']);
    await propose(sg!, group, 'my').expect(403);
    await accept(vn!, group, 'sg').expect(403);
    await admit(vn!, group, 'sg').expect(409);
    await accept(sg!, group, 'sg').expect(200);
    await accept(sg!, group, 'sg').expect(409);
    await admit(vn!, group, 'sg').expect(409);
    const before = await principalsOf(cast['sg.analyst']!);
    node.clock.advance(72 * HOUR_MS);
    await admit(sg!, group, 'sg').expect(403);
    expect((await admit(vn!, group, 'sg').expect(200)).body).toMatchObject({ state: 'member', joinedEpoch: 2 });
    expect((await api.as(sg!).get(at(group)).expect(200)).body.epoch).toBe(2);
    // The newcomer holds the epoch that began with it, and none before; the others hold both.
    const gained = (await principalsOf(cast['sg.analyst']!)).filter((key) => !before.includes(key));
    expect(gained).toHaveLength(1);
    const { rows } = await superuser.query<{ epoch: number; principal_key: number }>(
      'select e.epoch, e.principal_key from ronda.group_epoch e join ronda.sharing_group g on g.key = e.group_key where g.id = $1 order by 1',
      [group],
    );
    expect(rows.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(gained).toEqual([rows[1]!.principal_key]);
    for (const { principal_key } of rows) expect(await principalsOf(cast['th.analyst']!)).toContain(principal_key);
    node.clock.advance(-72 * HOUR_MS);
  });

  it('turn a newcomer away when one member objects', async () => {
    const { 'vn.coordinator': vn, 'th.coordinator': th, 'sg.coordinator': sg } = cast;
    const group = await found(vn!, ['th']);
    await propose(vn!, group, 'sg').expect(201);
    await accept(sg!, group, 'sg').expect(200);
    const path = at(group, `/members/${idOf('sg')}/objections`);
    await api.as(sg!).post(path, { reason: 'x' }).expect(403);
    const { body } = await api.as(th!).post(path, { reason: 'Not yet' }).expect(200);
    expect(body.objections).toMatchObject([{ by: { id: idOf('th') }, to: { id: idOf('sg') }, reason: 'Not yet' }]);
    await api.as(sg!).get(at(group)).expect(404);
    node.clock.advance(72 * HOUR_MS);
    await admit(vn!, group, 'sg').expect(404);
    node.clock.advance(-72 * HOUR_MS);
    // It may be proposed again, and still does not read who objected.
    await propose(vn!, group, 'sg').expect(201);
    expect((await api.as(sg!).get(at(group)).expect(200)).body.objections).toEqual([]);
  });

  it('give two newcomers two epochs, admitted at once or by the worker', async () => {
    const {
      'vn.coordinator': vn,
      'th.coordinator': th,
      'sg.coordinator': sg,
      'id.coordinator': id,
      'my.coordinator': my,
    } = cast;
    const group = await found(vn!, ['th']);
    for (const [stage, coordinator] of [
      ['sg', sg],
      ['id', id],
      ['my', my],
    ] as const) {
      await propose(vn!, group, stage).expect(201);
      await accept(coordinator!, group, stage).expect(200);
    }
    node.clock.advance(73 * HOUR_MS);
    const answers = await Promise.all([admit(vn!, group, 'sg'), admit(th!, group, 'id'), admit(th!, group, 'sg')]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    const work = node.app.get(UnitOfWork);
    const { rows } = await superuser.query<{ membership_id: string; user_key: number }>(
      'select * from ronda.due_admissions($1)',
      [node.clock.now()],
    );
    expect(rows).toHaveLength(1);
    const [due] = rows;
    // Where the proposer's account is closed, another of a member does it.
    await superuser.query(`update ronda.user_account set status = 'disabled' where key = $1`, [due!.user_key]);
    const { rows: others } = await superuser.query<{ user_key: number }>('select * from ronda.due_admissions($1)', [
      node.clock.now(),
    ]);
    expect(others).toHaveLength(1);
    expect(others[0]!.user_key).not.toBe(due!.user_key);
    await superuser.query(`update ronda.user_account set status = 'active' where key = $1`, [due!.user_key]);
    const run = () =>
      work.run({ actingUserKey: due!.user_key }, LIVE, 'write', () =>
        node.app.get(AdmitMember).admitDue(due!.membership_id),
      );
    expect((await Promise.all([run(), run()])).sort()).toEqual([false, true]);
    const { body } = await api.as(vn!).get(at(group)).expect(200);
    expect(body.epoch).toBe(4);
    expect(body.members.map((member: { joinedEpoch: number }) => member.joinedEpoch).sort()).toEqual([1, 1, 2, 3, 4]);
    node.clock.advance(-73 * HOUR_MS);
  });

  it('are left, and lose their members, on the next request', async () => {
    const { 'vn.coordinator': vn, 'th.coordinator': th, 'sg.coordinator': sg } = cast;
    const group = await found(vn!, ['th', 'sg']);
    const member = (stage: string): string => at(group, `/members/${idOf(stage)}`);
    const held = await principalsOf(cast['th.analyst']!);
    expect((await api.as(th!).delete(member('sg'))).status).toBe(403);
    expect((await api.as(th!).request('delete', member('th'))).status).toBe(428);
    expect((await api.as(th!).delete(member('th'), '"old"')).status).toBe(412);
    expect((await api.as(cast['th.analyst']!).delete(member('th'))).status).toBe(403);
    expect((await api.as(th!).delete(member('th'))).status).toBe(204);
    await api.as(th!).get(at(group)).expect(404);
    expect((await principalsOf(cast['th.analyst']!)).length).toBe(held.length - 1);
    expect((await api.as(vn!).delete(member('sg'))).status).toBe(204);
    await api.as(sg!).get(at(group)).expect(404);
    // Who comes back comes as a newcomer.
    await propose(vn!, group, 'sg').expect(201);
    expect((await api.as(sg!).delete(member('sg'))).status).toBe(204);
    await api.as(sg!).get(at(group)).expect(404);
  });

  it('are handed on by a founder that leaves, and end with the last member', async () => {
    const { 'vn.coordinator': vn, 'th.coordinator': th } = cast;
    const group = await found(vn!, ['th']);
    const rename = (by: Player) => api.as(by).patch(at(group), { name: 'Renamed' });
    expect((await rename(th!)).status).toBe(403);
    expect((await api.as(vn!).delete(at(group, `/members/${idOf('vn')}`))).status).toBe(204);
    await api.as(vn!).get(at(group)).expect(404);
    expect((await rename(th!)).body).toMatchObject({ name: 'Renamed', founder: { id: idOf('th') } });
    expect((await api.as(th!).delete(at(group, `/members/${idOf('th')}`))).status).toBe(204);
    // Whose it is from then on, and that it has ended, are changes of their own.
    const told = await superuser.query(
      `select type, payload from ronda.outbox where payload ->> 'groupId' = $1 order by key`,
      [group],
    );
    expect(told.rows.slice(-5)).toEqual([
      { type: 'group.member-left', payload: { groupId: group, organisationId: idOf('vn') } },
      { type: 'group.handed-on', payload: { groupId: group, organisationId: idOf('th') } },
      { type: 'group.updated', payload: { groupId: group } },
      { type: 'group.member-left', payload: { groupId: group, organisationId: idOf('th') } },
      { type: 'group.dissolved', payload: { groupId: group } },
    ]);
    const { rows } = await superuser.query('select dissolved_at from ronda.sharing_group where id = $1', [group]);
    expect(rows[0].dissolved_at).not.toBeNull();
  });

  it('are dissolved by their founder, for everybody and for good', async () => {
    const { 'vn.coordinator': vn, 'th.coordinator': th } = cast;
    const group = await found(vn!, ['th']);
    const held = (await principalsOf(cast['th.analyst']!)).length;
    await api.as(th!).post(at(group, '/dissolution')).expect(403);
    await api.as(vn!).post(at(group, '/dissolution')).set('if-match', '"old"').expect(412);
    const { body } = await api.as(vn!).post(at(group, '/dissolution')).expect(200);
    expect(body).toMatchObject({ dissolvedAt: node.clock.now().toISOString(), allowedActions: [] });
    expect((await principalsOf(cast['th.analyst']!)).length).toBe(held - 1);
    await api.as(vn!).post(at(group, '/dissolution')).expect(409);
    await propose(th!, group, 'sg').expect(409);
    expect((await api.as(vn!).patch(at(group), { name: 'Renamed' })).status).toBe(409);
  });

  it('show nothing to a member that is suspended', async () => {
    const { 'vn.coordinator': vn, 'id.coordinator': id } = cast;
    const group = await found(vn!, ['id']);
    await superuser.query(`update ronda.organisation set standing = 'suspended' where id = $1`, [idOf('id')]);
    await api.as(id!).get(at(group)).expect(404);
    expect((await api.as(id!).get('sharing-groups').expect(200)).body.items).toEqual([]);
    await superuser.query(`update ronda.organisation set standing = 'active' where id = $1`, [idOf('id')]);
    await api.as(id!).get(at(group)).expect(200);
  });

  it('are the same absence for hidden and absent, on every route', async () => {
    const { 'vn.coordinator': vn, 'sg.coordinator': sg } = cast;
    const hidden = await found(vn!, ['th']);
    const absent = '00000000-0000-4000-8000-000000000000';
    const routes = (group: string): [string, string, object?][] => [
      ['get', at(group)],
      ['patch', at(group), { name: 'Renamed' }],
      ['post', at(group, '/dissolution')],
      ['post', at(group, '/members'), { organisation: idOf('my') }],
      ['get', at(group, `/members/${idOf('vn')}`)],
      ['post', at(group, `/members/${idOf('sg')}/accept`)],
      ['post', at(group, `/members/${idOf('vn')}/objections`), { reason: 'x' }],
      ['post', at(group, `/members/${idOf('vn')}/admit`)],
      ['delete', at(group, `/members/${idOf('vn')}`)],
    ];
    const answers = async (group: string): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (const [method, path, body] of routes(group)) {
        const request = api
          .as(sg!)
          .request(method as 'get', path)
          .set('x-request-id', 'same');
        const { status, body: answer, headers } = await (body ? request.send(body) : request);
        const { date: _, ...others } = headers as Record<string, string>;
        seen.push({ status, answer, headers: others });
        expect(status).toBe(404);
      }
      return seen;
    };
    const withoutCounters = (text: string): string => text.replaceAll(/"(x-)?ratelimit[^,}]*/gi, '');
    expect(withoutCounters(JSON.stringify(await answers(hidden)))).toBe(
      withoutCounters(JSON.stringify(await answers(absent))),
    );
  });
});
