import { Problem } from '../../kernel/problem.js';

const NO_CONNECTION = /timeout exceeded when trying to connect/;

/**
 * Errors of a database that is gone, restarting, full of connections or closed to us: SQLSTATE classes 08, 53, 57, what is
 * said when connecting (3D000, 28P01, 55000), and socket errors.
 */
const isUnavailable = (error: Error & { code?: unknown }): boolean =>
  (typeof error.code === 'string' && /^(08|53|57P|3D000|28|55000|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT)/.test(error.code)) ||
  NO_CONNECTION.test(error.message) ||
  /Connection terminated|not queryable/.test(error.message);

/** What was ended because it and another waited for each other: SQLSTATE 40P01, 40001. It has rolled back. */
const isInTheWay = ({ code }: Error & { code?: unknown }): boolean => code === '40P01' || code === '40001';

/**
 * Whether what failed with this problem may be tried again as it is: it was rolled back, or no connection was to be had for
 * it. Where one breaks while it commits, nobody knows.
 */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Problem) || error.status !== 503) return false;
  const cause = causeOf(error.cause);
  return cause !== undefined && (isInTheWay(cause) || NO_CONNECTION.test(cause.message));
}

const causeOf = (error: unknown): (Error & { code?: unknown }) | undefined =>
  error instanceof Error && 'driverError' in error && error.driverError instanceof Error
    ? error.driverError
    : error instanceof Error
      ? error
      : undefined;

/** What a database error means to the caller. SQL errors never choose an answer but this one: come back later. */
export function databaseProblem(error: unknown): unknown {
  const cause = causeOf(error);
  if (!(error instanceof Error) || error instanceof Problem || !cause) return error;
  if (isInTheWay(cause))
    return temporarilyUnavailable('Another request was in the way, and nothing was changed. Send yours again.', error);
  if (isUnavailable(cause))
    return temporarilyUnavailable(
      'The database cannot be reached just now. Send the request again; with an Idempotency-Key a POST is safe to repeat.',
      error,
    );
  return error;
}

const temporarilyUnavailable = (detail: string, cause: Error): Problem =>
  new Problem('temporarily-unavailable', 503, 'Temporarily unavailable', detail, {
    headers: { 'retry-after': '1' },
    cause,
  });
