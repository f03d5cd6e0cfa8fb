import pg from 'pg';
import type { Region, RegionMember } from '../../src/kernel/region.js';
import { ApplyRetention } from '../../src/modules/incidents/index.js';
import { ReindexSearch } from '../../src/modules/search/index.js';
import { loadRegion } from '../../src/platform/config/region-file.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, linesOf, release, submitted } from '../support/filings.js';
import { tablesWith } from '../support/table-scan.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

const DAY_MS = 86_400_000;
const NOTHING = { incident: 0, draft: 0, comment: 0 };
/** In whatever Viet Nam's old record says. */
const NAME = 'Quokka Example';

/** The region keeps incidents 100 days, drafts 10 and comments 50; Thailand drafts 3, and comments for good; Singapore all. */
function region(): Region {
  const asean = loadRegion();
  const own: Record<string, RegionMember['retentionDays']> = {
    TH: { draft: 3, comment: null },
    SG: { incident: null, draft: null, comment: null },
  };
  return {
    ...asean,
    retentionDays: { ...asean.retentionDays, incident: 100, draft: 10, comment: 50 },
    members: asean.members.map((member) => {
      const theirs = own[member.code];
      return theirs ? { ...member, retentionDays: theirs } : member;
    }),
  };
}

describe('what is kept for a time', () => {
  let database: TestDatabase;
  let node: TestApp;
  let cast: Cast;
  let client: pg.Client;
  let beginning: number;
  let retention: ApplyRetention;
  const ids: Record<string, string> = {};

  const as = (who: string): Caller => new Api(node.url).as(cast[who]!);
  const onDay = (day: number): void => node.clock.set(new Date(beginning + day * DAY_MS));
  const titleOf = async (who: string, id: string): Promise<string> =>
    String((await as(who).get(`incidents/${id}`).expect(200)).body.title);
  const basesOf = async (who: string, id: string): Promise<string[]> =>
    ((await as(who).get(`incidents/${id}/erasures`).expect(200)).body.items as { basis: string }[]).map(
      ({ basis }) => basis,
    );
  const bodiesOf = async (who: string, id: string): Promise<(string | null)[]> =>
    ((await as(who).get(`incidents/${id}/comments`).expect(200)).body.items as { body: string | null }[]).map(
      ({ body }) => body,
    );

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database, { region: region() });
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    beginning = node.clock.now().getTime();
    retention = node.app.get(ApplyRetention);

    const said = {
      title: `Fraud upon ${NAME}`,
      description: `It was ${NAME}.`,
      fraud: { modus: `A call to ${NAME}`, instruments: [{ type: 'e-wallet', value: NAME }] },
      observables: [{ type: 'filename', value: `${NAME}.pdf`, comment: `Sent to ${NAME}.` }],
    };
    ids.old = (await submitted(as('vn.analyst'), { ...said, externalReferences: [{ source: 'ticket', id: NAME }] })).id;
    await as('vn.analyst')
      .post(`incidents/${ids.old}/triage`, { note: `Called ${NAME}` })
      .expect(200);
    await as('vn.analyst')
      .post(`incidents/${ids.old}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]))
      .expect(200);
    await as('th.analyst').post(`incidents/${ids.old}/comments`, { body: 'Of Thailand.' }).expect(201);
    await as('vn.analyst')
      .post(`incidents/${ids.old}/comments`, { body: `${NAME} called back.` })
      .expect(201);
    const [observable] = (await as('th.analyst').get(`incidents/${ids.old}/observables`)).body.items as {
      id: string;
    }[];
    await as('th.analyst')
      .post(`incidents/${ids.old}/sightings`, {
        observable: observable!.id,
        kind: 'seen',
        at: '2026-11-20T04:00:00Z',
        note: `At ${NAME}’s`,
      })
      .expect(201);
    ids.anonymous = (await submitted(as('vn.analyst'), { ...said, authorship: 'anonymous' })).id;
    ids.bank = (await submitted(as('bank.analyst'), said)).id;
    const bulk = await as('vn.analyst')
      .request('post', 'incidents/bulk?format=ronda')
      .set('content-type', 'application/x-ndjson')
      .send(linesOf(filing({ ...said, externalReferences: [{ source: 'bulk', id: 'B-1' }] })))
      .buffer(true);
    ids.bulk = (JSON.parse(bulk.text) as { id: string }).id;
    await as('vn.analyst')
      .post(`incidents/${ids.old}/related`, { incident: ids.bank, kind: 'related', note: `${NAME} again` })
      .expect(201);
    ids.kept = (await submitted(as('sg.analyst'), { title: 'Of Singapore' })).id;
    ids.draftTh = (await as('th.analyst').post('incidents', filing({ title: 'A draft of Thailand' }))).body
      .id as string;
    ids.draftVn = (await as('vn.analyst').post('incidents', filing({ title: 'A draft of Viet Nam' }))).body
      .id as string;
    ids.draftSg = (await as('sg.analyst').post('incidents', filing({ title: 'A draft of Singapore' }))).body
      .id as string;
    ids.edited = (await as('vn.analyst').post('incidents', filing({ title: 'Edited later' }))).body.id as string;
  });
  afterAll(async () => {
    await client.end();
    await node.close();
  });

  it('is left until its last day is over', async () => {
    onDay(3 - 1 / 86_400);
    expect(await retention.survey()).toEqual([]);
    expect(await retention.run()).toEqual(NOTHING);
    expect(await titleOf('th.analyst', ids.draftTh!)).toBe('A draft of Thailand');
  });

  it('is asked about without being touched', async () => {
    onDay(3);
    const due = [{ kind: 'draft', country: 'TH', days: 3, count: 1, oldest: new Date(beginning) }];
    expect(await retention.survey()).toEqual(due);
    expect(await retention.survey()).toEqual(due);
    expect(await titleOf('th.analyst', ids.draftTh!)).toBe('A draft of Thailand');
  });

  it('goes by the rule of its member state', async () => {
    expect(await retention.run()).toEqual({ ...NOTHING, draft: 1 });
    expect(await titleOf('th.analyst', ids.draftTh!)).toBe('[erased]');
    expect(await titleOf('vn.analyst', ids.draftVn!)).toBe('A draft of Viet Nam');
    const { body } = await as('th.analyst').get(`incidents/${ids.draftTh}/erasures`).expect(200);
    expect(body.items).toEqual([
      {
        id: expect.any(String),
        basis: 'retention',
        reason: 'Kept for 3 days after its last change, as the rule for drafts says.',
        erasedAt: node.clock.now().toISOString(),
      },
    ]);
    expect(await retention.run()).toEqual(NOTHING);
  });

  it('counts from its last change', async () => {
    onDay(5);
    await as('vn.analyst').patch(`incidents/${ids.edited}`, { description: 'More.' });
    onDay(10);
    // Viet Nam's draft, and the one that came in bulk.
    expect(await retention.run()).toEqual({ ...NOTHING, draft: 2 });
    expect(await titleOf('vn.analyst', ids.edited!)).toBe('Edited later');
    onDay(15);
    expect(await retention.run()).toEqual({ ...NOTHING, draft: 1 });
    expect(await titleOf('vn.analyst', ids.edited!)).toBe('[erased]');
    expect(await titleOf('sg.analyst', ids.draftSg!)).toBe('A draft of Singapore');
  });

  it('leaves what was changed since it was found due', async () => {
    await as('vn.analyst').patch(`incidents/${ids.edited}`, { title: 'Written anew' });
    const service = new pg.Client({ connectionString: database.serviceUrl });
    await service.connect();
    try {
      const { rows } = await client.query<{ key: string }>('select key from ronda.incident where id = $1', [
        ids.edited,
      ]);
      const chosen = [{ kind: 'draft', record_key: Number(rows[0]!.key), days: 10, erasure: ids.edited, reason: 'x' }];
      await service.query('begin');
      await service.query(`select ronda.enter('', '', 0, $1)`, [node.clock.now()]);
      const { rowCount } = await service.query('select from ronda.retention_erase($1, $2)', [
        node.clock.now(),
        JSON.stringify(chosen),
      ]);
      await service.query('commit');
      expect(rowCount).toBe(0);
    } finally {
      await service.end();
    }
    expect(await titleOf('vn.analyst', ids.edited!)).toBe('Written anew');
    onDay(25);
    // Erased once, it was written anew, and its time began anew.
    expect(await retention.run()).toEqual({ ...NOTHING, draft: 1 });
    expect(await basesOf('vn.analyst', ids.edited!)).toEqual(['retention', 'retention']);
  });

  it('takes a comment by the rule of who wrote it', async () => {
    onDay(50);
    expect(await retention.survey()).toMatchObject([{ kind: 'comment', country: 'VN', count: 1 }]);
    expect(await retention.run()).toEqual({ ...NOTHING, comment: 1 });
    expect((await bodiesOf('vn.analyst', ids.old!)).sort()).toEqual(['Of Thailand.', null]);
    await node.app.get(ReindexSearch, { strict: false }).run();
    expect((await as('vn.analyst').get('search?q="called back"').expect(200)).body.items).toEqual([]);
    expect((await as('vn.analyst').get('search?q="of Thailand"').expect(200)).body.items).toHaveLength(1);
  });

  it('leaves no word of a record in any table or answer, and the record itself', async () => {
    expect((await tablesWith(client, NAME)).length).toBeGreaterThan(0);
    const { body: before, headers } = await as('th.analyst').get(`incidents/${ids.old}`).expect(200);
    onDay(100);
    // The released one, the anonymous one, and the bank's in its CERT's queue.
    expect(await retention.run()).toEqual({ ...NOTHING, incident: 3 });
    expect(await tablesWith(client, NAME)).toEqual([]);
    expect(await tablesWith(client, 'quokka')).toEqual([]);
    const after = await as('th.analyst').get(`incidents/${ids.old}`).expect(200);
    expect(after.body).toMatchObject({
      id: ids.old,
      title: '[erased]',
      description: null,
      fraud: null,
      rsit: null,
      sector: null,
      countries: [],
      severity: null,
      techniques: [],
      tags: [],
      externalReferences: [],
      detectedAt: null,
      status: before.status,
      marking: before.marking,
      organisation: before.organisation,
      updatedAt: before.updatedAt,
    });
    expect(after.headers.etag).not.toBe(headers.etag);
    for (const who of ['vn.analyst', 'th.analyst'])
      for (const path of ['', '/revisions', '/comments', '/related', '/erasures'])
        expect((await as(who).get(`incidents/${ids.old}${path}`).expect(200)).text).not.toContain('Quokka');
    await node.app.get(ReindexSearch, { strict: false }).run();
    expect((await as('vn.analyst').get('search?q=quokka').expect(200)).body.items).toEqual([]);
    for (const id of [ids.anonymous!, ids.bank!]) expect(await titleOf('vn.analyst', id)).toBe('[erased]');
    expect(await titleOf('sg.analyst', ids.kept!)).toBe('Of Singapore');
  });

  it('says so to the owner’s side and nobody else, and in the outbox', async () => {
    expect(await basesOf('vn.analyst', ids.old!)).toEqual(['retention']);
    expect(await basesOf('th.analyst', ids.old!)).toEqual([]);
    const { rows } = await client.query(
      `select type, payload ->> 'incidentId' as id, actor_key from ronda.outbox where type in ('incident.erased', 'comment.erased')
        and payload ->> 'incidentId' = $1 order by key`,
      [ids.old],
    );
    expect(rows).toEqual([
      { type: 'comment.erased', id: ids.old, actor_key: null },
      { type: 'incident.erased', id: ids.old, actor_key: null },
    ]);
  });

  it('is not filed anew by the stream that it came in', async () => {
    const again = await as('vn.analyst')
      .request('post', 'incidents/bulk?format=ronda')
      .set('content-type', 'application/x-ndjson')
      .send(linesOf(filing({ title: 'Once more', externalReferences: [{ source: 'bulk', id: 'B-1' }] })))
      .buffer(true);
    expect(JSON.parse(again.text)).toMatchObject({ status: 'refused', id: ids.bulk });
  });

  it('is the worker’s to end, and nobody’s who signs in', async () => {
    const service = new pg.Client({ connectionString: database.serviceUrl });
    await service.connect();
    try {
      for (const call of [
        `select from ronda.retention_due('[]', '2027-01-01', 1)`,
        `select from ronda.retention_erase('2027-01-01', '[]')`,
      ]) {
        await service.query('begin');
        await service.query(`select ronda.enter('', $1, 0, '2026-11-20')`, [String(cast['vn.coordinator']!.key)]);
        await expect(service.query(call)).rejects.toThrow(/the worker alone ends what is kept/);
        await service.query('rollback');
      }
    } finally {
      await service.end();
    }
  });
});
