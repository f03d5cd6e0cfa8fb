import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { EventIds } from './event-ids.js';
import { eventForgotten, notAnEvent } from './event.problems.js';
import type { EventType } from './event.types.js';
import { toEventView, toldBy } from './event.view.js';
import type { ToldEvent } from './event.view.js';
import type { EventPage, EventsQuery } from './events.dto.js';
import { EventsStore } from './events.store.js';

/** Transactions that were begun before a stream was may be relayed behind it: who was told nothing yet hears twice rather than never. */
const OVERLAP_MS = 60_000;

/** Behind `position`; and of what is at `position` itself, without what was told of it. */
export interface Start {
  position: number;
  toldAt: { position: number; subscription: string | null } | null;
}

/** What the caller is told, as it may read at this moment. */
@Injectable()
export class ReadEvents {
  constructor(
    private readonly events: EventsStore,
    private readonly ids: EventIds,
  ) {}

  async page(actor: Actor, query: EventsQuery, lastEventId: string | undefined): Promise<EventPage> {
    const [start, tip] = await Promise.all([this.start(actor, query.after, lastEventId), this.events.tip()]);
    const told: ToldEvent[] = [];
    let { position } = start ?? { position: 0 };
    for (let isMore = true; isMore && told.length <= query.limit;) {
      const rows = await this.events.between(position, tip, query.limit + 1);
      told.push(...rows.flatMap((row) => this.told(row, query.type, start?.toldAt ?? null)));
      position = rows.at(-1)?.position ?? position;
      isMore = rows.length > query.limit;
    }
    const items = told.slice(0, query.limit).map((each) => toEventView(this.ids, actor.userId, each));
    return { items, next: told.length > query.limit ? (items.at(-1)?.id ?? null) : null };
  }

  /**
   * Where the caller goes on; null where it does not say.
   * @throws Problem 400 for what is no id of its own, 410 `event-forgotten`.
   */
  async start(actor: Actor, after: string | undefined, lastEventId: string | undefined): Promise<Start | null> {
    const id = lastEventId ?? after;
    if (id === undefined) return null;
    const place = this.ids.read(actor.userId, id);
    if (place === null) throw notAnEvent(lastEventId === undefined ? 'query' : 'header');
    if ('since' in place) {
      const position = await this.events.positionAt(new Date(place.since.getTime() - OVERLAP_MS));
      return { position, toldAt: null };
    }
    const position = await this.events.positionOf(place);
    if (position === null) throw eventForgotten();
    return { position: position - 1, toldAt: { position, subscription: place.subscription } };
  }

  /** What a row tells a reader that was told something of the row at `toldAt` before. */
  told(row: ToldEvent['row'], types: readonly EventType[] | undefined, toldAt: Start['toldAt']): ToldEvent[] {
    return toldBy(row).filter(({ subscription }) => {
      const isTold = row.position === toldAt?.position && (subscription ?? '') <= (toldAt.subscription ?? '');
      const type = subscription === null ? row.type : 'subscription.matched';
      return !isTold && (types === undefined || types.includes(type));
    });
  }
}
