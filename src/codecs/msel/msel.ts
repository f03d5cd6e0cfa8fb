import writeXlsxFile from 'write-excel-file/node';
import { cellName, readXlsx } from '../spreadsheet/index.js';
import type { Cell, Finding, Sheet } from '../spreadsheet/index.js';

/** A row of a Master Scenario Events List. */
export interface MselRow {
  number: number;
  /** Since STARTEX. */
  minutes: number;
  from: string;
  /** Roles or teams, by name. */
  to: string[];
  channel: string;
  subject: string;
  text: string;
  expected: string;
}

const CHANNELS = ['email', 'phone', 'news', 'social', 'report', 'sensor'];
const LATEST_MINUTES = 100_000;

interface Column {
  name: string;
  isRequired: boolean;
  width: number;
  others: readonly string[];
}

/** In the order in which they are written. */
const MSEL_COLUMNS: readonly Column[] = [
  { name: 'Number', isRequired: true, width: 9, others: ['no', 'no.', '#', 'inject', 'inject number'] },
  { name: 'Time', isRequired: true, width: 9, others: ['offset', 'exercise time'] },
  { name: 'From', isRequired: true, width: 24, others: ['sender'] },
  { name: 'To', isRequired: true, width: 24, others: ['recipient', 'recipients'] },
  { name: 'Channel', isRequired: true, width: 10, others: ['method', 'delivery'] },
  { name: 'Subject', isRequired: true, width: 32, others: ['title'] },
  { name: 'Text', isRequired: true, width: 80, others: ['message', 'description', 'inject text'] },
  {
    name: 'Expected action',
    isRequired: false,
    width: 48,
    others: ['expected', 'expected actions', 'expected response'],
  },
];

/**
 * Reads an MSEL workbook: in each sheet the first row names the columns, every other that is not empty is an inject. What
 * is wrong is said by sheet and cell, all at once; a row that is wrong is left out.
 * @throws Problem `invalid-input` for what is no workbook.
 */
export async function readMsel(bytes: Buffer): Promise<{ rows: MselRow[]; findings: Finding[] }> {
  const rows: MselRow[] = [];
  const findings: Finding[] = [];
  const seen = new Map<number, string>();
  for (const sheet of await readXlsx(bytes)) readSheet(sheet, rows, findings, seen);
  return { rows: rows.sort((a, b) => a.minutes - b.minutes || a.number - b.number), findings };
}

function readSheet(
  { name: sheet, rows: [headings = [], ...body] }: Sheet,
  rows: MselRow[],
  findings: Finding[],
  seen: Map<number, string>,
): void {
  if (headings.length === 0 && body.length === 0) return;
  const columns = new Map<string, number>();
  for (const [index, heading] of headings.entries()) {
    const written = textOf(heading).toLowerCase();
    if (written === '' || (written.startsWith('#') && written.length > 1)) continue;
    const column = MSEL_COLUMNS.find((each) => each.name.toLowerCase() === written || each.others.includes(written));
    const find = (detail: string): void => void findings.push({ sheet, cell: cellName(index, 0), detail });
    if (!column) find(`There is no column "${textOf(heading)}". Begin it with # to leave it out.`);
    else if (columns.has(column.name)) find(`A second column for ${column.name}.`);
    else columns.set(column.name, index);
  }
  const missing = MSEL_COLUMNS.filter(({ name, isRequired }) => isRequired && !columns.has(name));
  for (const { name } of missing) findings.push({ sheet, cell: null, detail: `The column ${name} is missing.` });
  if (missing.length > 0) return;

  for (const [index, cells] of body.entries()) {
    if (cells.every((cell) => textOf(cell) === '')) continue;
    const before = findings.length;
    const at = (column: string): Cell => cells[columns.get(column) ?? -1] ?? null;
    const find = (column: string, detail: string): null => {
      findings.push({ sheet, cell: cellName(columns.get(column) ?? 0, index + 1), detail });
      return null;
    };
    const text = (column: string): string => {
      const read = textOf(at(column));
      if (read === '') find(column, `${column} is empty.`);
      return read;
    };
    const number = numberOf(at('Number')) ?? find('Number', 'This is no whole number from 1 on.');
    const minutes = minutesOf(at('Time')) ?? find('Time', whyNoTime(at('Time')));
    const channel = textOf(at('Channel')).toLowerCase();
    if (!CHANNELS.includes(channel)) find('Channel', `This is none of ${CHANNELS.join(', ')}.`);
    const to = textOf(at('To'))
      .split(/[;,\n]/)
      .map((each) => each.trim())
      .filter((each) => each !== '');
    if (to.length === 0) find('To', 'To is empty.');
    const [from, subject, body_] = [text('From'), text('Subject'), text('Text')];
    const place = `${sheet}!${cellName(columns.get('Number') ?? 0, index + 1)}`;
    const other = number === null ? undefined : seen.get(number);
    if (other !== undefined) find('Number', `A second inject ${number}: the first is in ${other}.`);
    else if (number !== null) seen.set(number, place);
    if (number === null || minutes === null || findings.length > before) continue;
    rows.push({ number, minutes, from, to, channel, subject, text: body_, expected: textOf(at('Expected action')) });
  }
}

