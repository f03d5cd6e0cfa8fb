import type { Affiliation, OrganisationKind, Standing } from '../kernel/actor.js';
import type { AudienceWord } from './audience.js';

/** Principals that are not an organisation, an account or a group at an epoch. The numbers are those of `ronda.principal`. */
export const PUBLIC = 1;
export const COMMUNITY = 2;
export const PARTNERS = 3;
export const SECRETARIAT = 4;
export const COMMUNITY_RELAY = 5;
export const PARTNERS_RELAY = 6;

/** Whom a word of an audience names. GREEN reaches a CERT's constituents by the CERT's own switch, so the relays are named with it. */
export const namedByWord: Record<AudienceWord, readonly number[]> = {
  public: [PUBLIC],
  community: [COMMUNITY, COMMUNITY_RELAY],
  partners: [PARTNERS, PARTNERS_RELAY],
};

/** An organisation, as far as its principals depend on it. */
export interface PolicyOrganisation {
  key: number;
  kind: OrganisationKind;
  affiliation: Affiliation;
  standing: Standing;
  isSecretariat: boolean;
  /** The national CERT it belongs to. */
  parentKey: number | null;
  /** Whether this national CERT passes GREEN on to its constituents. */
  relaysGreen: boolean;
}

/** A sharing group: the principal of each of its epochs (index 0 is epoch 1), and since which epoch each member is in. */
export interface PolicyGroup {
  epochPrincipals: number[];
  members: Map<number, number>;
  isDissolved: boolean;
}

/** A principal that stands for the owner's side of one anonymous record, so that no row of it names that. */
export interface PolicyVeil {
  principal: number;
  /** Its organisation, or at RED persons of it. */
  holders: readonly number[];
}

export interface PolicyAccount {
  key: number;
  organisationKey: number;
  status: 'invited' | 'active' | 'disabled';
}

/** What a request shows to say who it is. */
export interface PolicyCredential {
  kind: 'session' | 'api-key' | 'link';
  expiresAt: Date;
  revokedAt: Date | null;
}

/**
 * The principals that a shown credential gives: those of its account while it lasts; of a one-time link the account alone,
 * which may not have signed in yet.
 */
export function principalsShown(
  credential: PolicyCredential,
  at: Date,
  account: PolicyAccount,
  organisations: ReadonlyMap<number, PolicyOrganisation>,
  groups: readonly PolicyGroup[],
  veils: readonly PolicyVeil[] = [],
): Set<number> {
  if (credential.revokedAt !== null || !(credential.expiresAt > at)) return new Set();
  if (credential.kind !== 'link') return principalsOf(account, organisations, groups, veils);
  const own = organisations.get(account.organisationKey);
  const isOpen = own !== undefined && own.standing !== 'retired' && account.status !== 'disabled';
  return new Set(isOpen ? [account.key] : []);
}

/**
 * The principals that an account holds. Readable means that a record's audience and these meet, in the same space.
 * The twin in SQL is `ronda.reader_principals()`; this one never filters what was read.
 */
export function principalsOf(
  account: PolicyAccount,
  organisations: ReadonlyMap<number, PolicyOrganisation>,
  groups: readonly PolicyGroup[],
  veils: readonly PolicyVeil[] = [],
): Set<number> {
  const own = organisations.get(account.organisationKey);
  if (!own || account.status !== 'active' || own.standing === 'retired') return new Set();
  const held = new Set([own.key, account.key]);
  // Whatever its standing, like the records that they stand for. They are of the space that is entered.
  for (const { principal, holders } of veils)
    if (holders.includes(own.key) || holders.includes(account.key)) held.add(principal);
  if (own.standing === 'suspended') return held;
  held.add(PUBLIC);
  if (own.standing !== 'active') return held;
  if (own.isSecretariat) held.add(SECRETARIAT);
  if (own.kind === 'national-cert' || own.kind === 'regional-body') {
    if (own.affiliation === 'member' || own.affiliation === 'regional') held.add(COMMUNITY);
    held.add(PARTNERS);
  } else {
    const cert = own.parentKey === null ? undefined : organisations.get(own.parentKey);
    if (cert?.standing === 'active' && cert.relaysGreen) {
      if (cert.affiliation === 'member') held.add(COMMUNITY_RELAY);
      held.add(PARTNERS_RELAY);
    }
  }
  for (const group of groups) {
    const since = group.members.get(own.key);
    if (group.isDissolved || since === undefined) continue;
    for (const principal of group.epochPrincipals.slice(since - 1)) held.add(principal);
  }
  return held;
}

export const isReadable = (audience: Iterable<number>, principals: ReadonlySet<number>): boolean => {
  for (const principal of audience) if (principals.has(principal)) return true;
  return false;
};

/** A child is readable only where its parent is. An audience of its own (null: none) narrows it and never widens it. */
export const isChildReadable = (
  parentAudience: Iterable<number>,
  ownAudience: Iterable<number> | null,
  principals: ReadonlySet<number>,
): boolean => isReadable(parentAudience, principals) && (ownAudience === null || isReadable(ownAudience, principals));

/** What one record says about another is readable only where both ends are. */
export const isLinkReadable = (
  fromAudience: Iterable<number>,
  toAudience: Iterable<number>,
  principals: ReadonlySet<number>,
): boolean => isReadable(fromAudience, principals) && isReadable(toAudience, principals);
