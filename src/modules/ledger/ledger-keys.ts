import { Injectable } from '@nestjs/common';
import { Keyring } from '../../platform/secrets/keyring.js';
import { signingKeyOf } from './merkle/ed25519.js';
import type { SigningKey } from './merkle/ed25519.js';

/**
 * What signs the ledger: derived from the keys outside the database, so that who has the database alone signs nothing, and
 * an operator keeps and rotates one setting (RONDA_SECRET_KEYS).
 */
@Injectable()
export class LedgerKeys {
  constructor(private readonly keyring: Keyring) {}

  /** Of the key that seals: the one that is to sign. */
  next(origin: string): SigningKey {
    const seed = this.seeds(origin).get(this.keyring.sealingId);
    if (!seed) throw new Error('The key that seals is not among the keys');
    return signingKeyOf(seed);
  }

  /** @returns undefined where this node has not the other half of it. */
  of(origin: string, publicKey: Buffer): SigningKey | undefined {
    return [...this.seeds(origin).values()].map(signingKeyOf).find((key) => key.publicKey.equals(publicKey));
  }

  /** Of all keys that this node has. */
  publicKeys(origin: string): Buffer[] {
    return [...this.seeds(origin).values()].map((seed) => signingKeyOf(seed).publicKey);
  }

  private seeds(origin: string): ReadonlyMap<string, Buffer> {
    return this.keyring.derivedFor(`ledger ${origin}`);
  }
}
