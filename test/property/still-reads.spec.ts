import fc from 'fast-check';
import pg from 'pg';
import { isReadable, principalsOf } from '../../src/policy/principals.js';
import { createTestDatabase } from '../support/test-database.js';
import { breakRule } from './mutations.js';
import type { Mutation } from './mutations.js';
import { writeWorld } from './rows.js';
import { LIVE, NOW, world } from './world.js';
import type { World } from './world.js';

const numRuns = Math.ceil(Number(process.env.RONDA_PROPERTY_WORLDS ?? 200) / 2);
const { RONDA_PROPERTY_SEED: seed, RONDA_PROPERTY_PATH: path } = process.env;

const STILL_READS = 'ronda.still_reads(int, int[])';
const broken: Mutation[] = [
  {
    name: 'a retired organisation still reads',
    how: { in: STILL_READS, replace: `o.standing <> 'retired'`, by: 'true' },
  },
  { name: 'a closed account still reads', how: { in: STILL_READS, replace: `u.status = 'active'`, by: 'true' } },
  {
    name: 'who is behind a veil does not read by it',
    how: { in: STILL_READS, replace: '|| veils_of(o.key, reader)', by: '' },
  },
  {
    name: 'a person reads nothing in its own name',
    how: { in: STILL_READS, replace: '[o.key, reader]', by: '[o.key]' },
  },
];

/** Whether somebody would still read is what it would read: the derivation of the policy, asked for every audience there is. */
describe('the database and the policy agree on who would still read', () => {
  let client: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
  });
  afterAll(() => client.end());

  /** @param client as a superuser, in a transaction. */
  async function differences(region: World): Promise<string[]> {
    await client.query('savepoint world');
    try {
      await writeWorld(client, region);
      await client.query('select ronda.enter($1, $1, $2, $3)', ['', LIVE, NOW]);
      const { organisations, accounts, groups } = region;
      const veils = region.incidents.filter(({ space }) => space === LIVE).flatMap((incident) => incident.veils);
      // By an organisation's principal reads whoever is of it.
      const anyoneOf = (key: number) => ({ key, organisationKey: key, status: 'active' as const });
      const readers = [...[...organisations.keys()].map(anyoneOf), ...accounts].map((account) => ({
        key: account.key,
        held: principalsOf(account, organisations, groups, veils),
      }));
      const named = [
        ...[1, 2, 3, 4, 5, 6, ...readers.map(({ key }) => key), ...groups.flatMap((each) => each.epochPrincipals)].map(
          (principal) => [principal],
        ),
        ...region.incidents.map(({ audience }) => audience),
        [],
      ];
      const { rows } = await client.query<{ reader: number; nth: number; reads: boolean }>(
        `select r.reader, a.nth::int, ronda.still_reads(r.reader, array(select p::int from jsonb_array_elements_text(a.audience) p)) as reads
           from unnest($1::int[]) r (reader) cross join jsonb_array_elements($2::jsonb) with ordinality a (audience, nth)`,
        [readers.map(({ key }) => key), JSON.stringify(named)],
      );
      const heldBy = new Map(readers.map(({ key, held }) => [key, held]));
      return rows.flatMap(({ reader, nth, reads }) => {
        const audience = named[nth - 1]!;
        return isReadable(audience, heldBy.get(reader)!) === reads
          ? []
          : [`${reader} of ${JSON.stringify(audience)}: the database says ${String(reads)}`];
      });
    } finally {
      await client.query('rollback to savepoint world');
    }
  }

  it(
    `in ${numRuns} random regions`,
    async () => {
      await fc.assert(
        fc.asyncProperty(world, async (region) => {
          await client.query('begin');
          try {
            expect(await differences(region)).toEqual([]);
          } finally {
            await client.query('rollback');
          }
        }),
        { numRuns, ...(seed && { seed: Number(seed) }), ...(path && { path }) },
      );
    },
    60_000 + numRuns * 2_000,
  );

  it.each(broken.map((mutation) => [mutation.name, mutation] as const))('that can fail: %s', async (_, mutation) => {
    await client.query('begin');
    try {
      await breakRule(client, mutation);
      let caught: string[] = [];
      await fc.check(
        fc.asyncProperty(world, async (region) => (caught = await differences(region)).length === 0),
        { seed: 20_261_122, numRuns: 100, endOnFailure: true },
      );
      expect(caught).not.toEqual([]);
    } finally {
      await client.query('rollback');
    }
  });
});
