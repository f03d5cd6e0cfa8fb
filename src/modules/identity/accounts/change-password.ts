import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Once } from '../../../platform/http/once.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import { ConfirmIdentity } from './confirm-identity.js';
import type { ChangePasswordDto, MeView } from './me.dto.js';
import { ReadMe } from './read-me.js';
import { SetPassword } from './set-password.js';

/** Changes the password of who knows the one before, and ends every other session. */
@Injectable()
export class ChangePassword {
  constructor(
    private readonly work: UnitOfWork,
    private readonly once: Once,
    private readonly me: ReadMe,
    private readonly identity: ConfirmIdentity,
    private readonly setPassword: SetPassword,
    private readonly credentials: CredentialsStore,
  ) {}

  async run(request: RondaRequest, actor: Actor, wanted: ChangePasswordDto): Promise<MeView> {
    const attempt = await this.identity.begin(actor, request.ip);
    return this.once.run(
      request,
      async () => {
        await this.identity.check(actor, wanted.currentPassword, attempt);
        await this.setPassword.run(actor, await this.me.row(actor), wanted.newPassword, '/newPassword');
        await this.credentials.revokeAll(actor.userKey, ['session', 'link'], actor.credentialKey);
        const payload = { userId: actor.userId };
        this.work.emit({ type: 'account.password-changed', version: 1, payload }, actor.userKey);
        return actor.userId;
      },
      () => this.me.view(actor),
    );
  }
}
