import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { notFound } from '../../../kernel/problem.js';
import type { PageQuery } from '../../../platform/http/page.dto.js';
import { FindOrganisation } from '../organisations/find-organisation.js';
import { mayStaff } from '../organisations/organisation.rules.js';
import { factsOf } from '../organisations/organisation.view.js';
import type { OrganisationRow } from '../organisations/organisations.store.js';
import { decodeTextCursor, encodeTextCursor } from '../organisations/text-cursor.js';
import { userActions } from './account.rules.js';
import type { Rights } from './account.rules.js';
import { AccountsStore } from './accounts.store.js';
import type { AccountRow } from './accounts.store.js';
import type { UserPage, UserView } from './users.dto.js';

export interface FoundUser {
  organisation: OrganisationRow;
  user: AccountRow;
  rights: Rights;
}

/** Finds the people of an organisation: all of them for who administers it, the active ones for others. */
@Injectable()
export class FindUser {
  constructor(
    private readonly find: FindOrganisation,
    private readonly accounts: AccountsStore,
  ) {}

  /** @throws Problem the one 404 for an organisation or an account that the caller may not see. */
  async one(actor: Actor, organisationId: string, userId: string): Promise<FoundUser> {
    const organisation = await this.find.row(organisationId);
    const rights = rightsOver(organisation, actor);
    const user = await this.accounts.find(organisation.key, userId);
    if (!user || (user.status !== 'active' && !rights.mayStaff)) throw notFound();
    return { organisation, user, rights };
  }

  async view(actor: Actor, organisationId: string, userId: string): Promise<UserView> {
    const { user, rights } = await this.one(actor, organisationId, userId);
    return toUserView(user, rights);
  }

  async page(actor: Actor, organisationId: string, { cursor, limit }: PageQuery): Promise<UserPage> {
    const after = cursor === undefined ? null : decodeTextCursor(cursor, 'string', 'uuid');
    const organisation = await this.find.row(organisationId);
    const rights = rightsOver(organisation, actor);
    const rows = await this.accounts.list(organisation.key, rights.mayStaff, after, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => toUserView(row, rights)),
      next: last && rows.length > limit ? encodeTextCursor(last.sort_name, last.id) : null,
    };
  }
}

const rightsOver = (organisation: OrganisationRow, actor: Actor): Rights => ({
  mayAdminister: actor.permissions.has('organisation:admin') && organisation.key === actor.organisationKey,
  mayStaff: mayStaff(factsOf(organisation), actor),
  mayErase:
    actor.permissions.has('organisation:admin') &&
    organisation.key === actor.organisationKey &&
    actor.standing === 'active',
  callerKey: actor.userKey,
});

export const toUserView = (row: AccountRow, rights: Rights): UserView => ({
  id: row.id,
  displayName: row.display_name,
  roles: row.roles,
  email: rights.mayStaff && row.erased_at === null ? row.email : null,
  status: row.status,
  allowedActions: userActions(row, rights),
});
