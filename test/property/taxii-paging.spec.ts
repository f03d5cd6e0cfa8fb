import fc from 'fast-check';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

interface Envelope {
  more: boolean;
  next?: string;
  objects?: { id: string; modified?: string }[];
}

describe('a collection that ten write to at once', () => {
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

  it('shows a reader who pages meanwhile every object once, and loses none', async () => {
    const th = cast['th.analyst']!;
    const own = th.organisation.id;
    const writers = ['vn', 'sg', 'id', 'my']
      .flatMap((name) => [`${name}.analyst`, `${name}.coordinator`, `${name}.second`])
      .slice(0, 10);
    let place: { next?: string | undefined; after?: string | undefined } = {};
    const seen: string[] = [];
    /** One page, from where the last one ended: by `next` within a walk, by the last date between walks. */
    const readOn = async (limit: number): Promise<boolean> => {
      const query = place.next ? `&next=${place.next}` : place.after ? `&added_after=${place.after}` : '';
      const answer = await api
        .as(th)
        .get(`/taxii2/live/collections/${own}/objects?limit=${limit}&match[version]=all${query}`);
      expect(answer.status).toBe(200);
      const { more, next, objects = [] } = JSON.parse(answer.text) as Envelope;
      seen.push(...objects.map(({ id, modified }) => `${id} ${modified ?? ''}`));
      const last = answer.headers['x-taxii-date-added-last'];
      place = more ? { next } : { after: last ?? place.after };
      return more;
    };

    await fc.assert(
      fc.asyncProperty(
        // The order in which they end, when the clock moves, and how much is read at a time.
        fc.shuffledSubarray(writers, { minLength: 10, maxLength: 10 }),
        fc.array(fc.nat(4), { minLength: 10, maxLength: 10 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 4, maxLength: 4 }),
        async (order, waits, limits) => {
          let isWriting = true;
          const written = Promise.all(
            order.map(async (name, at) => {
              const caller = api.as(cast[name]!);
              const { id } = await submitted(caller, { observables: [{ type: 'domain', value: 'shared.example' }] });
              for (let asked = 0; asked < waits[at]!; asked++) await caller.get('me');
              if (at % 3 === 0) server.clock.advance(1);
              const audience = [{ organisation: own }];
              const { status } = await caller.post(`incidents/${id}/release`, release('TLP:AMBER', audience));
              expect(status).toBe(200);
            }),
          ).finally(() => (isWriting = false));
          for (let turn = 0; isWriting; turn++) await readOn(limits[turn % limits.length]!);
          await written;
          while (await readOn(limits[0]!));
        },
      ),
      { numRuns: 5 },
    );
    const all: string[] = [];
    for (let next = ''; ;) {
      const answer = await api
        .as(th)
        .get(`/taxii2/live/collections/${own}/objects?limit=1000&match[version]=all${next}`);
      const envelope = JSON.parse(answer.text) as Envelope;
      all.push(...(envelope.objects ?? []).map(({ id, modified }) => `${id} ${modified ?? ''}`));
      if (!envelope.more) break;
      next = `&next=${envelope.next}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.toSorted()).toEqual(all.toSorted());
    expect(all.filter((each) => each.startsWith('incident--'))).toHaveLength(50);
  }, 600_000);
});
