import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { FindGroup } from './find-group.js';
import { endingOf } from './group.rules.js';
import { membershipFacts } from './group.view.js';
import { GroupsStore } from './groups.store.js';
import type { GroupRow, MembershipJson } from './groups.store.js';

/** Ends a membership or a proposal: left, declined, withdrawn, or removed by the founder. It acts on the next request. */
@Injectable()
export class LeaveGroup {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindGroup,
    private readonly groups: GroupsStore,
  ) {}

  async run(actor: Actor, id: string, organisationId: string, ifMatch: string | undefined): Promise<void> {
    const { group, member } = await this.find.memberToChange(
      actor,
      id,
      organisationId,
      (found) => endingOf(membershipFacts(found, this.work.at), actor),
      { header: ifMatch, isRequired: true },
    );
    const payload = { groupId: id, organisationId };
    this.work.emit({ type: 'group.member-left', version: 1, payload }, actor.userKey);
    if (group.founder_key === member.org_key) await this.handOn(actor, group, member);
    // Last: with it the caller may have left the group.
    await this.groups.end(member.key, member.state === 'proposed' ? 'declined' : 'left');
  }

  /** A founder that leaves hands the group on to the member that has been in it longest; without one it ends. */
  private async handOn(actor: Actor, group: GroupRow, founder: MembershipJson): Promise<void> {
    const next = group.members.find(({ key, state }) => key !== founder.key && state === 'member');
    if (next) await this.groups.setFounder(group.key, next.org_key);
    else await this.groups.dissolve(group.key);
    const groupId = group.id;
    this.work.emit(
      next
        ? { type: 'group.handed-on', version: 1, payload: { groupId, organisationId: next.organisation?.id ?? null } }
        : { type: 'group.dissolved', version: 1, payload: { groupId } },
      actor.userKey,
    );
  }
}
