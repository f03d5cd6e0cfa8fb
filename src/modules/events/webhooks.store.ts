import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { SealedColumn } from '../../platform/secrets/rotate-secrets.js';
import type { EventType } from './event.types.js';

export interface WebhookRow {
  key: number;
  id: string;
  url: string;
  types: EventType[];
  subscription_id: string | null;
  secret_sealed: Buffer | null;
  earlier_sealed: Buffer | null;
  earlier_until: Date | null;
  created_at: Date;
  saved_at: Date;
  failing_since: Date | null;
  disabled_at: Date | null;
  disabled_because: 'failing' | 'gone' | 'switched-off' | null;
  position: number;
}

/** What somebody says of a webhook. */
export interface WebhookSaid {
  url: string;
  types: readonly string[];
  subscription: string | null;
  isEnabled: boolean;
}

const columns = `key, id, url, types, subscription_id, secret_sealed, earlier_sealed, earlier_until, created_at, saved_at,
  failing_since, disabled_at, disabled_because, position`;
const all = statement('webhooks', `select ${columns} from ronda.webhook where space = $1 order by created_at, id`);
const one = statement('webhook', `select ${columns} from ronda.webhook where space = $1 and id = $2`);
const insert = statement(
  'webhook-insert',
  `insert into ronda.webhook (space, owner_key, id, url, types, subscription_id, created_at, saved_by, saved_at, disabled_at,
      disabled_because, position)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $7, case when $9 then null else $7::timestamptz end,
     case when $9 then null else 'switched-off' end, ronda.event_tip()) returning key`,
);
// Whoever switches it on again begins anew; what is still pending goes out.
const change = statement(
  'webhook-change',
  `update ronda.webhook set url = $3, types = $4, subscription_id = $5, saved_by = $6, saved_at = $7,
      failing_since = case when $8 and disabled_at is null then failing_since end,
      disabled_at = case when $8 then null else coalesce(disabled_at, $7) end,
      disabled_because = case when $8 then null else coalesce(disabled_because, 'switched-off') end
    where space = $1 and id = $2`,
);
const keepSecret = statement(
  'webhook-secret',
  `update ronda.webhook set secret_sealed = $3, earlier_sealed = case when $4::timestamptz is null then null else secret_sealed end,
      earlier_until = $4 where space = $1 and key = $2`,
);
const listed = statement('webhook-addresses', 'select ronda.exercise_addresses() as addresses');
const remove = statement('webhook-remove', 'delete from ronda.webhook where space = $1 and id = $2');
const work = statement('webhook-work', 'select space, webhook_key, user_key from ronda.webhook_work($1)');
const hold = statement(
  'webhook-hold',
  `select ${columns} from ronda.webhook where space = $1 and key = $2 and disabled_at is null for update skip locked`,
);
const byKey = statement(
  'webhook-by-key',
  `select ${columns}, owner_id from ronda.webhook w
     cross join lateral (select o.id as owner_id from ronda.organisation o where o.key = w.owner_key) o
    where w.space = $1 and w.key = $2 and w.disabled_at is null
      and (w.space = 0 or w.url = any (ronda.exercise_addresses()))`,
);
const advance = statement('webhook-advance', 'update ronda.webhook set position = $3 where space = $1 and key = $2');
const succeed = statement(
  'webhook-succeed',
  'update ronda.webhook set failing_since = null where space = $1 and key = $2 and failing_since is not null',
);
const fail = statement(
  'webhook-fail',
  `update ronda.webhook set failing_since = coalesce(failing_since, $3) where space = $1 and key = $2 returning failing_since`,
);
const disable = statement(
  'webhook-disable',
  'update ronda.webhook set disabled_at = $3, disabled_because = $4 where space = $1 and key = $2 and disabled_at is null',
);

export const secretContextOf = (webhookKey: number): string => `secret of webhook ${webhookKey}`;

const sealed = (column: 'secret_sealed' | 'earlier_sealed'): SealedColumn => ({
  name: `ronda.webhook.${column}`,
  select: `select key, ${column} as sealed from ronda.webhook
    where ${column} is not null and substring(${column} from 1 for length($1::bytea)) <> $1 limit $2 for update`,
  update: `update ronda.webhook set ${column} = $2 where key = $1`,
  contextOf: secretContextOf,
});
/** Where sealed secrets lie, for whoever seals them anew. */
export const sealedWebhookSecrets: readonly SealedColumn[] = [sealed('secret_sealed'), sealed('earlier_sealed')];

type Row<T> = T & Record<string, unknown>;

@Injectable()
export class WebhooksStore {
  constructor(private readonly work: UnitOfWork) {}

  all(): Promise<WebhookRow[]> {
    return this.work.query<Row<WebhookRow>>(all, [this.work.space]);
  }

  async one(id: string): Promise<WebhookRow | undefined> {
    return (await this.work.query<Row<WebhookRow>>(one, [this.work.space, id]))[0];
  }

  /** Addresses to which webhooks may leave this exercise; none in real life, which lists none. */
  async listed(): Promise<string[]> {
    return (await this.work.query<{ addresses: string[] | null }>(listed))[0]?.addresses ?? [];
  }

  /** @returns its key. */
  async insert(organisationKey: number, userKey: number, id: string, said: WebhookSaid): Promise<number> {
    const { space, at } = this.work;
    const { url, types, subscription, isEnabled } = said;
    const values = [space, organisationKey, id, url, types, subscription, at, userKey, isEnabled];
    const [row] = await this.work.query<{ key: number }>(insert, values);
    if (!row) throw new Error('A webhook was not inserted');
    return row.key;
  }

  change(userKey: number, id: string, { url, types, subscription, isEnabled }: WebhookSaid): void {
    this.work.write(change, [this.work.space, id, url, types, subscription, userKey, this.work.at, isEnabled]);
  }

  /** @param earlierUntil how long what was the secret until now signs too; null: no longer. */
  keepSecret(key: number, secret: Buffer, earlierUntil: Date | null): void {
    this.work.write(keepSecret, [this.work.space, key, secret, earlierUntil]);
  }

  remove(id: string): void {
    this.work.write(remove, [this.work.space, id]);
  }

  /** As nobody: webhooks that have something to do, and an account of its organisation to do it as. */
  due(at: Date): Promise<{ space: number; webhook_key: number; user_key: number }[]> {
    return this.work.query(work, [at]);
  }

  /** Until the end of the unit of work; undefined where it is switched off or another worker holds it. */
  async hold(key: number): Promise<WebhookRow | undefined> {
    return (await this.work.query<Row<WebhookRow>>(hold, [this.work.space, key]))[0];
  }

  /** Undefined where it is switched off, or in an exercise that does not list its address. */
  async byKey(key: number): Promise<(WebhookRow & { owner_id: string }) | undefined> {
    return (await this.work.query<Row<WebhookRow & { owner_id: string }>>(byKey, [this.work.space, key]))[0];
  }

  advance(key: number, position: number): void {
    this.work.write(advance, [this.work.space, key, position]);
  }

  succeed(key: number): void {
    this.work.write(succeed, [this.work.space, key]);
  }

  /** @returns since when it fails. */
  async fail(key: number): Promise<Date> {
    const [row] = await this.work.query<{ failing_since: Date }>(fail, [this.work.space, key, this.work.at]);
    return row?.failing_since ?? this.work.at;
  }

  disable(key: number, because: 'failing' | 'gone'): void {
    this.work.write(disable, [this.work.space, key, this.work.at, because]);
  }
}
