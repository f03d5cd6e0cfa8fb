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

  it('stays with its owner where it came unmarked, until that marks it', async () => {
    const [name] = readdirSync(path.join(dir, 'cisa')).filter((each) => /^va-.*\.json$/.test(each));
    const came = read(path.join(dir, 'cisa', name!)) as { document: Record<string, unknown> };
    const { distribution: _, ...document } = came.document;
    const who = api.as(cast['vn.second']!);
    const { body } = await who.post('imports?format=csaf', { ...came, document });
    const at = `advisories/${body.advisory}`;
    expect((await who.get(at)).body.marking.tlp).toBeNull();
    await who.patch(at, { audience: [{ organisation: cast.stages.th!.id }] });
    const th = { organisation: cast.stages.th!.id };
    for (const [act, asked] of [['submit', {}] as const, ['invitations', th] as const]) {
      const refused = await who.post(`${at}/${act}`, asked);
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/marking']);
    }
    // What was not guessed is said, also where the guess would have been right.
    const marked = await who.patch(at, { marking: { tlp: 'TLP:AMBER+STRICT' } });
    expect(marked.body.marking.tlp).toBe('TLP:AMBER+STRICT');
    expect((await who.post(`${at}/submit`, {})).body.state).toBe('in-review');
  });

  it('is cut between characters where it is longer than a draft may be', async () => {
    const [name] = readdirSync(path.join(dir, 'cisa')).filter((each) => /^va-.*\.json$/.test(each));
    const came = read(path.join(dir, 'cisa', name!)) as { document: Record<string, unknown> & { tracking: object } };
    const document = {
      ...came.document,
      title: `${'a'.repeat(299)}👩‍🚀`,
      notes: [{ category: 'summary', title: 'Summary', text: `${'b'.repeat(1_999)}👩‍🚀` }],
      tracking: { ...came.document.tracking, id: 'LONG-1' },
    };
    const { status, body } = await send({ ...came, document });
    expect(status).toBe(200);
    const { title, summary } = (await api.as(cast['vn.analyst']!).get(`advisories/${body.advisory}`)).body;
    expect([title, summary]).toEqual(['a'.repeat(299), 'b'.repeat(1_999)]);
  });

  it('is refused to who issues none before anything is judged', async () => {
    const { status } = await send({}, 'bank.analyst');
    expect(status).toBe(403);
  });

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

  describe('as received', () => {
    const [name] = readdirSync(path.join(dir, 'cisa')).filter((each) => /^va-.*\.json$/.test(each));
    const bytes = readFileSync(path.join(dir, 'cisa', name!));
    const came = JSON.parse(bytes.toString('utf8')) as {
      document: {
        title: string;
        publisher: { name: string; namespace: string };
        tracking: { id: string; version: string };
      };
    };
    const receive = async (who: string) => {
      const answer = await fetch(`${server.url}/api/v1/imports?format=csaf&as=received`, {
        method: 'POST',
        headers: { authorization: `Bearer ${cast[who]!.token}`, 'content-type': 'application/json' },
        body: bytes,
      });
      return { status: answer.status, body: (await answer.json()) as { advisory: string; isNew: boolean } };
    };

    it('is its publisher’s: read by who received it, and given back to the byte', async () => {
      const { status, body } = await receive('sg.analyst');
      expect({ status, isNew: body.isNew }).toEqual({ status: 200, isNew: true });
      const at = `advisories/${body.advisory}`;
      const view = (await api.as(cast['sg.coordinator']!).get(at)).body;
      const { publisher, tracking, title } = came.document;
      expect(view).toMatchObject({
        state: 'received',
        title,
        receivedFrom: {
          publisher: publisher.name,
          namespace: publisher.namespace,
          trackingId: tracking.id,
          version: tracking.version,
        },
        allowedActions: [],
      });
      const out = await fetch(`${server.url}/api/v1/${at}/csaf?version=${view.version}`, {
        headers: { authorization: `Bearer ${cast['sg.analyst']!.token}` },
      });
      expect(Buffer.from(await out.arrayBuffer()).equals(bytes)).toBe(true);
      for (const format of ['markdown', 'html', 'stix'])
        expect([
          format,
          (await api.as(cast['sg.analyst']!).get(`${at}/${format}?version=${view.version}`)).text,
        ]).toEqual([format, expect.stringContaining(publisher.name)]);
      expect((await api.as(cast['sg.analyst']!).get(`${at}/csaf-check`)).body.blocking).toEqual([]);
      for (const who of ['th.analyst', 'vn.coordinator'])
        expect([who, (await api.as(cast[who]!).get(at)).status]).toEqual([who, 404]);
    });

    it('is found by its state, known when it comes again, and another than the draft of the same', async () => {
      const first = (await receive('sg.analyst')).body;
      expect((await receive('sg.analyst')).body).toMatchObject({ advisory: first.advisory, isNew: false });
      const draft = (await send(came, 'sg.analyst')).body;
      expect(draft).toMatchObject({ isNew: true });
      expect(draft.advisory).not.toBe(first.advisory);
      const found = async (query: string): Promise<string[]> =>
        ((await api.as(cast['sg.analyst']!).get(`advisories?${query}`)).body.items as { id: string }[]).map(
          ({ id }) => id,
        );
      expect(await found('state=received')).toEqual([first.advisory]);
      expect(await found('state=draft')).toEqual([draft.advisory]);
      const words = encodeURIComponent(came.document.title);
      expect(await found(`state=received&q=${words.slice(0, 200)}`)).toEqual([first.advisory]);
    });

    it('is written on, reviewed, shown and published by nobody', async () => {
      const { advisory } = (await receive('sg.analyst')).body;
      const at = `advisories/${advisory}`;
      const who = api.as(cast['sg.coordinator']!);
      expect((await who.patch(at, { summary: 'In our own words.' })).body.type).toMatch(/wrong-state$/);
      for (const [act, body] of [
        ['submit', {}],
        ['invitations', { organisation: cast.stages.th!.id }],
        ['approve', undefined],
        ['publish', undefined],
        ['schedule', { notBefore: new Date(server.clock.now().getTime() + 3_600_000).toISOString() }],
        ['revise', { step: 'minor', summary: 'Ours.' }],
        ['withdraw', { reason: 'error' }],
      ] as const) {
        const { status } = await who.post(`${at}/${act}`, body);
        expect([act, status]).toEqual([act, 409]);
      }
      expect((await who.get(at)).body.revision).toBe(1);
    });
  });
});
