import * as theirs from '@secvisogram/csaf-validator-lib/mandatoryTests.js';
import fc from 'fast-check';
import type { DocumentTest } from './validate.js';
import { blockingFindings, validateCsaf } from './validate.js';
import { circularDefinitions, rangesInVersions } from './own-tests.js';
import { MOST_COMPARISONS, comparisonsOf } from './weight.js';

const library = theirs as unknown as Record<string, DocumentTest>;

const related = (index: number | string, one: string, other: string): object => ({
  category: 'installed_on',
  product_reference: one,
  relates_to_product_reference: other,
  full_product_name: { name: `r${index}`, product_id: `r${index}` },
});

/** A document that CSAF 2.0 takes, but for what it is given. */
const csaf = ({ product_tree, vulnerabilities, history = 1 }: Record<string, unknown>): object => ({
  document: {
    category: 'csaf_base',
    csaf_version: '2.0',
    title: 'A title',
    publisher: { category: 'vendor', name: 'Example Vendor', namespace: 'https://vendor.example' },
    tracking: {
      id: 'EX-1',
      status: 'final',
      version: String(history),
      current_release_date: '2026-01-01T00:00:00Z',
      initial_release_date: '2026-01-01T00:00:00Z',
      revision_history: Array.from({ length: history as number }, (_, at) => ({
        number: String(at + 1),
        date: '2026-01-01T00:00:00Z',
        summary: 'It is said.',
      })),
    },
  },
  ...(product_tree !== undefined && { product_tree }),
  ...(vulnerabilities !== undefined && { vulnerabilities }),
});

const ids = (size: number): string[] => Array.from({ length: size }, (_, at) => `p${at}`);
const names = (size: number): object[] => ids(size).map((id) => ({ name: id, product_id: id }));

describe('circular definitions', () => {
  it('are found where the validator finds them', async () => {
    const judge = library.mandatoryTest_6_1_3;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 7 }), async (ends) => {
        const relationships = ends.map(([one, other], at) => related(at, `r${one}`, `r${other}`));
        const document = { product_tree: { relationships } };
        const { isValid, errors } = circularDefinitions(document);
        const said = await judge!(document);
        expect(isValid).toBe(said.isValid);
        // It names those too that only lead into a circle.
        expect((said.errors ?? []).map(({ instancePath }) => instancePath.replace(/[^/]+$/, ''))).toEqual(
          expect.arrayContaining(errors.map(({ instancePath }) => instancePath.replace(/[^/]+$/, ''))),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('are found in a chain of 20,000, each twice of the one before, and where it is closed', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => related(at + 1, `r${at}`, `r${at}`));
    expect(circularDefinitions({ product_tree: { relationships: chain } }).errors).toEqual([]);
    const closed = [...chain, related(0, 'r20000', 'p')];
    expect(circularDefinitions({ product_tree: { relationships: closed } }).errors).toHaveLength(2 * 20_000 + 1);
  });
});

it('a range in a version is found where the validator finds it', async () => {
  const judge = library.mandatoryTest_6_1_31;
  const word = fc.constantFrom(
    'All',
    'prior',
    'versions',
    'small',
    'x',
    '<',
    '>=',
    '1.0',
    'beforehand',
    ' ',
    '\u00A0',
    '\n',
  );
  const branch = (name: string, branches: object[]): object => ({
    category: 'product_version',
    name,
    ...(branches.length > 0 && { branches }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { maxLength: 4 }),
      fc.array(word, { maxLength: 4 }),
      fc.boolean(),
      async (...drawn) => {
        const [one, other, isSpaced] = drawn;
        const said = (words: string[]): string => words.join(isSpaced ? ' ' : '');
        const document = { product_tree: { branches: [branch(said(one), [branch(said(other), [])])] } };
        expect(rangesInVersions(document)).toEqual(await judge!(document));
      },
    ),
    { numRuns: 500 },
  );
});

describe('what is made to keep the tests busy', () => {
  it.each([
    ['a product of two of the one before, 40 times', 40],
    ['the same, 5,000 times', 5_000],
  ])('is judged: %s', async (_, size) => {
    const relationships = Array.from({ length: size }, (_each, at) =>
      related(at, at === 0 ? 'p0' : `r${at - 1}`, at === 0 ? 'p0' : `r${at - 1}`),
    );
    const document = csaf({ product_tree: { full_product_names: names(1), relationships } });
    expect(await blockingFindings(document)).toEqual([]);
  });

  const groups = (size: number): object[] => ids(size).map((id) => ({ group_id: `g${id}`, product_ids: ['p0', 'p1'] }));
  const ofGroups = ids(3_000).map((id) => `g${id}`);
  it.each([
    ['revisions', csaf({ history: 20_000 })],
    [
      'products in one list',
      csaf({
        product_tree: { full_product_names: names(30_000) },
        vulnerabilities: [{ product_status: { known_affected: ids(30_000) } }],
      }),
    ],
    [
      'products in groups',
      csaf({
        product_tree: { full_product_names: names(3_000), product_groups: groups(3_000) },
        vulnerabilities: [
          {
            product_status: { known_not_affected: ids(3_000) },
            threats: [{ category: 'impact', details: 'None.', group_ids: ofGroups }],
          },
        ],
      }),
    ],
    [
      'scores of one product',
      csaf({
        product_tree: { full_product_names: names(1) },
        vulnerabilities: [
          { scores: Array.from({ length: 10_000 }, (_, at) => ({ products: ['p0'], cvss_v3: { baseScore: at } })) },
        ],
      }),
    ],
    [
      'signs to take apart',
      csaf({ product_tree: { branches: [{ category: 'vendor', name: ' '.repeat(25_000_000) }] } }),
    ],
  ])('is refused before it is judged: %s', async (_, document) => {
    expect((await validateCsaf(document)).blocking).toEqual([expect.objectContaining({ id: 'size', pointer: '' })]);
  });

  it('is none of what publishers say', () => {
    const products = ids(500);
    const large = csaf({
      product_tree: { full_product_names: names(500) },
      vulnerabilities: ids(100).map(() => ({
        product_status: { known_affected: products },
        remediations: [{ category: 'vendor_fix', details: 'Update.', product_ids: products }],
        notes: [{ category: 'description', text: 'x'.repeat(20_000) }],
      })),
    });
    expect(comparisonsOf(large)).toBeLessThan(MOST_COMPARISONS / 2);
  });
});
