import pg from 'pg';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import type { Cast } from '../support/cast.js';
import { assembleCast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { tablesWith as scan } from '../support/table-scan.js';
import type { TestApp } from '../support/test-app.js';
import { startTestApp } from '../support/test-app.js';
import type { TestDatabase } from '../support/test-database.js';
import { createTestDatabase } from '../support/test-database.js';

/** With what regular expressions, SQL and JSON would each read something into. */
const NAME = 'Nguyễn "O\'Example" (Thị) C++.*';
const erasing = (value = NAME) => ({ value, basis: 'request-of-the-person', reason: 'Letter of 12 November.' });

describe('erasing a name from a record', () => {
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let client: pg.Client;
  let id: string;
  let coordinator: Caller;
  let analyst: Caller;
  let reader: Caller;

  const tablesWith = (value: string): Promise<string[]> => scan(client, value);

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    const api = new Api(node.url);
    [analyst, coordinator, reader] = ['vn.analyst', 'vn.coordinator', 'th.analyst'].map((who) =>
      api.as(cast[who]!),
    ) as [Caller, Caller, Caller];
    ({ id } = await submitted(analyst, {
      title: `Fraud upon ${NAME}`,
      description: `It was ${NAME.toUpperCase()}, said ${NAME}.`,
      fraud: { modus: `A call to ${NAME}`, channel: 'sms', impersonated: NAME, victims: 1 },
      tags: ['victim:state="reported"'],
      externalReferences: [{ source: 'ticket', id: NAME, description: NAME }],
    }));
    await analyst.patch(`incidents/${id}`, { title: 'Said better' });
    await analyst.post(`incidents/${id}/triage`, { note: `Called ${NAME}` }).expect(200);
    await analyst
      .post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]))
      .expect(200);
    await reader.post(`incidents/${id}/comments`, { body: `We know ${NAME} too.` }).expect(201);
    const other = await submitted(analyst);
    await analyst
      .post(`incidents/${id}/related`, { incident: other.id, kind: 'related', note: `${NAME} again` })
      .expect(201);
  });
  afterAll(async () => {
    await client.end();
    await node.close();
  });

  it('is a coordinator’s of the owner alone, and says so before it looks', async () => {
    expect(await tablesWith(NAME)).toEqual([
      'ronda.incident_comment',
      'ronda.incident_link',
      'ronda.incident_revision',
      'ronda.shared_object',
    ]);
    await analyst.post(`incidents/${id}/erasures`, erasing()).expect(403);
    await reader.post(`incidents/${id}/erasures`, erasing()).expect(403);
    const api = new Api(node.url);
    await api.as(cast['th.coordinator']!).post(`incidents/${id}/erasures`, erasing()).expect(403);
    await api.as(cast['sg.coordinator']!).post(`incidents/${id}/erasures`, erasing()).expect(404);
    const faults = await coordinator
      .post(`incidents/${id}/erasures`, { ...erasing(), reason: `For ${NAME}` })
      .expect(400);
    expect(faults.body.errors).toEqual([{ pointer: '/reason', detail: expect.stringContaining('kept') }]);
    await coordinator.post(`incidents/${id}/erasures`, { ...erasing('  '), basis: 'whim' }).expect(400);
    expect((await tablesWith(NAME)).length).toBe(4);
  });

  it('is among what a coordinator of the owner may do, and nobody else', async () => {
    const api = new Api(node.url);
    const may = async (who: Caller): Promise<boolean> =>
      ((await who.get(`incidents/${id}`).expect(200)).body.allowedActions as string[]).includes('erase');
    expect(await may(coordinator)).toBe(true);
    for (const who of [analyst, reader, api.as(cast['th.coordinator']!)]) expect(await may(who)).toBe(false);
  });

  it('leaves it in no table, by no route, and everything else as it was', async () => {
    const found = async (): Promise<number> =>
      ((await analyst.get('search?q=nguyen').expect(200)).body.items as unknown[]).length;
    expect(await found()).toBeGreaterThan(0);
    const before = (await analyst.get(`incidents/${id}`).expect(200)).body;
    const erased = await coordinator.post(`incidents/${id}/erasures`, erasing()).expect(200);
    expect(erased.body).toMatchObject({ basis: 'request-of-the-person', reason: 'Letter of 12 November.' });
    // Nor in how many texts it was: the comment of another organisation may be hidden from the coordinator.
    expect(Object.keys(erased.body as object)).toEqual(['id', 'basis', 'reason', 'erasedAt']);
    expect(await tablesWith(NAME)).toEqual([]);
    expect(await tablesWith('Nguyễn')).toEqual([]);
    // As the index folds it.
    expect(await tablesWith('nguyen')).toEqual([]);
    expect(await found()).toBe(0);

    const after = (await analyst.get(`incidents/${id}`).expect(200)).body;
    expect(after).toEqual({
      ...before,
      description: 'It was [erased], said [erased].',
      fraud: { ...before.fraud, modus: 'A call to [erased]', impersonated: '[erased]' },
      externalReferences: [{ ...before.externalReferences[0], id: '[erased]', description: '[erased]' }],
    });
    for (const who of [analyst, reader]) {
      for (const path of ['', '/revisions', '/comments', '/related', '/erasures']) {
        const { text } = await who.get(`incidents/${id}${path}`).expect(200);
        expect(text.toLowerCase()).not.toContain('nguyễn');
      }
      expect((await who.get('incidents')).text.toLowerCase()).not.toContain('nguyễn');
    }
  });

  it('is itself recorded, without what was erased, for the owner’s side', async () => {
    const { body } = await analyst.get(`incidents/${id}/erasures`).expect(200);
    expect(body.items).toHaveLength(1);
    expect((await reader.get(`incidents/${id}/erasures`).expect(200)).body.items).toEqual([]);
    const { rows } = await client.query<{ value_hash: Buffer; value_length: number }>('select * from ronda.erasure');
    expect(rows).toMatchObject([{ value_length: NAME.length }]);
    expect(rows[0]!.value_hash).toHaveLength(32);
    const { rows: events } = await client.query(`select payload from ronda.outbox where type = 'incident.erased'`);
    expect(events).toEqual([{ payload: { incidentId: id, erasureId: body.items[0].id } }]);
  });

  it('is answered alike where the value is nowhere, and done once under one Idempotency-Key', async () => {
    const send = () => coordinator.post(`incidents/${id}/erasures`, erasing()).set('idempotency-key', 'erase-once');
    const first = await send().expect(200);
    expect((await send().expect(200)).body).toEqual(first.body);
  });

  it('touches no other record, and no value that is one of a list', async () => {
    const kept = await submitted(analyst, filing({ title: `Kept: ${NAME}` }));
    await coordinator.post(`incidents/${id}/erasures`, erasing('sms')).expect(200);
    const view = await analyst.get(`incidents/${id}`).expect(200);
    expect(view.body.fraud.channel).toBe('sms');
    expect((await analyst.get(`incidents/${kept.id}`)).body.title).toBe(`Kept: ${NAME}`);
  });

  it('is refused by the database itself to whoever is no coordinator of the owner', async () => {
    const service = new pg.Client({ connectionString: database.serviceUrl });
    await service.connect();
    try {
      const { rows } = await client.query<{ key: number }>('select key::int from ronda.incident where id = $1', [id]);
      for (const who of ['vn.analyst', 'th.coordinator', 'sg.coordinator']) {
        await service.query('begin');
        await service.query(`select ronda.enter('', $1, 0, '2026-11-20T00:00:00Z')`, [String(cast[who]!.key)]);
        await expect(
          service.query(`select ronda.erase_from_record('incident', $1, 'Said')`, [rows[0]!.key]),
        ).rejects.toThrow(/a coordinator of the owner erases/);
        await service.query('rollback');
      }
    } finally {
      await service.end();
    }
  });
});
