import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Response, Test } from 'supertest';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { settled } from '../support/settled.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const TAXII = 'application/taxii+json;version=2.1';
const ATTACK = path.join(
  process.env.RONDA_FIXTURES ?? '/work/shared/fixtures',
  'stix/attack/mobile-attack-17.1-subset.json',
);
const RED = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';

interface Stix extends Record<string, unknown> {
  id: string;
  type: string;
}
interface Envelope {
  more: boolean;
  next?: string;
  objects?: Stix[];
}

describe('TAXII 2.1', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
  });
  afterAll(() => server.close());

  const as = (name: string): ReturnType<Api['as']> => api.as(cast[name]!);
  const get = (who: string, rest: string): Test => as(who).get(`/taxii2/live/${rest}`).set('accept', TAXII);
  const post = (who: string, id: string, objects: object[]): Test =>
    as(who)
      .request('post', `/taxii2/live/collections/${id}/objects/`)
      .set('accept', TAXII)
      .set('content-type', TAXII)
      .send(JSON.stringify({ objects }));
  const collections = async (who: string): Promise<Map<string, string>> => {
    const { body } = await get(who, 'collections/');
    return new Map((body.collections as { id: string; title: string }[]).map(({ id, title }) => [title, id]));
  };
  const inbox = async (who: string): Promise<string> => {
    const { body } = await get(who, 'collections/');
    return (body.collections as { id: string; can_write: boolean }[]).find(({ can_write }) => can_write)!.id;
  };
  const read = (answer: Response): Envelope => JSON.parse(answer.text) as Envelope;
  const ownId = (name: string): string => cast[name]!.organisation.id;
  const objectsFor = async (who: string, collection: string, query = 'limit=1000'): Promise<Stix[]> =>
    read(await get(who, `collections/${collection}/objects/?${query}`)).objects ?? [];
  const given = async (to: string, overrides: object = {}): Promise<string> => {
    const { id } = await submitted(as('vn.analyst'), overrides);
    const audience = [{ organisation: ownId(to) }];
    const { status } = await as('vn.analyst').post(`incidents/${id}/release`, release('TLP:AMBER', audience));
    expect(status).toBe(200);
    return id;
  };

  it('says where everything is, with and without the slash', async () => {
    const answer = await as('th.analyst').get('/taxii2/').set('accept', TAXII);
    expect(answer.headers['content-type']).toBe(TAXII);
    expect(answer.body).toMatchObject({ default: '/taxii2/live/', api_roots: ['/taxii2/live/'] });
    expect((await as('th.analyst').get('/taxii2')).body).toEqual(answer.body);
    const root = await get('th.analyst', '');
    expect(root.body).toMatchObject({ versions: [TAXII], max_content_length: 16_777_216 });
    const listed = await get('th.analyst', 'collections/');
    expect(listed.body.collections).toMatchObject([
      { title: 'Public', can_read: true, can_write: false },
      { title: 'Community', can_write: false },
      { title: 'Partners', can_write: false },
      { id: ownId('th.analyst'), title: 'TH CERT', can_write: false },
      { title: 'Sent in by TH CERT', can_write: true },
    ]);
    // A constituent whose CERT does not relay, and a partner, hold fewer.
    expect([...(await collections('bank.analyst')).keys()]).not.toContain('Community');
    expect([...(await collections('jp.analyst')).keys()]).not.toContain('Community');
  });

  it('takes a key by Basic, and refuses what it cannot serve', async () => {
    const basic = Buffer.from(`anybody:${cast['th.analyst']!.token}`).toString('base64');
    const asBasic = api.as(null).get('/taxii2/').set('authorization', `Basic ${basic}`);
    expect((await asBasic.set('accept', TAXII)).status).toBe(200);
    expect((await api.as(null).get('/taxii2/')).status).toBe(401);
    for (const accept of ['text/html', 'application/taxii+json;version=2.0', 'application/json'])
      expect((await as('th.analyst').get('/taxii2/').set('accept', accept)).status).toBe(406);
    for (const accept of ['*/*', 'application/taxii+json', `text/html, ${TAXII}`])
      expect((await as('th.analyst').get('/taxii2/').set('accept', accept)).status).toBe(200);
    const id = await inbox('th.analyst');
    const wrong = as('th.analyst').request('post', `/taxii2/live/collections/${id}/objects/`);
    expect((await wrong.set('content-type', 'application/json').send('{"objects":[]}')).status).toBe(415);
    const older = as('th.analyst').request('post', `/taxii2/live/collections/${id}/objects/`);
    expect((await older.set('content-type', 'application/taxii+json;version=2.0').send('{}')).status).toBe(415);
    expect((await post('th.analyst', id, [])).status).toBe(422);
    expect((await get('th.analyst', `collections/${id}/objects/?limit=0`)).status).toBe(400);
    expect((await get('th.analyst', `collections/${id}/objects/?next=x`)).status).toBe(400);
    expect((await get('th.analyst', `collections/${id}/objects/?added_after=now`)).status).toBe(400);
    const large = as('th.analyst').request('post', `/taxii2/live/collections/${id}/objects/`);
    const bytes = `{"objects":["${'x'.repeat(17 * 1024 * 1024)}"]}`;
    expect((await large.set('content-type', TAXII).send(bytes)).status).toBe(413);
  });

  it('gives what was released to those who may read it, and a receipt to its owner', async () => {
    const id = await given('th.analyst', {
      observables: [{ type: 'ipv4', value: '198.51.100.20', forDetection: true }],
    });
    const own = ownId('th.analyst');
    const objects = await objectsFor('th.analyst', own);
    expect(objects.find((each) => each.id === `incident--${id}`)).toMatchObject({
      name: 'Phishing by SMS',
      created_by_ref: `identity--${ownId('vn.analyst')}`,
    });
    expect(objects.filter(({ type }) => type === 'ipv4-addr')).toMatchObject([{ value: '198.51.100.20' }]);
    await settled(server);
    const { body: receipts } = await as('vn.analyst').get(`incidents/${id}/receipts`);
    expect(JSON.stringify(receipts)).toContain(own);

    // Nobody else has such a collection; hidden and absent are one.
    const hidden = await get('id.analyst', `collections/${own}/objects/`);
    const absent = await get('id.analyst', 'collections/0ee0b0f4-0f1f-4c3c-9a52-00000000000a/objects/');
    expect([hidden.status, absent.status]).toEqual([404, 404]);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
    expect((await get('id.analyst', `collections/${ownId('id.analyst')}/objects/incident--${id}/`)).status).toBe(404);
    // One writes to one's own alone.
    expect((await post('th.analyst', own, [objects[0]!])).status).toBe(403);
    expect((await post('id.analyst', own, [objects[0]!])).status).toBe(404);
  });

  it('says the same thing of two records once, and a newer version instead of the older', async () => {
    const observables = [{ type: 'domain', value: 'twice.example' }];
    const first = await given('sg.analyst', { observables });
    server.clock.advance(1000);
    await given('sg.analyst', { observables, externalReferences: [] });
    const own = ownId('sg.analyst');
    const ids = (await objectsFor('sg.analyst', own)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id.startsWith('domain-name--'))).toHaveLength(1);

    server.clock.advance(1000);
    expect((await as('vn.analyst').patch(`incidents/${first}`, { title: 'Known better' })).status).toBe(200);
    server.clock.advance(1000);
    const audience = [{ organisation: own }];
    await as('vn.analyst').post(`incidents/${first}/release`, release('TLP:AMBER', audience));
    const at = `collections/${own}/objects/incident--${first}/`;
    expect(read(await get('sg.analyst', at)).objects).toMatchObject([{ name: 'Known better' }]);
    expect(read(await get('sg.analyst', `${at}?match[version]=first`)).objects).toMatchObject([
      { name: 'Phishing by SMS' },
    ]);
    expect(read(await get('sg.analyst', `${at}?match[version]=all`)).objects).toHaveLength(2);
    const { versions } = (await get('sg.analyst', `${at}versions/`)).body as { versions: string[] };
    expect(versions).toHaveLength(2);
    const one = read(await get('sg.analyst', `${at}?match[version]=${versions[0]}`)).objects;
    expect(one).toMatchObject([{ name: 'Phishing by SMS' }]);
  });

  it('pages by `next` and by `added_after`, and filters', async () => {
    await given('my.analyst');
    const own = ownId('my.analyst');
    const all = (await objectsFor('my.analyst', own)).map(({ id }) => id);
    const byNext: string[] = [];
    for (let next: string | undefined, more = true; more;) {
      const page = read(await get('my.analyst', `collections/${own}/objects/?limit=3${next ? `&next=${next}` : ''}`));
      byNext.push(...(page.objects ?? []).map(({ id }) => id));
      ({ next, more } = page);
    }
    expect(byNext).toEqual(all);
    const byTime: string[] = [];
    for (let after: string | undefined; ;) {
      const answer = await get(
        'my.analyst',
        `collections/${own}/objects/?limit=4${after ? `&added_after=${after}` : ''}`,
      );
      byTime.push(...(read(answer).objects ?? []).map(({ id }) => id));
      if (!read(answer).more) break;
      after = answer.headers['x-taxii-date-added-last'];
      expect(after).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    }
    expect(byTime).toEqual(all);
    const { body: manifest } = await get('my.analyst', `collections/${own}/manifest/?limit=1000`);
    expect((manifest.objects as Stix[]).map(({ id }) => id)).toEqual(all);
    const some = await objectsFor('my.analyst', own, 'match[type]=incident,report');
    expect(some.map(({ type }) => type).sort()).toEqual(['incident', 'report']);
    expect(await objectsFor('my.analyst', own, `match[id]=${all[0]},${all[1]}`)).toHaveLength(2);
    expect(await objectsFor('my.analyst', own, 'match[spec_version]=2.0')).toEqual([]);
  });

  it('recalled leaves, with a note to those who had it and to nobody else', async () => {
    const { id } = await submitted(as('vn.analyst'), { title: 'A secret to be recalled' });
    const group = await as('vn.coordinator').post('sharing-groups', {
      name: 'Recalled',
      purpose: 'x',
      members: [ownId('th.analyst'), ownId('sg.analyst')],
    });
    for (const who of ['th', 'sg'])
      await as(`${who}.coordinator`).post(`sharing-groups/${group.body.id}/members/${ownId(`${who}.analyst`)}/accept`);
    const released = await as('vn.coordinator').post(
      `incidents/${id}/release`,
      release('TLP:AMBER', [{ group: group.body.id }, { organisation: ownId('th.analyst') }]),
    );
    expect(released.status).toBe(200);
    const own = ownId('th.analyst');
    expect(JSON.stringify(await objectsFor('th.analyst', own))).toContain('A secret to be recalled');
    // Its delivery is written within a second.
    await settled(server);
    server.clock.advance(60_000);
    expect((await as('vn.analyst').post(`incidents/${id}/recall`, { reason: 'error' })).status).toBe(200);

    const left = await objectsFor('th.analyst', own);
    expect(JSON.stringify(left)).not.toContain('A secret to be recalled');
    expect(left.find((each) => each.id === `incident--${id}`)).toMatchObject({ revoked: true, name: 'Recalled' });
    expect(left.filter(({ type }) => type === 'note')).toMatchObject([
      { abstract: 'Recalled', object_refs: [`incident--${id}`] },
    ]);
    const everybody = await collections('sg.analyst');
    for (const collection of everybody.values())
      expect(JSON.stringify(await objectsFor('sg.analyst', collection))).not.toContain(id);
  });

  it('takes objects in, tells what became of each, and gives them back as they came', async () => {
    const id = await inbox('id.analyst');
    const { objects } = JSON.parse(readFileSync(ATTACK, 'utf8')) as { objects: Stix[] };
    const sent = await post('id.analyst', id, objects);
    expect(sent.status).toBe(202);
    expect(sent.headers['content-type']).toBe(TAXII);
    expect(sent.body).toMatchObject({
      status: 'complete',
      total_count: objects.length,
      success_count: objects.length,
      failure_count: 0,
      pending_count: 0,
    });
    expect((await get('id.analyst', `status/${sent.body.id}/`)).body).toEqual(sent.body);
    expect((await get('th.analyst', `status/${sent.body.id}/`)).status).toBe(404);
    const back = await objectsFor('id.analyst', id, 'limit=1000&match[version]=all');
    expect(back).toEqual(objects);
    // Kept for its owner alone, and once.
    const again = await post('id.analyst', id, objects);
    expect(again.body.success_count).toBe(objects.length);
    expect(await objectsFor('id.analyst', id, 'limit=1000&match[version]=all')).toHaveLength(objects.length);
    for (const collection of (await collections('th.analyst')).values())
      expect(JSON.stringify(await objectsFor('th.analyst', collection))).not.toContain(objects[0]!.id);

    const [good] = objects.filter(({ type }) => type === 'malware');
    const mixed = await post('id.analyst', id, [
      { ...good!, modified: '2026-01-01T00:00:00.000Z', name: 'Newer' },
      { type: 'malware', id: 'no' },
    ]);
    expect(mixed.body).toMatchObject({ total_count: 2, success_count: 1, failure_count: 1, failures: [{ id: 'no' }] });
    const at = `collections/${id}/objects/${good!.id}/`;
    expect(read(await get('id.analyst', at)).objects).toMatchObject([{ name: 'Newer' }]);
    expect((await get('id.analyst', `${at}versions/`)).body.versions).toHaveLength(2);
    expect((await as('th.analyst').request('delete', `/taxii2/live/${at}`)).status).toBe(404);
    expect((await as('id.analyst').request('delete', `/taxii2/live/${at}`).set('accept', TAXII)).status).toBe(200);
    expect((await get('id.analyst', at)).status).toBe(404);
  });

  /** Objects in order of a type that nothing is filed for. */
  const malware = (n: number, members: object = {}): object => ({
    type: 'malware',
    spec_version: '2.1',
    id: `malware--6f1c2b3a-4d5e-4f60-8a7b-${n.toString(16).padStart(12, '0')}`,
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    is_family: false,
    name: 'Loader',
    ...members,
  });
  const told = (answer: Response): { id: string; message: string }[] =>
    answer.body.failures as { id: string; message: string }[];

  it('judges each object once, however much is wrong with the others', async () => {
    const id = await inbox('sg.analyst');
    const labels = Array.from({ length: 101 }, () => 1);
    const objects = Array.from({ length: 2_500 }, (_, n) => malware(n));
    const wrong = Array.from({ length: 2_500 }, (_, n) => malware(10_000 + n, { labels }));
    // Of the processor, which does not grow with what else runs there: one pass for each of the wrong ones took 90 s.
    const began = process.cpuUsage();
    const sent = await post('sg.analyst', id, [...objects, ...wrong]);
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(20);
    expect(sent.body).toMatchObject({ success_count: 2_500, failure_count: 2_500 });
    expect(told(sent).every(({ message }) => message === '/labels/0: This must be of type string.')).toBe(true);
  });

  it('refuses at once what is wrong between objects, however many say otherwise', async () => {
    const id = await inbox('sg.analyst');
    const others = Array.from({ length: 400 }, () => malware(20_000, { name: 'Another' }));
    const labels = Array.from(
      { length: 120 },
      (_, n) => ['marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb', RED][n === 0 ? 0 : 1],
    );
    const torn = Array.from({ length: 400 }, (_, n) => malware(30_000 + n, { object_marking_refs: labels }));
    const sent = await post('sg.analyst', id, [malware(20_000), ...others, ...torn, malware(20_001)]);
    expect(sent.body).toMatchObject({ success_count: 2, failure_count: 800 });
    expect(told(sent)[0]!.message).toMatch(/^\/id: Another object before has this id and version/);
    expect(told(sent)[400]!.message).toMatch(/^\/object_marking_refs\/1: /);
  });

  it('refuses an incident that is none of Ronda’s with all its versions, and files no older one', async () => {
    const id = await inbox('sg.analyst');
    const incidents = Array.from({ length: 60 }, (_, n) => ({
      type: 'incident',
      spec_version: '2.1',
      id: 'incident--7d1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b',
      created: '2026-01-01T00:00:00.000Z',
      modified: `2026-01-01T00:00:00.${String(900 - n)}Z`,
      name: n === 59 ? 'In order' : 'x'.repeat(5_000),
    }));
    const sent = await post('sg.analyst', id, [...incidents, malware(40_000)]);
    expect(sent.body).toMatchObject({ success_count: 1, failure_count: 60 });
    expect(told(sent)[0]!.message).toMatch(/As an incident of Ronda, at \/title/);
  });

  it('tells what no database keeps, and keeps the others', async () => {
    const id = await inbox('sg.analyst');
    const half = 'loader \ud83d';
    const sent = await post('sg.analyst', id, [
      malware(50_000),
      malware(50_001, { id: 'a\u0000b' }),
      malware(50_002, { id: half, modified: half }),
      malware(50_003, { ['x_\u0000_name']: 1 }),
      malware(50_004, { [`x_${half}`]: { deep: true } }),
      malware(50_005, { type: half, id: 5 }),
      malware(50_006, { description: 'a\u0000b' }),
      malware(50_007, { id: `${'x'.repeat(299)}😀` }),
      malware(50_008, { created: '0000-01-01T00:00:00.000Z', modified: '0000-01-01T00:00:00.000Z' }),
      malware(50_009, { created: '0001-01-01T00:00:00.000Z' }),
      malware(50_010, { first_seen: '2026-02-30T00:00:00Z' }),
    ]);
    expect(sent.status).toBe(202);
    expect(sent.body).toMatchObject({ success_count: 2, failure_count: 9 });
    expect(told(sent).map((each) => each.id)).toEqual([
      'a\ufffdb',
      'loader \ufffd',
      expect.stringMatching(/^malware--/),
      expect.stringMatching(/^malware--/),
      expect.stringMatching(/^loader \ufffd--/),
      expect.stringMatching(/^malware--/),
      `${'x'.repeat(299)}\ufffd`,
      expect.stringMatching(/^malware--/),
      expect.stringMatching(/^malware--/),
    ]);
    expect((await get('sg.analyst', `status/${sent.body.id}/`)).body).toEqual(sent.body);
    const bundle = (object: object): object => ({
      type: 'bundle',
      id: 'bundle--6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b',
      objects: [object],
    });
    const file = (object: object): Test =>
      as('sg.analyst')
        .request('post', '/api/v1/imports?format=stix')
        .set('content-type', 'application/stix+json')
        .send(JSON.stringify(bundle(object)));
    const year = { created: '0000-01-01T00:00:00.000Z', modified: '0000-01-01T00:00:00.000Z' };
    for (const [members, pointer] of [
      [{ ['x_\u0000']: 1 }, '/objects/0/x_\u0000'],
      [year, '/objects/0/created'],
    ] as const) {
      const refused = await file(malware(50_020, members));
      expect(refused.status).toBe(400);
      expect((refused.body.errors as { pointer: string }[])[0]!.pointer).toBe(pointer);
    }
  });

  it.each(['2026-02-30T00:00:00Z', '2026-04-31T00:00:00.5Z', '2025-02-29T00:00:00Z', '0000-01-01T00:00:00Z'])(
    'refuses %s, which is no time',
    async (time) => {
      const id = await inbox('sg.analyst');
      const at = `collections/${id}/objects/`;
      const next = Buffer.from(JSON.stringify([time, 'malware--6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b'])).toString(
        'base64url',
      );
      for (const query of [`added_after=${time}`, `match[version]=last,${time}`, `next=${next}`])
        for (const path of [at, `collections/${id}/manifest/`, `${at}malware--6f1c2b3a-4d5e-4f60-8a7b-000000000001/`])
          expect([query, path, (await get('sg.analyst', `${path}?${query}`)).status]).toEqual([query, path, 400]);
      const gone = as('sg.analyst').request(
        'delete',
        `/taxii2/live/${at}malware--6f1c2b3a-4d5e-4f60-8a7b-000000000001/?match[version]=${time}`,
      );
      expect((await gone.set('accept', TAXII)).status).toBe(400);
    },
  );

  it('lets go of what is erased', async () => {
    const id = await given('th.analyst', { title: 'Of Mrs Nguyen Thi Erased' });
    const own = ownId('th.analyst');
    expect(JSON.stringify(await objectsFor('th.analyst', own))).toContain('Thi Erased');
    const erased = await as('vn.coordinator').post(`incidents/${id}/erasures`, {
      value: 'Nguyen Thi Erased',
      basis: 'mistake',
      reason: 'Not ours to keep.',
    });
    expect(erased.status).toBe(200);
    expect(JSON.stringify(await objectsFor('th.analyst', own, 'limit=1000&match[version]=all'))).not.toContain(
      'Thi Erased',
    );
  });
});
