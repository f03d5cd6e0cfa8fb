import { EndAdvisories } from '../../src/modules/advisories/index.js';
import { RelayEvents } from '../../src/modules/events/index.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const HOUR = 3_600_000;

describe('what recipients of an advisory are told', () => {
  let server: TestApp;
  let cast: Cast;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
  });
  afterAll(() => server.close());

  const as = (who: string): Caller => new Api(server.url).as(cast[who]!);
  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const published = async (said: object): Promise<string> => {
    server.clock.advance(1000);
    const made = await as('vn.analyst').post('advisories', {
      title: 'Title',
      summary: 'Summary.',
      body: 'Body.',
      kind: 'guidance',
      language: 'en',
      marking: { tlp: 'TLP:AMBER' },
      audience: [organisation('th'), organisation('sg')],
      ...said,
    });
    if (made.status !== 201) throw new Error(made.text);
    const id = made.body.id as string;
    for (const [who, what] of [
      ['vn.analyst', 'submit'],
      ['vn.coordinator', 'approve'],
      ['vn.coordinator', 'publish'],
    ] as const)
      await as(who).post(`advisories/${id}/${what}`, {}).expect(200);
    return id;
  };
  const told = async (who: string, id: string): Promise<string[]> => {
    await server.app.get(RelayEvents).run();
    const { body } = await as(who).get('events?limit=100').expect(200);
    return (body.items as { type: string; record: { kind: string; id: string } }[])
      .filter(({ record }) => record.kind === 'advisory' && record.id === id)
      .map(({ type }) => type);
  };

  it('is that a version was published, and to nobody else', async () => {
    const id = await published({});
    expect(await told('th.analyst', id)).toEqual(['advisory.published']);
    expect(await told('sg.coordinator', id)).toEqual(['advisory.published']);
    for (const who of ['my.analyst', 'vn.analyst']) expect(await told(who, id)).toEqual([]);
    const narrowed = await as('th.analyst').get('events?type=advisory.published').expect(200);
    expect(narrowed.body.items).toHaveLength(1);
  });

  it('is that an acknowledgement is due, where it was asked for and not given, once', async () => {
    const id = await published({ acknowledgeWithinHours: 1 });
    await as('th.analyst').post(`advisories/${id}/acknowledge`, {}).expect(200);
    server.clock.advance(HOUR + 1);
    await server.app.get(EndAdvisories).run();
    await server.app.get(EndAdvisories).run();
    expect(await told('sg.analyst', id)).toEqual(['advisory.published', 'advisory.acknowledgement-due']);
    for (const who of ['th.analyst', 'th.coordinator']) expect(await told(who, id)).toEqual(['advisory.published']);
    for (const who of ['my.analyst', 'vn.analyst']) expect(await told(who, id)).toEqual([]);
  });

  it('is nothing any more once it is withdrawn', async () => {
    const id = await published({});
    await as('vn.coordinator').post(`advisories/${id}/withdraw`, { reason: 'error' }).expect(200);
    expect(await told('th.analyst', id)).toEqual([]);
  });
});
