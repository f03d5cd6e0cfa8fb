import type { Pap, Tlp } from '../../kernel/markings.js';
import type { AssessedSeverity, IncidentContent } from './incident.content.js';
import type { QuarantineReason, Status } from './incident.rules.js';
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
  /** By what its readers know the owner of what is anonymous; of this record alone. */
  alias: string | null;
  /** Since when nobody but its owner's side reads it, because three members asked for that. */
  quarantined_at: Date | null;
  is_owner: boolean;
  is_filer: boolean;
  /** Null where it is anonymous and the reader is not of its owner's side; so are the owner's facts below. */
  owner_key: number | null;
  filer_key: number | null;
  owner_id: string | null;
  owner_name: string | null;
  owner_country: string | null;
  /** The reader's own principals that let it in; none where its national CERT passed it on. */
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

/** Whether the reader reads it because its national CERT passed it on, and for nothing else. */
export const isPassedOn = ({ via }: Pick<ShownRow, 'via'>): boolean => via.length === 0;

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
  /** Who is behind `owner_readers`: the same principals, but where a veil stands for them. */
  holders: number[];
}

/** Why nobody but the owner's side reads a record, to that side. */
export interface Quarantine {
  since: Date;
  reasons: QuarantineReason[];
}

export interface RevisionRow {
  number: number;
  /** Written while the record was anonymous, and by the reader's side: its references are in no row that others read. */
  is_veiled: boolean;
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
  alias: string | null;
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

/** The same of an anonymous record: whoever reads the row finds no reference of the filer's in it. */
export const veiledFacts = (revision: Pick<NewRevision, 'content' | 'severity'>): StoredFacts => ({
  ...storedFacts(revision),
  externalReferences: [],
});
