import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Quarantine } from './incident.rows.js';
import type { QuarantineReason } from './incident.rules.js';

export interface QuarantineAskRow {
  reason: QuarantineReason;
  asked_at: Date;
}

const own = statement(
  'quarantine-own',
  `select reason, asked_at from ronda.quarantine_ask
    where space = $1 and org_key = $2 and record_id = $3 and withdrawn_at is null`,
);
const ask = statement('quarantine-ask', 'select ronda.ask_quarantine($1, $2, $3) as head');
const withdraw = statement('quarantine-withdraw', 'select ronda.withdraw_quarantine($1, $2) as head');
const reasons = statement('quarantine-reasons', 'select record_key, since, reasons from ronda.quarantine_reasons($1)');

/** What members ask for of anonymous records. Each sees its own; the database counts. */
@Injectable()
export class QuarantineStore {
  constructor(private readonly work: UnitOfWork) {}

  /** What stands of the caller's own organisation. */
  async own(organisationKey: number, recordId: string): Promise<QuarantineAskRow | undefined> {
    return (await this.work.query<QuarantineAskRow>(own, [this.work.space, organisationKey, recordId]))[0];
  }

  /** @returns the newest revision's number where the record is in quarantine from now on; null where it is not. */
  async ask(recordKey: number, reason: QuarantineReason): Promise<number | null> {
    const [row] = await this.work.query<{ head: number | null }>(ask, [recordKey, reason, this.work.at]);
    return row?.head ?? null;
  }

  /** @returns the newest revision's number where its quarantine ends with this; null where nothing changes. */
  async withdraw(recordId: string): Promise<number | null> {
    const [row] = await this.work.query<{ head: number | null }>(withdraw, [recordId, this.work.at]);
    return row?.head ?? null;
  }

  /** By record, to its owner's side. */
  async reasons(recordKeys: number[]): Promise<Map<number, Quarantine>> {
    if (recordKeys.length === 0) return new Map();
    const rows = await this.work.query<Quarantine & { record_key: number }>(reasons, [recordKeys]);
    return new Map(rows.map(({ record_key: key, since, reasons: why }) => [key, { since, reasons: why }]));
  }
}
