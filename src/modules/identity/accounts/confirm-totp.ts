import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Once } from '../../../platform/http/once.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import { sessionNeeded, totpActive, totpNotBegun, wrongCode } from './account.problems.js';
import { AccountsStore } from './accounts.store.js';
import type { RecoveryCodesView } from './auth.dto.js';
import { SecondFactor } from './second-factor.js';

/** Activates a second factor by its first code. The session becomes a full one; others that waited for it end. */
@Injectable()
export class ConfirmTotp {
  constructor(
    private readonly work: UnitOfWork,
    private readonly once: Once,
    private readonly accounts: AccountsStore,
    private readonly credentials: CredentialsStore,
    private readonly secondFactor: SecondFactor,
  ) {}

  async run(request: RondaRequest, actor: Actor, code: string): Promise<RecoveryCodesView> {
    if (actor.credentialKind !== 'session') throw sessionNeeded();
    let recoveryCodes: string[] | null = null;
    return this.once.run(
      request,
      async () => {
        recoveryCodes = await this.confirm(actor, code);
        return actor.userId;
      },
      () => Promise.resolve({ recoveryCodes }),
    );
  }

  private async confirm(actor: Actor, code: string): Promise<string[]> {
    const { userKey } = actor;
    const secret = await this.accounts.secret(userKey);
    if (secret?.totp_confirmed_at) throw totpActive();
    if (!secret?.totp_sealed) throw totpNotBegun();
    const step = this.secondFactor.stepOf(code, secret.totp_sealed, userKey, this.work.at);
    if (step === null) throw wrongCode();
    if (!(await this.accounts.confirmTotp(userKey, step))) throw totpActive();
    const codes = await this.secondFactor.newRecoveryCodes(userKey);
    // Somebody who knows the password alone may sit in another session.
    await this.credentials.revokeAll(userKey, ['session'], actor.credentialKey);
    await this.credentials.lift(actor.credentialKey);
    this.work.emit({ type: 'account.second-factor-activated', version: 1, payload: { userId: actor.userId } }, userKey);
    return codes;
  }
}
