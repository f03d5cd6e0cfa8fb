import { Injectable } from '@nestjs/common';
import { csvLines } from '../../../codecs/spreadsheet/index.js';
import type { Json } from '../../../codecs/record/json.js';
import { objectsOf, textOf } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { isStrict } from '../../../kernel/markings.js';
import { rsitTag } from '../../../kernel/rsit.js';
import { toBundle } from '../../../codecs/stix/index.js';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { IncidentReader } from '../../incidents/index.js';
import type { Glance, IncidentView } from '../../incidents/index.js';
import { ExchangeRecords } from '../exchange-records.js';
import { watermarked } from '../watermark.js';
import { FindEvent } from './find-event.js';
import type { Found } from './misp-http.js';
import { MispStore } from './misp.store.js';
import { RenderEvents } from './render-events.js';
import type { RenderedEvent } from './render-events.js';
import { asIndexed, filtersOf, foundIn, isOutOfTime, isTagAsked, wordsOf } from './search.rules.js';
import type { SearchFilters } from './search.rules.js';

const PAGE = 100;

/** Searches events as MISP's clients do: whatever the caller may read is looked at, newest first. */
@Injectable()
export class SearchEvents {
  constructor(
    private readonly work: UnitOfWork,
    private readonly incidents: IncidentReader,
    private readonly renderEvents: RenderEvents,
    private readonly records: ExchangeRecords,
    private readonly find: FindEvent,
    private readonly store: MispStore,
  ) {}

  async events(actor: Actor, body: Json): Promise<Found> {
    const filters = filtersOf(body, this.work.at);
    if (filters.format === 'stix2') return this.bundle(actor, filters);
    if (filters.format !== 'json') return this.attributes(actor, body);
    const found = await this.collect(actor, filters, ({ event }) => [event]);
    const shown = filters.isMetadata ? found.items.map(metadataOf) : found.items;
    return { body: { response: shown.map((Event) => ({ Event })) }, mediaType: null, count: found.count };
  }

  async attributes(actor: Actor, body: Json): Promise<Found> {
    const filters = filtersOf(body, this.work.at);
    if (filters.format === 'stix2') return this.bundle(actor, filters);
    const { items, count } = await this.collect(actor, filters, ({ event, attributes }) =>
      attributes.map(({ attribute }): Json => ({ ...attribute, Event: referenceTo(event) })),
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
    const filters = filtersOf(asIndexed(body), this.work.at);
    const { items, count } = await this.collect(actor, filters, ({ event }) => [event]);
    return { body: items.map(metadataOf).map(indexed), mediaType: null, count };
  }

  /** The records of the events that were found, as their own export has them. */
  private async bundle(actor: Actor, filters: SearchFilters): Promise<Found> {
    const { items, count } = await this.collect(actor, filters, ({ view }) => [view]);
    const leaving = this.work.space === LIVE ? items : items.map(watermarked);
    return { body: toBundle(await this.records.of(leaving)), mediaType: null, count };
  }

  /**
   * @param take what of an event is asked for. Receipts are kept of the events of which something is answered, and of
   * what is RED or AMBER+STRICT where it is only counted as well: that there is one of such a value is told by the count.
   */
  private async collect<T>(
    actor: Actor,
    filters: SearchFilters,
    take: (found: RenderedEvent & { attributes: NonNullable<ReturnType<typeof foundIn>> }) => T[],
  ): Promise<{ items: T[]; count: number }> {
    const [first, items] = [(filters.page - 1) * filters.limit, [] as T[]];
    let count = 0;
    for await (const page of this.pages(actor, filters)) {
      const answered = new Set<string>();
      for (const rendered of await this.renderEvents.run(actor, await this.perhaps(page.items, filters))) {
        const attributes = foundIn(rendered.event, filters);
        if (!attributes) continue;
        const event = this.renderEvents.outgoing(rendered.event);
        for (const each of take({ ...rendered, event, attributes })) {
          const isAnswered = count >= first && items.length < filters.limit;
          if (isAnswered) items.push(each);
          if (isAnswered || isStrict(rendered.view.marking.tlp)) answered.add(rendered.view.id);
          count++;
        }
      }
      await page.shown([...answered]);
    }
    return { items, count };
  }

  /** The records that may be meant: by ids that are asked for, else all that the caller reads, newest first. */
  private async *pages(actor: Actor, { ids, uuids }: SearchFilters): AsyncGenerator<Glance> {
    const asked = ids.length > 0 ? ids : uuids;
    if (asked.length > 0 && asked.length <= PAGE) {
      const what = ids.length > 0 ? 'event' : 'part';
      const found = await Promise.all(asked.map((each) => this.find.idsOf(each, what)));
      yield await this.incidents.glanceAt(actor, [...new Set(found.flat())]);
      return;
    }
    for (let cursor: string | undefined; ;) {
      const page = await this.incidents.glance(actor, { limit: PAGE, cursor });
      yield page;
      if (page.next === null) return;
      cursor = page.next;
    }
  }

  /** Those of which an event is worth making: the others say nothing anywhere of what is asked for. */
  private async perhaps(views: readonly IncidentView[], filters: SearchFilters): Promise<IncidentView[]> {
    const left = views.filter((view) => !isOutOfTime(view, filters));
    const { values, tags } = wordsOf(filters);
    if (values === null && tags === null) return left;
    const ids = left.map(({ id }) => id);
    const said = await this.store.perhaps(ids, { values, tags });
    return left.filter((view) => {
      const perhaps = said.get(view.id);
      return perhaps?.has_value && (perhaps.brings_tag || isTagAsked(filters, tagsOf(view)));
    });
  }
}

/** What an event is tagged with because of its record. */
const tagsOf = ({ marking: { tlp, pap }, rsit, tags, techniques }: IncidentView): string[] => [
  ...[tlp?.toLowerCase() ?? '', pap ?? '', rsit ? rsitTag(rsit.class, rsit.type) : ''],
  ...tags,
  ...techniques.map((technique) => `ronda:technique="${technique}"`),
];

const COLUMNS = ['uuid', 'event_id', 'category', 'type', 'value', 'comment', 'to_ids', 'date'];

const metadataOf = ({ Attribute: _a, Object: _o, EventReport: _r, ShadowAttribute: _s, ...event }: Json): Json => event;

const indexed = ({ Tag, ...event }: Json): Json => ({
  ...event,
  EventTag: objectsOf(Tag).map((each) => ({ Tag: each })),
});

const referenceTo = ({ id, uuid, info, distribution, org_id, orgc_id, Orgc }: Json): Json => ({
  ...{ id, uuid, info, distribution, org_id, orgc_id, Orgc },
});
