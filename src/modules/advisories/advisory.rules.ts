import type { Actor } from '../../kernel/actor.js';
import type { Tlp } from '../../kernel/markings.js';
import { mayConfirm } from '../../policy/release.js';

/** Where a version of an advisory stands. */
export const ADVISORY_STATES = [
  'draft',
  'in-review',
  'changes-requested',
  'approved',
  'scheduled',
  'interim',
  'published',
  'revised',
  'withdrawn',
  'received',
] as const;
export type AdvisoryState = (typeof ADVISORY_STATES)[number];

/** What moves it. `receive` is the import's, `publish-due`, `settle` and `lapse` are the clock's, `supersede` is the publication of the next version. */
export const ADVISORY_MOVES = [
  'receive',
  'edit',
  'submit',
  'request-changes',
  'approve',
  'schedule',
  'cancel',
  'publish',
  'publish-interim',
  'publish-due',
  'settle',
  'lapse',
  'supersede',
  'withdraw',
] as const;
export type AdvisoryMove = (typeof ADVISORY_MOVES)[number];

/**
 * The life of a version. What is not here does not happen. An edit is another revision, which nobody approved yet; an
 * approval moves it when it is the last that is needed.
 */
export const transitions: Readonly<Record<AdvisoryState, Partial<Record<AdvisoryMove, AdvisoryState>>>> = {
  draft: { edit: 'draft', submit: 'in-review', receive: 'received' },
  'in-review': {
    edit: 'in-review',
    'request-changes': 'changes-requested',
    approve: 'approved',
    'publish-interim': 'interim',
  },
  'changes-requested': { edit: 'changes-requested', 'request-changes': 'changes-requested', submit: 'in-review' },
  approved: {
    edit: 'in-review',
    'request-changes': 'changes-requested',
    schedule: 'scheduled',
    publish: 'published',
  },
  scheduled: { cancel: 'approved', 'publish-due': 'published' },
  interim: { settle: 'published', lapse: 'withdrawn', withdraw: 'withdrawn' },
  published: { supersede: 'revised', withdraw: 'withdrawn' },
  revised: { withdraw: 'withdrawn' },
  withdrawn: {},
  // Its publisher's words, and nobody's to change or to give away.
  received: {},
};

export const stateAfter = (state: AdvisoryState, move: AdvisoryMove): AdvisoryState | undefined =>
  transitions[state][move];

/** What is written of the newest version; the rest of its state is computed. */
export type AdvisoryStatus = 'draft' | 'in-review' | 'scheduled' | 'published' | 'withdrawn' | 'received';

export interface Approval {
  organisationKey: number;
  userKey: number;
}

export interface Course {
  status: AdvisoryStatus;
  ownerKey: number;
  /** Organisations that issue it beside the owner. */
  joint: readonly number[];
  /** Of the newest revision. */
  approvals: readonly Pick<Approval, 'organisationKey'>[];
  hasOpenChanges: boolean;
  isInterim: boolean;
  isUrgent: boolean;
}

/** The organisations whose approval a revision still needs: a second person of its owner, and each that it names. */
export const approvalsDue = ({
  ownerKey,
  joint,
  approvals,
}: Pick<Course, 'ownerKey' | 'joint' | 'approvals'>): number[] =>
  [...new Set([ownerKey, ...joint])].filter((key) => !approvals.some(({ organisationKey }) => organisationKey === key));

/** The twin in SQL is `ronda.advisory_approved`, which the release asks. */
export function stateOf(course: Course): AdvisoryState {
  if (course.status === 'published' && course.isInterim) return 'interim';
  if (course.status !== 'in-review') return course.status;
  if (course.hasOpenChanges) return 'changes-requested';
  return approvalsDue(course).length === 0 ? 'approved' : 'in-review';
}

/** Whether it may go out before everybody that it names agreed: an urgent one of several, on the word of two of its owner's. */
export const mayGoInterim = (course: Course): boolean =>
  course.isUrgent &&
  course.joint.length > 0 &&
  stateOf(course) === 'in-review' &&
  !approvalsDue(course).includes(course.ownerKey);

export const INTERIM_MINUTES = 60;

