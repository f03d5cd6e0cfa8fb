import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

type Json = Record<string, unknown>;

describe('events/publish of what is released already', () => {
  let app: TestApp;
  let cast: Cast;
  let vn: Caller;
  let second: Caller;
  let th: Caller;
  let sg: Caller;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    app = await startTestApp(database);
    const api = new Api(app.url);
    [vn, second] = [api.as(cast['vn.coordinator']!), api.as(cast['vn.second']!)];
    [th, sg] = [api.as(cast['th.coordinator']!), api.as(cast['sg.coordinator']!)];
  });
  afterAll(() => app.close());

  const idOf = (stage: string): string => cast.stages[stage]!.id;
  const post = async (who: Caller, call: string, body: object = {}, status = 200): Promise<Json> =>
    (await who.post(`/misp/${call}`, body).expect(status)).body as Json;
  const publish = (id: string, who = vn): Promise<Json> => post(who, `events/publish/${id}`);
  const add = (id: string, value: string): Promise<Json> => post(vn, `attributes/add/${id}`, { type: 'domain', value });
  const viewOf = async (id: string): Promise<Json & { release: { id: string; audience: unknown[] } | null }> =>
    (await vn.get(`incidents/${id}`).expect(200)).body;
  const releaseTo = (id: string, tlp: string, audience: unknown[]) =>
    vn.post(`incidents/${id}/release`, release(tlp, audience));
  const expectReads = async (who: Caller, id: string, value: string): Promise<void> => {
    expect((await who.get(`/misp/events/view/${id}`).expect(200)).text).toContain(value);
  };
  const community = async (id: string): Promise<void> => {
    await releaseTo(id, 'TLP:GREEN', ['community']).expect(202);
    await second.post(`incidents/${id}/release/confirm`, {}).expect(200);
  };
  const group = async (name: string, members: string[]): Promise<string> =>
    (await vn.post('sharing-groups', { name, purpose: name, members: members.map(idOf) }).expect(201)).body
      .id as string;
  let nth = 0;
  const filedByMisp = async (overrides: object): Promise<string> => {
    const uuid = `c7a1f1a6-2c0b-4a53-9d43-0a7d1d1f6${String(++nth).padStart(3, '0')}`;
    await post(vn, 'events/add', { uuid, info: `By MISP ${nth}`, Tag: [{ name: 'tlp:amber' }], ...overrides });
    const { items } = (await vn.get('incidents?limit=100').expect(200)).body as {
      items: { id: string; title: string }[];
    };
    const { id } = items.find(({ title }) => title === `By MISP ${nth}`)!;
    await vn.post(`incidents/${id}/submit`).expect(200);
    return id;
  };

  it('takes it from nobody where nothing was changed', async () => {
    const { id } = await submitted(vn);
    await releaseTo(id, 'TLP:AMBER', [{ organisation: idOf('th') }]).expect(200);
    const before = await viewOf(id);
    expect(await publish(id)).toMatchObject({ published: true, message: 'Published.' });
    // The same release: nothing was said since that could be released.
    expect((await viewOf(id)).release).toEqual(before.release);
    await th.get(`incidents/${id}`).expect(200);
  });

  it('brings an edit to the same readers, whom MISP has no word for', async () => {
    const audience = [{ organisation: idOf('th') }, { user: cast['sg.coordinator']!.id }];
    for (const id of [(await submitted(vn)).id, await filedByMisp({ distribution: '1' })]) {
      await releaseTo(id, 'TLP:AMBER', audience).expect(200);
      await add(id, 'edited.example');
      expect((await th.get(`/misp/events/view/${id}`).expect(200)).text).not.toContain('edited.example');
      expect(await publish(id)).toMatchObject({ published: true });
      await expectReads(th, id, 'edited.example');
      await expectReads(sg, id, 'edited.example');
      expect((await viewOf(id)).release).toMatchObject({ audience });
    }
  });

  it('leaves what went to the community there, whatever its event said before', async () => {
    const filed = [(await submitted(vn, { marking: { tlp: 'TLP:GREEN' } })).id];
    // For its organisation alone, as it came; then released in Ronda.
    filed.push(await filedByMisp({ distribution: '0', Tag: [{ name: 'tlp:green' }] }));
    for (const id of filed) {
      await community(id);
      expect(await publish(id)).toMatchObject({ published: true });
      await th.get(`incidents/${id}`).expect(200);
      await add(id, 'edited.example');
      await publish(id);
      await th.get(`incidents/${id}`).expect(200);
      expect(await publish(id, second)).toMatchObject({ published: true });
      await expectReads(th, id, 'edited.example');
    }
  });

  it('does not widen what Ronda narrowed since, nor end what waits', async () => {
    const id = await filedByMisp({ distribution: '1', Tag: [{ name: 'tlp:green' }] });
    await releaseTo(id, 'TLP:GREEN', [{ organisation: idOf('th') }]).expect(202);
    await second.post(`incidents/${id}/release/confirm`, {}).expect(200);
    await publish(id);
    expect((await viewOf(id)).release).toMatchObject({ audience: [{ organisation: idOf('th') }] });
    await sg.get(`incidents/${id}`).expect(404);
    const notBefore = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    const { id: amber } = await submitted(vn);
    await releaseTo(amber, 'TLP:AMBER', [{ organisation: idOf('th') }]).expect(200);
    const both = [{ organisation: idOf('th') }, { organisation: idOf('sg') }];
    await vn.post(`incidents/${amber}/release`, { ...release('TLP:AMBER', both), notBefore }).expect(202);
    await publish(amber);
    expect(await viewOf(amber)).toMatchObject({ waitingRelease: { audience: both } });
  });

  it('keeps both of two groups, of which MISP names one, and goes to another where that is named', async () => {
    const [one, two] = [await group('One', ['th']), await group('Two', ['sg'])];
    const { id } = await submitted(vn);
    await releaseTo(id, 'TLP:AMBER', [{ group: one }, { group: two }]).expect(200);
    await add(id, 'edited.example');
    await publish(id);
    await expectReads(th, id, 'edited.example');
    await expectReads(sg, id, 'edited.example');
    // As PyMISP says it: the number, beside the group that it was shown.
    const groups = (
      (await vn.get('/misp/sharingGroups/index').expect(200)).body as { response: { SharingGroup: Json }[] }
    ).response;
    const other = groups.find(({ SharingGroup }) => SharingGroup.uuid === two)!.SharingGroup;
    const { Event } = (await vn.get(`/misp/events/view/${id}`).expect(200)).body as { Event: Json };
    expect(Event.SharingGroup).toMatchObject({ uuid: one });
    await post(vn, `events/edit/${id}`, { ...Event, sharing_group_id: other.id });
    await add(id, 'later.example');
    await publish(id);
    expect((await viewOf(id)).release).toMatchObject({ audience: [{ group: two }] });
    await expectReads(sg, id, 'later.example');
    await th.get(`incidents/${id}`).expect(404);
    // By its number alone, and changed before it is published.
    const draft = await filedByMisp({ distribution: '4', sharing_group_id: other.id });
    await add(draft, 'meant.example');
    await publish(draft);
    expect((await viewOf(draft)).release).toMatchObject({ audience: [{ group: two }] });
  });

  it('goes further or less far where its sender says so, and to nobody only by being withdrawn', async () => {
    const id = await filedByMisp({ distribution: '0', Tag: [{ name: 'tlp:green' }] });
    expect(await publish(id)).toMatchObject({ published: false, message: expect.stringContaining('Nobody but') });
    await post(vn, `events/edit/${id}`, { distribution: '1' });
    await publish(id);
    expect(await publish(id, second)).toMatchObject({ published: true });
    await th.get(`incidents/${id}`).expect(200);
    await post(vn, `events/edit/${id}`, { distribution: '0' });
    const refused = await post(vn, `events/publish/${id}`, {}, 409);
    expect(refused).toMatchObject({ type: 'urn:ronda:problem:publish-withdraws', saved: false });
    await th.get(`incidents/${id}`).expect(200);
    expect(await post(vn, `events/unpublish/${id}`)).toMatchObject({ published: false });
    await th.get(`incidents/${id}`).expect(404);
    expect(await publish(id)).toMatchObject({ published: false });
  });
});
