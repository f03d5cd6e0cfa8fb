import type { Pap, Tlp } from '../../kernel/markings.js';

/**
 * One incident as it may leave to one reader, or as it came from elsewhere: between the modules, which know who may see
 * what, and the codecs, which know how others write it. Times are RFC 3339 UTC with milliseconds. Nothing is left out:
 * what is not known is null or empty, so that two records can be compared.
 */
export interface ExchangeRecord {
  /** UUID. Of an anonymous record the caller gives a fresh one where its own must not leave. */
  id: string;
  createdAt: string;
  modifiedAt: string;
  status: string;
  title: string;
  description: string | null;
  /** BCP 47. */
  language: string | null;
  occurredAt: string | null;
  detectedAt: string | null;
  reportedAt: string | null;
  containedAt: string | null;
  resolvedAt: string | null;
  rsit: { class: string; type: string } | null;
  marking: { tlp: Tlp | null; pap: Pap | null };
  severity: RecordSeverity | null;
  sector: string | null;
  /** ISO 3166-1 alpha-2. */
  countries: string[];
  tags: string[];
  /** ATT&CK and ATLAS ids. */
  techniques: string[];
  externalReferences: RecordReference[];
  fraud: RecordFraud | null;
  /** Null where it is anonymous. */
  organisation: RecordOrganisation | null;
  /** By what an anonymous filer is known in this thread. */
  alias: string | null;
  observables: RecordObservable[];
  sightings: RecordSighting[];
  mitigations: RecordMitigation[];
  /** Ids of records that this one is linked to. */
  relatedIds: string[];
  /** Comments. */
  notes: RecordNote[];
}

export interface RecordOrganisation {
  /** UUID. */
  id: string;
  name: string;
  country: string | null;
  /** When its name or country last changed: the version of the identity that others keep. */
  modifiedAt: string;
}

export interface RecordSeverity {
  scheme: string;
  factors: Record<string, string>;
  /** 0 to 100. */
  score: number;
  band: string;
}

export interface RecordReference {
  source: string;
  id: string | null;
  url: string | null;
  description: string | null;
}

export interface RecordFraud {
  modus: string | null;
  channel: string | null;
  impersonated: string | null;
  instruments: RecordInstrument[];
  /** Decimal as text, ISO 4217. */
  loss: { amount: string; currency: string } | null;
  victims: number | null;
}

export interface RecordInstrument {
  type: string;
  value: string;
  country: string | null;
  bank: string | null;
  expiresAt: string | null;
  isDisputed: boolean;
}

/** A value as the observables module names and normalises it: `ipv4`, `cidr`, `domain`, `sha256`, … or a free type. */
export interface RecordValue {
  type: string;
  value: string;
}

export interface RecordObservable extends RecordValue {
  /** Worth looking for: others get an indicator. */
  forDetection: boolean;
  comment: string | null;
  firstSeen: string | null;
  lastSeen: string | null;
}

export const SIGHTING_KINDS = ['seen', 'not-seen', 'false-positive', 'expired'] as const;
export type SightingKind = (typeof SIGHTING_KINDS)[number];

export interface RecordSighting {
  id: string;
  /** One of the record's observables; null where it is of the incident as a whole. */
  observable: RecordValue | null;
  kind: SightingKind;
  at: string;
  count: number;
  detector: string | null;
  organisation: RecordOrganisation | null;
}

export interface RecordMitigation {
  name: string;
  description: string | null;
}

export interface RecordNote {
  /** UUID. */
  id: string;
  text: string;
  createdAt: string;
  organisation: RecordOrganisation | null;
  alias: string | null;
}

/** What a codec starts from when it reads somebody else's document. */
export const emptyRecord = (id: string, createdAt: string): ExchangeRecord => ({
  id,
  createdAt,
  modifiedAt: createdAt,
  status: 'draft',
  title: '',
  description: null,
  language: null,
  occurredAt: null,
  detectedAt: null,
  reportedAt: null,
  containedAt: null,
  resolvedAt: null,
  rsit: null,
  marking: { tlp: null, pap: null },
  severity: null,
  sector: null,
  countries: [],
  tags: [],
  techniques: [],
  externalReferences: [],
  fraud: null,
  organisation: null,
  alias: null,
  observables: [],
  sightings: [],
  mitigations: [],
  relatedIds: [],
  notes: [],
});
