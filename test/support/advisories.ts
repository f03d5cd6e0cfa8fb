import fc from 'fast-check';
import type { Advisory, AdvisoryVulnerability } from '../../src/codecs/advisory/index.js';
import {
  ADVISORY_KINDS,
  EXPLOITATIONS,
  PUBLISHER_CATEGORIES,
  REMEDIATION_KINDS,
} from '../../src/codecs/advisory/index.js';

/** What breaks writers of JSON, XML, HTML and Markdown, and readers of lines. */
const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  ']]>',
  '&amp;&#x3C;',
  '<!-- -->',
  '[x](javascript:alert(1))',
  '![x](data:text/html,x)',
  '# heading',
  '| a | b |',
  '```\nx',
  '\u0000',
  '\u0001\u000b\u001f',
  '\ud800',
  '\u202Egpj.exe',
  '\ufffe',
  '{"type":"ipv4"}',
  'vulnerability',
  'TLP v2.0: TLP:AMBER+STRICT',
  '../../etc/passwd',
  '=1+1',
  '__proto__',
  'null',
  'สวัสดี',
  'မင်္ဂလာ',
  '👩‍🚀',
  'a\r\nb',
  '{{x}} ${y}',
];
const hostileText = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }),
  fc.constantFrom(...hostile),
  fc.constantFrom(...hostile).map((each) => `  ${each}${each} `),
);
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { nil: null });
const instant = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

const reference = fc
  .record({ url: fc.webUrl(), summary: maybe(hostileText), isSelf: fc.boolean() })
  // An address as its own summary says no more than none.
  .map((each) => (each.summary === each.url ? { ...each, summary: null } : each));

const cvss = fc.subarray([
  'AV:N/AC:L/Au:N/C:P/I:P/A:P',
  'CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P',
  'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
]);

const vulnerability = (ids: string[]): fc.Arbitrary<AdvisoryVulnerability> =>
  fc
    .record({
      title: hostileText,
      description: maybe(hostileText),
      cwe: maybe(fc.constantFrom('CWE-79', 'CWE-22', 'CWE-787')),
      cvss,
      exploitation: maybe(fc.constantFrom(...EXPLOITATIONS)),
      of: fc.array(fc.constantFrom('affected', 'fixed', 'notAffected', 'underInvestigation', 'none'), {
        minLength: ids.length,
        maxLength: ids.length,
      }),
      remediations: fc.array(
        fc.record({
          kind: fc.constantFrom(...REMEDIATION_KINDS),
          details: hostileText,
          url: maybe(fc.webUrl()),
          products: fc.constant<string[]>([]),
        }),
        { maxLength: 3 },
      ),
      references: fc.array(reference, { maxLength: 2 }),
    })
    .map(({ of, ...rest }) => {
      const those = (which: string): string[] => ids.filter((_, at) => of[at] === which);
      const affected = those('affected');
      return {
        cve: null,
        ...rest,
        affected,
        fixed: those('fixed'),
        notAffected: those('notAffected'),
        underInvestigation: those('underInvestigation'),
        // Every other remediation is for the first of several products alone.
        remediations: rest.remediations.map((each, at) =>
          affected.length > 1 && at % 2 === 1 ? { ...each, products: affected.slice(0, 1) } : each,
        ),
      };
    });

const product = fc.record({
  vendor: maybe(hostileText),
  product: hostileText,
  versions: maybe(fc.oneof(fc.constantFrom('1.2.3', '< 4.2', 'vers:npm/<1.2.3', 'all versions', '7'), hostileText)),
  purl: maybe(fc.constantFrom('pkg:npm/%40acme/bank@1.0.0', 'pkg:deb/debian/openssl@3.0.0')),
  cpe: maybe(fc.constantFrom('cpe:2.3:a:acme:bank:1.0:*:*:*:*:*:*:*', 'cpe:/a:acme:bank:1.0')),
});

/** Advisories with everything that they may hold, and hostile texts wherever a person may write. */
export const advisory: fc.Arbitrary<Advisory> = fc
  .record({
    title: hostileText,
    summary: maybe(hostileText),
    body: maybe(hostileText),
    kind: fc.constantFrom(...ADVISORY_KINDS),
    language: maybe(fc.constantFrom('en', 'th', 'vi-VN', 'id', 'zh-Hant')),
    tlp: fc.constantFrom('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT'),
    distribution: maybe(hostileText),
    publisher: fc.record({
      name: hostileText,
      namespace: fc.constantFrom('https://cert.example.test', 'https://cert.example.test/th'),
      category: fc.constantFrom(...PUBLISHER_CATEGORIES.filter((each) => each !== 'translator')),
      contact: maybe(hostileText),
    }),
    id: fc.constantFrom('ronda-2026-0001', 'RONDA 2026/0002 ü', 'x'),
    dates: fc.uniqueArray(instant, { minLength: 1, maxLength: 5 }).map((dates) => dates.sort()),
    status: fc.constantFrom('interim', 'final'),
    summaries: fc.array(hostileText, { minLength: 5, maxLength: 5 }),
    products: fc.array(product, { maxLength: 5 }),
    cves: fc.uniqueArray(fc.nat(99_999), { minLength: 4, maxLength: 4 }),
    indicators: fc.array(fc.record({ type: hostileText, value: hostileText, comment: maybe(hostileText) }), {
      maxLength: 3,
    }),
    references: fc.array(reference, { maxLength: 3 }),
    acknowledgements: fc.array(
      fc.record({
        names: fc.array(hostileText, { minLength: 1, maxLength: 2 }),
        organisation: maybe(hostileText),
        summary: maybe(hostileText),
        urls: fc.array(fc.webUrl(), { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
    notes: fc.array(
      fc.record({
        category: fc.constantFrom('description', 'faq', 'general', 'legal_disclaimer', 'other'),
        title: maybe(hostileText),
        text: hostileText,
        audience: maybe(hostileText),
      }),
      { maxLength: 3 },
    ),
  })
  .chain(({ id, dates, status, summaries, cves, ...rest }) => {
    const products = rest.products.map((each, at) => ({ id: `P-${at}`, ...each }));
    const ids = products.map((each) => each.id);
    return fc.array(vulnerability(ids), { maxLength: 3 }).map((vulnerabilities) => ({
      ...rest,
      products,
      vulnerabilities: vulnerabilities.map((each, at) => ({
        ...each,
        cve: at === 2 ? null : `CVE-2026-${String(cves[at]).padStart(4, '0')}`,
      })),
      tracking: {
        id,
        status,
        version: `1.${dates.length - 1}.0`,
        initialReleaseDate: dates[0] ?? '',
        currentReleaseDate: dates.at(-1) ?? '',
        revisions: dates.map((date, at) => ({ version: `1.${at}.0`, date, summary: summaries[at] ?? '' })),
      },
      origin: null,
    }));
  });
