import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Response } from 'supertest';
import { readBundle } from '../../src/codecs/stix/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';
import pg from 'pg';

const STIX = 'application/stix+json;version=2.1';
const fixtures = path.join(process.env.RONDA_FIXTURES ?? '/work/shared/fixtures', 'stix');
const bundle = (...objects: object[]): object => ({
  type: 'bundle',
  id: 'bundle--0ee0b0f4-0f1f-4c3c-9a52-000000000001',
  objects,
});
const AMBER = 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421';
const RED = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';
const incident = {
  type: 'incident',
  spec_version: '2.1',
  id: 'incident--0ee0b0f4-0f1f-4c3c-9a52-000000000002',
  created: '2026-11-01T00:00:00.000Z',
  modified: '2026-11-01T00:00:00.000Z',
  name: 'Seen elsewhere',
  labels: ['rsit:fraud="phishing"'],
  object_marking_refs: [AMBER],
  x_ours: { kept: ['as it is', 1.5, true] },
};
const address = {
  type: 'ipv4-addr',
  spec_version: '2.1',
  id: 'ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd',
  value: '198.51.100.3',
};
const relation = {
  type: 'relationship',
  spec_version: '2.1',
  id: 'relationship--0ee0b0f4-0f1f-4c3c-9a52-000000000003',
  created: '2026-11-01T00:00:00.000Z',
  modified: '2026-11-01T00:00:00.000Z',
  relationship_type: 'related-to',
  source_ref: incident.id,
  target_ref: address.id,
};

