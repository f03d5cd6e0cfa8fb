import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithFixtures } from '../../test/support/fixtures.js';
import { isRsitClass, isRsitType, RSIT, RSIT_CLASSES, rsitTag, rsitTypes } from './rsit.js';

interface Entry {
  value: string;
  expanded: string;
  description: string;
}

describe('the incident taxonomy', () => {
  it('knows a type only under its own class', () => {
    expect(isRsitType('fraud', 'phishing')).toBe(true);
    expect(isRsitType('fraud', 'spam')).toBe(false);
    expect(isRsitType('made-up', 'phishing')).toBe(false);
  });

  it('does not mistake what every object inherits for a class or a type', () => {
    expect(isRsitClass('constructor')).toBe(false);
    expect(isRsitType('fraud', 'toString')).toBe(false);
    expect(isRsitType('__proto__', 'constructor')).toBe(false);
  });

  it('writes the machine tag other tools know, and never another', () => {
    expect(rsitTag('fraud', 'phishing')).toBe('rsit:fraud="phishing"');
    expect(() => rsitTag('fraud', 'spam')).toThrow(RangeError);
  });

  it('gives every class types, and every type a name and a description', () => {
    for (const rsitClass of RSIT_CLASSES) {
      expect(rsitTypes(rsitClass).length).toBeGreaterThan(0);
      for (const type of Object.values(RSIT[rsitClass].types)) {
        expect(type.name.trim()).not.toBe('');
        expect(type.description.trim()).not.toBe('');
      }
    }
  });

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
});
