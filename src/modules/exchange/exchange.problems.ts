import { Problem, conflict } from '../../kernel/problem.js';

/** A result names the record as `id` too; the words are for whoever reads the log. */
export const changedUnderSameReference = (id: string): Problem =>
  conflict(
    'changed-under-same-reference',
    'The content changed under a known reference',
    `You filed this reference with other content as ${id}: change that record, or give this one a reference of its own.`,
  );

export const lineTooLong = (): Problem =>
  new Problem('too-large', 413, 'The line is too large', 'A line may hold 1 MiB.');

export const emptyLine = (): Problem =>
  new Problem('malformed-json', 400, 'The line is not JSON', 'The line is empty.');

export const notFiled = (cause: unknown): Problem =>
  new Problem(
    'internal',
    500,
    'Something went wrong here',
    'This is a fault of the service, not of your line. Send it again.',
    { cause },
  );
