import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

/** Of the layout `version, key id, nonce, tag, sealed`. Version 1 had no key id. */
const VERSION = 2;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const derive = (key: Buffer, purpose: string, bytes = KEY_BYTES): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', `ronda ${purpose}`, bytes));

interface SealKey {
  readonly id: Buffer;
  readonly key: Buffer;
}

/** The id (hex) of a key: derived from it, so that nobody has to number keys, and telling nothing of it. */
export const keyIdOf = (key: Buffer): string => derive(key, 'key id', KEY_ID_BYTES).toString('hex');

/**
 * The keys, kept outside the database, under which it keeps what a copy of it must not tell. One of them seals; what was
 * sealed under the others still opens.
 */
export class Keyring {
  private readonly byId: ReadonlyMap<string, SealKey>;
  private readonly sealing: SealKey;
  private readonly fingerprintKey: Buffer;

  /**
   * @param keys 32 bytes each.
   * @param use which of them seals, and the key of fingerprints; the first one, and derived from it, when left out.
   * @throws RangeError for a key of another length, or when none of them is the one that seals.
   */
  constructor(
    readonly keys: readonly Buffer[],
    use: { sealingId?: string; fingerprintKey?: Buffer } = {},
  ) {
    const [first] = keys;
    if (first === undefined || keys.some((key) => key.length !== KEY_BYTES)) {
      throw new RangeError('A secret key has to be 32 bytes');
    }
    this.byId = new Map(
      keys.map((key) => [keyIdOf(key), { id: Buffer.from(keyIdOf(key), 'hex'), key: derive(key, 'seal') }]),
    );
    const sealing = this.byId.get(use.sealingId ?? keyIdOf(first));
    if (sealing === undefined) throw new RangeError('The key that seals is not among the keys');
    this.sealing = sealing;
    this.fingerprintKey = use.fingerprintKey ?? Keyring.fingerprintKeyOf(first);
  }

  /** The key of fingerprints as an installation begins with it. It stays the same when the sealing key changes. */
  static fingerprintKeyOf(key: Buffer): Buffer {
    return derive(key, 'fingerprint');
  }

  /** Hex, of the key that seals. */
  get sealingId(): string {
    return this.sealing.id.toString('hex');
  }

  has(keyId: string): boolean {
    return this.byId.has(keyId);
  }

  /** How everything begins that is sealed under the key that seals now. */
  get prefix(): Buffer {
    return Buffer.concat([Buffer.of(VERSION), this.sealing.id]);
  }

  /**
   * AES-256-GCM.
   * @param nonce 12 bytes, never used before.
   * @param context what the secret belongs to; a sealed secret moved elsewhere does not open.
   * @see NIST SP 800-38D
   */
  seal(plain: Buffer, context: string, nonce: Buffer): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.sealing.key, nonce).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([this.prefix, nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws Error when it was sealed under a key that is not here, for another context, or changed. */
  open(sealed: Buffer, context: string): Buffer {
    if (sealed[0] === 1) return this.openUnnamed(sealed, context);
    if (sealed[0] !== VERSION) throw new Error('A sealed secret of an unknown version');
    const id = sealed.subarray(1, 1 + KEY_ID_BYTES).toString('hex');
    const found = this.byId.get(id);
    if (found === undefined) throw new Error(`A secret is sealed under the key ${id}, which is not among the keys`);
    return openWith(found.key, sealed.subarray(1 + KEY_ID_BYTES), context);
  }

  /** A keyed hash (32 bytes): who has the database alone cannot try values against it. */
  fingerprint(...parts: string[]): Buffer {
    return createHmac('sha256', this.fingerprintKey).update(JSON.stringify(parts)).digest();
  }

  /** A key for a purpose of its own (32 bytes) from each of the keys, by the key's id. It tells nothing of the key. */
  derivedFor(purpose: string): ReadonlyMap<string, Buffer> {
    return new Map(this.keys.map((key) => [keyIdOf(key), derive(key, purpose)]));
  }

  private openUnnamed(sealed: Buffer, context: string): Buffer {
    for (const { key } of this.byId.values()) {
      try {
        return openWith(key, sealed.subarray(1), context);
      } catch {
        // Of another key; the next one may fit.
      }
    }
    throw new Error('A secret is sealed under a key that is not among the keys');
  }
}

function openWith(key: Buffer, sealed: Buffer, context: string): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}
