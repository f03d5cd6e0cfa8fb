import type pg from 'pg';
import { BEGAN, endorsementOf, ERASED, KEY_ROTATED, leafStatement } from './ledger.rules.js';
import type { Entry, ErasedFacts, KeyFacts } from './ledger.rules.js';
import { LedgerReader } from './ledger.reader.js';
import type { AnnouncedKey, StoredBatch, StoredLeaf, Stretch } from './ledger.reader.js';
import { openCheckpoint, parseCheckpoint } from './merkle/checkpoint.js';
import type { Checkpoint } from './merkle/checkpoint.js';
import { isSignedBy, SIGNATURE_BYTES } from './merkle/ed25519.js';
import { entryLeaf, paddingLeaf } from './merkle/leaf.js';
import { MerkleFault } from './merkle/merkle-fault.js';
import { parseNote } from './merkle/note.js';
import { TiledTree } from './merkle/tiles.js';
import { CompactRange } from './merkle/tree.js';

export type Verdict =
  | { isSound: true; origin: string; since: number; size: number; entries: number; erased: number }
  /** The first leaf that is not as it was, and what is wrong with it. */
  | { isSound: false; origin: string; position: number; fault: string };

export interface VerifyOptions {
  client: pg.ClientBase;
  /** A checkpoint as it was saved outside: a signed note. */
  since: string;
  /** Public keys of this node's own, which nobody who has the database alone can exchange. */
  trusted?: (origin: string) => readonly Buffer[];
}

/**
 * Checks the ledger in the database against a checkpoint that was saved outside it: that nothing which the checkpoint
 * counts was changed, dropped, put into another order or cut off, and that what came later was signed by its keys.
 * @throws MerkleFault where `since` itself is no checkpoint.
 */
export async function verifyLedger({ client, since, trusted }: VerifyOptions): Promise<Verdict> {
  const saved = parseCheckpoint(parseNote(since).text);
  const { origin } = saved;
  const reader = await LedgerReader.open(client, origin);
  if (!reader) return { isSound: false, origin, position: 0, fault: 'there is no ledger of this name' };
  const check = new LedgerCheck(reader, saved, since, trusted?.(origin) ?? []);
  return check.run();
}

interface Finding {
  position: number;
  fault: string;
}

const earlier = (one: Finding | undefined, other: Finding): Finding =>
  one && one.position <= other.position ? one : other;

class LedgerCheck {
  private readonly range = new CompactRange();
  private readonly tree = new TiledTree(0, []);
  private readonly announced = new Map<number, number>();
  private readonly erased = new Map<number, number>();
  private readonly keyEntries = new Map<number, Entry>();
  private keys: AnnouncedKey[] = [];
  private entries = 0;
  private hasSavedRoot: boolean;
  /** Whose signatures of leaves are believed. */
  private signers: Buffer[] = [];
  /** A leaf that is not as it was. */
  private first: Finding | undefined;
  /** What is wrong above the leaves: named where no leaf is found to be. */
  private above: Finding | undefined;

  constructor(
    private readonly reader: LedgerReader,
    private readonly saved: Checkpoint,
    private readonly note: string,
    private readonly trusted: readonly Buffer[],
  ) {
    this.hasSavedRoot = saved.size === 0;
  }

  async run(): Promise<Verdict> {
    const { origin, size: since } = this.saved;
    this.keys = await this.reader.keys();
    this.signers = this.believedKeys();
    for await (const stretch of this.reader.stretches())
      for (const batch of stretch.batches) this.batch(batch, stretch);
    const { size } = this.range;
    if (size < since) this.found(size, `the ledger ends here; the checkpoint counted ${since} leaves`);
    this.erasures();
    this.announcements();
    await this.upperTiles();
    const stray = await this.reader.strays(size);
    if (stray !== null) this.found(Math.max(stray, size), 'it lies outside the tree');
    if (size >= since && !this.hasSavedRoot) this.doubt(0, 'the ledger was forked: its keys signed two trees');
    this.believeAnnounced();
    // Where no key is to be believed, no signature tells one leaf from another.
    if (this.above && this.signers.length > 0) await this.locate();
    this.first ??= this.above;
    if (this.first) return { isSound: false, origin, ...this.first };
    return { isSound: true, origin, since, size, entries: this.entries, erased: this.erased.size };
  }

