import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { AppModule } from '../../src/app.module.js';
import { LedgerKeys, SequenceLedger, verifyLedger } from '../../src/modules/ledger/index.js';
import { formatNote, parseNote, signNote } from '../../src/modules/ledger/merkle/note.js';
import { loadRegion } from '../../src/platform/config/region-file.js';
import { Keyring, keyIdOf } from '../../src/platform/secrets/keyring.js';
import { FixedClock } from '../support/fixed-clock.js';
import type { TestDatabase } from '../support/test-database.js';
import { createTestDatabase } from '../support/test-database.js';

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const ORIGIN = 'test/ledger/0';

describe('the key of the ledger', () => {
  let database: TestDatabase;
  let client: pg.Client;
  const clock = new FixedClock();

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
  });
  afterAll(() => client.end());

  /** A batch by a node that has these keys, of which the first seals. */
  const batchBy = async (keys: Buffer[], sealing: Buffer): Promise<void> => {
    const module = AppModule.forRoot({
      database: { url: database.serviceUrl, poolSize: 2 },
      http: { rateLimitPerMinute: 1, loginLimitPerMinute: 1 },
      region: loadRegion(),
      originNode: 'test',
      keyring: new Keyring(keys, { sealingId: keyIdOf(sealing) }),
      clock,
    });
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    try {
      clock.advance(10_000);
      await app.get(SequenceLedger).run();
    } finally {
      await app.close();
    }
  };
  const signers = async (): Promise<number[]> => {
    const { rows } = await client.query<{ key_number: number }>(
      'select key_number from ronda.ledger_batch order by number',
    );
    return rows.map(({ key_number }) => key_number);
  };

  it('is followed by another, which it announces; a node that was not started again goes on with that', async () => {
    await batchBy([OLD], OLD);
    const { rows } = await client.query<{ note: string }>('select checkpoint as note from ronda.ledger_batch');
    await batchBy([NEW, OLD], OLD);
    // What announces the new key is signed by the old one.
    await batchBy([NEW, OLD], NEW);
    await batchBy([NEW, OLD], NEW);
    await batchBy([NEW, OLD], OLD);
    await batchBy([NEW], NEW);
    expect(await signers()).toEqual([1, 1, 1, 2, 2, 2]);
    expect(await verifyLedger({ client, since: rows[0]!.note })).toMatchObject({ isSound: true, size: 96, entries: 2 });
  });

  it('signs nothing where it is not', async () => {
    await expect(batchBy([OLD], OLD)).rejects.toThrow('RONDA_SECRET_KEYS');
    expect(await signers()).toHaveLength(6);
  });

  it('signs nothing any more once another has followed it, also where somebody still has it', async () => {
    const { rows } = await client.query<{ number: number; from: number; note: string }>(
      'select number, from_position::int as from, checkpoint as note from ronda.ledger_batch order by number desc limit 2',
    );
    const [last, before] = [rows[0]!, rows[1]!];
    const [{ public_key: publicKey }] = (
      await client.query<{ public_key: Buffer }>('select public_key from ronda.ledger_key where number = 1')
    ).rows as [{ public_key: Buffer }];
    const rotatedAway = new LedgerKeys(new Keyring([OLD])).of(ORIGIN, publicKey)!;
    await client.query('begin');
    const { text } = parseNote(last.note);
    const note = formatNote({ text, signatures: [signNote(text, ORIGIN, rotatedAway)] });
    await client.query('update ronda.ledger_batch set checkpoint = $2, key_number = 1 where number = $1', [
      last.number,
      note,
    ]);
    const verdict = await verifyLedger({ client, since: before.note });
    await client.query('rollback');
    expect(verdict).toMatchObject({ isSound: false, position: last.from });
    expect(await verifyLedger({ client, since: before.note })).toMatchObject({ isSound: true });
  });

  it('is not announced by a key that was never its own', async () => {
    const { rows } = await client.query<{ note: string }>(
      'select checkpoint as note from ronda.ledger_batch order by number',
    );
    await client.query('update ronda.ledger_key set public_key = $1 where number = 2', [Buffer.alloc(32, 6)]);
    expect(await verifyLedger({ client, since: rows[0]!.note })).toMatchObject({
      isSound: false,
      fault: 'the key that it announces was exchanged',
    });
  });
});
