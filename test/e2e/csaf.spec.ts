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
});
