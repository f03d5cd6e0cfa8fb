import { readFileSync } from 'node:fs';
import path from 'node:path';
import { validateCsaf } from '../../src/codecs/csaf/index.js';
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
