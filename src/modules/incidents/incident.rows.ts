import type { Pap, Tlp } from '../../kernel/markings.js';
import type { AssessedSeverity, IncidentContent } from './incident.content.js';
import type { Status } from './incident.rules.js';
import type { Appearance } from '../observables/index.js';

/** What a revision's `facts` column holds: the content but for what has a column of its own. */
export type StoredFacts = Omit<IncidentContent, 'marking' | 'rsit' | 'sector' | 'countries' | 'severity'> & {
  severity: { own: AssessedSeverity | null; shared: AssessedSeverity | null; given: Record<string, string> | null };
};

/** What is shown of a record to one reader: of the newest revision it may read. */
export interface ShownRow {
  key: number;
  id: string;
  origin_node: string;
  authorship: 'named' | 'anonymous';
  is_owner: boolean;
  is_filer: boolean;
  /** Null where it is anonymous and the reader is not of its owner's side; so are the owner's facts below. */
  owner_key: number | null;
  filer_key: number | null;
  owner_id: string | null;
  owner_name: string | null;
  owner_country: string | null;
  /** The reader's own principals that let it in. */
  via: number[];
  /** The internal number of the revision; never shown. */
  number: number;
  /** How many revisions the reader may read up to this one: the number it sees. */
  revision: number;
  updated_at: Date;
  status: Status;
  tlp: Tlp | null;
  pap: Pap;
  rsit_class: string | null;
  rsit_type: string | null;
  sector: string | null;
  countries: string[];
  facts: StoredFacts;
}

/** Found by its words; with the comments that matched. */
export interface FoundIncidentRow extends ShownRow {
  since: Date;
  /** Of the record's own words; the greatest of its texts'. */
  rank: number;
  is_common: boolean;
  said: { id: string; body: string }[] | null;
}

/** What has just been filed: its key is the database's, and nobody asked for it. */
export type FiledRow = Omit<ShownRow, 'key'>;

/** With what a change has to know. */
export interface IncidentRow extends ShownRow {
  /** The number of the newest revision of all. */
  head: number;
  author_key: number | null;
  owner_readers: number[];
}

export interface RevisionRow {
  number: number;
  change: string;
  note: string | null;
  author_id: string | null;
  author_name: string | null;
  created_at: Date;
  status: Status;
  tlp: Tlp | null;
  pap: Pap;
  rsit_class: string | null;
  rsit_type: string | null;
  sector: string | null;
  countries: string[];
  facts: StoredFacts;
}

export interface NewRevision {
  change: string;
  note?: string | undefined;
  status: Status;
  content: IncidentContent;
  severity: { own: AssessedSeverity | null; shared: AssessedSeverity | null };
  /** Principals that read this revision from the start: the owner's side, and a filer that hands it over. */
  readers: number[];
  authorKey: number;
  /** What it says anew, and the rows of what it says no more; left out where it says what the one before said. */
  observables?: { added: readonly Appearance[]; ended: readonly number[] } | undefined;
}

export interface NewIncident {
  id: string;
  originNode: string;
  authorship: 'named' | 'anonymous';
  owner: { key: number; id: string; name: string; country: string | null };
  authorKey: number;
  ownerReaders: number[];
  revision: NewRevision;
}

export interface ListFilters {
  status?: string[] | undefined;
  class?: string[] | undefined;
  type?: string[] | undefined;
  severityBand?: string[] | undefined;
  sector?: string[] | undefined;
  country?: string[] | undefined;
  organisation?: string[] | undefined;
  tlp?: string[] | undefined;
  since?: string | undefined;
  until?: string | undefined;
  isTriageQueue?: boolean;
}

/** What the column `facts` holds of a revision. */
export function storedFacts({ content, severity }: Pick<NewRevision, 'content' | 'severity'>): StoredFacts {
  const { marking, rsit, sector, countries, severity: given, ...rest } = content;
  return { ...rest, severity: { ...severity, given } };
}
