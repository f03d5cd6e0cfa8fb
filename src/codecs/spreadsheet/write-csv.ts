import { stringify } from 'csv-stringify/sync';

/** Programs of other regions, and our own reader, split at these too: what stands behind one would begin a cell. */
const OTHER_DELIMITERS = /[;\t]/;

/**
 * Lines of CSV (RFC 4180). What a spreadsheet program would run as a formula is written with an apostrophe before it: a
 * filing by somebody else must not compute, or call out, in the sheet of whoever exports it.
 * @see OWASP, CSV Injection
 */
export const csvLines = (rows: readonly (readonly unknown[])[]): string =>
  stringify(
    rows.map((row) => row.map(inert)),
    { quoted_match: OTHER_DELIMITERS },
  );

const inert = (value: unknown): unknown =>
  typeof value === 'string' && /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u.test(value) ? `'${value}` : value;
