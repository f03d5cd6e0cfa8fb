import type { Problem } from '../../kernel/problem.js';
import { conflict, forbidden } from '../../kernel/problem.js';

export const notController = (): Problem => forbidden('Controllers of the exercise do that.');

export const notStaff = (): Problem => forbidden('Controllers and evaluators of the exercise do that.');

export const notPlayer = (): Problem => forbidden('Only a team of the exercise has an inbox.');

/** @param why a sentence of the core: what the clock does not take now. */
export const notNow = (why: string): Problem => conflict('not-now', 'Not at this point of the exercise', why);
