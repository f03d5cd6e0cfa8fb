import { Injectable } from '@nestjs/common';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export interface StatusDetail {
  id: string;
  version: string;
  message?: string;
}

export interface StatusOutcome {
  successes: StatusDetail[];
  failures: StatusDetail[];
}

const write = statement(
  'taxii-status-write',
  'insert into ronda.taxii_status (space, org_key, id, requested_at, outcome) values ($1, $2, $3, $4, $5)',
);
const byId = statement(
  'taxii-status-by-id',
  'select id, requested_at, outcome from ronda.taxii_status where space = $1 and org_key = $2 and id = $3',
);

/** What became of what was sent in. */
@Injectable()
export class TaxiiStatuses {
  constructor(private readonly work: UnitOfWork) {}

  write(organisationKey: number, id: string, outcome: StatusOutcome): void {
    this.work.write(write, [this.work.space, organisationKey, id, this.work.at, JSON.stringify(outcome)]);
  }

  async byId(
    organisationKey: number,
    id: string,
  ): Promise<{ id: string; requested_at: Date; outcome: StatusOutcome } | undefined> {
    const rows = await this.work.query<{ id: string; requested_at: Date; outcome: StatusOutcome }>(byId, [
      this.work.space,
      organisationKey,
      id,
    ]);
    return rows[0];
  }
}
