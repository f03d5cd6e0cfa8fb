import {
  COMMUNITY,
  COMMUNITY_RELAY,
  PARTNERS,
  PARTNERS_RELAY,
  PUBLIC,
  SECRETARIAT,
  isChildReadable,
  isLinkReadable,
  isReadable,
  namedByWord,
  principalsOf,
  principalsShown,
} from './principals.js';
import type { PolicyAccount, PolicyCredential, PolicyGroup, PolicyOrganisation } from './principals.js';

const CERT = 100;
const OWN = 101;
const USER = 102;
const now = new Date('2026-11-20T02:10:00Z');

const cert: PolicyOrganisation = {
  key: CERT,
  kind: 'national-cert',
  affiliation: 'member',
  standing: 'active',
  isSecretariat: false,
  parentKey: null,
  relaysGreen: true,
};
const constituent: PolicyOrganisation = { ...cert, key: OWN, kind: 'constituent', parentKey: CERT, relaysGreen: false };
const account: PolicyAccount = { key: USER, organisationKey: OWN, status: 'active' };

/** Principals of an account of an organisation like the CERT above but for what is given. */
const heldBy = (
  own: Partial<PolicyOrganisation>,
  parent: Partial<PolicyOrganisation> = {},
  groups: PolicyGroup[] = [],
): number[] =>
  [
    ...principalsOf(
      account,
      new Map([
        [CERT, { ...cert, ...parent }],
        [OWN, { ...cert, key: OWN, ...own }],
      ]),
      groups,
    ),
  ].sort((a, b) => a - b);

describe('the principals of an account', () => {
  it.each([
    ["a member's CERT", {}, [PUBLIC, COMMUNITY, PARTNERS, OWN, USER]],
    [
      'a body of the region',
      { kind: 'regional-body', affiliation: 'regional' },
      [PUBLIC, COMMUNITY, PARTNERS, OWN, USER],
    ],
    ['a dialogue partner', { affiliation: 'dialogue-partner' }, [PUBLIC, PARTNERS, OWN, USER]],
    ['the secretariat', { isSecretariat: true }, [PUBLIC, COMMUNITY, PARTNERS, SECRETARIAT, OWN, USER]],
    ['an applicant', { standing: 'applicant' }, [PUBLIC, OWN, USER]],
    ['a sponsored one', { standing: 'sponsored' }, [PUBLIC, OWN, USER]],
    ['a suspended one', { standing: 'suspended' }, [OWN, USER]],
    ['a suspended secretariat', { standing: 'suspended', isSecretariat: true }, [OWN, USER]],
    ['a retired one', { standing: 'retired' }, []],
  ] as [string, Partial<PolicyOrganisation>, number[]][])('of %s', (_, own, expected) => {
    expect(heldBy(own)).toEqual(expected);
  });

  it.each([
    ['a constituent', 'constituent'],
    ['a sectoral CERT', 'sectoral-cert'],
    ['a government body', 'government'],
  ] as const)('%s reads GREEN by its CERT alone', (_, kind) => {
    const own = { ...constituent, kind };
    expect(heldBy(own)).toEqual([PUBLIC, COMMUNITY_RELAY, PARTNERS_RELAY, OWN, USER]);
    expect(heldBy(own, { affiliation: 'dialogue-partner' })).toEqual([PUBLIC, PARTNERS_RELAY, OWN, USER]);
    expect(heldBy(own, { relaysGreen: false })).toEqual([PUBLIC, OWN, USER]);
    expect(heldBy(own, { standing: 'suspended' })).toEqual([PUBLIC, OWN, USER]);
    expect(heldBy({ ...own, standing: 'suspended' })).toEqual([OWN, USER]);
    expect(heldBy({ ...own, parentKey: 999 })).toEqual([PUBLIC, OWN, USER]);
  });

  it('a member of a group holds its epochs since it joined', () => {
    const group = (joined: number): PolicyGroup => ({
      epochPrincipals: [11, 12, 13],
      members: new Map([[OWN, joined]]),
      isDissolved: false,
    });
    const epochs = (held: number[]): number[] => held.filter((principal) => principal > 10 && principal < 20);
    expect(epochs(heldBy({}, {}, [group(1)]))).toEqual([11, 12, 13]);
    expect(epochs(heldBy({}, {}, [group(2)]))).toEqual([12, 13]);
    expect(epochs(heldBy({}, {}, [group(3)]))).toEqual([13]);
    expect(epochs(heldBy({}, {}, [{ ...group(1), isDissolved: true }]))).toEqual([]);
    expect(epochs(heldBy({}, {}, [{ ...group(1), members: new Map([[CERT, 1]]) }]))).toEqual([]);
    expect(epochs(heldBy({ standing: 'suspended' }, {}, [group(1)]))).toEqual([]);
    expect(epochs(heldBy({ standing: 'applicant' }, {}, [group(1)]))).toEqual([]);
  });

  it('an account that is not active, or of no organisation, holds none', () => {
    const organisations = new Map([[OWN, cert]]);
    for (const status of ['invited', 'disabled'] as const)
      expect(principalsOf({ ...account, status }, organisations, [])).toEqual(new Set());
    expect(principalsOf(account, new Map(), [])).toEqual(new Set());
  });
});

