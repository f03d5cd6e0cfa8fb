import type { Tlp } from '../../kernel/markings.js';

export const ADVISORY_KINDS = ['vulnerability', 'threat', 'fraud-campaign', 'guidance', 'early-warning'] as const;
export type AdvisoryKind = (typeof ADVISORY_KINDS)[number];

/**
 * One version of an advisory as it may leave to its readers, or as it came from elsewhere: between the modules, which know
 * who may see what, and the renderings, which know how others write it. Times are RFC 3339 UTC. Nothing is left out: what
 * is not known is null or empty, so that two advisories can be compared.
 */
export interface Advisory {
  title: string;
  summary: string | null;
  /** Markdown. */
  body: string | null;
  kind: AdvisoryKind;
  /** BCP 47. */
  language: string | null;
  /** Null where it came unmarked: such a one cannot leave. */
  tlp: Tlp | null;
  /** What its readers may do with it, beside the label. */
  distribution: string | null;
  publisher: AdvisoryPublisher;
  tracking: AdvisoryTracking;
  products: AdvisoryProduct[];
  vulnerabilities: AdvisoryVulnerability[];
  indicators: AdvisoryIndicator[];
  references: AdvisoryReference[];
  acknowledgements: AdvisoryAcknowledgement[];
  /** What else its publisher had to say. */
  notes: AdvisoryNote[];
  /** The document that it was read from, whole; null for one of our own. */
  origin: Record<string, unknown> | null;
}

export const PUBLISHER_CATEGORIES = ['coordinator', 'discoverer', 'other', 'translator', 'user', 'vendor'] as const;
export type PublisherCategory = (typeof PUBLISHER_CATEGORIES)[number];

export interface AdvisoryPublisher {
  name: string;
  /** A URL of the publisher's own, by which the world tells it from others. */
  namespace: string;
  category: PublisherCategory;
  contact: string | null;
}

export const ADVISORY_STATUSES = ['draft', 'interim', 'final'] as const;
export type AdvisoryStatus = (typeof ADVISORY_STATUSES)[number];

export interface AdvisoryTracking {
  /** The publisher's own, the same in every version. */
  id: string;
  /** Semantic version, or a whole number. */
  version: string;
  status: AdvisoryStatus;
  initialReleaseDate: string;
  currentReleaseDate: string;
  /** From the oldest to the newest. */
  revisions: AdvisoryRevision[];
}

export interface AdvisoryRevision {
  version: string;
  date: string;
  summary: string;
}

export interface AdvisoryProduct {
  /** By which vulnerabilities name it. */
  id: string;
  vendor: string | null;
  product: string;
  /** One version, or a range of them: vers or plain words. */
  versions: string | null;
  purl: string | null;
  /** CPE 2.2 or 2.3. */
  cpe: string | null;
}

export const EXPLOITATIONS = ['none-known', 'proof-of-concept', 'exploited'] as const;
export type Exploitation = (typeof EXPLOITATIONS)[number];

export interface AdvisoryVulnerability {
  cve: string | null;
  title: string | null;
  description: string | null;
  /** `CWE-79`. */
  cwe: string | null;
  /** CVSS vectors of versions 2.0 to 4.0. Scores are computed from them (`cvss.ts`), never written. */
  cvss: string[];
  exploitation: Exploitation | null;
  /** Ids of products. */
  affected: string[];
  fixed: string[];
  notAffected: string[];
  underInvestigation: string[];
  remediations: AdvisoryRemediation[];
  references: AdvisoryReference[];
}

export const REMEDIATION_KINDS = [
  'vendor-fix',
  'mitigation',
  'workaround',
  'no-fix-planned',
  'none-available',
] as const;
export type RemediationKind = (typeof REMEDIATION_KINDS)[number];

export interface AdvisoryRemediation {
  kind: RemediationKind;
  details: string;
  url: string | null;
  /** Ids of the products that it is for; empty where that has not been said. */
  products: string[];
}

/** A value as the observables module names and normalises it. */
export interface AdvisoryIndicator {
  type: string;
  value: string;
  comment: string | null;
}

export interface AdvisoryReference {
  url: string;
  summary: string | null;
  /** The advisory itself, at another place or in another format. */
  isSelf: boolean;
}

export interface AdvisoryAcknowledgement {
  names: string[];
  organisation: string | null;
  summary: string | null;
  urls: string[];
}

export const NOTE_CATEGORIES = [
  'description',
  'details',
  'faq',
  'general',
  'legal_disclaimer',
  'other',
  'summary',
] as const;
export type NoteCategory = (typeof NOTE_CATEGORIES)[number];

export interface AdvisoryNote {
  category: NoteCategory;
  title: string | null;
  text: string;
  audience: string | null;
}
