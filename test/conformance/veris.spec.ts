import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { incidentOfVeris, verisFaults } from '../../src/codecs/veris/index.js';
import { isRsitType } from '../../src/kernel/rsit.js';
import { describeWithFixtures } from '../support/fixtures.js';
import { schemaCases } from '../support/veris-cases.js';

const known = {
  sectors: new Set(['health', 'government']),
  isCountry: (code: string): boolean => /^[A-Z]{2}$/.test(code),
  isCurrency: (code: string): boolean => code === 'USD',
  isUrl: (text: string): boolean => /^https?:\/\/\S+$/.test(text),
};
type Document = Record<string, unknown>;

describeWithFixtures('veris/schema-cases', (dir) => {
  const cases = schemaCases(dir);

  it('are 196 to refuse and 26 to take', () => {
    expect(cases.filter(({ should }) => should === 'fail')).toHaveLength(196);
    expect(cases.filter(({ should }) => should === 'pass')).toHaveLength(26);
  });

  it.each(cases.filter(({ should }) => should === 'fail').map((each) => [each.name, each] as const))(
    'refuses %s with a pointer to the defect',
    (_, { incident, defect }) => {
      expect(verisFaults(incident, 'strict').map(({ pointer }) => pointer)).toContainEqual(
        expect.stringMatching(defect),
      );
    },
  );

  it.each(cases.filter(({ should }) => should === 'pass').map((each) => [each.name, each.incident] as const))(
    'takes %s',
    (_, incident) => {
      expect(verisFaults(incident, 'strict')).toEqual([]);
    },
  );
});

describeWithFixtures('veris/facts', (dir) => {
  const lines = readFileSync(path.join(dir, 'incidents.ndjson'), 'utf8').trimEnd().split('\n');

  it('are taken by the profile facts, and by strict not one of them', () => {
    const documents = lines.map((line) => JSON.parse(line) as Document);
    expect(documents.flatMap((document) => verisFaults(document, 'facts'))).toEqual([]);
    expect(documents.filter((document) => verisFaults(document, 'strict').length === 0)).toEqual([]);
  });

  it('become incidents with a classification of RSIT each', () => {
    for (const line of lines) {
      const { rsit, occurredAt, externalReferences } = incidentOfVeris(JSON.parse(line) as Document, known);
      expect([line, isRsitType(rsit.class, rsit.type)]).toEqual([line, true]);
      expect(occurredAt).toMatch(/^20\d\d-01-01T00:00:00\.000Z$/);
      expect(externalReferences[0]).toEqual({ source: 'veris', id: (JSON.parse(line) as Document).incident_id });
    }
  });
});

describeWithFixtures('veris/incidents', (dir) => {
  const documents = readdirSync(dir).map(
    (file) => [file, JSON.parse(readFileSync(path.join(dir, file), 'utf8')) as Document] as const,
  );

  it.each(documents)('%s is taken by both profiles', (_, document) => {
    expect(verisFaults(document, 'facts')).toEqual([]);
    expect(verisFaults(document, 'strict')).toEqual([]);
  });

  it.each(documents)('%s loses nothing: every value is found in what it becomes', (_, document) => {
    const { tags, description, ...rest } = incidentOfVeris(document, known);
    const said = [tags.join('\n'), description, JSON.stringify(rest)].join('\n');
    for (const value of leaves(document)) expect(said).toContain(value.trim());
  });
});

function leaves(value: unknown, name = ''): string[] {
  // Addresses in a row become references one by one.
  if (name === 'reference')
    return String(value)
      .split(';')
      .map((part) => part.trim());
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([member, inner]) => leaves(inner, member));
}
