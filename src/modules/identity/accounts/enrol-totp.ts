import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Once } from '../../../platform/http/once.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { sessionNeeded, totpActive, totpNotBegun } from './account.problems.js';
import { AccountsStore } from './accounts.store.js';
import type { EnrolmentView } from './auth.dto.js';
import { ReadMe } from './read-me.js';
import { SecondFactor } from './second-factor.js';

/** Makes the seed of a second factor. It asks for nothing until a first code has confirmed it. */
@Injectable()
export class EnrolTotp {
  constructor(
    private readonly once: Once,
    private readonly accounts: AccountsStore,
    private readonly me: ReadMe,
    private readonly secondFactor: SecondFactor,
  ) {}

  run(request: RondaRequest, actor: Actor): Promise<EnrolmentView> {
    if (actor.credentialKind !== 'session') throw sessionNeeded();
    return this.once.run(
      request,
      async () => {
        const sealed = this.secondFactor.seal(this.secondFactor.newSeed(), actor.userKey);
        if (!(await this.accounts.beginTotp(actor.userKey, sealed))) throw totpActive();
        return actor.userId;
      },
      async () => {
        const [{ email }, secret] = await Promise.all([this.me.row(actor), this.accounts.secret(actor.userKey)]);
        if (!secret?.totp_sealed) throw totpNotBegun();
        // A repeat shows the seed again, until it is confirmed and never after.
        if (secret.totp_confirmed_at) throw totpActive();
        return this.secondFactor.enrolment(secret.totp_sealed, actor.userKey, email);
      },
    );
  }
}
