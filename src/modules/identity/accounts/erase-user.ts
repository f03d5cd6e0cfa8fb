import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { forbidden, invalidInput, notFound } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../../platform/http/etag.js';
import { orderErasure } from '../../ledger/index.js';
import { OrganisationsStore } from '../organisations/organisations.store.js';
import { accountConflict } from './account.problems.js';
import type { EraseUserDto, UserErasureList, UserErasureView } from './erasures.dto.js';
import { FindUser, toUserView } from './find-user.js';
import { SlowDown } from './slow-down.js';
import { UserErasuresStore } from './user-erasures.store.js';
import type { UserErasureRow } from './user-erasures.store.js';

/**
 * Forgets whose an account was: its name and address, what it signed in with, and contacts of its organisation that are the
 * same. What was done with it stays done, by a former member of staff.
 */
@Injectable()
export class EraseUser {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindUser,
    private readonly organisations: OrganisationsStore,
    private readonly erasures: UserErasuresStore,
    private readonly slowDown: SlowDown,
    private readonly chance: Chance,
  ) {}

  /** @returns the erasure's id. */
  async run(
    actor: Actor,
    organisationId: string,
    userId: string,
    { basis, reason }: EraseUserDto,
    ifMatch: string | undefined,
  ): Promise<string> {
    // As where an account is changed: of two administrators who erase each other, the second finds itself erased.
    await this.organisations.lock(organisationId);
    const { user, rights } = await this.find.one(actor, organisationId, userId);
    if (!rights.mayErase)
      throw forbidden("Only an administrator of its active organisation erases an account's person.");
    const view = toUserView(user, rights);
    checkIfMatch(ifMatch, view, false);
    if (user.erased_at !== null) throw accountConflict('It is forgotten already whose account this was.');
    if (!view.allowedActions.includes('erase'))
      throw accountConflict('Another administrator of your organisation erases your account.');
    const said = reason.toLowerCase();
    if ([user.email, user.display_name.toLowerCase()].some((gone) => said.includes(gone)))
      throw invalidInput([{ pointer: '/reason', detail: 'The reason is kept: do not repeat in it what is erased.' }]);
    const id = this.chance.uuid();
    await this.slowDown.clear(user.email);
    await this.erasures.erase(user.key, { id, basis, reason });
    // Signing in, in vain or not, is the person's own doing and no record's. Before what says that it was done, which stays.
    orderErasure(this.work, { subjectId: userId, erasureId: id }, null);
    const payload = { userId, organisationId, erasureId: id };
    this.work.emit({ type: 'account.erased', version: 1, payload }, actor.userKey);
    return id;
  }

  async list(actor: Actor, organisationId: string, userId: string): Promise<UserErasureList> {
    const { user } = await this.find.one(actor, organisationId, userId);
    return { items: (await this.erasures.ofAccount(user.key)).map(toView) };
  }

  async view(actor: Actor, organisationId: string, userId: string, id: string): Promise<UserErasureView> {
    const { items } = await this.list(actor, organisationId, userId);
    return items.find((erasure) => erasure.id === id) ?? Promise.reject(notFound());
  }
}

const toView = ({ id, basis, reason, erased_at: erasedAt }: UserErasureRow): UserErasureView => ({
  id,
  basis,
  reason,
  erasedAt: erasedAt.toISOString(),
});
