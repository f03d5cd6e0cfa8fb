import type { Actor, OrganisationKind, Standing } from '../../../kernel/actor.js';
import type { Affiliation } from '../../../kernel/actor.js';
import type { MemberStanding } from '../../../kernel/region.js';

/** What moves an organisation from one standing to another. */
export const CHANGES = ['designate', 'second-sponsor', 'activate', 'suspend', 'reinstate', 'retire'] as const;
export type StandingChange = (typeof CHANGES)[number];

/** The life of an organisation. What is not here does not happen. */
export const transitions: Readonly<Record<Standing, Partial<Record<StandingChange, Standing>>>> = {
  applicant: { designate: 'active', 'second-sponsor': 'sponsored', retire: 'retired' },
  sponsored: { designate: 'active', activate: 'active', retire: 'retired' },
  active: { suspend: 'suspended', retire: 'retired' },
  suspended: { reinstate: 'active', retire: 'retired' },
  retired: {},
};

export const standingAfter = (standing: Standing, change: StandingChange): Standing | undefined =>
  transitions[standing][change];

export const ORGANISATION_ACTIONS = [
  'update',
  'rename',
  'invite',
  'edit-directory',
  'designate',
  'sponsor',
  'activate',
  'suspend',
  'reinstate',
  'confirm-decision',
  'withdraw-decision',
  'retire',
  'hand-over-secretariat',
] as const;
export type OrganisationAction = (typeof ORGANISATION_ACTIONS)[number];

/** An organisation, as far as what may be done with it depends on it. Keys are internal. */
export interface OrganisationFacts {
  key: number;
  kind: OrganisationKind;
  affiliation: Affiliation;
  standing: Standing;
  parentKey: number | null;
  isSecretariat: boolean;
  sponsorKeys: readonly number[];
  /** Whether it has an account of its own that can administer it. */
  hasActiveAdmin: boolean;
  /** A decision that one organisation has entered and none has confirmed. */
  openDecision: { kind: 'suspend' | 'reinstate'; firstOrganisationKey: number } | null;
}

export type ActingFor = Pick<
  Actor,
  'organisationKey' | 'organisationKind' | 'affiliation' | 'standing' | 'isSecretariat' | 'permissions'
>;

export interface Refusal {
  /** `forbidden` is about who asks; `conflict` about the state of what is asked for. */
  kind: 'forbidden' | 'conflict';
  why: string;
}

const forbidden = (why: string): Refusal => ({ kind: 'forbidden', why });
const conflict = (why: string): Refusal => ({ kind: 'conflict', why });

/** What the caller may do with the organisation now. */
export const allowedActions = (organisation: OrganisationFacts, actor: ActingFor): OrganisationAction[] =>
  ORGANISATION_ACTIONS.filter((action) => refusalOf(action, organisation, actor) === null);

/** Why the caller may not do it, or null where it may. Who asks comes before the state. */
export function refusalOf(action: OrganisationAction, of: OrganisationFacts, actor: ActingFor): Refusal | null {
  return rules[action](of, actor);
}

const isAdmin = (actor: ActingFor): boolean => actor.permissions.has('organisation:admin');
const isOwn = (of: OrganisationFacts, actor: ActingFor): boolean => of.key === actor.organisationKey;
/** The national CERT that the organisation belongs to. */
const isParent = (of: OrganisationFacts, actor: ActingFor): boolean =>
  of.parentKey === actor.organisationKey && actor.standing === 'active';
const runsTheRegion = (actor: ActingFor): boolean =>
  actor.permissions.has('region:admin') && actor.standing === 'active';

const isMemberCert = (actor: ActingFor): boolean =>
  actor.organisationKind === 'national-cert' && actor.affiliation === 'member' && actor.standing === 'active';

/** Members decide on suspension; the secretariat records for them. */
const entersDecisions = (actor: ActingFor): boolean => isAdmin(actor) && (isMemberCert(actor) || runsTheRegion(actor));

const cannot = (of: OrganisationFacts, change: StandingChange): Refusal | null =>
  standingAfter(of.standing, change) === undefined ? conflict(`The organisation is ${of.standing}.`) : null;

type Rule = (of: OrganisationFacts, actor: ActingFor) => Refusal | null;

/** An organisation administers itself. Until it has an administrator, its CERT or the secretariat sets up its first one. */
export const mayStaff = (of: OrganisationFacts, actor: ActingFor): boolean =>
  isAdmin(actor) && (isOwn(of, actor) || (!of.hasActiveAdmin && (isParent(of, actor) || runsTheRegion(actor))));

const ownAdmin: Rule = (of, actor) => {
  if (!isAdmin(actor) || !isOwn(of, actor))
    return forbidden('Only an administrator of the organisation itself does that.');
  return of.standing === 'retired' ? conflict('The organisation is retired.') : null;
};

