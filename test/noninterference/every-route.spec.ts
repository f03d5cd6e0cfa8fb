import { Pair, describe as describeDifference } from './pair.js';
import { READERS } from './readers.js';
import { everySecretFrom } from './secrets.js';

/** By route, what it answered to whom. */
const answered = new Map<string, Set<number>>();
const asked = new Set<string | null>();

describe('whatever happens where it may not look', () => {
  it.each(READERS.map((reader) => [reader.player ?? 'nobody', reader] as const))(
    '%s is answered the same on every route',
    async (_, reader) => {
      const pair = await Pair.open(reader, everySecretFrom(reader));
      try {
        const differences = await pair.drive(pair.script.asks());
        expect(differences.map(describeDifference).join('\n\n')).toBe('');
        asked.add(reader.player);
        for (const [route, statuses] of pair.statuses)
          answered.set(route, new Set([...(answered.get(route) ?? []), ...statuses]));
      } finally {
        await pair.close();
      }
    },
    300_000,
  );

  it('every route was asked, and opened to some reader', () => {
    if (asked.size < READERS.length) return;
    const routes = [...answered]
      .filter(([route]) => !route.endsWith(' elsewhere'))
      .map(([route, statuses]) => ({ route, statuses: [...statuses] }));
    expect(routes.filter(({ statuses }) => !statuses.some((status) => status < 300))).toEqual([]);
    expect(routes.filter(({ statuses }) => statuses.some((status) => status >= 500))).toEqual([]);
  });
});
