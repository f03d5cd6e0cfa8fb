import type { Advisory, AdvisoryProduct, AdvisoryRemediation } from '../../../codecs/advisory/index.js';
import { advisoryOfCsaf } from '../../../codecs/csaf/index.js';
import { canonicalJson } from '../../../kernel/canonical-json.js';
import { readObservables } from '../../observables/index.js';
import { applyInput, contentOf, emptyDraft } from '../advisory.content.js';
import type { AdvisoryContent, AdvisoryInput, AffectedProduct, ProductStatus } from '../advisory.content.js';
import { scoreOf } from '../cvss.js';

/** As the requests of the API take them: what is beyond is left out of the draft, and kept in the document. */
const LOCAL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const PURL = /^pkg:[A-Za-z.+-][A-Za-z0-9.+-]*\/\S+$/;
const BCP47 = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const WEB = /^https?:\/\/[^\s]+\.[^\s]+$/;
const MOST = {
  title: 300,
  summary: 2000,
  body: 200_000,
  text: 20_000,
  name: 300,
  products: 500,
  vulnerabilities: 200,
  remedies: 200,
  indicators: 2000,
  references: 100,
  acknowledgements: 100,
} as const;

/** At the most so many signs as JavaScript counts them, and no half of one: no database keeps that. */
const cut = (text: string, most: number): string => text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');

const STATUSES = [
  ['affected', 'affected'],
  ['under-investigation', 'underInvestigation'],
  ['fixed', 'fixed'],
  ['not-affected', 'notAffected'],
] as const;

/** What a draft takes from an advisory of another publisher: what the API has a place for, at its lengths. */
export function draftOf(advisory: Advisory): AdvisoryInput {
  const ids = new Map(
    advisory.products
      .slice(0, MOST.products)
      .map(({ id }, at): [string, string] => [id, LOCAL_ID.test(id) ? id : `product-${at + 1}`]),
  );
  const named = (products: readonly string[]): string[] => [...new Set(products.flatMap((id) => ids.get(id) ?? []))];
  const remedies = [
    ...new Map(
      advisory.vulnerabilities.flatMap(({ remediations }) => remediations).map((each) => [canonicalJson(each), each]),
    ).values(),
  ];
  const { title, summary, body, kind, language, tlp, notes } = advisory;
  return {
    title: cut(title, MOST.title),
    summary: cut(summary ?? '', MOST.summary),
    body: cut(
      [body ?? '', ...notes.map((each) => `## ${each.title ?? each.category}\n\n${each.text}`)]
        .filter((each) => each !== '')
        .join('\n\n'),
      MOST.body,
    ),
    kind,
    language: language !== null && BCP47.test(language) ? language : 'en',
    ...(tlp !== null && { marking: { tlp } }),
    products: advisory.products.slice(0, MOST.products).map((each) => productOf(each, ids, advisory)),
    vulnerabilities: advisory.vulnerabilities.slice(0, MOST.vulnerabilities).map((each) => ({
      cve: each.cve,
      title: each.title === null ? null : cut(each.title, MOST.name),
      description: each.description === null ? null : cut(each.description, MOST.text),
      cwe: each.cwe === null ? [] : [each.cwe],
      cvss31: vectorOf(each.cvss, 'cvss31'),
      cvss40: vectorOf(each.cvss, 'cvss40'),
      exploitation: each.exploitation ?? 'unknown',
      products: named(STATUSES.flatMap(([, list]) => each[list])),
    })),
    remediations: remedies
      .flatMap(({ kind: category, details, url, products }) =>
        category === 'workaround'
          ? []
          : [{ category, details: cut(details, MOST.text), url: webAddress(url), products: named(products) }],
      )
      .slice(0, MOST.remedies),
    workarounds: remedies
      .filter((each: AdvisoryRemediation) => each.kind === 'workaround')
      .map(({ details, products }) => ({ details: cut(details, MOST.text), products: named(products) }))
      .slice(0, MOST.remedies),
    indicators: advisory.indicators
      .filter(({ type, value }) => readObservables([{ type, value }]).faults.length === 0)
      .slice(0, MOST.indicators),
    references: advisory.references
      .filter(({ url, isSelf }) => !isSelf && webAddress(url) !== null)
      .map(({ url, summary: about }) => ({ summary: cut(about ?? url, 1000), url }))
      .slice(0, MOST.references),
    acknowledgements: advisory.acknowledgements
      .map(({ names, organisation, summary: about }) => ({
        names: names.map((name) => cut(name, 200)).slice(0, 100),
        organisation: organisation === null ? null : cut(organisation, MOST.name),
        summary: about === null ? null : cut(about, 1000),
      }))
      .slice(0, MOST.acknowledgements),
  };
}

function productOf(
  { id, vendor, product, versions, purl, cpe }: AdvisoryProduct,
  ids: ReadonlyMap<string, string>,
  { vulnerabilities }: Advisory,
): AffectedProduct {
  const status: ProductStatus =
    STATUSES.find(([, list]) => vulnerabilities.some((each) => each[list].includes(id)))?.[0] ?? 'under-investigation';
  return {
    id: ids.get(id) ?? id,
    vendor: cut(vendor ?? 'Unknown', MOST.name),
    product: cut(product, MOST.name),
    versions:
      versions === null
        ? []
        : [{ version: cut(versions, MOST.name), scheme: versions.startsWith('vers:') ? 'vers' : 'plain', status }],
    purl: purl !== null && PURL.test(purl) ? purl : null,
    cpe: cpe?.startsWith('cpe:2.3:') === true ? cpe : null,
  };
}

const webAddress = (url: string | null): string | null => (url !== null && WEB.test(url) ? url : null);

const vectorOf = (vectors: readonly string[], version: 'cvss31' | 'cvss40'): string | null =>
  vectors.find((vector) => !('fault' in scoreOf(version, vector))) ?? null;

/**
 * An advisory that was imported, as it leaves: what its owner did not change as it came, with members that Ronda has no
 * place for.
 */
export function asImported(neutral: Advisory, content: AdvisoryContent, origin: Record<string, unknown>): Advisory {
  const came = advisoryOfCsaf(origin);
  const before = contentOf(applyInput(emptyDraft('PAP:CLEAR'), draftOf(came)));
  const isAsCame = (...parts: (keyof AdvisoryContent)[]): boolean =>
    parts.every((part) => canonicalJson(before[part]) === canonicalJson(content[part]));
  const says =
    neutral.kind === came.kind &&
    !neutral.notes.some(({ title }) => title === 'Issued jointly with') &&
    isAsCame('summary', 'body', 'indicators');
  return {
    ...neutral,
    ...(says && { summary: came.summary, body: came.body, indicators: came.indicators, notes: came.notes }),
    ...(isAsCame('products', 'vulnerabilities', 'remediations', 'workarounds') && {
      products: came.products,
      vulnerabilities: came.vulnerabilities,
    }),
    ...(isAsCame('references') && { references: came.references }),
    ...(isAsCame('acknowledgements') && { acknowledgements: came.acknowledgements }),
    origin,
  };
}
