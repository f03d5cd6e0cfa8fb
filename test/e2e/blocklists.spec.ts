import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

describe('block lists', () => {
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

  const as = (who: string) => api.as(cast[who]!);
  const bad = (type: string, value: string, more: object = {}) => ({
    type,
    value,
    malicious: true,
    forDetection: true,
    ...more,
  });
  /** Filed by VN and released to TH, at a marking. */
  const shared = async (observables: object[], { pap = 'PAP:GREEN', tlp = 'TLP:AMBER', to = 'th' } = {}) => {
    const { id } = await submitted(as('vn.coordinator'), { observables, marking: { tlp, pap } });
    const audience =
      tlp === 'TLP:RED' ? [{ user: cast[`${to}.analyst`]!.id }] : [{ organisation: cast.stages[to]!.id }];
    await as('vn.coordinator').post(`incidents/${id}/release`, release(tlp, audience)).expect(200);
    return id;
  };
  const list = async (query: string, who = 'th.analyst') =>
    (await as(who).get(`blocklists?${query}`).expect(200)).text.split('\n').filter((line) => line !== '');

  it('holds what the reader’s records say is fit to be blocked, sorted, each once', async () => {
    await shared([
      bad('domain', 'b.evil-one.com'),
      bad('domain', 'a.evil-one.com'),
      bad('domain', 'harmless-one.com', { malicious: false }),
      bad('domain', 'only-context.com', { forDetection: false }),
      bad('domain', 'disputed-one.com', { isDisputed: true }),
      bad('domain', 'over-one.com', { expiresAt: '2026-11-01T00:00:00Z' }),
      bad('ipv4', '45.155.205.1'),
    ]);
    await shared([bad('domain', 'a.evil-one.com')]);
    await shared([bad('domain', 'of-others-one.com')], { to: 'sg' });
    const of = (await list('type=domain')).filter((value) => value.endsWith('one.com'));
    expect(of).toEqual(['a.evil-one.com', 'b.evil-one.com']);
    expect(await list('type=ipv4')).toEqual(['45.155.205.1']);
    expect(await list('type=domain', 'id.analyst')).toEqual([]);
    expect(await list('type=domain', 'sg.analyst')).toEqual(['of-others-one.com']);
  });

  it('holds only what PAP allows to be blocked: the narrowest word of any record that one reads', async () => {
    await shared([bad('domain', 'clear-two.com')], { pap: 'PAP:CLEAR' });
    await shared([bad('domain', 'green-two.com'), bad('domain', 'watched-two.com')]);
    await shared([bad('domain', 'amber-two.com'), bad('domain', 'watched-two.com')], { pap: 'PAP:AMBER' });
    await shared([bad('domain', 'red-two.com')], { pap: 'PAP:RED' });
    const two = async (query: string) => (await list(query)).filter((value) => value.endsWith('two.com'));
    expect(await two('type=domain')).toEqual(['clear-two.com', 'green-two.com']);
    expect(await two('type=domain&pap=PAP:CLEAR')).toEqual(['clear-two.com']);
    for (const pap of ['PAP:AMBER', 'PAP:RED', 'PAP:BLUE']) {
      const { status, body } = await as('th.analyst').get(`blocklists?type=domain&pap=${pap}`);
      expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ pointer: '/pap' }] });
    }
    await as('th.analyst').get('blocklists').expect(400);
    await as('th.analyst').get('blocklists?type=text').expect(400);
  });

  it('leaves out what is hardly ever malicious, unless it is asked for', async () => {
    await shared([bad('ipv4', '10.0.0.1'), bad('ipv4', '8.8.8.8'), bad('ipv4', '45.155.205.9')]);
    expect(await list('type=ipv4')).not.toContain('8.8.8.8');
    expect(await list('type=ipv4&withWarned=true')).toEqual(
      expect.arrayContaining(['10.0.0.1', '45.155.205.9', '8.8.8.8']),
    );
  });

  it('holds nothing of RED of others, nor of what was taken back', async () => {
    await shared([bad('domain', 'red-three.com')], { tlp: 'TLP:RED' });
    const id = await shared([bad('domain', 'back-three.com')]);
    expect((await list('type=domain')).filter((value) => value.endsWith('three.com'))).toEqual(['back-three.com']);
    await as('vn.coordinator').post(`incidents/${id}/recall`, { reason: 'error' }).expect(200);
    expect((await list('type=domain')).filter((value) => value.endsWith('three.com'))).toEqual([]);
    // RED goes no further, but its owner takes its own with it.
    expect((await list('type=domain', 'vn.coordinator')).filter((value) => value.endsWith('three.com'))).toEqual([
      'back-three.com',
      'red-three.com',
    ]);
  });

  it('is cut off by age', async () => {
    await shared([
      bad('domain', 'old-four.com', { lastSeenAt: '2026-01-01T00:00:00Z' }),
      bad('domain', 'new-four.com', { lastSeenAt: '2026-11-19T00:00:00Z' }),
      bad('domain', 'unsaid-four.com'),
    ]);
    const four = (await list('type=domain&since=2026-11-01T00:00:00Z')).filter((value) => value.endsWith('four.com'));
    expect(four).toEqual(['new-four.com', 'unsaid-four.com']);
  });

  it('has a strong ETag, and 304 until it changes', async () => {
    const first = await as('th.analyst').get('blocklists?type=sha256').expect(200);
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    const ask = () => as('th.analyst').get('blocklists?type=sha256').set('if-none-match', etag);
    const same = await ask().expect(304);
    expect(same.text).toBe('');
    await shared([bad('sha256', 'a'.repeat(64))], { to: 'sg' });
    await ask().expect(304);
    await shared([bad('sha256', 'b'.repeat(64))]);
    const changed = await ask().expect(200);
    expect(changed.headers.etag).not.toBe(etag);
    expect(changed.text).toBe(`${'b'.repeat(64)}\n`);
    expect(changed.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(changed.headers['content-disposition']).toBe('attachment; filename="blocklist-sha256.txt"');
  });

  it('is a sheet that computes nothing', async () => {
    await shared([bad('sender-id', '=HYPERLINK("https://evil.com";"BANK")', { lastSeenAt: '2026-11-19T00:00:00Z' })]);
    const sheet = await as('th.analyst').get('blocklists?type=sender-id&format=csv').expect(200);
    expect(sheet.headers['content-type']).toBe('text/csv; charset=utf-8');
    const [heading, row] = sheet.text.split('\n');
    expect(heading).toBe('value,type,pap,firstSeenAt,lastSeenAt,expiresAt');
    expect(row).toBe(`"'=HYPERLINK(""https://evil.com"";""BANK"")",sender-id,PAP:GREEN,,2026-11-19T00:00:00.000Z,`);
  });

  it('leaves its receipt before it leaves, of what is on it and of nothing else', async () => {
    const strict = { tlp: 'TLP:AMBER+STRICT' };
    const listed = await shared([bad('domain', 'listed-five.com')], strict);
    const unlisted = await shared([bad('url', 'https://unlisted-five.com/x')], strict);
    const receipts = async (id: string) =>
      (
        (await as('vn.coordinator').get(`incidents/${id}/receipts`).expect(200)).body.items as {
          organisation: unknown;
        }[]
      ).length;
    expect([await receipts(listed), await receipts(unlisted)]).toEqual([0, 0]);
    await list('type=domain');
    expect(await receipts(listed)).toBe(1);
    expect(await receipts(unlisted)).toBe(0);
  });
});
