import { randomInt, randomUUID } from 'node:crypto';
import pg from 'pg';
import { LedgerKeys, orderErasure, verifyLedger } from '../../src/modules/ledger/index.js';
import { leafStatement } from '../../src/modules/ledger/ledger.rules.js';
import { formatCheckpoint } from '../../src/modules/ledger/merkle/checkpoint.js';
import { signingKeyOf, signWith } from '../../src/modules/ledger/merkle/ed25519.js';
import { entryLeaf, paddingLeaf } from '../../src/modules/ledger/merkle/leaf.js';
import { formatNote, signNote } from '../../src/modules/ledger/merkle/note.js';
import { TiledTree } from '../../src/modules/ledger/merkle/tiles.js';
import { LIVE, UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Keyring } from '../../src/platform/secrets/keyring.js';
import { Api } from '../support/api.js';
import { sendBulk } from '../support/bulk.js';
import { assembleCast } from '../support/cast.js';
import { filing, submitted } from '../support/filings.js';
import { integrate } from '../support/ledger.js';
import type { TestApp } from '../support/test-app.js';
import { startTestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const TAMPERINGS = 200;
const ERASURES = 50;
const ORIGIN = 'test/ledger/0';
const rogue = signingKeyOf(Buffer.alloc(32, 9));

interface Leaf {
  position: number;
  salt: Buffer;
  entry: string;
}
interface Batch {
  number: number;
  from: number;
  size: number;
  seed: Buffer;
}

describe('the ledger, in the hands of somebody who owns the database', () => {
  let node: TestApp;
  let client: pg.Client;
  /** Saved outside, before other things happened. */
  let saved: string;
  let leaves: Leaf[];
  let batches: Batch[];
  let covered: number;
  const subjects: string[] = [];

  beforeAll(async () => {
    const database = await createTestDatabase();
    const cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    const analyst = new Api(node.url).as(cast['vn.analyst']!);
    const bulk = (lines: number) =>
      sendBulk(
        node.url,
        cast['vn.analyst']!,
        Array.from({ length: lines }, () => filing({ externalReferences: [] })),
      );
    for (let n = 0; n < 4; n += 1) {
      subjects.push((await submitted(analyst, { externalReferences: [] })).id);
      await integrate(node);
    }
    for (const { id } of (await bulk(60)).results) subjects.push(id!);
    await integrate(node);
    await bulk(150);
    await integrate(node);
    saved = (await analyst.get('ledger/checkpoint').expect(200)).text;
    covered = Number(saved.split('\n')[1]);
    await bulk(3);
    await integrate(node);
    const all = await client.query<Leaf>(
      'select position::int, salt, entry from ronda.ledger_leaf where position < $1 order by 1',
      [covered],
    );
    leaves = all.rows;
    batches = (
      await client.query<Batch>(
        `select number, from_position::int as from, size::int, padding_seed as seed from ronda.ledger_batch where size <= $1 order by 1`,
        [covered],
      )
    ).rows;
  });
  afterAll(async () => {
    await client.end();
    await node.close();
  });

  const own = (origin: string) => new LedgerKeys(new Keyring([Buffer.alloc(32, 7)])).publicKeys(origin);
  const verify = (hasKeys = false) => verifyLedger({ client, since: saved, ...(hasKeys && { trusted: own }) });
  const one = <T>(of: readonly T[]): T => of[randomInt(of.length)]!;
  const batchOf = (position: number): Batch => batches.find(({ from, size }) => position >= from && position < size)!;
  const sets = (column: string) => (position: number, value: unknown) =>
    client.query(`update ronda.ledger_leaf set ${column} = $2 where position = $1`, [position, value]);
  const lies = (entry: string): string => entry.replace(/"type":"[^"]*"/, '"type":"nothing.happened"');

  const hashes = async (): Promise<Buffer[]> => {
    const { rows } = await client.query<{ hashes: Buffer }>(
      'select hashes from ronda.ledger_tile where level = 0 order by index',
    );
    const all = Buffer.concat(rows.map((row) => row.hashes));
    return Array.from({ length: all.length / 32 }, (_, at) => all.subarray(at * 32, at * 32 + 32));
  };
  /** Every hash above the leaves made anew, as if it had always been so. */
  const rebuild = async (all: readonly Buffer[]): Promise<TiledTree> => {
    const tree = new TiledTree(0, []);
    for (const hash of all) tree.append(hash);
    await client.query('delete from ronda.ledger_tile');
    for (const { level, index, hashes: bytes } of tree.written)
      await client.query('insert into ronda.ledger_tile (space, level, index, hashes) values (0, $1, $2, $3)', [
        level,
        index,
        bytes,
      ]);
    return tree;
  };
  const replace = async (position: number, hash: Buffer): Promise<Buffer[]> => {
    const all = (await hashes()).with(position, hash);
    await rebuild(all);
    return all;
  };
  const rewrite = async ({ position, salt, entry }: Leaf): Promise<Buffer[]> => {
    const hash = entryLeaf(salt, lies(entry));
    await sets('entry')(position, lies(entry));
    await sets('leaf_hash')(position, hash);
    return replace(position, hash);
  };
  /** All checkpoints from a batch on, and the signature of one leaf, by a key that is not the ledger's. */
  const resign = async (position: number | null, all: readonly Buffer[]): Promise<void> => {
    const { rows } = await client.query<{ number: number; from: number; size: number }>(
      'select number, from_position::int as from, size::int from ronda.ledger_batch where size > $1 order by 1',
      [position ?? -1],
    );
    for (const { number, from, size } of rows) {
      const tree = new TiledTree(0, []);
      for (const hash of all.slice(0, size)) tree.append(hash);
      const text = formatCheckpoint({ origin: ORIGIN, size, root: tree.root });
      const note = formatNote({ text, signatures: [signNote(text, ORIGIN, rogue)] });
      await client.query('update ronda.ledger_batch set checkpoint = $2 where number = $1', [number, note]);
      if (position === null || position < from) continue;
      await client.query(
        'update ronda.ledger_batch set signatures = overlay(signatures placing $2 from $3) where number = $1',
        [number, signWith(rogue, leafStatement(ORIGIN, position, all[position]!)), (position - from) * 64 + 1],
      );
    }
  };

  /** What is done, to what, and which leaf is then the first bad one. */
  const TAMPER: Record<string, () => Promise<number>> = {
    'changes what a leaf says': async () => {
      const { position, entry } = one(leaves);
      await sets('entry')(position, lies(entry));
      return position;
    },
    'changes a salt': async () => {
      const { position } = one(leaves);
      await sets('salt')(position, Buffer.alloc(32, 1));
      return position;
    },
    'changes a leaf, and the whole tree with it': async () => {
      const leaf = one(leaves);
      await rewrite(leaf);
      return leaf.position;
    },
    'changes a leaf and the tree, and signs it with another key': async () => {
      const leaf = one(leaves);
      await resign(leaf.position, await rewrite(leaf));
      return leaf.position;
    },
    'exchanges the key and signs everything anew': async () => {
      await client.query('update ronda.ledger_key set public_key = $1', [rogue.publicKey]);
      await resign(null, await hashes());
      return leaves.find(({ entry }) => entry.includes('"ledger.began"'))!.position;
    },
    'exchanges the key, changes a leaf and signs everything anew, where the node has its key': async () => {
      await client.query('update ronda.ledger_key set public_key = $1', [rogue.publicKey]);
      const leaf = one(leaves);
      await resign(leaf.position, await rewrite(leaf));
      return leaf.position;
    },
    'deletes what a leaf says': async () => {
      const { position } = one(leaves);
      await client.query('delete from ronda.ledger_leaf where position = $1', [position]);
      return position;
    },
    'deletes a leaf and puts one there that says nothing': async () => {
      const { position } = one(leaves);
      await client.query('delete from ronda.ledger_leaf where position = $1', [position]);
      await replace(position, paddingLeaf(batchOf(position).seed, position));
      return position;
    },
    'puts an entry where there was none': async () => {
      const taken = new Set(leaves.map(({ position }) => position));
      const free = Array.from({ length: covered }, (_, at) => at).filter((at) => !taken.has(at));
      const position = one(free);
      const { salt, entry } = one(leaves);
      const hash = entryLeaf(salt, entry);
      await client.query(
        `insert into ronda.ledger_leaf (space, position, event_id, leaf_hash, salt, entry, occurred_at, reader_keys)
         values (0, $1, gen_random_uuid(), $2, $3, $4, now(), '{}')`,
        [position, hash, salt, entry],
      );
      if (randomInt(2) === 1) await replace(position, hash);
      return position;
    },
    'exchanges two leaves': async () => {
      const [a, b] = [one(leaves), one(leaves)];
      if (a.position === b.position) return TAMPER['changes a salt']!();
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        await sets('salt')(to.position, from.salt);
        await sets('entry')(to.position, from.entry);
        await sets('leaf_hash')(to.position, entryLeaf(from.salt, from.entry));
      }
      if (randomInt(2) === 1) {
        const all = await hashes();
        await rebuild(all.with(a.position, all[b.position]!).with(b.position, all[a.position]!));
      }
      return Math.min(a.position, b.position);
    },
    'cuts off the newest': async () => {
      const { from } = one(batches);
      await client.query('delete from ronda.ledger_batch where from_position >= $1', [from]);
      await client.query('delete from ronda.ledger_leaf where position >= $1', [from]);
      await rebuild((await hashes()).slice(0, from));
      return from;
    },
    'drops a batch out of the middle': async () => {
      const { number, from } = one(batches);
      await client.query('delete from ronda.ledger_batch where number = $1', [number]);
      return from;
    },
    'drops a tile': async () => {
      const { rows } = await client.query<{ index: number }>(
        'select index::int from ronda.ledger_tile where level = 0 and index * 256 < $1',
        [covered],
      );
      const { index } = one(rows);
      await client.query('delete from ronda.ledger_tile where level = 0 and index = $1', [index]);
      return index * 256;
    },
    'changes a hash in the tree': async () => {
      const position = randomInt(covered);
      const all = await hashes();
      await rebuild(all.with(position, Buffer.alloc(32, 5)));
      return position;
    },
    'keeps an entry under another time, or another id': async () => {
      const { position } = one(leaves);
      await (randomInt(2) === 1
        ? client.query(
            "update ronda.ledger_leaf set occurred_at = occurred_at - interval '1 day' where position = $1",
            [position],
          )
        : sets('event_id')(position, randomUUID()));
      return position;
    },
    'erases without saying so': async () => {
      const { position } = one(leaves);
      await client.query(
        `update ronda.ledger_leaf set salt = null, entry = null, subject = null, reader_keys = '{}', erased_by = $2 where position = $1`,
        [position, one(leaves).position],
      );
      return position;
    },
  };
  const kinds = Object.keys(TAMPER);

  it('is sound before', async () => {
    expect(await verify()).toMatchObject({ isSound: true, since: covered, size: covered + 16 });
    expect(covered).toBeGreaterThan(1000);
  });

  it(`tells of ${TAMPERINGS} tamperings, and each time which leaf is the first bad one`, async () => {
    for (let n = 0; n < TAMPERINGS; n += 1) {
      const kind = kinds[n % kinds.length]!;
      await client.query('begin');
      try {
        const position = await TAMPER[kind]!();
        const verdict = await verify(kind.endsWith('has its key') || n % 2 === 1);
        expect({ kind, ...verdict }).toMatchObject({ kind, isSound: false, position });
      } finally {
        await client.query('rollback');
      }
    }
    expect(await verify()).toMatchObject({ isSound: true });
  });

  it('tells of a checkpoint of another ledger, and of one that it never had', async () => {
    expect(await verifyLedger({ client, since: saved.replaceAll('test/', 'other/') })).toMatchObject({
      isSound: false,
    });
    const forked = saved.replace(/^(.*\n.*\n).*\n/, `$1${Buffer.alloc(32, 4).toString('base64')}\n`);
    expect(await verifyLedger({ client, since: forked })).toMatchObject({ isSound: false, position: 0 });
    await expect(verifyLedger({ client, since: 'so say we all' })).rejects.toThrow('A signed note is');
  });

  it(`stays sound through ${ERASURES} lawful erasures, which leave nothing but hashes`, async () => {
    const work = node.app.get(UnitOfWork);
    const erased = subjects.slice(0, ERASURES);
    for (const [n, subjectId] of erased.entries()) {
      await work.run('nobody', LIVE, 'write', () =>
        Promise.resolve(orderErasure(work, { subjectId, erasureId: subjectId }, null)),
      );
      if (n % 10 === 9) await integrate(node);
    }
    const left = async (): Promise<number> =>
      (
        await client.query('select from ronda.ledger_leaf where entry ~ any ($1)', [
          erased.map((id) => `"incidentId":"${id}"`),
        ])
      ).rowCount ?? 0;
    expect(await left()).toBe(0);
    const verdict = await verify();
    expect(verdict).toMatchObject({ isSound: true, since: covered });
    // Four were filed and submitted, the others filed.
    expect(verdict).toMatchObject({ erased: ERASURES + 4 });
  });
});
