/** What the database tells, in the order in which cursors number them: append only. */
export const TOLD_TYPES = [
  'incident.changed',
  'incident.recalled',
  'comment.added',
  'request.changed',
  'webhook.disabled',
  'inbox.delivered',
  'advisory.published',
  'advisory.acknowledgement-due',
] as const;
export type ToldType = (typeof TOLD_TYPES)[number];

/** What a reader is told: besides, that a subscription of its organisation matches what became readable. */
export const EVENT_TYPES = [...TOLD_TYPES, 'subscription.matched'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export const RECORD_KINDS = ['incident', 'comment', 'request', 'webhook', 'inbox-item', 'advisory'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

const kinds: Record<ToldType, RecordKind> = {
  'incident.changed': 'incident',
  'incident.recalled': 'incident',
  'comment.added': 'comment',
  'request.changed': 'request',
  'webhook.disabled': 'webhook',
  'inbox.delivered': 'inbox-item',
  'advisory.published': 'advisory',
  'advisory.acknowledgement-due': 'advisory',
};
export const kindOf = (type: ToldType): RecordKind => kinds[type];

/** How long events are kept, and so for how long a stream can be resumed. */
export const KEPT_DAYS = 7;
