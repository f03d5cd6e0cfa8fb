import pg from 'pg';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, linesOf, release, submitted } from '../support/filings.js';
import { tablesWith } from '../support/table-scan.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

interface Said {
  id: string;
  type: string;
  value: string;
}
interface Correlation extends Said {
  isNoisy: boolean;
  related: { relation: string; value: string; record: { id: string; organisation: { id: string } | null } }[];
}

describe('observables', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    superuser = new pg.Client(database.superuserUrl);
    await superuser.connect();
    server = await startTestApp(database);
    api = new Api(server.url);
  });
  afterAll(async () => {
    await superuser.end();
    await server.close();
  });

  const as = (who: string) => api.as(cast[who]!);
  const to = (...names: string[]) =>
    release(
      'TLP:AMBER',
      names.map((name) => ({ organisation: cast.stages[name]!.id })),
    );
  const listed = async (who: string, id: string): Promise<Said[]> =>
    (await as(who).get(`incidents/${id}/observables?limit=100`).expect(200)).body.items as Said[];
  const values = async (who: string, id: string): Promise<string[]> =>
    (await listed(who, id)).map(({ value }) => value);
  const correlated = async (who: string, id: string): Promise<Correlation[]> =>
    (await as(who).get(`incidents/${id}/correlations?limit=100`).expect(200)).body.items as Correlation[];
  const lookUp = async (who: string, sent: string[], type?: string) =>
    (await as(who).post('observables/lookup', { values: sent, type }).expect(200)).body.items as {
      value: string;
      observables: { type: string; value: string; count: number | null; isNoisy: boolean; records: { id: string }[] }[];
    }[];
  const shared = async (owner: string, observables: object[], ...names: string[]): Promise<string> => {
    const { id } = await submitted(as(`${owner}.coordinator`), { observables });
    if (names.length > 0)
      await as(`${owner}.coordinator`)
        .post(`incidents/${id}/release`, to(...names))
        .expect(200);
    return id;
  };

  describe('in a record', () => {
    it('are kept in one form, with what is said of them, and listed by type and value, page by page', async () => {
      const { body } = await as('vn.analyst')
        .post(
          'incidents',
          filing({
            observables: [
              { type: 'url', value: 'hxxp://Login-Bank[.]example:80/pay', malicious: true, role: 'phishing-site' },
              { type: 'ipv4', value: '10.0.0.7', forDetection: true, firstSeenAt: '2026-11-20T09:00:00+07:00' },
              { type: 'x-pix-key', value: 'abc', audience: 'owner', comment: 'From the bank.' },
            ],
            fraud: { instruments: [{ type: 'phone', value: '+84 90 123 45 67', bank: 'Example Bank' }] },
          }),
        )
        .expect(201);
      const all = (await as('vn.analyst').get(`incidents/${body.id}/observables`).expect(200)).body;
      expect(all.next).toBeNull();
      expect(all.items).toMatchObject([
        { type: 'ipv4', value: '10.0.0.7', forDetection: true, firstSeenAt: '2026-11-20T02:00:00.000Z' },
        { type: 'phone', value: '+84901234567', part: 'fraud', bank: 'Example Bank', malicious: true },
        {
          type: 'url',
          value: 'http://login-bank.example/pay',
          defanged: 'hxxp://login-bank[.]example/pay',
          malicious: true,
        },
        { type: 'x-pix-key', value: 'abc', audience: 'owner', comment: 'From the bank.' },
      ]);
      expect(all.items[0].warnings).toMatchObject([{ list: 'special-address' }]);
      const pages: string[] = [];
      for (let path = `incidents/${body.id}/observables?limit=1`; path !== '';) {
        const page = await as('vn.analyst').get(path).expect(200);
        pages.push(...(page.body.items as Said[]).map(({ value }) => value));
        path = /<(.*)>/.exec(page.headers.link ?? '')?.[1] ?? '';
      }
      expect(pages).toEqual((all.items as Said[]).map(({ value }) => value));
    });

    it('are refused with every fault by its pointer', async () => {
      const { body } = await as('vn.analyst')
        .post(
          'incidents',
          filing({
            rsit: { class: 'fraud', type: 'scanner' },
            observables: [
              { type: 'ipv4', value: '300.1.1.1' },
              { type: 'domain', value: 'a.example' },
              { type: 'domain', value: 'A[.]example' },
              { type: 'nothing', value: 'x' },
            ],
          }),
        )
        .expect(400);
      expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
        '/rsit/type',
        '/observables/0/value',
        '/observables/2/value',
        '/observables/3/value',
      ]);
    });

    it('are those of the revision that was released, whatever its owner writes later', async () => {
      const id = await shared(
        'vn',
        [
          { type: 'domain', value: 'one.example' },
          { type: 'domain', value: 'two.example' },
        ],
        'th',
      );
      const before = await as('th.analyst').get(`incidents/${id}`);
      await as('vn.analyst').patch(`incidents/${id}`, {
        observables: [
          { type: 'domain', value: 'two.example' },
          { type: 'domain', value: 'three.example' },
        ],
      });
      expect(await values('vn.analyst', id)).toEqual(['three.example', 'two.example']);
      expect(await values('th.analyst', id)).toEqual(['one.example', 'two.example']);
      expect((await as('th.analyst').get(`incidents/${id}`)).headers.etag).toBe(before.headers.etag);
      expect(await lookUp('th.analyst', ['three.example'])).toMatchObject([{ observables: [] }]);
      const { body } = await as('vn.analyst').get(`incidents/${id}/revisions`);
      expect(body.items.at(-1).changes).toMatchObject([
        {
          pointer: '/observables',
          from: [{ value: 'one.example' }, { value: 'two.example' }],
          to: [{ value: 'three.example' }, { value: 'two.example' }],
        },
      ]);
      await as('vn.coordinator').post(`incidents/${id}/release`, to('th')).expect(200);
      expect(await values('th.analyst', id)).toEqual(['three.example', 'two.example']);
      expect(await lookUp('th.analyst', ['one.example'])).toMatchObject([{ observables: [] }]);
    });

    it('make no revision where they are sent as they are, and are left alone by other edits', async () => {
      const observables = [{ type: 'domain', value: 'same.example', role: 'c2' }];
      const { id } = await submitted(as('vn.analyst'), { observables });
      const same = await as('vn.analyst').patch(`incidents/${id}`, { observables });
      expect(same.body.revision).toBe(2);
      await as('vn.analyst').patch(`incidents/${id}`, { title: 'Another title' });
      expect(await values('vn.analyst', id)).toEqual(['same.example']);
      await as('vn.analyst').patch(`incidents/${id}`, {
        fraud: { instruments: [{ type: 'sender-id', value: 'EXBANK' }] },
      });
      expect(await values('vn.analyst', id)).toEqual(['same.example', 'EXBANK']);
      await as('vn.analyst').patch(`incidents/${id}`, { observables: null });
      expect(await values('vn.analyst', id)).toEqual(['EXBANK']);
    });

    it('need a second person at GREEN where only they are new', async () => {
      const { id } = await submitted(as('vn.coordinator'), { marking: { tlp: 'TLP:GREEN' } });
      await as('vn.coordinator')
        .post(`incidents/${id}/release`, release('TLP:GREEN', ['community']))
        .expect(202);
      await as('vn.second').post(`incidents/${id}/release/confirm`).expect(200);
      await as('vn.analyst').patch(`incidents/${id}`, { observables: [{ type: 'cve', value: 'cve-2026-12345' }] });
      const { status } = await as('vn.coordinator').post(
        `incidents/${id}/release`,
        release('TLP:GREEN', ['community']),
      );
      expect(status).toBe(202);
      expect(await values('th.analyst', id)).toEqual([]);
    });

    it('their owner keeps from its readers are in no answer to them', async () => {
      const id = await shared(
        'vn',
        [
          { type: 'ipv4', value: '198.51.100.9', audience: 'owner' },
          { type: 'ipv4', value: '198.51.100.8' },
        ],
        'th',
      );
      const mine = await shared('th', [{ type: 'cidr', value: '198.51.100.0/24' }]);
      expect(await values('th.analyst', id)).toEqual(['198.51.100.8']);
      expect(await lookUp('th.analyst', ['198.51.100.9'])).toMatchObject([{ observables: [] }]);
      expect(
        (await correlated('th.analyst', mine)).flatMap(({ related }) => related.map(({ value }) => value)),
      ).toEqual(['198.51.100.8']);
    });

    it('are filed in bulk too, and a faulty one spoils its line alone', async () => {
      const { text } = await as('vn.analyst')
        .request('post', 'incidents/bulk?stream=observables')
        .set('content-type', 'application/x-ndjson')
        .send(
          linesOf(
            { title: 'In bulk', observables: [{ type: 'sha256', value: 'AB'.repeat(32) }] },
            { title: 'Faulty', observables: [{ type: 'sha256', value: 'AB' }] },
          ),
        );
      const [filed, refused] = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(refused).toMatchObject({ status: 'refused', problem: { errors: [{ pointer: '/observables/0/value' }] } });
      expect(await values('vn.analyst', filed.id)).toEqual(['ab'.repeat(32)]);
    });
  });

  it('are extracted from a text, with where they are', async () => {
    const text = 'ลูกค้า: hxxps://login-bank[.]example/pay จาก 203.0.113.7.';
    const { body } = await as('vn.analyst').post('observables/extract', { text }).expect(200);
    expect(
      body.items.map((item: { start: number; end: number; type: string; value: string }) => [
        item.type,
        item.value,
        text.slice(item.start, item.end),
      ]),
    ).toEqual([
      ['url', 'https://login-bank.example/pay', 'hxxps://login-bank[.]example/pay'],
      ['ipv4', '203.0.113.7', '203.0.113.7'],
    ]);
  });

  describe('looked up', () => {
    it('are found where the caller reads them, and counted over nothing else', async () => {
      const value = 'counted.example';
      const mine = await shared('vn', [{ type: 'domain', value }]);
      const theirs = await shared('th', [{ type: 'host', value }], 'vn');
      await shared('sg', [{ type: 'domain', value }]);
      expect(await lookUp('vn.analyst', ['Counted[.]example', 'absent.example'])).toEqual([
        {
          value: 'Counted[.]example',
          observables: [
            expect.objectContaining({
              type: 'domain',
              value,
              count: 1,
              records: [expect.objectContaining({ id: mine })],
            }),
            expect.objectContaining({
              type: 'host',
              value,
              count: 1,
              records: [expect.objectContaining({ id: theirs })],
            }),
          ],
        },
        { value: 'absent.example', observables: [] },
      ]);
      expect(await lookUp('jp.analyst', [value])).toEqual([{ value, observables: [] }]);
      const { body } = await as('vn.analyst')
        .post('observables/lookup', { values: [value, 'x y'], type: 'domain' })
        .expect(400);
      expect(body.errors).toMatchObject([{ pointer: '/values/1' }]);
    });

    it('up to 10,000 at once', async () => {
      const many = Array.from({ length: 10_000 }, (_, n) => `h${n}.example`);
      expect((await lookUp('vn.analyst', many, 'domain')).length).toBe(10_000);
      await as('vn.analyst')
        .post('observables/lookup', { values: [...many, 'one.example'] })
        .expect(400);
    });
  });

  describe('correlate', () => {
    it('with the same, with what holds them and with what they hold, only where both records are readable', async () => {
      const mine = await shared('my', [
        { type: 'domain', value: 'ring.example' },
        { type: 'ipv4', value: '203.0.113.77' },
        { type: 'md5', value: 'ab'.repeat(16) },
      ]);
      const theirs = await shared(
        'th',
        [
          { type: 'url', value: 'http://pay.ring.example/x' },
          { type: 'cidr', value: '203.0.113.0/24' },
          { type: 'md5', value: 'AB'.repeat(16) },
          { type: 'domain', value: 'ring-two.example' },
        ],
        'my',
      );
      await shared('sg', [
        { type: 'md5', value: 'ab'.repeat(16) },
        { type: 'host', value: 'b.ring.example' },
      ]);
      const seen = (items: Correlation[]): unknown =>
        items.map(({ value, related }) => [value, related.map((each) => [each.relation, each.value, each.record.id])]);
      expect(seen(await correlated('my.analyst', mine))).toEqual([
        ['ring.example', [['contained', 'http://pay.ring.example/x', theirs]]],
        ['203.0.113.77', [['contains', '203.0.113.0/24', theirs]]],
        ['ab'.repeat(16), [['same', 'ab'.repeat(16), theirs]]],
      ]);
      // Thailand does not see Malaysia's record, which is released to nobody.
      expect((await correlated('th.analyst', theirs)).flatMap(({ related }) => related)).toEqual([]);
      const [, address] = await correlated('my.analyst', theirs);
      expect(address).toBeDefined();
      expect(seen(await correlated('my.analyst', theirs))).toEqual([
        ['203.0.113.0/24', [['contained', '203.0.113.77', mine]]],
        ['ring-two.example', []],
        ['ab'.repeat(16), [['same', 'ab'.repeat(16), mine]]],
        ['http://pay.ring.example/x', [['contains', 'ring.example', mine]]],
      ]);
    });

    it('not where a reader sees the value in too many records: what others do not see is no noise to them', async () => {
      const noisy = [{ type: 'filename', value: 'invoice.pdf' }];
      const lines = Array.from({ length: 26 }, (_, n) => ({ title: `Noise ${n}`, observables: noisy }));
      await as('id.analyst')
        .request('post', 'incidents/bulk?stream=noise')
        .set('content-type', 'application/x-ndjson')
        .send(linesOf(...lines));
      const one = await shared('id', noisy, 'th');
      const other = await shared('th', noisy, 'id');
      expect(await correlated('id.analyst', one)).toMatchObject([{ isNoisy: true, related: [] }]);
      expect(await correlated('th.analyst', one)).toMatchObject([
        { isNoisy: false, related: [{ record: { id: other } }] },
      ]);
      expect(await lookUp('id.analyst', ['invoice.pdf'])).toMatchObject([
        { observables: [{ isNoisy: true, count: null, records: [] }] },
      ]);
      expect(await lookUp('th.analyst', ['invoice.pdf'])).toMatchObject([
        { observables: [{ isNoisy: false, count: 2 }] },
      ]);
    });
  });

  describe('sighted', () => {
    it('by whoever reads them, told to whom it is meant for, once for each key', async () => {
      const id = await shared('vn', [{ type: 'domain', value: 'sighted.example' }], 'th', 'sg');
      const [{ id: observable }] = (await listed('th.analyst', id)) as [Said];
      const body = { observable, kind: 'seen', at: '2026-11-20T04:00:00Z', count: 3, detector: 'Mail gateway' };
      const first = await as('th.analyst')
        .post(`incidents/${id}/sightings`, body)
        .set('idempotency-key', 'seen-1')
        .expect(201);
      const again = await as('th.analyst')
        .post(`incidents/${id}/sightings`, body)
        .set('idempotency-key', 'seen-1')
        .expect(201);
      expect(again.body).toEqual(first.body);
      expect((await as('th.analyst').get(first.headers.location!).expect(200)).body).toEqual(first.body);
      await as('th.analyst')
        .post(`incidents/${id}/sightings`, { ...body, kind: 'false-positive', audience: 'owner' })
        .expect(201);
      await as('th.analyst')
        .post(`incidents/${id}/sightings`, { ...body, kind: 'not-seen', audience: 'organisation' })
        .expect(201);
      const kinds = async (who: string): Promise<string[]> =>
        ((await as(who).get(`incidents/${id}/sightings`).expect(200)).body.items as { kind: string }[])
          .map(({ kind }) => kind)
          .sort();
      expect(await kinds('th.second')).toEqual(['false-positive', 'not-seen', 'seen']);
      expect(await kinds('vn.analyst')).toEqual(['false-positive', 'seen']);
      expect(await kinds('sg.analyst')).toEqual(['seen']);
      await as('jp.analyst').get(`incidents/${id}/sightings`).expect(404);
      const { body: seen } = await as('sg.analyst').get(`incidents/${id}/sightings`);
      expect(seen.items[0]).toMatchObject({ author: null, organisation: { id: cast.stages.th!.id }, count: 3 });
    });

    it('are nobody’s by name where the owner of an anonymous record reports them, until it puts its name to it', async () => {
      const { body: draft } = await as('vn.analyst')
        .post(
          'incidents',
          filing({
            authorship: 'anonymous',
            marking: { tlp: 'TLP:GREEN' },
            countries: [],
            fraud: null,
            observables: [{ type: 'domain', value: 'unsigned.example' }],
          }),
        )
        .expect(201);
      const id = draft.id as string;
      await as('vn.analyst').post(`incidents/${id}/submit`).expect(200);
      await as('vn.coordinator')
        .post(`incidents/${id}/release`, release('TLP:GREEN', ['community']))
        .expect(202);
      await as('vn.second').post(`incidents/${id}/release/confirm`, {}).expect(200);
      const [{ id: observable } = { id: '' }] = await listed('th.analyst', id);
      const sight = (audience: string) =>
        as('vn.analyst')
          .post(`incidents/${id}/sightings`, { observable, kind: 'seen', at: '2026-11-20T04:00:00Z', audience })
          .expect(201);
      await sight('readers');
      await sight('owner');
      const seen = async (who: string) =>
        (await as(who).get(`incidents/${id}/sightings`).expect(200)).body.items as Record<string, unknown>[];
      expect(await seen('th.analyst')).toMatchObject([{ author: null, organisation: null }]);
      expect(await seen('vn.second')).toMatchObject([{ organisation: null }, { organisation: null }]);
      const { rows } = await superuser.query(
        `select s.author_key, s.org_key, s.readers && array(select key from ronda.organisation) as is_named
           from ronda.sighting s join ronda.incident i on i.key = s.incident_key where i.id = $1 order by s.key`,
        [id],
      );
      expect(rows).toEqual([
        { author_key: null, org_key: null, is_named: null },
        { author_key: null, org_key: null, is_named: false },
      ]);
      const { headers } = await as('vn.coordinator').get(`incidents/${id}`);
      await as('vn.coordinator').post(`incidents/${id}/lift-anonymity`).set('if-match', headers.etag!).expect(200);
      expect(await seen('th.analyst')).toMatchObject([{ author: null, organisation: { id: cast.stages.vn!.id } }]);
      expect(await seen('vn.second')).toHaveLength(2);
    });

    it('are told of nothing that the reader’s revision does not say: hidden and absent alike', async () => {
      const id = await shared('vn', [{ type: 'domain', value: 'shown.example' }], 'th');
      await as('vn.analyst').patch(`incidents/${id}`, { observables: [{ type: 'domain', value: 'kept.example' }] });
      const [{ id: kept }] = (await listed('vn.analyst', id)) as [Said];
      const say = (who: string, observable: string) =>
        as(who).post(`incidents/${id}/sightings`, { observable, kind: 'seen', at: '2026-11-20T04:00:00Z' });
      const hidden = await say('th.analyst', kept).expect(400);
      const absent = await say('th.analyst', '3f6a1c52-0b9d-5e4f-8a7b-6c5d4e3f2a1b').expect(400);
      expect({ ...hidden.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
      // What the owner says of what it has not released is not for its readers.
      await say('vn.analyst', kept).expect(201);
      expect((await as('th.analyst').get(`incidents/${id}/sightings`)).body.items).toEqual([]);
    });
  });

  it('erased from a record, they are in no table and no answer', async () => {
    const { id } = await submitted(as('vn.coordinator'), {
      observables: [
        { type: 'email', value: 'Lan.Nguyen@victim.example', comment: 'Mail of lan.nguyen@victim.example herself.' },
        { type: 'url', value: 'http://victim.example/?u=lan.nguyen@victim.example' },
        { type: 'domain', value: 'stays.example' },
      ],
      fraud: { instruments: [{ type: 'phone', value: '+84 90 765 43 21' }] },
    });
    const [, { id: mail }] = (await listed('vn.coordinator', id)) as [Said, Said];
    await as('vn.coordinator')
      .post(`incidents/${id}/sightings`, { observable: mail, kind: 'seen', at: '2026-11-20T04:00:00Z' })
      .expect(201);
    for (const value of ['lan.nguyen@victim.example', '+84 90 765 43 21'])
      await as('vn.coordinator')
        .post(`incidents/${id}/erasures`, { value, basis: 'request-of-the-person', reason: 'She asked for it.' })
        .expect(200);
    for (const gone of ['lan.nguyen', '+84907654321', '765 43 21', mail])
      expect([gone, await tablesWith(superuser, gone)]).toEqual([gone, []]);
    expect((await values('vn.coordinator', id)).sort()).toEqual([
      '[erased]',
      '[erased]',
      'http://victim.example/?u=[erased]',
      'stays.example',
    ]);
    expect(await lookUp('vn.coordinator', ['lan.nguyen@victim.example'])).toMatchObject([{ observables: [] }]);
    await as('vn.coordinator').patch(`incidents/${id}`, { title: 'After the erasure', fraud: null });
    expect(await values('vn.coordinator', id)).toContain('stays.example');
  });
});
