import fc from 'fast-check';
import { advisory } from '../support/advisories.js';
import { exampleAdvisory } from '../support/csaf-tree.js';
import type { Json } from '../noninterference/teller.js';
import { NotExportable } from '../../src/codecs/advisory/index.js';
import { advisoryOfCsaf, toCsaf, validateCsaf } from '../../src/codecs/csaf/index.js';

const overTheWire = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value));

describe('CSAF of any advisory', () => {
  it('has no blocking fault, and reads back as what was written', async () => {
    await fc.assert(
      fc.asyncProperty(advisory, async (each) => {
        const csaf = overTheWire(toCsaf(each));
        expect((await validateCsaf(csaf)).blocking).toEqual([]);
        expect({ ...advisoryOfCsaf(csaf), origin: null }).toEqual(overTheWire(each));
      }),
      { numRuns: 100 },
    );
  }, 400_000);

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

describe('labels and categories', () => {
  const one = exampleAdvisory('X-1', ['2026-01-06T08:00:00.000Z']);
  const documentOf = (advisory: typeof one): Json => toCsaf(advisory).document as Json;

  it.each([
    ['TLP:CLEAR', 'WHITE', undefined],
    ['TLP:GREEN', 'GREEN', undefined],
    ['TLP:AMBER', 'AMBER', undefined],
    ['TLP:AMBER+STRICT', 'RED', 'TLP v2.0: TLP:AMBER+STRICT'],
  ] as const)('%s is written %s', (tlp, label, text) => {
    const { distribution } = documentOf({ ...one, tlp });
    expect(distribution).toEqual({ ...(text && { text }), tlp: { label, url: 'https://www.first.org/tlp/' } });
  });

  it('TLP:RED is never written, and neither is what is unmarked', () => {
    expect(() => toCsaf({ ...one, tlp: 'TLP:RED' })).toThrow(NotExportable);
    expect(() => toCsaf({ ...one, tlp: null })).toThrow(NotExportable);
  });

  it('RED of others is TLP:RED here, and does not leave', () => {
    const csaf = overTheWire(toCsaf(one)) as Json;
    csaf.document.distribution = { tlp: { label: 'RED' } };
    expect(advisoryOfCsaf(csaf).tlp).toBe('TLP:RED');
    expect(() => toCsaf(advisoryOfCsaf(csaf))).toThrow(NotExportable);
  });

  it('the category is that whose demands are met', async () => {
    const [vulnerability] = one.vulnerabilities;
    const cases: [typeof one, string][] = [
      [one, 'csaf_security_advisory'],
      [{ ...one, vulnerabilities: [{ ...vulnerability!, affected: [] }] }, 'csaf_base'],
      [{ ...one, vulnerabilities: [], kind: 'guidance' as const }, 'csaf_informational_advisory'],
      [{ ...one, vulnerabilities: [], references: [] }, 'csaf_base'],
    ];
    for (const [advisory, category] of cases) {
      expect(documentOf(advisory).category).toBe(category);
      expect((await validateCsaf(toCsaf(advisory))).blocking).toEqual([]);
    }
  });

  it('a fault of the writer is told by test and pointer', async () => {
    const [vulnerability] = one.vulnerabilities;
    const wrong = { ...one, vulnerabilities: [{ ...vulnerability!, fixed: ['P-1'], cwe: 'CWE-9999999' }] };
    const { blocking } = await validateCsaf(toCsaf(wrong));
    expect(blocking.map(({ id, pointer }) => [id, pointer])).toEqual(
      expect.arrayContaining([
        ['6.1.6', expect.stringMatching(/^\/vulnerabilities\/0\/product_status/)],
        ['6.1.11', expect.stringMatching(/^\/vulnerabilities\/0\/cwe/)],
      ]),
    );
  });

  it('CVSS is computed: 3.1 as a score, 4.0 as a note', () => {
    const [vulnerability] = toCsaf(one).vulnerabilities as [Json];
    expect(vulnerability.scores).toEqual([
      {
        products: ['P-1'],
        cvss_v3: {
          version: '3.1',
          vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
          baseScore: 9.8,
          baseSeverity: 'CRITICAL',
        },
      },
    ]);
    expect(vulnerability.notes[1].text).toBe(
      'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N (9.3 CRITICAL)',
    );
  });
});
