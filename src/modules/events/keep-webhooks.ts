import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { conflict, invalidInput, notFound } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { SecretBox } from '../../platform/secrets/secret-box.js';
import { PostWebhook } from './post-webhook.js';
import { SubscriptionsStore } from './subscriptions.store.js';
import { BOTH_SIGN_MS } from './webhook.rules.js';
import type { WebhookDto, WebhookView } from './webhooks.dto.js';
import { WebhooksStore, secretContextOf } from './webhooks.store.js';
import type { WebhookRow, WebhookSaid } from './webhooks.store.js';

/** As Standard Webhooks wants them: 24 to 64 bytes. */
const SECRET_BYTES = 32;
const MOST_WEBHOOKS = 50;

/** An organisation's webhooks, kept by its coordinators and administrators. */
@Injectable()
export class KeepWebhooks {
  constructor(
    private readonly work: UnitOfWork,
    private readonly webhooks: WebhooksStore,
    private readonly subscriptions: SubscriptionsStore,
    private readonly post: PostWebhook,
    private readonly chance: Chance,
    private readonly secrets: SecretBox,
  ) {}

  async list(): Promise<WebhookView[]> {
    return (await this.webhooks.all()).map(toView);
  }

  /** @throws Problem the one 404. */
  async row(id: string): Promise<WebhookRow> {
    const row = await this.webhooks.one(id);
    if (!row) throw notFound();
    return row;
  }

  async view(id: string): Promise<WebhookView> {
    return toView(await this.row(id));
  }

  /** @param show told the secret, once. @returns its id. */
  async save(actor: Actor, input: WebhookDto, show: (secret: string) => void): Promise<string> {
    await this.subscriptions.lock(actor.organisationKey);
    const said = await this.said(input);
    if ((await this.webhooks.all()).length >= MOST_WEBHOOKS)
      throw conflict('too-many-webhooks', 'There are too many webhooks', `Your organisation has ${MOST_WEBHOOKS}.`);
    const id = this.chance.uuid();
    const key = await this.webhooks.insert(actor.organisationKey, actor.userKey, id, said);
    this.keepSecret(key, null, show);
    this.emit('webhook.added', id, actor);
    return id;
  }

  async change(actor: Actor, id: string, input: WebhookDto, ifMatch: string | undefined): Promise<void> {
    // Before it is read: of two changes to the same version, the second finds another.
    await this.subscriptions.lock(actor.organisationKey);
    checkIfMatch(ifMatch, await this.view(id), true);
    this.webhooks.change(actor.userKey, id, await this.said(input));
    this.emit('webhook.changed', id, actor);
  }

  /** Both secrets sign for a day. @param show told the new one, once. */
  async rotate(actor: Actor, id: string, ifMatch: string | undefined, show: (secret: string) => void): Promise<string> {
    await this.subscriptions.lock(actor.organisationKey);
    const row = await this.row(id);
    checkIfMatch(ifMatch, toView(row), false);
    this.keepSecret(row.key, new Date(this.work.at.getTime() + BOTH_SIGN_MS), show);
    this.emit('webhook.secret-rotated', id, actor);
    return id;
  }

  async remove(actor: Actor, id: string, ifMatch: string | undefined): Promise<void> {
    await this.subscriptions.lock(actor.organisationKey);
    checkIfMatch(ifMatch, await this.view(id), true);
    this.webhooks.remove(id);
    this.emit('webhook.removed', id, actor);
  }

  /** Whither is not told: an address may hold a secret. */
  private emit(type: string, webhookId: string, actor: Actor): void {
    this.work.emit({ type, version: 1, payload: { webhookId } }, actor.userKey);
  }

  private keepSecret(key: number, earlierUntil: Date | null, show: (secret: string) => void): void {
    const secret = this.chance.bytes(SECRET_BYTES);
    this.webhooks.keepSecret(key, this.secrets.seal(secret, secretContextOf(key)), earlierUntil);
    show(`whsec_${secret.toString('base64')}`);
  }

  private async said({ url, types = [], subscription = null, isEnabled = true }: WebhookDto): Promise<WebhookSaid> {
    const faults: Fault[] = [];
    const why = this.post.whyNot(url);
    if (why !== null) faults.push({ pointer: '/url', detail: why });
    if (this.work.space !== LIVE && !(await this.webhooks.listed()).includes(url))
      faults.push({ pointer: '/url', detail: 'The exercise does not list this address.' });
    if (subscription !== null && !(await this.subscriptions.one(subscription)))
      faults.push({ pointer: '/subscription', detail: 'Your organisation has no such subscription.' });
    if (faults.length > 0) throw invalidInput(faults);
    return { url, types: [...new Set(types)], subscription, isEnabled };
  }
}

const toView = (row: WebhookRow): WebhookView => ({
  id: row.id,
  url: row.url,
  types: row.types,
  subscription: row.subscription_id,
  isEnabled: row.disabled_at === null,
  disabledBecause: row.disabled_because,
  failingSince: row.failing_since?.toISOString() ?? null,
  earlierSecretUntil: row.earlier_until?.toISOString() ?? null,
  createdAt: row.created_at.toISOString(),
  savedAt: row.saved_at.toISOString(),
  allowedActions: ['update', 'rotate-secret', 'delete'],
});