const enter =
  (kind: 'suspend' | 'reinstate'): Rule =>
  (of, actor) => {
    if (isOwn(of, actor)) return forbidden('Others decide on the standing of your organisation.');
    if (!entersDecisions(actor))
      return forbidden(
        "An administrator of an active member's national CERT, or of the secretariat, enters that decision.",
      );
    if (of.openDecision) return conflict('A decision on this organisation waits for its second organisation already.');
    return cannot(of, kind);
  };

const rules: Record<OrganisationAction, Rule> = {
  update: ownAdmin,
  'edit-directory': ownAdmin,
  // A name that an organisation could give itself could be another's.
  rename: (of, actor) => {
    if (!isAdmin(actor) || !(isParent(of, actor) || runsTheRegion(actor)))
      return forbidden('The secretariat, or the CERT an organisation belongs to, changes its name.');
    return of.standing === 'retired' ? conflict('The organisation is retired.') : null;
  },
  invite: (of, actor) => {
    if (!mayStaff(of, actor))
      return forbidden(
        'An administrator of the organisation invites; only its first one is invited by its CERT or by the secretariat.',
      );
    return of.standing === 'retired' ? conflict('The organisation is retired.') : null;
  },
  designate: (of, actor) => {
    if (!runsTheRegion(actor)) return forbidden('The secretariat records designations.');
    if (of.kind !== 'national-cert' || of.affiliation !== 'member')
      return conflict("A government designates a member state's national CERT; others need two sponsors.");
    return cannot(of, 'designate');
  },
  sponsor: (of, actor) => {
    if (isOwn(of, actor)) return forbidden('An organisation cannot sponsor itself.');
    const speaks = actor.permissions.has('organisation:admin') || actor.permissions.has('groups:write');
    if (!speaks || !isMemberCert(actor))
      return forbidden("An administrator or a coordinator of an active member's national CERT sponsors.");
    if (of.sponsorKeys.includes(actor.organisationKey)) return conflict('Your organisation sponsors it already.');
    return cannot(of, 'second-sponsor');
  },
  activate: (of, actor) => {
    if (!runsTheRegion(actor)) return forbidden('Activation is the word of the secretariat.');
    if (isOwn(of, actor)) return forbidden('An organisation cannot activate itself.');
    return cannot(of, 'activate');
  },
  suspend: enter('suspend'),
  reinstate: enter('reinstate'),
  'confirm-decision': (of, actor) => {
    if (isOwn(of, actor)) return forbidden('Others decide on the standing of your organisation.');
    if (!entersDecisions(actor))
      return forbidden("An administrator of an active member's national CERT, or of the secretariat, confirms it.");
    if (!of.openDecision) return conflict('No decision on this organisation waits for a confirmation.');
    if (of.openDecision.firstOrganisationKey === actor.organisationKey)
      return forbidden('A second organisation has to confirm what yours has entered.');
    return cannot(of, of.openDecision.kind);
  },
  'withdraw-decision': (of, actor) => {
    const isFirst = of.openDecision?.firstOrganisationKey === actor.organisationKey;
    if (!entersDecisions(actor) || (of.openDecision && !isFirst))
      return forbidden('The organisation that entered a decision withdraws it.');
    return of.openDecision ? null : conflict('No decision on this organisation waits.');
  },
  retire: (of, actor) => {
    if (isOwn(of, actor)) return forbidden('An organisation cannot retire itself.');
    if (isAdmin(actor) && isParent(of, actor)) return cannot(of, 'retire');
    if (!runsTheRegion(actor)) return forbidden('The secretariat, or the CERT an organisation belongs to, retires it.');
    // One organisation alone does not end another's membership.
    if (of.standing === 'active')
      return conflict('An active organisation is suspended by the members before it is retired.');
    return cannot(of, 'retire');
  },
  'hand-over-secretariat': (of, actor) => {
    if (!runsTheRegion(actor)) return forbidden('The secretariat hands its role over.');
    if (isOwn(of, actor) || of.isSecretariat) return conflict('The organisation is the secretariat already.');
    if (of.standing !== 'active') return conflict('Only an active organisation can be the secretariat.');
    // The role runs the region, so it goes to one of the region's own.
    if (of.parentKey !== null || of.affiliation === 'dialogue-partner')
      return conflict("The secretariat is a national CERT of a member or one of the region's bodies.");
    return null;
  },
};

/** Two sponsors from two different member states. */
export const hasTwoSponsors = (sponsorCountries: readonly (string | null)[]): boolean =>
  new Set(sponsorCountries.filter((country) => country !== null)).size >= 2;

/** Where organisations of a member belong, or null where it can have none: an observer shares nothing here. */
export const affiliationOf = (standing: MemberStanding): Affiliation | null =>
  standing === 'member-state' ? 'member' : standing === 'dialogue-partner' ? 'dialogue-partner' : null;

/** Kinds that belong to a national CERT. */
export const belongsToCert = (kind: OrganisationKind): boolean =>
  kind === 'sectoral-cert' || kind === 'government' || kind === 'constituent';