  private found(position: number, fault: string): void {
    this.first = earlier(this.first, { position, fault });
  }

  private doubt(position: number, fault: string): void {
    this.above = earlier(this.above, { position, fault });
  }

  private batch(batch: StoredBatch, { leaves, hashAt }: Stretch): void {
    const { from_position: from, size } = batch;
    if (from !== this.range.size || size <= from) {
      // What is behind a gap is told by the gap.
      if (size > this.range.size) this.found(this.range.size, 'the leaves from here on were dropped');
      return;
    }
    for (let position = from; position < size; position += 1) {
      const hash = hashAt(position);
      if (!hash) {
        this.found(position, 'the tree does not have it any more');
        return;
      }
      this.leaf(position, hash, leaves.get(position), batch.padding_seed);
      this.range.append(hash);
      this.tree.append(hash);
      if (this.range.size === this.saved.size) this.hasSavedRoot = this.range.root.equals(this.saved.root);
    }
    this.checkpoint(batch);
  }

  private leaf(position: number, hash: Buffer, stored: StoredLeaf | undefined, seed: Buffer): void {
    if (!stored) {
      if (!paddingLeaf(seed, position).equals(hash)) this.found(position, 'what it said was dropped');
      return;
    }
    this.entries += 1;
    if (!stored.leaf_hash.equals(hash)) this.found(position, 'it is not the one that the tree has');
    if (stored.salt === null || stored.entry === null) {
      this.erased.set(position, stored.erased_by ?? -1);
      return;
    }
    if (!entryLeaf(stored.salt, stored.entry).equals(hash)) {
      this.found(position, 'what it says was changed');
      return;
    }
    const entry = JSON.parse(stored.entry) as Entry;
    if (entry.id !== stored.event_id || Date.parse(entry.occurredAt) !== stored.occurred_at.getTime())
      this.found(position, 'it is kept under another id or time than its own');
    if (entry.type === BEGAN || entry.type === KEY_ROTATED) this.keyEntries.set(position, entry);
    if (entry.type === ERASED)
      for (const gone of (entry.facts as unknown as ErasedFacts).positions) this.announced.set(gone, position);
  }

  /**
   * Each batch left a signed checkpoint behind: of the tree as it was then, by the key of then. That is the newest which
   * was announced before it: a key that was rotated away may have come into anybody's hands.
   */
  private checkpoint({ from_position, size, key_number, checkpoint }: StoredBatch): void {
    const key = this.keys.findLast(({ position }) => position < from_position) ?? this.keys[0];
    const { origin } = this.saved;
    try {
      if (key?.number !== key_number)
        this.doubt(from_position, 'the checkpoint behind it is signed by a key that was not the ledger’s then');
      const publicKey = key?.public_key ?? Buffer.alloc(0);
      const opened = openCheckpoint(checkpoint, origin, [{ name: origin, publicKey, kind: 'log' }]);
      if (opened.size !== size || !opened.root.equals(this.range.root))
        this.doubt(from_position, 'the checkpoint behind it is of another tree');
    } catch (error) {
      if (!(error instanceof MerkleFault)) throw error;
      this.doubt(from_position, 'the checkpoint behind it is not signed by the key of the ledger');
    }
  }

  /** What is gone was announced by the leaf that says so, and what was announced is gone. */
  private erasures(): void {
    for (const [position, by] of this.erased)
      if (this.announced.get(position) !== by) this.found(position, 'it was erased, and no leaf says so');
    for (const position of this.announced.keys())
      if (!this.erased.has(position)) this.found(position, 'a leaf says that it was erased, and it is here');
  }

