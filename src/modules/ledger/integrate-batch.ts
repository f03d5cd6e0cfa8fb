import { sign } from 'node:crypto';
import { promisify } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { Chance } from '../../kernel/chance.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { LedgerKeys } from './ledger-keys.js';
import {
  BEGAN,
  batchSizeFor,
  endorsementOf,
  ERASED,
  ERASURE_ORDERED,
  isDue,
  KEY_ROTATED,
  LARGEST_BATCH,
  leafStatement,
  shuffled,
  textOf,
} from './ledger.rules.js';
import type { Entry, ErasedFacts, KeyFacts } from './ledger.rules.js';
import { formatCheckpoint } from './merkle/checkpoint.js';
import { signWith } from './merkle/ed25519.js';
import type { SigningKey } from './merkle/ed25519.js';
import { entryLeaf, paddingLeaf, SALT_BYTES } from './merkle/leaf.js';
import { formatNote, signNote } from './merkle/note.js';
import { edgeOf, TiledTree } from './merkle/tiles.js';
import { SequencerStore } from './sequencer.store.js';
import type { LedgerState, TakenRow, WrittenLeaf } from './sequencer.store.js';

/** The principal whom every organisation in good standing holds (migrations/…-foundation.ts). */
const PUBLIC = 1;

/** In threads of their own: 8,192 signatures are a quarter of a second. */
const signAside = promisify(sign);

/** An entry with its place in the tree. */
interface Placed extends TakenRow {
  position: number;
  /** The position of the entry by which it was erased before it ever was in the tree. */
  erasedBy: number | null;
}

interface Signer {
  key: SigningKey;
  number: number;
}

/**
 * Makes leaves of what happened: takes events out of the outbox, gives them places among leaves that say nothing, in an
 * order that nobody can foretell, and signs what the tree is then. One transaction: killed in the middle of it, nothing
 * has happened.
 */
