import { Problem } from '../../kernel/problem.js';

/** A value as the spreadsheet program kept it. A Date stands for the wall-clock time that the cell shows, written as if in UTC. */
export type Cell = string | number | boolean | Date | null;

export interface Sheet {
  /** Of a CSV file: `CSV`. */
  name: string;
  /** From the first row on, also empty ones, so that a row's place is its number. */
  rows: readonly (readonly Cell[])[];
}

/** What is wrong in a cell, or in a sheet where there is no cell to name. */
export interface Finding {
  sheet: string;
  /** As spreadsheet programs name it: `C7`. */
  cell: string | null;
  detail: string;
}

/** `C7` for the third column and the seventh row, both counted from 0 here. */
export function cellName(column: number, row: number): string {
  let letters = '';
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26))
    letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters;
  return `${letters}${row + 1}`;
}

/** @param so what became of it. */
export const spreadsheetFindings = (findings: readonly Finding[], so: string): Problem =>
  new Problem(
    'spreadsheet-findings',
    422,
    'The spreadsheet has to be mended first',
    `${findings.length === 1 ? 'One cell' : `${findings.length} cells`} cannot be read. ${so}`,
    { extensions: { findings } },
  );
