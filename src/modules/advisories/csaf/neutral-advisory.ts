import type { Advisory, AdvisoryNote, AdvisoryProduct, AdvisoryRemediation } from '../../../codecs/advisory/index.js';
import type { Pap, Tlp } from '../../../kernel/markings.js';
import { BEFORE_TITLE, WATERMARK } from '../../../kernel/watermark.js';
import type { AdvisoryContent, AdvisoryKind, AffectedProduct, ScoredVulnerability } from '../advisory.content.js';
import type { IssuedVersion } from '../issued-versions.js';

/** What a rendering is made of, beside what the advisory says. */
export interface Rendered {
  id: string;
  kind: AdvisoryKind;
  tlp: Tlp;
  pap: Pap;
  content: AdvisoryContent;
  status: 'draft' | 'interim' | 'final';
  issuer: { name: string; namespace: string };
  /** Names of those who issue it too. */
  joint: readonly string[];
  /** Of those versions that every reader of this one may know of, the oldest first; this one is the last. */
  history: readonly IssuedVersion[];
  isExercise: boolean;
}

const UNTOLD = 'Not released to all readers of this version.';

/** One version of an advisory as its renderings take it. */
export function neutralAdvisory(rendered: Rendered): Advisory {
  const { id, kind, tlp, pap, content, status, issuer, joint, isExercise } = rendered;
  const revisions = historyOf(rendered.history);
  const products = content.products.map(productsOf);
  const ids = new Map(content.products.map((each, at) => [each.id, products[at] ?? []]));
  const vulnerabilities = content.vulnerabilities.map((each) => vulnerabilityOf(each, content, ids));
  const first = revisions[0]?.date ?? '';
  return {
    title: isExercise ? BEFORE_TITLE + content.title : content.title,
    summary: content.summary || null,
    body: content.body || null,
    kind,
    language: content.language,
    tlp,
    distribution: isExercise ? `${WATERMARK}\n${pap}` : pap,
    publisher: { ...issuer, category: 'coordinator', contact: null },
    tracking: {
      id,
      version: revisions.at(-1)?.version ?? '',
      status,
      initialReleaseDate: first,
      currentReleaseDate: revisions.at(-1)?.date ?? first,
      revisions,
    },
    products: products.flat().map(({ neutral }) => neutral),
    vulnerabilities,
    indicators: content.indicators.map(({ type, value, comment }) => ({ type, value, comment: comment ?? null })),
    references: content.references.map(({ url, summary }) => ({
      url,
      summary: summary === url ? null : summary,
      isSelf: false,
    })),
    acknowledgements: content.acknowledgements
      .map(({ names = [], organisation, summary }) => ({
        names,
        organisation: organisation || null,
        summary: summary || null,
        urls: [],
      }))
      .filter(({ names, organisation, summary }) => names.length > 0 || organisation !== null || summary !== null),
    notes: notesOf(content, joint, vulnerabilities),
    origin: null,
  };
}

/**
 * The history that CSAF asks for: it has every whole number of a version, also of those that not everybody was told of.
 * Of them it says nothing, and dates them as the next one.
 * @see CSAF 2.0 §6.1.21
 */
function historyOf(versions: readonly IssuedVersion[]): Advisory['tracking']['revisions'] {
  let reached = 0;
  return versions.flatMap(({ version, at, summary }) => {
    const date = at.toISOString();
    const major = Number.parseInt(version, 10);
    const untold = Array.from({ length: Math.max(0, major - reached - 1) }, (_, nth) => ({
      version: `${reached + nth + 1}.0.0`,
      date,
      summary: UNTOLD,
    }));
    reached = Math.max(reached, major);
    return [...untold, { version, date, summary: summary || 'First version.' }];
  });
}

interface VersionOfProduct {
  neutral: AdvisoryProduct;
  status: 'affected' | 'fixed' | 'not-affected' | 'under-investigation';
}

