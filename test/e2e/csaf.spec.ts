import { createHash } from 'node:crypto';
import { createMessage, readKey, readSignature, verify } from 'openpgp';
import { validateCsaf } from '../../src/codecs/csaf/index.js';
import { EndAdvisories } from '../../src/modules/advisories/index.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const MINUTE = 60_000;

describe('CSAF of what is published', () => {
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

  const as = (who: string): Caller => api.as(cast[who]!);
  const anybody = (path: string) => api.as(null).get(path);
  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const treeOf = (name: string): string => `/csaf/${cast.stages[name]!.id}`;
  const drafting = (overrides: object = {}) => ({
    title: 'Example Gateway lets anybody in',
    summary: 'Sign-in is bypassed by an empty password.',
    body: '## What happens\n\nAn empty password passes.',
    kind: 'vulnerability',
    language: 'en',
    marking: { tlp: 'TLP:CLEAR' },
    audience: ['public'],
    products: [
      {
        id: 'gateway',
        vendor: 'Example Networks',
        product: 'Example Gateway',
        versions: [
          { version: 'vers:semver/<4.2.7', scheme: 'vers', status: 'affected' },
          { version: '4.2.7', scheme: 'plain', status: 'fixed' },
        ],
      },
    ],
    vulnerabilities: [
      {
        cve: 'CVE-2026-10001',
        description: 'An empty password passes.',
        cwe: ['CWE-287'],
        cvss31: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
        exploitation: 'exploited',
        products: ['gateway'],
      },
    ],
    remediations: [{ category: 'vendor-fix', details: 'Install 4.2.7.', products: ['gateway'] }],
    indicators: [{ type: 'domain', value: 'login-bank.example' }],
    references: [{ summary: 'The vendor', url: 'https://example.net/gateway' }],
    ...overrides,
  });
  const act = async (who: string, id: string, what: string, body: object = {}) => {
    const answer = await as(who).post(`advisories/${id}/${what}`, body);
    if (answer.status !== 200) throw new Error(`${what}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const approved = async (overrides: object = {}, of = 'vn'): Promise<string> => {
    const { status, body, text } = await as(`${of}.analyst`).post('advisories', drafting(overrides));
    if (status !== 201) throw new Error(text);
    await act(`${of}.analyst`, body.id, 'submit');
    await act(`${of}.coordinator`, body.id, 'approve');
    return body.id as string;
  };
  const published = async (overrides: object = {}, of = 'vn'): Promise<string> => {
    const id = await approved(overrides, of);
    await act(`${of}.coordinator`, id, 'publish');
    return id;
  };
  const year = (): string => server.clock.now().toISOString().slice(0, 4);
  const work = () => server.app.get(EndAdvisories).run();

  it('is served to anybody, listed, hashed and signed, and valid', async () => {
    const id = await published();
    const tree = treeOf('vn');
    const path = `${tree}/white/${year()}/${id}.json`;
    const document = await anybody(path);
    expect(document.status).toBe(200);
    expect(document.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'public, no-cache' });
    const bytes = Buffer.from(document.text);
    const csaf = JSON.parse(document.text);
    expect((await validateCsaf(csaf)).blocking).toEqual([]);
    expect(csaf.document).toMatchObject({
      category: 'csaf_security_advisory',
      distribution: { tlp: { label: 'WHITE' } },
      publisher: { name: 'VN CERT', category: 'coordinator' },
      tracking: { id, version: '1.0.0', status: 'final' },
    });
    expect(csaf.document.references[0]).toMatchObject({ category: 'self', url: `https://ronda.example${path}` });
    expect(csaf.vulnerabilities[0].product_status).toEqual({ known_affected: ['gateway:1'], fixed: ['gateway:2'] });
    for (const algorithm of ['sha256', 'sha512'])
      expect((await anybody(`${path}.${algorithm}`)).text).toBe(
        `${createHash(algorithm).update(bytes).digest('hex')}  ${id}.json\n`,
      );
    const metadata = (await anybody(`${tree}/provider-metadata.json`)).body;
    expect(metadata).toMatchObject({
      role: 'csaf_trusted_provider',
      canonical_url: `https://ronda.example${tree}/provider-metadata.json`,
    });
    const key = await readKey({ armoredKey: (await anybody(`${tree}/openpgp/key.asc`)).text });
    expect(metadata.public_openpgp_keys[0].fingerprint).toBe(key.getFingerprint().toUpperCase());
    const { signatures } = await verify({
      message: await createMessage({ binary: bytes }),
      signature: await readSignature({ armoredSignature: (await anybody(`${path}.asc`)).text }),
      verificationKeys: key,
      date: server.clock.now(),
    });
    expect(await signatures[0]!.verified).toBe(true);
    expect((await anybody(`${tree}/white/index.txt`)).text).toContain(`${year()}/${id}.json\n`);
    expect((await anybody(`${tree}/white/changes.csv`)).text).toContain(`"${year()}/${id}.json"`);
    expect((await anybody(`${tree}/white/${year()}/`)).text).toContain(`${id}.json.asc`);
    const feed = (await anybody(`${tree}/white/csaf-feed-tlp-white.json`)).body.feed;
    expect(feed.entry.map((each: { id: string }) => each.id)).toContain(id);
    const again = await anybody(path).set('if-none-match', String(document.headers.etag));
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await as('th.analyst').get(`advisories/${id}/csaf?version=1.0.0`)).text).toBe(document.text);
  });

  it('is not published where a mandatory test fails, by its id and pointer, at once or at an instant', async () => {
    const id = await approved({ vulnerabilities: [{ cve: 'CVE-2026-10002', cwe: ['CWE-999999'] }] });
    const check = (await as('vn.analyst').get(`advisories/${id}/csaf-check`)).body;
    expect(check).toMatchObject({ publishable: false, version: '1.0.0' });
    const finding = { id: '6.1.11', pointer: '/vulnerabilities/0/cwe' };
    expect(check.blocking).toEqual([expect.objectContaining({ id: finding.id })]);
    const refused = await as('vn.coordinator').post(`advisories/${id}/publish`);
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:ronda:problem:not-csaf']);
    expect(refused.body.findings).toEqual(check.blocking);
    expect(refused.body.findings[0].pointer.startsWith(finding.pointer)).toBe(true);
    const notBefore = new Date(server.clock.now().getTime() + 60 * MINUTE).toISOString();
    expect((await as('vn.coordinator').post(`advisories/${id}/schedule`, { notBefore })).status).toBe(409);
    expect((await as('vn.analyst').get(`advisories/${id}`)).body.state).toBe('approved');
  });

  it('tells its author what could be better, and publishes all the same', async () => {
    const id = await approved({ references: [] });
    const check = (await as('vn.analyst').get(`advisories/${id}/csaf-check`)).body;
    expect(check.publishable).toBe(true);
    expect(check.advice).toContainEqual(expect.objectContaining({ id: expect.stringMatching(/^6\.[23]\./) }));
    await act('vn.coordinator', id, 'publish');
  });

  it('keeps what is not for anybody from everybody else, on the shelf of its label', async () => {
    const tree = `${treeOf('sg')}`;
    const amber = await published({ marking: { tlp: 'TLP:AMBER' }, audience: [organisation('th')] }, 'sg');
    const strict = await published({ marking: { tlp: 'TLP:AMBER+STRICT' }, audience: [organisation('th')] }, 'sg');
    const named = await published({ audience: [organisation('th')] }, 'sg');
    expect((await anybody(`${tree}/provider-metadata.json`)).status).toBe(404);
    expect((await anybody(`${tree}/white/index.txt`)).status).toBe(404);
    expect((await anybody('/.well-known/csaf-aggregator/aggregator.json')).text).not.toContain('SG CERT');
    for (const [label, id] of [
      ['amber', amber],
      ['red', strict],
      ['white', named],
    ] as const) {
      const path = `${tree}/protected/${label}/${year()}/${id}.json`;
      expect((await anybody(path)).status).toBe(401);
      expect((await as('th.analyst').get(path)).status).toBe(200);
      expect((await as('th.analyst').get(`${path}.asc`)).text).toMatch(/^-----BEGIN PGP SIGNATURE/);
      expect((await as('th.analyst').get(`${tree}/protected/${label}/index.txt`)).text).toBe(`${year()}/${id}.json\n`);
      const [hidden, absent] = await Promise.all([
        as('id.analyst').get(path),
        as('id.analyst').get(`${tree}/protected/${label}/2020/nothing.json`),
      ]);
      expect([hidden.status, { ...hidden.body, requestId: '' }]).toEqual([404, { ...absent.body, requestId: '' }]);
      expect((await as('id.analyst').get(`${tree}/protected/${label}/index.txt`)).text).toBe('');
    }
    const red = (await as('th.analyst').get(`${tree}/protected/red/${year()}/${strict}.json`)).body;
    expect(red.document.distribution).toMatchObject({ tlp: { label: 'RED' } });
    expect(red.document.distribution.text).toMatch(/^TLP v2\.0: TLP:AMBER\+STRICT/);
    const ofThose = (await as('sg.analyst').get(`advisories/${strict}/receipts`)).body.items;
    expect(ofThose).toEqual([expect.objectContaining({ organisation: expect.objectContaining({ name: 'TH CERT' }) })]);
  });

  it('never exports TLP:RED', async () => {
    const user = { user: cast['th.analyst']!.id };
    const { body } = await as('vn.analyst').post(
      'advisories',
      drafting({ marking: { tlp: 'TLP:RED' }, audience: [user] }),
    );
    const files = ['csaf?version=1.0.0', 'stix?version=1.0.0', 'csaf-check'];
    for (const file of files) expect((await as('vn.analyst').get(`advisories/${body.id}/${file}`)).status).toBe(403);
    expect((await as('vn.analyst').get(`advisories/${body.id}/html?version=1.0.0`)).status).toBe(200);
    for (const file of files) expect((await as('sg.analyst').get(`advisories/${body.id}/${file}`)).status).toBe(404);
  });

  it('is gone from every list and place on the next request when it is withdrawn', async () => {
    const id = await published({}, 'id');
    const tree = treeOf('id');
    const path = `${tree}/white/${year()}/${id}.json`;
    expect((await anybody(`/advisories/${id}`)).status).toBe(200);
    await act('id.coordinator', id, 'withdraw', { reason: 'error' });
    for (const gone of [path, `${path}.sha256`, `${path}.asc`, `/advisories/${id}`])
      expect((await anybody(gone)).status).toBe(404);
    for (const list of ['index.txt', 'changes.csv', 'csaf-feed-tlp-white.json', 'index.html'])
      expect((await anybody(`${tree}/white/${list}`)).text).not.toContain(id);
    expect((await anybody('/feeds/advisories.atom')).text).not.toContain(id);
    expect((await anybody(`${tree}/provider-metadata.json`)).status).toBe(200);
  });

  it('goes out at its instant, and not before', async () => {
    const id = await approved({}, 'my');
    const notBefore = new Date(server.clock.now().getTime() + 60 * MINUTE);
    await act('my.coordinator', id, 'schedule', { notBefore: notBefore.toISOString() });
    const path = `${treeOf('my')}/white/${year()}/${id}.json`;
    server.clock.set(new Date(notBefore.getTime() - 1));
    await work();
    expect((await anybody(path)).status).toBe(404);
    server.clock.set(notBefore);
    await work();
    const { body } = await anybody(path);
    expect(body.document.tracking.initial_release_date).toBe(notBefore.toISOString());
    expect((await validateCsaf(body)).blocking).toEqual([]);
  });

  it('tells of the versions before only what all of its readers were told', async () => {
    const id = await published({ marking: { tlp: 'TLP:AMBER' }, audience: [organisation('th')] });
    const next = async (step: string, summary: string, change: object): Promise<void> => {
      await act('vn.analyst', id, 'revise', { step, summary });
      expect((await as('vn.analyst').patch(`advisories/${id}`, change)).status).toBe(200);
      await act('vn.analyst', id, 'submit');
      await act('vn.coordinator', id, 'approve');
      await act('vn.coordinator', id, 'publish');
    };
    await next('minor', 'Bank of Example was hit.', { title: 'Told to some' });
    await next('major', 'Now for everybody.', { marking: { tlp: 'TLP:CLEAR' }, audience: ['public'] });
    const path = `${treeOf('vn')}/white/${year()}/${id}.json`;
    const { text, body } = await anybody(path);
    expect(text).not.toContain('Bank of Example');
    expect(body.document.tracking.revision_history.map((each: { number: string }) => each.number)).toEqual([
      '1.0.0',
      '2.0.0',
    ]);
    expect((await validateCsaf(body)).blocking).toEqual([]);
    await next('minor', 'A fix is there.', { title: 'Fixed' });
    const later = (await anybody(path)).body.document.tracking;
    expect(later.revision_history.map((each: { summary: string }) => each.summary)).toEqual([
      'Not released to all readers of this version.',
      'Now for everybody.',
      'A fix is there.',
    ]);
    expect((await as('th.analyst').get(`advisories/${id}/csaf?version=1.1.0`)).body.document.title).toBe(
      'Told to some',
    );
    await next('minor', 'For some again.', { marking: { tlp: 'TLP:AMBER' }, audience: [organisation('th')] });
    expect((await anybody(path)).status).toBe(404);
    expect((await anybody(`${treeOf('vn')}/white/index.txt`)).text).not.toContain(id);
  });

  it('is interim until every organisation that it names approved it', async () => {
    const id = await approved({ urgent: true, jointWith: [cast.stages.th!.id], title: 'Of two' });
    expect((await act('vn.coordinator', id, 'publish')).state).toBe('interim');
    const path = `${treeOf('vn')}/white/${year()}/${id}.json`;
    const before = (await anybody(path)).body.document;
    expect(before.tracking.status).toBe('interim');
    expect(before.notes).toContainEqual(expect.objectContaining({ title: 'Issued jointly with', text: 'TH CERT' }));
    expect((await act('th.coordinator', id, 'approve')).version).toBe('1.0.0');
    await work();
    expect((await anybody(path)).body.document.tracking.status).toBe('final');
  });

  it('is another version once its interim is settled, wherever a version is told, and never that one again', async () => {
    const id = await approved({ urgent: true, jointWith: [cast.stages.th!.id], title: 'Settled' });
    await act('vn.coordinator', id, 'publish');
    const publishedAt = server.clock.now().toISOString();
    const tree = treeOf('vn');
    const path = `${tree}/white/${year()}/${id}.json`;
    const interim = await anybody(path);
    server.clock.advance(20 * MINUTE);
    await act('th.coordinator', id, 'approve');
    server.clock.advance(MINUTE);
    const settledAt = server.clock.now().toISOString();
    await work();
    const final = await anybody(path);
    expect((await validateCsaf(final.body)).blocking).toEqual([]);
    expect(final.body.document.tracking).toMatchObject({
      status: 'final',
      version: '1.0.1',
      initial_release_date: publishedAt,
      current_release_date: settledAt,
      revision_history: [
        { number: '1.0.0', date: publishedAt, summary: 'First version.' },
        { number: '1.0.1', date: settledAt, summary: expect.stringMatching(/^Approved by every organisation/) },
      ],
    });
    // Both documents stay as they were signed, each under its own version.
    const reader = as('sg.analyst');
    const rendered = async (format: string, version: string) =>
      (await reader.get(`advisories/${id}/${format}?version=${version}`)).text;
    expect(await rendered('csaf', '1.0.0')).toBe(interim.text);
    expect(await rendered('csaf', '1.0.1')).toBe(final.text);
    expect((await reader.get(`advisories/${id}`)).body).toMatchObject({ version: '1.0.1', publishedAt: settledAt });
    const listed = (await reader.get('advisories?q=settled')).body.items as { id: string }[];
    expect(listed.find((each) => each.id === id)).toMatchObject({ version: '1.0.1', publishedAt: settledAt });
    expect((await reader.get(`advisories/${id}/versions`)).body.items).toMatchObject([
      { version: '1.0.1', state: 'published', publishedAt: settledAt },
      { version: '1.0.0', state: 'revised', publishedAt },
    ]);
    expect((await reader.get(`advisories/${id}/diff?from=1.0.0&to=1.0.1`)).body.changes).toEqual([]);
    expect(await rendered('markdown', '1.0.0')).toContain(`- Version: 1.0.0, ${publishedAt}\n`);
    expect(await rendered('markdown', '1.0.0')).not.toContain('1.0.1');
    expect(await rendered('markdown', '1.0.1')).toContain(`- Version: 1.0.1, ${settledAt}\n`);
    expect(await rendered('html', '1.0.0')).toContain('1.0.0 (interim)');
    expect(await rendered('html', '1.0.1')).toContain('1.0.1 (final)');
    expect((await anybody(`/advisories/${id}`)).text).toContain('1.0.1 (final)');
    const report = (version: string) =>
      rendered('stix', version).then((text) =>
        (JSON.parse(text) as { objects: { type: string }[] }).objects.find(({ type }) => type === 'report')!,
      );
    expect(await report('1.0.0')).toMatchObject({ created: publishedAt, modified: publishedAt });
    expect(await report('1.0.1')).toMatchObject({ created: publishedAt, modified: settledAt });
    expect((await anybody(`${tree}/white/changes.csv`)).text).toContain(`"${year()}/${id}.json","${settledAt}"`);
    const { entry } = (await anybody(`${tree}/white/csaf-feed-tlp-white.json`)).body.feed;
    expect(entry.find((each: { id: string }) => each.id === id)).toMatchObject({
      published: publishedAt,
      updated: settledAt,
    });
    const atom = (await anybody('/feeds/advisories.atom')).text;
    const ofThis = atom.split('<entry>').find((each) => each.includes(id));
    expect(ofThis).toContain(`<updated>${settledAt}</updated>`);
    // Whatever comes next has a number of its own, and tells of both.
    const next = await act('vn.analyst', id, 'revise', { step: 'patch', summary: 'A word was wrong.' });
    expect(next.version).toBe('1.0.2');
    await act('vn.analyst', id, 'submit');
    for (const who of ['vn.coordinator', 'th.coordinator']) await act(who, id, 'approve');
    server.clock.advance(MINUTE);
    await act('vn.coordinator', id, 'publish');
    const later = (await anybody(path)).body;
    expect((await validateCsaf(later)).blocking).toEqual([]);
    expect(later.document.tracking.revision_history).toMatchObject([
      { number: '1.0.0', date: publishedAt },
      { number: '1.0.1', date: settledAt },
      { number: '1.0.2', date: server.clock.now().toISOString() },
    ]);
  });

  it('lies under a name of its own, as its newest version that the caller may read', async () => {
    const id = await published({ marking: { tlp: 'TLP:AMBER' }, audience: [organisation('th')], title: 'By name' });
    await act('vn.analyst', id, 'revise', { step: 'minor', summary: 'More is known.' });
    const named = await as('th.analyst').get(`advisories/${id}.csaf.json`);
    expect([named.status, named.headers['content-type']]).toEqual([200, 'application/json']);
    expect(named.text).toBe((await as('th.analyst').get(`advisories/${id}/csaf?version=1.0.0`)).text);
    expect((await as('th.analyst').get(`advisories/${id}.csaf.json?version=1.0.0`)).text).toBe(named.text);
    expect((await as('vn.analyst').get(`advisories/${id}.csaf.json`)).body.document.tracking).toMatchObject({
      status: 'draft',
      version: '1.1.0',
    });
    expect((await as('vn.analyst').get(`advisories/${id}/receipts`)).body.items).toMatchObject([
      { organisation: { name: 'TH CERT' } },
    ]);
    expect((await as('th.analyst').get(`advisories/${id}.csaf.json?version=1.1.0`)).status).toBe(404);
    expect((await as('th.analyst').get(`advisories/${id}.csaf.json?version=one`)).status).toBe(400);
    const [hidden, absent] = await Promise.all([
      as('sg.analyst').get(`advisories/${id}.csaf.json`),
      as('sg.analyst').get('advisories/3a2b1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d.csaf.json'),
    ]);
    expect([hidden.status, { ...hidden.body, requestId: '' }]).toEqual([404, { ...absent.body, requestId: '' }]);
    expect((await anybody(`/api/v1/advisories/${id}.csaf.json`)).status).toBe(401);
  });

  it('can be read as a page, a feed and a STIX report', async () => {
    const id = await published({ title: 'Gateway <b>again</b>', body: 'No <script>alert(1)</script> here.' });
    const page = await anybody(`/advisories/${id}`);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('Gateway &lt;b&gt;again&lt;/b&gt;');
    expect(page.text).not.toContain('<script>');
    const feed = await anybody('/feeds/advisories.atom');
    expect(feed.headers['content-type']).toBe('application/atom+xml; charset=utf-8');
    expect(feed.text).toContain(`<id>urn:uuid:${id}</id>`);
    expect((await anybody('/feeds/advisories.atom').set('if-none-match', String(feed.headers.etag))).status).toBe(304);
    const stix = await as('th.analyst').get(`advisories/${id}/stix?version=1.0.0`);
    const bundle = stix.body as { objects: { type: string; id: string }[] };
    expect(bundle.objects.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['report', 'vulnerability', 'course-of-action', 'indicator']),
    );
    expect(bundle.objects.at(-1)?.id).toBe(`report--${id}`);
    expect((await as('th.analyst').get(`advisories/${id}/html?version=1.0.0`)).text).toContain('TLP:CLEAR');
  });

  it('is found by the region’s list; security.txt is there where somebody is named for it', async () => {
    const list = (await anybody('/.well-known/csaf-aggregator/aggregator.json')).body;
    expect(list.aggregator.category).toBe('lister');
    const beside = await anybody('/csaf/aggregator.json');
    expect([beside.status, beside.body]).toEqual([200, list]);
    const { etag } = beside.headers;
    expect((await anybody('/csaf/aggregator.json').set('if-none-match', String(etag))).status).toBe(304);
    expect(list.csaf_providers.map((each: { metadata: { url: string } }) => each.metadata.url)).toContain(
      `https://ronda.example${treeOf('vn')}/provider-metadata.json`,
    );
    expect((await anybody('/.well-known/security.txt')).status).toBe(404);
    // Of several issuers none is the domain's.
    expect((await anybody('/.well-known/csaf/provider-metadata.json')).status).toBe(404);
  });

  it('writes every list of two publications of one issuer at once', async () => {
    const both = await Promise.all([approved({}, 'th'), approved({}, 'th')]);
    await Promise.all(both.map((id) => act('th.coordinator', id, 'publish')));
    const index = (await anybody(`${treeOf('th')}/white/index.txt`)).text;
    for (const id of both) expect(index).toContain(id);
  });
});
