import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export const FEEDBACK_KINDS = ['useful', 'acted-on', 'cannot-help', 'checked-not-seen'] as const;
export type FeedbackKind = (typeof FEEDBACK_KINDS)[number];

export interface FeedbackRow {
  org_key: number;
  org_id: string;
  org_name: string;
  org_country: string | null;
  /** Null: it acted on it, which its receipt says. */
  kind: Exclude<FeedbackKind, 'acted-on'> | null;
  note: string | null;
  given_at: Date;
}

const lock = statement(
  'feedback-lock',
  `select pg_advisory_xact_lock(hashtextextended('ronda.feedback ' || $1::int || ' ' || $2::bigint || ' ' || $3::int, 0))`,
);
const put = statement(
  'feedback-put',
  `insert into ronda.feedback (space, owner_key, incident_key, kind, note, given_by, given_at) values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (space, owner_key, incident_key) do update
     set kind = excluded.kind, note = excluded.note, given_by = excluded.given_by, given_at = excluded.given_at`,
);
const remove = statement(
  'feedback-delete',
  'delete from ronda.feedback where space = $1 and owner_key = $2 and incident_key = $3',
);
const ofRecord = statement(
  'feedback-of-record',
  `select o.key as org_key, o.id as org_id, o.name as org_name, o.country as org_country, f.kind, f.note, f.given_at
     from ronda.feedback f join ronda.organisation o on o.key = f.owner_key
    where f.space = $1 and f.incident_key = $2 order by o.name, o.id`,
);

/** The newest word of each organisation on a record that it was given. */
@Injectable()
export class FeedbackStore {
  constructor(private readonly work: UnitOfWork) {}

  /** Keeps others of the organisation waiting until the end of the unit of work: each replaces what it has read. */
  async lock(recordKey: number, organisationKey: number): Promise<void> {
    await this.work.query(lock, [this.work.space, recordKey, organisationKey]);
  }

  /** Replaces what the organisation said before. */
  async put(given: {
    recordKey: number;
    organisationKey: number;
    kind: FeedbackKind;
    note: string | null;
    by: number;
  }): Promise<void> {
    const { space, at } = this.work;
    await this.work.query(put, [
      space,
      given.organisationKey,
      given.recordKey,
      given.kind === 'acted-on' ? null : given.kind,
      given.note,
      given.by,
      at,
    ]);
  }

  async remove(recordKey: number, organisationKey: number): Promise<void> {
    await this.work.query(remove, [this.work.space, organisationKey, recordKey]);
  }

  /** Those that the caller may see: its own, and of what its side shared everybody's. By name. */
  ofRecord(recordKey: number): Promise<FeedbackRow[]> {
    return this.work.query<FeedbackRow>(ofRecord, [this.work.space, recordKey]);
  }
}
