import type { Actor } from '../../kernel/actor.js';
import type { Tlp } from '../../kernel/markings.js';

export const STATUSES = ['draft', 'submitted', 'triaged', 'investigating', 'contained', 'closed', 'reopened'] as const;
export type Status = (typeof STATUSES)[number];

export const TRANSITIONS = ['submit', 'triage', 'investigate', 'contain', 'close', 'reopen'] as const;
export type Transition = (typeof TRANSITIONS)[number];

const leadsTo: Record<Transition, Status> = {
  submit: 'submitted',
  triage: 'triaged',
  investigate: 'investigating',
  contain: 'contained',
  close: 'closed',
  reopen: 'reopened',
};

const admitted: Record<Status, readonly Transition[]> = {
  draft: ['submit'],
  submitted: ['triage'],
  triaged: ['investigate', 'close'],
  investigating: ['contain', 'close'],
  contained: ['close', 'investigate'],
  closed: ['reopen'],
  reopened: ['investigate', 'contain', 'close'],
};

/** Where a transition leads from a status; null where the lifecycle does not admit it. */
export const next = (status: Status, transition: Transition): Status | null =>
  admitted[status].includes(transition) ? leadsTo[transition] : null;

/** What an action's decision depends on, of the record as the caller reads it. */
export interface IncidentFacts {
  isOwner: boolean;
  status: Status;
  authorship: 'named' | 'anonymous';
  hasWaitingRelease: boolean;
  /** One that waits for somebody's word, and not for its instant alone. */
  hasReleaseToConfirm: boolean;
  /** Three members asked that nobody reads it for now. */
  isInQuarantine: boolean;
  /** A release is in force. */
  isReleased: boolean;
  /** The caller's organisation handed it to its CERT. */
  isFiler: boolean;
  tlp: Tlp | null;
  /** By what the caller reads it: its CERT's passing on alone, or its own name alone. */
  isPassedOn: boolean;
  isPersonal: boolean;
}

/** Why a member asks that an anonymous record is read by nobody for now. */
export const QUARANTINE_REASONS = ['false', 'malicious', 'unlawful', 'personal-data', 'other'] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

export const INCIDENT_ACTIONS = [
  ...TRANSITIONS,
  'edit',
  'release',
  'confirm-release',
  'cancel-release',
  'recall',
  'comment',
  'link',
  'erase',
  'pass-on',
  'request-wider-sharing',
  'give-feedback',
  'lift-anonymity',
] as const;
export type IncidentAction = (typeof INCIDENT_ACTIONS)[number];

/** Whether what this organisation submits goes into its national CERT's queue. */
export const belongsToCert = (actor: Actor): boolean =>
  actor.organisationKind !== 'national-cert' && actor.organisationKind !== 'regional-body';

/**
 * Whether the caller may ever do this to such a record: a question of who it is. Missing means no.
 * Releasing is decided in full by `policy/release` once marking and audience are known.
 */
export function mayAct(actor: Actor, action: IncidentAction, isOwner: boolean): boolean {
  if (actor.standing !== 'active') return false;
  if (action === 'comment') return actor.permissions.has('incidents:write');
  if (action === 'give-feedback') return !isOwner && actor.permissions.has('incidents:write');
  // What belongs to a CERT asks that, which knows whether it may know.
  if (action === 'request-wider-sharing')
    return !isOwner && actor.permissions.has('incidents:write') && !belongsToCert(actor);
  if (action === 'pass-on')
    return !isOwner && actor.permissions.has('incidents:release') && actor.organisationKind === 'national-cert';
  if (!isOwner) return false;
  switch (action) {
    case 'submit':
    case 'edit':
    case 'link':
      return actor.permissions.has('incidents:write');
    case 'erase':
      return actor.permissions.has('incidents:erase');
    case 'lift-anonymity':
      return actor.permissions.has('incidents:anonymity');
    case 'triage':
    case 'investigate':
    case 'contain':
    case 'close':
    case 'reopen':
      // What a body files is handled by the CERT it belongs to.
      return actor.permissions.has('incidents:triage') && !belongsToCert(actor);
    case 'release':
    case 'confirm-release':
    case 'cancel-release':
    case 'recall':
      return actor.permissions.has('incidents:release') && !belongsToCert(actor);
  }
}

/** Who answers those who ask for wider sharing: as any widening, a coordinator of the owner. */
export const mayDecide = (actor: Actor, isOwner: boolean): boolean =>
  mayAct(actor, 'release', isOwner) && actor.roles.includes('coordinator');

/** Whether the caller may ask that a record of others is read by nobody: three organisations are three members' word. */
export const mayAskQuarantine = (actor: Actor): boolean =>
  actor.standing === 'active' && actor.permissions.has('incidents:anonymity') && !belongsToCert(actor);

/** Whether the record's state admits it now: a question of the record. */
function admits(action: IncidentAction, incident: IncidentFacts): boolean {
  switch (action) {
    // A word of theirs would tell its other readers that it was passed on.
    case 'comment':
    case 'request-wider-sharing':
      return !incident.isPassedOn;
    case 'give-feedback':
      return !incident.isFiler;
    // Decided in full by `policy/pass-on`.
    case 'pass-on':
      return incident.tlp === 'TLP:AMBER' && !incident.isPersonal;
    case 'edit':
    case 'erase':
      return true;
    case 'link':
      return incident.authorship === 'named';
    case 'release':
      return incident.status !== 'draft' && !incident.isInQuarantine;
    case 'confirm-release':
      return incident.hasReleaseToConfirm && !incident.isInQuarantine;
    case 'lift-anonymity':
      return incident.authorship === 'anonymous';
    case 'cancel-release':
      return incident.hasWaitingRelease;
    case 'recall':
      return incident.isReleased;
    default:
      return next(incident.status, action) !== null;
  }
}

export const allowedActions = (actor: Actor, incident: IncidentFacts): IncidentAction[] =>
  INCIDENT_ACTIONS.filter((action) => mayAct(actor, action, incident.isOwner) && admits(action, incident));

/**
 * The principals of the owner's side: the organisation; at RED its author and whoever marked it so.
 * A RED draft is its author's and whom it names.
 */
export function ownerReaders(tlp: Tlp | null, organisationKey: number, redReaders: readonly number[]): number[] {
  return tlp === 'TLP:RED' ? [...new Set(redReaders)] : [organisationKey];
}

/** 40 bits: two records have the same alias once in a million millions. */
export const ALIAS_BYTES = 5;

/** Without I, L, O and U: what is read out over a telephone, and spells nothing. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What an anonymous record's owner is called by, such as `K7QX-2MPD`. @param bytes drawn for this record alone. */
export function aliasOf(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

export interface Change {
  /** JSON Pointer into the record. */
  pointer: string;
  from: unknown;
  to: unknown;
}

/** What changed between two revisions, member by member; arrays are compared whole. */
export function diff(before: unknown, after: unknown, at = ''): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) =>
      diff(before[name], after[name], `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    );
  }
  return [{ pointer: at, from: before ?? null, to: after ?? null }];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
