import { Pair } from './pair.js';
import { PLANTS_OF_EXERCISES } from './plants-of-exercises.js';

/** The test of the test: a leak between spaces that was made on purpose is found by the requests to the route where it is. */
describe('a planted leak between spaces is caught', () => {
  it.each(PLANTS_OF_EXERCISES)(
    '$name',
    async (plant) => {
      const pair = await Pair.open(plant.reader, plant.secrets, plant);
      try {
        const asks = pair.script.asks().filter(({ route }) => `${route.method} ${route.url}` === plant.tellsAt);
        const differences = await pair.drive(asks, Infinity);
        // What the reader noticed while it looked around does not count: the route itself has to tell.
        const told = differences.filter(({ ask }) => asks.includes(ask));
        expect(told.map(({ between }) => between)).toContain('the worlds');
      } finally {
        await pair.close();
      }
    },
    600_000,
  );
});
