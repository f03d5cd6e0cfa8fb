import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import readXlsxFile from 'read-excel-file/node';
import { invalidInput } from '../../kernel/problem.js';
import type { Sheet } from './sheet.js';
import { uncompressedBytes } from './zip-size.js';

/** Ten times what five thousand long incidents take; more of it is a bomb. */
const MAX_UNCOMPRESSED_BYTES = 64 * 1024 * 1024;

/**
 * A CSV file (RFC 4180, in UTF-8; separated by commas, semicolons or tabs, whichever its first line has most of).
 * @throws Problem `invalid-input` that says what is no CSV in it.
 */
export function readCsv(bytes: Buffer): Sheet[] {
  if (!isUtf8(bytes))
    throw invalidInput([{ pointer: '', detail: 'This is not UTF-8. Save the sheet as "CSV UTF-8".' }]);
  // What is quoted separates nothing.
  const [firstLine = ''] = bytes
    .toString('utf8', 0, 64 * 1024)
    .replaceAll(/"(?:[^"]|"")*"/g, '')
    .split(/\r?\n/, 1);
  const delimiter = [',', ';', '\t'].reduce((most, each) =>
    firstLine.split(each).length > firstLine.split(most).length ? each : most,
  );
  try {
    const rows = parse(bytes, { bom: true, delimiter, relax_column_count: true, skip_empty_lines: false });
    return [{ name: 'CSV', rows }];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw invalidInput([{ pointer: '', detail: `This is no CSV: ${error.message}.` }]);
  }
}

/**
 * The sheets of an Excel workbook (Office Open XML, ISO/IEC 29500).
 * @throws Problem `invalid-input` for what is none, or unpacks to more than 64 MB.
 */
export async function readXlsx(bytes: Buffer): Promise<Sheet[]> {
  const size = uncompressedBytes(bytes);
  if (size === null) throw invalidInput([{ pointer: '', detail: 'This is no XLSX workbook.' }]);
  if (size > MAX_UNCOMPRESSED_BYTES)
    throw invalidInput([{ pointer: '', detail: 'This workbook unpacks to more than 64 MB. Split it.' }]);
  try {
    const sheets = await readXlsxFile(bytes);
    return sheets.map(({ sheet, data }) => ({ name: sheet, rows: data as Sheet['rows'] }));
  } catch (error) {
    throw invalidInput([
      { pointer: '', detail: `This workbook cannot be read: ${error instanceof Error ? error.message : 'unknown'}.` },
    ]);
  }
}
