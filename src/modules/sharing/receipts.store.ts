import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export const RECEIPT_ACTS = ['exported', 'acknowledged', 'acted-on'] as const;
export type ReceiptAct = (typeof RECEIPT_ACTS)[number];
export type ReceiptKind = 'delivered' | 'opened' | ReceiptAct;

/** One to be written: of a revision, by its internal number. */
export interface NewReceipt {
  /** The organisation's principal, or the person's who alone of it was let in. */
  readerKey: number;
  recordKey: number;
  revision: number;
  kind: ReceiptKind;
}

/** One that a node gathered, to be written later and as nobody. */
export interface Delivery extends Omit<NewReceipt, 'kind'> {
  organisationKey: number;
  at: Date;
}

/** What an organisation has done with a revision. */
export interface ReceiptRow {
  org_key: number;
  org_id: string;
  org_name: string;
  org_country: string | null;
  revision: number;
  delivered_at: Date | null;
  opened_at: Date | null;
  exported_at: Date | null;
  acknowledged_at: Date | null;
  acted_on_at: Date | null;
}

export const BANDED = [
  'delivered',
  'opened',
  'exported',
  'acknowledged',
  'acted-on',
  'asked-back',
  'deleted',
  'kept',
] as const;
export const BANDS = ['fewer-than-5', '5-to-9', '10-or-more'] as const;
export interface ReceiptBand {
  kind: (typeof BANDED)[number];
  band: (typeof BANDS)[number];
}

interface WrittenRow {
  reader_key: number;
  record_key: number;
  revision: number;
}

const insert = statement(
  'receipt-insert',
  `insert into ronda.receipt (space, reader_key, record_kind, record_key, revision, kind, org_key, at)
   select $1, n.reader, 'incident', n.record, n.revision, n.kind, $2, $3
     from jsonb_to_recordset($4::jsonb) as n (reader int, record bigint, revision int, kind text)
    where exists (select from ronda.incident_revision r
      where r.space = $1 and r.incident_key = n.record and r.number = n.revision)
    order by n.reader, n.record, n.revision, n.kind
   on conflict do nothing returning record_key, revision, kind`,
);
const holdReaders = statement('receipt-hold-readers', 'select ronda.hold_readers($1)');
const kept = statement(
  'receipt-kept',
  `select count(*)::int as count from jsonb_to_recordset($2::jsonb) as n (reader int, record bigint, revision int, kind text)
     join ronda.receipt r on r.space = $1 and r.reader_key = n.reader and r.record_kind = 'incident'
      and r.record_key = n.record and r.revision = n.revision and r.kind = n.kind`,
);
const keepDeliveries = statement(
  'receipt-keep-deliveries',
  'select reader_key, record_key, revision from ronda.keep_deliveries($1::jsonb)',
);
const firstAt = (kind: ReceiptKind): string => `min(r.at) filter (where r.kind = '${kind}')`;
const ofRecord = statement(
  'receipt-of-record',
  `select o.key as org_key, o.id as org_id, o.name as org_name, o.country as org_country, r.revision,
          ${firstAt('delivered')} as delivered_at, ${firstAt('opened')} as opened_at, ${firstAt('exported')} as exported_at,
          ${firstAt('acknowledged')} as acknowledged_at, ${firstAt('acted-on')} as acted_on_at
     from ronda.receipt r join ronda.organisation o on o.key = r.org_key
    where r.space = $1 and r.record_kind = 'incident' and r.record_key = $2
    group by o.key, o.id, o.name, o.country, r.revision order by o.name, o.id, r.revision desc`,
);

const bands = statement('receipt-bands', 'select kind, band from ronda.receipt_bands($1)');

@Injectable()
export class ReceiptsStore {
  constructor(private readonly work: UnitOfWork) {}

  /** As the recipient, of what it reads now. @returns those that were not there before. */
  async insert(
    organisationKey: number,
    receipts: readonly NewReceipt[],
    at: Date,
  ): Promise<{ record_key: number; revision: number; kind: ReceiptKind }[]> {
    // Before it is asked whether it may be read: whoever takes it away has done so by then, or waits.
    this.work.write(holdReaders, [[...new Set(receipts.map(({ recordKey }) => recordKey))]]);
    return this.work.query(insert, [this.work.space, organisationKey, at, jsonOf(receipts)]);
  }

  /** Whether all of these are there, made now or before. */
  async areKept(receipts: readonly NewReceipt[]): Promise<boolean> {
    const [row] = await this.work.query<{ count: number }>(kept, [this.work.space, jsonOf(receipts)]);
    return row?.count === receipts.length;
  }

  /** As nobody. @returns those that were not there before. */
  keepDeliveries(deliveries: readonly Delivery[]): Promise<WrittenRow[]> {
    const rows = deliveries.map(({ readerKey, recordKey, revision, organisationKey, at }) => ({
      reader_key: readerKey,
      record_key: recordKey,
      revision,
      org_key: organisationKey,
      at,
    }));
    return this.work.query<WrittenRow>(keepDeliveries, [JSON.stringify(rows)]);
  }

  /** Of an anonymous record, to its owner's side: of how many organisations there are any, and no nearer. */
  bands(recordKey: number): Promise<ReceiptBand[]> {
    return this.work.query<ReceiptBand>(bands, [recordKey]);
  }

  /** Those that the caller may see: all of its own record, its own side's of another's. By name, the newest revision first. */
  ofRecord(recordKey: number): Promise<ReceiptRow[]> {
    return this.work.query<ReceiptRow>(ofRecord, [this.work.space, recordKey]);
  }
}

const jsonOf = (receipts: readonly NewReceipt[]): string =>
  JSON.stringify(
    receipts.map(({ readerKey, recordKey, revision, kind }) => ({
      reader: readerKey,
      record: recordKey,
      revision,
      kind,
    })),
  );
