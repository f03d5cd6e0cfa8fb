import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { RetainedKind, RetentionRule } from './retention.rules.js';

/** What its rule no longer keeps. */
export interface DueRow {
  kind: RetainedKind;
  record_key: number;
  record_id: string;
  /** The record itself, or the one that the comment is on. */
  incident_key: number;
  incident_id: string;
  days: number;
}

export interface DueCount {
  kind: RetainedKind;
  /** ISO 3166-1 alpha-2 of the organisations they belong to; null of bodies of the region. */
  country: string | null;
  days: number;
  count: number;
  /** When the oldest was last changed. */
  oldest: Date;
}

const spaces = statement('retention-spaces', 'select space from ronda.spaces_in_use() as s (space)');
const due = statement(
  'retention-due',
  `select kind, record_key, record_id, incident_key, incident_id, days from ronda.retention_due($1, $2, $3)`,
);
const survey = statement(
  'retention-survey',
  `select kind, country, days, count(*)::int as count, min(last_change) as oldest
     from ronda.retention_due($1, $2, null) group by kind, country, days order by kind, country nulls first`,
);
const erase = statement('retention-erase', 'select erasure_id from ronda.retention_erase($1, $2)');

/** Asked and written as nobody: of whoever it is, the worker reads the keys alone. */
@Injectable()
export class RetentionStore {
  constructor(private readonly work: UnitOfWork) {}

  /** Real life first. */
  async spaces(): Promise<number[]> {
    return (await this.work.query<{ space: number }>(spaces)).map(({ space }) => space);
  }

  /** The longest unchanged first. */
  due(rules: readonly RetentionRule[], limit: number): Promise<DueRow[]> {
    return this.work.query<DueRow>(due, [JSON.stringify(rules), this.work.at, limit]);
  }

  survey(rules: readonly RetentionRule[]): Promise<DueCount[]> {
    return this.work.query<DueCount>(survey, [JSON.stringify(rules), this.work.at]);
  }

  /** @returns the ids of those erasures that took place: what was changed since it was found due is left. */
  async erase(
    chosen: readonly (Pick<DueRow, 'kind' | 'record_key' | 'days'> & { erasure: string; reason: string })[],
  ): Promise<Set<string>> {
    const rows = await this.work.query<{ erasure_id: string }>(erase, [this.work.at, JSON.stringify(chosen)]);
    return new Set(rows.map(({ erasure_id }) => erasure_id));
  }
}
