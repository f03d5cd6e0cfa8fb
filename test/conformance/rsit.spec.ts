import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RSIT, RSIT_CLASSES } from '../../src/kernel/rsit.js';
import { describeWithFixtures } from '../support/fixtures.js';

interface Entry {
  value: string;
  expanded: string;
  description: string;
}

describeWithFixtures('rsit', (dir) => {
  it('says what the published taxonomy says, word for word', () => {
    const { predicates, values } = JSON.parse(readFileSync(join(dir, 'machinev1'), 'utf8')) as {
      predicates: Entry[];
      values: { predicate: string; entry: Entry[] }[];
    };
    const classes = predicates.map(({ value, expanded, description }) => [
      value,
      {
        name: expanded,
        description,
        types: Object.fromEntries(
          (values.find(({ predicate }) => predicate === value)?.entry ?? []).map((entry) => [
            entry.value,
            { name: entry.expanded, description: entry.description },
          ]),
        ),
      },
    ]);
    expect(RSIT).toEqual(Object.fromEntries(classes));
    expect(RSIT_CLASSES).toEqual(predicates.map(({ value }) => value));
  });
});
