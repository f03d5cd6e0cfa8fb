import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { forbidden, notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import type { PageQuery } from '../../platform/http/page.dto.js';
import { groupConflict } from './group.problems.js';
import { groupRefusal, memberRefusal } from './group.rules.js';
import type { GroupAction, MemberAction } from './group.rules.js';
import { groupFacts, membershipFacts, toGroupView, toMemberView } from './group.view.js';
import type { GroupMemberView, GroupPage, GroupView } from './groups.dto.js';
import { GroupsStore } from './groups.store.js';
import type { GroupRow, MembershipJson } from './groups.store.js';

/** `If-Match` of the request, and whether it has to be there. */
export interface Match {
  header: string | undefined;
  isRequired: boolean;
}

export interface FoundMember {
  group: GroupRow;
  member: MembershipJson;
}

/** Finds the groups of the caller's organisation: to show them, or to change one. */
@Injectable()
export class FindGroup {
  constructor(
    private readonly work: UnitOfWork,
    private readonly groups: GroupsStore,
  ) {}

  /** @throws Problem the one 404. */
  async row(actor: Actor, id: string): Promise<GroupRow> {
    const row = await this.groups.find(actor.organisationKey, id);
    if (!row) throw notFound();
    return row;
  }

  async view(actor: Actor, id: string): Promise<GroupView> {
    return toGroupView(await this.row(actor, id), actor, this.work.at);
  }

  async page(actor: Actor, { cursor, limit }: PageQuery): Promise<GroupPage> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const rows = await this.groups.list(actor.organisationKey, after, limit + 1);
    return pageOf(
      rows,
      limit,
      (row) => ({ at: row.created_at.toISOString(), id: row.id }),
      (row) => toGroupView(row, actor, this.work.at),
    );
  }

  /** @throws Problem the one 404 for a group or a member that is not there for the caller. */
  async member(actor: Actor, id: string, organisationId: string): Promise<FoundMember> {
    const group = await this.row(actor, id);
    const member = group.members.find((each) => each.organisation?.id === organisationId);
    if (!member) throw notFound();
    return { group, member };
  }

  async memberView(actor: Actor, id: string, organisationId: string): Promise<GroupMemberView> {
    const { group, member } = await this.member(actor, id, organisationId);
    return toMemberView(member, group, actor, this.work.at);
  }

  /**
   * The group, locked, when the caller may do that with it now.
   * @throws Problem in the fixed order: the one 404, 403, 428 or 412, 409.
   */
  async toChange(
    actor: Actor,
    id: string,
    action: Exclude<GroupAction, 'accept' | 'leave'>,
    match: Match,
  ): Promise<GroupRow> {
    await this.groups.lock(id);
    const row = await this.row(actor, id);
    const refusal = groupRefusal(action, groupFacts(row), actor);
    if (refusal?.kind === 'forbidden') throw forbidden(refusal.why);
    checkIfMatch(match.header, toGroupView(row, actor, this.work.at), match.isRequired);
    if (refusal) throw groupConflict(refusal.why);
    return row;
  }

  /**
   * A membership, its group locked, when the caller may do that with it now.
   * @param action decided by what the membership is, where it depends on that.
   * @throws Problem in the fixed order: the one 404, 403, 428 or 412, 409.
   */
  async memberToChange(
    actor: Actor,
    id: string,
    organisationId: string,
    action: MemberAction | ((member: MembershipJson) => MemberAction),
    match: Match,
  ): Promise<FoundMember> {
    await this.groups.lock(id);
    const found = await this.member(actor, id, organisationId);
    const facts = membershipFacts(found.member, this.work.at);
    const wanted = typeof action === 'function' ? action(found.member) : action;
    const refusal = memberRefusal(wanted, groupFacts(found.group), facts, actor);
    if (refusal?.kind === 'forbidden') throw forbidden(refusal.why);
    checkIfMatch(match.header, toMemberView(found.member, found.group, actor, this.work.at), match.isRequired);
    if (refusal) throw groupConflict(refusal.why);
    return found;
  }
}
