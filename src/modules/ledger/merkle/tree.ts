import { emptyRoot, nodeHash } from './hash.js';

/** The root of a perfect subtree: of the leaves [index · 2^level, (index + 1) · 2^level). */
export interface TreeNode {
  level: number;
  index: number;
}

/** Leaves [begin, end). */
export interface Range {
  begin: number;
  end: number;
}

/** The largest power of two below n. Requires n > 1. */
const splitOf = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

/** The fewest perfect subtrees that together are the leaves [begin, end), left to right. */
export function nodesOf({ begin, end }: Range): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let at = begin; at < end;) {
    let [level, width] = [0, 1];
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/**
 * The head of a range from the hashes of its perfect subtrees.
 * @param hashes as `nodesOf` orders them; of a range that begins where a subtree of at least its size may begin.
 */
export function headOf(hashes: readonly Buffer[]): Buffer {
  const last = hashes.at(-1);
  if (last === undefined) return emptyRoot();
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/**
 * The ranges whose heads prove that a leaf is in a tree, leaf to root. Requires 0 <= index < size.
 * @see RFC 9162 §2.1.3.1
 */
export function inclusionRanges(index: number, size: number): Range[] {
  const ranges: Range[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  return ranges.reverse();
}

/**
 * The ranges whose heads prove that a tree begins with all of an older one. Requires 0 < from <= to.
 * @see RFC 9162 §2.1.4.1
 */
export function consistencyRanges(from: number, to: number): Range[] {
  const ranges: Range[] = [];
  let [begin, end] = [0, to];
  while (end > from) {
    const middle = begin + splitOf(end - begin);
    if (from <= middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  // The older tree itself is known to whoever asks.
  if (begin > 0) ranges.push({ begin, end });
  return ranges.reverse();
}

/** A tree that grows, of which nothing is kept but what its head needs: at most one hash for each level. */
export class CompactRange {
  private readonly peaks: { level: number; hash: Buffer }[] = [];
  private leaves = 0;

  get size(): number {
    return this.leaves;
  }

  /** @param hash of a leaf, 32 bytes. */
  append(hash: Buffer): void {
    let peak = { level: 0, hash };
    for (;;) {
      const last = this.peaks.at(-1);
      if (last?.level !== peak.level) break;
      this.peaks.pop();
      peak = { level: peak.level + 1, hash: nodeHash(last.hash, peak.hash) };
    }
    this.peaks.push(peak);
    this.leaves += 1;
  }

  get root(): Buffer {
    return headOf(this.peaks.map(({ hash }) => hash));
  }
}
