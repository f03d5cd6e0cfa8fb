import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { conflict, invalidInput, notFound } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { normalise, observableId, refang } from '../observables/index.js';
import type { SubscriptionDto, SubscriptionView } from './subscriptions.dto.js';
import { SubscriptionsStore } from './subscriptions.store.js';
import type { SubscriptionRow, WatchedRow } from './subscriptions.store.js';

/** What an organisation watches for, kept under a name for everybody in it. */
@Injectable()
export class KeepSubscriptions {
  constructor(
    private readonly work: UnitOfWork,
    private readonly subscriptions: SubscriptionsStore,
    private readonly chance: Chance,
  ) {}

  async list(actor: Actor): Promise<SubscriptionView[]> {
    return (await this.subscriptions.all()).map((row) => toView(row, actor));
  }

  /** @throws Problem the one 404. */
  async view(actor: Actor, id: string): Promise<SubscriptionView> {
    const row = await this.subscriptions.one(id);
    if (!row) throw notFound();
    return toView(row, actor);
  }

  async save(actor: Actor, input: SubscriptionDto): Promise<string> {
    const row = toRow(this.chance.uuid(), input);
    await this.subscriptions.lock(actor.organisationKey);
    if (!(await this.subscriptions.save(actor.organisationKey, actor.userKey, row))) throw nameTaken();
    this.emit('subscription.added', row.id, actor);
    return row.id;
  }

  async change(actor: Actor, id: string, input: SubscriptionDto, ifMatch: string | undefined): Promise<void> {
    // Before it is read: of two changes to the same version, the second finds another.
    await this.subscriptions.lock(actor.organisationKey);
    checkIfMatch(ifMatch, await this.view(actor, id), true);
    if (!(await this.subscriptions.change(actor.userKey, toRow(id, input)))) throw nameTaken();
    this.emit('subscription.changed', id, actor);
  }

  async remove(actor: Actor, id: string, ifMatch: string | undefined): Promise<void> {
    await this.subscriptions.lock(actor.organisationKey);
    checkIfMatch(ifMatch, await this.view(actor, id), true);
    if (await this.subscriptions.isUsed(id))
      throw conflict(
        'subscription-in-use',
        'A webhook sends what it matches',
        'Change or delete the webhooks of your organisation that name it first.',
      );
    this.subscriptions.remove(id);
    this.emit('subscription.removed', id, actor);
  }

  private emit(type: string, subscriptionId: string, actor: Actor): void {
    this.work.emit({ type, version: 1, payload: { subscriptionId } }, actor.userKey);
  }
}

function toRow(id: string, { name, filters = {}, values = [] }: SubscriptionDto): Omit<SubscriptionRow, 'saved_at'> {
  const read = values.map(({ type, value }, index) => readAs(type, value, index));
  const faults: Fault[] = read.flatMap((each) => ('pointer' in each ? [each] : []));
  const watched = read.flatMap((each) => ('pointer' in each ? [] : [each]));
  const asks = Object.values(filters).some((filter) => filter !== null && filter !== undefined);
  if (!asks && values.length === 0)
    faults.push({ pointer: '', detail: 'Give a filter or a value: this would match everything.' });
  if (faults.length > 0) throw invalidInput(faults);
  return {
    id,
    name,
    statuses: filters.status ?? null,
    classes: filters.class ?? null,
    types: filters.type ?? null,
    bands: filters.severity ?? null,
    sectors: filters.sector ?? null,
    countries: filters.country ?? null,
    markings: filters.marking ?? null,
    organisations: filters.organisation ?? null,
    watched,
    observable_ids: [...new Set(watched.map(({ type, value }) => observableId(type, value)))],
  };
}

function readAs(type: string, value: string, index: number): WatchedRow | Fault {
  const result = normalise(type, refang(type, value.trim()));
  return 'value' in result
    ? { type, value: result.value }
    : { pointer: `/values/${index}/value`, detail: result.fault };
}

const toView = (row: SubscriptionRow, actor: Actor): SubscriptionView => ({
  id: row.id,
  name: row.name,
  filters: {
    status: row.statuses,
    class: row.classes,
    type: row.types,
    severity: row.bands,
    sector: row.sectors,
    country: row.countries,
    marking: row.markings,
    organisation: row.organisations,
  },
  values: row.watched.map(({ type, value }) => ({ type, value })),
  savedAt: row.saved_at.toISOString(),
  allowedActions: actor.permissions.has('incidents:write') ? ['update', 'delete'] : [],
});

const nameTaken = () =>
  conflict(
    'name-taken',
    'The name is taken',
    'Your organisation has a subscription of this name: change it, or use another.',
  );
