import { request as httpRequest } from 'node:http';
import writeXlsxFile from 'write-excel-file/node';
import { readCsv } from '../../src/codecs/spreadsheet/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { Response } from 'supertest';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
type Value = string | number | Date | null;

const workbook = (sheets: Record<string, Value[][]>): Promise<Buffer> =>
  writeXlsxFile(
    Object.entries(sheets).map(([sheet, rows]) => ({
      sheet,
      data: rows.map((row) =>
        row.map((value) =>
          value === null ? null : value instanceof Date ? { value, type: Date, format: 'yyyy-mm-dd hh:mm' } : { value },
        ),
      ),
    })) as never,
  ).toBuffer();

describe('spreadsheets', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
  });
  afterAll(() => server.close());

  const vn = (name = 'vn.analyst'): ReturnType<Api['as']> => api.as(cast[name]!);
  const send = (bytes: Buffer | string, query: string, who = 'vn.analyst', type = 'text/csv'): Promise<Response> =>
    Promise.resolve(vn(who).request('post', `imports?${query}`).set('content-type', type).send(bytes));
  const xlsx = (bytes: Buffer, query = 'format=xlsx'): Promise<Response> => send(bytes, query, 'vn.analyst', XLSX);
  const count = async (who = 'vn.analyst'): Promise<number> =>
    (await vn(who).get('incidents?count=true&limit=1')).body.total as number;

  it('of one row file a draft with every fact', async () => {
    const csv = [
      'title,class,type,tlp,detectedAt,sector,countries,severity.functionalImpact,lossAmount,lossCurrency,victims,tags,referenceSource,referenceId',
      'Bank phishing,fraud,phishing,TLP:AMBER,2026-11-20 02:10,finance,vn; th,minimal,12500.5,VND,14,campaign:name="x",ticket,A-1',
    ]
      .join('\n')
      .replace('campaign:name="x"', '"campaign:name=""x"""');
    const { status, body } = await send(csv, 'format=csv&timeZone=Asia/Bangkok');
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { isDryRun: false, findings: [], rows: [{ sheet: 'CSV', row: 2, status: 'filed', converted: [] }] },
    });
    const { body: view } = await vn().get(`incidents/${body.rows[0].id}`);
    expect(view).toMatchObject({
      status: 'draft',
      title: 'Bank phishing',
      rsit: { class: 'fraud', type: 'phishing' },
      marking: { tlp: 'TLP:AMBER' },
      detectedAt: '2026-11-19T19:10:00.000Z',
      countries: ['TH', 'VN'],
      fraud: { loss: { amount: '12500.5', currency: 'VND' }, victims: 14 },
      tags: ['campaign:name="x"'],
      externalReferences: [{ source: 'ticket', id: 'A-1' }],
    });
    const found = await vn().get('search?q="bank phishing"');
    expect(found.body.items).toMatchObject([{ incident: { id: body.rows[0].id } }]);
    // Sent again it is known by its reference, as it would be in a bulk stream.
    const again = await send(csv, 'format=csv&timeZone=Asia/Bangkok');
    expect(again.body.rows).toEqual([{ ...body.rows[0], status: 'unchanged' }]);
    const changed = await send(csv.replace('Bank phishing', 'Bank fraud'), 'format=csv&timeZone=Asia/Bangkok');
    expect(changed.status).toBe(422);
    expect(changed.body.findings).toEqual([
      { sheet: 'CSV', cell: 'N2', detail: expect.stringContaining(body.rows[0].id as string) },
    ]);
  });

  it('with twenty mistakes on two sheets give twenty findings by cell, and file nothing until they are gone', async () => {
    const headings = [
      'title',
      'class',
      'type',
      'tlp',
      'detectedAt',
      'sector',
      'countries',
      'victims',
      'lossAmount',
      'lossCurrency',
      'techniques',
      'severity.recoverability',
    ];
    const good = (title: string): Value[] => [
      title,
      'fraud',
      'phishing',
      'TLP:AMBER',
      new Date(Date.UTC(2026, 10, 20, 2)),
      'finance',
      'VN',
      3,
      '10.00',
      'VND',
      'T1566',
      'regular',
    ];
    const broken = (title: string, changes: Record<number, Value>): Value[] =>
      good(title).map((value, column) => (column in changes ? changes[column]! : value));
    const before = await count();
    const first = [
      headings,
      good('A'),
      broken('B', { 1: 'frauds' }),
      broken('C', { 2: 'spam' }),
      broken('D', { 3: 'TLP:WHITE' }),
      broken('E', { 4: '20/11/2026' }),
      broken('F', { 4: '2569-11-20' }),
      broken('G', { 5: 'banking' }),
      broken('H', { 6: 'XX' }),
      broken('I', { 7: 'many' }),
      broken('J', { 8: '1,000.00' }),
      broken('K', { 9: 'DONG' }),
    ];
    const second = [
      [...headings, 'colour'],
      broken('L', { 10: 'phishing' }),
      broken('M', { 11: 'unheard-of' }),
      broken('N', { 4: 'yesterday' }),
      broken('O', { 0: null }),
      broken('P', { 1: 'frauds', 6: 'Viet Nam' }),
      broken('Q', { 4: '2026-02-30' }),
      broken('R', { 7: -4 }),
      [...good('S'), 'red'],
      broken('T', { 3: 'AMBER' }),
    ];
    const { status, body } = await xlsx(await workbook({ June: first, July: second }));
    expect({ status, type: body.type }).toEqual({ status: 422, type: 'urn:ronda:problem:spreadsheet-findings' });
    const cells = (body.findings as { sheet: string; cell: string }[]).map(({ sheet, cell }) => `${sheet}!${cell}`);
    expect(cells.sort()).toEqual(
      [
        ...['B3', 'C4', 'D5', 'E6', 'E7', 'F8', 'G9', 'H10', 'I11', 'J12'].map((cell) => `June!${cell}`),
        ...['M1', 'K2', 'L3', 'E4', 'A5', 'B6', 'G6', 'E7', 'H8', 'D10'].map((cell) => `July!${cell}`),
      ].sort(),
    );
    expect(cells).toHaveLength(20);
    expect(await count()).toBe(before);

    const mended = await xlsx(await workbook({ June: [headings, good('A')], July: [headings, good('L'), good('M')] }));
    expect(mended.body.rows.map(({ sheet, row, status: what }: Record<string, unknown>) => [sheet, row, what])).toEqual(
      [
        ['June', 2, 'filed'],
        ['July', 2, 'filed'],
        ['July', 3, 'filed'],
      ],
    );
    expect(await count()).toBe(before + 3);
  });

  it('are only looked at in a dry run', async () => {
    const before = await count();
    const { status, body } = await send('title,class,type\nA,fraud,phishing\nB,nothing,x', 'format=csv&dryRun=true');
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        isDryRun: true,
        rows: [{ sheet: 'CSV', row: 2, status: 'ready', id: null, converted: [] }],
        findings: [{ sheet: 'CSV', cell: 'B3', detail: expect.any(String) }],
      },
    });
    expect(await count()).toBe(before);
  });

  it('are read by a saved mapping, which is the organisation’s own', async () => {
    const mapping = {
      name: 'Monthly',
      columns: { Judul: 'title', Waktu: 'detectedAt' },
      dates: 'day-first',
      era: 'buddhist',
    };
    const made = await vn().post('imports/mappings', mapping);
    expect({ status: made.status, body: made.body }).toMatchObject({
      status: 201,
      body: { ...mapping, timeZone: null },
    });
    expect((await vn().post('imports/mappings', mapping)).status).toBe(409);
    const faulty = await vn().post('imports/mappings', { ...mapping, name: 'Other', columns: { 'a/b': 'titel' } });
    expect(faulty.body.errors).toEqual([{ pointer: '/columns/a~1b', detail: expect.stringContaining('titel') }]);

    const { id } = made.body as { id: string };
    const { status, body } = await send(
      'Judul,Waktu,#mine\nA,20/11/2569 10:00,x',
      `format=csv&mapping=${id}`,
      'vn.coordinator',
    );
    expect(status).toBe(200);
    expect((await vn().get(`incidents/${body.rows[0].id}`)).body.detectedAt).toBe('2026-11-20T10:00:00.000Z');

    for (const path of [`imports/mappings/${id}`, 'imports/mappings/00000000-0000-4000-8000-000000000000'])
      expect((await vn('th.analyst').get(path)).status).toBe(404);
    expect((await send('Judul\nA', `format=csv&mapping=${id}`, 'th.analyst')).status).toBe(404);
    expect((await vn('th.analyst').get('imports/mappings')).body.items).toEqual([]);
    // A name that another organisation uses is free.
    expect((await vn('th.analyst').post('imports/mappings', mapping)).status).toBe(201);

    const changed = await vn()
      .request('put', `imports/mappings/${id}`)
      .set('if-match', made.headers.etag!)
      .send({ ...mapping, name: 'Weekly' });
    expect(changed.body).toMatchObject({ name: 'Weekly' });
    expect((await vn().delete(`imports/mappings/${id}`, made.headers.etag)).status).toBe(412);
    expect((await vn().delete(`imports/mappings/${id}`)).status).toBe(204);
    expect((await vn().get(`imports/mappings/${id}`)).status).toBe(404);
  });

  it('in Zawgyi are filed in Unicode, and the text as it came is kept for the organisation', async () => {
    const zawgyi = 'ျမန္မာႏိုင္ငံ';
    const { body } = await send(`title,language\n${zawgyi},my`, 'format=csv');
    expect(body.rows).toMatchObject([{ status: 'filed', converted: ['title'] }]);
    const path = `incidents/${body.rows[0].id}`;
    expect((await vn().get(path)).body.title).toBe('မြန်မာနိုင်ငံ');
    expect((await vn().get(`${path}/comments`)).body.items).toMatchObject([
      { body: expect.stringContaining(zawgyi), audience: 'organisation' },
    ]);
  });

  it('are read by mappings that two change at once, and one of them is told', async () => {
    const save = async (name: string): Promise<{ path: string; etag: string }> => {
      const { headers, body } = await vn().post('imports/mappings', { name, columns: { Judul: 'title' } });
      return { path: `imports/mappings/${body.id}`, etag: String(headers.etag) };
    };
    for (let round = 0; round < 12; round += 1) {
      const [one, other] = [await save(`One ${round}`), await save(`Other ${round}`)];
      const named = { name: `Both ${round}`, columns: { Judul: 'title' } };
      const put = ({ path, etag }: { path: string; etag: string }) =>
        vn().request('put', path).set('if-match', etag).send(named);
      const renamed = await Promise.all([put(one), put(other)]);
      expect(renamed.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(renamed.find(({ status }) => status === 409)!.body.type).toMatch(/name-taken$/);
      // Of one version, one change.
      const third = await save(`Third ${round}`);
      const changed = await Promise.all(
        ['A', 'B'].map((letter) =>
          vn()
            .request('put', third.path)
            .set('if-match', third.etag)
            .send({ ...named, name: `Third ${round} ${letter}` }),
        ),
      );
      expect(changed.map(({ status }) => status).sort()).toEqual([200, 412]);
      // A name that one takes while another is given it.
      const fourth = await save(`Fourth ${round}`);
      const taken = { name: `New ${round}`, columns: { Judul: 'title' } };
      const either = await Promise.all([
        vn().request('put', fourth.path).set('if-match', fourth.etag).send(taken),
        vn().post('imports/mappings', taken),
      ]);
      expect([
        [200, 409],
        [201, 409],
      ]).toContainEqual(either.map(({ status }) => status).sort());
    }
  });

  it('come back in the template’s shape, and only what the caller reads', async () => {
    const { id: shared } = await submitted(vn(), {
      title: '=HYPERLINK("http://x")',
      externalReferences: [{ source: 't', id: 'E-1' }],
    });
    const audience = [{ organisation: cast.stages.th!.id }];
    expect(
      (await vn('vn.coordinator').post(`incidents/${shared}/release`, release('TLP:AMBER', audience))).status,
    ).toBe(200);
    const hidden = (await vn().post('incidents', filing({ title: 'Not for Thailand' }))).body.id as string;
    const { id: red } = await submitted(vn(), { title: 'For your eyes', marking: { tlp: 'TLP:RED' } });
    const eyes = [{ user: cast['th.analyst']!.id }];
    expect((await vn('vn.analyst').post(`incidents/${red}/release`, release('TLP:RED', eyes))).status).toBe(200);
    expect((await vn('th.analyst').get(`incidents/${red}`)).status).toBe(200);
    const exported = await vn('th.analyst').get('incidents/export?format=csv');
    expect(exported.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(exported.text).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(exported.text).not.toContain(hidden);
    expect(exported.text).not.toContain('Not for Thailand');
    // RED goes to whom it names and no further; its owner takes its own along.
    expect(exported.text).not.toContain(red);
    expect((await vn().get('incidents/export?format=csv')).text).toContain(red);

    const lines = await vn().get('incidents/export?format=ndjson&class=fraud').buffer(true).parse(asText);
    const views = String(lines.body)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
    expect(views.map(({ id }) => id)).toEqual(expect.arrayContaining([shared, hidden]));
    expect(views).toContainEqual((await vn().get(`incidents/${shared}`)).body);

    // What one member exports, another can import: the exporter's own columns are passed by.
    const [sheet] = readCsv(Buffer.from(exported.text));
    expect(sheet!.rows[0]).toEqual(expect.arrayContaining(['title', '#id']));
    const back = await send(exported.text, 'format=csv', 'th.analyst');
    expect({ status: back.status, findings: back.body.findings }).toEqual({ status: 200, findings: [] });

    // And says no more by that than its filer did: factors that followed from other facts follow from them again.
    const [heads, ...rows] = sheet!.rows;
    const cells = rows.find((row) => row.includes(shared))!;
    const cell = (name: string): unknown => cells[heads!.indexOf(name)] ?? '';
    expect([cell('severity.functionalImpact'), cell('severity.sector'), cell('severity.membersAffected')]).toEqual([
      'degraded-critical',
      '',
      '',
    ]);
    const own = (await vn('th.analyst').get('incidents?status=draft')).body.items as {
      title: string;
      severity: object;
    }[];
    const original = (await vn().get(`incidents/${shared}`)).body.severity;
    expect(original.derived).toEqual(['membersAffected', 'sector']);
    expect(own.find(({ title }) => title.includes('HYPERLINK'))!.severity).toEqual(original);
  });

  it('of every field are had as a template, which can be sent back', async () => {
    const { text } = await vn().get('imports/template?format=csv');
    const dry = await send(text, 'format=csv&dryRun=true');
    expect({ status: dry.status, findings: dry.body.findings }).toEqual({ status: 200, findings: [] });
    const { body } = await vn().get('imports/template?format=xlsx').buffer(true).parse(asBytes);
    const sheet = await xlsx(body as Buffer, 'format=xlsx&dryRun=true');
    expect({ status: sheet.status, findings: sheet.body.findings }).toEqual({ status: 200, findings: [] });
  });

  it('that are none are refused with what to do', async () => {
    const asked: [Promise<Response>, number][] = [
      [send('title\nA', 'format=xlsx'), 400],
      [xlsx(Buffer.from('PK'), 'format=xlsx'), 400],
      [Promise.resolve(vn().post('imports?format=csv', { title: 'A' })), 415],
      [send('title', 'format=csv'), 400],
      [send('title\nA', 'format=ods'), 400],
      [send('title\nA', 'format=csv&timeZone=Asia/Nowhere'), 400],
    ];
    for (const [answer, status] of asked) expect((await answer).status).toBe(status);
    // By its length alone, before a byte of it is read.
    const announced = await new Promise<number>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${cast['vn.analyst']!.token}`,
        'content-type': 'text/csv',
        'content-length': 17 * 1024 * 1024,
      };
      const url = `${server.url}/api/v1/imports?format=csv`;
      const request = httpRequest(url, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
      // Something, so that a proxy passes the headers on.
      request.on('error', reject).write('title');
    });
    expect(announced).toBe(413);
    expect(
      (
        await vn()
          .post('incidents', 'title\nA' as never)
          .set('content-type', 'text/csv')
      ).status,
    ).toBe(415);
    const keyed = vn()
      .request('post', 'imports?format=csv')
      .set('content-type', 'text/csv')
      .set('idempotency-key', 'k');
    expect((await keyed.send('title\nA')).body.errors).toMatchObject([{ pointer: '/idempotency-key' }]);
  });
});

type Parser = Parameters<ReturnType<ReturnType<Api['as']>['get']>['parse']>[0];
const collect =
  <T>(finish: (chunks: Buffer[]) => T): Parser =>
  (response, done) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => void chunks.push(Buffer.from(chunk)));
    response.on('end', () => done(null, finish(chunks)));
  };
const asText = collect((chunks) => Buffer.concat(chunks).toString());
const asBytes = collect((chunks) => Buffer.concat(chunks));
