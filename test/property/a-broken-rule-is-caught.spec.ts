import fc from 'fast-check';
import pg from 'pg';
import { createTestDatabase } from '../support/test-database.js';
import { differences } from './compare.js';
import { breakRule, mutations } from './mutations.js';
import { world } from './world.js';

/** Always the same worlds, so that what is caught once is always caught. */
const seed = 20_261_120;
const mostWorlds = 300;

/** The test of `policy-and-sql-agree`: it fails when a rule of the database is broken. */
describe('a broken rule is caught', () => {
  let client: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    await client.query('set plan_cache_mode = force_generic_plan');
  });
  afterAll(() => client.end());

  it.each(mutations.map((mutation) => [mutation.name, mutation] as const))('%s', async (_, mutation) => {
    await client.query('begin');
    try {
      await breakRule(client, mutation);
      let caught: string[] = [];
      const { numRuns } = await fc.check(
        fc.asyncProperty(world, async (region) => {
          caught = (await differences(client, region)).filter(
            // Somebody has to read what it may not, or not what it may: other principals alone do not count.
            (each) => mutation.isInPrincipalsAlone ?? !each.includes(': principals: '),
          );
          return caught.length === 0;
        }),
        { seed, numRuns: mostWorlds, endOnFailure: true },
      );
      // A database that refuses the world would also end the run, and prove nothing.
      expect(caught).not.toEqual([]);
      if (process.env.RONDA_PROPERTY_SHOW) process.stderr.write(`${numRuns}: ${mutation.name}\n  ${caught[0]}\n`);
    } finally {
      await client.query('rollback');
    }
  });
});
