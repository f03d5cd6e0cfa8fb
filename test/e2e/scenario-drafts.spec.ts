import { readMsel, writeMsel } from '../../src/codecs/msel/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

describe('scenarios that are made of something else', () => {
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
  const organiser = () => api.as(cast['vn.organiser']!);

  it('keep the rhythm of an incident, and none of its words, values and names', async () => {
    const vn = api.as(cast['vn.analyst']!);
    const told = {
      title: 'Malware at Northgate Savings',
      description: 'Amelia Thornbury opened invoice-7731.xlsm, which called c2.northgate-billing.net.',
      rsit: { class: 'malicious-code', type: 'c2-server' },
      observables: [
        { type: 'domain', value: 'c2.northgate-billing.net' },
        { type: 'ipv4', value: '45.83.122.9' },
      ],
    };
    const { body: filed } = await vn.post('incidents', filing(told)).expect(201);
    server.clock.advance(25 * 60_000);
    const etag = String((await vn.get(`incidents/${filed.id}`)).headers.etag);
    const more = [...told.observables, { type: 'url', value: 'https://c2.northgate-billing.net/gate.php' }];
    expect((await vn.patch(`incidents/${filed.id}`, { observables: more }, etag)).status).toBe(200);

    const { body: draft } = await organiser()
      .post('scenarios/from-incident', { incident: filed.id, title: 'A bank and its bills' })
      .expect(200);
    expect(draft).toMatchObject({
      document: { id: 'a-bank-and-its-bills', title: 'A bank and its bills' },
      findings: [],
    });
    const said = JSON.stringify(draft.document).toLowerCase();
    for (const name of ['northgate', 'thornbury', 'invoice', '45.83', 'gate.php', 'cert of vn'])
      expect(said).not.toContain(name);
    const [first, second] = draft.document.injects as { timing: { atMinutes: number }; body: string }[];
    expect(second!.timing.atMinutes - first!.timing.atMinutes).toBe(25);
    // The same name is the same name in the address.
    const [, domain] = /- domain: `([^`]+)`/.exec(first!.body)!;
    expect(second!.body).toContain(`https://${domain}/`);
    const { body: kept } = await organiser().post('scenarios', { document: draft.document }).expect(201);
    expect(kept.document.milestones[0].expects.where.rsit).toEqual(['malicious-code:c2-server']);
  });

  it('are of one’s own incidents alone', async () => {
    const { id } = await submitted(api.as(cast['th.analyst']!));
    const ask = () => organiser().post('scenarios/from-incident', { incident: id, title: 'Theirs' });
    expect((await ask()).status).toBe(404);
    const to = [{ organisation: cast.stages.vn!.id }];
    await api.as(cast['th.coordinator']!).post(`incidents/${id}/release`, release('TLP:AMBER', to)).expect(200);
    expect((await ask()).status).toBe(403);
    // Nothing of it was shown.
    expect((await api.as(cast['th.coordinator']!).get(`incidents/${id}/receipts`)).body.items).toEqual([]);
  });

  it('are read from a workbook, and written as one', async () => {
    const { body: kept } = await organiser().post('scenarios', { document: exampleScenario }).expect(201);
    const workbook = await organiser().get(`scenarios/${kept.id}/msel`).responseType('blob').expect(200);
    expect(workbook.headers['content-disposition']).toBe('attachment; filename="scam-calls-1.xlsx"');
    const { rows, findings } = await readMsel(workbook.body as Buffer);
    expect([rows.length, findings]).toEqual([1, []]);
    const send = (book: Buffer) =>
      organiser().post('scenarios/from-msel?title=From%20a%20workbook').set('content-type', XLSX).send(book);
    const { body: draft } = await send(workbook.body as Buffer).expect(200);
    expect(draft.document).toMatchObject({
      id: 'from-a-workbook',
      injects: [{ number: 1, title: 'Calls from a bank', timing: { atMinutes: 5 } }],
    });
    await organiser().post('scenarios', { document: draft.document }).expect(201);
    const wrong = await send(await writeMsel([{ ...rows[0]!, channel: 'pigeon' }]));
    expect([wrong.status, wrong.body.findings]).toEqual([
      422,
      [{ sheet: expect.any(String), cell: 'E2', detail: expect.stringContaining('none of') }],
    ]);
    expect((await organiser().post('scenarios/from-msel?title=x').send({})).status).toBe(415);
  });
});