export const ADVISORY_ACTIONS = [
  'edit',
  'submit',
  'invite',
  'comment',
  'request-changes',
  'approve',
  'schedule',
  'cancel-schedule',
  'publish',
  'revise',
  'withdraw',
  'acknowledge',
] as const;
export type AdvisoryAction = (typeof ADVISORY_ACTIONS)[number];

/** An advisory, as far as what may be done with it depends on it. */
export interface AdvisoryFacts extends Course {
  /** Whether the caller reads it as its owner. */
  isOwner: boolean;
  /** Whether the caller was invited to it, and still is. */
  isReviewer: boolean;
  /** Accounts that wrote any of the newest version. */
  authors: readonly number[];
  /** Whether a version is out. */
  isOut: boolean;
  /** Whether the caller's organisation reads a version that asks to be acknowledged, and has not done so. */
  isToAcknowledge: boolean;
}

const speaks = (actor: Actor): boolean => actor.standing === 'active' && actor.permissions.has('advisories:write');

/** CERTs and the region's bodies issue advisories. */
export const mayDraft = (actor: Actor): boolean =>
  speaks(actor) && (actor.organisationKind === 'national-cert' || actor.organisationKind === 'regional-body');

/** Whether the caller may ever do this to such an advisory: a question of who it is. Missing means no. */
export function mayAct(
  actor: Actor,
  action: AdvisoryAction,
  facts: Pick<AdvisoryFacts, 'isOwner' | 'isReviewer' | 'authors'>,
): boolean {
  switch (action) {
    case 'edit':
    case 'submit':
    case 'invite':
    case 'revise':
      return speaks(actor) && facts.isOwner;
    case 'comment':
      return speaks(actor) && (facts.isOwner || facts.isReviewer);
    case 'request-changes':
    case 'approve':
      // Never whoever wrote any of it: a second pair of eyes is somebody else's.
      return (
        speaks(actor) &&
        (facts.isOwner || facts.isReviewer) &&
        facts.authors.every((author) => mayConfirm(actor, author))
      );
    case 'schedule':
    case 'cancel-schedule':
    case 'publish':
    case 'withdraw':
      return actor.permissions.has('advisories:publish') && actor.standing === 'active' && facts.isOwner;
    case 'acknowledge':
      return actor.permissions.has('advisories:write') && !facts.isOwner;
  }
}

/** Whether the advisory admits it now, for this organisation. */
export function admits(action: AdvisoryAction, facts: AdvisoryFacts, organisationKey: number): boolean {
  const state = stateOf(facts);
  switch (action) {
    case 'edit':
      return stateAfter(state, 'edit') !== undefined;
    case 'submit':
      return stateAfter(state, 'submit') !== undefined;
    case 'invite':
    case 'comment':
      return state === 'draft' || state === 'in-review' || state === 'changes-requested' || state === 'approved';
    case 'request-changes':
      return stateAfter(state, 'request-changes') !== undefined;
    case 'approve':
      return (
        (state === 'in-review' || state === 'interim') &&
        !facts.approvals.some((approval) => approval.organisationKey === organisationKey)
      );
    case 'schedule':
      return stateAfter(state, 'schedule') !== undefined;
    case 'cancel-schedule':
      return stateAfter(state, 'cancel') !== undefined;
    case 'publish':
      return stateAfter(state, 'publish') !== undefined || mayGoInterim(facts);
    case 'revise':
      return state === 'published';
    case 'withdraw':
      return facts.isOut && state !== 'withdrawn';
    case 'acknowledge':
      return facts.isToAcknowledge;
  }
}

export const allowedActions = (actor: Actor, facts: AdvisoryFacts): AdvisoryAction[] =>
  ADVISORY_ACTIONS.filter((action) => mayAct(actor, action, facts) && admits(action, facts, actor.organisationKey));

export const VERSION_STEPS = ['major', 'minor', 'patch'] as const;
export type VersionStep = (typeof VERSION_STEPS)[number];

/** The version after this one. @see Semantic Versioning 2.0.0; CSAF 2.0 §9.1.5 says which change is which. */
export function nextVersion(version: string, step: VersionStep): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (step === 'major') return `${major + 1}.0.0`;
  return step === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/** The principals of the owner's side: the organisation; at RED the author. */
export const ownerReaders = (tlp: Tlp, organisationKey: number, authorKey: number): number[] => [
  tlp === 'TLP:RED' ? authorKey : organisationKey,
];
