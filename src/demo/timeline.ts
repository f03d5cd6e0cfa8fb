import type { DemoLifecycle, DemoPlan } from './content/index.js';

export type Act =
  | { kind: 'file' }
  | { kind: 'move'; transition: Transition; learned?: { containedAt?: string; resolvedAt?: string } }
  | { kind: 'release' }
  | { kind: 'confirm' }
  | { kind: 'comment'; country: string; body: string };

export type Transition = 'submit' | 'triage' | 'investigate' | 'contain' | 'close';

export interface Moment {
  at: Date;
  act: Act;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const LIFECYCLE: readonly [DemoLifecycle, Transition][] = [
  ['submitted', 'submit'],
  ['triaged', 'triage'],
  ['investigating', 'investigate'],
  ['contained', 'contain'],
  ['closed', 'close'],
];

/** What is done to one incident, and when: from its filing to the last comment, in order, all of it in the past. */
export function timelineOf(plan: DemoPlan, now: Date, isSharedEarly: boolean): Moment[] {
  const { filing } = plan;
  const wished: { act: Act; atMs: number }[] = [];
  const timeOf = (text: string | undefined): number => (text === undefined ? 0 : new Date(text).getTime());
  /** Not before what was done last. */
  const then = (act: Act, afterMs: number, notBefore?: string): void => {
    const lastMs = wished.at(-1)?.atMs ?? timeOf(filing.detectedAt);
    wished.push({ act, atMs: Math.max(lastMs + afterMs, timeOf(notBefore)) });
  };
  const share = (): void => {
    if (!plan.release) return;
    then({ kind: 'release' }, 50 * MINUTE_MS);
    if (needsSecondPerson(plan.release.tlp)) then({ kind: 'confirm' }, 25 * MINUTE_MS);
  };

  then({ kind: 'file' }, 20 * MINUTE_MS, filing.reportedAt);
  const moves = transitionsOf(plan.lifecycle);
  // Some share what they know at once, and the rest when the case is over.
  const sharedAfter = isSharedEarly ? Math.min(2, moves.length) : moves.length;
  moves.forEach((transition, at) => {
    then(
      moveOf(transition, plan),
      transition === 'submit' ? 15 * MINUTE_MS : 3 * HOUR_MS,
      knownSince(transition, plan),
    );
    if (at + 1 === sharedAfter) share();
  });
  for (const comment of plan.comments ?? []) then({ kind: 'comment', ...comment }, 5 * HOUR_MS);
  return squeeze(wished, timeOf(filing.detectedAt), now.getTime() - MINUTE_MS);
}

export const needsSecondPerson = (tlp: string): boolean => tlp === 'TLP:CLEAR' || tlp === 'TLP:GREEN';

function transitionsOf(lifecycle: DemoLifecycle): Transition[] {
  const end = LIFECYCLE.findIndex(([status]) => status === lifecycle);
  return LIFECYCLE.slice(0, end + 1).map(([, transition]) => transition);
}

/** When an incident is contained or resolved is known when it is, and not before. */
function moveOf(transition: Transition, { filing: { containedAt, resolvedAt } }: DemoPlan): Act {
  if (transition === 'contain' && containedAt) return { kind: 'move', transition, learned: { containedAt } };
  if (transition === 'close' && resolvedAt) return { kind: 'move', transition, learned: { resolvedAt } };
  return { kind: 'move', transition };
}

function knownSince(transition: Transition, { filing }: DemoPlan): string | undefined {
  if (transition === 'contain') return filing.containedAt;
  if (transition === 'close') return filing.resolvedAt;
  return undefined;
}

/** Keeps the order, and moves what would lie in the future so far back that all of it fits before `endMs`. */
function squeeze(wished: readonly { act: Act; atMs: number }[], startMs: number, endMs: number): Moment[] {
  const roomMs = endMs - startMs;
  return wished.map(({ act, atMs }, at) => ({
    act,
    at: new Date(Math.min(atMs, startMs + (roomMs * (at + 1)) / wished.length)),
  }));
}