describe('what a shown credential gives', () => {
  const live: PolicyCredential = { kind: 'session', expiresAt: new Date(now.getTime() + 1), revokedAt: null };
  const shown = (
    credential: Partial<PolicyCredential>,
    of: Partial<PolicyAccount> = {},
    own: Partial<PolicyOrganisation> = {},
  ): number[] => [
    ...principalsShown(
      { ...live, ...credential },
      now,
      { ...account, ...of },
      new Map([[OWN, { ...cert, key: OWN, ...own }]]),
      [],
    ),
  ];

  it('a session and a key: all that the account holds', () => {
    expect(shown({})).toEqual([...principalsOf(account, new Map([[OWN, { ...cert, key: OWN }]]), [])]);
    expect(shown({ kind: 'api-key' })).toEqual(shown({}));
  });

  it('a one-time link: the account, also of who has not been here yet, and nothing of its organisation', () => {
    expect(shown({ kind: 'link' })).toEqual([USER]);
    expect(shown({ kind: 'link' }, { status: 'invited' })).toEqual([USER]);
    expect(shown({ kind: 'session' }, { status: 'invited' })).toEqual([]);
    expect(shown({ kind: 'link' }, { status: 'disabled' })).toEqual([]);
    expect(shown({ kind: 'link' }, {}, { standing: 'retired' })).toEqual([]);
  });

  it.each(['session', 'api-key', 'link'] as const)('nothing from the instant a %s ends', (kind) => {
    expect(shown({ kind, expiresAt: now })).toEqual([]);
    expect(shown({ kind, expiresAt: new Date(now.getTime() - 1) })).toEqual([]);
    expect(shown({ kind, revokedAt: new Date(0) })).toEqual([]);
    expect(shown({ kind, expiresAt: new Date(Number.NaN) })).toEqual([]);
  });
});

describe('readable', () => {
  const held = new Set([1, 2]);

  it('where the audience and the principals meet; an empty one meets nobody', () => {
    expect(isReadable([2, 9], held)).toBe(true);
    expect(isReadable([9], held)).toBe(false);
    expect(isReadable([], held)).toBe(false);
    expect(isReadable([1], new Set())).toBe(false);
  });

  it('a child where its parent is, and narrower if it likes', () => {
    expect(isChildReadable([1], null, held)).toBe(true);
    expect(isChildReadable([1], [2], held)).toBe(true);
    expect(isChildReadable([1], [9], held)).toBe(false);
    expect(isChildReadable([9], [1], held)).toBe(false);
    expect(isChildReadable([9], null, held)).toBe(false);
    expect(isChildReadable([1], [], held)).toBe(false);
  });

  it('a link where both its ends are', () => {
    expect(isLinkReadable([1], [2], held)).toBe(true);
    expect(isLinkReadable([1], [9], held)).toBe(false);
    expect(isLinkReadable([9], [1], held)).toBe(false);
  });

  it('the words name the relays as well, and never the secretariat', () => {
    expect(namedByWord).toEqual({
      public: [PUBLIC],
      community: [COMMUNITY, COMMUNITY_RELAY],
      partners: [PARTNERS, PARTNERS_RELAY],
    });
  });
});
