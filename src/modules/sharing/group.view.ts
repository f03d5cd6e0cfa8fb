import type { Actor } from '../../kernel/actor.js';
import { besidesEdits } from '../../platform/http/etag.js';
import { groupRefusal, memberActions } from './group.rules.js';
import type { GroupAction, GroupFacts, MembershipFacts } from './group.rules.js';
import type { GroupMemberView, GroupOrganisationRef, GroupView } from './groups.dto.js';
import type { GroupRow, MembershipJson } from './groups.store.js';

export const groupFacts = (row: GroupRow): GroupFacts => ({
  founderKey: row.founder_key,
  isDissolved: row.dissolved_at !== null,
  own: row.own,
});

export const membershipFacts = (member: MembershipJson, at: Date): MembershipFacts => ({
  organisationKey: member.org_key,
  state: member.state,
  proposedByKey: member.proposed_by_org ?? 0,
  isAccepted: member.accepted_at !== null,
  isWindowOver: new Date(member.admit_after) <= at,
});

const ownMembership = (row: GroupRow, actor: Actor): MembershipJson | undefined =>
  row.members.find(({ org_key }) => org_key === actor.organisationKey);

export function toMemberView(member: MembershipJson, row: GroupRow, actor: Actor, at: Date): GroupMemberView {
  // Members see each other, and a member that has become hidden since is still one of them, without its name.
  const organisation = member.organisation ?? { id: '', name: 'An organisation you cannot see', country: null };
  // The clock opens `admit`.
  return besidesEdits<GroupMemberView>(
    {
      id: organisation.id,
      organisation,
      state: member.state,
      proposedAt: instant(member.proposed_at),
      admitAfter: instant(member.admit_after),
      acceptedAt: member.accepted_at === null ? null : instant(member.accepted_at),
      joinedEpoch: member.joined_epoch,
      joinedAt: member.joined_at === null ? null : instant(member.joined_at),
      allowedActions: memberActions(groupFacts(row), membershipFacts(member, at), actor),
    },
    'allowedActions',
  );
}

export function toGroupView(row: GroupRow, actor: Actor, at: Date): GroupView {
  return besidesEdits<GroupView>(
    {
      id: row.id,
      name: row.name,
      purpose: row.purpose,
      founder: row.founder && refOf(row.founder),
      epoch: row.epoch,
      objectionHours: row.objection_hours,
      originNode: row.origin_node,
      createdAt: row.created_at.toISOString(),
      dissolvedAt: row.dissolved_at?.toISOString() ?? null,
      members: row.members.map((member) => toMemberView(member, row, actor, at)),
      objections: row.objections.map(({ by, to, reason, entered_at }) => ({
        by: refOf(by),
        to: refOf(to),
        reason,
        enteredAt: instant(entered_at),
      })),
      allowedActions: actionsOf(row, actor, at),
    },
    'allowedActions',
  );
}

function actionsOf(row: GroupRow, actor: Actor, at: Date): GroupAction[] {
  const facts = groupFacts(row);
  const own = ownMembership(row, actor);
  const onOwn = own ? memberActions(facts, membershipFacts(own, at), actor) : [];
  return [
    ...(['update', 'propose', 'dissolve'] as const).filter((action) => groupRefusal(action, facts, actor) === null),
    ...(['accept', 'leave'] as const).filter((action) => onOwn.includes(action)),
  ];
}

const refOf = ({ id, name, country }: GroupOrganisationRef): GroupOrganisationRef => ({ id, name, country });

/** PostgreSQL writes times into JSON with the offset of the session; the API shows UTC. */
const instant = (text: string): string => new Date(text).toISOString();
