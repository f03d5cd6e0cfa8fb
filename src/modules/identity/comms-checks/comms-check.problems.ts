import type { Problem } from '../../../kernel/problem.js';
import { conflict, forbidden } from '../../../kernel/problem.js';

export const notOnDuty = (): Problem =>
  forbidden('Whoever is on the duty list of an organisation that was checked answers for it.');
export const runsNoRegion = (): Problem => forbidden('An administrator of the secretariat runs comms checks.');
export const checkNotOpen = (): Problem =>
  conflict('check-not-open', 'This check is not open', 'It has not opened yet, or its time is over.');
export const alreadyAnswered = (): Problem =>
  conflict('already-answered', 'This was answered already', 'Your contact has been reached: nothing more is asked.');
export const notChecked = (): Problem =>
  conflict('not-checked', 'This organisation is not checked', 'It was not among those that were to answer.');
export const codeNotValid = (): Problem =>
  conflict('code-not-valid', 'This code does not hold', 'It is none that was given out, was used, or came too late.');
