import pg from 'pg';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

interface Word {
  organisation: { name: string };
  kind: string;
  note: string | null;
  saidAt: string | null;
}

describe('feedback', () => {
  let node: TestApp;
  let cast: Cast;
  let api: Api;
  let superuser: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    api = new Api(node.url);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });
  afterAll(async () => {
    await superuser.end();
    await node.close();
  });

  const as = (player: string) => api.as(cast[player]!);
  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const shared = async (tlp: string, audience: unknown[]): Promise<string> => {
    const { id } = await submitted(as('vn.coordinator'), { marking: { tlp } });
    await as('vn.coordinator').post(`incidents/${id}/release`, release(tlp, audience)).expect(200);
    return id;
  };
  const put = (player: string, id: string, body: object, ifMatch = '*') =>
    as(player).request('put', `incidents/${id}/feedback`).set('if-match', ifMatch).send(body);
  const read = async (player: string, id: string) =>
    (await as(player).get(`incidents/${id}/feedback`).expect(200)).body;
  const words = async (player: string, id: string): Promise<[string, string][]> =>
    (await read(player, id)).items.map(({ organisation: { name }, kind }: Word) => [name, kind]);

  it('is one word of each organisation, seen by the owner and by who gave it, and silence is shown as silence', async () => {
    const id = await shared('TLP:AMBER', ['th', 'sg', 'my'].map(organisation));
    const silent: [string, string][] = ['MY CERT', 'SG CERT', 'TH CERT'].map((name) => [name, 'silence']);
    expect(await words('vn.analyst', id)).toEqual(silent);
    await put('th.analyst', id, { kind: 'checked-not-seen', note: 'Not in our banks.' }).expect(200);
    await put('th.coordinator', id, { kind: 'useful' }).expect(200);
    await put('sg.analyst', id, { kind: 'cannot-help' }).expect(200);
    expect((await read('vn.analyst', id)).items).toEqual([
      { organisation: expect.objectContaining({ name: 'MY CERT' }), kind: 'silence', note: null, saidAt: null },
      {
        organisation: expect.objectContaining({ name: 'SG CERT' }),
        kind: 'cannot-help',
        note: null,
        saidAt: node.clock.now().toISOString(),
      },
      {
        organisation: expect.objectContaining({ name: 'TH CERT' }),
        kind: 'useful',
        note: null,
        saidAt: node.clock.now().toISOString(),
      },
    ]);
    // Each its own alone.
    expect(await words('th.analyst', id)).toEqual([['TH CERT', 'useful']]);
    expect(await words('my.analyst', id)).toEqual([['MY CERT', 'silence']]);
    await as('id.analyst').get(`incidents/${id}/feedback`).expect(404);
  });

  it('can be changed and withdrawn by whoever knows what it says now', async () => {
    const id = await shared('TLP:AMBER+STRICT', [organisation('th')]);
    const path = `incidents/${id}/feedback`;
    await as('th.analyst').request('put', path).send({ kind: 'useful' }).expect(428);
    await put('th.analyst', id, { kind: 'useful' }, '"wrong"').expect(412);
    const before = await as('th.analyst').get(path).expect(200);
    const given = await put('th.analyst', id, { kind: 'useful' }, String(before.headers.etag)).expect(200);
    expect(given.body.allowedActions).toEqual(['give', 'withdraw']);
    // Somebody else's knowledge is stale by now.
    await put('th.second', id, { kind: 'cannot-help' }, String(before.headers.etag)).expect(412);
    expect((await as('th.analyst').delete(path, String(given.headers.etag))).status).toBe(204);
    expect(await words('vn.analyst', id)).toEqual([['TH CERT', 'silence']]);
    expect((await read('th.analyst', id)).allowedActions).toEqual(['give']);
  });

  it('of two at once who have read the same, one is told', async () => {
    const id = await shared('TLP:AMBER', [organisation('th')]);
    const { etag } = (await as('th.analyst').get(`incidents/${id}/feedback`).expect(200)).headers;
    const both = await Promise.all([
      put('th.analyst', id, { kind: 'useful' }, String(etag)),
      put('th.second', id, { kind: 'cannot-help' }, String(etag)),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('that it acted is its receipt, said once and not twice; it stays when the word is withdrawn', async () => {
    const id = await shared('TLP:AMBER', ['th', 'sg'].map(organisation));
    await put('th.analyst', id, { kind: 'acted-on', note: 'Blocked at the carriers.' }).expect(200);
    const receipts = await as('vn.analyst').get(`incidents/${id}/receipts`).expect(200);
    expect(receipts.body.items).toMatchObject([{ actedOnAt: node.clock.now().toISOString() }]);
    const { rows } = await superuser.query(
      'select f.kind from ronda.feedback f join ronda.incident i on i.key = f.incident_key where i.id = $1',
      [id],
    );
    expect(rows).toEqual([{ kind: null }]);
    expect((await read('vn.analyst', id)).items).toMatchObject([
      { kind: 'silence' },
      { kind: 'acted-on', note: 'Blocked at the carriers.' },
    ]);
    await as('th.analyst').delete(`incidents/${id}/feedback`);
    expect(await words('vn.analyst', id)).toEqual([
      ['SG CERT', 'silence'],
      ['TH CERT', 'acted-on'],
    ]);
    // Whoever gives the receipt has said so too.
    await as('sg.analyst').post(`incidents/${id}/receipts`, { kind: 'acted-on' }).expect(200);
    expect(await words('vn.analyst', id)).toContainEqual(['SG CERT', 'acted-on']);
  });

  it('is for who received it, not for who shared, filed or cannot read it', async () => {
    const id = await shared('TLP:AMBER', [organisation('th')]);
    await put('vn.analyst', id, { kind: 'useful' }).expect(403);
    await put('sg.analyst', id, { kind: 'useful' }).expect(404);
    const wrong = await put('th.analyst', id, { kind: 'silence', note: '' }).expect(400);
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      expect.arrayContaining(['/kind', '/note']),
    );
    const { id: handed } = await submitted(as('bank.analyst'));
    await put('bank.analyst', handed, { kind: 'useful' }).expect(403);
  });

  it('of a constituent to whom it was passed on is for the CERT that did, and not for the owner', async () => {
    const { id } = await submitted(as('th.coordinator'));
    await as('th.coordinator')
      .post(`incidents/${id}/release`, release('TLP:AMBER', [organisation('vn')]))
      .expect(200);
    await as('vn.analyst')
      .post(`incidents/${id}/pass-on`, { organisations: [cast.stages.bank!.id], tellOriginator: true })
      .expect(200);
    await put('bank.analyst', id, { kind: 'acted-on', note: 'Two customers called.' }).expect(200);
    expect(await words('bank.analyst', id)).toEqual([['BANK CERT', 'acted-on']]);
    expect(await words('vn.analyst', id)).toEqual([
      ['BANK CERT', 'acted-on'],
      ['VN CERT', 'silence'],
    ]);
    expect(await words('th.analyst', id)).toEqual([['VN CERT', 'silence']]);
    const { rows } = await superuser.query(
      `select payload ? 'revision' as "isOwners" from ronda.outbox where type = 'feedback.given' and payload ->> 'incidentId' = $1`,
      [id],
    );
    expect(rows).toEqual([{ isOwners: false }]);
  });

  it('goes with the erasure of a value and at the end of what is kept', async () => {
    const id = await shared('TLP:AMBER', [organisation('th')]);
    await put('th.analyst', id, { kind: 'useful', note: 'Ask for Somchai.' }).expect(200);
    await as('vn.coordinator')
      .post(`incidents/${id}/erasures`, { value: 'somchai', basis: 'mistake', reason: 'A name.' })
      .expect(200);
    expect((await read('th.analyst', id)).items).toMatchObject([{ note: 'Ask for [erased].' }]);
    await superuser.query(
      `insert into ronda.erasure (space, id, record_kind, record_key, owner_readers, basis, reason, erased_at)
       select 0, '00000000-0000-4000-8000-000000000001', 'incident', i.key, i.owner_readers, 'retention', '', now() from ronda.incident i where i.id = $1`,
      [id],
    );
    expect((await read('th.analyst', id)).items).toMatchObject([{ kind: 'useful', note: null }]);
  });
});
