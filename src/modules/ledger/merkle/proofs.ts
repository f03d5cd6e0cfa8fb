import { HASH_BYTES, nodeHash } from './hash.js';
import { MerkleFault } from './merkle-fault.js';

const isOdd = (n: number): boolean => n % 2 === 1;
const half = (n: number): number => Math.floor(n / 2);
const isPowerOfTwo = (n: number): boolean => {
  let power = 1;
  while (power < n) power *= 2;
  return power === n;
};

const isHash = (value: unknown): boolean => value instanceof Uint8Array && value.length === HASH_BYTES;
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

function refuse(reason: 'proof-malformed' | 'proof-mismatch', message: string): never {
  throw new MerkleFault(reason, message);
}

const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

export interface InclusionProof {
  /** Of the leaf, from 0. */
  index: number;
  /** Of the tree, in leaves. */
  size: number;
  /** Sibling hashes, leaf to root, 32 bytes each. */
  path: readonly Uint8Array[];
}

/**
 * Verifies that a leaf is in a tree.
 * @param leaf hash of the leaf, 32 bytes.
 * @param root of the tree, from a checkpoint.
 * @throws MerkleFault `proof-malformed` where index, size or hashes are none; `proof-mismatch` when the computed root differs.
 * @see RFC 9162 §2.1.3.2
 */
export function verifyInclusion(leaf: Uint8Array, { index, size, path }: InclusionProof, root: Uint8Array): void {
  if (!isCount(index) || !isCount(size) || index >= size) refuse('proof-malformed', 'The leaf is not within the tree');
  if (![leaf, root, ...path].every(isHash)) refuse('proof-malformed', 'A hash has 32 bytes');
  let [node, last, head] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) refuse('proof-mismatch', 'The proof is too long');
    if (isOdd(node) || node === last) {
      head = nodeHash(sibling, head);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      head = nodeHash(head, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0) refuse('proof-mismatch', 'The proof is too short');
  if (!same(head, root)) refuse('proof-mismatch', 'The leaf is not in the tree that has this root');
}

export interface ConsistencyProof {
  /** Of the older tree, in leaves; more than 0. */
  from: number;
  /** Of the newer tree. */
  to: number;
  path: readonly Uint8Array[];
}

/**
 * Verifies that a tree begins with all the leaves of an older one, in their order.
 * @throws MerkleFault `proof-malformed` where sizes or hashes are none; `proof-mismatch` when a computed root differs.
 * @see RFC 9162 §2.1.4.2
 */
export function verifyConsistency(
  { from, to, path }: ConsistencyProof,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
): void {
  if (!isCount(from) || !isCount(to) || from === 0 || from > to)
    refuse('proof-malformed', 'The older tree has at least one leaf and at most as many as the newer');
  if (![oldRoot, newRoot, ...path].every(isHash)) refuse('proof-malformed', 'A hash has 32 bytes');
  if (from === to) {
    if (path.length > 0) refuse('proof-mismatch', 'The proof is too long');
    if (!same(oldRoot, newRoot)) refuse('proof-mismatch', 'Two trees of one size have two roots');
    return;
  }
  const [first, ...rest] = isPowerOfTwo(from) ? [oldRoot, ...path] : path;
  if (first === undefined) refuse('proof-mismatch', 'The proof is too short');
  let [node, last] = [from - 1, to - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [older, newer] = [first, first];
  for (const hash of rest) {
    if (last === 0) refuse('proof-mismatch', 'The proof is too long');
    if (isOdd(node) || node === last) {
      older = nodeHash(hash, older);
      newer = nodeHash(hash, newer);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newer = nodeHash(newer, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0) refuse('proof-mismatch', 'The proof is too short');
  if (!same(older, oldRoot)) refuse('proof-mismatch', 'The proof does not begin with the older tree');
  if (!same(newer, newRoot)) refuse('proof-mismatch', 'The newer tree does not begin with the older one');
}
