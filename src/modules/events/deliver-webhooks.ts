import { Injectable } from '@nestjs/common';
import { Chance } from '../../kernel/chance.js';
import { Clock } from '../../kernel/clock.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Reader } from '../../platform/database/unit-of-work.js';
import type { SteadyRound } from '../../platform/jobs/job-handlers.js';
import { SecretBox } from '../../platform/secrets/secret-box.js';
import { DeliveriesStore } from './deliveries.store.js';
import type { ClaimedRow, Ended, PlannedDelivery } from './deliveries.store.js';
import { EventIds } from './event-ids.js';
import { toEventView, toldBy } from './event.view.js';
import { EventsStore } from './events.store.js';
import { FairLanes } from './fair-lanes.js';
import { PostWebhook } from './post-webhook.js';
import type { Outcome } from './post-webhook.js';
import { hasFailedTooLong, secondsOf, signatures, waitBehind } from './webhook.rules.js';
import { WebhooksStore, secretContextOf } from './webhooks.store.js';
import type { WebhookRow } from './webhooks.store.js';

/** Longer than any attempt takes. */
const LEASE_MS = 60_000;
const PLANNED_AT_ONCE = 200;
/** Of one webhook in a turn, and how long a turn begins another: then it is the turn of others. */
const SENT_AT_ONCE = 50;
const TURN_MS = 10_000;
const WEBHOOKS_AT_ONCE = 8;
const OF_ONE_ORGANISATION = 2;

interface Turn {
  reader: Reader;
  space: number;
  webhookKey: number;
  stopping: AbortSignal;
}

interface Message {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * Sends webhooks what their organisations are told. What is to be sent is planned first, in the order of events, and each
 * delivery is sent under a lease: where a worker dies between sending and writing that down, another sends it again under
 * the same `webhook-id`. What was acknowledged, and written down, is not sent again.
 *
 * A webhook has one turn at a time, which ends after a while: its target may take all the time that there is for an answer.
 * No round waits for the turns of another, and an organisation takes no more than its share of the lanes.
 */
@Injectable()
export class DeliverWebhooks {
  private readonly lanes = new FairLanes(WEBHOOKS_AT_ONCE, OF_ONE_ORGANISATION);

  constructor(
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    private readonly chance: Chance,
    private readonly secrets: SecretBox,
    private readonly events: EventsStore,
    private readonly webhooks: WebhooksStore,
    private readonly deliveries: DeliveriesStore,
    private readonly ids: EventIds,
    private readonly post: PostWebhook,
  ) {}

  /** One round, to the end of its turns. On several workers at once, if it likes. */
  async run(): Promise<void> {
    const turns: Promise<unknown>[] = [];
    await this.begin({ stopping: new AbortController().signal, goOn: (turn) => turns.push(turn) });
    await Promise.all(turns);
  }

  /** Gives a turn to each webhook that has something to do and none yet; turns go on when the next round begins. */
  async begin({ stopping, goOn }: SteadyRound): Promise<void> {
    const due = await this.work.run('nobody', LIVE, 'read', () => this.webhooks.due(this.clock.now()));
    for (const { space, webhook_key: webhookKey, user_key: actingUserKey } of due) {
      if (this.lanes.has(webhookKey)) continue;
      const turn: Turn = { reader: { actingUserKey, eyes: 'organisation' }, space, webhookKey, stopping };
      // The account is one and the same for all webhooks of its organisation.
      goOn(this.lanes.run(webhookKey, actingUserKey, () => this.take(turn)));
    }
  }

  private async take(turn: Turn): Promise<void> {
    if (turn.stopping.aborted) return;
    await this.plan(turn);
    await this.send(turn);
  }

  private async plan({ reader, space, webhookKey }: Turn): Promise<void> {
    for (let isMore = true; isMore;)
      isMore = await this.work.run(reader, space, 'write', async () => {
        const webhook = await this.webhooks.hold(webhookKey);
        if (!webhook) return false;
        const tip = await this.events.tip();
        const rows = await this.events.between(webhook.position, tip, PLANNED_AT_ONCE);
        const planned = rows.flatMap((row) =>
          toldBy(row)
            .map(({ subscription }) => ({
              eventKey: row.key,
              type: subscription === null ? row.type : ('subscription.matched' as const),
              subscription,
            }))
            .filter((told) => isWanted(webhook, told)),
        );
        this.deliveries.plan(
          webhookKey,
          planned.map((each) => ({ id: this.chance.uuid(), ...each })),
        );
        const isFull = rows.length === PLANNED_AT_ONCE;
        this.webhooks.advance(webhookKey, isFull ? (rows.at(-1)?.position ?? tip) : tip);
        return isFull;
      });
  }

