import type { Region } from './region.js';
import {
  hasSector,
  memberByCode,
  membersAffected,
  memberStates,
  regionFaults,
  retentionDays,
  severityScheme,
} from './region.js';
import type { SeverityScheme } from './severity.js';

const scheme = (id: string): SeverityScheme => ({
  id,
  name: id,
  factors: [
    {
      id: 'sector',
      name: 'Sector',
      weight: 1,
      derivedFrom: 'sector',
      values: [
        { id: 'some', name: 'Some', score: 10, sectors: ['shops'] },
        { id: 'more', name: 'More', score: 20, sectors: ['wells'] },
      ],
    },
  ],
  bands: [{ id: 'any', name: 'Any', from: 0 }],
});

/** Three members of three kinds, and nothing of ASEAN's. */
const region: Region = {
  id: 'atoll',
  name: 'The Atoll',
  shortName: 'Atoll',
  secretariat: { name: 'Atoll Office', timeZone: 'UTC' },
  defaults: { pap: 'PAP:AMBER', language: 'en', groupObjectionHours: 1, holdMinutes: 5 },
  members: [
    {
      code: 'XB',
      name: 'Bight',
      kind: 'economy',
      standing: 'member-state',
      languages: ['en'],
      timeZones: ['UTC'],
      retentionDays: { incident: 30, receipt: null },
    },
    { code: 'XA', name: 'Atoll Isle', kind: 'state', standing: 'member-state', languages: ['en'], timeZones: ['UTC'] },
    { code: 'XC', name: 'Cay', kind: 'organisation', standing: 'observer', languages: ['en'], timeZones: ['UTC'] },
  ],
  languages: [{ tag: 'en', name: 'English' }],
  sectors: [
    { id: 'shops', name: 'Shops' },
    { id: 'wells', name: 'Wells' },
  ],
  severityScheme: scheme('own'),
  severityProfiles: [scheme('other')],
  retentionDays: {
    incident: 100,
    draft: 10,
    comment: 100,
    attachment: 50,
    sighting: 50,
    advisory: null,
    request: 100,
    receipt: 100,
    exercise: 100,
    'access-log': 20,
  },
};

describe('a region', () => {
  it('lists its full members in its own order, whatever their kind', () => {
    expect(memberStates(region).map(({ code }) => code)).toEqual(['XB', 'XA']);
    expect(memberByCode(region, 'XC')?.name).toBe('Cay');
    expect(memberByCode(region, 'xc')).toBeUndefined();
  });

  it('counts full members affected, each once, and nobody else', () => {
    expect(membersAffected(region, ['XA', 'XA', 'XC', 'ZZ'])).toBe(1);
    expect(membersAffected(region, [])).toBe(0);
  });

  it('finds its own scheme and its profiles', () => {
    expect(severityScheme(region)?.id).toBe('own');
    expect(severityScheme(region, 'other')?.id).toBe('other');
    expect(severityScheme(region, 'unknown')).toBeUndefined();
    expect(hasSector(region, 'wells')).toBe(true);
    expect(hasSector(region, 'mines')).toBe(false);
  });

  it("keeps records as long as the member says, else as the region says; null is no limit, not the region's rule", () => {
    expect(retentionDays(region, 'incident', 'XB')).toBe(30);
    expect(retentionDays(region, 'receipt', 'XB')).toBeNull();
    expect(retentionDays(region, 'incident', 'XA')).toBe(100);
    expect(retentionDays(region, 'incident', 'unknown')).toBe(100);
    expect(retentionDays(region, 'advisory')).toBeNull();
  });

  it('has no faults, and names each by its pointer when it has', () => {
    expect(regionFaults(region)).toEqual([]);
    const { severityScheme: own, sectors } = region;
    const faulty: Region = {
      ...region,
      members: [...region.members, ...region.members.slice(0, 1)],
      sectors: [...sectors, { id: 'mines', name: 'Mines' }],
      severityProfiles: [own],
      severityScheme: { ...own, bands: [{ id: 'late', name: 'Late', from: 3 }] },
    };
    expect(regionFaults(faulty).map(({ pointer }) => pointer)).toEqual([
      '/members/3/code',
      '/members/3/name',
      '/severityScheme/bands/0/from',
      '/severityScheme/factors/0/values',
      '/severityProfiles/0/id',
    ]);
  });

  it('names the identity numbers that nothing can be found by', () => {
    const [member] = region.members;
    const nationalIds = [
      { name: 'A', pattern: '[0-9' },
      { name: 'B', pattern: '[0-9]{8}', check: { weights: [1, 2], characters: '01' } },
      { name: 'C', pattern: '(?<digits>[0-9]{2})(?<check>[0-9])', check: { weights: [1, 2], characters: '01' } },
    ];
    expect(regionFaults({ ...region, members: [{ ...member!, nationalIds }] }).map(({ pointer }) => pointer)).toEqual([
      '/members/0/nationalIds/0/pattern',
      '/members/0/nationalIds/1/pattern',
    ]);
  });
});
