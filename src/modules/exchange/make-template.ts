import writeXlsxFile from 'write-excel-file/node';
import { csvLines } from '../../codecs/spreadsheet/index.js';
import type { Field } from '../../codecs/spreadsheet/index.js';

const BYTE_ORDER_MARK = '\uFEFF';

/** The headings, and a row of examples to write over. */
export function makeTemplate(fields: readonly Field[], format: 'csv' | 'xlsx'): Promise<Buffer> {
  const rows = [fields.map(({ name }) => name), fields.map(({ example }) => example)];
  // Excel takes a CSV file for UTF-8 where it begins with a byte order mark.
  if (format === 'csv') return Promise.resolve(Buffer.from(BYTE_ORDER_MARK + csvLines(rows)));
  const data = rows.map((row, index) =>
    row.map((value) => ({ value, fontWeight: index === 0 ? ('bold' as const) : undefined })),
  );
  return writeXlsxFile(data, { sheet: 'Incidents', stickyRowsCount: 1 }).toBuffer();
}
