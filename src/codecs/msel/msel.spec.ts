import writeXlsxFile from 'write-excel-file/node';
import { readMsel, writeMsel } from './index.js';
import type { MselRow } from './index.js';

const HEAD = ['Number', 'Time', 'From', 'To', 'Channel', 'Subject', 'Text', 'Expected action'];
type Value = string | number | null;

const workbook = (sheets: Record<string, Value[][]>): Promise<Buffer> =>
  writeXlsxFile(
    Object.entries(sheets).map(([sheet, rows]) => ({
      sheet,
      data: rows.map((row) => row.map((value) => ({ value: value ?? undefined }))),
    })),
  ).toBuffer();

const good = (number: number, change: Record<number, Value> = {}): Value[] =>
  [number, '0:15', 'Ward', 'National CERT', 'email', 'Subject', 'Text', 'File it'].map((value, index) =>
    index in change ? (change[index] ?? null) : value,
  );

it('reads what it wrote', async () => {
  const rows: MselRow[] = [
    {
      number: 1,
      minutes: 0,
      from: 'HiCON',
      to: ['All'],
      channel: 'email',
      subject: 'STARTEX',
      text: 'Begin.',
      expected: '',
    },
    {
      number: 2,
      minutes: 95,
      from: 'Ward',
      to: ['A', 'B'],
      channel: 'phone',
      subject: 'Call',
      text: 'Two\nlines',
      expected: 'File',
    },
    { number: 3, minutes: 100.5, from: 'Ward', to: ['A'], channel: 'sensor', subject: 'S', text: 'T', expected: '' },
  ];
  expect(await readMsel(await writeMsel(rows))).toEqual({ rows, findings: [] });
});

it('of twenty mistakes in two sheets, each is said by its sheet and cell, and the rest is read', async () => {
  const bytes = await workbook({
    'Move 1': [
      HEAD,
      good(1),
      good(2, { 0: 'two' }),
      good(3, { 1: 'soon' }),
      good(4, { 2: null }),
      good(5, { 3: null }),
      good(6, { 4: 'pigeon' }),
      good(7, { 5: null }),
      good(8, { 6: null }),
      good(1),
      good(9, { 0: 0 }),
    ],
    'Move 2': [
      [...HEAD, 'Colour', 'Time', '# ours'],
      good(10, { 0: 1.5 }),
      good(11, { 1: '1:75' }),
      good(12, { 1: null }),
      good(13, { 3: ' ; ' }),
      good(14, { 4: null }),
      good(15, { 2: null, 6: null }),
      good(16, { 1: -5 }),
      good(17),
      good(17),
      good(18),
    ],
  });
  const { rows, findings } = await readMsel(bytes);
  expect(findings.map(({ sheet, cell }) => `${sheet} ${cell}`).sort()).toEqual(
    [
      ...['A3', 'B4', 'C5', 'D6', 'E7', 'F8', 'G9', 'A10', 'A11'].map((cell) => `Move 1 ${cell}`),
      ...['I1', 'J1', 'A2', 'B3', 'B4', 'D5', 'E6', 'C7', 'G7', 'B8', 'A10'].map((cell) => `Move 2 ${cell}`),
    ].sort(),
  );
  expect(findings).toHaveLength(20);
  expect(rows.map(({ number }) => number)).toEqual([1, 17, 18]);
});

it('says which column is missing', async () => {
  const { findings } = await readMsel(await workbook({ MSEL: [HEAD.slice(1), good(1).slice(1)] }));
  expect(findings).toEqual([{ sheet: 'MSEL', cell: null, detail: 'The column Number is missing.' }]);
});

it('takes durations as spreadsheet programs keep them, of more than a day too, and says which cells are dates', async () => {
  const cell = (value: number | Date, format: string) =>
    value instanceof Date ? { value, type: Date, format } : { value, type: Number, format };
  const row = (number: number, time: object) => [
    { value: number },
    time,
    ...good(number)
      .slice(2)
      .map((value) => ({ value: String(value) })),
  ];
  const bytes = await writeXlsxFile(
    [
      HEAD.map((value) => ({ value })),
      row(1, cell(90 / 1440, 'hh:mm')),
      row(2, cell(1590 / 1440, '[h]:mm')),
      row(3, cell(5000 / 1440, '[h]:mm:ss')),
      row(4, cell(new Date(Date.UTC(2026, 10, 20, 14, 30)), 'yyyy-mm-dd hh:mm')),
    ] as never,
    { sheet: 'MSEL' },
  ).toBuffer();
  const { rows, findings } = await readMsel(bytes);
  expect(rows.map(({ number, minutes }) => [number, minutes])).toEqual([
    [1, 90],
    [2, 1590],
    [3, 5000],
  ]);
  expect(findings).toEqual([
    { sheet: 'MSEL', cell: 'B5', detail: expect.stringContaining('This is a date') as string },
  ]);
  const [first] = rows;
  const long = [{ ...first!, minutes: 1590 }];
  expect(await readMsel(await writeMsel(long))).toEqual({ rows: long, findings: [] });
});
