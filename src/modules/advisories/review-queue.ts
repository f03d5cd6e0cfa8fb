import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { AdvisoriesStore } from './advisories.store.js';
import { AdvisoryReceipts } from './advisory-receipts.store.js';
import { allowedActions } from './advisory.rules.js';
import type { AdvisoryAction } from './advisory.rules.js';
import type { QueuedRow } from './advisory.rows.js';
import { factsOf, refOf } from './advisory.view.js';
import type { QueuedAdvisoryView, ReviewQueue, WaitsFor } from './review.views.dto.js';

/** What waits for the caller, since when, until when, and what it may do: in one call. */
@Injectable()
export class ReadReviewQueue {
  constructor(
    private readonly advisories: AdvisoriesStore,
    private readonly receipts: AdvisoryReceipts,
  ) {}

  async run(actor: Actor): Promise<ReviewQueue> {
    const rows = await this.advisories.queue();
    await this.receipts.shown(actor, rows);
    const items = rows.flatMap((row) => queued(row, allowedActions(actor, factsOf(row, saidOf(row)))) ?? []);
    return { items: items.sort((one, other) => compare(one.until, other.until) || compare(one.since, other.since)) };
  }
}

/** What nobody set a time for comes last. */
const compare = (one: string | null, other: string | null): number =>
  one === other ? 0 : one === null ? 1 : other === null ? -1 : one < other ? -1 : 1;

const saidOf = ({ number, approvals, authors, is_acknowledged }: QueuedRow) => ({
  approvals: approvals.map((org_key) => ({ number, org_key })),
  authors,
  isAcknowledged: is_acknowledged,
});

function queued(row: QueuedRow, actions: readonly AdvisoryAction[]): QueuedAdvisoryView | null {
  const waitsFor = whatFor(row, actions);
  if (waitsFor === null) return null;
  const isAcknowledgement = waitsFor === 'acknowledgement';
  const since = isAcknowledgement ? row.published_at : row.submitted_at;
  const until = isAcknowledgement
    ? row.acknowledge_by
    : waitsFor === 'joint-approval'
      ? row.interim_until
      : row.review_by;
  return {
    id: row.id,
    title: row.title,
    kind: row.kind,
    version: row.version,
    marking: { tlp: row.tlp, pap: row.pap },
    owner: refOf(row.owner_id, row.owner_name, row.owner_country),
    state: row.state,
    waitsFor,
    since: (since ?? row.written_at).toISOString(),
    until: until?.toISOString() ?? null,
    allowedActions: [...actions],
  };
}

function whatFor(row: QueuedRow, actions: readonly AdvisoryAction[]): WaitsFor | null {
  if (row.state === 'interim' && actions.includes('approve')) return 'joint-approval';
  if (actions.includes('approve')) return 'review';
  if (row.state === 'changes-requested' && actions.includes('edit')) return 'changes';
  if (row.state === 'approved' && actions.includes('publish')) return 'release';
  return actions.includes('acknowledge') && row.acknowledge_by !== null ? 'acknowledgement' : null;
}
