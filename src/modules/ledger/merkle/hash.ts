import { createHash } from 'node:crypto';

/** Of SHA-256. */
export const HASH_BYTES = 32;

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** @see RFC 9162 §2.1.1 */
export const leafHash = (input: Uint8Array): Buffer => sha256(LEAF, input);
/** @see RFC 9162 §2.1.1 */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right);
/** The root of a tree without leaves. */
export const emptyRoot = (): Buffer => sha256();
