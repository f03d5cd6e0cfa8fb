import type pg from 'pg';
import { TILE_WIDTH } from './merkle/tiles.js';
import type { Tile } from './merkle/tiles.js';

export interface AnnouncedKey {
  number: number;
  public_key: Buffer;
  position: number;
}

export interface StoredBatch {
  number: number;
  from_position: number;
  size: number;
  key_number: number;
  padding_seed: Buffer;
  signatures: Buffer;
  checkpoint: string;
}

export interface StoredLeaf {
  position: number;
  leaf_hash: Buffer;
  salt: Buffer | null;
  entry: string | null;
  /** By these it is found and listed. */
  event_id: string;
  occurred_at: Date;
  erased_by: number | null;
}

/** Batches that follow one another, with all that is stored at their positions. */
export interface Stretch {
  batches: StoredBatch[];
  leaves: Map<number, StoredLeaf>;
  /** Hash of a leaf, as the tree has it; undefined where it has none. */
  hashAt: (position: number) => Buffer | undefined;
}

const BATCHES_AT_ONCE = 256;

/** Reads one ledger as it lies in the database, as whoever may read all of it (platform/secrets/keeper.ts). */
export class LedgerReader {
  private constructor(
    private readonly client: pg.ClientBase,
    private readonly space: number,
  ) {}

  /** @returns undefined where there is no ledger of this origin. */
  static async open(client: pg.ClientBase, origin: string): Promise<LedgerReader | undefined> {
    const { rows } = await client.query<{ space: number }>('select space from ronda.ledger where origin = $1', [
      origin,
    ]);
    return rows[0] && new LedgerReader(client, rows[0].space);
  }

  async keys(): Promise<AnnouncedKey[]> {
    return this.all<AnnouncedKey>(
      'select number, public_key, position::float8 as position from ronda.ledger_key where space = $1 order by number',
    );
  }

  /** Every stretch, in the order of the tree. */
  async *stretches(): AsyncGenerator<Stretch> {
    for (let after = 0; ;) {
      const batches = await this.all<StoredBatch>(
        `select number, from_position::float8 as from_position, size::float8 as size, key_number, padding_seed, signatures, checkpoint
           from ronda.ledger_batch where space = $1 and number > $2 order by number limit ${BATCHES_AT_ONCE}`,
        [after],
      );
      const [first, last] = [batches[0], batches.at(-1)];
      if (!first || !last) return;
      after = last.number;
      const [tiles, leaves] = [
        await this.tiles(0, Math.floor(first.from_position / TILE_WIDTH), Math.floor(last.size / TILE_WIDTH)),
        await this.leaves(first.from_position, last.size),
      ];
      const byIndex = new Map(tiles.map(({ index, hashes }) => [index, hashes]));
      yield {
        batches,
        leaves: new Map(leaves.map((leaf) => [leaf.position, leaf])),
        hashAt: (position) => {
          const at = (position % TILE_WIDTH) * 32;
          const hash = byIndex.get(Math.floor(position / TILE_WIDTH))?.subarray(at, at + 32);
          return hash?.length === 32 ? hash : undefined;
        },
      };
    }
  }

  /** Of one level, from one place to another, both included. */
  tiles(level: number, from: number, to: number): Promise<Tile[]> {
    return this.all<Tile>(
      `select level, index::float8 as index, hashes from ronda.ledger_tile
        where space = $1 and level = $2 and index between $3 and $4 order by index`,
      [level, from, to],
    );
  }

  /** Above the leaves: one for each 256 hashes below. */
  upperTiles(): Promise<Tile[]> {
    return this.all<Tile>(
      'select level, index::float8 as index, hashes from ronda.ledger_tile where space = $1 and level > 0 order by level, index',
    );
  }

  /** What is stored where the ledger has no batch. */
  async strays(from: number): Promise<number | null> {
    const [row] = await this.all<{ first: number | null }>(
      'select min(position)::float8 as first from ronda.ledger_leaf where space = $1 and position >= $2 or position < 0',
      [from],
    );
    return row?.first ?? null;
  }

  private leaves(from: number, to: number): Promise<StoredLeaf[]> {
    return this.all<StoredLeaf>(
      `select position::float8 as position, leaf_hash, salt, entry, event_id, occurred_at, erased_by::float8 as erased_by
         from ronda.ledger_leaf where space = $1 and position >= $2 and position < $3`,
      [from, to],
    );
  }

  private async all<R>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.client.query(text, [this.space, ...values])).rows as R[];
  }
}
