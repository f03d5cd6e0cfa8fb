import type { Problem } from '../../kernel/problem.js';
import { conflict, forbidden } from '../../kernel/problem.js';

export const notController = (): Problem => forbidden('Controllers of the exercise do that.');

export const notStaff = (): Problem => forbidden('Controllers and evaluators of the exercise do that.');

export const notLocalController = (): Problem =>
  forbidden('What is coming is for the local controller of the team, and for controllers and evaluators.');

export const notConsenting = (): Problem =>
  forbidden('Whether a team may be named is for its own coordinators to say.');

export const notPlayer = (): Problem => forbidden('Only a team of the exercise has an inbox.');

/** To players; controllers and evaluators read it while it grows. */
export const noReportYet = (): Problem =>
  conflict(
    'not-now',
    'Not at this point of the exercise',
    'The report is given when the exercise is over, a few seconds behind ENDEX.',
  );

/** @param why a sentence of the core: what the clock does not take now. */
export const notNow = (why: string): Problem => conflict('not-now', 'Not at this point of the exercise', why);
