import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type supertest from 'supertest';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { describeWithFixtures } from '../support/fixtures.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const uuid = (nth: number): string => `c7a1f1a6-2c0b-4a53-9d43-0a7d1d1f5f${String(nth).padStart(2, '0')}`;
const event = (nth: number, overrides: object = {}): object => ({
  uuid: uuid(nth),
  info: `Event ${nth}`,
  date: '2026-11-20',
  distribution: '0',
  Tag: [{ name: 'tlp:amber' }, { name: 'misp-galaxy:unheard-of="Something"' }],
  Attribute: [
    { uuid: uuid(nth + 40), type: 'domain', category: 'Network activity', value: `n${nth}.example`, to_ids: true },
    { uuid: uuid(nth + 60), type: 'yara', category: 'Payload delivery', value: 'rule x { condition: true }' },
  ],
  x_unheard_of: { kept: [1, 'two'] },
  ...overrides,
});

interface Written {
  Event: {
    uuid: string;
    name?: string;
    info: string;
    Tag: { name: string }[];
    Attribute: { type: string; value: string }[];
  };
}

describe('files of MISP', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;
  let vn: Caller;
  let th: Caller;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
    vn = api.as(cast['vn.coordinator']!);
    th = api.as(cast['th.coordinator']!);
  });
  afterAll(() => server.close());

  const send = (who: Caller, content: unknown, query = '?format=misp'): supertest.Test =>
    who.post(`imports${query}`, content as object);
  const exported = async (who: Caller, address: string): Promise<Written[]> => {
    const { body, headers } = await who.get(address).expect(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    return (body as { response: Written[] }).response;
  };

  describe('come in', () => {
    it('as one event, as a list, and as a search answers them; a second time nothing is added', async () => {
      const one = await send(vn, event(1)).expect(200);
      expect(one.body).toEqual({ events: [{ uuid: uuid(1), status: 'filed', id: expect.any(String) }] });
      const list = await send(vn, [{ Event: event(1) }, { Event: event(2) }]).expect(200);
      expect(list.body.events.map(({ status }: { status: string }) => status)).toEqual(['unchanged', 'filed']);
      expect(list.body.events[0].id).toBe(one.body.events[0].id);
      const search = await send(vn, { response: [{ Event: event(3) }, event(2), event(3)] }).expect(200);
      expect(search.body.events.map(({ status }: { status: string }) => status)).toEqual([
        ...['filed', 'unchanged', 'unchanged'],
      ]);
      const { items } = (await vn.get('incidents').expect(200)).body as { items: { title: string; status: string }[] };
      expect(items.map(({ title, status }) => `${title} ${status}`).sort()).toEqual([
        ...['Event 1 draft', 'Event 2 draft', 'Event 3 draft'],
      ]);
      // Whose organisation has none of it, has one of its own.
      expect((await send(th, event(1)).expect(200)).body.events[0]).toMatchObject({ status: 'filed', uuid: uuid(1) });
    });

    it('whole or not at all, every fault by its pointer', async () => {
      const wrong = [event(10), { Event: event(11, { info: '' }) }, event(12, { Attribute: [{ type: 'domain' }] })];
      const { body } = await send(vn, { response: wrong }).expect(400);
      expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
        '/response/1/Event/info',
        '/response/2/Attribute/0/value',
      ]);
      expect((await vn.get('incidents').expect(200)).text).not.toContain('Event 10');
      await vn.get(`/misp/events/view/${uuid(10)}`).expect(404);
    });

    it('and nothing else does', async () => {
      await send(vn, event(13), '?format=stix').expect(415);
      await send(vn, [], '').expect(400, /1 to 500/);
      await send(vn, '{"info": "cut', '')
        .set('content-type', 'application/json')
        .expect(400, /malformed-json/);
      await send(api.as(cast['vn.admin']!), event(13)).expect(403);
      const keyed = send(vn, event(13)).set('idempotency-key', 'a');
      await keyed.expect(400, /idempotency-key/);
      const large = { ...event(13), x_large: 'a'.repeat(2 * 1024 * 1024) };
      await send(vn, large).expect(200);
      await send(vn, { ...large, x_large: 'a'.repeat(17 * 1024 * 1024) }).expect(413);
      // Other routes take JSON as large as ever.
      await vn.post('/misp/attributes/restSearch', large).expect(413);
    });
  });

  describe('go out', () => {
    it('with what Ronda has no word for, one and all, and come in again', async () => {
      const [filed] = (await vn.get('incidents?limit=100').expect(200)).body.items.filter(
        ({ title }: { title: string }) => title === 'Event 2',
      ) as { id: string }[];
      const one = await vn.get(`incidents/${filed!.id}/export?format=misp`).expect(200);
      expect(one.headers['content-disposition']).toBe('attachment; filename="incident.misp.json"');
      expect(one.body.Event).toMatchObject({
        uuid: uuid(2),
        x_unheard_of: { kept: [1, 'two'] },
        Attribute: [{ value: 'n2.example' }, { type: 'yara', value: 'rule x { condition: true }' }],
      });
      const all = await exported(vn, 'incidents/export?format=misp');
      expect(all.map(({ Event }) => Event.uuid).sort()).toEqual([1, 2, 3, 13].map(uuid));
      expect(all.find(({ Event }) => Event.uuid === uuid(2))).toEqual(one.body);
      const sg = api.as(cast['sg.coordinator']!);
      expect((await send(sg, { response: all }).expect(200)).body.events).toHaveLength(4);
      const again = await exported(sg, 'incidents/export?format=misp&sort=oldest');
      const said = ({ Event: { uuid: id, info, Attribute } }: Written): unknown => [
        ...[id, info],
        Attribute.map(({ type, value }) => [type, value]),
      ];
      expect(again.map(said).sort()).toEqual(all.map(said).sort());
    });

    it('to whom they were released, as far as they may leave', async () => {
      expect(await exported(api.as(cast['id.coordinator']!), 'incidents/export?format=misp')).toEqual([]);
      const { id } = await submitted(vn, { title: 'To one' });
      await th.get(`incidents/${id}/export?format=misp`).expect(404);
      await vn
        .post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.id!.id }]))
        .expect(200);
      const [found] = await exported(api.as(cast['id.coordinator']!), 'incidents/export?format=misp');
      expect(found?.Event).toMatchObject({ uuid: id, info: 'To one', Orgc: { name: 'VN CERT' } });
      const red = await submitted(vn, { title: 'Red', marking: { tlp: 'TLP:RED' } });
      await vn.post(`incidents/${red.id}/release`, release('TLP:RED', [{ user: cast['id.analyst']!.id }])).expect(200);
      const reader = api.as(cast['id.analyst']!);
      await reader.get(`incidents/${red.id}`).expect(200);
      await reader.get(`incidents/${red.id}/export?format=misp`).expect(403);
      expect(await exported(reader, 'incidents/export?format=misp')).toHaveLength(1);
    });
  });

  it('say in an exercise that it is one, in every format and under /misp/, and are edited as if they did not', async () => {
    const organiser = api.as(cast['vn.organiser']!);
    const scenario = (await organiser.post('scenarios', { document: exampleScenario }).expect(201)).body.id as string;
    const { id: exercise } = (
      await organiser
        .post('exercises', {
          title: 'Monsoon',
          scenario,
          teams: ['th', 'sg'].map((name) => ({ organisation: cast.stages[name]!.id, roles: ['national-cert'] })),
        })
        .expect(201)
    ).body as { id: string };
    const inside = (test: supertest.Test): supertest.Test => test.set('x-ronda-exercise', exercise);
    const marked = 'EXERCISE EXERCISE EXERCISE: Event 5';
    const sent = (await inside(send(th, event(5))).expect(200)).body.events[0] as { id: string };
    const shown = (await inside(th.get(`/misp/events/view/${uuid(5)}`)).expect(200)).body as Written;
    expect(shown.Event.info).toBe(marked);
    expect(shown.Event.Tag.map(({ name }) => name)).toContain('rsit:test="test"');
    const found = await inside(th.post('/misp/events/restSearch', { eventinfo: 'Event 5' })).expect(200);
    expect(found.body.response[0].Event.info).toBe(marked);
    const attributes = await inside(th.post('/misp/attributes/restSearch', { value: 'n5.example' })).expect(200);
    expect(attributes.body.response.Attribute[0].Event.info).toBe(marked);
    const index = await inside(th.post('/misp/events/index', {})).expect(200);
    expect(index.body[0].info).toBe(marked);
    const stix = await inside(th.post('/misp/events/restSearch', { returnFormat: 'stix2' })).expect(200);
    expect(stix.text).toContain(marked);
    const all = await inside(th.get('incidents/export?format=misp')).expect(200);
    expect(all.body.response[0].Event.info).toBe(marked);
    const one = await inside(th.get(`incidents/${sent.id}/export?format=misp`)).expect(200);
    expect(one.body.Event.info).toBe(marked);
    const oneStix = await inside(th.get(`incidents/${sent.id}/export?format=stix`))
      .expect(200)
      .buffer(true);
    expect(oneStix.text ?? String(oneStix.body)).toContain(marked);

    // Clients of MISP send no header: the exercise has a path of its own.
    const byPath = `/misp/exercises/${exercise}`;
    expect((await th.get(`${byPath}/events/view/${uuid(5)}`).expect(200)).body).toEqual(shown);
    const searched = await th.post(`${byPath}/events/restSearch/limit:1`, { eventinfo: 'Event 5' }).expect(200);
    expect(searched.body.response[0].Event.info).toBe(marked);
    await th.get(`/misp/events/view/${uuid(5)}`).expect(404);
    await api
      .as(cast['my.analyst']!)
      .get(`${byPath}/events/view/${uuid(5)}`)
      .expect(404);
    await th
      .get(`${byPath}/events/view/${uuid(5)}`)
      .set('x-ronda-exercise', uuid(5))
      .expect(404);

    // What is sent back with the watermark is not written into the record.
    const { body: same } = await inside(th.post(`/misp/events/edit/${uuid(5)}`, shown)).expect(200);
    expect(same.Event.info).toBe(marked);
    expect((await inside(th.get(`incidents/${sent.id}`)).expect(200)).body).toMatchObject({
      title: 'Event 5',
      revision: 1,
    });
    await inside(th.post(`/misp/events/edit/${uuid(5)}`, { ...shown.Event, info: `${marked}, anew` })).expect(200);
    const edited = await inside(th.get(`incidents/${sent.id}`)).expect(200);
    expect(edited.body).toMatchObject({ title: 'Event 5, anew', revision: 2, rsit: { class: 'other' } });
    await th.get(`/misp/events/view/${uuid(5)}`).expect(404);
  });

  it('leave receipts of what a search answers or counts, and of nothing that it looked at', async () => {
    const strict = async (value: string): Promise<string> => {
      const observables = [{ type: 'domain', value }];
      const marking = { tlp: 'TLP:AMBER+STRICT' };
      const { id } = await submitted(vn, { title: `Strict ${value}`, observables, marking });
      await vn
        .post(`incidents/${id}/release`, release('TLP:AMBER+STRICT', [{ organisation: cast.stages.my!.id }]))
        .expect(200);
      return id;
    };
    const asked = await strict('asked.example');
    // The newest is the first of a list.
    server.clock.advance(1000);
    const passed = await strict('passed.example');
    interface Receipt {
      deliveredAt: string | null;
      openedAt: string | null;
    }
    const receipts = async (id: string): Promise<string[]> => {
      const { items } = (await vn.get(`incidents/${id}/receipts`).expect(200)).body as { items: Receipt[] };
      return items.flatMap(({ deliveredAt, openedAt }) => [
        ...(deliveredAt === null ? [] : ['delivered']),
        ...(openedAt === null ? [] : ['opened']),
      ]);
    };
    const my = api.as(cast['my.coordinator']!);
    const found = await my.post('/misp/events/restSearch', { value: 'asked.example' }).expect(200);
    expect(found.headers['x-result-count']).toBe('1');
    expect(await receipts(asked)).toEqual(['delivered']);
    expect(await receipts(passed)).toEqual([]);
    // On the first page, and counted on the second: that there is one is told as well.
    const page = await my.post('/misp/events/restSearch', { eventinfo: 'Strict', limit: 1, page: 2 }).expect(200);
    expect(page.headers['x-result-count']).toBe('2');
    expect(page.body.response[0].Event.uuid).toBe(asked);
    expect(await receipts(passed)).toEqual(['delivered']);
    await my.get(`/misp/events/view/${passed}`).expect(200);
    expect(await receipts(passed)).toEqual(['delivered', 'opened']);
  });

  describeWithFixtures('misp/events', (dir) => {
    it('all of them in one file, and again in the one that goes out', async () => {
      const events = readdirSync(dir)
        .filter((each) => each.endsWith('.json'))
        .map((file) => JSON.parse(readFileSync(path.join(dir, file), 'utf8')) as Written);
      const caller = api.as(cast['my.second']!);
      const came = await send(caller, events).expect(200);
      expect(came.body.events).toHaveLength(65);
      const filed = new Set(came.body.events.map(({ id }: { id: string }) => id)).size;
      const went = (await exported(caller, 'incidents/export?format=misp')).filter(
        ({ Event }) => !Event.info.startsWith('Strict'),
      );
      expect(went).toHaveLength(filed);
      const again = await send(caller, went).expect(200);
      expect(again.body.events.every(({ status }: { status: string }) => status === 'unchanged')).toBe(true);

      // Each is found by any word of its own, wherever that is: in an attribute, an object, or a tag.
      const search = async (filter: object): Promise<string[]> => {
        const { body } = await caller.post('/misp/events/restSearch', { ...filter, metadata: true }).expect(200);
        return (body as { response: Written[] }).response.map(({ Event }) => Event.uuid);
      };
      const isWord = (word: string | undefined): boolean =>
        word !== undefined && !/^!|\|\||^%|%$/.test(word) && word !== '';
      const lost: string[] = [];
      for (const { Event: each } of went) {
        const { Attribute = [], Object: objects = [], Tag = [] } = each as typeof each & { Object?: (typeof each)[] };
        const inObjects = objects.filter(({ name }) => name !== 'ronda-incident').flatMap((object) => object.Attribute);
        const values = [Attribute.at(0), Attribute.at(-1), inObjects.at(0), inObjects.at(-1)].map((one) => one?.value);
        for (const value of new Set(values.filter(isWord)))
          if (!(await search({ value: value?.toUpperCase() })).includes(each.uuid)) lost.push(`${each.uuid} ${value}`);
        for (const { name } of [Tag.at(0), Tag.at(-1)].filter((one) => one !== undefined))
          if (!(await search({ tags: [name] })).includes(each.uuid)) lost.push(`${each.uuid} ${name}`);
        if (!(await search({ uuid: each.uuid })).includes(each.uuid)) lost.push(each.uuid);
      }
      expect(lost).toEqual([]);
      expect(await search({ value: 'nobody-says-this.example' })).toEqual([]);
      expect(await search({ uuid: uuid(99) })).toEqual([]);
      expect(await search({ eventid: 'no id' })).toEqual([]);
    }, 240_000);
  });
});
