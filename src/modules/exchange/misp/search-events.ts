import { Injectable } from '@nestjs/common';
import { csvLines } from '../../../codecs/spreadsheet/index.js';
import type { Json } from '../../../codecs/record/json.js';
import { objectsOf, textOf } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { IncidentReader } from '../../incidents/index.js';
import { RenderEvents } from './render-events.js';
import { filtersOf, foundIn } from './search.rules.js';
import type { SearchFilters } from './search.rules.js';

const PAGE = 100;

/** What was found, and how many there are in all: of what the caller may read, and of nothing else. */
export interface Found {
  body: unknown;
  /** Null: the body is JSON. */
  mediaType: string | null;
  count: number;
}

/** Searches events as MISP's clients do: whatever the caller may read is looked at, newest first. */
@Injectable()
export class SearchEvents {
  constructor(
    private readonly work: UnitOfWork,
    private readonly incidents: IncidentReader,
    private readonly renderEvents: RenderEvents,
  ) {}

  async events(actor: Actor, body: Json): Promise<Found> {
    const filters = filtersOf(body, this.work.at);
    if (filters.format !== 'json') return this.attributes(actor, body);
    const found = await this.collect(actor, filters, ({ event }) => [event]);
    const shown = filters.isMetadata ? found.items.map(metadataOf) : found.items;
    return { body: { response: shown.map((Event) => ({ Event })) }, mediaType: null, count: found.count };
  }

  async attributes(actor: Actor, body: Json): Promise<Found> {
    const filters = filtersOf(body, this.work.at);
    const { items, count } = await this.collect(actor, filters, ({ event, attributes }) =>
      attributes.map(({ attribute }) => ({ ...attribute, Event: referenceTo(event) })),
    );
    if (filters.format === 'json') return { body: { response: { Attribute: items } }, mediaType: null, count };
    if (filters.format === 'text')
      return { body: items.map((each) => `${textOf(each.value) ?? ''}\n`).join(''), mediaType: 'text/plain', count };
    const rows = items.map((each) => [
      ...[each.uuid, each.event_id, each.category, each.type, each.value, each.comment],
      each.to_ids === true || each.to_ids === '1' ? '1' : '0',
      each.timestamp,
    ]);
    return { body: csvLines([COLUMNS, ...rows]).replaceAll('\r\n', '\n'), mediaType: 'text/csv', count };
  }

  /** The list of events, without what is in them. */
  async index(actor: Actor, body: Json): Promise<Found> {
    const filters = filtersOf(body, this.work.at);
    const { items, count } = await this.collect(actor, filters, ({ event }) => [event]);
    return { body: items.map(metadataOf).map(indexed), mediaType: null, count };
  }

  private async collect(
    actor: Actor,
    filters: SearchFilters,
    take: (found: { event: Json; attributes: NonNullable<ReturnType<typeof foundIn>> }) => Json[],
  ): Promise<{ items: Json[]; count: number }> {
    const [first, items] = [(filters.page - 1) * filters.limit, [] as Json[]];
    let count = 0;
    for (let cursor: string | undefined; ;) {
      const { items: views, next } = await this.incidents.list(actor, { limit: PAGE, cursor });
      for (const { event } of await this.renderEvents.run(actor, views)) {
        const attributes = foundIn(event, filters);
        if (!attributes) continue;
        for (const each of take({ event, attributes })) {
          if (count >= first && items.length < filters.limit) items.push(each);
          count++;
        }
      }
      if (next === null) return { items, count };
      cursor = next;
    }
  }
}

const COLUMNS = ['uuid', 'event_id', 'category', 'type', 'value', 'comment', 'to_ids', 'date'];

const metadataOf = ({ Attribute: _a, Object: _o, EventReport: _r, ShadowAttribute: _s, ...event }: Json): Json => event;

const indexed = ({ Tag, ...event }: Json): Json => ({
  ...event,
  EventTag: objectsOf(Tag).map((each) => ({ Tag: each })),
});

const referenceTo = ({ id, uuid, info, distribution, org_id, orgc_id, Orgc }: Json): Json => ({
  ...{ id, uuid, info, distribution, org_id, orgc_id, Orgc },
});
