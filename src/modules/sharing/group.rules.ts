import type { Actor } from '../../kernel/actor.js';

export const GROUP_ACTIONS = ['update', 'propose', 'accept', 'leave', 'dissolve'] as const;
export type GroupAction = (typeof GROUP_ACTIONS)[number];

export const MEMBER_ACTIONS = ['accept', 'decline', 'object', 'admit', 'leave', 'remove', 'withdraw'] as const;
export type MemberAction = (typeof MEMBER_ACTIONS)[number];

export type MembershipState = 'proposed' | 'member' | 'left' | 'declined' | 'objected';

/** A group, as far as what may be done depends on it. Keys are internal. */
export interface GroupFacts {
  founderKey: number;
  isDissolved: boolean;
  /** Of the caller's organisation. */
  own: MembershipState | null;
}

/** Somebody's place in a group, or on the way into it. */
export interface MembershipFacts {
  organisationKey: number;
  state: MembershipState;
  /** Organisation that proposed it. */
  proposedByKey: number;
  isAccepted: boolean;
  /** Whether the members have had their time to object. */
  isWindowOver: boolean;
}

type Caller = Pick<Actor, 'organisationKey' | 'permissions' | 'standing'>;

export interface Refusal {
  /** `forbidden` is about who asks; `conflict` about the state of what is asked for. */
  kind: 'forbidden' | 'conflict';
  why: string;
}

const forbidden = (why: string): Refusal => ({ kind: 'forbidden', why });
const conflict = (why: string): Refusal => ({ kind: 'conflict', why });

const speaks = (caller: Caller): boolean => caller.permissions.has('groups:write') && caller.standing === 'active';

const gone = (group: GroupFacts): Refusal | null => (group.isDissolved ? conflict('The group is dissolved.') : null);

const asMember = (group: GroupFacts, caller: Caller): Refusal | null =>
  speaks(caller) && group.own === 'member' ? null : forbidden('A coordinator of a member does that.');

const asFounder = (group: GroupFacts, caller: Caller): Refusal | null =>
  speaks(caller) && group.own === 'member' && group.founderKey === caller.organisationKey
    ? null
    : forbidden('A coordinator of the founder does that.');

/** Why the caller may not do it with the group, or null where it may. Who asks comes before the state. */
export function groupRefusal(
  action: Exclude<GroupAction, 'accept' | 'leave'>,
  group: GroupFacts,
  caller: Caller,
): Refusal | null {
  const who = action === 'propose' ? asMember(group, caller) : asFounder(group, caller);
  return who ?? gone(group);
}

/** Why the caller may not do it with that membership, or null where it may. */
export function memberRefusal(
  action: MemberAction,
  group: GroupFacts,
  of: MembershipFacts,
  caller: Caller,
): Refusal | null {
  const isOwn = of.organisationKey === caller.organisationKey;
  if (isOwn && !speaks(caller)) return forbidden('A coordinator of your organisation does that.');
  return memberRules[action](group, of, caller, isOwn) ?? gone(group);
}

const mustBe = (of: MembershipFacts, state: 'proposed' | 'member'): Refusal | null =>
  of.state === state ? null : conflict(state === 'member' ? 'It is not a member.' : 'It is not proposed any more.');

const memberRules: Record<
  MemberAction,
  (group: GroupFacts, of: MembershipFacts, caller: Caller, isOwn: boolean) => Refusal | null
> = {
  accept: (_, of, __, isOwn) => {
    if (!isOwn) return forbidden('Only the proposed organisation itself accepts.');
    return mustBe(of, 'proposed') ?? (of.isAccepted ? conflict('Your organisation has accepted already.') : null);
  },
  decline: (_, of, __, isOwn) =>
    isOwn ? mustBe(of, 'proposed') : forbidden('Only the proposed organisation declines.'),
  object: (group, of, caller) => asMember(group, caller) ?? mustBe(of, 'proposed'),
  admit: (group, of, caller) => {
    const refusal = asMember(group, caller) ?? mustBe(of, 'proposed');
    if (refusal) return refusal;
    if (!of.isAccepted) return conflict('The proposed organisation has not accepted yet.');
    return of.isWindowOver ? null : conflict('The members still have time to object.');
  },
  leave: (_, of, __, isOwn) => (isOwn ? mustBe(of, 'member') : forbidden('Only the member itself leaves.')),
  remove: (group, of, caller, isOwn) =>
    isOwn ? forbidden('Your own organisation leaves.') : (asFounder(group, caller) ?? mustBe(of, 'member')),
  withdraw: (group, of, caller, isOwn) => {
    if (isOwn) return forbidden('Your own organisation declines.');
    const refusal = asMember(group, caller);
    if (refusal) return refusal;
    const mayWithdraw = of.proposedByKey === caller.organisationKey || group.founderKey === caller.organisationKey;
    return mayWithdraw ? mustBe(of, 'proposed') : forbidden('Who proposed it, or the founder, withdraws the proposal.');
  },
};

export const memberActions = (group: GroupFacts, of: MembershipFacts, caller: Caller): MemberAction[] =>
  MEMBER_ACTIONS.filter((action) => memberRefusal(action, group, of, caller) === null);

/** What a DELETE of a membership means, by whose it is and how far it has come. */
export function endingOf(of: MembershipFacts, caller: Pick<Caller, 'organisationKey'>): MemberAction {
  const isOwn = of.organisationKey === caller.organisationKey;
  if (of.state === 'proposed') return isOwn ? 'decline' : 'withdraw';
  return isOwn ? 'leave' : 'remove';
}
