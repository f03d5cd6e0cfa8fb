import { Pair, explain } from './pair.js';
import { READERS } from './readers.js';
import { everySecretFrom } from './secrets.js';

/** By route, what it answered to any of the readers; none before it was asked. */
const answered = new Map<string, Set<number>>();
const asked = new Set<string | null>();

/** It counts what everybody does, and opens to the operator's token alone: to no reader. */
const OPERATORS_OWN = 'GET /metrics';

/**
 * Opened by nobody of this cast: no reader is an organiser, and none may approve what it finds in review. Everybody is
 * refused them alike; that they open, and to whom, is seen in test/e2e and test/access.
 */
const OPENED_TO_NO_READER = [
  'POST /api/v1/advisories/:id/approve',
  'POST /api/v1/advisories/:id/schedule',
  'POST /api/v1/advisories/:id/cancel-schedule',
  'POST /api/v1/advisories/:id/publish',
  'POST /api/v1/scenarios',
  'POST /api/v1/scenarios/lint',
  'POST /api/v1/scenarios/from-incident',
  'POST /api/v1/scenarios/from-msel',
  'GET /api/v1/scenarios',
  'GET /api/v1/scenarios/:id',
  'PUT /api/v1/scenarios/:id',
  'GET /api/v1/scenarios/:id/cexf',
  'GET /api/v1/scenarios/:id/msel',
  'POST /api/v1/exercises',
  'POST /api/v1/exercises/:id/teams',
  'PUT /api/v1/exercises/:id/addresses',
  'POST /api/v1/exercises/:id/start',
  'POST /api/v1/exercises/:id/injects',
  'POST /api/v1/exercises/replays',
];

describe('whatever happens where it may not look', () => {
  it.each(READERS.map((reader) => [reader.player ?? 'nobody', reader] as const))(
    '%s is answered the same on every route',
    async (_, reader) => {
      const pair = await Pair.open(reader, everySecretFrom(reader));
      try {
        const differences = await pair.drive(pair.script.asks());
        expect(differences.map(explain).join('\n\n')).toBe('');
        asked.add(reader.player);
        for (const { method, url } of pair.routes) {
          const route = `${method} ${url}`;
          answered.set(route, new Set([...(answered.get(route) ?? []), ...(pair.statuses.get(route) ?? [])]));
        }
      } finally {
        await pair.close();
      }
    },
    900_000,
  );

  it('every route of the product was asked, opened to some reader, and failed for none', () => {
    // With --testNamePattern, or after a failure above, there is less to judge by.
    if (asked.size < READERS.length) return;
    const routes = [...answered].map(([route, statuses]) => ({ route, statuses: [...statuses] }));
    expect(routes.length).toBeGreaterThan(0);
    const unopened = routes
      .filter(({ statuses }) => !statuses.some((status) => status < 300))
      .map(({ route }) => route);
    expect(unopened.sort()).toEqual([OPERATORS_OWN, ...OPENED_TO_NO_READER].sort());
    expect(routes.find(({ route }) => route === OPERATORS_OWN)?.statuses).toEqual([401]);
    expect(routes.filter(({ statuses }) => statuses.some((status) => status >= 500))).toEqual([]);
  });
});
