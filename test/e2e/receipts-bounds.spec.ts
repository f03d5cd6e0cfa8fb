import { etagOf } from '../../src/platform/http/etag.js';
import { Api } from '../support/api.js';
import type { Caller } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { settled } from '../support/settled.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

/**
 * Receipts are a declassification (sharing policy): what an originator is told of others that it could not see. Here is what
 * bounds it. Whatever else was different between two records, who of the recipient asked, how often, by what way and when in
 * the hour, and whoever asked in vain, their receipts are the same to the byte.
 */
describe('what receipts tell, and nothing else', () => {
  let node: TestApp;
  let cast: Cast;
  let as: (player: string) => Caller;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    node = await startTestApp(database);
    const api = new Api(node.url);
    as = (player) => api.as(cast[player]!);
  });
  afterAll(() => node.close());

  /** Everything that the recipients' people can do to a record by reading, and others in vain. */
  const readMuch = async (id: string, readers: string[]): Promise<void> => {
    for (const reader of readers) {
      for (let times = 0; times < 3; times += 1) await as(reader).get(`incidents/${id}`).expect(200);
      for (const path of [
        `incidents/${id}/revisions`,
        `incidents/${id}/comments`,
        `incidents/${id}/related`,
        `incidents/${id}/receipts`,
        'incidents?limit=100',
        'search?q=phishing',
        'incidents/export?format=ndjson',
      ])
        await as(reader).get(path).expect(200);
    }
    for (const player of ['sg.analyst', 'th.organiser', 'bank.analyst', 'secretariat.admin'].filter(
      (each) => cast[each],
    )) {
      await as(player)
        .get(`incidents/${id}`)
        .expect((answer) => answer.status >= 400);
      await as(player).get(`incidents/${id}/receipts`);
      await as(player).post(`incidents/${id}/receipts`, { kind: 'acknowledged' });
    }
  };

  it.each([
    ['TLP:RED', 'user', ['th.analyst'], true],
    ['TLP:AMBER+STRICT', 'organisation', ['th.analyst', 'th.second', 'th.coordinator'], true],
    ['TLP:AMBER', 'organisation', ['th.analyst', 'th.second', 'th.coordinator'], false],
  ] as const)('%s: an organisation, the revision, and the hour', async (tlp, kind, readers, isOpened) => {
    const thailand = cast.stages.th!;
    const audience = [kind === 'user' ? { user: cast['th.analyst']!.id } : { organisation: thailand.id }];
    const shared = async (): Promise<string> => {
      const { id } = await submitted(as('vn.coordinator'), { marking: { tlp } });
      await as('vn.coordinator').post(`incidents/${id}/release`, release(tlp, audience)).expect(200);
      return id;
    };
    node.clock.set('2026-11-24T10:00:00.000Z');
    const [little, much] = [await shared(), await shared()];
    node.clock.set('2026-11-24T10:00:00.001Z');
    await as('th.analyst').get(`incidents/${little}`).expect(200);
    node.clock.set('2026-11-24T10:59:59.999Z');
    await readMuch(much, [...readers]);
    node.clock.set('2026-11-24T13:10:00.000Z');
    await readMuch(much, [...readers]);

    // A node may hold them for a moment.
    await settled(node);
    const [one, other] = [
      await as('vn.coordinator').get(`incidents/${little}/receipts`).expect(200),
      await as('vn.coordinator').get(`incidents/${much}/receipts`).expect(200),
    ];
    expect(one.body).toEqual({
      items: [
        {
          organisation: { id: thailand.id, name: 'TH CERT', country: 'TH' },
          revision: 2,
          deliveredAt: '2026-11-24T10:00:00.000Z',
          openedAt: isOpened ? '2026-11-24T10:00:00.000Z' : null,
          exportedAt: null,
          acknowledgedAt: null,
          actedOnAt: null,
        },
      ],
      recalls: [],
      bands: null,
      allowedActions: [],
    });
    // Of people, of how often, of who was refused: nothing, to the byte, the version of the answer included.
    expect(other.text).toBe(one.text);
    expect([other.headers.etag, one.headers.etag]).toEqual([etagOf(one.body), etagOf(one.body)]);
    expect(other.headers['content-length']).toBe(one.headers['content-length']);
  });
});
