import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { DeliverWebhooks } from './deliver-webhooks.js';
import { DeliveriesStore } from './deliveries.store.js';
import { EventHub } from './event-hub.js';
import { EventIds } from './event-ids.js';
import { EventsController } from './events.controller.js';
import { EventsStore } from './events.store.js';
import { KeepSubscriptions } from './keep-subscriptions.js';
import { KeepWebhooks } from './keep-webhooks.js';
import { PostWebhook } from './post-webhook.js';
import { ReadEvents } from './read-events.js';
import { RelayEvents } from './relay-events.js';
import { ReplayDelivery } from './replay-delivery.js';
import { SubscriptionsController } from './subscriptions.controller.js';
import { SubscriptionsStore } from './subscriptions.store.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksStore } from './webhooks.store.js';

/** What readers are told as it happens: streams, webhooks, and what their organisations watch for. */
@Module({
  imports: [IdentityModule],
  controllers: [EventsController, SubscriptionsController, WebhooksController],
  providers: [
    DeliverWebhooks,
    DeliveriesStore,
    EventHub,
    EventIds,
    EventsStore,
    KeepSubscriptions,
    KeepWebhooks,
    PostWebhook,
    ReadEvents,
    RelayEvents,
    ReplayDelivery,
    SubscriptionsStore,
    WebhooksStore,
  ],
  exports: [DeliverWebhooks, RelayEvents],
})
export class EventsModule {}

export { DeliverWebhooks } from './deliver-webhooks.js';
export { RelayEvents } from './relay-events.js';
export { DEFAULT_WEBHOOK_OPTIONS, WEBHOOK_OPTIONS } from './webhook-options.js';
export type { WebhookOptions } from './webhook-options.js';
export { sealedWebhookSecrets } from './webhooks.store.js';
