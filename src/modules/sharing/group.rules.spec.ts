import { permissionsOf } from '../../policy/permissions.js';
import { endingOf, groupRefusal, memberActions, memberRefusal } from './group.rules.js';
import type { GroupFacts, MembershipFacts } from './group.rules.js';

const FOUNDER = 1;
const MEMBER = 2;
const NEWCOMER = 3;
const caller = (organisationKey: number, roles: ('coordinator' | 'analyst')[] = ['coordinator']) => ({
  organisationKey,
  standing: 'active' as const,
  permissions: permissionsOf(roles, false),
});
const group = (own: GroupFacts['own'], isDissolved = false): GroupFacts => ({ founderKey: FOUNDER, isDissolved, own });
const newcomer = (facts: Partial<MembershipFacts> = {}): MembershipFacts => ({
  organisationKey: NEWCOMER,
  state: 'proposed',
  proposedByKey: MEMBER,
  isAccepted: true,
  isWindowOver: true,
  ...facts,
});

describe('sharing groups', () => {
  it('admit a newcomer who accepted, once the window is over', () => {
    expect(memberRefusal('admit', group('member'), newcomer(), caller(MEMBER))).toBeNull();
    expect(memberRefusal('admit', group('member'), newcomer({ isAccepted: false }), caller(MEMBER))?.kind).toBe(
      'conflict',
    );
    expect(memberRefusal('admit', group('member'), newcomer({ isWindowOver: false }), caller(MEMBER))?.kind).toBe(
      'conflict',
    );
    expect(memberRefusal('admit', group('proposed'), newcomer(), caller(NEWCOMER))?.kind).toBe('forbidden');
  });

  it('let only the newcomer itself accept or decline, and only members object', () => {
    expect(memberActions(group('proposed'), newcomer({ isAccepted: false }), caller(NEWCOMER))).toEqual([
      'accept',
      'decline',
    ]);
    expect(memberActions(group('member'), newcomer({ isAccepted: false }), caller(MEMBER))).toEqual([
      'object',
      'withdraw',
    ]);
  });

  it('are changed by the founder, while they last', () => {
    expect(groupRefusal('update', group('member'), caller(FOUNDER))).toBeNull();
    expect(groupRefusal('update', group('member'), caller(MEMBER))?.kind).toBe('forbidden');
    expect(groupRefusal('dissolve', group('member', true), caller(FOUNDER))?.kind).toBe('conflict');
    // A founder that left is a stranger.
    expect(groupRefusal('update', group(null), caller(FOUNDER))?.kind).toBe('forbidden');
  });

  it('are spoken in by coordinators of active organisations alone', () => {
    for (const stranger of [caller(MEMBER, ['analyst']), { ...caller(MEMBER), standing: 'suspended' as const }]) {
      expect(memberActions(group('member'), newcomer(), stranger)).toEqual([]);
      expect(groupRefusal('propose', group('member'), stranger)?.kind).toBe('forbidden');
    }
  });

  it('know what a DELETE means', () => {
    expect(endingOf(newcomer(), caller(NEWCOMER))).toBe('decline');
    expect(endingOf(newcomer(), caller(MEMBER))).toBe('withdraw');
    expect(endingOf(newcomer({ state: 'member' }), caller(NEWCOMER))).toBe('leave');
    expect(endingOf(newcomer({ state: 'member' }), caller(FOUNDER))).toBe('remove');
  });
});
