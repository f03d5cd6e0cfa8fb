import pg from 'pg';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast, uuidOf } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

interface Routed {
  id: string;
  requests: {
    id: string;
    state: string;
    to: { id: string };
    indicators: { type: string; value: string; matched: string }[];
  }[];
  unroutable: { pointer: string; value: string; why: string }[];
}

describe('routing indicators to who answers for them', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
    const networks = {
      vn: ['192.0.2.0/24'],
      th: ['198.51.100.0/24', '2001:db8:1::/48', 'th.example', 'AS64500'],
      sg: ['198.51.100.128/25', 'shop.th.example'],
    };
    for (const [name, values] of Object.entries(networks))
      for (const value of values) {
        const made = await as(`${name}.admin`).post(`organisations/${cast.stages[name]!.id}/networks`, { value });
        if (made.status !== 201) throw new Error(made.text);
      }
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    await client.query(
      `insert into ronda.constituency_network (id, org_key, kind, cidr) values ($1, $2, 'cidr', '203.0.113.0/24')`,
      [uuidOf('network of the telco'), cast.stages.telco!.key],
    );
    await client.end();
  });
  afterAll(() => server.close());

  const as = (who: string): Caller => api.as(cast[who]!);
  const routing = (values: string[], more: object = {}) => ({
    kind: 'takedown',
    marking: { tlp: 'TLP:AMBER' },
    title: 'Phishing sites in your networks',
    body: 'Please take these off the net.',
    values,
    ...more,
  });
  const route = async (values: string[], more: object = {}, who = 'vn.analyst') => {
    const { status, body, text } = await as(who).post('requests/route', routing(values, more));
    if (status !== 200) throw new Error(text);
    return body as Routed;
  };
  const draftFor = ({ requests }: Routed, name: string) => requests.find(({ to }) => to.id === cast.stages[name]!.id);

  it('drafts one request for each who answers, to the most specific, and lists the rest', async () => {
    const routed = await route([
      '198.51.100[.]7',
      '198.51.100.200',
      'hxxps://login.th[.]example/pay?x=1',
      'https://[2001:db8:1::7]/',
      'clerk@shop.th.example',
      '198.51.100.7',
      'as64500',
      '198.51.100.64/26',
      'nobody.example',
      '192.0.2.9',
    ]);
    expect(routed.requests).toHaveLength(2);
    expect(draftFor(routed, 'th')?.indicators).toEqual([
      { type: 'ipv4', value: '198.51.100.7', matched: '198.51.100.0/24' },
      { type: 'url', value: 'https://login.th.example/pay?x=1', matched: 'th.example' },
      { type: 'url', value: 'https://[2001:db8:1::7]/', matched: '2001:db8:1::/48' },
      { type: 'asn', value: 'AS64500', matched: 'AS64500' },
      { type: 'cidr', value: '198.51.100.64/26', matched: '198.51.100.0/24' },
    ]);
    expect(draftFor(routed, 'sg')?.indicators).toEqual([
      { type: 'ipv4', value: '198.51.100.200', matched: '198.51.100.128/25' },
      { type: 'email', value: 'clerk@shop.th.example', matched: 'shop.th.example' },
    ]);
    expect(routed.unroutable).toEqual([
      { pointer: '/values/8', value: 'nobody.example', why: 'nobody-answers' },
      { pointer: '/values/9', value: '192.0.2.9', why: 'your-own' },
    ]);
  });

  it('sends nothing: a draft is the asker’s until whoever drafted it sends it', async () => {
    const routed = await route(['198.51.100.7'], { kind: 'notification' });
    const { id } = draftFor(routed, 'th')!;
    await as('th.analyst').get(`requests/${id}`).expect(404);
    await as('th.analyst').get(`requests/${id}/indicators`).expect(404);
    const draft = await as('vn.analyst').get(`requests/${id}`).expect(200);
    expect(draft.body).toMatchObject({ state: 'draft', kind: 'notification', sentAt: null, indicatorCount: 1 });
    expect(draft.body.allowedActions).toEqual(['send', 'withdraw']);
    await as('vn.analyst').post(`requests/${id}/send`).expect(200);
    const received = await as('th.analyst').get(`requests/${id}`).expect(200);
    expect(received.body).toMatchObject({ state: 'open', direction: 'received', indicatorCount: 1 });
    const { body } = await as('th.analyst').get(`requests/${id}/indicators`).expect(200);
    expect(body).toEqual({
      items: [{ type: 'ipv4', value: '198.51.100.7', matched: '198.51.100.0/24' }],
      next: null,
    });
  });

  it('GREEN takes a coordinator, and another person to send it', async () => {
    const green = { marking: { tlp: 'TLP:GREEN' } };
    await as('vn.analyst')
      .post('requests/route', routing(['198.51.100.7'], green))
      .expect(403);
    const { id } = draftFor(await route(['198.51.100.7'], green, 'vn.coordinator'), 'th')!;
    await as('vn.coordinator').post(`requests/${id}/send`).expect(403);
    await as('vn.second').post(`requests/${id}/send`).expect(200);
  });

  it('says every fault at once, by pointer, and drafts nothing', async () => {
    const before = (await as('vn.analyst').get('requests?direction=sent&count=true')).body.total as number;
    const { status, body } = await as('vn.analyst').post(
      'requests/route',
      routing(['198.51.100.7', '300.1.1.1', 'd41d8cd98f00b204e9800998ecf8427e', 'two words', '64500']),
    );
    expect(status).toBe(400);
    expect((body.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
      '/values/1',
      '/values/2',
      '/values/3',
      '/values/4',
    ]);
    const red = await as('vn.analyst').post(
      'requests/route',
      routing(['198.51.100.7'], { marking: { tlp: 'TLP:RED' } }),
    );
    expect(red.body.errors).toEqual([expect.objectContaining({ pointer: '/marking/tlp' })]);
    const many = await as('vn.analyst').post('requests/route', routing(Array<string>(10_001).fill('198.51.100.7')));
    expect(many.status).toBe(400);
    expect((await as('vn.analyst').get('requests?direction=sent&count=true')).body.total).toBe(before);
  });

  it('is repeated under its key without drafting anew, by what became of the drafts', async () => {
    const ask = () =>
      as('vn.analyst')
        .post('requests/route', routing(['198.51.100.7', 'nobody.example']))
        .set('idempotency-key', 'once');
    const first = (await ask().expect(200)).body as Routed;
    await as('vn.analyst').post(`requests/${first.requests[0]!.id}/withdraw`).expect(200);
    const second = (await ask().expect(200)).body as Routed;
    expect(second.id).toBe(first.id);
    expect(second.requests.map(({ id, state }) => ({ id, state }))).toEqual([
      { id: first.requests[0]!.id, state: 'withdrawn' },
    ]);
    expect(second.unroutable).toEqual(first.unroutable);
  });

  it('tells nobody of a network whose entry it may not read', async () => {
    // A constituent asks nobody.
    await as('bank.analyst')
      .post('requests/route', routing(['198.51.100.7']))
      .expect(403);
    // Of what the telco answers for, its own CERT knows; others do not see that there is such an organisation.
    const own = await route(['203.0.113.7'], {}, 'my.analyst');
    expect(own).toMatchObject({ requests: [], unroutable: [{ why: 'your-own' }] });
    const hidden = await route(['203.0.113.7'], {}, 'th.analyst');
    const absent = await route(['203.0.114.7'], {}, 'th.analyst');
    expect(hidden.requests).toEqual(absent.requests);
    expect(hidden.unroutable).toEqual([{ pointer: '/values/0', value: '203.0.113.7', why: 'nobody-answers' }]);
  });

  it('takes ten thousand at once', async () => {
    const values = Array.from({ length: 10_000 }, (_, nth) => `10.${nth >> 8}.${nth & 255}.1`);
    values[9_999] = '198.51.100.7';
    const routed = await route(values);
    expect(routed.unroutable).toHaveLength(9_999);
    expect(routed.requests).toHaveLength(1);
  });
});
