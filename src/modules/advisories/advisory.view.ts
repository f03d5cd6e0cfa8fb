import type { Actor } from '../../kernel/actor.js';
import type { OrganisationSummary } from '../identity/index.js';
import { allowedActions, approvalsDue } from './advisory.rules.js';
import type { AdvisoryFacts } from './advisory.rules.js';
import type {
  AdvisoryRow,
  ApprovalRow,
  ChangeRow,
  InvitationRow,
  ReceiptRow,
  ReceivedFromRow,
  RemarkRow,
  StandingRow,
} from './advisory.rows.js';
import type { IssuerRef, RequestedChangeView, ReviewView, ReviewerRef } from './advisory-review.views.dto.js';
import type { AdvisoryScheduleView, AdvisoryView, ReceivedFromView } from './advisory.views.dto.js';
import type { AdvisoryCommentView, AdvisoryReceiptView } from './review.views.dto.js';

/** What was said of an advisory, as far as what may be done with it depends on it. */
interface Said {
  approvals: readonly Pick<ApprovalRow, 'number' | 'org_key'>[];
  /** Accounts that wrote any of the newest version. */
  authors: readonly number[];
  isAcknowledged: boolean;
}

/** What a view needs beside the row, each of this advisory. */
export interface AdvisoryContext extends Said {
  approvals: readonly ApprovalRow[];
  invitations: readonly InvitationRow[];
  changes: readonly ChangeRow[];
  /** Organisations by their keys, of those that the caller sees. */
  organisations: ReadonlyMap<number, OrganisationSummary>;
  sources: readonly string[];
  schedule: AdvisoryScheduleView | null;
  receivedFrom: ReceivedFromRow | null;
}

export const isInside = (row: Pick<AdvisoryRow, 'is_owner' | 'is_reviewer'>): boolean =>
  row.is_owner || row.is_reviewer;

/** Where it stands and who asks. Of what is worked on, nothing of this depends for whom it is not shown to. */
export const factsOf = (row: StandingRow, { approvals, authors, isAcknowledged }: Said): AdvisoryFacts => ({
  status: isInside(row) ? row.status : 'published',
  ownerKey: row.owner_key,
  joint: row.joint,
  approvals: approvals
    .filter(({ number }) => number === row.number)
    .map(({ org_key }) => ({ organisationKey: org_key })),
  hasOpenChanges: row.has_open_changes,
  isInterim: row.interim_until !== null,
  isUrgent: row.is_urgent,
  isOwner: row.is_owner,
  isReviewer: row.is_reviewer,
  authors,
  isOut: row.published !== null && row.status !== 'withdrawn',
  isToAcknowledge: !row.is_owner && row.published_at !== null && !isAcknowledged,
});

/** The advisory as this caller may see it. Every member is named here; nothing is spread. */
export function toAdvisoryView(row: AdvisoryRow, actor: Actor, context: AdvisoryContext): AdvisoryView {
  const { content } = row;
  const inside = isInside(row);
  return {
    id: row.id,
    originNode: row.origin_node,
    state: row.state,
    version: row.version,
    revision: row.revision,
    summaryOfChanges: row.summary_of_changes,
    kind: row.kind,
    title: content.title,
    summary: content.summary,
    body: content.body,
    language: content.language,
    marking: { tlp: row.is_unmarked ? null : row.tlp, pap: row.pap },
    owner: refOf(row.owner_id, row.owner_name, row.owner_country),
    jointWith: row.joint.flatMap((key) => organisationOf(context.organisations.get(key)) ?? []),
    receivedFrom: publisherOf(context.receivedFrom),
    author: personOf(row.owner_key === actor.organisationKey, row.author_id, row.author_name),
    urgent: row.is_urgent,
    products: content.products,
    vulnerabilities: content.vulnerabilities,
    remediations: content.remediations,
    workarounds: content.workarounds,
    indicators: content.indicators,
    references: content.references,
    acknowledgements: content.acknowledgements,
    sources: [...context.sources],
    audience: inside ? row.chosen : null,
    acknowledgeWithinHours: row.acknowledge_within_hours,
    writtenAt: inside ? row.written_at.toISOString() : null,
    publishedAt: iso(row.settled_at ?? row.published_at),
    interimUntil: iso(row.interim_until),
    withdrawnAt: iso(row.withdrawn_at),
    withdrawnBecause: row.withdrawn_because,
    review: inside ? reviewOf(row, actor, context) : null,
    schedule: row.is_owner ? context.schedule : null,
    acknowledgement:
      row.acknowledge_by === null || row.is_owner
        ? null
        : { by: row.acknowledge_by.toISOString(), isDone: context.isAcknowledged },
    allowedActions: allowedActions(actor, factsOf(row, context)),
  };
}

function reviewOf(row: AdvisoryRow, actor: Actor, context: AdvisoryContext): ReviewView {
  const facts = factsOf(row, context);
  return {
    submittedAt: iso(row.submitted_at),
    reviewBy: iso(row.review_by),
    approvals: context.approvals
      .filter(({ number }) => number === row.number)
      .map((each) => ({
        organisation: refOf(each.org_id, each.org_name, each.org_country),
        by: personOf(each.org_key === actor.organisationKey, each.user_id, each.user_name),
        at: each.at.toISOString(),
      })),
    approvalsDue: approvalsDue(facts).flatMap((key) => organisationOf(context.organisations.get(key)) ?? []),
    invitations: context.invitations.map((each) => ({
      id: each.id,
      organisation: refOf(each.org_id, each.org_name, each.org_country),
      user: personOf(true, each.user_id, each.user_name),
      isJoint: each.is_joint,
      invitedAt: each.at.toISOString(),
    })),
    changes: context.changes.map(toChangeView),
  };
}

const toChangeView = (row: ChangeRow): RequestedChangeView => ({
  id: row.id,
  revision: row.revision,
  pointer: row.pointer,
  body: row.body,
  organisation: refOf(row.org_id, row.org_name, row.org_country),
  createdAt: row.at.toISOString(),
  doneAt: iso(row.done_at),
  settledAt: iso(row.settled_at),
});

export const toCommentView = (row: RemarkRow, actor: Actor): AdvisoryCommentView => ({
  id: row.id,
  revision: row.revision,
  pointer: row.pointer,
  body: row.body,
  organisation: refOf(row.org_id, row.org_name, row.org_country),
  author: personOf(row.org_key === actor.organisationKey, row.author_id, row.author_name),
  createdAt: row.created_at.toISOString(),
});

export const toReceiptView = (row: ReceiptRow): AdvisoryReceiptView => ({
  organisation: refOf(row.org_id, row.org_name, row.org_country),
  version: row.version,
  deliveredAt: iso(row.delivered_at),
  acknowledgedAt: iso(row.acknowledged_at),
});

export const refOf = (id: string | null, name: string | null, country: string | null): IssuerRef | null =>
  id !== null && name !== null ? { id, name, country } : null;

const publisherOf = (from: ReceivedFromRow | null): ReceivedFromView | null =>
  from && { publisher: from.publisher, namespace: from.namespace, trackingId: from.tracking_id, version: from.version };

const organisationOf = (found: OrganisationSummary | undefined): IssuerRef | null =>
  found ? { id: found.id, name: found.name, country: found.country } : null;

/** Persons are named to their own organisation. */
const personOf = (isShown: boolean, id: string | null, displayName: string | null): ReviewerRef | null =>
  isShown && id !== null && displayName !== null ? { id, displayName } : null;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
