import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { DirectoryReader } from '../identity/index.js';
import { FindGroup } from './find-group.js';
import { groupConflict } from './group.problems.js';
import { GroupsStore } from './groups.store.js';
import type { GroupRow, MembershipJson } from './groups.store.js';

/** Lets a newcomer in who accepted, when the members' time to object is over: a new epoch begins with it. */
@Injectable()
export class AdmitMember {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindGroup,
    private readonly groups: GroupsStore,
    private readonly directory: DirectoryReader,
  ) {}

  async run(actor: Actor, id: string, organisationId: string, ifMatch: string | undefined): Promise<string> {
    const match = { header: ifMatch, isRequired: false };
    const { group, member } = await this.find.memberToChange(actor, id, organisationId, 'admit', match);
    await this.admit(group, member, organisationId, actor.userKey);
    return organisationId;
  }

  /**
   * The same for the worker, in a unit of work of the account that `ronda.due_admissions` names.
   * @returns false where it is not due any more, or that account's organisation is not a member any more.
   */
  async admitDue(membershipId: string): Promise<boolean> {
    const due = await this.groups.groupOfMembership(membershipId);
    const own = await this.directory.ownOrganisationKey();
    if (!due || own === null) return false;
    await this.groups.lock(due.group_id);
    const group = await this.groups.find(own, due.group_id);
    const member = group?.members.find(({ org_key, state }) => org_key === due.org_key && state === 'proposed');
    if (!group || group.own !== 'member' || group.dissolved_at || !member?.organisation) return false;
    if (member.accepted_at === null || new Date(member.admit_after) > this.work.at) return false;
    const [newcomer] = await this.directory.organisationsByIds([member.organisation.id]);
    if (newcomer?.standing !== 'active') return false;
    await this.admit(group, member, member.organisation.id, null);
    return true;
  }

  private async admit(
    group: GroupRow,
    member: MembershipJson,
    organisationId: string,
    by: number | null,
  ): Promise<void> {
    const [newcomer] = await this.directory.organisationsByIds([organisationId]);
    if (newcomer?.standing !== 'active') throw groupConflict('Only an active organisation can join.');
    const epoch = group.epoch + 1;
    await this.groups.admit(group.key, member.key, epoch);
    const payload = { groupId: group.id, organisationId, epoch };
    this.work.emit({ type: 'group.member-joined', version: 1, payload }, by);
  }
}
