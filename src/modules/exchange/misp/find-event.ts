import { Injectable } from '@nestjs/common';
import type { Json } from '../../../codecs/record/json.js';
import { objectsOf, textOf } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { notFound } from '../../../kernel/problem.js';
import { IncidentReader } from '../../incidents/index.js';
import { exchangeIdOf } from '../exchange-record.js';
import { staysHere } from './misp.problems.js';
import { attributesOf, numberOfEvent, rangeOf } from './misp.rules.js';
import { MispStore } from './misp.store.js';
import { RenderEvents, mayLeave } from './render-events.js';
import type { RenderedEvent } from './render-events.js';

export interface FoundAttribute extends RenderedEvent {
  attribute: Json;
  object: Json | null;
}

/** Finds events and attributes by the ids that MISP's clients have of them. What the caller may not see, is not there. */
@Injectable()
export class FindEvent {
  constructor(
    private readonly incidents: IncidentReader,
    private readonly store: MispStore,
    private readonly renderEvents: RenderEvents,
  ) {}

  /** @param asked uuid or number of the event, or the record's id. @throws Problem the one 404. */
  async one(actor: Actor, asked: string): Promise<RenderedEvent> {
    const wanted = asked.toLowerCase();
    const found = (await this.candidates(actor, asked)).filter(
      ({ uuid, view }) => uuid === wanted || view.id === wanted || numberOfEvent(uuid) === asked,
    );
    return ownFirst(actor, found) ?? Promise.reject(notFound());
  }

  /** @throws Problem the one 404. */
  async attribute(actor: Actor, asked: string): Promise<FoundAttribute> {
    const wanted = asked.toLowerCase();
    const found = (await this.candidates(actor, asked)).flatMap((each) =>
      attributesOf(each.event)
        .filter(({ attribute }) => textOf(attribute.uuid)?.toLowerCase() === wanted)
        .map((part) => ({ ...each, ...part })),
    );
    return ownFirst(actor, found) ?? Promise.reject(notFound());
  }

  /** An event of the caller's organisation, or that it handed to its CERT. */
  async own(actor: Actor, uuid: string): Promise<RenderedEvent | undefined> {
    const { organisationId } = actor;
    return (await this.candidates(actor, uuid)).find(
      ({ view, ...each }) =>
        each.uuid === uuid && (view.organisation?.id === organisationId || view.reportedBy?.id === organisationId),
    );
  }

  /** Of an anonymous record nothing is kept by which it could be looked up, so all that the caller reads are tried. */
  private async candidates(actor: Actor, asked: string): Promise<RenderedEvent[]> {
    const range = rangeOf(asked);
    if (!range) throw notFound();
    const [named, anonymous] = await Promise.all([this.store.named(range.from, range.to), this.store.anonymous()]);
    const behind = anonymous.filter(({ id, alias }) => {
      const other = exchangeIdOf(id, alias);
      return other >= range.from && other <= range.to;
    });
    const ids = [...new Set([...named, ...behind.map(({ id }) => id)])];
    const views = await Promise.all(ids.map((id) => this.incidents.view(actor, id)));
    if (views.length > 0 && !views.some((view) => mayLeave(actor, view))) throw staysHere();
    return this.renderEvents.run(actor, views);
  }
}

const ownFirst = <T extends RenderedEvent>(actor: Actor, found: readonly T[]): T | undefined =>
  found.find(({ view }) => view.organisation?.id === actor.organisationId) ?? found[0];

/** One of an event's objects or reports by its uuid. */
export const partOf = (event: Json, name: string, uuid: string): Json | undefined =>
  objectsOf(event[name]).find((each) => each.uuid === uuid);
