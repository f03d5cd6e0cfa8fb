import type { IncomingHttpHeaders } from 'node:http';
import { EXERCISE_HEADER } from './request.js';

const OF_EXERCISE = /^\/(taxii2|misp)\/exercises\/([0-9a-fA-F-]{36})(?=[/?]|$)/;
/** No id: where the header names another exercise than the path there is no such request, and the answer is the one 404. */
const TWO = 'two';

/**
 * Clients of TAXII and MISP send no header of ours, and have an address for each server: `/taxii2/exercises/{id}/` is the API
 * root of an exercise, `/misp/exercises/{id}/` its MISP. They are the paths of real life, in the space of the exercise.
 * @param request its header is set.
 * @returns the path of the same in real life.
 */
export function intoExercise(url: string, { headers }: { headers: IncomingHttpHeaders }): string {
  const [prefix, standard, id] = OF_EXERCISE.exec(url) ?? [];
  if (prefix === undefined || id === undefined) return url;
  const named = headers[EXERCISE_HEADER];
  headers[EXERCISE_HEADER] = named === undefined || String(named).toLowerCase() === id.toLowerCase() ? id : TWO;
  return (standard === 'taxii2' ? '/taxii2/live' : '/misp') + url.slice(prefix.length);
}
