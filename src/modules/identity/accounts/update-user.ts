import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { forbidden } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../../platform/http/etag.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import { OrganisationsStore } from '../organisations/organisations.store.js';
import { accountConflict } from './account.problems.js';
import { losesAdmin } from './account.rules.js';
import { AccountsStore } from './accounts.store.js';
import type { AccountRow } from './accounts.store.js';
import { FindUser, toUserView } from './find-user.js';
import type { UpdateUserDto, UserView } from './users.dto.js';

/** Changes an account of the caller's own organisation: name, roles, whether it is open. */
@Injectable()
export class UpdateUser {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindUser,
    private readonly accounts: AccountsStore,
    private readonly organisations: OrganisationsStore,
    private readonly credentials: CredentialsStore,
  ) {}

  async run(
    actor: Actor,
    organisationId: string,
    userId: string,
    wanted: UpdateUserDto,
    ifMatch: string | undefined,
  ): Promise<UserView> {
    // Two administrators who take each other's role wait here, and the second finds itself the last.
    await this.organisations.lock(organisationId);
    const { user, rights } = await this.find.one(actor, organisationId, userId);
    if (!rights.mayAdminister) throw forbidden("Only the organisation's administrator does that.");
    checkIfMatch(ifMatch, toUserView(user, rights), true);
    const after = {
      displayName: wanted.displayName ?? user.display_name,
      roles: wanted.roles ?? user.roles,
      status: wanted.status ?? user.status,
    };
    await this.checkChange(user, after);
    await this.accounts.update(user.key, after);
    if (after.status === 'disabled') await this.credentials.revokeAll(user.key, ['session', 'api-key', 'link'], 0);
    const payload = { userId, organisationId, roles: after.roles, status: after.status };
    this.work.emit({ type: 'account.updated', version: 1, payload }, actor.userKey);
    return toUserView({ ...user, display_name: after.displayName, roles: after.roles, status: after.status }, rights);
  }

  private async checkChange(user: AccountRow, after: Pick<AccountRow, 'roles' | 'status'>): Promise<void> {
    if (user.erased_at !== null) throw accountConflict('It is forgotten whose account this was: it stays closed.');
    if (user.status === 'invited' && after.status === 'active')
      throw accountConflict('An invited account becomes active when its invitation is accepted.');
    if (losesAdmin(user, after) && (await this.accounts.otherAdmins(user.org_key, user.key)) === 0)
      throw accountConflict('An organisation keeps at least one active administrator.');
  }
}