  /** Each key was announced by the one before, the first by the first batch. */
  private announcements(): void {
    const { origin, size } = this.saved;
    for (const [at, { public_key, position }] of this.keys.entries()) {
      const publicKey = public_key.toString('base64');
      const facts = this.keyEntries.get(position)?.facts as unknown as KeyFacts | undefined;
      const before = this.keys[at - 1];
      const endorsement = Buffer.from(facts?.endorsement ?? '', 'base64');
      const isEndorsed = !before || isSignedBy(before.public_key, endorsementOf(origin, publicKey), endorsement);
      if (facts?.publicKey !== publicKey || !isEndorsed)
        this.doubt(position, 'the key that it announces was exchanged');
    }
    if (size > 0 && !this.keys.some((key) => this.signedSaved(key)))
      this.doubt(this.keys[0]?.position ?? 0, 'the checkpoint was signed by none of the keys of the ledger');
  }

  private async upperTiles(): Promise<void> {
    const made = new Map(
      this.tree.written.filter(({ level }) => level > 0).map((tile) => [`${tile.level}/${tile.index}`, tile.hashes]),
    );
    for (const { level, index, hashes } of await this.reader.upperTiles()) {
      const key = `${level}/${index}`;
      if (made.get(key)?.equals(hashes) !== true)
        this.doubt(index * 256 ** (level + 1), 'the hashes above it were changed');
      made.delete(key);
    }
    for (const key of made.keys()) {
      const [level = 0, index = 0] = key.split('/').map(Number);
      this.doubt(index * 256 ** (level + 1), 'the hashes above it were dropped');
    }
  }

  /** Something above the leaves is wrong: the first leaf is looked for that no key of the ledger signed at its place. */
  private async locate(): Promise<void> {
    for await (const { batches, hashAt } of this.reader.stretches())
      for (const batch of batches)
        for (let position = batch.from_position; position < batch.size; position += 1) {
          if (this.first && position >= this.first.position) return;
          const hash = hashAt(position);
          if (!hash || !this.isSigned(batch, position, hash))
            return this.found(position, 'it is another leaf than the one that was signed');
        }
  }

  private isSigned(batch: StoredBatch, position: number, hash: Buffer): boolean {
    const at = (position - batch.from_position) * SIGNATURE_BYTES;
    const signature = batch.signatures.subarray(at, at + SIGNATURE_BYTES);
    const statement = leafStatement(this.saved.origin, position, hash);
    return this.signers.some((publicKey) => isSignedBy(publicKey, statement, signature));
  }

  /** This node's own keys, the one that signed what was saved, and those before, which announced one of them. */
  private believedKeys(): Buffer[] {
    const last = this.keys.findLast(
      (key) => this.trusted.some((own) => own.equals(key.public_key)) || this.signedSaved(key),
    );
    const announced = this.keys.filter(({ number }) => number <= (last?.number ?? 0));
    return [...announced.map(({ public_key }) => public_key), ...this.trusted];
  }

  /** Those that a leaf announces, in the name of one that is believed: nobody else could have written it. */
  private believeAnnounced(): void {
    for (const { facts } of this.keyEntries.values()) {
      const { publicKey, endorsement = '' } = facts as unknown as KeyFacts;
      const statement = endorsementOf(this.saved.origin, publicKey);
      if (this.signers.some((key) => isSignedBy(key, statement, Buffer.from(endorsement, 'base64'))))
        this.signers.push(Buffer.from(publicKey, 'base64'));
    }
  }

  private signedSaved({ public_key: publicKey }: AnnouncedKey): boolean {
    const { origin } = this.saved;
    try {
      return openCheckpoint(this.note, origin, [{ name: origin, publicKey, kind: 'log' }]).size === this.saved.size;
    } catch {
      return false;
    }
  }
}
