import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import { StartupError } from '../config/startup-error.js';
import { asKeeper } from './keeper.js';
import { Keyring, keyIdOf } from './keyring.js';

const NONCE_BYTES = 12;

/** What the sealed key of fingerprints belongs to. */
export const FINGERPRINT_CONTEXT = 'fingerprint key';

interface KeyringRow {
  key_id: Buffer;
  fingerprint_sealed: Buffer;
}

/**
 * The keyring as this database is sealed: which of the keys seals is said by the database, so that all nodes seal under
 * the same one, and a node with other keys is found out before it seals anything that the others cannot open.
 * @param keys of this node's settings, the one to rotate to first. Seals a new database.
 * @throws StartupError `secret-key` when the database is sealed under a key that is not among them.
 */
export function openKeyring(
  migratorUrl: string,
  keys: readonly Buffer[],
  { clock, chance }: { clock: Clock; chance: Chance },
): Promise<Keyring> {
  const [first] = keys;
  if (first === undefined) throw new RangeError('No secret key');
  return asKeeper(migratorUrl, async (client) => {
    const fingerprintKey = Keyring.fingerprintKeyOf(first);
    const begun = new Keyring(keys).seal(fingerprintKey, FINGERPRINT_CONTEXT, chance.bytes(NONCE_BYTES));
    await client.query(
      'insert into ronda.secret_keyring (key_id, fingerprint_sealed, changed_at) values ($1, $2, $3) on conflict do nothing',
      [Buffer.from(keyIdOf(first), 'hex'), begun, clock.now()],
    );
    const { rows } = await client.query<KeyringRow>('select key_id, fingerprint_sealed from ronda.secret_keyring');
    const [row] = rows as [KeyringRow];
    return fit(row, keys);
  });
}

function fit(row: KeyringRow, keys: readonly Buffer[]): Keyring {
  const sealingId = row.key_id.toString('hex');
  const known = new Keyring(keys);
  if (!known.has(sealingId)) throw otherKey(sealingId, keys);
  return new Keyring(keys, { sealingId, fingerprintKey: known.open(row.fingerprint_sealed, FINGERPRINT_CONTEXT) });
}

const otherKey = (sealingId: string, keys: readonly Buffer[]): StartupError =>
  new StartupError(
    'secret-key',
    `The secrets of this database are sealed under the key ${sealingId}, and this node has ${keys.map(keyIdOf).join(', ')}: give every node the same RONDA_SECRET_KEYS.`,
  );
