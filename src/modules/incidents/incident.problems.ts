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

export const alreadyLinked = (): Problem =>
  conflict('already-linked', 'The records are linked already', 'Delete the link that exists to say something else.');