function numberOf(cell: Cell): number | null {
  const number = typeof cell === 'number' ? cell : /^\d{1,6}$/.test(textOf(cell)) ? Number(textOf(cell)) : NaN;
  return Number.isInteger(number) && number >= 1 ? number : null;
}

/** Day 0 of spreadsheet programs: what they show as 26:30 is a day and two and a half hours behind it. */
const DAY_ZERO_MS = Date.UTC(1899, 11, 30);

/** Minutes as a number, `1:30`, `T+01:30`, or a duration as spreadsheet programs keep it, which is a Date of around 1900. */
function minutesOf(cell: Cell): number | null {
  if (cell instanceof Date) return inRange(Math.round((cell.getTime() - DAY_ZERO_MS) / 1000) / 60);
  if (typeof cell === 'number') return inRange(cell);
  const [, hours, minutes] = /^(?:T?\+)?(\d{1,4}):([0-5]\d)(?::00)?$/i.exec(textOf(cell)) ?? [];
  if (hours !== undefined) return inRange(Number(hours) * 60 + Number(minutes));
  return /^\d{1,6}$/.test(textOf(cell)) ? inRange(Number(textOf(cell))) : null;
}

const whyNoTime = (cell: Cell): string =>
  cell instanceof Date
    ? 'This is a date, and no time since STARTEX. Write hours and minutes, 26:30, or minutes.'
    : 'This is no time since STARTEX. Write hours and minutes, 1:30, or minutes.';

const inRange = (minutes: number): number | null => (minutes >= 0 && minutes <= LATEST_MINUTES ? minutes : null);

const textOf = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? '' : cell instanceof Date ? cell.toISOString() : String(cell).trim();

/** One sheet; read again, the same rows. */
export function writeMsel(rows: readonly MselRow[]): Promise<Buffer> {
  const head = MSEL_COLUMNS.map(({ name }) => ({ value: name, fontWeight: 'bold' as const }));
  const body = rows.map(({ number, minutes, from, to, channel, subject, text, expected }) => [
    { value: number },
    { value: timeText(minutes) },
    ...[from, to.join('; '), channel, subject, text, expected].map((value) => ({ value, wrap: true })),
  ]);
  return writeXlsxFile([head, ...body], {
    sheet: 'MSEL',
    stickyRowsCount: 1,
    columns: MSEL_COLUMNS.map(({ width }) => ({ width })),
  }).toBuffer();
}

/** Whole minutes as hours and minutes; what is between them as a number. */
const timeText = (minutes: number): string | number =>
  Number.isInteger(minutes) ? `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}` : minutes;
