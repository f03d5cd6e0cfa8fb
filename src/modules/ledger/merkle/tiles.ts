import { HASH_BYTES, nodeHash } from './hash.js';
import { headOf, nodesOf } from './tree.js';
import type { Range, TreeNode } from './tree.js';

const TILE_LEVELS = 8;
/** Hashes in a full tile. */
export const TILE_WIDTH = 2 ** TILE_LEVELS;

/** Up to 256 neighbouring hashes: of leaves at level 0, of full tiles of the level below above it. */
export interface TilePlace {
  level: number;
  index: number;
}

export interface Tile extends TilePlace {
  /** 32 bytes each, left to right. */
  hashes: Buffer;
}

const keyOf = ({ level, index }: TilePlace): string => `${level}/${index}`;
const placeOf = ({ level, index }: TreeNode): TilePlace & { below: number; first: number } => {
  const tileLevel = Math.floor(level / TILE_LEVELS);
  const below = level % TILE_LEVELS;
  const first = index * 2 ** below;
  return { level: tileLevel, index: Math.floor(first / TILE_WIDTH), below, first: first % TILE_WIDTH };
};

/** Where the hashes are from which the heads of these ranges are computed; each place once. */
export function tilesFor(ranges: readonly Range[]): TilePlace[] {
  const places = new Map<string, TilePlace>();
  for (const node of ranges.flatMap(nodesOf)) {
    const { level, index } = placeOf(node);
    places.set(keyOf({ level, index }), { level, index });
  }
  return [...places.values()];
}

/** The tiles at the right edge of a tree, which the next leaves go into. */
export function edgeOf(size: number): TilePlace[] {
  const places: TilePlace[] = [];
  for (let [level, count] = [0, size]; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH))
    if (count % TILE_WIDTH > 0) places.push({ level, index: Math.floor(count / TILE_WIDTH) });
  return places;
}

/** A tree, as far as its tiles are here. */
export class TiledTree {
  private readonly tiles: Map<string, Tile>;
  private readonly changed = new Set<string>();
  private leaves: number;

  /** @param tiles those that the tree's edge, or the ranges asked for, need. */
  constructor(size: number, tiles: readonly Tile[]) {
    this.leaves = size;
    this.tiles = new Map(tiles.map((tile) => [keyOf(tile), tile]));
  }

  get size(): number {
    return this.leaves;
  }

  /** Of the whole tree. */
  get root(): Buffer {
    return this.head({ begin: 0, end: this.leaves });
  }

  /** The head of a range, as a proof holds it. @throws RangeError where its tiles are not here. */
  head(range: Range): Buffer {
    return headOf(nodesOf(range).map((node) => this.node(node)));
  }

  /** @param hash of a leaf, 32 bytes. */
  append(hash: Buffer): void {
    this.put(0, this.leaves, hash);
    this.leaves += 1;
  }

  /** What was written since it was made. */
  get written(): Tile[] {
    return [...this.changed].map((key) => this.tiles.get(key) as Tile);
  }

  private put(level: number, index: number, hash: Buffer): void {
    const place = { level, index: Math.floor(index / TILE_WIDTH) };
    const key = keyOf(place);
    const before = this.tiles.get(key)?.hashes ?? Buffer.alloc(0);
    if (before.length !== (index % TILE_WIDTH) * HASH_BYTES) throw new RangeError(`The tile ${key} is not as the tree`);
    const tile = { ...place, hashes: Buffer.concat([before, hash]) };
    this.tiles.set(key, tile);
    this.changed.add(key);
    if (tile.hashes.length === TILE_WIDTH * HASH_BYTES) this.put(level + 1, place.index, perfectHead(hashesIn(tile)));
  }

  private node(node: TreeNode): Buffer {
    const { below, first, ...place } = placeOf(node);
    const tile = this.tiles.get(keyOf(place));
    const end = (first + 2 ** below) * HASH_BYTES;
    if (!tile || tile.hashes.length < end) throw new RangeError(`The tile ${keyOf(place)} is not as the tree`);
    return perfectHead(hashesIn({ hashes: tile.hashes.subarray(first * HASH_BYTES, end) }));
  }
}

/** The hashes of a tile, apart. */
const hashesIn = ({ hashes }: Pick<Tile, 'hashes'>): Buffer[] =>
  Array.from({ length: Math.floor(hashes.length / HASH_BYTES) }, (_, at) =>
    hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );

function perfectHead(hashes: readonly Buffer[]): Buffer {
  let level = [...hashes];
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, at) =>
      nodeHash(level[2 * at] as Buffer, level[2 * at + 1] as Buffer),
    );
  return level[0] as Buffer;
}
