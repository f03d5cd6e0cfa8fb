import type { EventIds } from './event-ids.js';
import type { EventView } from './events.dto.js';
import type { EventRow } from './events.store.js';
import { kindOf } from './event.types.js';

/** An event by itself, or as what a subscription matched. */
export interface ToldEvent {
  row: EventRow;
  subscription: string | null;
}

/** What a row tells, in order: the event, and each subscription that it matches. */
export const toldBy = (row: EventRow): ToldEvent[] => [
  { row, subscription: null },
  ...row.subscriptions.map((subscription) => ({ row, subscription })),
];

/** @param readerId of the account, or of the organisation of a webhook. */
export function toEventView(ids: EventIds, readerId: string, { row, subscription }: ToldEvent): EventView {
  const { record_id: recordId, type, occurred_at: at } = row;
  return {
    id: ids.of(readerId, { recordId, type, at, subscription }),
    type: subscription === null ? type : 'subscription.matched',
    at: at.toISOString(),
    record: { kind: kindOf(type), id: recordId },
    parentId: row.parent_id,
    reason: row.reason,
    subscriptionId: subscription,
  };
}
