import { Problem } from '../../kernel/problem.js';

/**
 * Errors of a database that is gone, restarting, full of connections or closed to us: SQLSTATE classes 08, 53, 57, what is
 * said when connecting (3D000, 28P01, 55000), and socket errors.
 */
const isUnavailable = (error: Error & { code?: unknown }): boolean =>
  (typeof error.code === 'string' && /^(08|53|57P|3D000|28|55000|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT)/.test(error.code)) ||
  /Connection terminated|timeout exceeded when trying to connect|not queryable/.test(error.message);

/** What a database error means to the caller. SQL errors never choose an answer but this one: come back later. */
export function databaseProblem(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Problem) return error;
  const cause = 'driverError' in error && error.driverError instanceof Error ? error.driverError : error;
  if (!isUnavailable(cause)) return error;
  return new Problem(
    'temporarily-unavailable',
    503,
    'Temporarily unavailable',
    'The database cannot be reached just now. Send the request again; with an Idempotency-Key a POST is safe to repeat.',
    { headers: { 'retry-after': '1' }, cause: error },
  );
}
