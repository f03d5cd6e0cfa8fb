import type { Cell } from './sheet.js';
import type { DateHabits } from './read-instant.js';
import { asciiDigits, readInstant } from './read-instant.js';

/** The body of `POST /api/v1/incidents`, as far as it was read. */
export type Draft = Record<string, unknown>;

export interface ReadContext {
  habits: DateHabits;
}

/** A value for the member, or why there is none. */
type Read = { value: unknown } | { question: string };

export interface Field {
  /** What its column is called in the template, and in a mapping. */
  name: string;
  /** What goes into it, for the second row of the template. */
  example: string;
  /** JSON Pointer of the member that it becomes. Faults below it are faults of the cell. */
  pointer: string;
  read: (cell: Exclude<Cell, null>, context: ReadContext) => Read;
}

const text = (cell: Exclude<Cell, null>): Read =>
  cell instanceof Date
    ? { question: 'This is a date, and text belongs here. Format the cell as text.' }
    : { value: String(cell).trim() };

/** Several in one cell, separated by semicolons or lines. */
const list = (cell: Exclude<Cell, null>): Read => {
  const read = text(cell);
  if ('question' in read) return read;
  const items = String(read.value).split(/[;\n]/);
  return { value: items.map((item) => item.trim()).filter((item) => item !== '') };
};

const capitals = (cell: Exclude<Cell, null>): Read => {
  const read = list(cell);
  return 'question' in read ? read : { value: (read.value as string[]).map((item) => item.toUpperCase()) };
};

const instant = (cell: Exclude<Cell, null>, { habits }: ReadContext): Read => {
  const read = readInstant(cell, habits);
  return 'question' in read ? read : { value: read.instant };
};

const wholeNumber = (cell: Exclude<Cell, null>): Read => {
  if (typeof cell === 'number') return { value: cell };
  const digits = asciiDigits(String(cell).trim());
  if (/^\d{1,15}$/.test(digits)) return { value: Number(digits) };
  return { question: `"${String(cell)}" is no whole number. Write digits alone, without separators.` };
};

/** As a decimal string: a point, never a comma, which means tens here and thousands there. */
const amount = (cell: Exclude<Cell, null>): Read => {
  if (typeof cell === 'number') return { value: Number.isInteger(cell) ? String(cell) : cell.toFixed(2) };
  const digits = asciiDigits(String(cell).trim());
  if (/^\d+(\.\d+)?$/.test(digits)) return { value: digits };
  return { question: `"${String(cell)}" is no amount. Write digits and, for fractions, a point: 12500.50.` };
};

/** `bank-account=0071000123456`, one a line or separated by semicolons. */
const instruments = (cell: Exclude<Cell, null>): Read => {
  const read = list(cell);
  if ('question' in read) return read;
  const items = (read.value as string[]).map((item) => /^([a-z-]+) *[=:] *(.+)$/.exec(item));
  const bad = items.findIndex((item) => item === null);
  if (bad >= 0) return { question: `Write each as type=value: bank-account=0071000123456.` };
  return { value: items.map((item) => ({ type: item?.[1], value: item?.[2] })) };
};

const field = (name: string, pointer: string, example: string, read: Field['read'] = text): Field => ({
  name,
  pointer,
  example,
  read,
});

const FIXED: readonly Field[] = [
  field('title', '/title', 'Bank phishing wave by SMS'),
  field('description', '/description', 'Customers received SMS with links to login-bank.example.'),
  field('language', '/language', 'en'),
  field('class', '/rsit/class', 'fraud'),
  field('type', '/rsit/type', 'phishing'),
  field('tlp', '/marking/tlp', 'TLP:AMBER'),
  field('pap', '/marking/pap', 'PAP:GREEN'),
  field('occurredAt', '/occurredAt', '2026-11-19 18:00', instant),
  field('detectedAt', '/detectedAt', '2026-11-20 02:10', instant),
  field('reportedAt', '/reportedAt', '', instant),
  field('containedAt', '/containedAt', '', instant),
  field('resolvedAt', '/resolvedAt', '', instant),
  field('sector', '/sector', 'finance'),
  field('countries', '/countries', 'VN; TH', capitals),
  field('fraudModus', '/fraud/modus', 'An SMS leads to a copied sign-in page.'),
  field('fraudChannel', '/fraud/channel', 'sms'),
  field('fraudImpersonated', '/fraud/impersonated', 'Example Bank'),
  field('fraudInstruments', '/fraud/instruments', 'bank-account=0071000123456', instruments),
  field('lossAmount', '/fraud/loss/amount', '12500.00', amount),
  field('lossCurrency', '/fraud/loss/currency', 'VND'),
  field('victims', '/fraud/victims', '14', wholeNumber),
  field('techniques', '/techniques', 'T1566.002', list),
  field('tags', '/tags', 'campaign:name="lotus"', list),
  field('referenceSource', '/externalReferences/0/source', 'ticket'),
  field('referenceId', '/externalReferences/0/id', 'VN-2026-118'),
  field('referenceUrl', '/externalReferences/0/url', 'https://tickets.example/118'),
  field('authorship', '/authorship', 'named'),
];

/** What a column may become: the fixed fields, and one for each factor of the region's severity scheme. */
export const fieldsOf = (severityFactors: readonly { id: string; values: readonly { id: string }[] }[]): Field[] => [
  ...FIXED,
  ...severityFactors.map(({ id, values }) => field(`severity.${id}`, `/severity/${id}`, values[0]?.id ?? '')),
];

/** Sets the member that a pointer names, and the objects and lists above it. */
export function put(draft: Draft, pointer: string, value: unknown): void {
  const steps = pointer.slice(1).split('/');
  let at: Record<string, unknown> = draft;
  for (const [index, step] of steps.entries()) {
    if (index === steps.length - 1) at[step] = value;
    else at = (at[step] ??= /^\d+$/.test(steps[index + 1] ?? '') ? [] : {}) as Record<string, unknown>;
  }
}
