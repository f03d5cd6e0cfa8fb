import { Pair, explain } from './pair.js';
import { READERS } from './readers.js';
import { everySecretFrom } from './secrets.js';

/** By route, what it answered to any of the readers; none before it was asked. */
const answered = new Map<string, Set<number>>();
const asked = new Set<string | null>();

/** It counts what everybody does, and opens to the operator's token alone: to no reader. */
const OPERATORS_OWN = 'GET /metrics';

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
    expect(routes.filter(({ statuses }) => !statuses.some((status) => status < 300))).toEqual([
      { route: OPERATORS_OWN, statuses: [401] },
    ]);
    expect(routes.filter(({ statuses }) => statuses.some((status) => status >= 500))).toEqual([]);
  });
});
