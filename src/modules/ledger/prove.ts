import { Injectable } from '@nestjs/common';
import { invalidInput, notFound } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import type {
  ConsistencyQuery,
  ConsistencyView,
  InclusionQuery,
  InclusionView,
  LeavesQuery,
  LeavesView,
} from './ledger.dto.js';
import { LedgerStore } from './ledger.store.js';
import { TiledTree, tilesFor } from './merkle/tiles.js';
import { consistencyRanges, inclusionRanges } from './merkle/tree.js';
import type { Range } from './merkle/tree.js';

const base64 = (hash: Buffer): string => hash.toString('base64');

/** Makes proofs of what is in the tree. They are of hashes alone: whoever has one learns nothing of any entry. */
@Injectable()
export class Prove {
  constructor(private readonly store: LedgerStore) {}

  /** @throws Problem the one 404 before the first checkpoint; 400 for a leaf or a tree that there is not. */
  async inclusion({ position, size: asked }: InclusionQuery): Promise<InclusionView> {
    const newest = await this.size();
    const size = asked ?? newest;
    const faults = [
      ...(size > newest ? [tooFar('/size', newest)] : []),
      ...(position >= size ? [fault('/position', `The last leaf of this tree is ${size - 1}.`)] : []),
    ];
    if (faults.length > 0) throw invalidInput(faults);
    const leaf = { begin: position, end: position + 1 };
    const [hash, ...path] = await this.heads([leaf, ...inclusionRanges(position, size)], newest);
    return { position, size, leafHash: base64(hash as Buffer), proof: path.map(base64) };
  }

  /** @throws Problem as `inclusion`. */
  async consistency({ from, to: asked }: ConsistencyQuery): Promise<ConsistencyView> {
    const newest = await this.size();
    const to = asked ?? newest;
    const faults = [
      ...(to > newest ? [tooFar('/to', newest)] : []),
      ...(from > to ? [fault('/from', 'The older tree is not larger than the newer one.')] : []),
    ];
    if (faults.length > 0) throw invalidInput(faults);
    return { from, to, proof: (await this.heads(consistencyRanges(from, to), newest)).map(base64) };
  }

  /** The hashes of leaves, in their order. */
  async leaves({ from, limit }: LeavesQuery): Promise<LeavesView> {
    const newest = await this.size();
    if (from > newest) throw invalidInput([tooFar('/from', newest)]);
    const end = Math.min(newest, from + limit);
    const ranges = Array.from({ length: end - from }, (_, at) => ({ begin: from + at, end: from + at + 1 }));
    return { from, size: newest, leafHashes: (await this.heads(ranges, newest)).map(base64) };
  }

  private async size(): Promise<number> {
    const newest = await this.store.newest();
    if (!newest) throw notFound();
    return newest.size;
  }

  private async heads(ranges: readonly Range[], size: number): Promise<Buffer[]> {
    const tree = new TiledTree(size, await this.store.tiles(tilesFor(ranges)));
    return ranges.map((range) => tree.head(range));
  }
}

const fault = (pointer: string, detail: string): Fault => ({ pointer, detail, in: 'query' });
const tooFar = (pointer: string, size: number): Fault => fault(pointer, `The ledger has ${size} leaves.`);
