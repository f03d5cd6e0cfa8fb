import fc from 'fast-check';
import { Pair, explain } from './pair.js';
import { READERS } from './readers.js';
import type { Ask } from './script.js';
import { KINDS, anySecrets } from './secrets.js';

const numRuns = Number(process.env.RONDA_NONINTERFERENCE_WORLDS ?? 6);
const mostMs = 120_000 + numRuns * 15_000;
/** A failure names its seed and path; given here, that pair of worlds is the first and only one. */
const { RONDA_NONINTERFERENCE_SEED: seed, RONDA_NONINTERFERENCE_PATH: path } = process.env;

/** One of that many requests is asked in each world, beside the lists. */
const SHARE = 15;

/** Requests of one pattern go together: what was asked with a hidden id is asked with an absent one. */
function shareOf(asks: Ask[], share: number): Ask[] {
  const places = new Map<string, number>();
  return asks.filter(({ pattern, role, route }) => {
    const place = places.get(pattern) ?? places.size;
    places.set(pattern, place);
    return place % SHARE === share || (role === 'none' && route.method === 'GET');
  });
}

describe('whatever happens where the reader may not look', () => {
  it(
    `it is answered the same, in ${numRuns} random pairs of worlds`,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...READERS), anySecrets, fc.nat(SHARE - 1), async (reader, drawn, share) => {
          const secrets = drawn.filter(({ kind }) => KINDS[kind]!.isHiddenFrom(reader));
          const pair = await Pair.open(reader, secrets);
          try {
            const [difference] = await pair.drive(shareOf(pair.script.asks(), share), 1);
            if (difference)
              throw new Error(
                [`As ${reader.player ?? 'nobody'}:`, explain(difference), 'What was hidden:', ...pair.told].join('\n'),
              );
          } finally {
            await pair.close();
          }
        }),
        {
          numRuns,
          ...(seed && { seed: Number(seed) }),
          ...(path && { path }),
          // Before the test's own time is up: what was found, and its seed, would go with it.
          interruptAfterTimeLimit: mostMs - 30_000,
          markInterruptAsFailure: true,
        },
      );
    },
    mostMs,
  );
});
