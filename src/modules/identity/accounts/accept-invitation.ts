import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import { linkUsed } from './account.problems.js';
import { AccountsStore } from './accounts.store.js';
import { SetPassword } from './set-password.js';
import { TakeLink } from './take-link.js';
import type { AcceptInvitationDto } from './users.dto.js';

/** Opens an invited account with a password of its own. The link is used up. */
@Injectable()
export class AcceptInvitation {
  constructor(
    private readonly work: UnitOfWork,
    private readonly takeLink: TakeLink,
    private readonly accounts: AccountsStore,
    private readonly credentials: CredentialsStore,
    private readonly setPassword: SetPassword,
  ) {}

  async run(actor: Actor, { displayName, password }: AcceptInvitationDto): Promise<void> {
    const { account } = await this.takeLink.run(actor, 'invitation');
    if (account.status !== 'invited') throw linkUsed();
    await this.setPassword.run(actor, account, password, '/password');
    const { roles, display_name } = account;
    await this.accounts.update(account.key, { displayName: displayName ?? display_name, roles, status: 'active' });
    this.work.emit({ type: 'account.activated', version: 1, payload: { userId: account.id } }, account.key);
    // Last: with it the caller's right to write is gone.
    await this.credentials.revoke(actor.credentialKey);
  }
}
