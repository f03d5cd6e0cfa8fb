import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Chance } from '../../../kernel/chance.js';
import { SECRET_KEY } from '../../../platform/config/secret-key.token.js';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals what the database must keep and a copy of the database must not tell. */
@Injectable()
export class SecretBox {
  private readonly sealKey: Buffer;
  private readonly fingerprintKey: Buffer;

  /** @param key 32 bytes. */
  constructor(
    @Inject(SECRET_KEY) key: Buffer,
    private readonly chance: Chance,
  ) {
    if (key.length !== 32) throw new RangeError('The secret key has to be 32 bytes');
    const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', key, '', `ronda ${purpose}`, 32));
    this.sealKey = derive('seal');
    this.fingerprintKey = derive('fingerprint');
  }

  /**
   * AES-256-GCM under a fresh nonce.
   * @param context what the secret belongs to; a sealed secret moved elsewhere does not open.
   * @see NIST SP 800-38D
   */
  seal(plain: Buffer, context: string): Buffer {
    const nonce = this.chance.bytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.sealKey, nonce).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws Error when it was sealed under another key, for another context, or changed. */
  open(sealed: Buffer, context: string): Buffer {
    if (sealed[0] !== VERSION) throw new Error('A sealed secret of an unknown version');
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const tag = sealed.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.sealKey, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(context))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  }

  /** A keyed hash (32 bytes): who has the database alone cannot try values against it. */
  fingerprint(...parts: string[]): Buffer {
    return createHmac('sha256', this.fingerprintKey).update(JSON.stringify(parts)).digest();
  }
}
