import { canonicalJson } from '../../kernel/canonical-json.js';

/** Every so often a batch becomes part of the tree, whether anything happened or not. */
export const CADENCE_SECONDS = 10;

/**
 * In leaves. A batch has the smallest of these sizes that takes all that waits, filled up with leaves that say nothing: the
 * ledger's growth tells of what happens in ten seconds at most that it was more than 16, 128 or 1,024 things.
 */
const BATCH_SIZES = [16, 128, 1024, 8192] as const;
export const LARGEST_BATCH = Math.max(...BATCH_SIZES);

/** @param waiting how many entries there are to put in. */
export const batchSizeFor = (waiting: number): number => BATCH_SIZES.find((size) => size >= waiting) ?? LARGEST_BATCH;

/** Whether a batch is due, on a grid of the clock: nodes that take turns keep one cadence. */
export function isDue(now: Date, last: Date | null): boolean {
  const slotOf = (at: Date): number => Math.floor(at.getTime() / (CADENCE_SECONDS * 1000));
  return last === null || slotOf(now) > slotOf(last);
}

/** What a leaf says: an event, without anything that somebody wrote. */
export interface Entry {
  id: string;
  type: string;
  version: number;
  occurredAt: string;
  space: number;
  /** The account that acted; null where it was nobody who had signed in, or the system. */
  actor: string | null;
  facts: Record<string, unknown>;
}

/** As it is hashed. */
export const textOf = (entry: Entry): string => canonicalJson(entry);

export const BEGAN = 'ledger.began';
export const KEY_ROTATED = 'ledger.key-rotated';
/** What others ask for by event. */
export const ERASURE_ORDERED = 'ledger.erasure-ordered';
/** What it asks for: that all that the ledger says about something is erased. */
export interface ErasureOrder {
  /** A record, a group, an account … as entries name it. */
  subjectId: string;
  /** Of the decision behind it, which is kept elsewhere. */
  erasureId: string;
}
/** And what the ledger then says: the positions whose entries are gone. */
export const ERASED = 'ledger.entries-erased';

/** Facts of `ledger.entries-erased`. */
export interface ErasedFacts {
  erasureId: string;
  positions: number[];
}

/** Facts of `ledger.began` and `ledger.key-rotated`. */
export interface KeyFacts {
  /** Base64 of the 32 bytes that sign from the next batch on. */
  publicKey: string;
  /** Base64: the key before says so. */
  endorsement?: string;
}

/** What the key before signs when another takes its place. */
export const endorsementOf = (origin: string, publicKey: string): Buffer =>
  Buffer.from(`ronda ledger key\n${origin}\n${publicKey}\n`);

/** What is signed of each leaf: so that of a tree with a wrong root the first wrong leaf can be told. */
export const leafStatement = (origin: string, position: number, hash: Uint8Array): Buffer =>
  Buffer.from(`ronda ledger leaf\n${origin}\n${position}\n${Buffer.from(hash).toString('base64')}\n`);

/**
 * Numbers 0 to n - 1 in an order that nobody can foretell.
 * @param bytes 4 for each number.
 */
export function shuffled(n: number, bytes: Buffer): number[] {
  const order = Array.from({ length: n }, (_, at) => at);
  for (let last = n - 1; last > 0; last -= 1) {
    // The bias of a remainder among 2^32 is below one in 500,000 here.
    const other = bytes.readUInt32BE(last * 4) % (last + 1);
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
