import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import type { RecordKind } from './release.store.js';

/** What whoever recalls may say; `narrowed` is what a release to others says by itself. */
export const RECALL_REASONS = ['error', 'source-asked', 'legal', 'superseded', 'unspecified'] as const;
export type RecallReason = (typeof RECALL_REASONS)[number];
export const TOMBSTONE_REASONS = ['narrowed', ...RECALL_REASONS] as const;
export type TombstoneReason = (typeof TOMBSTONE_REASONS)[number];

export const KEPT_BECAUSE = ['legal-hold', 'own-investigation', 'cannot-delete', 'passed-on', 'other'] as const;
export type KeptBecause = (typeof KEPT_BECAUSE)[number];

export interface TombstoneRow {
  record_id: string;
  reason: TombstoneReason;
  at: Date;
  answer: 'deleted' | 'kept' | null;
  kept_because: KeptBecause | null;
  answered_at: Date | null;
}

/** As the originator sees it. */
export interface RecallRow extends TombstoneRow {
  org_id: string;
  org_name: string;
  org_country: string | null;
}

const columns = 't.record_id, t.reason, t.at, t.answer, t.kept_because, t.answered_at';
// One record may be asked back of an organisation and of a person of it: whoever is both is told once.
const own = `select distinct on (t.record_id) ${columns} from ronda.tombstone t
  where t.space = $1 and t.reader_key = any (ronda.reader_principals()) and t.lifted_at is null`;
const ORDER = 'order by t.record_id, t.at desc, t.reader_key';
const page = statement(
  'tombstone-page',
  `select * from (${own} ${ORDER}) t where (t.at, t.record_id) < ($2::timestamptz, $3::uuid)
    order by t.at desc, t.record_id desc limit $4`,
);
const byRecord = statement('tombstone-by-record', `${own} and t.record_id = $2 ${ORDER}`);
const answer = statement(
  'tombstone-answer',
  `update ronda.tombstone t set answer = $3, kept_because = $4, answered_at = $5
    where t.space = $1 and t.record_id = $2 and t.reader_key = any (ronda.reader_principals()) and t.lifted_at is null
    returning t.record_kind, t.revision`,
);
const ofRecord = statement(
  'tombstone-of-record',
  `select ${columns}, o.id as org_id, o.name as org_name, o.country as org_country
     from ronda.tombstone t join ronda.organisation o on o.key = t.org_key
    where t.space = $1 and t.record_kind = $3 and t.record_key = $2 and t.lifted_at is null
    order by o.name, o.id, t.at desc, t.reader_key`,
);
const bury = {
  incident: statement('tombstone-bury', 'select ronda.bury($1, $2, $3)'),
  advisory: statement('tombstone-bury-advisory', 'select ronda.bury_advisory($1, $2, $3)'),
} as const;

@Injectable()
export class TombstonesStore {
  constructor(private readonly work: UnitOfWork) {}

  /** Of what the caller's side was given and is asked for back; one more than the limit, where there is one. */
  page(limit: number, after: CursorKeys | null): Promise<TombstoneRow[]> {
    return this.work.query<TombstoneRow>(page, [
      this.work.space,
      after?.at ?? 'infinity',
      after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      limit + 1,
    ]);
  }

  async byRecord(id: string): Promise<TombstoneRow | undefined> {
    return (await this.work.query<TombstoneRow>(byRecord, [this.work.space, id]))[0];
  }

  /** @returns the internal number of the record's newest revision when it was asked back; null of an anonymous one. */
  async answer(
    id: string,
    said: 'deleted' | 'kept',
    because: KeptBecause | null,
  ): Promise<{ record_kind: RecordKind; revision: number | null } | undefined> {
    const values = [this.work.space, id, said, because, this.work.at];
    return (await this.work.query<{ record_kind: RecordKind; revision: number | null }>(answer, values))[0];
  }

  /** Of a record of the caller's: from whom it is asked back, and what they said. */
  ofRecord(recordKey: number, kind: RecordKind = 'incident'): Promise<RecallRow[]> {
    return this.work.query<RecallRow>(ofRecord, [this.work.space, recordKey, kind]);
  }

  /** Of whom was told, the caller sees those that it sees at all: not even their number is answered. */
  async bury(kind: RecordKind, recordKey: number, reason: TombstoneReason): Promise<void> {
    await this.work.query(bury[kind], [recordKey, reason, this.work.at]);
  }
}
