import { Injectable } from '@nestjs/common';
import { objectsOf } from '../../../codecs/record/json.js';
import type { Json } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { attributesIn, sameAttribute, unwrapped, withUuid } from './change-parts.js';
import { FindEvent, partOf } from './find-event.js';
import { RenderEvents } from './render-events.js';
import type { RenderedEvent } from './render-events.js';

/** Shows an event, or what was just said of it, as MISP's clients read it. */
@Injectable()
export class ShowEvent {
  constructor(
    private readonly find: FindEvent,
    private readonly rendering: RenderEvents,
  ) {}

  /** @param asked uuid or number of the event, or the record's id. @throws Problem the one 404. */
  found(actor: Actor, asked: string): Promise<RenderedEvent> {
    return this.find.one(actor, asked);
  }

  async event(actor: Actor, asked: string): Promise<{ Event: Json }> {
    return { Event: this.rendering.outgoing((await this.find.one(actor, asked)).event) };
  }

  /** @param asked uuid or number. @throws Problem the one 404. */
  async attribute(actor: Actor, asked: string): Promise<{ Attribute: Json }> {
    const { event, attribute } = await this.find.attribute(actor, asked);
    return { Attribute: { ...attribute, event_uuid: event.uuid } };
  }

  async object(actor: Actor, asked: string): Promise<{ Object: Json }> {
    const { event, object } = await this.find.object(actor, asked);
    return { Object: { ...object, event_uuid: event.uuid } };
  }

  /** Those of the event that were sent, in their order. */
  async attributesSent(actor: Actor, asked: string, body: Json | Json[]): Promise<Json[]> {
    const { event, uuid } = await this.find.one(actor, asked);
    return attributesIn(body, uuid)
      .map((each) => sameAttribute(event, each))
      .filter((each) => each !== undefined);
  }

  /** @param name `Object` or `EventReport`. */
  async partSent(actor: Actor, asked: string, name: string, body: Json): Promise<Json> {
    const { event, uuid } = await this.find.one(actor, asked);
    const sent = withUuid(unwrapped(body, name), uuid, name === 'Object' ? 'object' : 'report');
    return { [name]: partOf(event, name, String(sent.uuid)) ?? objectsOf(event[name]).at(-1) ?? {} };
  }
}
