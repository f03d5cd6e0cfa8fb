import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import supertest from 'supertest';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { describeWithFixtures } from '../support/fixtures.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const UUID = 'c7a1f1a6-2c0b-4a53-9d43-0a7d1d1f5f11';
const ATTRIBUTE = '0f0a4b52-7c1d-4e5f-8a9b-1c2d3e4f5a6b';
const TEXT = '1f0a4b52-7c1d-4e5f-8a9b-1c2d3e4f5a6b';
const OWN = '2f0a4b52-7c1d-4e5f-8a9b-1c2d3e4f5a6b';

const event = (overrides: object = {}): object => ({
  uuid: UUID,
  info: 'Bank phishing wave by SMS',
  date: '2026-11-20',
  distribution: '1',
  threat_level_id: '2',
  analysis: '1',
  Tag: [{ name: 'tlp:green' }],
  Attribute: [
    { uuid: ATTRIBUTE, type: 'domain', category: 'Network activity', value: 'Login-Bank.example', to_ids: true },
    { uuid: TEXT, type: 'text', category: 'Other', value: 'as a colleague wrote' },
    { uuid: OWN, type: 'ip-dst', category: 'Network activity', value: '203.0.113.7', to_ids: true, distribution: '0' },
  ],
  ...overrides,
});

interface Part {
  type: string;
  value: string;
  uuid: string;
}
interface Written {
  uuid: string;
  Attribute?: Part[];
  Object?: { Attribute?: Part[] }[];
}
const partsOf = ({ Attribute = [], Object: objects = [] }: Written): string[] =>
  [...Attribute, ...objects.flatMap(({ Attribute: inner = [] }) => inner)]
    .map(({ type, value, uuid }) => JSON.stringify([type, value, uuid]))
    .sort();

