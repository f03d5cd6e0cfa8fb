import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../../platform/http/etag.js';
import { sessionNeeded } from './account.problems.js';
import { AccountsStore } from './accounts.store.js';
import type { MeView, UpdateMeDto } from './me.dto.js';
import { ReadMe } from './read-me.js';

/** Changes how others see the account. */
@Injectable()
export class UpdateMe {
  constructor(
    private readonly work: UnitOfWork,
    private readonly accounts: AccountsStore,
    private readonly me: ReadMe,
  ) {}

  async run(actor: Actor, { displayName }: UpdateMeDto, ifMatch: string | undefined): Promise<MeView> {
    if (actor.credentialKind !== 'session') throw sessionNeeded();
    const row = await this.me.row(actor);
    checkIfMatch(ifMatch, await this.me.view(actor), true);
    await this.accounts.update(actor.userKey, { displayName, roles: row.roles, status: row.status });
    this.work.emit({ type: 'account.updated', version: 1, payload: { userId: actor.userId } }, actor.userKey);
    return this.me.view(actor);
  }
}
