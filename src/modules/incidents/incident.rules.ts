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
  /** A release is in force. */
  isReleased: boolean;
  /** The caller's organisation handed it to its CERT. */
  isFiler: boolean;
  tlp: Tlp | null;
  /** By what the caller reads it: its CERT's passing on alone, or its own name alone. */
  isPassedOn: boolean;
  isPersonal: boolean;
}

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
    case 'link':
    case 'erase':
      return true;
    case 'release':
      return incident.status !== 'draft' && incident.authorship === 'named';
    case 'confirm-release':
      return incident.hasReleaseToConfirm;
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