describe('STIX', () => {
  let server: TestApp;
  let database: TestDatabase;
  let cast: Cast;
  let api: Api;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
  });
  afterAll(() => server.close());

  const as = (name: string): ReturnType<Api['as']> => api.as(cast[name]!);
  const send = (sent: object | string, who = 'vn.analyst'): Promise<Response> =>
    Promise.resolve(
      as(who)
        .request('post', 'imports?format=stix')
        .set('content-type', STIX)
        .send(typeof sent === 'string' ? sent : JSON.stringify(sent)),
    );
  const read = async (who: string, url: string): Promise<{ status: number; objects: Record<string, unknown>[] }> => {
    const answer = await as(who)
      .get(url)
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => done(null, Buffer.concat(chunks)));
      });
    const parsed = JSON.parse((answer.body as Buffer).toString()) as { objects?: Record<string, unknown>[] };
    return { status: answer.status, objects: parsed.objects ?? [] };
  };

  it('leaves as whoever reads it reads it, and Ronda reads it back', async () => {
    const { id } = await submitted(as('vn.analyst'), {
      observables: [
        { type: 'domain', value: 'login-bank.example', forDetection: true, comment: 'The copied page' },
        { type: 'ipv4', value: '198.51.100.7', audience: 'owner' },
      ],
    });
    const audience = [{ organisation: cast['th.analyst']!.organisation.id }];
    expect((await as('vn.analyst').post(`incidents/${id}/release`, release('TLP:AMBER', audience))).status).toBe(200);
    await as('th.analyst').post(`incidents/${id}/comments`, { body: 'We see it too.' });
    await as('th.analyst').post(`incidents/${id}/comments`, { body: 'For us alone.', audience: 'organisation' });

    const { status, objects } = await read('th.analyst', `incidents/${id}/export?format=stix`);
    expect(status).toBe(200);
    const { bundle: back } = readBundle({
      type: 'bundle',
      id: 'bundle--0ee0b0f4-0f1f-4c3c-9a52-000000000009',
      objects,
    });
    expect(back?.records).toMatchObject([
      {
        id,
        title: 'Phishing by SMS',
        marking: { tlp: 'TLP:AMBER', pap: 'PAP:GREEN' },
        organisation: { id: cast['vn.analyst']!.organisation.id },
        observables: [{ type: 'domain', value: 'login-bank.example', forDetection: true }],
        notes: [{ text: 'We see it too.' }],
      },
    ]);
    // What is narrower than the record stays, also from whoever may read it.
    expect(JSON.stringify(objects)).not.toContain('198.51.100.7');
    expect(JSON.stringify(objects)).not.toContain('For us alone');

    const whole = await read('th.analyst', 'incidents/export?format=stix');
    expect(whole.objects.map(({ id: each }) => each).sort()).toEqual(objects.map(({ id: each }) => each).sort());
    // Hidden and absent are one.
    const hidden = await as('id.analyst').get(`incidents/${id}/export?format=stix`);
    const absent = await as('id.analyst').get('incidents/0ee0b0f4-0f1f-4c3c-9a52-00000000000a/export?format=stix');
    expect([hidden.status, absent.status]).toEqual([404, 404]);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
  });

  it('of an anonymous record names nobody, not even to its owner', async () => {
    const { id } = await submitted(as('sg.analyst'), {
      authorship: 'anonymous',
      countries: [],
      language: null,
      fraud: null,
      externalReferences: [{ source: 'ticket', id: 'SG-SECRET' }],
    });
    const { objects } = await read('sg.analyst', `incidents/${id}/export?format=stix`);
    const said = JSON.stringify(objects);
    for (const secret of [id, cast['sg.analyst']!.organisation.id, 'SG CERT', 'SG-SECRET'])
      expect(said).not.toContain(secret);
    expect(said).toContain('Phishing by SMS');
  });

  it('of TLP:RED does not leave to those who were named', async () => {
    const { id } = await submitted(as('vn.analyst'), { marking: { tlp: 'TLP:RED' } });
    const audience = [{ user: cast['th.analyst']!.id }];
    expect((await as('vn.analyst').post(`incidents/${id}/release`, release('TLP:RED', audience))).status).toBe(200);
    expect((await as('th.analyst').get(`incidents/${id}/export?format=stix`)).status).toBe(403);
  });

  it('comes in as a draft of its owner, once', async () => {
    const sent = bundle(incident, address, relation);
    const first = await send(sent);
    expect({ status: first.status, body: first.body }).toEqual({
      status: 200,
      body: {
        objects: { added: 3, unchanged: 0 },
        incidents: [{ stixId: incident.id, status: 'filed', id: expect.any(String) }],
      },
    });
    const [made] = first.body.incidents as { id: string }[];
    const { body: view } = await as('vn.second').get(`incidents/${made!.id}`);
    expect(view).toMatchObject({
      status: 'draft',
      title: 'Seen elsewhere',
      rsit: { class: 'fraud', type: 'phishing' },
      marking: { tlp: 'TLP:AMBER' },
    });
    const { body: observables } = await as('vn.analyst').get(`incidents/${made!.id}/observables`);
    expect(observables.items).toMatchObject([{ type: 'ipv4', value: '198.51.100.3' }]);
    expect((await as('th.analyst').get(`incidents/${made!.id}`)).status).toBe(404);

    const again = await send(sent);
    expect(again.body).toEqual({
      objects: { added: 0, unchanged: 3 },
      incidents: [{ stixId: incident.id, status: 'unchanged', id: made!.id }],
    });
  });

  it('is versioned and revoked by its creator alone', async () => {
    const creator = 'identity--0ee0b0f4-0f1f-4c3c-9a52-00000000000b';
    const object = {
      type: 'malware',
      spec_version: '2.1',
      id: 'malware--0ee0b0f4-0f1f-4c3c-9a52-00000000000c',
      created: '2026-11-01T00:00:00.000Z',
      modified: '2026-11-01T00:00:00.000Z',
      created_by_ref: creator,
      name: 'A thing',
      is_family: false,
    };
    const at = (modified: string, members: object = {}): object => bundle({ ...object, modified, ...members });
    expect((await send(at(object.modified))).body.objects).toEqual({ added: 1, unchanged: 0 });
    const changed = await send(at(object.modified, { name: 'Another thing' }));
    expect(changed.status).toBe(400);
    expect(changed.body.errors).toMatchObject([{ pointer: '/objects/0/id' }]);
    const foreign = await send(
      at('2026-11-02T00:00:00.000Z', { created_by_ref: 'identity--0ee0b0f4-0f1f-4c3c-9a52-00000000000d' }),
    );
    expect(foreign.status).toBe(400);
    expect(foreign.body.errors).toMatchObject([{ pointer: '/objects/0/created_by_ref' }]);
    expect((await send(at('2026-11-03T00:00:00.000Z', { revoked: true }))).body.objects.added).toBe(1);
    const late = await send(at('2026-11-04T00:00:00.000Z'));
    expect(late.status).toBe(400);
    expect(late.body.errors).toMatchObject([{ pointer: '/objects/0/modified' }]);
    // Another organisation's is another's: it learns nothing of what is here.
    expect((await send(at('2026-11-04T00:00:00.000Z'), 'th.analyst')).body.objects).toEqual({ added: 1, unchanged: 0 });
  });

  it('is refused where a marking forbids it, and not marked wider', async () => {
    const own = { ...incident, id: 'incident--0ee0b0f4-0f1f-4c3c-9a52-00000000000e' };
    const narrow = { ...relation, id: 'relationship--0ee0b0f4-0f1f-4c3c-9a52-00000000000f', source_ref: own.id };
    const refused = await send(bundle(own, { ...address, object_marking_refs: [RED] }, narrow));
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([{ pointer: '/objects/1/object_marking_refs' }]);
    expect((await send(bundle({ ...own, name: 'The same, alone' }))).body.objects.added).toBe(1);
  });

  it('unmarked stays with its owner until it is marked', async () => {
    const { object_marking_refs: _, ...unmarked } = incident;
    const sent = await send(bundle({ ...unmarked, id: 'incident--0ee0b0f4-0f1f-4c3c-9a52-000000000010' }));
    const [{ id }] = sent.body.incidents as [{ id: string }];
    expect((await as('vn.analyst').get(`incidents/${id}`)).body.marking.tlp).toBeNull();
    expect((await as('vn.coordinator').get('incidents/export?format=stix')).status).toBe(200);
  });

  it('that breaks the standard is refused by pointers; a bomb, by its first byte too many', async () => {
    const wrong = await send(bundle({ ...incident, name: 7 }, { ...address, value: '' }));
    expect(wrong.status).toBe(400);
    expect((wrong.body.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toContain('/objects/0/name');
    const bomb = await send('['.repeat(1_000_000));
    expect(bomb.status).toBe(400);
    const large = `{"type":"bundle","objects":["${'x'.repeat(17 * 1024 * 1024)}"]}`;
    await as('vn.analyst').request('post', 'imports?format=stix').set('content-type', STIX).send(large).expect(413);
    expect((await as('vn.analyst').post('imports?format=stix', bundle(incident))).status).toBe(415);
  });

  it('of others comes in, all that is valid; what is not is refused', async () => {
    const documents = (folder: string): [string, string][] =>
      readdirSync(path.join(fixtures, folder))
        .filter((name) => name.endsWith('.json'))
        .map((name) => [name, readFileSync(path.join(fixtures, folder, name), 'utf8')]);
    // They use each other's ids for other things, which one sender may not.
    const superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    try {
      for (const folder of ['labelled/valid', 'examples', 'attack'])
        for (const [name, document] of documents(folder)) {
          const { status, body } = await send(document, 'id.analyst');
          const errors: unknown = status === 200 ? [] : body.errors;
          expect({ name, status, errors }).toEqual({ name, status: 200, errors: [] });
          const again = await send(document, 'id.analyst');
          expect({ name, added: again.body.objects.added }).toEqual({ name, added: 0 });
          await superuser.query('delete from ronda.exchange_object');
        }
    } finally {
      await superuser.end();
    }
    for (const [name, document] of documents('labelled/invalid')) {
      const { status, body } = await send(document, 'my.analyst');
      expect({ name, status, faults: (body.errors as unknown[]).length > 0 }).toEqual({
        name,
        status: 400,
        faults: true,
      });
    }
  });

  it('needs the permission to file', async () => {
    expect((await send(bundle(incident), 'vn.organiser')).status).toBe(403);
  });
});
