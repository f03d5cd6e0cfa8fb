import type { Problem } from '../../kernel/problem.js';
import { conflict, forbidden } from '../../kernel/problem.js';
import type { Status, Transition } from './incident.rules.js';

export const notOwner = (): Problem =>
  forbidden(
    'You may read this record, but only an analyst or coordinator of the organisation that owns it changes it.',
  );

export const notEraser = (): Problem =>
  forbidden('You may read this record, but only a coordinator of the organisation that owns it erases from it.');

export const wrongStatus = (status: Status, transition: Transition): Problem =>
  conflict(
    'wrong-status',
    'The lifecycle does not admit this',
    `A record that is ${status} cannot go through ${transition}.`,
  );

export const notClassified = (): Problem =>
  conflict(
    'not-classified',
    'Classify it first',
    'An RSIT class and type are required to submit: PATCH the record with `rsit`.',
  );

export const certNotActive = (): Problem =>
  conflict(
    'cert-not-active',
    'Your national CERT is not active',
    'There is no active national CERT whose queue could take it.',
  );

export const redHasNoQueue = (): Problem =>
  conflict(
    'red-has-no-queue',
    'TLP:RED goes into no queue',
    'What is TLP:RED is for persons, and a queue is a whole team’s. Talk to your national CERT, or mark it less narrowly.',
  );

export const notYetSubmitted = (): Problem =>
  conflict(
    'not-submitted',
    'Submit it first',
    'A draft is your organisation’s alone; submit it before you release it.',
  );

export const notLifter = (): Problem =>
  forbidden('You may read this record, but only a coordinator of the organisation that owns it puts its name to it.');

export const notAnonymous = (): Problem =>
  conflict(
    'not-anonymous',
    'Its author is named',
    'This is for records whose author is not named. Of others ask the organisation that owns it.',
  );

export const notAsker = (): Problem =>
  forbidden('A coordinator of an active national CERT or regional body asks for a quarantine, of what others wrote.');

export const alreadyAsked = (): Problem =>
  conflict('already-asked', 'Your organisation has asked', 'Withdraw what your organisation asked for to ask anew.');

export const notAsked = (): Problem =>
  conflict('not-asked', 'Your organisation has not asked', 'There is nothing of your organisation’s to withdraw.');

export const inQuarantine = (): Problem =>
  conflict(
    'in-quarantine',
    'It is in quarantine',
    'Three members asked that nobody reads it for now. Put your name to it, or take its release back, or wait until they withdraw.',
  );

export const standsAlone = (): Problem =>
  conflict(
    'stands-alone',
    'What is anonymous stands alone',
    'A link from an anonymous record, or from another of yours to it, would say whose it is: only its owner makes the first, and few think of the second.',
  );

export const alreadyLinked = (): Problem =>
  conflict('already-linked', 'The records are linked already', 'Delete the link that exists to say something else.');
