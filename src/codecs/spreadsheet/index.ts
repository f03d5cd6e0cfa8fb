export { fieldsOf } from './fields.js';
export type { Field } from './fields.js';
export { findingOf, readRows } from './read-rows.js';
export type { ReadRow } from './read-rows.js';
export { readCsv, readXlsx } from './read-sheets.js';
export { cellName, spreadsheetFindings } from './sheet.js';
export type { Cell, Finding, Sheet } from './sheet.js';
export { csvLines } from './write-csv.js';
