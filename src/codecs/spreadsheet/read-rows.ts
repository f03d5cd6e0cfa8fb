import type { Draft, Field } from './fields.js';
import { put } from './fields.js';
import type { DateHabits } from './read-instant.js';
import type { Cell, Finding, Sheet } from './sheet.js';
import { cellName } from './sheet.js';
import { fromZawgyi } from './zawgyi.js';

/** Headings as the file has them, to names of fields. A heading that is in no mapping is a field's name itself. */
export type ColumnNames = Readonly<Record<string, string>>;

/** A row that says something. */
export interface ReadRow {
  sheet: string;
  /** From 1 on, as spreadsheet programs count. */
  row: number;
  draft: Draft;
  /** Texts that came in Zawgyi, as they came. */
  originals: { field: string; text: string }[];
  /** Columns by the pointer that they became. */
  columns: ReadonlyMap<string, number>;
}

/**
 * Reads what sheets say: the first row names the columns, every other that is not empty is an incident. All findings at
 * once. A column whose heading begins with `#` is the sender's own and is not read.
 */
export function readRows(
  sheets: readonly Sheet[],
  { fields, names, habits }: { fields: readonly Field[]; names: ColumnNames; habits: DateHabits },
): { rows: ReadRow[]; findings: Finding[] } {
  const byName = new Map(fields.map((field) => [key(field.name), field]));
  const renamed = new Map(Object.entries(names).map(([heading, name]) => [key(heading), name]));
  const rows: ReadRow[] = [];
  const findings: Finding[] = [];
  for (const {
    name: sheet,
    rows: [headings = [], ...body],
  } of sheets) {
    if (headings.length === 0 && body.length === 0) continue;
    const columns = new Map<number, Field>();
    for (const [column, heading] of headings.entries()) {
      const find = (detail: string): void => void findings.push({ sheet, cell: cellName(column, 0), detail });
      const written = textOf(heading);
      if (written === '') {
        if (body.some((cells) => textOf(cells[column] ?? null) !== '')) find('This column has no heading.');
        continue;
      }
      if (written.startsWith('#')) continue;
      const field = byName.get(key(renamed.get(key(written)) ?? written));
      if (!field)
        find(`There is no field "${written}". Map the heading to a field, or begin it with # to leave it out.`);
      else if ([...columns.values()].includes(field)) find(`A second column for ${field.name}.`);
      else columns.set(column, field);
    }
    const pointers = new Map([...columns].map(([column, { pointer }]) => [pointer, column]));
    for (const [index, cells] of body.entries()) {
      if (cells.every((cell) => textOf(cell) === '')) continue;
      const read: ReadRow = { sheet, row: index + 2, draft: {}, originals: [], columns: pointers };
      for (const [column, field] of columns) {
        const cell = cells[column] ?? null;
        if (cell === null || textOf(cell) === '') continue;
        const unicode = typeof cell === 'string' ? fromZawgyi(cell) : null;
        if (unicode !== null) read.originals.push({ field: field.name, text: String(cell) });
        const result = field.read(unicode ?? cell, { habits });
        if ('question' in result) findings.push({ sheet, cell: cellName(column, index + 1), detail: result.question });
        else put(read.draft, field.pointer, result.value);
      }
      rows.push(read);
    }
  }
  return { rows, findings };
}

/** The cell that a fault of the draft lies in; the row itself where its column is missing. */
export function findingOf({ sheet, row, columns }: ReadRow, fault: { pointer: string; detail: string }): Finding {
  for (let pointer = fault.pointer; pointer !== ''; pointer = pointer.slice(0, pointer.lastIndexOf('/'))) {
    const column = columns.get(pointer) ?? childOf(columns, pointer);
    if (column !== undefined) return { sheet, cell: cellName(column, row - 1), detail: fault.detail };
  }
  return { sheet, cell: cellName(0, row - 1), detail: `${fault.pointer}: ${fault.detail}` };
}

/** A fault of `/rsit` lies in the first column that is a part of it. */
const childOf = (columns: ReadonlyMap<string, number>, pointer: string): number | undefined =>
  [...columns].find(([each]) => each.startsWith(`${pointer}/`))?.[1];

const textOf = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? '' : cell instanceof Date ? cell.toISOString() : String(cell).trim();

const key = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '');