  /** Until nothing is due, the turn is over, or one fails: where one does, the next would too. */
  private async send({ reader, space, webhookKey, stopping }: Turn): Promise<void> {
    const endsAt = this.clock.now().getTime() + TURN_MS;
    const isOver = (): boolean => stopping.aborted || this.clock.now().getTime() >= endsAt;
    for (let sent = 0; sent < SENT_AT_ONCE && !isOver(); sent += 1) {
      const claimed = await this.work.run(reader, space, 'write', async () =>
        // A webhook that was switched off since sends nothing.
        (await this.webhooks.byKey(webhookKey))
          ? this.deliveries.claim(webhookKey, new Date(this.work.at.getTime() + LEASE_MS))
          : undefined,
      );
      if (!claimed) return;
      const message = await this.work.run(reader, space, 'read', () => this.message(webhookKey, claimed));
      // Switched off in between: it stays claimed until its lease is over, and pending.
      if (message === undefined) return;
      const outcome = message && (await this.post.run(message.url, message.headers, message.body));
      await this.work.run(reader, space, 'write', () => this.writeDown(webhookKey, claimed, outcome));
      if (outcome && !isAcknowledged(outcome)) return;
    }
  }

  /** As the organisation may read at this moment; null where it is not told any more, undefined without a webhook. */
  private async message(webhookKey: number, claimed: ClaimedRow): Promise<Message | null | undefined> {
    const [webhook, row] = await Promise.all([this.webhooks.byKey(webhookKey), this.events.byKey(claimed.event_key)]);
    if (!webhook) return undefined;
    if (!row) return null;
    const view = toEventView(this.ids, webhook.owner_id, { row, subscription: claimed.subscription_id });
    const body = JSON.stringify({ type: view.type, timestamp: view.at, data: view });
    const id = `msg_${claimed.id}`;
    const at = this.clock.now();
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(secondsOf(at)),
      'webhook-signature': signatures(id, at, body, this.secretsOf(webhook, at)),
      'user-agent': 'Ronda',
    };
    return { url: webhook.url, headers, body };
  }

  private async writeDown(webhookKey: number, claimed: ClaimedRow, outcome: Outcome | null): Promise<void> {
    if (outcome === null) {
      await this.deliveries.end(claimed, { state: 'withdrawn', nextAttemptAt: null, status: null, fault: null });
      return;
    }
    const { at } = this.work;
    const isHeard = await this.deliveries.end(claimed, this.endOf(outcome, claimed.attempts, at));
    if (!isHeard) return;
    if (isAcknowledged(outcome)) {
      this.webhooks.succeed(webhookKey);
      return;
    }
    const since = await this.webhooks.fail(webhookKey);
    if ('status' in outcome && outcome.status === 410) await this.disable(webhookKey, 'gone');
    else if (hasFailedTooLong(since, at)) await this.disable(webhookKey, 'failing');
  }

  /** Nobody's doing: whose turn it is delivers as whoever saved the webhook last. */
  private async disable(webhookKey: number, because: 'failing' | 'gone'): Promise<void> {
    const webhook = await this.webhooks.byKey(webhookKey);
    if (!webhook) return;
    this.webhooks.disable(webhookKey, because);
    this.work.emit({ type: 'webhook.disabled', version: 1, payload: { webhookId: webhook.id, because } });
  }

  private endOf(outcome: Outcome, attempts: number, at: Date): Ended {
    const said = 'status' in outcome ? { status: outcome.status, fault: null } : { status: null, fault: outcome.fault };
    if (isAcknowledged(outcome)) return { state: 'delivered', nextAttemptAt: null, ...said };
    const lot = this.chance.bytes(4).readUInt32BE() / 0xffff_ffff;
    const wait = waitBehind(attempts, lot);
    if (wait === null) return { state: 'dead', nextAttemptAt: null, ...said };
    return { state: 'pending', nextAttemptAt: new Date(at.getTime() + wait), ...said };
  }

  private secretsOf({ key, secret_sealed, earlier_sealed, earlier_until }: WebhookRow, at: Date): Buffer[] {
    const isEarlierToo = earlier_until !== null && earlier_until > at;
    return [secret_sealed, isEarlierToo ? earlier_sealed : null]
      .filter((sealed) => sealed !== null)
      .map((sealed) => this.secrets.open(sealed, secretContextOf(key)));
  }
}

const isWanted = (webhook: WebhookRow, { type, subscription }: Omit<PlannedDelivery, 'id'>): boolean =>
  (webhook.types.length === 0 || webhook.types.includes(type)) &&
  (webhook.subscription_id === null || webhook.subscription_id === subscription);

const isAcknowledged = (outcome: Outcome): boolean =>
  'status' in outcome && outcome.status >= 200 && outcome.status < 300;
