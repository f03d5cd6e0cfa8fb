import { Injectable } from '@nestjs/common';
import { Chance } from '../../kernel/chance.js';
import { Keyring } from './keyring.js';

const NONCE_BYTES = 12;

/** Seals what the database must keep and a copy of the database must not tell. */
@Injectable()
export class SecretBox {
  constructor(
    private readonly keyring: Keyring,
    private readonly chance: Chance,
  ) {}

  /** @param context what the secret belongs to; a sealed secret moved elsewhere does not open. */
  seal(plain: Buffer, context: string): Buffer {
    return this.keyring.seal(plain, context, this.chance.bytes(NONCE_BYTES));
  }

  /** @throws Error when it was sealed under a key that is not here, for another context, or changed. */
  open(sealed: Buffer, context: string): Buffer {
    return this.keyring.open(sealed, context);
  }

  /** A keyed hash (32 bytes): who has the database alone cannot try values against it. */
  fingerprint(...parts: string[]): Buffer {
    return this.keyring.fingerprint(...parts);
  }
}
