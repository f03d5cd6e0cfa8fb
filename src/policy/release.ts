import type { Actor, Role, Standing } from '../kernel/actor.js';
import type { Tlp } from '../kernel/markings.js';
import { FEWEST_CANDIDATES } from './anonymity.js';
import type { ReleasedAs } from './audience.js';
import { isWidening } from './audience.js';

export type ReleaseDecision =
  | { may: 'now' }
  /** A second analyst or coordinator of the same organisation has to confirm. */
  | { may: 'with-second-person' }
  | { may: 'no'; why: string };

export interface ReleaseQuestion {
  actor: Pick<Actor, 'roles' | 'standing'> & { standing: Standing };
  /** In whose eyes the fewest could be its author, how many; null where its author is named. */
  candidates: number | null;
  /** The marking the record has now; a release that widens it is a widening. */
  recordTlp: Tlp;
  before: ReleasedAs | null;
  next: ReleasedAs;
  /** Whether the record was edited since the release before. */
  hasNewContent: boolean;
}

const tooFew = (candidates: number): string =>
  `In the eyes of some who would read it, ${candidates} could be its author: fewer than ${FEWEST_CANDIDATES} are as good as a name.`;

const has = (roles: readonly Role[], ...any: Role[]): boolean => any.some((role) => roles.includes(role));

/** RED goes to whom it names and no further: no file of it leaves. Its owner takes its own with it. Missing means no. */
export const mayExport = (tlp: Tlp | null, isOwn: boolean): boolean => isOwn || (tlp !== null && tlp !== 'TLP:RED');

/**
 * Who may release: the first AMBER or narrower one, an analyst; any widening, a coordinator; GREEN and CLEAR, a
 * coordinator and a second analyst or coordinator of the same organisation. Taking away never needs more than an analyst.
 */
export function mayRelease(question: ReleaseQuestion): ReleaseDecision {
  const { actor, before, next } = question;
  if (!has(actor.roles, 'analyst', 'coordinator'))
    return { may: 'no', why: 'Only an analyst or a coordinator of the owning organisation releases.' };
  // Taking away as well: who is left may be told more by being left.
  if (question.candidates !== null && next.principals.length > 0 && question.candidates < FEWEST_CANDIDATES)
    return { may: 'no', why: tooFew(question.candidates) };
  if (isNarrowing(question)) return { may: 'now' };
  if (actor.standing !== 'active')
    return { may: 'no', why: `Your organisation is ${actor.standing}: only an active one shares.` };
  const isOpen = next.tlp === 'TLP:CLEAR' || next.tlp === 'TLP:GREEN';
  const widens = isWidening(before, next) || isWidening({ tlp: question.recordTlp, principals: next.principals }, next);
  if ((isOpen || widens) && !has(actor.roles, 'coordinator'))
    return {
      may: 'no',
      why: isOpen
        ? `${next.tlp} is released by a coordinator, with a second person of your organisation.`
        : 'This lets more be seen, by more, than before: a coordinator has to do it.',
    };
  return isOpen ? { may: 'with-second-person' } : { may: 'now' };
}

/** Whether a release only takes away: nobody reads it, or the same content goes to no more than before at no wider marking. */
export const isNarrowing = ({
  before,
  next,
  hasNewContent,
}: Pick<ReleaseQuestion, 'before' | 'next' | 'hasNewContent'>): boolean =>
  next.principals.length === 0 || (before !== null && !hasNewContent && !isWidening(before, next));

/** Who may confirm: another analyst or coordinator of the organisation that asked, never the one who asked. */
export const mayConfirm = (actor: Pick<Actor, 'roles' | 'userKey' | 'standing'>, requestedBy: number): boolean =>
  actor.standing === 'active' && actor.userKey !== requestedBy && has(actor.roles, 'analyst', 'coordinator');
