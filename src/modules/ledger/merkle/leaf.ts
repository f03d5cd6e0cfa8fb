import { createHmac } from 'node:crypto';
import { leafHash } from './hash.js';

/** Of a salt, and of the seed that a batch is padded from. */
export const SALT_BYTES = 32;

/**
 * The hash of a leaf that commits to an entry: HMAC-SHA-256 of its canonical JSON under a salt of its own, as leaf input.
 * Without the salt nobody can try entries against it; without salt and entry nothing is left but the hash.
 */
export const entryLeaf = (salt: Uint8Array, entry: string): Buffer =>
  leafHash(createHmac('sha256', salt).update(entry).digest());

/** The hash of a leaf that says nothing. To whoever has not the seed it is like any other. */
export const paddingLeaf = (seed: Uint8Array, position: number): Buffer =>
  leafHash(createHmac('sha256', seed).update(`padding ${position}`).digest());
