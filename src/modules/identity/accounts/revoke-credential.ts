import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../../platform/http/etag.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import { sessionNeeded } from './account.problems.js';
import { toApiKeyView, toSessionView } from './me.view.js';
import { ReadMe } from './read-me.js';

/** Ends one of the caller's own sessions or API keys. It acts on that credential's next request. */
@Injectable()
export class RevokeCredential {
  constructor(
    private readonly work: UnitOfWork,
    private readonly me: ReadMe,
    private readonly credentials: CredentialsStore,
  ) {}

  async run(actor: Actor, kind: 'session' | 'api-key', id: string, ifMatch: string | undefined): Promise<void> {
    if (actor.credentialKind !== 'session') throw sessionNeeded();
    const row = await this.me.credential(actor, kind, id);
    checkIfMatch(ifMatch, kind === 'session' ? toSessionView(row, actor) : toApiKeyView(row, actor), true);
    await this.credentials.revoke(row.key);
    this.work.emit({ type: `${kind}.revoked`, version: 1, payload: { id } }, actor.userKey);
  }
}
