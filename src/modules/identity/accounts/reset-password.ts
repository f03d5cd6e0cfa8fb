import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import { AccountsStore } from './accounts.store.js';
import { SetPassword } from './set-password.js';
import { SlowDown } from './slow-down.js';
import { TakeLink } from './take-link.js';

/** Sets a new password with a one-time link; ends the account's sessions and the waits that others' attempts have caused. */
@Injectable()
export class ResetPassword {
  constructor(
    private readonly work: UnitOfWork,
    private readonly takeLink: TakeLink,
    private readonly accounts: AccountsStore,
    private readonly credentials: CredentialsStore,
    private readonly setPassword: SetPassword,
    private readonly slowDown: SlowDown,
  ) {}

  async run(actor: Actor, newPassword: string): Promise<void> {
    const { link, account } = await this.takeLink.run(actor, 'password-reset');
    await this.setPassword.run(actor, account, newPassword, '/newPassword');
    if (link.clears_second_factor) await this.accounts.removeTotp(account.key);
    await this.slowDown.clear(account.email);
    await this.credentials.revokeAll(account.key, ['session'], 0);
    this.work.emit({ type: 'account.password-reset', version: 1, payload: { userId: account.id } }, account.key);
    // Last: with it the caller's right to write is gone.
    await this.credentials.revoke(actor.credentialKey);
  }
}
