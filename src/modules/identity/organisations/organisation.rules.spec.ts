import type { Standing } from '../../../kernel/actor.js';
import { permissionsOf } from '../../../policy/permissions.js';
import {
  CHANGES,
  allowedActions,
  hasTwoSponsors,
  mayStaff,
  refusalOf,
  standingAfter,
  transitions,
} from './organisation.rules.js';
import type { ActingFor, OrganisationFacts } from './organisation.rules.js';

const organisation = (facts: Partial<OrganisationFacts> = {}): OrganisationFacts => ({
  key: 1,
  kind: 'national-cert',
  affiliation: 'member',
  standing: 'active',
  parentKey: null,
  isSecretariat: false,
  sponsorKeys: [],
  hasActiveAdmin: true,
  openDecision: null,
  ...facts,
});
const admin = (facts: Partial<ActingFor> = {}): ActingFor => ({
  organisationKey: 2,
  organisationKind: 'national-cert',
  affiliation: 'member',
  standing: 'active',
  isSecretariat: false,
  permissions: permissionsOf(['admin'], facts.isSecretariat ?? false),
  ...facts,
});
const secretariat = (facts: Partial<ActingFor> = {}): ActingFor =>
  admin({
    organisationKey: 9,
    organisationKind: 'regional-body',
    affiliation: 'regional',
    isSecretariat: true,
    ...facts,
  });

describe('the life of an organisation', () => {
  const standings = Object.keys(transitions) as Standing[];

  it('reaches every standing from applicant, and leaves none but retired without a way on', () => {
    const reached = new Set<Standing>(['applicant']);
    for (const standing of reached)
      for (const change of CHANGES) {
        const next = standingAfter(standing, change);
        if (next) reached.add(next);
      }
    expect([...reached].sort()).toEqual([...standings].sort());
    expect(standings.filter((standing) => Object.keys(transitions[standing]).length === 0)).toEqual(['retired']);
  });

  it('uses every change', () => {
    const used = new Set(standings.flatMap((standing) => Object.keys(transitions[standing])));
    expect([...used].sort()).toEqual([...CHANGES].sort());
  });
});

describe('who may do what with an organisation', () => {
  it('lets nobody decide on its own standing, whoever it is', () => {
    for (const standing of Object.keys(transitions) as Standing[]) {
      const own = organisation({
        key: 9,
        standing,
        isSecretariat: true,
        openDecision: { kind: 'suspend', firstOrganisationKey: 3 },
      });
      const actions = allowedActions(own, secretariat());
      for (const action of ['sponsor', 'activate', 'suspend', 'reinstate', 'confirm-decision', 'retire'] as const)
        expect(actions).not.toContain(action);
    }
  });

  it('takes two different organisations to suspend', () => {
    const open = organisation({ openDecision: { kind: 'suspend', firstOrganisationKey: 2 } });
    expect(refusalOf('suspend', organisation(), admin())).toBeNull();
    expect(refusalOf('confirm-decision', open, admin())?.kind).toBe('forbidden');
    expect(refusalOf('confirm-decision', open, admin({ organisationKey: 3 }))).toBeNull();
    expect(refusalOf('confirm-decision', open, secretariat())).toBeNull();
    expect(refusalOf('suspend', open, admin({ organisationKey: 3 }))?.kind).toBe('conflict');
  });

  it('asks members only: no dialogue partner, constituent, suspended member or mere analyst', () => {
    const strangers = [
      admin({ affiliation: 'dialogue-partner' }),
      admin({ organisationKind: 'constituent' }),
      admin({ standing: 'suspended' }),
      admin({ permissions: permissionsOf(['analyst'], false) }),
    ];
    const applicant = organisation({ standing: 'applicant' });
    for (const stranger of strangers) {
      expect(refusalOf('sponsor', applicant, stranger)?.kind).toBe('forbidden');
      expect(refusalOf('suspend', organisation(), stranger)?.kind).toBe('forbidden');
      expect(refusalOf('designate', applicant, stranger)?.kind).toBe('forbidden');
    }
  });

  it('counts a sponsor once', () => {
    const sponsored = organisation({ standing: 'applicant', sponsorKeys: [2] });
    expect(refusalOf('sponsor', sponsored, admin())?.kind).toBe('conflict');
    expect(refusalOf('sponsor', sponsored, admin({ organisationKey: 3 }))).toBeNull();
    expect(hasTwoSponsors(['VN', 'VN'])).toBe(false);
    expect(hasTwoSponsors(['VN', null])).toBe(false);
    expect(hasTwoSponsors(['VN', 'TH'])).toBe(true);
  });

  it("designates a member's national CERT alone", () => {
    expect(refusalOf('designate', organisation({ standing: 'applicant' }), secretariat())).toBeNull();
    for (const facts of [{ kind: 'regional-body' }, { affiliation: 'dialogue-partner' }] as const)
      expect(refusalOf('designate', organisation({ standing: 'applicant', ...facts }), secretariat())?.kind).toBe(
        'conflict',
      );
  });

  it('lets the secretariat staff an organisation only while it has nobody', () => {
    expect(mayStaff(organisation({ hasActiveAdmin: false }), secretariat())).toBe(true);
    expect(mayStaff(organisation({ hasActiveAdmin: true }), secretariat())).toBe(false);
    expect(mayStaff(organisation({ hasActiveAdmin: false, parentKey: 2 }), admin())).toBe(true);
    expect(mayStaff(organisation({ hasActiveAdmin: false, parentKey: 3 }), admin())).toBe(false);
  });

  it('does not let the secretariat end the membership of an active member alone', () => {
    expect(refusalOf('retire', organisation(), secretariat())?.kind).toBe('conflict');
    expect(refusalOf('retire', organisation({ standing: 'suspended' }), secretariat())).toBeNull();
  });

  it('takes the rights of the secretariat from one that is suspended', () => {
    const suspended = secretariat({ standing: 'suspended' });
    expect(allowedActions(organisation({ standing: 'applicant' }), suspended)).toEqual([]);
  });
});
