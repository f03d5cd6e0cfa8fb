import { invalidInput } from '../../../kernel/problem.js';

/** The cursor of a list that is ordered by text and numbers the reader sees. */
export const encodeTextCursor = (...keys: (string | number)[]): string =>
  Buffer.from(JSON.stringify(keys)).toString('base64url');

/**
 * @param shape what each key is, in order; `uuid` is checked to be one.
 * @throws Problem `invalid-input` for whatever is not a cursor of that shape.
 */
export function decodeTextCursor(cursor: string, ...shape: ('number' | 'string' | 'uuid')[]): (string | number)[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(keys) && keys.length === shape.length && keys.every((key, index) => fits(key, shape[index])))
      return keys as (string | number)[];
  } catch {
    // Whatever is not one of ours gets the same answer.
  }
  throw invalidInput([{ pointer: '/cursor', detail: 'This is not a cursor of this list.', in: 'query' }]);
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const fits = (key: unknown, shape: 'number' | 'string' | 'uuid' | undefined): boolean =>
  shape === 'number'
    ? Number.isInteger(key) && Math.abs(key as number) < 2 ** 31
    : typeof key === 'string' && !key.includes('\0') && (shape !== 'uuid' || uuid.test(key));
