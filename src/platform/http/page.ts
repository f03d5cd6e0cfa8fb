import { invalidInput } from '../../kernel/problem.js';

/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Opaque; null at the end. */
  next: string | null;
  /** Only where asked for; exact to 10,000. */
  total?: number | { atLeast: number };
}

/** The sort keys of a row that its reader sees: nothing else may be in a cursor. */
export interface CursorKeys {
  /** RFC 3339 UTC. */
  at: string;
  id: string;
}

export const encodeCursor = ({ at, id }: CursorKeys): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** As `Date.toISOString` writes it, and no time that only one of JavaScript and PostgreSQL can read. */
export const isCursorTime = (at: unknown): at is string =>
  typeof at === 'string' &&
  /^(?!0000)\d{4}-/.test(at) &&
  !Number.isNaN(Date.parse(at)) &&
  new Date(at).toISOString() === at;

export function decodeCursor(cursor: string): CursorKeys {
  try {
    const [at, id, ...rest] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (isCursorTime(at) && typeof id === 'string' && rest.length === 0 && uuid.test(id)) return { at, id };
  } catch {
    // Whatever is not one of ours gets the same answer.
  }
  throw invalidInput([{ pointer: '/cursor', detail: 'This is not a cursor of this list.', in: 'query' }]);
}

/**
 * Makes a page of the rows of a query that asked for one more than the limit.
 * @see RFC 8288 for the Link header that the route sends beside it
 */
export function pageOf<R, T>(rows: R[], limit: number, keys: (row: R) => CursorKeys, view: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), next: rows.length > limit && last !== undefined ? encodeCursor(keys(last)) : null };
}
