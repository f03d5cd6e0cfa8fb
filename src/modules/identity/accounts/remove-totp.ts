import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../../platform/http/etag.js';
import { totpNotBegun } from './account.problems.js';
import { AccountsStore } from './accounts.store.js';
import { ConfirmIdentity } from './confirm-identity.js';
import { ReadMe } from './read-me.js';

/** Removes the second factor and its recovery codes, for who knows the password. */
@Injectable()
export class RemoveTotp {
  constructor(
    private readonly work: UnitOfWork,
    private readonly accounts: AccountsStore,
    private readonly identity: ConfirmIdentity,
    private readonly me: ReadMe,
  ) {}

  async run(actor: Actor, password: string, address: string, ifMatch: string | undefined): Promise<void> {
    const attempt = await this.identity.begin(actor, address);
    await this.identity.check(actor, password, attempt);
    const view = await this.me.totp(actor);
    checkIfMatch(ifMatch, view, true);
    if (!view.isActive) throw totpNotBegun();
    await this.accounts.removeTotp(actor.userKey);
    this.work.emit(
      { type: 'account.second-factor-removed', version: 1, payload: { userId: actor.userId } },
      actor.userKey,
    );
  }
}
