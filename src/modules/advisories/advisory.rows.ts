import type { Pap, Tlp } from '../../kernel/markings.js';
import type { AudienceItem } from '../../policy/audience.js';
import type { AdvisoryContent, AdvisoryKind } from './advisory.content.js';
import type { AdvisoryState, AdvisoryStatus } from './advisory.rules.js';

/** An advisory, and the newest of its revisions that the reader may read. */
export interface AdvisoryRow {
  key: number;
  id: string;
  origin_node: string;
  owner_key: number;
  author_key: number;
  owner_readers: number[];
  reviewers: number[];
  /** Who reads what is published: not shown. */
  audience: number[];
  head: number;
  status: AdvisoryStatus;
  /** It came in without a marking, and nobody gave it one yet: `tlp` is the narrowest of an organisation's, and is not shown. */
  is_unmarked: boolean;
  /** The number of the revision that is out. */
  published: number | null;
  submitted_at: Date | null;
  review_by: Date | null;
  interim_until: Date | null;
  withdrawn_at: Date | null;
  withdrawn_because: string | null;
  created_at: Date;
  is_owner: boolean;
  is_reviewer: boolean;
  /** The reader's own principals that let it in. */
  via: number[];
  number: number;
  /** How many revisions the reader may read, this one among them. */
  revision: number;
  written_by: number;
  written_at: Date;
  version: string;
  /** As which it was out as an interim, of one that is settled; and since when it is. */
  interim_version: string | null;
  settled_at: Date | null;
  summary_of_changes: string | null;
  tlp: Tlp;
  pap: Pap;
  kind: AdvisoryKind;
  chosen: AudienceItem[];
  joint: number[];
  is_urgent: boolean;
  source_count: number;
  acknowledge_within_hours: number | null;
  content: AdvisoryContent;
  /** When it first went out, as an interim where it was one. */
  published_at: Date | null;
  acknowledge_by: Date | null;
  state: AdvisoryState;
  has_open_changes: boolean;
  /** Null where the reader may not see who that is; so are the others. */
  owner_id: string | null;
  owner_name: string | null;
  owner_country: string | null;
  author_id: string | null;
  author_name: string | null;
}

/** What says where an advisory stands, and what the reader may do with it. */
export type StandingRow = Pick<
  AdvisoryRow,
  | 'status'
  | 'published'
  | 'owner_key'
  | 'interim_until'
  | 'is_owner'
  | 'is_reviewer'
  | 'number'
  | 'joint'
  | 'is_urgent'
  | 'published_at'
  | 'has_open_changes'
>;

/** As the review queue reads it. */
export type QueuedRow = StandingRow &
  Pick<
    AdvisoryRow,
    | 'key'
    | 'id'
    | 'submitted_at'
    | 'review_by'
    | 'via'
    | 'written_at'
    | 'version'
    | 'tlp'
    | 'pap'
    | 'kind'
    | 'acknowledge_by'
    | 'state'
    | 'owner_id'
    | 'owner_name'
    | 'owner_country'
  > & {
    title: string;
    /** Organisations that approved this revision. */
    approvals: number[];
    /** Accounts that wrote any of this version. */
    authors: number[];
    is_acknowledged: boolean;
  };

export interface RevisionRow {
  number: number;
  version: string;
  interim_version: string | null;
  settled_at: Date | null;
  summary_of_changes: string | null;
  author_key: number;
  author_id: string | null;
  author_name: string | null;
  created_at: Date;
  published_at: Date | null;
  tlp: Tlp;
  pap: Pap;
  kind: AdvisoryKind;
  content: AdvisoryContent;
}

interface OrganisationColumns {
  org_key: number;
  org_id: string | null;
  org_name: string | null;
  org_country: string | null;
}

export interface ApprovalRow extends OrganisationColumns {
  advisory_key: number;
  number: number;
  user_key: number;
  user_id: string | null;
  user_name: string | null;
  at: Date;
}

export interface InvitationRow extends OrganisationColumns {
  advisory_key: number;
  id: string;
  principal_key: number;
  user_key: number | null;
  user_id: string | null;
  user_name: string | null;
  is_joint: boolean;
  /** When it was invited. */
  at: Date;
}

export interface RemarkRow extends OrganisationColumns {
  id: string;
  revision: number;
  pointer: string;
  body: string;
  author_key: number;
  author_id: string | null;
  author_name: string | null;
  created_at: Date;
}

/** A line of the checklist of what a reviewer asks to be changed. */
export interface ChangeRow extends OrganisationColumns {
  advisory_key: number;
  id: string;
  revision: number;
  pointer: string;
  body: string;
  at: Date;
  done_at: Date | null;
  settled_at: Date | null;
}

export interface SourceRow {
  advisory_key: number;
  number: number;
  incident_id: string;
}

/** Whose words an advisory is that is kept as it came. */
export interface ReceivedFromRow {
  advisory_key: number;
  publisher: string;
  namespace: string;
  tracking_id: string;
  version: string;
}

export interface ReceiptRow extends OrganisationColumns {
  number: number;
  version: string;
  delivered_at: Date | null;
  acknowledged_at: Date | null;
}

/** A revision that is to be written. */
export interface NewRevision {
  version: string;
  summaryOfChanges: string | null;
  authorKey: number;
  tlp: Tlp;
  pap: Pap;
  kind: AdvisoryKind;
  chosen: readonly AudienceItem[];
  joint: readonly number[];
  isUrgent: boolean;
  acknowledgeWithinHours: number | null;
  content: AdvisoryContent;
  sourceKeys: readonly number[];
  /** With those that its owner does not read any more. */
  sourceCount: number;
}

export interface AdvisoryFilters {
  state?: string[] | undefined;
  kind?: string[] | undefined;
  tlp?: string[] | undefined;
  organisation?: string[] | undefined;
  cve?: string[] | undefined;
  since?: string | undefined;
  until?: string | undefined;
  tsquery?: string | undefined;
  /** Keys of those that say it in some revision; null where they are many. */
  among?: readonly number[] | null | undefined;
}
