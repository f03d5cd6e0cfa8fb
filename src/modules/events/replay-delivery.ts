import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { conflict, notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import { DeliveriesStore } from './deliveries.store.js';
import type { DeliveryRow } from './deliveries.store.js';
import { KeepWebhooks } from './keep-webhooks.js';
import { SubscriptionsStore } from './subscriptions.store.js';
import type { DeliveriesQuery, DeliveryPage, DeliveryView } from './webhooks.dto.js';

/** What became of deliveries, and dead letters sent again. */
@Injectable()
export class ReplayDelivery {
  constructor(
    private readonly work: UnitOfWork,
    private readonly webhooks: KeepWebhooks,
    private readonly deliveries: DeliveriesStore,
    private readonly subscriptions: SubscriptionsStore,
  ) {}

  async page(webhookId: string, { limit, cursor, state }: DeliveriesQuery): Promise<DeliveryPage> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const { key } = await this.webhooks.row(webhookId);
    const rows = await this.deliveries.page(key, state, limit, after);
    return pageOf(rows, limit, ({ planned_at, id }) => ({ at: planned_at.toISOString(), id }), toView);
  }

  async view(webhookId: string, id: string): Promise<DeliveryView> {
    const { key } = await this.webhooks.row(webhookId);
    const row = await this.deliveries.one(key, id);
    if (!row) throw notFound();
    return toView(row);
  }

  /** @throws Problem 409 for what is no dead letter. @returns its id. */
  async run(actor: Actor, webhookId: string, id: string, ifMatch: string | undefined): Promise<string> {
    await this.subscriptions.lock(actor.organisationKey);
    checkIfMatch(ifMatch, await this.view(webhookId, id), false);
    const { key } = await this.webhooks.row(webhookId);
    if (!(await this.deliveries.replay(key, id)))
      throw conflict('not-a-dead-letter', 'This is no dead letter', 'Only what was given up is sent again.');
    const payload = { webhookId, deliveryId: id };
    this.work.emit({ type: 'webhook.delivery-replayed', version: 1, payload }, actor.userKey);
    return id;
  }
}

const toView = (row: DeliveryRow): DeliveryView => ({
  id: row.id,
  type: row.type,
  state: row.state,
  attempts: row.attempts,
  plannedAt: row.planned_at.toISOString(),
  nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
  lastAttemptAt: row.last_attempt_at?.toISOString() ?? null,
  lastStatus: row.last_status,
  lastFault: row.last_fault,
  endedAt: row.ended_at?.toISOString() ?? null,
  allowedActions: row.state === 'dead' ? ['replay'] : [],
});
