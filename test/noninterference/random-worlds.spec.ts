import fc from 'fast-check';
import { Pair, explain } from './pair.js';
import type { Difference } from './pair.js';
import { READERS } from './readers.js';
import type { Ask } from './script.js';
import { KINDS, anyLaterSecrets, anySecrets } from './secrets.js';
import type { Secret } from './secrets.js';

/** Pairs of worlds; so many of them are one region as it goes on, since making it takes longer than asking it. */
const worlds = Number(process.env.RONDA_NONINTERFERENCE_WORLDS ?? 200);
const WORLDS_OF_A_REGION = Math.min(50, worlds);
const numRuns = Math.ceil(worlds / WORLDS_OF_A_REGION);
const mostMs = 120_000 + worlds * 5_000;
/** A failure names its seed and path; given here, that region is the first and only one. */
const { RONDA_NONINTERFERENCE_SEED: seed, RONDA_NONINTERFERENCE_PATH: path } = process.env;

/** One of that many patterns of requests is asked in each world: of the first of a region, and of those after it. */
const FIRST_SHARE = 15;
const LATER_SHARE = 80;

/** Requests of one pattern go together: what was asked with a hidden id is asked with an absent one. */
function shareOf(asks: Ask[], of: number, share: number): Ask[] {
  const places = new Map<string, number>();
  return asks.filter(({ pattern }) => {
    const place = places.get(pattern) ?? places.size;
    places.set(pattern, place);
    return place % of === share % of;
  });
}

/** Lists as they begin: of each, one world in three asks. */
const listsOf = (asks: Ask[], world: number): Ask[] =>
  asks
    .filter(({ pattern, role, route }) => role === 'none' && route.method === 'GET' && !pattern.includes('?'))
    .filter((_, at) => at % 3 === world % 3);

interface Step {
  secrets: Secret[];
  share: number;
}
const anyRegion = fc.record({
  reader: fc.constantFrom(...READERS),
  first: fc.record({ secrets: anySecrets, share: fc.nat(FIRST_SHARE - 1) }),
  later: fc.array(fc.record({ secrets: anyLaterSecrets, share: fc.nat(LATER_SHARE - 1) }), {
    minLength: WORLDS_OF_A_REGION - 1,
    maxLength: WORLDS_OF_A_REGION - 1,
  }),
});

describe('whatever happens where the reader may not look', () => {
  it(
    `it is answered the same, in ${worlds} random pairs of worlds`,
    async () => {
      await fc.assert(
        fc.asyncProperty(anyRegion, async ({ reader, first, later }) => {
          const hidden = ({ secrets }: Step): Secret[] =>
            secrets.filter(({ kind }) => KINDS[kind]!.isHiddenFrom(reader));
          const pair = await Pair.open(reader, hidden(first));
          const judge = ([difference]: Difference[], world: number): void => {
            if (!difference) return;
            const who = `As ${reader.player ?? 'nobody'}, in world ${world + 1} of its region:`;
            throw new Error([who, explain(difference), 'What was hidden:', ...pair.told].join('\n'));
          };
          try {
            const begun = pair.script.asks(later.length === 0);
            judge(await pair.drive(shareOf(begun, FIRST_SHARE, first.share), 1), 0);
            for (const [index, step] of later.entries()) {
              await pair.goOn(hidden(step));
              const asks = pair.script.asks(index === later.length - 1);
              const share = shareOf(asks, LATER_SHARE, step.share);
              judge(
                await pair.drive([...listsOf(asks, index).filter((ask) => !share.includes(ask)), ...share], 1),
                index + 1,
              );
            }
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
