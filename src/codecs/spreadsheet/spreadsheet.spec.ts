import fc from 'fast-check';
import writeXlsxFile from 'write-excel-file/node';
import { Problem } from '../../kernel/problem.js';
import { fieldsOf, findingOf, readCsv, readRows, readXlsx, csvLines } from './index.js';
import { readInstant } from './read-instant.js';
import { cellName } from './sheet.js';
import { uncompressedBytes } from './zip-size.js';

const FIELDS = fieldsOf([{ id: 'functionalImpact', values: [{ id: 'none' }, { id: 'minimal' }] }]);
const HABITS = { timeZone: 'Asia/Bangkok' };
const read = (csv: string, names: Record<string, string> = {}, habits = {}): ReturnType<typeof readRows> =>
  readRows(readCsv(Buffer.from(csv)), { fields: FIELDS, names, habits: { ...HABITS, ...habits } });

describe('cells', () => {
  it('are named as spreadsheet programs name them', () => {
    expect([cellName(0, 0), cellName(25, 8), cellName(26, 0), cellName(701, 1), cellName(702, 1)]).toEqual([
      'A1',
      'Z9',
      'AA1',
      'ZZ2',
      'AAA2',
    ]);
  });
});

describe('dates', () => {
  it.each([
    ['2026-11-20 02:10', {}, '2026-11-19T19:10:00.000Z'],
    ['2026-11-20', {}, '2026-11-19T17:00:00.000Z'],
    ['2026-11-20T02:10:30Z', {}, '2026-11-20T02:10:30.000Z'],
    ['2026-11-20 02:10 +08:00', {}, '2026-11-19T18:10:00.000Z'],
    ['20/11/2026 02:10', { order: 'day-first' }, '2026-11-19T19:10:00.000Z'],
    ['11/20/2026', { order: 'month-first' }, '2026-11-19T17:00:00.000Z'],
    ['20/11/2569', { order: 'day-first', era: 'buddhist' }, '2026-11-19T17:00:00.000Z'],
    ['๒๐/๑๑/๒๕๖๙', { order: 'day-first', era: 'buddhist' }, '2026-11-19T17:00:00.000Z'],
    ['၂၀၂၆-၁၁-၂၀', {}, '2026-11-19T17:00:00.000Z'],
  ] as const)('%s with %o is %s', (text, habits, expected) => {
    expect(readInstant(text, { ...HABITS, ...habits })).toEqual({ instant: expected });
  });

  it.each([
    ['20/11/2026', {}, 'day first or month first'],
    ['03/04/2026', {}, 'day first or month first'],
    ['2569-11-20', {}, 'Buddhist era (2026)'],
    ['2026-11-20', { era: 'buddhist' }, 'none of it'],
    ['20/13/2026', { order: 'day-first' }, 'no day 20 of month 13'],
    ['2026-02-29', {}, 'no day 29 of month 2'],
    ['2026-11-20 25:00', {}, 'no such time'],
    ['20/11/69', { order: 'day-first' }, 'is no date'],
    ['yesterday', {}, 'is no date'],
  ] as const)('%s with %o is asked about: %s', (text, habits, question) => {
    expect(readInstant(text, { ...HABITS, ...habits })).toEqual({ question: expect.stringContaining(question) });
  });

  it('of a formatted cell are what the cell shows, in the zone of the file', () => {
    const shown = new Date(Date.UTC(2026, 10, 20, 2, 10));
    expect(readInstant(shown, HABITS)).toEqual({ instant: '2026-11-19T19:10:00.000Z' });
    shown.setUTCFullYear(2569);
    expect(readInstant(shown, HABITS)).toHaveProperty('question');
    expect(readInstant(shown, { ...HABITS, era: 'buddhist' })).toEqual({ instant: '2026-11-19T19:10:00.000Z' });
  });

  it('that are written as we write them read back, whatever the day and the zone', () => {
    const zones = fc.constantFrom('Asia/Bangkok', 'Asia/Yangon', 'Asia/Dili', 'UTC', 'America/New_York');
    const days = fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(days, zones, (day, timeZone) => {
        const iso = day.toISOString();
        expect(readInstant(iso, { timeZone })).toEqual({ instant: `${iso.slice(0, 19)}.000Z` });
      }),
    );
  });
});

