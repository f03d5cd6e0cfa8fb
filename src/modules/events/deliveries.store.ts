import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import type { EventType } from './event.types.js';

export const DELIVERY_STATES = ['pending', 'delivered', 'dead', 'withdrawn'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface DeliveryRow {
  id: string;
  type: EventType;
  subscription_id: string | null;
  state: DeliveryState;
  attempts: number;
  planned_at: Date;
  next_attempt_at: Date | null;
  last_attempt_at: Date | null;
  last_status: number | null;
  last_fault: string | null;
  ended_at: Date | null;
}

/** One whose turn it is. */
export interface ClaimedRow {
  key: number;
  id: string;
  event_key: number;
  subscription_id: string | null;
  attempts: number;
}

export interface PlannedDelivery {
  id: string;
  eventKey: number;
  type: EventType;
  subscription: string | null;
}

/** What became of an attempt. */
export interface Ended {
  state: DeliveryState;
  nextAttemptAt: Date | null;
  status: number | null;
  fault: string | null;
}

const columns = `d.id, d.type, d.subscription_id, d.state, d.attempts, d.planned_at, d.next_attempt_at, d.last_attempt_at,
  d.last_status, d.last_fault, d.ended_at`;
const page = statement(
  'webhook-deliveries',
  `select ${columns} from ronda.webhook_delivery d
    where d.space = $1 and d.webhook_key = $2 and ($3::text is null or d.state = $3)
      and (d.planned_at, d.id) < ($4::timestamptz, $5::uuid) order by d.planned_at desc, d.id desc limit $6`,
);
const one = statement(
  'webhook-delivery',
  `select ${columns} from ronda.webhook_delivery d where d.space = $1 and d.webhook_key = $2 and d.id = $3`,
);
const plan = statement(
  'webhook-delivery-plan',
  `insert into ronda.webhook_delivery (space, owner_key, id, webhook_key, event_key, type, subscription_id, state, attempts,
      planned_at, next_attempt_at)
   select w.space, w.owner_key, p.id, w.key, p."eventKey", p.type, p.subscription, 'pending', 0, $3, $3
     from ronda.webhook w
     cross join jsonb_to_recordset($4::jsonb) as p (id uuid, "eventKey" bigint, type text, subscription uuid)
    where w.space = $1 and w.key = $2`,
);
const claim = statement(
  'webhook-delivery-claim',
  `update ronda.webhook_delivery d set leased_until = $4, attempts = d.attempts + 1, last_attempt_at = $3
    where d.space = $1 and d.key = (select n.key from ronda.webhook_delivery n
        where n.space = $1 and n.webhook_key = $2 and n.state = 'pending' and n.next_attempt_at <= $3
          and (n.leased_until is null or n.leased_until <= $3)
        order by n.next_attempt_at, n.key limit 1 for update skip locked)
    returning d.key, d.id, d.event_key, d.subscription_id, d.attempts`,
);
// Only what was claimed for this attempt: where its lease was over and another has sent it, that one's word holds.
const end = statement(
  'webhook-delivery-end',
  `update ronda.webhook_delivery d set state = $4, next_attempt_at = $5, leased_until = null, last_status = $6, last_fault = $7,
      ended_at = case when $4 = 'pending' then null else $8::timestamptz end
    where d.space = $1 and d.key = $2 and d.attempts = $3 and d.state = 'pending' returning d.key`,
);
const replay = statement(
  'webhook-delivery-replay',
  `update ronda.webhook_delivery d set state = 'pending', attempts = 0, next_attempt_at = $4, leased_until = null, ended_at = null
    where d.space = $1 and d.webhook_key = $2 and d.id = $3 and d.state = 'dead' returning d.key`,
);

type Row<T> = T & Record<string, unknown>;

@Injectable()
export class DeliveriesStore {
  constructor(private readonly work: UnitOfWork) {}

  /** The newest first; one more than the limit, where there is one. */
  page(webhookKey: number, state: string | undefined, limit: number, after: CursorKeys | null): Promise<DeliveryRow[]> {
    const { at = 'infinity', id = 'ffffffff-ffff-ffff-ffff-ffffffffffff' } = after ?? {};
    return this.work.query<Row<DeliveryRow>>(page, [this.work.space, webhookKey, state ?? null, at, id, limit + 1]);
  }

  async one(webhookKey: number, id: string): Promise<DeliveryRow | undefined> {
    return (await this.work.query<Row<DeliveryRow>>(one, [this.work.space, webhookKey, id]))[0];
  }

  plan(webhookKey: number, planned: readonly PlannedDelivery[]): void {
    if (planned.length === 0) return;
    this.work.write(plan, [this.work.space, webhookKey, this.work.at, JSON.stringify(planned)]);
  }

  /** Takes one whose turn it is until `leasedUntil`; undefined where none is. The attempt counts from here on. */
  async claim(webhookKey: number, leasedUntil: Date): Promise<ClaimedRow | undefined> {
    const values = [this.work.space, webhookKey, this.work.at, leasedUntil];
    return (await this.work.query<Row<ClaimedRow>>(claim, values))[0];
  }

  /** @returns whether it was still this attempt's to say. */
  async end({ key, attempts }: ClaimedRow, { state, nextAttemptAt, status, fault }: Ended): Promise<boolean> {
    const { space, at } = this.work;
    return (await this.work.query(end, [space, key, attempts, state, nextAttemptAt, status, fault, at])).length > 0;
  }

  /** @returns whether it was a dead letter. */
  async replay(webhookKey: number, id: string): Promise<boolean> {
    return (await this.work.query(replay, [this.work.space, webhookKey, id, this.work.at])).length > 0;
  }
}
