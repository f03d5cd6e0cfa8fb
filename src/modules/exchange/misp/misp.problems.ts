import type { Fault } from '../../../kernel/problem.js';
import { conflict, forbidden, invalidInput } from '../../../kernel/problem.js';
import type { Problem } from '../../../kernel/problem.js';

export const alreadyThere = (): Problem =>
  conflict(
    'event-exists',
    'The event is there already',
    'Your organisation has filed an event of this uuid. Change it with events/edit, or give this one another.',
  );

export const noEvent = (faults: Fault[]): Problem => invalidInput(faults.slice(0, 100));

export const staysHere = (): Problem =>
  forbidden('What is TLP:RED of others is read in Ronda alone, and leaves in no other format.');

export const notMarked = (): Problem =>
  conflict(
    'not-marked',
    'The event is not marked',
    'Submitted, and not released: tag it with a TLP label that its distribution goes with, and publish it again.',
  );

export const wouldWithdraw = (): Problem =>
  conflict(
    'publish-withdraws',
    'Publishing takes an event from nobody',
    'Its distribution is for your organisation alone, and others read it. Withdraw it with events/unpublish, or say how far it goes.',
  );

export const unknownFilters = (names: readonly string[]): Problem =>
  invalidInput(
    names.map((name) => ({
      pointer: `/${name}`,
      detail: 'This search has no such filter: without it more would be found than was asked for.',
    })),
  );

export const notYours = (): Problem => forbidden('This is done by the organisation whose event it is.');

export const noSuchGroup = (): Problem =>
  invalidInput([{ pointer: '/sharing_group_id', detail: 'You see no such sharing group.' }]);

export const partExists = (): Problem =>
  conflict(
    'part-exists',
    'The event has it already',
    'An attribute of this uuid, or of this type and value, is there.',
  );

export const madeByRonda = (): Problem =>
  conflict(
    'made-by-ronda',
    'Ronda makes this object itself',
    'It says what the record says and MISP has no place for. Use PATCH /api/v1/incidents/{id}.',
  );

export const changedInRonda = (): Problem =>
  conflict(
    'anonymous-event',
    'An anonymous record is changed in Ronda',
    'What a client of MISP adds would carry ids of its own to every reader. Use PATCH /api/v1/incidents/{id}.',
  );
