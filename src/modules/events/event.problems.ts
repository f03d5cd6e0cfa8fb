import { Problem, invalidInput } from '../../kernel/problem.js';

/** @param by how the id was given. */
export const notAnEvent = (by: 'query' | 'header'): Problem =>
  invalidInput([
    {
      pointer: by === 'query' ? '/after' : '/last-event-id',
      detail: 'This is no id of an event that you were told.',
      in: by,
    },
  ]);

export const eventForgotten = (): Problem =>
  new Problem(
    'event-forgotten',
    410,
    'The event is forgotten',
    'Events are kept for 7 days. Begin anew without it, and read by lists what you missed.',
  );
