import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import type { Tile, TilePlace } from './merkle/tiles.js';

export interface NewestRow {
  size: number;
  checkpoint: string;
}

export interface KeyRow {
  origin: string;
  public_key: Buffer;
  position: number;
  announced_at: Date;
  salt: Buffer | null;
  entry: string | null;
}

export interface EntryRow {
  position: number;
  event_id: string;
  leaf_hash: Buffer;
  salt: Buffer;
  entry: string;
  occurred_at: Date;
}

const newest = statement(
  'ledger-newest',
  'select size, checkpoint from ronda.ledger_batch where space = $1 order by number desc limit 1',
);
const keys = statement(
  'ledger-keys',
  `select l.origin, k.public_key, k.position, k.announced_at, e.salt, e.entry
     from ronda.ledger_key k join ronda.ledger l on l.space = k.space
     left join ronda.ledger_leaf e on e.space = k.space and e.position = k.position
    where k.space = $1 order by k.number desc`,
);
const tiles = statement(
  'ledger-tiles',
  `select t.level, t.index, t.hashes from jsonb_to_recordset($2::jsonb) as p (level int, index bigint)
     join ronda.ledger_tile t on t.space = $1 and t.level = p.level and t.index = p.index`,
);
const entries = statement(
  'ledger-entries',
  `select position, event_id, leaf_hash, salt, entry, occurred_at from ronda.ledger_leaf
    where space = $1 and subject = $2 and (occurred_at, event_id) < ($3::timestamptz, $4::uuid)
    order by occurred_at desc, event_id desc limit $5`,
);

/** Before the first page. */
const BEFORE_ALL = { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** What the reader of the unit of work may read of its space's ledger. */
@Injectable()
export class LedgerStore {
  constructor(private readonly work: UnitOfWork) {}

  async newest(): Promise<NewestRow | undefined> {
    return (await this.work.query<NewestRow & Record<string, unknown>>(newest, [this.work.space]))[0];
  }

  keys(): Promise<KeyRow[]> {
    return this.work.query<KeyRow & Record<string, unknown>>(keys, [this.work.space]);
  }

  tiles(places: readonly TilePlace[]): Promise<Tile[]> {
    return this.work.query<Tile & Record<string, unknown>>(tiles, [this.work.space, JSON.stringify(places)]);
  }

  entries(subject: string, before: CursorKeys | undefined, most: number): Promise<EntryRow[]> {
    const { at, id } = before ?? BEFORE_ALL;
    return this.work.query<EntryRow & Record<string, unknown>>(entries, [this.work.space, subject, at, id, most]);
  }
}
