import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** DER before the 32 bytes of a key (RFC 8410 §7, §4). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

export interface SigningKey {
  readonly secret: KeyObject;
  /** 32 bytes. */
  readonly publicKey: Buffer;
}

/** @param seed 32 bytes, RFC 8032 §5.1.5. */
export function signingKeyOf(seed: Buffer): SigningKey {
  const secret = createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_PREFIX.length);
  return { secret, publicKey: Buffer.from(publicKey) };
}

const publicKeys = new Map<string, KeyObject>();

function publicKeyOf(bytes: Buffer): KeyObject {
  const hex = bytes.toString('hex');
  const known = publicKeys.get(hex);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, bytes]), format: 'der', type: 'spki' });
  if (publicKeys.size > 100) publicKeys.clear();
  publicKeys.set(hex, key);
  return key;
}

export const signWith = (key: SigningKey, message: Uint8Array): Buffer => sign(null, message, key.secret);

/** @returns false for whatever is no signature, too. */
export function isSignedBy(publicKey: Buffer, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  try {
    return verify(null, message, publicKeyOf(publicKey), signature);
  } catch {
    // Bytes that are no point on the curve.
    return false;
  }
}
