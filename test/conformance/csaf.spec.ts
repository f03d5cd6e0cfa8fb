import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { advisoryOfCsaf, toCsaf, validateCsaf } from '../../src/codecs/csaf/index.js';
import type { Json } from '../noninterference/teller.js';
import { describeWithFixtures } from '../support/fixtures.js';

interface TestCase {
  id: string;
  group: 'mandatory' | 'optional' | 'informative';
  failures?: { name: string }[];
  valid?: { name: string }[];
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** They need the network or a program for spelling, and are not run (docs/csaf.md). */
const NOT_RUN = ['6.3.6', '6.3.7', '6.3.8'];

describeWithFixtures('csaf/2.0', (dir) => {
  const { tests } = read(path.join(dir, 'testcases.json')) as { tests: TestCase[] };
  const of = (which: 'failures' | 'valid'): [string, TestCase['group'], string][] =>
    tests.flatMap((test) =>
      (test[which] ?? []).map(({ name }): [string, TestCase['group'], string] => [test.id, test.group, name]),
    );

  it('holds documents for 36 tests', () => {
    expect(tests).toHaveLength(36);
    expect(of('failures').length + of('valid').length).toBe(124);
  });

  it.each(of('failures').filter(([, group]) => group === 'mandatory'))('%s of %s refuses %s', async (id, _, name) => {
    const { blocking } = await validateCsaf(read(path.join(dir, name)));
    expect(blocking.map((each) => each.id)).toContain(id);
    expect(blocking.filter((each) => each.id === id).every(({ pointer }) => pointer.startsWith('/'))).toBe(true);
  });

  it.each(of('failures').filter(([id, group]) => group !== 'mandatory' && !NOT_RUN.includes(id)))(
    '%s of %s has something to say of %s and blocks nothing',
    async (id, _, name) => {
      const { advice, blocking } = await validateCsaf(read(path.join(dir, name)));
      expect(blocking).toEqual([]);
      expect(advice.map((each) => each.id)).toContain(id);
    },
  );

  it.each(of('valid'))('%s of %s takes %s', async (id, _, name) => {
    const { advice, blocking } = await validateCsaf(read(path.join(dir, name)));
    expect(blocking).toEqual([]);
    expect(advice.map((each) => each.id)).not.toContain(id);
  });
});

describe('a document that is no CSAF at all', () => {
  it.each([[null], [[]], ['text'], [{}], [{ document: 7 }], [{ document: { tracking: { revision_history: 'x' } } }]])(
    '%j is refused by the schema, and nothing falls over',
    async (document) => {
      expect((await validateCsaf(document)).blocking.map(({ id }) => id)).toContain('schema');
    },
  );
});

describeWithFixtures('csaf/cisa', (dir) => {
  const advisories = readdirSync(dir).filter((file) => /^va-.*\.json$/.test(file));
  const parts = ({ document, product_tree, vulnerabilities }: Json): object => ({
    product_tree,
    vulnerabilities,
    notes: document.notes,
    category: document.category,
    publisher: document.publisher,
    tracking: document.tracking,
  });

  it('are four', () => {
    expect(advisories).toHaveLength(4);
  });

  it.each(advisories)('%s comes out again as valid CSAF with all that it said', async (file) => {
    const came = read(path.join(dir, file)) as Json;
    expect((await validateCsaf(came)).blocking).toEqual([]);
    const advisory = advisoryOfCsaf(came);
    const out = toCsaf(advisory);
    expect((await validateCsaf(out)).blocking).toEqual([]);
    expect(parts(out)).toEqual(parts(came));
    expect(advisory.vulnerabilities.map(({ cve }) => cve)).toEqual(came.vulnerabilities.map(({ cve }: Json) => cve));
    expect(advisory.vulnerabilities.every(({ cvss }) => cvss.length === 1)).toBe(true);
    expect(advisory.products.every(({ product }) => product !== '')).toBe(true);
  });

  it.each(advisories)('%s is still valid where something was changed, and keeps the rest as it came', async (file) => {
    const came = read(path.join(dir, file)) as Json;
    const advisory = advisoryOfCsaf(came);
    const [first, ...others] = advisory.vulnerabilities;
    const changed = {
      ...advisory,
      title: 'Seen here as well',
      products: [
        ...advisory.products,
        { id: 'RONDA-1', vendor: 'Acme', product: 'Bank', versions: '1.0', purl: null, cpe: null },
      ],
      vulnerabilities: [{ ...first!, affected: [...first!.affected, 'RONDA-1'] }, ...others],
    };
    const out: Json = toCsaf(changed);
    expect((await validateCsaf(out)).blocking).toEqual([]);
    expect(out.document.title).toBe('Seen here as well');
    expect(out.document.notes).toEqual(came.document.notes);
    expect(out.vulnerabilities.slice(1)).toEqual(came.vulnerabilities.slice(1));
    expect(out.vulnerabilities[0].product_status.known_affected).toContain('RONDA-1');
  });
});
