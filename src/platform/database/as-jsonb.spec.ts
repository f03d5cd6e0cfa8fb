import fc from 'fast-check';
import pg from 'pg';
import { createTestDatabase } from '../../../test/support/test-database.js';
import { asJsonb } from './as-jsonb.js';

describe('asJsonb', () => {
  let client: pg.Client;

  beforeAll(async () => {
    const database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.serviceUrl });
    await client.connect();
  });
  afterAll(() => client.end());

  const stored = async (value: unknown): Promise<unknown> =>
    (await client.query<{ value: unknown }>('select $1::jsonb as value', [JSON.stringify(value)])).rows[0]?.value;

  it('gives the members in the order in which the database gives them back', async () => {
    await fc.assert(
      // What no text of PostgreSQL holds is refused at the door (platform/http/validation.ts).
      fc.asyncProperty(fc.jsonValue({ stringUnit: 'grapheme' }), async (value) => {
        fc.pre(!JSON.stringify(value).includes(String.raw`\u0000`));
        expect(JSON.stringify(asJsonb(value))).toBe(JSON.stringify(await stored(value)));
      }),
      { numRuns: 300 },
    );
  });

  it('orders by length, then by bytes, and leaves out what is undefined', async () => {
    const value = { victims: 3, é: 1, zz: 2, b: undefined, a: [{ loss: null, at: undefined }], Z: 0 };
    expect(Object.keys(asJsonb(value))).toEqual(['Z', 'a', 'zz', 'é', 'victims']);
    expect(JSON.stringify(asJsonb(value))).toBe(JSON.stringify(await stored(value)));
  });
});
