import { ROLES } from '../kernel/actor.js';
import type { OrganisationKind, Standing } from '../kernel/actor.js';
import { TLP } from '../kernel/markings.js';
import type { Tlp } from '../kernel/markings.js';
import type { AudienceItem } from './audience.js';
import { derivedFaults, mayReceive, passedRevision, whyNotPassOn } from './pass-on.js';
import type { PassOnQuestion, Source } from './pass-on.js';
import type { PolicyGroup, PolicyOrganisation } from './principals.js';

const CERT = 100;
const BANK = 101;
const OTHER = 102;

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
const bank = organisation(BANK, { kind: 'constituent', parentKey: CERT });

describe('who may pass on', () => {
  const question: PassOnQuestion = {
    actor: { roles: ['analyst'], standing: 'active', organisationKind: 'national-cert' },
    isOwner: false,
    isReadAsWhole: true,
    tlp: 'TLP:AMBER',
  };

  it.each(TLP.map((tlp) => [tlp, tlp === 'TLP:AMBER'] as const))('%s: %s', (tlp, may) => {
    expect(whyNotPassOn({ ...question, tlp }) === null).toBe(may);
  });

  it('an analyst or a coordinator of an active national CERT, of what its organisation reads and does not own', () => {
    expect(whyNotPassOn({ ...question, tlp: null })).not.toBeNull();
    expect(whyNotPassOn({ ...question, isOwner: true })).not.toBeNull();
    expect(whyNotPassOn({ ...question, isReadAsWhole: false })).not.toBeNull();
    for (const role of ROLES)
      expect(whyNotPassOn({ ...question, actor: { ...question.actor, roles: [role] } }) === null).toBe(
        role === 'analyst' || role === 'coordinator',
      );
    for (const standing of ['applicant', 'sponsored', 'active', 'suspended', 'retired'] satisfies Standing[])
      expect(whyNotPassOn({ ...question, actor: { ...question.actor, standing } }) === null).toBe(
        standing === 'active',
      );
    for (const kind of ['sectoral-cert', 'government', 'regional-body', 'constituent'] satisfies OrganisationKind[])
      expect(whyNotPassOn({ ...question, actor: { ...question.actor, organisationKind: kind } })).not.toBeNull();
  });

  it('to active organisations of its own', () => {
    expect(mayReceive(bank, CERT)).toBe(true);
    expect(mayReceive(bank, OTHER)).toBe(false);
    expect(mayReceive({ ...bank, standing: 'suspended' }, CERT)).toBe(false);
    expect(mayReceive(organisation(OTHER), CERT)).toBe(false);
  });
});

describe('what was passed on', () => {
  const GROUP = 500;
  const region = (cert: Partial<PolicyOrganisation> = {}): Map<number, PolicyOrganisation> =>
    new Map([
      [CERT, organisation(CERT, cert)],
      [BANK, bank],
      [OTHER, organisation(OTHER)],
    ]);
  const inGroup: PolicyGroup = { epochPrincipals: [GROUP], members: new Map([[CERT, 1]]), isDissolved: false };
  const record = (audience: number[], ...revisions: [tlp: Tlp | null, audience: number[]][]) => ({
    audience: [OTHER, ...audience],
    ownerReaders: [OTHER],
    revisions: revisions.map(([tlp, readers], at) => ({ number: at + 1, tlp, audience: [OTHER, ...readers] })),
  });
  const amber = record([CERT], ['TLP:AMBER', [CERT]], ['TLP:AMBER', [CERT]], ['TLP:AMBER', []]);

  it('is the newest revision that the CERT reads', () => {
    expect(passedRevision(amber, CERT, bank, region(), [])).toBe(2);
  });

  it('falls with the recall, with a narrower marking, and stays with a wider one', () => {
    expect(passedRevision({ ...amber, audience: [OTHER] }, CERT, bank, region(), [])).toBeNull();
    const remarked = (tlp: Tlp | null) => record([CERT], ['TLP:AMBER', [CERT]], [tlp, [CERT]]);
    for (const tlp of ['TLP:AMBER+STRICT', 'TLP:RED', null] as const)
      expect(passedRevision(remarked(tlp), CERT, bank, region(), [])).toBeNull();
    for (const tlp of ['TLP:GREEN', 'TLP:CLEAR'] as const)
      expect(passedRevision(remarked(tlp), CERT, bank, region(), [])).toBe(2);
  });

  it('falls with the CERT’s standing, the recipient’s, and the group that let the CERT in', () => {
    for (const standing of ['suspended', 'retired', 'applicant'] as const)
      expect(passedRevision(amber, CERT, bank, region({ standing }), [])).toBeNull();
    expect(passedRevision(amber, CERT, { ...bank, standing: 'suspended' }, region(), [])).toBeNull();
    const grouped = record([GROUP], ['TLP:AMBER', [GROUP]]);
    expect(passedRevision(grouped, CERT, bank, region(), [inGroup])).toBe(1);
    expect(passedRevision(grouped, CERT, bank, region(), [{ ...inGroup, members: new Map() }])).toBeNull();
    expect(passedRevision(grouped, CERT, bank, region(), [{ ...inGroup, isDissolved: true }])).toBeNull();
  });

  it('is nothing that only a person of the CERT reads', () => {
    expect(passedRevision(record([900], ['TLP:AMBER', [900]]), CERT, bank, region(), [])).toBeNull();
  });
});

