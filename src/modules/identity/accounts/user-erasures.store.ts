import { Injectable } from '@nestjs/common';
import type { ErasureBasis } from '../../../kernel/erasure.js';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export interface UserErasureRow {
  id: string;
  basis: ErasureBasis;
  reason: string;
  erased_at: Date;
}

const erase = statement('account-erase', 'select ronda.erase_account($1, $2, $3, $4, $5)');
const ofAccount = statement(
  'account-erasures',
  `select id, basis, reason, erased_at from ronda.erasure
    where space = $1 and record_kind = 'account' and record_key = $2 order by key desc`,
);

@Injectable()
export class UserErasuresStore {
  constructor(private readonly work: UnitOfWork) {}

  async erase(
    userKey: number,
    { id, basis, reason }: { id: string; basis: ErasureBasis; reason: string },
  ): Promise<void> {
    await this.work.query(erase, [userKey, id, basis, reason, this.work.at]);
  }

  /** To its organisation; none to others. */
  ofAccount(userKey: number): Promise<UserErasureRow[]> {
    return this.work.query<UserErasureRow>(ofAccount, [this.work.space, userKey]);
  }
}
