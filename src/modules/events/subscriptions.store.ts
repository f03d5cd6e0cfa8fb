import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface WatchedRow {
  type: string;
  value: string;
}

export interface SubscriptionRow {
  id: string;
  name: string;
  statuses: string[] | null;
  classes: string[] | null;
  types: string[] | null;
  bands: string[] | null;
  sectors: string[] | null;
  countries: string[] | null;
  markings: string[] | null;
  organisations: string[] | null;
  watched: WatchedRow[];
  observable_ids: string[];
  saved_at: Date;
}

const said =
  'name, statuses, classes, types, bands, sectors, countries, markings, organisations, watched, observable_ids, saved_at';
const all = statement(
  'subscriptions',
  `select id, ${said} from ronda.subscription where space = $1 order by lower(name), id`,
);
const one = statement('subscription', `select id, ${said} from ronda.subscription where space = $1 and id = $2`);
const save = statement(
  'subscription-save',
  `insert into ronda.subscription (space, owner_key, id, saved_by, ${said})
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
   on conflict do nothing returning id`,
);
const change = statement(
  'subscription-change',
  `update ronda.subscription s set saved_by = $3, name = $4, statuses = $5, classes = $6, types = $7, bands = $8, sectors = $9,
      countries = $10, markings = $11, organisations = $12, watched = $13, observable_ids = $14, saved_at = $15
    where s.space = $1 and s.id = $2 and not exists (select from ronda.subscription other
          where other.space = s.space and other.name = $4 and other.id <> s.id) returning id`,
);
const lock = statement('subscription-lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 9))');
const isUsed = statement(
  'subscription-is-used',
  'select exists (select from ronda.webhook where space = $1 and subscription_id = $2) as is_used',
);
const remove = statement('subscription-remove', 'delete from ronda.subscription where space = $1 and id = $2');

@Injectable()
export class SubscriptionsStore {
  constructor(private readonly work: UnitOfWork) {}

  all(): Promise<SubscriptionRow[]> {
    return this.work.query<SubscriptionRow & Record<string, unknown>>(all, [this.work.space]);
  }

  async one(id: string): Promise<SubscriptionRow | undefined> {
    return (await this.work.query<SubscriptionRow & Record<string, unknown>>(one, [this.work.space, id]))[0];
  }

  /** Keeps others of the organisation from changing its subscriptions and webhooks until the end of the unit of work. */
  async lock(organisationKey: number): Promise<void> {
    await this.work.query(lock, [`${this.work.space} ${organisationKey}`]);
  }

  /** @returns whether its name was free. */
  async save(organisationKey: number, userKey: number, row: Omit<SubscriptionRow, 'saved_at'>): Promise<boolean> {
    const values = [this.work.space, organisationKey, row.id, userKey, ...this.saidBy(row)];
    return (await this.work.query(save, values)).length > 0;
  }

  /** @returns whether its name was free. */
  async change(userKey: number, row: Omit<SubscriptionRow, 'saved_at'>): Promise<boolean> {
    return (await this.work.query(change, [this.work.space, row.id, userKey, ...this.saidBy(row)])).length > 0;
  }

  async isUsed(id: string): Promise<boolean> {
    return (await this.work.query<{ is_used: boolean }>(isUsed, [this.work.space, id]))[0]?.is_used ?? false;
  }

  remove(id: string): void {
    this.work.write(remove, [this.work.space, id]);
  }

  private saidBy(row: Omit<SubscriptionRow, 'saved_at'>): unknown[] {
    return [
      row.name,
      row.statuses,
      row.classes,
      row.types,
      row.bands,
      row.sectors,
      row.countries,
      row.markings,
      row.organisations,
      JSON.stringify(row.watched),
      row.observable_ids,
      this.work.at,
    ];
  }
}
