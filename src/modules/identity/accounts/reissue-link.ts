import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { forbidden } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../../platform/http/etag.js';
import type { LinkPurpose } from '../credentials/credentials.store.js';
import { accountConflict } from './account.problems.js';
import { AccountsStore } from './accounts.store.js';
import { FindUser, toUserView } from './find-user.js';
import { IssueLink } from './issue-link.js';
import type { OneTimeLinkView } from './users.dto.js';

/** Makes another link for an account that exists: an invitation that was lost, or the way back to a forgotten password. */
@Injectable()
export class ReissueLink {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindUser,
    private readonly accounts: AccountsStore,
    private readonly issueLink: IssueLink,
  ) {}

  async run(
    actor: Actor,
    organisationId: string,
    userId: string,
    wanted: { purpose: LinkPurpose; clearsSecondFactor: boolean },
    ifMatch: string | undefined,
  ): Promise<{ id: string; link: OneTimeLinkView }> {
    const before = await this.find.one(actor, organisationId, userId);
    await this.accounts.lock(before.organisation.key, userId);
    const { user, rights } = await this.find.one(actor, organisationId, userId);
    const isInvitation = wanted.purpose === 'invitation';
    if (!(isInvitation ? rights.mayStaff : rights.mayAdminister))
      throw forbidden("Only the organisation's administrator does that.");
    checkIfMatch(ifMatch, toUserView(user, rights), false);
    if (user.status !== (isInvitation ? 'invited' : 'active')) throw accountConflict(`The account is ${user.status}.`);
    const link = await this.issueLink.run(user, wanted.purpose, wanted.clearsSecondFactor);
    const payload = { userId, organisationId, purpose: wanted.purpose };
    this.work.emit({ type: 'account.link-issued', version: 1, payload }, actor.userKey);
    return { id: userId, link };
  }
}
