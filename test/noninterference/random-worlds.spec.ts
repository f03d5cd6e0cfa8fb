import fc from 'fast-check';
import { Pair, describe as describeDifference } from './pair.js';
import { READERS } from './readers.js';
import { KINDS, anySecrets } from './secrets.js';

const numRuns = Number(process.env.RONDA_NONINTERFERENCE_WORLDS ?? 25);
const { RONDA_NONINTERFERENCE_SEED: seed, RONDA_NONINTERFERENCE_PATH: path } = process.env;

/** One of that many requests is asked in each world, beside the lists. */
const SHARE = 15;

describe('whatever happens where the reader may not look', () => {
  it(
    `it is answered the same, in ${numRuns} random pairs of worlds`,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...READERS), anySecrets, fc.nat(SHARE - 1), async (reader, drawn, share) => {
          const secrets = drawn.filter(({ kind }) => KINDS[kind]!.isHiddenFrom(reader));
          const pair = await Pair.open(reader, secrets);
          try {
            const asks = pair.script
              .asks()
              .filter(
                ({ role, route }, index) => index % SHARE === share || (role === 'none' && route.method === 'GET'),
              );
            const [difference] = await pair.drive(asks, 1);
            if (difference)
              throw new Error(
                [
                  `As ${reader.player ?? 'nobody'}:`,
                  describeDifference(difference),
                  'What was hidden:',
                  ...pair.told,
                ].join('\n'),
              );
          } finally {
            await pair.close();
          }
        }),
        { numRuns, ...(seed && { seed: Number(seed) }), ...(path && { path }) },
      );
    },
    60_000 + numRuns * 15_000,
  );
});
