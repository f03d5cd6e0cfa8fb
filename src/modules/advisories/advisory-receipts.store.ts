import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { AdvisoryRow, ReceiptRow } from './advisory.rows.js';

const insert = statement(
  'advisory-receipt-insert',
  `insert into ronda.advisory_receipt (space, reader_key, advisory_key, number, kind, org_key, at)
   select $1, n.reader, n.advisory, n.number, $2, $3, $4 from jsonb_to_recordset($5::jsonb) as n (reader int, advisory bigint, number int)
    order by n.reader, n.advisory, n.number on conflict do nothing returning advisory_key, number`,
);
const acknowledged = statement(
  'advisory-receipts-own',
  `select distinct x.advisory_key, x.number from ronda.advisory_receipt x
    where x.space = $1 and x.advisory_key = any ($2) and x.kind = 'acknowledged' and x.reader_key = any ((select ronda.reader_principals())::int[])`,
);
const ofRecord = statement(
  'advisory-receipts-of-record',
  `select o.key as org_key, o.id as org_id, o.name as org_name, o.country as org_country, x.number, r.version,
          min(x.at) filter (where x.kind = 'delivered') as delivered_at, min(x.at) filter (where x.kind = 'acknowledged') as acknowledged_at
     from ronda.advisory_receipt x join ronda.organisation o on o.key = x.org_key
     join ronda.advisory_revision r on r.space = x.space and r.advisory_key = x.advisory_key and r.number = x.number
    where x.space = $1 and x.advisory_key = $2
    group by o.key, o.id, o.name, o.country, x.number, r.version order by o.name, o.id, x.number desc`,
);

const HOUR_MS = 3_600_000;
const KEPT_IN_MIND = 100_000;

/** A published version, as far as its receipt depends on it. */
export type ShownVersion = Pick<AdvisoryRow, 'id' | 'key' | 'number' | 'is_owner' | 'published_at' | 'via'>;

/** What an advisory's readers did with it: that it left for them, to the hour, and that they say they have it. */
@Injectable()
export class AdvisoryReceipts {
  /** Known to be there, so that reading again costs nothing. */
  private readonly kept = new Set<string>();

  constructor(private readonly work: UnitOfWork) {}

  /** Called with what is about to be shown, and awaited before it is. Of a draft under review there are no receipts. */
  async shown(actor: Actor, rows: readonly ShownVersion[]): Promise<void> {
    const missing = rows.filter(
      (row) =>
        !row.is_owner && row.published_at !== null && row.via.length > 0 && !this.kept.has(this.nameOf(actor, row)),
    );
    if (missing.length === 0) return;
    const hour = new Date(Math.floor(this.work.at.getTime() / HOUR_MS) * HOUR_MS);
    await this.work.durably(() => this.write(actor, missing, 'delivered', hour));
    if (this.work.mode !== 'read') return;
    if (this.kept.size >= KEPT_IN_MIND) this.kept.clear();
    for (const row of missing) this.kept.add(this.nameOf(actor, row));
  }

  acknowledge(actor: Actor, row: ShownVersion): Promise<void> {
    return this.write(actor, [row], 'acknowledged', this.work.at);
  }

  /** By advisory: the revisions that the caller's side has acknowledged. */
  async acknowledged(keys: readonly number[]): Promise<Set<string>> {
    const rows = await this.work.query<{ advisory_key: number; number: number }>(acknowledged, [this.work.space, keys]);
    return new Set(rows.map((row) => `${row.advisory_key} ${row.number}`));
  }

  /** To its owner's side: of organisations that it sees at all. */
  ofRecord(key: number): Promise<ReceiptRow[]> {
    return this.work.query<ReceiptRow>(ofRecord, [this.work.space, key]);
  }

  private async write(
    actor: Actor,
    rows: readonly ShownVersion[],
    kind: 'delivered' | 'acknowledged',
    at: Date,
  ): Promise<void> {
    const receipts = rows.map((row) => ({ reader: readerOf(actor, row), advisory: row.key, number: row.number }));
    const values = [this.work.space, kind, actor.organisationKey, at, JSON.stringify(receipts)];
    const made = await this.work.query<{ advisory_key: number; number: number }>(insert, values);
    // What is said on purpose has an entry that its issuer reads. Of this nobody reads more than that it is there: who read, and
    // when to the second, would be watching.
    if (kind === 'acknowledged') return;
    for (const { advisory_key: key, number } of made) {
      const record = rows.find((row) => row.key === key)?.id;
      const payload = { recordKind: 'advisory', record, number, recipientId: actor.organisationId };
      this.work.emit({ type: 'receipt.delivered', version: 1, payload });
    }
  }

  private nameOf(actor: Actor, row: ShownVersion): string {
    return `${this.work.space} ${readerOf(actor, row)} ${row.key} ${row.number}`;
  }
}

/** A person where nothing but its own name let it in: its colleagues may not know that the advisory exists. */
const readerOf = (actor: Actor, { via }: ShownVersion): number =>
  via.some((principal) => principal !== actor.userKey) ? actor.organisationKey : actor.userKey;