describe('MISP', () => {
  let app: TestApp;
  let cast: Cast;
  let api: Api;
  let vn: Caller;
  let th: Caller;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    app = await startTestApp(database);
    api = new Api(app.url);
    vn = api.as(cast['vn.coordinator']!);
    th = api.as(cast['th.coordinator']!);
  });
  afterAll(() => app.close());

  const post = (who: Caller, call: string, body: object = {}): supertest.Test => who.post(`/misp/${call}`, body);
  const get = (who: Caller, call: string): supertest.Test => who.get(`/misp/${call}`);

  it('takes an API key without a scheme, under its own paths alone', async () => {
    const { token } = cast['vn.analyst']!;
    const ask = (address: string): supertest.Test => supertest(app.url).get(address).set('authorization', token);
    const { body } = await ask('/misp/users/view/me').expect(200);
    expect(body).toMatchObject({ User: { email: 'vn.analyst' }, Role: { name: 'analyst', perm_publish: true } });
    await ask('/api/v1/me').expect(401);
    const refused = await supertest(app.url).get('/misp/users/view/me').set('authorization', 'made-up').expect(401);
    expect(refused.body).toMatchObject({ name: 'Sign in first', url: '/misp/users/view/me', status: 401 });
  });

  describe('an event', () => {
    it('is filed as a draft, and comes back as it was', async () => {
      const { body } = await post(vn, 'events/add', event()).expect(200);
      expect(body.Event).toMatchObject({ uuid: UUID, published: false, distribution: '1', threat_level_id: '2' });
      expect(body.Event.id).toMatch(/^\d{1,15}$/);
      expect(partsOf(body.Event as Written)).toEqual(partsOf(event() as Written));
      const byNumber = await get(vn, `events/view/${body.Event.id}`).expect(200);
      expect(byNumber.body.Event.uuid).toBe(UUID);
      const { items } = (await vn.get('incidents').expect(200)).body;
      expect(items[0]).toMatchObject({
        title: 'Bank phishing wave by SMS',
        status: 'draft',
        rsit: { class: 'other', type: 'undetermined' },
        marking: { tlp: 'TLP:GREEN' },
      });
      const { items: observables } = (await vn.get(`incidents/${items[0].id}/observables`).expect(200)).body;
      expect(observables).toEqual([
        expect.objectContaining({ type: 'domain', value: 'login-bank.example', audience: 'readers' }),
        expect.objectContaining({ type: 'ipv4', value: '203.0.113.7', audience: 'owner' }),
      ]);
    });

    it('is filed once', async () => {
      expect((await post(vn, 'events/add', event()).expect(409)).body.type).toBe('urn:ronda:problem:event-exists');
      await get(th, `events/view/${UUID}`).expect(404);
      // Whoever does not see it, may have one of the same uuid.
      await post(api.as(cast['sg.analyst']!), 'events/add', event({ info: 'Ours' })).expect(200);
    });

    it('says every fault by its pointer', async () => {
      const { body } = await post(vn, 'events/add', { Event: { info: '', Attribute: [{ type: 'domain' }] } }).expect(
        400,
      );
      expect(body).toMatchObject({ saved: false, errors: [{ pointer: '/Event/Attribute/0/value' }] });
      await post(vn, 'events/add', { info: '' }).expect(400, /\/info/);
    });

    it('is published by a second person where it needs one, and then read without what is its owner’s', async () => {
      const first = await post(vn, `events/publish/${UUID}`).expect(200);
      expect(first.body).toMatchObject({ saved: true, published: false, message: expect.stringContaining('second') });
      await get(th, `events/view/${UUID}`).expect(404);
      const second = await post(api.as(cast['vn.analyst']!), `events/publish/${UUID}`).expect(200);
      expect(second.body).toMatchObject({ published: true });
      const { body } = await get(th, `events/view/${UUID}`).expect(200);
      expect(body.Event).toMatchObject({ published: true, distribution: '1', Orgc: { name: 'VN CERT' } });
      expect(body.Event.Attribute.map(({ uuid }: Part) => uuid).sort()).toEqual([ATTRIBUTE, TEXT]);
      expect(JSON.stringify(body)).not.toContain('203.0.113.7');
      await get(th, `attributes/view/${OWN}`).expect(404);
      await get(th, `attributes/view/${TEXT}`).expect(200);
    });

    it('changes for its owner alone until it is published again', async () => {
      const added = { uuid: '3f0a4b52-7c1d-4e5f-8a9b-1c2d3e4f5a6b', type: 'text', value: 'said later' };
      await post(th, `attributes/add/${UUID}`, added).expect(403);
      const { body } = await post(vn, `attributes/add/${UUID}`, added).expect(200);
      expect(body.Attribute).toMatchObject(added);
      expect((await get(vn, `events/view/${UUID}`)).text).toContain('said later');
      expect((await get(th, `events/view/${UUID}`)).text).not.toContain('said later');
      await get(th, `attributes/view/${added.uuid}`).expect(404);
      await post(vn, `attributes/edit/${ATTRIBUTE}`, { value: 'other-bank.example' }).expect(200);
      const own = await get(vn, `attributes/view/${ATTRIBUTE}`).expect(200);
      expect(own.body.Attribute).toMatchObject({ value: 'other-bank.example', uuid: ATTRIBUTE });
      expect((await get(th, `attributes/view/${ATTRIBUTE}`)).body.Attribute.value).toBe('Login-Bank.example');
      await post(vn, 'tags/attachTagToObject', { uuid: UUID, tag: 'campaign:name="lotus"' }).expect(200);
      await post(vn, `attributes/delete/${ATTRIBUTE}`).expect(200);
      await get(vn, `attributes/view/${ATTRIBUTE}`).expect(404);
      expect((await get(vn, `events/view/${UUID}`)).text).toContain('lotus');
    });

    it('takes sightings of its readers', async () => {
      const sighted = await post(th, `sightings/add/${ATTRIBUTE}`, { type: '0', source: 'Gateway' }).expect(200);
      expect(sighted.body.Sighting).toMatchObject({ type: '0', source: 'Gateway' });
      const { body } = await post(th, 'sightings/listSightings', { context: 'event', id: UUID }).expect(200);
      expect(body).toEqual([expect.objectContaining({ source: 'Gateway', attribute_uuid: ATTRIBUTE })]);
      await post(th, `sightings/add/${TEXT}`, { type: '0' }).expect(400);
    });

    it('is found by what the reader may read of it, and by nothing else', async () => {
      const search = (who: Caller, call: string, body: object) => post(who, call, { returnFormat: 'json', ...body });
      const found = await search(th, 'attributes/restSearch', { value: 'login-bank.example' }).expect(200);
      expect(found.headers['x-result-count']).toBe('1');
      expect(found.body.response.Attribute).toEqual([expect.objectContaining({ uuid: ATTRIBUTE })]);
      const hidden = await search(th, 'attributes/restSearch', { value: ['203.0.113.7', 'said later'] }).expect(200);
      expect(hidden.headers['x-result-count']).toBe('0');
      const own = await search(vn, 'attributes/restSearch', { value: '203.0.113.7' }).expect(200);
      expect(own.headers['x-result-count']).toBe('1');
      const events = await search(th, 'events/restSearch', { tags: ['tlp:green'], metadata: true }).expect(200);
      expect(events.body.response).toEqual([{ Event: expect.objectContaining({ uuid: UUID }) }]);
      expect(events.body.response[0].Event.Attribute).toBeUndefined();
      expect((await search(th, 'events/restSearch', { tags: ['!tlp:green'] })).body.response).toEqual([]);
      await search(th, 'events/restSearch', { inventedFilter: 1 }).expect(400, /inventedFilter/);
      const csv = await post(th, 'attributes/restSearch', { returnFormat: 'csv', type: 'domain' }).expect(200);
      expect(csv.text.split('\n')[1]).toContain('Login-Bank.example');
    });

    it('is recalled and not deleted', async () => {
      await post(th, `events/delete/${UUID}`).expect(403);
      const { body } = await post(vn, `events/delete/${UUID}`).expect(200);
      expect(body).toMatchObject({ published: false, name: expect.stringContaining('withdrawn') });
      await get(th, `events/view/${UUID}`).expect(404);
      await get(vn, `events/view/${UUID}`).expect(200);
    });

    it('keeps nothing of what came, once something was erased from the record', async () => {
      const { items } = (await vn.get('incidents').expect(200)).body;
      const { id } = items[0] as { id: string };
      const order = { value: 'phishing wave', basis: 'mistake', reason: 'Not ours to keep.' };
      await vn.post(`incidents/${id}/erasures`, order).expect(200);
      expect((await get(vn, `events/view/${id}`).expect(200)).text).not.toContain('as a colleague wrote');
    });
  });

  it('shows what was filed in Ronda, and to each reader the parts by ids that lead back to it', async () => {
    const observables = [{ type: 'domain', value: 'shop.example', malicious: true, forDetection: true }];
    const { id } = await submitted(vn, { title: 'Filed here', observables });
    await vn.post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }])).expect(200);
    const { body } = await get(th, `events/view/${id}`).expect(200);
    expect(body.Event).toMatchObject({ uuid: id, distribution: '0', published: true });
    const attribute = body.Event.Attribute.find(({ value }: Part) => value === 'shop.example') as Part;
    expect((await get(th, `attributes/view/${attribute.uuid}`).expect(200)).body.Attribute.value).toBe('shop.example');
    await get(api.as(cast['sg.analyst']!), `attributes/view/${attribute.uuid}`).expect(404);
    await post(vn, `attributes/add/${id}`, { type: 'text', value: 'besides' }).expect(200);
    const again = (await get(vn, `events/view/${id}`).expect(200)).body.Event;
    expect(again.Attribute.map(({ value }: Part) => value).sort()).toEqual(['besides', 'shop.example']);
    const view = (await vn.get(`incidents/${id}`).expect(200)).body;
    expect(view).toMatchObject({ sector: 'finance', description: 'Links to `login-bank.example`.' });
  });

  it('names nobody in what is anonymous, and finds it by the uuid it has here', async () => {
    const { id } = await submitted(vn, {
      title: 'Nobody’s',
      authorship: 'anonymous',
      marking: { tlp: 'TLP:GREEN' },
      countries: [],
      fraud: null,
      observables: null,
    });
    await vn.post(`incidents/${id}/release`, release('TLP:GREEN', ['community'])).expect(202);
    await api.as(cast['vn.second']!).post(`incidents/${id}/release/confirm`, {}).expect(200);
    const { body } = await post(th, 'events/restSearch', { eventinfo: 'Nobody' }).expect(200);
    const [{ Event: found }] = body.response as [{ Event: { uuid: string; Orgc: { name: string } } }];
    expect(found.uuid).not.toBe(id);
    expect(JSON.stringify(found)).not.toContain('VN CERT');
    await get(th, `events/view/${found.uuid}`).expect(200);
    await post(vn, `events/edit/${found.uuid}`, { info: 'Ours' }).expect(409);
  });

  describeWithFixtures('misp/events', (dir) => {
    it('come in once and go out with the same attributes', async () => {
      const sg = api.as(cast['id.analyst']!);
      const files = readdirSync(dir).filter((each) => each.endsWith('.json'));
      expect(files).toHaveLength(65);
      const faults: string[] = [];
      const seen = new Set<string>();
      for (const file of files) {
        const came = JSON.parse(readFileSync(path.join(dir, file), 'utf8')) as { Event: Written };
        const added = await post(sg, 'events/add', came);
        const isRepeated = seen.has(came.Event.uuid);
        seen.add(came.Event.uuid);
        if (added.status !== (isRepeated ? 409 : 200))
          faults.push(`${file}: ${added.status} ${added.text.slice(0, 300)}`);
        if (isRepeated || added.status !== 200) continue;
        const { body } = await get(sg, `events/view/${came.Event.uuid}`).expect(200);
        const [went, sent] = [partsOf(body.Event as Written), partsOf(came.Event)];
        const apart = [...went.filter((part) => !sent.includes(part)), ...sent.filter((part) => !went.includes(part))];
        if (apart.length > 0 || went.length !== sent.length) faults.push(`${file}: ${apart.join(' ')}`);
      }
      expect(faults).toEqual([]);
    });
  });

  it('takes an event that is larger than other bodies may be', async () => {
    const uuid = '3e0f6d18-94a7-4b1c-8c2e-5d7f90a1b2c3';
    const Attribute = Array.from({ length: 1_500 }, (_, nth) => ({
      type: 'domain',
      value: `n${nth}.large.example`,
      comment: 'x'.repeat(1_000),
    }));
    const { body } = await post(vn, 'events/add', event({ uuid, Attribute })).expect(200);
    expect(body.Event.Attribute).toHaveLength(1_500);
    await post(vn, `events/edit/${uuid}`, event({ uuid, Attribute, info: 'Large, and edited' })).expect(200);
    await post(vn, `attributes/add/${uuid}`, { ...Attribute[0], comment: 'x'.repeat(1 << 20) }).expect(413);
  });
});
