import pg from 'pg';
import { openCheckpoint } from '../../src/modules/ledger/merkle/checkpoint.js';
import { isSignedBy } from '../../src/modules/ledger/merkle/ed25519.js';
import { entryLeaf } from '../../src/modules/ledger/merkle/leaf.js';
import { parseVerifierKey } from '../../src/modules/ledger/merkle/note.js';
import { verifyConsistency, verifyInclusion } from '../../src/modules/ledger/merkle/proofs.js';
import { statement } from '../../src/platform/database/statement.js';
import { LIVE, UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import { sendBulk } from '../support/bulk.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { integrate } from '../support/ledger.js';
import type { TestApp } from '../support/test-app.js';
import { startTestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

interface Shown {
  type: string;
  position: number;
  leafHash: string;
  salt: string;
  entry: string;
}

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

describe('the ledger', () => {
  let node: TestApp;
  let cast: Cast;
  let superuser: pg.Client;
  let analyst: Caller;
  let as: (player: string) => Caller;

  beforeEach(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    const api = new Api(node.url);
    as = (player) => api.as(cast[player]!);
    analyst = as('vn.analyst');
  });
  afterEach(async () => {
    await superuser.end();
    await node.close();
  });

  const checkpoint = async (caller = analyst): Promise<ReturnType<typeof openCheckpoint>> => {
    const { text, headers } = await caller.get('ledger/checkpoint').expect(200);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    const { items } = (await caller.get('ledger/keys').expect(200)).body as { items: { verifierKey: string }[] };
    return openCheckpoint(
      text,
      'test/ledger/0',
      items.map(({ verifierKey }) => parseVerifierKey(verifierKey)),
    );
  };
  const entriesOf = async (caller: Caller, subject: string): Promise<Shown[]> =>
    (await caller.get(`ledger/entries?subject=${subject}`).expect(200)).body.items as Shown[];

  it('has no checkpoint before it begins, and says no more than that', async () => {
    for (const path of ['checkpoint', 'proofs/inclusion?position=0', 'proofs/consistency?from=1', 'leaves'])
      expect((await analyst.get(`ledger/${path}`).expect(404)).body.type).toBe('urn:ronda:problem:not-found');
    expect((await analyst.get('ledger/keys').expect(200)).body).toEqual({ items: [] });
  });

  it('shows whoever acted, and the owner’s side, what it says, and proves that it is in it', async () => {
    const { id } = await submitted(analyst);
    await analyst.post(`incidents/${id}/triage`).expect(200);
    await analyst
      .post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]))
      .expect(200);
    const reader = as('th.analyst');
    await reader.post(`incidents/${id}/comments`, { body: 'Seen here.' }).expect(201);
    expect(await entriesOf(analyst, id)).toEqual([]);
    await integrate(node);

    const all = await entriesOf(analyst, id);
    const { root, size } = await checkpoint();
    expect(size).toBe(16);
    expect(all.map(({ type }) => type).sort()).toEqual([
      'incident.filed',
      'incident.submitted',
      'incident.triaged',
      'release.made',
    ]);
    for (const { position, salt, entry, leafHash } of all) {
      expect(entryLeaf(bytes(salt), entry).toString('base64')).toBe(leafHash);
      expect(entry).not.toContain('phishing');
      const { body } = await reader.get(`ledger/proofs/inclusion?position=${position}&size=${size}`).expect(200);
      expect(body).toMatchObject({ position, size, leafHash });
      const proof = { index: position, size, path: (body.proof as string[]).map(bytes) };
      verifyInclusion(bytes(leafHash), proof, root);
    }
    // A colleague reads what its side did; whoever it was released to, what itself did, and nobody else anything.
    const seen = async (player: string): Promise<string[]> => (await entriesOf(as(player), id)).map(({ type }) => type);
    expect(await seen('vn.coordinator')).toEqual(expect.arrayContaining(['incident.filed', 'incident.triaged']));
    expect(await seen('th.analyst')).toEqual(['comment.written']);
    expect(await seen('th.coordinator')).toEqual([]);
    expect(await seen('sg.analyst')).toEqual([]);
  });

  it('has a leaf for each receipt, recall and answer to it: the owner reads acts, and nobody who or when by the minute', async () => {
    const { id } = await submitted(analyst, { marking: { tlp: 'TLP:AMBER+STRICT' } });
    await analyst
      .post(`incidents/${id}/release`, release('TLP:AMBER+STRICT', [{ organisation: cast.stages.th!.id }]))
      .expect(200);
    const reader = as('th.analyst');
    await reader.get(`incidents/${id}`).expect(200);
    await reader.post(`incidents/${id}/receipts`, { kind: 'acted-on' }).expect(200);
    await analyst.post(`incidents/${id}/recall`, { reason: 'error' }).expect(200);
    await reader.post(`tombstones/${id}/confirmation`, { confirmation: 'kept', keptBecause: 'legal-hold' }).expect(200);
    await integrate(node);

    const { rows } = await superuser.query<{ entry: string; position: string; reader_keys: number[] }>(
      `select entry, position, reader_keys from ronda.ledger_leaf where entry ~ '"type":"(receipt|recall|release.asked-back)'`,
    );
    const told = rows.map(({ entry }) => JSON.parse(entry) as { type: string; actor: string | null });
    expect(told.map(({ type }) => type).sort()).toEqual([
      'recall.answered',
      'receipt.acted-on',
      'receipt.delivered',
      'receipt.opened',
      'release.asked-back',
    ]);
    // Whoever did it for its organisation is not named, neither to the owner nor to anybody.
    const ofRecipient = told.filter(({ type }) => type !== 'release.asked-back');
    expect(ofRecipient.map(({ actor }) => actor)).toEqual([null, null, null, null]);
    const { root, size } = await checkpoint();
    for (const { position } of rows) {
      const { body } = await reader.get(`ledger/proofs/inclusion?position=${position}&size=${size}`).expect(200);
      const proof = { index: Number(position), size, path: (body.proof as string[]).map(bytes) };
      verifyInclusion(bytes(String(body.leafHash)), proof, root);
    }
    const seen = async (player: string): Promise<string[]> =>
      (await entriesOf(as(player), id))
        .map(({ type }) => type)
        .filter((type) => /^rec|asked/.test(type))
        .sort();
    expect(await seen('vn.coordinator')).toEqual(['recall.answered', 'receipt.acted-on', 'release.asked-back']);
    for (const player of ['th.analyst', 'th.coordinator', 'sg.analyst']) expect(await seen(player)).toEqual([]);
  });

  it('tells the owner of no recipient that it does not see: not even that there was one', async () => {
    const { id } = await submitted(analyst, { marking: { tlp: 'TLP:GREEN' } });
    await as('vn.coordinator')
      .post(`incidents/${id}/release`, release('TLP:GREEN', ['community']))
      .expect(202);
    await as('vn.second').post(`incidents/${id}/release/confirm`).expect(200);
    // Malaysia passes GREEN on to a body of its own, which nobody else's directory shows.
    await as('telco.analyst').post(`incidents/${id}/receipts`, { kind: 'acted-on' }).expect(200);
    await as('vn.coordinator').post(`incidents/${id}/release`, release('TLP:GREEN', [])).expect(200);
    expect((await as('telco.analyst').get('tombstones').expect(200)).body.items).toMatchObject([{ id }]);
    expect((await analyst.get(`incidents/${id}/receipts`).expect(200)).body).toMatchObject({ items: [], recalls: [] });
    await integrate(node);
    const types = (await entriesOf(analyst, id)).map(({ type }) => type);
    expect(types).not.toContain('release.asked-back');
  });

  it('keeps what is RED from colleagues, also when it is no more', async () => {
    const { id } = await submitted(analyst, { marking: { tlp: 'TLP:RED' } });
    await integrate(node);
    expect((await entriesOf(analyst, id)).length).toBe(2);
    expect(await entriesOf(as('vn.coordinator'), id)).toEqual([]);
    await analyst.patch(`incidents/${id}`, { marking: { tlp: 'TLP:AMBER' } });
    await integrate(node);
    expect((await entriesOf(as('vn.coordinator'), id)).map(({ type }) => type)).toEqual(['incident.edited']);
  });

  it('grows by fixed steps at a fixed cadence, whatever happens', async () => {
    const sizes: number[] = [];
    for (const filings of [0, 0, 1, 9]) {
      for (let n = 0; n < filings; n += 1) await analyst.post('incidents', filing()).expect(201);
      await integrate(node);
      // Within one field of the grid there is one batch.
      await integrate({ ...node, clock: { advance: () => undefined } as unknown as TestApp['clock'] });
      sizes.push((await checkpoint()).size);
    }
    expect(sizes).toEqual([16, 32, 48, 64]);
    const { body } = await as('la.analyst').get('ledger/leaves?from=10&limit=100').expect(200);
    expect(body).toMatchObject({ from: 10, size: 64 });
    expect(new Set(body.leafHashes as string[]).size).toBe(54);
  });

  it('proves that every checkpoint goes on from every one before', async () => {
    const seen: { size: number; root: Buffer }[] = [];
    for (let n = 0; n < 4; n += 1) {
      await analyst.post('incidents', filing()).expect(201);
      await integrate(node);
      seen.push(await checkpoint());
    }
    for (const older of seen)
      for (const newer of seen.filter(({ size }) => size >= older.size)) {
        const { body } = await analyst.get(`ledger/proofs/consistency?from=${older.size}&to=${newer.size}`).expect(200);
        const path = (body.proof as string[]).map(bytes);
        verifyConsistency({ from: older.size, to: newer.size, path }, older.root, newer.root);
      }
  });

  it('says what is wrong with what is asked', async () => {
    await integrate(node);
    const faults = async (path: string): Promise<string[]> =>
      ((await analyst.get(`ledger/${path}`).expect(400)).body.errors as { pointer: string }[]).map(
        ({ pointer }) => pointer,
      );
    expect(await faults('proofs/inclusion?position=16&size=17')).toEqual(['/size']);
    expect(await faults('proofs/inclusion?position=99')).toEqual(['/position']);
    expect(await faults('proofs/inclusion?position=-1&size=x')).toEqual(expect.arrayContaining(['/position', '/size']));
    expect(await faults('proofs/consistency?from=9&to=8')).toEqual(['/from']);
    expect(await faults('proofs/consistency?from=0')).toEqual(['/from']);
    expect(await faults('proofs/consistency')).toEqual(expect.arrayContaining(['/from']));
    expect(await faults('leaves?from=17')).toEqual(['/from']);
    expect(await faults('entries')).toEqual(['/subject']);
    expect(await faults('entries?subject=17&cursor=x')).toEqual(['/subject']);
  });

  it('is read by nobody who is nobody', async () => {
    await integrate(node);
    for (const path of ['checkpoint', 'keys', 'leaves', 'proofs/inclusion?position=0'])
      await new Api(node.url).as(null).get(`ledger/${path}`).expect(401);
  });

  it('has a leaf for each of many at once, for failures to sign in, and for accounts', async () => {
    const lines = Array.from({ length: 40 }, (_, n) => filing({ title: `Line ${n}`, externalReferences: [] }));
    expect(
      (await sendBulk(node.url, cast['vn.analyst']!, lines)).results.filter(({ status }) => status === 'filed'),
    ).toHaveLength(40);
    await new Api(node.url)
      .as(null)
      .post('auth/login', { email: 'nobody@nowhere.example', password: 'a guess' })
      .expect(401);
    await integrate(node);
    expect((await checkpoint()).size).toBe(128);
    const { rows } = await superuser.query<{ type: string; count: number }>(
      `select entry::jsonb ->> 'type' as type, count(*)::int from ronda.ledger_leaf group by 1 order by 1`,
    );
    expect(rows).toEqual([
      { type: 'incident.filed', count: 40 },
      { type: 'ledger.began', count: 1 },
      { type: 'sign-in.failed', count: 1 },
    ]);
    expect((await superuser.query('select from ronda.outbox')).rowCount).toBe(0);
  });

  it('is kept by the worker alone, who is nobody', async () => {
    const work = node.app.get(UnitOfWork);
    const somebody = { actingUserKey: cast['vn.coordinator']!.key };
    await analyst.post('incidents', filing()).expect(201);
    for (const call of [
      'ledger_spaces()',
      'ledger_state(1)',
      'ledger_take(1)',
      `ledger_edge('[]')`,
      `ledger_erasable('{}')`,
    ])
      await expect(
        work.run(somebody, LIVE, 'write', () => work.query(statement(`test ${call}`, `select ronda.${call}`))),
      ).rejects.toThrow('the worker alone keeps the ledger');
    for (const text of [
      'select padding_seed from ronda.ledger_batch',
      'delete from ronda.ledger_leaf',
      'select from ronda.outbox',
    ])
      await expect(
        work.run(somebody, LIVE, 'write', () => work.query(statement(`test ${text}`, text))),
      ).rejects.toThrow('permission denied');
  });

  it('signs each leaf at its place', async () => {
    await integrate(node);
    const { rows } = await superuser.query<{ signatures: Buffer; hashes: Buffer; key: Buffer }>(
      `select b.signatures, t.hashes, k.public_key as key from ronda.ledger_batch b
         join ronda.ledger_tile t using (space) join ronda.ledger_key k using (space)`,
    );
    const { signatures, hashes, key } = rows[0]!;
    const statement = `ronda ledger leaf\ntest/ledger/0\n3\n${hashes.subarray(96, 128).toString('base64')}\n`;
    expect(isSignedBy(key, Buffer.from(statement), signatures.subarray(192, 256))).toBe(true);
  });
});
