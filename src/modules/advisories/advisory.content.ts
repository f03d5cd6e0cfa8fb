import type { Pap, Tlp } from '../../kernel/markings.js';
import type { Fault } from '../../kernel/problem.js';
import { invalidInput } from '../../kernel/problem.js';
import { audienceFaults } from '../../policy/audience.js';
import type { AudienceItem } from '../../policy/audience.js';
import { readObservables } from '../observables/index.js';
import { scoreOf } from './cvss.js';
import type { CvssScore } from './cvss.js';

export const ADVISORY_KINDS = ['vulnerability', 'threat', 'fraud-campaign', 'guidance', 'early-warning'] as const;
export type AdvisoryKind = (typeof ADVISORY_KINDS)[number];

export const EXPLOITATION = ['unknown', 'none-known', 'proof-of-concept', 'exploited'] as const;
export type Exploitation = (typeof EXPLOITATION)[number];

export const PRODUCT_STATUSES = ['affected', 'fixed', 'not-affected', 'under-investigation'] as const;
export type ProductStatus = (typeof PRODUCT_STATUSES)[number];

export const REMEDIATION_CATEGORIES = ['vendor-fix', 'mitigation', 'no-fix-planned', 'none-available'] as const;
export type RemediationCategory = (typeof REMEDIATION_CATEGORIES)[number];

export interface ProductVersion {
  version: string;
  scheme: 'plain' | 'vers';
  status: ProductStatus;
}

export interface AffectedProduct {
  id: string;
  vendor: string;
  product: string;
  versions: ProductVersion[];
  purl?: string | null;
  cpe?: string | null;
}

export interface Vulnerability {
  cve?: string | null;
  title?: string | null;
  description?: string | null;
  cwe?: string[];
  cvss31?: string | null;
  cvss40?: string | null;
  exploitation?: Exploitation;
  /** Ids of products of this advisory; all of them where it is left out. */
  products?: string[];
}

/** What was sent of a vulnerability, and the scores of its vectors, which nobody types. */
export interface ScoredVulnerability extends Vulnerability {
  scores: { cvss31: CvssScore | null; cvss40: CvssScore | null };
}

export interface Remediation {
  category: RemediationCategory;
  details: string;
  url?: string | null;
  products?: string[];
}

export interface Workaround {
  details: string;
  products?: string[];
}

export interface Indicator {
  type: string;
  value: string;
  comment?: string | null;
}

export interface Reference {
  summary: string;
  url: string;
}

export interface Acknowledgement {
  names?: string[];
  organisation?: string | null;
  summary?: string | null;
}

/** What an advisory says, in the shape of the API. */
export interface AdvisoryContent {
  title: string;
  summary: string;
  body: string;
  language: string;
  products: AffectedProduct[];
  vulnerabilities: ScoredVulnerability[];
  remediations: Remediation[];
  workarounds: Workaround[];
  indicators: Indicator[];
  references: Reference[];
  acknowledgements: Acknowledgement[];
}

/** A draft as its owner works on it: what it says, how far it may go, and to whom it is meant. */
export interface AdvisoryDraft extends AdvisoryContent {
  kind: AdvisoryKind;
  marking: { tlp: Tlp; pap: Pap };
  audience: AudienceItem[];
  /** Ids of organisations that issue it too. */
  jointWith: string[];
  isUrgent: boolean;
  acknowledgeWithinHours: number | null;
  /** Ids of incidents that it was written from. */
  sources: string[];
}

/** A row as a caller may say it: null of what it may leave out is none. */
type Said<Row> = { [Name in keyof Row]: undefined extends Row[Name] ? Row[Name] | null : Row[Name] };

/** What a caller sends: any part of it. `null` takes back what may be absent. */
export interface AdvisoryInput {
  title?: string | undefined;
  summary?: string | undefined;
  body?: string | undefined;
  language?: string | undefined;
  kind?: AdvisoryKind | undefined;
  marking?: { tlp: Tlp; pap?: Pap | undefined } | undefined;
  audience?: AudienceItem[] | null | undefined;
  jointWith?: string[] | null | undefined;
  urgent?: boolean | null | undefined;
  acknowledgeWithinHours?: number | null | undefined;
  products?: AffectedProduct[] | null | undefined;
  vulnerabilities?: Said<Vulnerability>[] | null | undefined;
  remediations?: Said<Remediation>[] | null | undefined;
  workarounds?: Said<Workaround>[] | null | undefined;
  indicators?: Indicator[] | null | undefined;
  sources?: string[] | null | undefined;
  references?: Reference[] | null | undefined;
  acknowledgements?: Said<Acknowledgement>[] | null | undefined;
}

export const emptyDraft = (pap: Pap): AdvisoryDraft => ({
  title: '',
  summary: '',
  body: '',
  language: 'en',
  kind: 'guidance',
  // Nobody but the owner, until it says otherwise.
  marking: { tlp: 'TLP:AMBER+STRICT', pap },
  audience: [],
  jointWith: [],
  isUrgent: false,
  acknowledgeWithinHours: null,
  products: [],
  vulnerabilities: [],
  remediations: [],
  workarounds: [],
  indicators: [],
  sources: [],
  references: [],
  acknowledgements: [],
});

