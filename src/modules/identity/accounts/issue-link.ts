import { Injectable } from '@nestjs/common';
import { Chance } from '../../../kernel/chance.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import type { LinkPurpose } from '../credentials/credentials.store.js';
import { mintToken } from '../credentials/tokens.js';
import { LINK_HOURS, addHours } from './account.rules.js';
import type { OneTimeLinkView } from './users.dto.js';

/** Makes a one-time link for an account. A link before it stops working. */
@Injectable()
export class IssueLink {
  constructor(
    private readonly work: UnitOfWork,
    private readonly credentials: CredentialsStore,
    private readonly chance: Chance,
  ) {}

  async run(
    account: { key: number; org_key: number },
    purpose: LinkPurpose,
    clearsSecondFactor = false,
  ): Promise<OneTimeLinkView> {
    await this.credentials.revokeAll(account.key, ['link'], 0);
    const { token, hash } = mintToken(this.chance, 'link');
    const expiresAt = addHours(this.work.at, LINK_HOURS);
    const owner = { userKey: account.key, organisationKey: account.org_key };
    await this.credentials.insertLink({
      id: this.chance.uuid(),
      ...owner,
      hash,
      purpose,
      clearsSecondFactor,
      expiresAt,
    });
    return { token, expiresAt: expiresAt.toISOString() };
  }
}