@Injectable()
export class IntegrateBatch {
  constructor(
    private readonly work: UnitOfWork,
    private readonly store: SequencerStore,
    private readonly keys: LedgerKeys,
    private readonly chance: Chance,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  /**
   * Runs in a unit of work of nobody.
   * @param isLate whether it goes on where the batch before was full: not at the next tick, but now.
   * @returns whether more waits than the batch took. Nothing is done where it is another node's turn, or none is due.
   */
  async run(isLate: boolean): Promise<boolean> {
    const state = await this.store.state();
    if (!state || (!isLate && !isDue(this.work.at, state.integrated_at))) return false;
    const origin = state.origin ?? `${this.originNode}/ledger/${this.work.space}`;
    const signer = this.signer(origin, state);
    const news = signer.news;
    const count = batchSizeFor(state.waiting + news.length);
    const places = shuffled(count, this.chance.bytes(count * 4)).map((place) => state.size + place);
    const taken = await this.store.take(count - news.length);
    const placed = [...news, ...taken].map((row, at) => ({ ...row, position: places[at] as number, erasedBy: null }));
    const erased = await this.erase(placed);
    const seed = this.chance.bytes(SALT_BYTES);
    const leaves = placed.map((row) => this.leafOf(row));
    const hashes = Array.from({ length: count }, (_, at) => paddingLeaf(seed, state.size + at));
    for (const { position, bytes } of leaves) hashes[position - state.size] = bytes;

    const tree = new TiledTree(state.size, await this.store.edge(edgeOf(state.size)));
    for (const hash of hashes) tree.append(hash);
    const { key } = signer.now;
    const signatures = await Promise.all(
      hashes.map((hash, at) => signAside(null, leafStatement(origin, state.size + at, hash), key.secret)),
    );
    const text = formatCheckpoint({ origin, size: tree.size, root: tree.root });
    await this.store.integrate(
      {
        origin,
        number: state.batch + 1,
        from: state.size,
        size: tree.size,
        keyNumber: signer.now.number,
        ...(signer.next && { newKey: { ...signer.next, position: (placed[0] as Placed).position } }),
        seed: seed.toString('hex'),
        signatures: Buffer.concat(signatures).toString('hex'),
        checkpoint: formatNote({ text, signatures: [signNote(text, origin, key)] }),
        erased,
      },
      leaves.map(({ written }) => written),
      tree.written,
    );
    return state.waiting >= LARGEST_BATCH;
  }

  /** Who signs this batch; and what the ledger has to say of another who signs the next. */
  private signer(
    origin: string,
    state: LedgerState,
  ): { now: Signer; next?: { number: number; publicKey: string }; news: TakenRow[] } {
    const next = this.keys.next(origin);
    const publicKey = next.publicKey.toString('base64');
    const known = state.public_keys;
    const announced = { number: known.length + 1, publicKey: next.publicKey.toString('hex') };
    const newest = known.at(-1);
    if (!newest) {
      const began = this.said(BEGAN, { publicKey });
      return { now: { key: next, number: announced.number }, next: announced, news: [began] };
    }
    const key = this.keys.of(origin, newest);
    if (!key)
      throw new Error(
        `The ledger ${origin} is signed by a key that RONDA_SECRET_KEYS does not hold: name the one before beside the new one`,
      );
    const now = { key, number: known.length };
    // A node that was not started again since the rotation goes on with the newest key: nothing goes back to one before.
    if (known.some((each) => each.equals(next.publicKey))) return { now, news: [] };
    const endorsement = signWith(key, endorsementOf(origin, publicKey)).toString('base64');
    return { now, next: announced, news: [this.said(KEY_ROTATED, { publicKey, endorsement })] };
  }

  /** Of the ledger itself, for everybody to read. */
  private said(type: string, payload: KeyFacts): TakenRow {
    return {
      event_id: this.chance.uuid(),
      type,
      version: 1,
      occurred_at: this.work.at,
      actor: null,
      payload: { ...payload },
      subject: null,
      reader_keys: [PUBLIC],
      record_key: null,
      revision: null,
      advisory_key: null,
      org_key: null,
      told: null,
    };
  }

  /**
   * Turns what was ordered to be erased into what was erased: entries in the tree, and those of this batch before it.
   * @returns the positions of entries that are in the database.
   */
  private async erase(placed: Placed[]): Promise<{ position: number; by: number }[]> {
    const orders = placed.filter(({ type }) => type === ERASURE_ORDERED);
    if (orders.length === 0) return [];
    const subjectOf = ({ payload }: TakenRow): string => String(payload.subjectId);
    const there = await this.store.erasable(orders.map(subjectOf));
    const gone = new Map<number, number>();
    for (const order of orders) {
      const before = placed.slice(0, placed.indexOf(order)).filter((row) => row.subject === subjectOf(order));
      const positions = [...there.filter(({ subject }) => subject === subjectOf(order)), ...before]
        .map(({ position }) => position)
        .filter((position) => !gone.has(position))
        .sort((one, other) => one - other);
      for (const position of positions) gone.set(position, order.position);
      for (const row of before) row.erasedBy ??= order.position;
      const facts: ErasedFacts = { erasureId: String(order.payload.erasureId), positions };
      Object.assign(order, { type: ERASED, payload: facts });
    }
    return there.map(({ position }) => ({ position, by: gone.get(position) as number }));
  }

  private leafOf(row: Placed): { position: number; bytes: Buffer; written: WrittenLeaf } {
    const entry: Entry = {
      id: row.event_id,
      type: row.type,
      version: row.version,
      occurredAt: row.occurred_at.toISOString(),
      space: this.work.space,
      actor: row.actor,
      facts: factsOf(row),
    };
    const text = textOf(entry);
    const salt = this.chance.bytes(SALT_BYTES);
    const bytes = entryLeaf(salt, text);
    const { position, event_id, subject, reader_keys, record_key, revision, advisory_key, org_key, told, erasedBy } =
      row;
    const isErased = erasedBy !== null;
    return {
      position,
      bytes,
      written: {
        position,
        event_id,
        hash: bytes.toString('hex'),
        salt: isErased ? null : salt.toString('hex'),
        entry: isErased ? null : text,
        occurred_at: entry.occurredAt,
        subject: isErased ? null : subject,
        reader_keys: isErased ? [] : reader_keys,
        record_key: isErased ? null : record_key,
        revision: isErased ? null : revision,
        advisory_key: isErased ? null : advisory_key,
        org_key: isErased ? null : org_key,
        told: isErased ? null : told,
        erased_by: erasedBy,
      },
    };
  }
}

/**
 * Without the number of a revision, which counts those that a reader of the entry may not read: a CERT would learn how
 * often its constituent changed a draft before it submitted it.
 */
const factsOf = ({ payload }: TakenRow): Record<string, unknown> =>
  Object.fromEntries(Object.entries(payload).filter(([name]) => name !== 'revision'));
