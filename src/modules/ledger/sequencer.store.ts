import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Tile, TilePlace } from './merkle/tiles.js';
import { LARGEST_BATCH } from './ledger.rules.js';

/** The ledger as the next batch finds it; before its first batch without origin. */
export interface LedgerState {
  origin: string | null;
  size: number;
  batch: number;
  integrated_at: Date | null;
  /** That sign or have signed, the newest last; the first has number 1. */
  public_keys: Buffer[];
  /** Exact up to the largest batch. */
  waiting: number;
}

/** An event out of the outbox. */
export interface TakenRow {
  event_id: string;
  type: string;
  version: number;
  occurred_at: Date;
  actor: string | null;
  payload: Record<string, unknown>;
  subject: string | null;
  reader_keys: number[];
  record_key: number | null;
  revision: number | null;
  /** Of what tells of an advisory: which, whose act it was, and who is told; that is said by the database. */
  advisory_key: number | null;
  org_key: number | null;
  told: string | null;
}

/** A leaf that says something, as it is written. */
export interface WrittenLeaf extends Pick<
  TakenRow,
  'event_id' | 'subject' | 'reader_keys' | 'record_key' | 'revision' | 'advisory_key' | 'org_key' | 'told'
> {
  position: number;
  hash: string;
  salt: string | null;
  entry: string | null;
  occurred_at: string;
  erased_by: number | null;
}

export interface WrittenBatch {
  origin: string;
  number: number;
  from: number;
  size: number;
  keyNumber: number;
  newKey?: { number: number; publicKey: string; position: number };
  seed: string;
  signatures: string;
  checkpoint: string;
  erased: { position: number; by: number }[];
}

const spaces = statement('ledger-spaces', 'select ronda.ledger_spaces() as space');
const state = statement('ledger-state', `select * from ronda.ledger_state(${LARGEST_BATCH})`);
const edge = statement('ledger-edge', 'select level, index, hashes from ronda.ledger_edge($1)');
const takeEvents = statement('ledger-take', 'select * from ronda.ledger_take($1)');
const erasable = statement('ledger-erasable', 'select subject, "position" from ronda.ledger_erasable($1)');
const integrate = statement('ledger-integrate', 'select ronda.ledger_integrate($1, $2, $3)');

/** What the worker asks and writes, as nobody. */
@Injectable()
export class SequencerStore {
  constructor(private readonly work: UnitOfWork) {}

  async spaces(): Promise<number[]> {
    return (await this.work.query<{ space: number }>(spaces)).map(({ space }) => space);
  }

  /** @returns undefined while another node has its turn. */
  async state(): Promise<LedgerState | undefined> {
    return (await this.work.query<LedgerState>(state))[0];
  }

  edge(places: readonly TilePlace[]): Promise<Tile[]> {
    return this.work.query<Tile & Record<string, unknown>>(edge, [JSON.stringify(places)]);
  }

  take(most: number): Promise<TakenRow[]> {
    return this.work.query<TakenRow & Record<string, unknown>>(takeEvents, [most]);
  }

  erasable(subjects: readonly string[]): Promise<{ subject: string; position: number }[]> {
    return this.work.query<{ subject: string; position: number }>(erasable, [subjects]);
  }

  async integrate(batch: WrittenBatch, leaves: readonly WrittenLeaf[], tiles: readonly Tile[]): Promise<void> {
    const hex = tiles.map(({ level, index, hashes }) => ({ level, index, hashes: hashes.toString('hex') }));
    await this.work.query(integrate, [JSON.stringify(batch), JSON.stringify(leaves), JSON.stringify(hex)]);
  }
}
