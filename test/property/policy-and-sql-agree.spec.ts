import fc from 'fast-check';
import pg from 'pg';
import { createTestDatabase } from '../support/test-database.js';
import { differences } from './compare.js';
import { world } from './world.js';

const numRuns = Number(process.env.RONDA_PROPERTY_WORLDS ?? 200);
/** The limit ends what hangs, not what is slow. */
const mostMs = 60_000 + numRuns * 2_000;
/** A failure names its seed and path; given here, that region is the first and only one. */
const { RONDA_PROPERTY_SEED: seed, RONDA_PROPERTY_PATH: path } = process.env;

describe('the policy and the database agree on who sees what', () => {
  let client: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    // Every world is small: planning each query anew for its values took twice as long as reading it.
    await client.query('set plan_cache_mode = force_generic_plan');
  });
  afterAll(() => client.end());

  it(
    `in ${numRuns} random regions`,
    async () => {
      let worlds = 0;
      await fc.assert(
        fc.asyncProperty(world, async (region) => {
          // What is rolled back stays behind as dead rows, and every scan would wade through them.
          if ((worlds += 1) % 100 === 0) await client.query('vacuum');
          await client.query('begin');
          try {
            expect(await differences(client, region)).toEqual([]);
          } finally {
            await client.query('rollback');
          }
        }),
        {
          numRuns,
          ...(seed && { seed: Number(seed) }),
          ...(path && { path }),
          // Before the test's own time is up: what was found, and its seed, would go with it.
          interruptAfterTimeLimit: mostMs - 10_000,
          markInterruptAsFailure: true,
        },
      );
    },
    mostMs,
  );
});
