import type { Actor } from '../../kernel/actor.js';
import type { Tlp } from '../../kernel/markings.js';
import { mayConfirm } from '../../policy/release.js';

/** Where a request stands, as one of those who read it sees it: what others did with it shows to the asker alone. */
export const STATES = [
  'draft',
  'open',
  'acknowledged',
  'answered',
  'declined',
  'withdrawn',
  'expired',
  'closed',
] as const;
export type RequestState = (typeof STATES)[number];

/** What moves it. `expire` is the clock's; all others are somebody's. */
export const MOVES = ['send', 'acknowledge', 'answer', 'decline', 'withdraw', 'expire', 'close'] as const;
export type Move = (typeof MOVES)[number];

/** The life of a request. What is not here does not happen. */
export const transitions: Readonly<Record<RequestState, Partial<Record<Move, RequestState>>>> = {
  draft: { send: 'open', withdraw: 'withdrawn' },
  open: {
    acknowledge: 'acknowledged',
    answer: 'answered',
    decline: 'declined',
    withdraw: 'withdrawn',
    expire: 'expired',
    close: 'closed',
  },
  acknowledged: {
    answer: 'answered',
    decline: 'declined',
    withdraw: 'withdrawn',
    expire: 'expired',
    close: 'closed',
  },
  // More may be said.
  answered: { answer: 'answered', close: 'closed' },
  declined: { close: 'closed' },
  withdrawn: { close: 'closed' },
  // Late is better than never.
  expired: { answer: 'answered', close: 'closed' },
  closed: {},
};

export const stateAfter = (state: RequestState, move: Move): RequestState | undefined => transitions[state][move];

/** What is written of a request itself; the rest of its state is computed. */
export type Status = 'draft' | 'open' | 'withdrawn' | 'closed';

/** What one asked organisation did with it. */
export type ResponseState = 'acknowledged' | 'answered' | 'declined';

export interface Course {
  status: Status;
  /** Of those asked, as far as the reader may know. */
  responses: readonly ResponseState[];
  /** Whether one organisation was asked, or the reader is one of those asked: then one refusal is all there is to wait for. */
  isOneAsked: boolean;
  expiresAt: Date | null;
}

/** The twin of `stateOf` in SQL is in request-record.sql.ts. */
export function stateOf({ status, responses, isOneAsked, expiresAt }: Course, now: Date): RequestState {
  if (status !== 'open') return status;
  if (responses.includes('answered')) return 'answered';
  if (isOneAsked && responses.includes('declined')) return 'declined';
  if (expiresAt !== null && expiresAt <= now) return 'expired';
  return responses.includes('acknowledged') ? 'acknowledged' : 'open';
}

export type Overdue = 'acknowledgement' | 'answer';

/** What is late: an answer that is counts for more than an acknowledgement. */
export function overdueOf(
  state: RequestState,
  { acknowledgeBy, answerBy }: { acknowledgeBy: Date | null; answerBy: Date | null },
  now: Date,
): Overdue | null {
  if (state !== 'open' && state !== 'acknowledged') return null;
  if (answerBy !== null && answerBy <= now) return 'answer';
  return state === 'open' && acknowledgeBy !== null && acknowledgeBy <= now ? 'acknowledgement' : null;
}

export const REQUEST_ACTIONS = ['send', 'acknowledge', 'answer', 'decline', 'escalate', 'withdraw', 'close'] as const;
export type RequestAction = (typeof REQUEST_ACTIONS)[number];

/** A request, as far as what may be done with it depends on it. */
export interface RequestFacts {
  /** Whether the caller reads it as the asker. */
  isOwner: boolean;
  authorKey: number;
  tlp: Tlp;
  state: RequestState;
  overdue: Overdue | null;
}

/** CERTs and the region's bodies ask; what belongs to a CERT asks through it. */
export const mayAsk = (actor: Actor): boolean =>
  speaks(actor) && (actor.organisationKind === 'national-cert' || actor.organisationKind === 'regional-body');

/** GREEN and CLEAR go out on the word of two. */
const isOpen = (tlp: Tlp): boolean => tlp === 'TLP:GREEN' || tlp === 'TLP:CLEAR';

const speaks = (actor: Actor): boolean => actor.standing === 'active' && actor.permissions.has('requests:write');

/** Whether the caller may ever do this to such a request: a question of who it is. Missing means no. */
export function mayAct(
  actor: Actor,
  action: RequestAction,
  { isOwner, authorKey, tlp }: Pick<RequestFacts, 'isOwner' | 'authorKey' | 'tlp'>,
): boolean {
  if (!speaks(actor)) return false;
  switch (action) {
    case 'send':
      // What is AMBER or narrower goes out on the word of one, who may well be the one who drafted it.
      return isOwner && (isOpen(tlp) ? mayConfirm(actor, authorKey) : true);
    case 'withdraw':
    case 'close':
      return isOwner;
    case 'acknowledge':
    case 'answer':
    case 'decline':
      return !isOwner;
    case 'escalate':
      return true;
  }
}

/** Whether the request admits it now. */
export const admits = (action: RequestAction, { state, overdue }: Pick<RequestFacts, 'state' | 'overdue'>): boolean =>
  action === 'escalate' ? overdue !== null : stateAfter(state, action) !== undefined;

export const allowedActions = (actor: Actor, facts: RequestFacts): RequestAction[] =>
  REQUEST_ACTIONS.filter((action) => mayAct(actor, action, facts) && admits(action, facts));