/** Each version is a product of its own. The sign between the two is in no id that a person gives. */
function productsOf({ id, vendor, product, versions, purl, cpe }: AffectedProduct): VersionOfProduct[] {
  const whole = { vendor, product, purl: purl ?? null, cpe: cpe ?? null };
  if (versions.length === 0) return [{ neutral: { id, ...whole, versions: null }, status: 'affected' }];
  return versions.map(({ version, status }, at) => ({
    neutral: { id: versions.length === 1 ? id : `${id}:${at + 1}`, ...whole, versions: version },
    status,
  }));
}

type ById = ReadonlyMap<string, readonly VersionOfProduct[]>;

function vulnerabilityOf(
  vulnerability: ScoredVulnerability,
  content: AdvisoryContent,
  ids: ById,
): Advisory['vulnerabilities'][number] {
  const { cve, title, description, cwe = [], cvss31, cvss40, exploitation } = vulnerability;
  const about = productsNamed(vulnerability.products, ids);
  const those = (status: VersionOfProduct['status']): string[] => [
    ...new Set(
      about.flatMap((id) => (ids.get(id) ?? []).flatMap((each) => (each.status === status ? [each.neutral.id] : []))),
    ),
  ];
  return {
    cve: cve ?? null,
    title: title || null,
    description: description || null,
    cwe: cwe[0] ?? null,
    cvss: [cvss31, cvss40].flatMap((each) => each ?? []),
    exploitation: exploitation === undefined || exploitation === 'unknown' ? null : exploitation,
    affected: those('affected'),
    fixed: those('fixed'),
    notAffected: those('not-affected'),
    underInvestigation: those('under-investigation'),
    remediations: remediesOf(content)
      .filter(({ products }) => products.length === 0 || products.some((id) => about.includes(id)))
      .map((each) => ({ ...each, products: affectedOf(each.products, ids) })),
    references: [],
  };
}

const productsNamed = (products: readonly string[] | undefined, ids: ById): string[] =>
  products === undefined || products.length === 0 ? [...ids.keys()] : [...products];

/** Of the named products the affected versions, all versions where none is; nothing where no product is named. */
function affectedOf(products: readonly string[], ids: ById): string[] {
  const versions = [...new Set(products)].flatMap((id) => ids.get(id) ?? []);
  const affected = versions.filter(({ status }) => status === 'affected');
  return (affected.length > 0 ? affected : versions).map(({ neutral }) => neutral.id);
}

const remediesOf = ({ remediations, workarounds }: AdvisoryContent): AdvisoryRemediation[] => [
  ...remediations.map(({ category, details, url, products = [] }) => ({
    kind: category,
    details,
    url: url ?? null,
    products,
  })),
  ...workarounds.map(({ details, products = [] }) => ({ kind: 'workaround' as const, details, url: null, products })),
];

/** What the neutral advisory has no other place for. */
function notesOf(
  content: AdvisoryContent,
  joint: readonly string[],
  vulnerabilities: Advisory['vulnerabilities'],
): AdvisoryNote[] {
  const note = (title: string, text: string): AdvisoryNote => ({ category: 'general', title, text, audience: null });
  const told = new Set(vulnerabilities.flatMap(({ remediations }) => remediations.map(({ details }) => details)));
  return [
    ...(joint.length > 0 ? [note('Issued jointly with', joint.join(', '))] : []),
    ...content.vulnerabilities.flatMap(({ cve, title, cwe = [] }) =>
      cwe.length > 1
        ? [note('Further weaknesses', `${cve ?? title ?? 'Vulnerability'}: ${cwe.slice(1).join(', ')}`)]
        : [],
    ),
    ...remediesOf(content)
      .filter(({ details }) => !told.has(details))
      .map(({ kind, details, url }) => note(`Remediation: ${kind}`, url === null ? details : `${details}\n\n<${url}>`)),
  ];
}
