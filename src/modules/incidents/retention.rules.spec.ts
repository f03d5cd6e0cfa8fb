import type { RecordKind, Region, RegionMember } from '../../kernel/region.js';
import { loadRegion } from '../../platform/config/region-file.js';
import { reasonOf, retentionRules } from './retention.rules.js';

const region = (
  days: Partial<Record<RecordKind, number | null>>,
  own: Record<string, RegionMember['retentionDays']> = {},
): Region => {
  const { members, ...rest } = loadRegion();
  return {
    ...rest,
    retentionDays: days as Region['retentionDays'],
    members: members.map(({ retentionDays: _, ...member }) => {
      const theirs = own[member.code];
      return theirs ? { ...member, retentionDays: theirs } : member;
    }),
  };
};

describe('what is kept for how long', () => {
  it('is the region’s rule for each kind, and a member’s where it has one', () => {
    const days = { incident: 1825, draft: 365, comment: null };
    expect(retentionRules(region(days, { TH: { draft: 30, comment: 90 }, VN: { incident: null } }))).toEqual([
      { kind: 'incident', country: null, days: 1825 },
      { kind: 'incident', country: 'VN', days: null },
      { kind: 'draft', country: null, days: 365 },
      { kind: 'draft', country: 'TH', days: 30 },
      { kind: 'comment', country: null, days: null },
      { kind: 'comment', country: 'TH', days: 90 },
    ]);
  });

  it('is for good where nothing is said', () => {
    expect(retentionRules(region({})).map(({ days }) => days)).toEqual([null, null, null]);
  });

  it('is told to the owner', () => {
    expect(reasonOf({ kind: 'draft', days: 1 })).toBe(
      'Kept for 1 day after its last change, as the rule for drafts says.',
    );
  });
});