describe('rows', () => {
  it('become drafts, of every field', () => {
    const { rows, findings } = read(
      [
        'Title;Class;TYPE;detected at;Countries;fraud_modus;lossAmount;lossCurrency;victims;tags;severity.functionalImpact;referenceSource;referenceId;fraudInstruments;#mine',
        'Wave;fraud;phishing;2026-11-20;vn\nth;SMS;12500.5;VND;๑๔;a:b;minimal;ticket;7;phone=+6681;note',
        '',
        'Second;;;;;;;;;;;;;;',
      ]
        .map((line) => line.replace('vn\nth', '"vn\nth"'))
        .join('\n'),
    );
    expect(findings).toEqual([]);
    expect(rows.map(({ row, draft }) => ({ row, draft }))).toEqual([
      {
        row: 2,
        draft: {
          title: 'Wave',
          rsit: { class: 'fraud', type: 'phishing' },
          detectedAt: '2026-11-19T17:00:00.000Z',
          countries: ['VN', 'TH'],
          fraud: {
            modus: 'SMS',
            loss: { amount: '12500.5', currency: 'VND' },
            victims: 14,
            instruments: [{ type: 'phone', value: '+6681' }],
          },
          tags: ['a:b'],
          severity: { functionalImpact: 'minimal' },
          externalReferences: [{ source: 'ticket', id: '7' }],
        },
      },
      { row: 4, draft: { title: 'Second' } },
    ]);
  });

  it('have their headings mapped, and what is no field named', () => {
    const { rows, findings } = read('Judul,Wann,,title\nA,b,c,d', { judul: 'title' });
    expect(rows[0]?.draft).toEqual({ title: 'A' });
    expect(findings.map(({ cell }) => cell)).toEqual(['B1', 'C1', 'D1']);
  });

  it('have their faults by cell', () => {
    const { rows } = read('title,class,type\nA,fraud,spam');
    const [row] = rows;
    expect(findingOf(row!, { pointer: '/rsit/type', detail: 'No.' })).toEqual({
      sheet: 'CSV',
      cell: 'C2',
      detail: 'No.',
    });
    expect(findingOf(row!, { pointer: '/rsit', detail: 'No.' }).cell).toBe('B2');
    expect(findingOf(row!, { pointer: '/marking/tlp', detail: 'No.' })).toEqual({
      sheet: 'CSV',
      cell: 'A2',
      detail: '/marking/tlp: No.',
    });
  });

  it('in Zawgyi are read in Unicode, and kept as they came', () => {
    const zawgyi = 'ျမန္မာႏိုင္ငံ';
    const { rows } = read(`title,class\n${zawgyi},fraud`);
    expect(rows[0]).toMatchObject({ draft: { title: 'မြန်မာနိုင်ငံ' }, originals: [{ field: 'title', text: zawgyi }] });
    const { rows: unicode } = read('title,class\nမြန်မာနိုင်ငံ,fraud');
    expect(unicode[0]).toMatchObject({ draft: { title: 'မြန်မာနိုင်ငံ' }, originals: [] });
  });
});

describe('files', () => {
  it('of Excel are read by sheet, with dates and numbers', async () => {
    const sheet = (name: string): object[] => [
      [{ value: 'title' }, { value: 'detectedAt' }, { value: 'victims' }],
      [
        { value: name },
        { value: new Date(Date.UTC(2026, 10, 20, 2, 10)), type: Date, format: 'dd/mm/yyyy hh:mm' },
        { value: 14, type: Number },
      ],
    ];
    const bytes = await writeXlsxFile([
      { sheet: 'June', data: sheet('One') },
      { sheet: 'July', data: sheet('Two') },
    ] as never).toBuffer();
    const { rows, findings } = readRows(await readXlsx(bytes), { fields: FIELDS, names: {}, habits: HABITS });
    expect(findings).toEqual([]);
    expect(rows.map(({ sheet, row, draft }) => [sheet, row, draft])).toEqual([
      ['June', 2, { title: 'One', detectedAt: '2026-11-19T19:10:00.000Z', fraud: { victims: 14 } }],
      ['July', 2, { title: 'Two', detectedAt: '2026-11-19T19:10:00.000Z', fraud: { victims: 14 } }],
    ]);
  });

  it('that are none are refused, whatever they hold', async () => {
    expect(() => readCsv(Buffer.from([0xff, 0xfe, 0x41]))).toThrow(Problem);
    expect(() => readCsv(Buffer.from('a,"b'))).toThrow(Problem);
    await expect(readXlsx(Buffer.from('PK not a zip'))).rejects.toBeInstanceOf(Problem);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await expect(readXlsx(Buffer.from(bytes))).rejects.toBeInstanceOf(Problem);
      }),
    );
  });

  it('that unpack to too much are known by their directory', async () => {
    const bytes = await writeXlsxFile([[{ value: 'x'.repeat(30_000) }]] as never).toBuffer();
    expect(uncompressedBytes(bytes)).toBeGreaterThan(30_000);
    expect(bytes.length).toBeLessThan(10_000);
    const entry = bytes.indexOf(Buffer.from('504b0102', 'hex'));
    bytes.writeUInt32LE(0x7fffffff, entry + 24);
    await expect(readXlsx(bytes)).rejects.toMatchObject({ errors: [{ detail: expect.stringContaining('64 MB') }] });
  });

  it('of CSV keep no formula', () => {
    const written = csvLines([['=HYPERLINK("http://x")', '+1', '-1', '@a', '\tb', '＝1', 'plain', 3, null]]);
    expect(written).toBe(`"'=HYPERLINK(""http://x"")",'+1,'-1,'@a,"'\tb",'＝1,plain,3,\n`);
    expect(readCsv(Buffer.from(csvLines([[';;', 'b']])))[0]?.rows).toEqual([[';;', 'b']]);
    expect(csvLines([['a;=1', ';+']])).toBe('"a;=1",";+"\n');
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (cells) => {
        for (const cell of readCsv(Buffer.from(csvLines([cells])))[0]?.rows[0] ?? [])
          expect(String(cell)).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });
});
