import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { invalidInput } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { FindOrganisation } from '../organisations/find-organisation.js';
import { addressTaken } from './account.problems.js';
import { AccountsStore } from './accounts.store.js';
import { IssueLink } from './issue-link.js';
import { normaliseEmail } from './sign-in.rules.js';
import type { InviteUserDto, OneTimeLinkView } from './users.dto.js';

/**
 * Invites a person into an organisation: an account that opens with a one-time link. Its administrator invites; who is
 * over an organisation invites its first administrator and nobody else.
 */
@Injectable()
export class InviteUser {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindOrganisation,
    private readonly accounts: AccountsStore,
    private readonly issueLink: IssueLink,
    private readonly chance: Chance,
  ) {}

  /** @param ifMatch of the organisation, where sent. */
  async run(
    actor: Actor,
    organisationId: string,
    { email: written, displayName, roles }: InviteUserDto,
    ifMatch: string | undefined,
  ): Promise<{ id: string; link: OneTimeLinkView }> {
    const organisation = await this.find.toChange(actor, organisationId, 'invite', {
      header: ifMatch,
      isRequired: false,
    });
    if (organisation.key !== actor.organisationKey && !roles.includes('admin'))
      throw invalidInput([{ pointer: '/roles', detail: 'The first account of an organisation has to be an admin.' }]);
    const email = normaliseEmail(written);
    const id = this.chance.uuid();
    const key = await this.accounts.insert({
      id,
      organisationKey: organisation.key,
      email,
      displayName: displayName ?? email.split('@', 1)[0] ?? email,
      roles,
      status: 'invited',
    });
    if (key === null) throw addressTaken();
    const link = await this.issueLink.run({ key, org_key: organisation.key }, 'invitation');
    const payload = { userId: id, organisationId };
    this.work.emit({ type: 'account.invited', version: 1, payload }, actor.userKey);
    return { id, link };
  }
}
