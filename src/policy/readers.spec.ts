import type { PolicyOrganisation } from './principals.js';
import { COMMUNITY, COMMUNITY_RELAY, PARTNERS, PUBLIC } from './principals.js';
import { organisationsHolding } from './readers.js';

const organisation = (key: number, more: Partial<PolicyOrganisation> = {}): PolicyOrganisation => ({
  key,
  kind: 'national-cert',
  affiliation: 'member',
  standing: 'active',
  isSecretariat: false,
  parentKey: null,
  relaysGreen: false,
  ...more,
});

const organisations = [
  organisation(10),
  organisation(11, { standing: 'suspended' }),
  organisation(12, { affiliation: 'dialogue-partner' }),
  organisation(13, { relaysGreen: true }),
  organisation(14, { kind: 'constituent', parentKey: 13 }),
  organisation(15, { kind: 'constituent', parentKey: 10 }),
];
const groups = [
  {
    epochPrincipals: [100, 101],
    members: new Map([
      [10, 1],
      [12, 2],
    ]),
    isDissolved: false,
  },
];
const holding = (...principals: number[]): number[] => [...organisationsHolding(principals, { organisations, groups })];

describe('the organisations that hold a principal', () => {
  it('are those whose readers hold it', () => {
    expect(holding(COMMUNITY)).toEqual([10, 13]);
    expect(holding(COMMUNITY, COMMUNITY_RELAY)).toEqual([10, 13, 14]);
    expect(holding(PARTNERS)).toEqual([10, 12, 13]);
    expect(holding(PUBLIC)).toEqual([10, 12, 13, 14, 15]);
    expect(holding(11, 15)).toEqual([11, 15]);
  });

  it('are in a group at the epochs since they joined', () => {
    expect([holding(100), holding(101)]).toEqual([[10], [10, 12]]);
  });

  it('are none for nobody', () => {
    expect(holding()).toEqual([]);
    expect(holding(999)).toEqual([]);
  });
});
