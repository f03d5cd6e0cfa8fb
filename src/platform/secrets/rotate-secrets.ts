import type pg from 'pg';
import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import { StartupError } from '../config/startup-error.js';
import { asKeeper } from './keeper.js';
import { Keyring, keyIdOf } from './keyring.js';
import { FINGERPRINT_CONTEXT } from './open-keyring.js';

const NONCE_BYTES = 12;
const BATCH = 500;

/** A column of sealed secrets, told by the module that keeps it. */
export interface SealedColumn {
  /** `user_secret.totp_sealed`: for what is said about it. */
  name: string;
  /** Rows `key`, `sealed` that do not begin with $1, at most $2, locked. */
  select: string;
  /** Sets it to $2 in the row of key $1. */
  update: string;
  /** What the secret of a row was sealed for. */
  contextOf(key: number): string;
}

export interface Rotated {
  /** Hex, of the key that seals from now on. */
  keyId: string;
  resealed: number;
}

/**
 * Makes the first of the keys the one that seals, and seals anew under it what is sealed under others. Nodes that run go on
 * sealing under the key before until they start again; run it once more then, and the old key is of no more use.
 * @param keyring as the database is sealed now.
 * @throws StartupError `secret-key` when something is sealed under a key that is not among them; nothing is changed.
 */
export function rotateSecrets(
  migratorUrl: string,
  keyring: Keyring,
  columns: readonly SealedColumn[],
  { clock, chance, onProgress }: { clock: Clock; chance: Chance; onProgress?: (resealed: number) => void },
): Promise<Rotated> {
  const next = new Keyring(keyring.keys);
  const reseal = (sealed: Buffer, context: string, what: string): Buffer => {
    try {
      return next.seal(keyring.open(sealed, context), context, chance.bytes(NONCE_BYTES));
    } catch (error) {
      throw new StartupError(
        'secret-key',
        `A secret of ${what} is sealed under none of the keys ${keyring.keys.map(keyIdOf).join(', ')}: name the old key too in RONDA_SECRET_KEYS; nothing was changed.`,
        { cause: error },
      );
    }
  };
  return asKeeper(migratorUrl, async (client) => {
    const { rows } = await client.query<{ fingerprint_sealed: Buffer }>(
      'select fingerprint_sealed from ronda.secret_keyring for update',
    );
    const [{ fingerprint_sealed: fingerprint }] = rows as [{ fingerprint_sealed: Buffer }];
    await client.query('update ronda.secret_keyring set key_id = $1, fingerprint_sealed = $2, changed_at = $3', [
      Buffer.from(next.sealingId, 'hex'),
      reseal(fingerprint, FINGERPRINT_CONTEXT, 'ronda.secret_keyring'),
      clock.now(),
    ]);
    let resealed = 0;
    for (const column of columns) {
      for (;;) {
        const batch = await nextBatch(client, column, next.prefix);
        for (const { key, sealed } of batch) {
          await client.query(column.update, [key, reseal(sealed, column.contextOf(Number(key)), column.name)]);
        }
        resealed += batch.length;
        onProgress?.(resealed);
        if (batch.length < BATCH) break;
      }
    }
    return { keyId: next.sealingId, resealed };
  });
}

const nextBatch = async (
  client: pg.Client,
  { select }: SealedColumn,
  prefix: Buffer,
): Promise<{ key: number; sealed: Buffer }[]> =>
  (await client.query<{ key: number; sealed: Buffer }>(select, [prefix, BATCH])).rows;
