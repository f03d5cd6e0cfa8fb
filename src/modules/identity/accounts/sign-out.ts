import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import { sessionNeeded } from './account.problems.js';

/** Ends the session it is called with, at once. */
@Injectable()
export class SignOut {
  constructor(
    private readonly work: UnitOfWork,
    private readonly credentials: CredentialsStore,
  ) {}

  async run(actor: Actor): Promise<void> {
    if (actor.credentialKind !== 'session') throw sessionNeeded();
    await this.credentials.revoke(actor.credentialKey);
    const payload = { sessionId: actor.credentialId };
    this.work.emit({ type: 'session.closed', version: 1, payload }, actor.userKey);
  }
}
