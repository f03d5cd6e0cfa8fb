import { BEFORE_TITLE } from '../../kernel/watermark.js';
import type { RevisionRow } from './advisory.rows.js';
import type { AffectedProduct, ScoredVulnerability } from './advisory.content.js';
import type { IssuedVersion } from './issued-versions.js';

/** What a line of a list or a heading says: text that begins no other block and no markup. */
const line = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_[\]<>|#]/g, String.raw`\$&`);

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`## ${title}`, lines.join('\n')];

const of = (products: readonly string[] | undefined): string =>
  products === undefined || products.length === 0 ? '' : ` (${products.map(line).join(', ')})`;

/**
 * A version of an advisory as one Markdown document. The body is its author's Markdown and stands as it was written; all
 * else is text. Pure: whoever may read the version may have this.
 */
export function toMarkdown(
  issuer: string,
  revision: RevisionRow,
  history: readonly IssuedVersion[],
  isExercise: boolean,
): string {
  const { content } = revision;
  const published = revision.published_at?.toISOString() ?? 'not published';
  const parts = [
    `# ${isExercise ? BEFORE_TITLE : ''}${line(content.title)}`,
    [
      `- Issued by: ${line(issuer)}`,
      `- Version: ${revision.version}, ${published}`,
      `- Kind: ${revision.kind}`,
      `- Marking: ${revision.tlp}, ${revision.pap}`,
      `- Language: ${content.language}`,
    ].join('\n'),
    line(content.summary),
    content.body.trim(),
    ...section('Affected products', content.products.map(product)),
    ...section('Vulnerabilities', content.vulnerabilities.map(vulnerability)),
    ...section(
      'Remediations',
      content.remediations.map(
        ({ category, details, url, products }) =>
          `- ${category}${of(products)}: ${line(details)}${url == null ? '' : ` <${url}>`}`,
      ),
    ),
    ...section(
      'Workarounds',
      content.workarounds.map(({ details, products }) => `- ${line(details)}${of(products)}`),
    ),
    ...section(
      'Indicators',
      content.indicators.map(
        ({ type, value, comment }) => `- ${line(type)}: ${line(value)}${comment == null ? '' : `, ${line(comment)}`}`,
      ),
    ),
    ...section(
      'References',
      content.references.map(({ summary, url }) => `- ${line(summary)}: <${url}>`),
    ),
    ...section(
      'Acknowledgements',
      content.acknowledgements.map(
        ({ names = [], organisation, summary }) =>
          `- ${[...names, organisation, summary].flatMap((each) => (each == null ? [] : [line(each)])).join(', ')}`,
      ),
    ),
    ...section(
      'Revision history',
      history.map(
        ({ version, at, summary }) => `- ${version}, ${at.toISOString()}: ${line(summary ?? 'First version.')}`,
      ),
    ),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const product = ({ vendor, product: name, versions, purl, cpe }: AffectedProduct): string =>
  [
    `- ${line(vendor)} ${line(name)}`,
    ...versions.map(({ version, status }) => `  - ${status}: ${line(version)}`),
    ...[purl, cpe].flatMap((each) => (each == null ? [] : [`  - ${line(each)}`])),
  ].join('\n');

const vulnerability = (each: ScoredVulnerability): string =>
  [
    `- ${line(each.cve ?? each.title ?? 'without an id')}${of(each.products)}${each.cve == null || each.title == null ? '' : `: ${line(each.title)}`}`,
    ...(each.description == null ? [] : [`  - ${line(each.description)}`]),
    ...(each.cwe ?? []).map((cwe) => `  - ${cwe}`),
    ...(['cvss31', 'cvss40'] as const).flatMap((name) => {
      const score = each.scores[name];
      return score === null ? [] : [`  - ${score.score.toFixed(1)} ${score.severity}: ${line(each[name] ?? '')}`];
    }),
    ...(each.exploitation === undefined ? [] : [`  - exploitation: ${each.exploitation}`]),
  ].join('\n');
