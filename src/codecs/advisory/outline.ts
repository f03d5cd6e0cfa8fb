import type { Advisory, AdvisoryProduct, AdvisoryVulnerability } from './advisory.js';
import { cvssScore } from './cvss.js';

/** A heading with lines of words below; what people read, before it is Markdown or HTML. */
export interface Section {
  heading: string;
  /** Each a name and what it is; a name may be empty. */
  facts: Fact[];
}
export interface Fact {
  name: string;
  value: string;
  url: string | null;
}

const WORDS: Readonly<Record<string, string>> = {
  'none-known': 'No exploitation is known',
  'proof-of-concept': 'A proof of concept is known',
  exploited: 'It is being exploited',
  'vendor-fix': 'Fix by the vendor',
  mitigation: 'Mitigation',
  workaround: 'Workaround',
  'no-fix-planned': 'No fix is planned',
  'none-available': 'No fix is there',
};
const wordOf = (name: string): string => WORDS[name] ?? name;
const fact = (name: string, value: string | null, url: string | null = null): Fact[] =>
  value === null || value === '' ? [] : [{ name, value, url }];

const productName = ({ vendor, product, versions }: AdvisoryProduct): string =>
  [vendor, product, versions].filter((each) => each !== null).join(' ');

/** Who says it, when, and how far it may go. */
export function headFacts({ tracking, publisher, distribution, kind }: Advisory): Fact[] {
  return [
    ...fact('Id', tracking.id),
    ...fact('Version', `${tracking.version} (${tracking.status})`),
    ...fact('Kind', kind),
    ...fact('Published by', publisher.name),
    ...fact('Contact', publisher.contact),
    ...fact('First released', tracking.initialReleaseDate),
    ...fact('Last changed', tracking.currentReleaseDate),
    ...fact('Distribution', distribution),
  ];
}

/** What comes after the body, in the order in which it is read. */
export function sectionsOf(advisory: Advisory): Section[] {
  const names = new Map(advisory.products.map((each) => [each.id, productName(each)]));
  const all: Section[] = [
    {
      heading: 'Products',
      facts: advisory.products.flatMap((each) =>
        fact('', [productName(each), each.purl, each.cpe].filter(Boolean).join(' · ')),
      ),
    },
    ...advisory.vulnerabilities.map((each) => vulnerabilitySection(each, names)),
    {
      heading: 'Indicators',
      facts: advisory.indicators.flatMap(({ type, value, comment }) =>
        fact(type, comment === null ? value : `${value} (${comment})`),
      ),
    },
    ...advisory.notes.map(({ title, category, text }) => ({ heading: title ?? category, facts: fact('', text) })),
    { heading: 'References', facts: advisory.references.flatMap(({ summary, url }) => fact('', summary ?? url, url)) },
    {
      heading: 'Acknowledgements',
      facts: advisory.acknowledgements.flatMap(({ names: people, organisation, summary }) =>
        fact([...people, ...(organisation === null ? [] : [organisation])].join(', '), summary ?? 'Thank you'),
      ),
    },
    {
      heading: 'Revisions',
      facts: advisory.tracking.revisions.flatMap(({ version, date, summary }) => fact(`${version}, ${date}`, summary)),
    },
  ];
  return all.filter(({ facts }) => facts.length > 0);
}

function vulnerabilitySection(vulnerability: AdvisoryVulnerability, names: ReadonlyMap<string, string>): Section {
  const { cve, title, description, cwe, cvss, exploitation } = vulnerability;
  const named = (ids: readonly string[]): string => ids.map((id) => names.get(id) ?? id).join('; ');
  return {
    heading: [cve, title].filter((each) => each !== null).join(': ') || 'Vulnerability',
    facts: [
      ...fact('', description),
      ...fact('Weakness', cwe),
      ...cvss.flatMap((vector) => {
        const score = cvssScore(vector);
        return score
          ? fact(`CVSS ${score.version}`, `${score.score} ${score.severity} (${vector})`)
          : fact('CVSS', vector);
      }),
      ...fact('Exploitation', exploitation && wordOf(exploitation)),
      ...fact('Affected', named(vulnerability.affected)),
      ...fact('Fixed', named(vulnerability.fixed)),
      ...fact('Not affected', named(vulnerability.notAffected)),
      ...fact('Under investigation', named(vulnerability.underInvestigation)),
      ...vulnerability.remediations.flatMap(({ kind, details, url, products }) =>
        fact(wordOf(kind), products.length > 0 ? `${details} (${named(products)})` : details, url),
      ),
      ...vulnerability.references.flatMap(({ summary, url }) => fact('Reference', summary ?? url, url)),
    ],
  };
}