describe('something derived', () => {
  const source = (tlp: Tlp | null, more: Partial<Source> = {}): Source => ({
    tlp,
    isOwn: false,
    ownerId: 'theirs',
    consents: [],
    ...more,
  });
  const theirs: AudienceItem = { organisation: 'theirs' };
  const third: AudienceItem = { organisation: 'third' };

  it('goes at no wider marking than its source, and of GREEN to whom that may go', () => {
    expect(derivedFaults({ tlp: 'TLP:CLEAR', audience: ['public'] }, source('TLP:GREEN'))).toEqual([{ at: 'marking' }]);
    expect(derivedFaults({ tlp: 'TLP:GREEN', audience: ['community'] }, source('TLP:GREEN'))).toEqual([]);
    expect(derivedFaults({ tlp: 'TLP:AMBER', audience: [third] }, source('TLP:GREEN'))).toEqual([]);
  });

  it('of what is AMBER or narrower goes to its owner alone', () => {
    expect(derivedFaults({ tlp: 'TLP:AMBER', audience: [theirs, third] }, source('TLP:AMBER'))).toEqual([
      { at: 'audience', index: 1 },
    ]);
    expect(derivedFaults({ tlp: 'TLP:AMBER', audience: [theirs] }, source('TLP:AMBER', { ownerId: null }))).toEqual([
      { at: 'audience', index: 0 },
    ]);
  });

  it('of what is not read any more, or came in unmarked, goes nowhere', () => {
    expect(derivedFaults({ tlp: 'TLP:AMBER', audience: [third] }, source(null, { ownerId: null }))).toEqual([
      { at: 'marking' },
      { at: 'audience', index: 0 },
    ]);
  });

  it('goes as far as the owner agreed, and no further', () => {
    const agreed = source('TLP:AMBER', { consents: [{ tlp: 'TLP:GREEN', audience: ['community'] }] });
    expect(derivedFaults({ tlp: 'TLP:GREEN', audience: ['community'] }, agreed)).toEqual([]);
    expect(derivedFaults({ tlp: 'TLP:GREEN', audience: ['partners'] }, agreed)).toEqual([{ at: 'audience', index: 0 }]);
    expect(derivedFaults({ tlp: 'TLP:CLEAR', audience: ['community'] }, agreed)).toEqual([
      { at: 'marking' },
      { at: 'audience', index: 0 },
    ]);
  });

  it('may be kept to oneself, and of one’s own is free', () => {
    expect(derivedFaults({ tlp: 'TLP:CLEAR', audience: [] }, source('TLP:RED'))).toEqual([]);
    expect(derivedFaults({ tlp: 'TLP:CLEAR', audience: ['public'] }, source('TLP:RED', { isOwn: true }))).toEqual([]);
  });
});
