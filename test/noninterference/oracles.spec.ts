import { Pair } from './pair.js';
import { ORACLES } from './plants.js';
import { READERS } from './readers.js';
import { AUTHORS } from './unnamed.js';

/** The test of the test: a leak made on purpose is found by the script's own requests to the route where it is. */
describe('a planted oracle is caught', () => {
  it.each(ORACLES)(
    '$name',
    async (oracle) => {
      const reader = READERS.find(({ player }) => player === oracle.reader)!;
      const pair = await Pair.open(reader, oracle.secrets, oracle, oracle.isOfAuthors && AUTHORS);
      try {
        const asks = pair.script.asks().filter(({ route }) => `${route.method} ${route.url}` === oracle.tellsAt);
        const differences = await pair.drive(asks, Infinity);
        // What the reader noticed while it looked around does not count: the route itself has to tell.
        const told = differences.filter(({ ask }) => asks.includes(ask));
        expect(told.map(({ between }) => between)).toContain('the worlds');
        const within = told.filter(({ between }) => between === 'hidden and absent');
        expect(within.length > 0).toBe(oracle.tellsHiddenFromAbsent ?? false);
      } finally {
        await pair.close();
      }
    },
    600_000,
  );
});
