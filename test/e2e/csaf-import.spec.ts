import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { blockingFindings } from '../../src/codecs/csaf/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { describeWithFixtures } from '../support/fixtures.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

interface TestCase {
  id: string;
  group: 'mandatory' | 'optional' | 'informative';
  failures?: { name: string }[];
  valid?: { name: string }[];
}

const read = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

describeWithFixtures('csaf', (dir) => {
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

  const send = (document: object, who = 'vn.analyst') => api.as(cast[who]!).post('imports?format=csaf', document);
  const { tests } = read(path.join(dir, '2.0', 'testcases.json')) as unknown as { tests: TestCase[] };
  const of = (which: 'failures' | 'valid', isMandatory: boolean): [string, string][] =>
    tests
      .filter(({ group }) => (group === 'mandatory') === isMandatory)
      .flatMap((test) => (test[which] ?? []).map(({ name }): [string, string] => [test.id, name]));

  it('refuses every document that fails a mandatory test, by its id and a pointer into it', async () => {
    const refused = of('failures', true);
    expect(refused.length).toBeGreaterThan(30);
    for (const [id, name] of refused) {
      const { status, body } = await send(read(path.join(dir, '2.0', name)));
      const found = (body.findings ?? []) as { id: string; pointer: string }[];
      expect({ name, status, type: body.type }).toEqual({ name, status: 400, type: 'urn:ronda:problem:not-csaf' });
      expect(found.map((each) => each.id)).toContain(id);
      expect(body.errors).toContainEqual(expect.objectContaining({ pointer: found[0]!.pointer }));
    }
  });

  it('takes every other one as a draft', async () => {
    const taken = [...of('valid', true), ...of('valid', false), ...of('failures', false)];
    expect(taken.length).toBeGreaterThan(30);
    for (const [nth, [, name]] of taken.entries()) {
      const document = read(path.join(dir, '2.0', name)) as { document: { tracking: { id: string } } };
      // Each as one of its own: most of them are called alike.
      document.document.tracking.id = `TEST-${nth}`;
      const { status, body } = await send(document);
      expect({ name, status, detail: body.detail, errors: body.errors }).toEqual({ name, status: 200 });
      expect(body).toMatchObject({ isNew: true, trackingId: `TEST-${nth}` });
      const { state, title } = (await api.as(cast['vn.analyst']!).get(`advisories/${body.advisory}`)).body;
      expect({ state, title }).toEqual({ state: 'draft', title: body.title });
    }
  });

  it.each(readdirSync(path.join(dir, 'cisa')).filter((name) => /^va-.*\.json$/.test(name)))(
    '%s comes out again with the same products, vulnerabilities and notes, as valid CSAF',
    async (name) => {
      const came = read(path.join(dir, 'cisa', name)) as { document: { notes: object[] } } & Record<string, unknown>;
      const { body, status } = await send(came);
      expect(status).toBe(200);
      const who = api.as(cast['vn.analyst']!);
      const { body: out } = await who.get(`advisories/${body.advisory}/csaf?version=1.0.0`);
      expect(out.product_tree).toEqual(came.product_tree);
      expect(out.vulnerabilities).toEqual(came.vulnerabilities);
      expect(out.document.notes).toEqual(came.document.notes);
      expect(out.document.publisher.name).toBe('VN CERT');
      expect(await blockingFindings(out)).toEqual([]);
      expect((await send(came)).body).toMatchObject({ advisory: body.advisory, isNew: false });
      expect((await api.as(cast['th.analyst']!).get(`advisories/${body.advisory}`)).status).toBe(404);
    },
  );

  it('is published as what its owner made of it', async () => {
    const [name] = readdirSync(path.join(dir, 'cisa')).filter((each) => /^va-.*\.json$/.test(each));
    const { body } = await send(read(path.join(dir, 'cisa', name!)), 'th.analyst');
    const at = `advisories/${body.advisory}`;
    const who = api.as(cast['th.analyst']!);
    await who.patch(at, { summary: 'For our constituents.', audience: ['public'], marking: { tlp: 'TLP:CLEAR' } });
    expect((await who.post(`${at}/submit`, {})).status).toBe(200);
    expect((await api.as(cast['th.coordinator']!).post(`${at}/approve`)).status).toBe(200);
    const published = await api.as(cast['th.coordinator']!).post(`${at}/publish`);
    expect([published.status, published.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
    const year = server.clock.now().getUTCFullYear();
    const out = (await api.as(null).get(`/csaf/${cast.stages.th!.id}/white/${year}/${body.advisory}.json`)).body;
    expect(out.document.notes).toContainEqual(expect.objectContaining({ text: 'For our constituents.' }));
    expect(await blockingFindings(out)).toEqual([]);
  });
});
