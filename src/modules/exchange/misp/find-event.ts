import { Injectable } from '@nestjs/common';
import type { Json } from '../../../codecs/record/json.js';
import { objectsOf, textOf } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { notFound } from '../../../kernel/problem.js';
import { IncidentReader } from '../../incidents/index.js';
import { exchangeIdOf } from '../exchange-record.js';
import { staysHere } from './misp.problems.js';
import { attributesOf, numberOfEvent, numberOfPart, rangeOf } from './misp.rules.js';
import { MispStore } from './misp.store.js';
import { RenderEvents, mayLeave } from './render-events.js';
import type { RenderedEvent } from './render-events.js';

export interface FoundAttribute extends RenderedEvent {
  attribute: Json;
  object: Json | null;
}

export interface FoundObject extends RenderedEvent {
  object: Json;
}

/** Events that may be meant, of which nobody has been shown any. */
interface Candidates {
  events: RenderedEvent[];
  shown: (ids: readonly string[], isOpened: boolean) => Promise<void>;
}

/** Finds events and their parts by the ids that MISP's clients have of them. What the caller may not see, is not there. */
@Injectable()
export class FindEvent {
  constructor(
    private readonly incidents: IncidentReader,
    private readonly store: MispStore,
    private readonly renderEvents: RenderEvents,
  ) {}

  /** @param asked uuid or number of the event, or the record's id. @throws Problem the one 404. */
  async one(actor: Actor, asked: string): Promise<RenderedEvent> {
    return (await this.perhaps(actor, asked)) ?? Promise.reject(notFound());
  }

  /** The same; undefined for what is not there. */
  perhaps(actor: Actor, asked: string): Promise<RenderedEvent | undefined> {
    const wanted = asked.toLowerCase();
    return this.first(actor, asked, 'event', (each) =>
      each.uuid === wanted || each.view.id === wanted || numberOfEvent(each.uuid) === asked ? [each] : [],
    );
  }

  /** @param asked uuid or number. @throws Problem the one 404. */
  async attribute(actor: Actor, asked: string): Promise<FoundAttribute> {
    const found = await this.first(actor, asked, 'part', (each) =>
      attributesOf(each.event)
        .filter(({ attribute }) => isMeant(attribute, asked))
        .map((part) => ({ ...each, ...part })),
    );
    return found ?? Promise.reject(notFound());
  }

  /** @param asked uuid or number. @throws Problem the one 404. */
  async object(actor: Actor, asked: string): Promise<FoundObject> {
    const found = await this.first(actor, asked, 'part', (each) =>
      objectsOf(each.event.Object)
        .filter((object) => isMeant(object, asked))
        .map((object) => ({ ...each, object })),
    );
    return found ?? Promise.reject(notFound());
  }

  /** An event of the caller's organisation, or that it handed to its CERT. */
  async own(actor: Actor, uuid: string): Promise<RenderedEvent | undefined> {
    const { organisationId } = actor;
    return (await this.candidates(actor, uuid, 'event')).events.find(
      ({ view, ...each }) =>
        each.uuid === uuid && (view.organisation?.id === organisationId || view.reportedBy?.id === organisationId),
    );
  }

  /** The one that is meant, the caller's own first. It is about to be shown: of it alone a receipt is kept. */
  private async first<T extends RenderedEvent>(
    actor: Actor,
    asked: string,
    what: 'event' | 'part',
    meant: (event: RenderedEvent) => T[],
  ): Promise<T | undefined> {
    const { events, shown } = await this.candidates(actor, asked, what);
    const all = events.flatMap(meant);
    const found = all.find(({ view }) => view.organisation?.id === actor.organisationId) ?? all[0];
    if (found) await shown([found.view.id], true);
    return found;
  }

  private async candidates(actor: Actor, asked: string, what: 'event' | 'part'): Promise<Candidates> {
    if (rangeOf(asked, what) === null) throw notFound();
    const { items: views, shown } = await this.incidents.glanceAt(actor, await this.idsOf(asked, what));
    if (views.length > 0 && !views.some((view) => mayLeave(actor, view))) throw staysHere();
    return { events: await this.renderEvents.run(actor, views), shown };
  }

  /**
   * Ids of the records that the caller reads and that may be meant. Of an anonymous one nothing is kept by which it could be
   * looked up, so all that the caller reads are tried.
   */
  async idsOf(asked: string, what: 'event' | 'part'): Promise<string[]> {
    const range = rangeOf(asked, what);
    if (!range) return [];
    const [named, anonymous] = await Promise.all([this.store.named(range.from, range.to), this.store.anonymous()]);
    const behind = anonymous.filter(({ id, alias }) => {
      const other = exchangeIdOf(id, alias);
      return other >= range.from && other <= range.to;
    });
    return [...new Set([...named, ...behind.map(({ id }) => id)])];
  }
}

const isMeant = (part: Json, asked: string): boolean => {
  const uuid = textOf(part.uuid)?.toLowerCase() ?? '';
  return uuid === asked.toLowerCase() || numberOfPart(uuid) === asked;
};

/** One of an event's objects or reports by its uuid. */
export const partOf = (event: Json, name: string, uuid: string): Json | undefined =>
  objectsOf(event[name]).find((each) => each.uuid === uuid);
