import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import type { LinkPurpose, LinkRow } from '../credentials/credentials.store.js';
import { linkUsed, otherLink } from './account.problems.js';
import { AccountsStore } from './accounts.store.js';
import type { AccountRow } from './accounts.store.js';

/** The link that the caller shows, and the account it is for. */
@Injectable()
export class TakeLink {
  constructor(
    private readonly credentials: CredentialsStore,
    private readonly accounts: AccountsStore,
  ) {}

  /**
   * Locked until the end of the transaction: of two that use a link at once, one does.
   * @throws Problem 401 for one that was used, 403 for one that was made for something else.
   */
  async run(actor: Actor, purpose: LinkPurpose): Promise<{ link: LinkRow; account: AccountRow }> {
    const link = await this.credentials.lockLink(actor.credentialKey);
    if (!link) throw linkUsed();
    if (link.purpose !== purpose) throw otherLink();
    const account = await this.accounts.byKey(actor.userKey);
    if (!account) throw linkUsed();
    return { link, account };
  }
}
