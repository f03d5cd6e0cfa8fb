import { Injectable } from '@nestjs/common';
import type { Pap, Tlp } from '../../kernel/markings.js';
import type { AudienceItem } from '../../policy/audience.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export type RecordKind = 'incident' | 'advisory';

export interface ReleaseRow {
  key: number;
  id: string;
  record_kind: RecordKind;
  record_key: number;
  revision: number;
  tlp: Tlp;
  pap: Pap;
  audience: AudienceItem[];
  principals: number[];
  is_narrowing: boolean;
  status: 'pending' | 'held' | 'scheduled' | 'released' | 'superseded' | 'cancelled';
  requested_by: number;
  requested_by_id: string | null;
  requested_at: Date;
  released_at: Date | null;
  hold_until: Date | null;
  /** The embargo: it goes out at this instant and not before. */
  not_before: Date | null;
  /** The token of what it was seen to do when it was asked for, while it waits for somebody's word. */
  outcome: string | null;
}

const columns = `r.key, r.id, r.record_kind, r.record_key, r.revision, r.tlp, r.pap, r.audience, r.principals, r.is_narrowing, r.status,
  r.requested_by, u.id as requested_by_id, r.requested_at, r.released_at, r.hold_until,
  r.not_before, r.outcome`;

const open = statement(
  'release-open',
  `select ${columns} from ronda.release r left join ronda.user_account u on u.key = r.requested_by
    where r.space = $1 and r.record_kind = $2 and r.record_key = any ($3) and r.status in ('pending', 'held', 'scheduled', 'released')
    order by r.key`,
);
const byId = statement(
  'release-by-id',
  `select ${columns} from ronda.release r left join ronda.user_account u on u.key = r.requested_by where r.space = $1 and r.id = $2`,
);
const insert = statement(
  'release-insert',
  `insert into ronda.release (id, space, record_kind, record_key, revision, tlp, pap, audience, principals, owner_readers,
      is_narrowing, status, requested_by, requested_at, confirmed_by, released_at, hold_until, not_before, outcome)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
);
const supersede = statement(
  'release-supersede',
  `update ronda.release set status = 'superseded', ended_by = $4, ended_at = $5
    where space = $1 and record_kind = $2 and record_key = $3 and status = 'released'`,
);
const cancelOpen = statement(
  'release-cancel-open',
  `update ronda.release set status = 'cancelled', outcome = null, ended_by = $4, ended_at = $5
    where space = $1 and record_kind = $2 and record_key = $3 and status in ('pending', 'held', 'scheduled') returning id`,
);
const complete = statement(
  'release-complete',
  `update ronda.release set status = 'released', outcome = null, confirmed_by = coalesce($3, confirmed_by), released_at = $4
    where space = $1 and id = $2 and status in ('pending', 'held', 'scheduled') returning id`,
);
const schedule = statement(
  'release-schedule',
  `update ronda.release set status = 'scheduled', outcome = null, confirmed_by = $3
    where space = $1 and id = $2 and status in ('pending', 'held') returning id`,
);
const publish = statement('release-publish', 'select ronda.publish_readers($1, $2, $3, $4)');
const publishAdvisory = statement('release-publish-advisory', 'select ronda.publish_advisory_readers($1, $2, $3)');
const keepOwners = statement(
  'release-owner-readers',
  `update ronda.release set owner_readers = $4 where space = $1 and record_kind = $2 and record_key = $3`,
);
const due = statement('release-due', 'select space, release_id, user_key from ronda.due_releases($1)');
const nextEmbargo = statement('release-next-embargo', 'select ronda.next_embargo() as at');

@Injectable()
export class ReleaseStore {
  constructor(private readonly work: UnitOfWork) {}

  /** Releases in force or waiting, of records of the caller's side; nobody else sees any. */
  open(kind: RecordKind, recordKeys: number[]): Promise<ReleaseRow[]> {
    return this.work.query<ReleaseRow>(open, [this.work.space, kind, recordKeys]);
  }

  async byId(id: string): Promise<ReleaseRow | undefined> {
    return (await this.work.query<ReleaseRow>(byId, [this.work.space, id]))[0];
  }

  async insert(row: {
    id: string;
    kind: RecordKind;
    recordKey: number;
    revision: number;
    tlp: Tlp;
    pap: Pap;
    audience: readonly AudienceItem[];
    principals: number[];
    ownerReaders: number[];
    isNarrowing: boolean;
    status: 'pending' | 'held' | 'scheduled' | 'released';
    requestedBy: number;
    holdUntil: Date | null;
    notBefore: Date | null;
    outcome: string | null;
  }): Promise<void> {
    const { at, space } = this.work;
    await this.work.query(insert, [
      row.id,
      space,
      row.kind,
      row.recordKey,
      row.revision,
      row.tlp,
      row.pap,
      JSON.stringify(row.audience),
      row.principals,
      row.ownerReaders,
      row.isNarrowing,
      row.status,
      row.requestedBy,
      at,
      null,
      row.status === 'released' ? at : null,
      row.holdUntil,
      row.notBefore,
      row.outcome,
    ]);
  }

  async supersede(kind: RecordKind, recordKey: number, by: number): Promise<void> {
    await this.work.query(supersede, [this.work.space, kind, recordKey, by, this.work.at]);
  }

  /** @returns whether one was waiting. */
  async cancelOpen(kind: RecordKind, recordKey: number, by: number): Promise<boolean> {
    const rows = await this.work.query(cancelOpen, [this.work.space, kind, recordKey, by, this.work.at]);
    return rows.length > 0;
  }

  /** @returns false where somebody else ended it first. */
  async complete(id: string, confirmedBy: number | null): Promise<boolean> {
    return (await this.work.query(complete, [this.work.space, id, confirmedBy, this.work.at])).length > 0;
  }

  /** Nothing has to be said about it any more: it waits for its instant. @returns false where somebody else ended it first. */
  async schedule(id: string, confirmedBy: number | null): Promise<boolean> {
    return (await this.work.query(schedule, [this.work.space, id, confirmedBy])).length > 0;
  }

  async publish(kind: RecordKind, recordKey: number, principals: number[]): Promise<void> {
    if (kind === 'advisory') await this.work.query(publishAdvisory, [recordKey, principals, this.work.at]);
    else await this.work.query(publish, [kind, recordKey, principals, this.work.at]);
  }

  /** When the owner's side of a record changes, its release rows follow. */
  async keepOwners(kind: RecordKind, recordKey: number, ownerReaders: number[]): Promise<void> {
    await this.work.query(keepOwners, [this.work.space, kind, recordKey, ownerReaders]);
  }

  due(at: Date): Promise<{ space: number; release_id: string; user_key: number }[]> {
    return this.work.query(due, [at]);
  }

  /** When the next embargo ends, of anybody; null where there is none. */
  async nextEmbargo(): Promise<Date | null> {
    const [row] = await this.work.query<{ at: Date | null }>(nextEmbargo);
    return row?.at ?? null;
  }
}
