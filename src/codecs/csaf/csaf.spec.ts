import fc from 'fast-check';
import { advisory } from '../../../test/support/advisories.js';
import type { Advisory } from '../advisory/index.js';
import { NotForCsaf, advisoryOfCsaf, toCsaf, validateCsaf } from './index.js';

const overTheWire = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value));

describe('CSAF of any advisory', () => {
  it('has no blocking fault, and reads back as what was written', async () => {
    await fc.assert(
      fc.asyncProperty(advisory, async (each) => {
        const csaf = overTheWire(toCsaf(each));
        expect((await validateCsaf(csaf)).blocking).toEqual([]);
        expect({ ...advisoryOfCsaf(csaf), origin: null }).toEqual(overTheWire(each));
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  it('is the same again once it has been read', () => {
    fc.assert(
      fc.property(advisory, (each) => {
        const csaf = overTheWire(toCsaf(each));
        expect(toCsaf(advisoryOfCsaf(csaf))).toEqual(csaf);
      }),
      { numRuns: 100 },
    );
  });
});