const LISTS = [
  'products',
  'remediations',
  'workarounds',
  'references',
  'acknowledgements',
  'sources',
  'jointWith',
  'audience',
] as const;

/**
 * Applies what was sent to what was there: members left out stay.
 * @throws Problem `invalid-input` with every fault, each by its JSON Pointer.
 */
export function applyInput(before: AdvisoryDraft, input: AdvisoryInput): AdvisoryDraft {
  const after: AdvisoryDraft = { ...before };
  const faults: Fault[] = [];
  for (const name of ['title', 'summary', 'body', 'language', 'kind'] as const)
    if (input[name] !== undefined) Object.assign(after, { [name]: input[name] });
  for (const name of LISTS)
    if (input[name] !== undefined) Object.assign(after, { [name]: plain<unknown>(input[name] ?? []) });
  if (input.marking) after.marking = { tlp: input.marking.tlp, pap: input.marking.pap ?? before.marking.pap };
  if (input.urgent !== undefined) after.isUrgent = input.urgent ?? false;
  if (input.acknowledgeWithinHours !== undefined) after.acknowledgeWithinHours = input.acknowledgeWithinHours;
  if (input.vulnerabilities !== undefined)
    after.vulnerabilities = scored(plain<Vulnerability>(input.vulnerabilities ?? []), faults);
  if (input.indicators !== undefined) after.indicators = readIndicators(input.indicators ?? [], faults);
  faults.push(...faultsOf(after));
  if (faults.length > 0) throw invalidInput(faults);
  return after;
}

/** Members of a row that are lists, or one of some words: null is none there, and whoever renders it needs not ask. */
const LEFT_OUT = new Set(['products', 'cwe', 'names', 'exploitation']);

/** Class instances of DTOs are rows of JSON from here on. */
const plain = <Row>(rows: readonly (Row | Said<Row>)[]): Row[] =>
  JSON.parse(JSON.stringify(rows), (name, member: unknown) =>
    member === null && LEFT_OUT.has(name) ? undefined : member,
  ) as Row[];

function scored(vulnerabilities: readonly Vulnerability[], faults: Fault[]): ScoredVulnerability[] {
  return vulnerabilities.map((vulnerability, index) => {
    const score = (name: 'cvss31' | 'cvss40'): CvssScore | null => {
      const vector = vulnerability[name];
      if (vector == null) return null;
      const result = scoreOf(name, vector);
      if ('fault' in result) faults.push({ pointer: `/vulnerabilities/${index}/${name}`, detail: result.fault });
      return 'fault' in result ? null : result;
    };
    return { ...vulnerability, scores: { cvss31: score('cvss31'), cvss40: score('cvss40') } };
  });
}

function readIndicators(indicators: readonly Indicator[], faults: Fault[]): Indicator[] {
  const read = readObservables(indicators.map(({ type, value }) => ({ type, value })));
  faults.push(
    ...read.faults.map(({ pointer, detail }) => ({
      pointer: pointer.replace(/^\/observables/, '/indicators'),
      detail: detail.replaceAll('/observables/', '/indicators/'),
    })),
  );
  if (read.faults.length > 0) return [];
  return read.appearances.map(({ type, value }, index) => ({
    type,
    value,
    comment: indicators[index]?.comment ?? null,
  }));
}

/** What is wrong between its parts. */
function faultsOf(draft: AdvisoryDraft): Fault[] {
  const faults = audienceFaults(draft.marking.tlp, draft.audience, '/audience');
  if (draft.marking.tlp === 'TLP:RED' && draft.jointWith.length > 0)
    faults.push({ pointer: '/jointWith', detail: 'TLP:RED is for named persons: no organisation issues it too.' });
  const ids = new Map<string, number>();
  for (const [index, { id }] of draft.products.entries()) {
    const first = ids.get(id);
    if (first !== undefined)
      faults.push({ pointer: `/products/${index}/id`, detail: `This is the id of /products/${first}.` });
    ids.set(id, first ?? index);
  }
  for (const part of ['vulnerabilities', 'remediations', 'workarounds'] as const)
    for (const [index, { products = [] }] of draft[part].entries())
      for (const [place, id] of products.entries())
        if (!ids.has(id))
          faults.push({
            pointer: `/${part}/${index}/products/${place}`,
            detail: 'No product of this advisory has that id.',
          });
  return faults;
}

/** What of a draft is the document, without whom it is meant for. */
export const contentOf = (draft: AdvisoryDraft): AdvisoryContent => ({
  title: draft.title,
  summary: draft.summary,
  body: draft.body,
  language: draft.language,
  products: draft.products,
  vulnerabilities: draft.vulnerabilities,
  remediations: draft.remediations,
  workarounds: draft.workarounds,
  indicators: draft.indicators,
  references: draft.references,
  acknowledgements: draft.acknowledgements,
});

/** Whether a JSON Pointer names something in a value. The empty one names all of it. @see RFC 6901 */
export function isIn(value: unknown, pointer: string): boolean {
  if (pointer === '') return true;
  if (!pointer.startsWith('/')) return false;
  let at: unknown = value;
  for (const token of pointer.slice(1).split('/')) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return false;
    at = (at as Record<string, unknown>)[name];
  }
  return true;
}
