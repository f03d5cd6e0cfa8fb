import { Injectable } from '@nestjs/common';
import { notFound } from '../../kernel/problem.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import type { EntriesQuery, EntryPage, EntryView, LedgerKeyList, LedgerKeyView } from './ledger.dto.js';
import type { Entry } from './ledger.rules.js';
import { LedgerStore } from './ledger.store.js';
import type { EntryRow, KeyRow } from './ledger.store.js';
import { keyIdOf, verifierKeyOf } from './merkle/note.js';

/** Shows what is in the ledger, as far as the caller may read it. */
@Injectable()
export class ReadLedger {
  constructor(private readonly store: LedgerStore) {}

  /**
   * The newest checkpoint.
   * @throws Problem the one 404 before the first.
   */
  async checkpoint(): Promise<string> {
    const newest = await this.store.newest();
    if (!newest) throw notFound();
    return newest.checkpoint;
  }

  async keys(): Promise<LedgerKeyList> {
    return { items: (await this.store.keys()).map(toKeyView) };
  }

  async entries({ subject, limit, cursor }: EntriesQuery): Promise<EntryPage> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await this.store.entries(subject, before, limit + 1);
    const keys = ({ occurred_at, event_id }: EntryRow) => ({ at: occurred_at.toISOString(), id: event_id });
    return pageOf(rows, limit, keys, toEntryView);
  }
}

const toKeyView = ({ origin, public_key, position, announced_at, salt, entry }: KeyRow): LedgerKeyView => {
  const verifier = { name: origin, publicKey: public_key, kind: 'log' as const };
  return {
    name: origin,
    keyId: keyIdOf(verifier).toString('hex'),
    verifierKey: verifierKeyOf(verifier),
    position,
    announcedAt: announced_at.toISOString(),
    salt: salt?.toString('base64') ?? null,
    entry,
  };
};

const toEntryView = ({ position, leaf_hash, salt, entry }: EntryRow): EntryView => {
  const { id, type, occurredAt } = JSON.parse(entry) as Entry;
  return {
    id,
    type,
    occurredAt,
    position,
    leafHash: leaf_hash.toString('base64'),
    salt: salt.toString('base64'),
    entry,
  };
};
