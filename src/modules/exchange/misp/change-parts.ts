import { Injectable } from '@nestjs/common';
import type { Json } from '../../../codecs/record/json.js';
import { isObject, objectsOf, textOf } from '../../../codecs/record/json.js';
import { uuidWithin } from '../../../codecs/record/uuid-v5.js';
import type { Actor } from '../../../kernel/actor.js';
import { notFound } from '../../../kernel/problem.js';
import { FindEvent } from './find-event.js';
import { partExists } from './misp.problems.js';
import { attributesOf } from './misp.rules.js';
import type { RenderedEvent } from './render-events.js';
import { SaveEvent } from './save-event.js';

/** Changes one part of an event: the event as it was with the part as it is to be, saved as any other change. */
@Injectable()
export class ChangeParts {
  constructor(
    private readonly find: FindEvent,
    private readonly save: SaveEvent,
  ) {}

  /** One or a list. What brings no uuid gets one of the event's and its own words: sent again it is the same. */
  async addAttributes(actor: Actor, eventId: string, body: Json | Json[]): Promise<string> {
    const shown = await this.find.one(actor, eventId);
    const there = attributesOf(shown.event).map(({ attribute }) => attribute);
    const added = attributesIn(body, shown.uuid);
    const isThere = (each: Json): boolean =>
      there.some(
        ({ uuid, type, value, object_relation: relation }) =>
          uuid === each.uuid || (relation === undefined && type === each.type && value === each.value),
      );
    if (added.some(isThere)) throw partExists();
    return this.save.run(actor, shown, { Attribute: [...objectsOf(shown.event.Attribute), ...added] });
  }

  async editAttribute(actor: Actor, id: string, body: Json): Promise<string> {
    const shown = await this.find.attribute(actor, id);
    const said = unwrapped(body, 'Attribute');
    return this.replace(actor, shown, id, (each) => [{ ...each, ...said, uuid: each.uuid }]);
  }

  async deleteAttribute(actor: Actor, id: string): Promise<string> {
    return this.replace(actor, await this.find.attribute(actor, id), id, () => []);
  }

  async addObject(actor: Actor, eventId: string, body: Json): Promise<string> {
    const shown = await this.find.one(actor, eventId);
    return this.save.run(actor, shown, {
      Object: [...objectsOf(shown.event.Object), withUuid(unwrapped(body, 'Object'), shown.uuid, 'object')],
    });
  }

  /** One named `Description` is the record's description; any other is kept with the event. */
  async addReport(actor: Actor, eventId: string, body: Json): Promise<string> {
    const shown = await this.find.one(actor, eventId);
    return this.save.run(actor, shown, {
      EventReport: [
        ...objectsOf(shown.event.EventReport),
        withUuid(unwrapped(body, 'EventReport'), shown.uuid, 'report'),
      ],
    });
  }

  /** Of an event or an attribute, whichever has the uuid. @throws Problem the one 404. */
  async tag(actor: Actor, uuid: string, name: string, isAttached: boolean): Promise<string> {
    const change = (tags: unknown): Json[] => {
      const others = objectsOf(tags).filter((tag) => tag.name !== name);
      return isAttached ? [...others, { name }] : others;
    };
    const event = await this.eventOr(actor, uuid);
    if (event) return this.save.run(actor, event, { Tag: change(event.event.Tag) });
    const shown = await this.find.attribute(actor, uuid);
    return this.replace(actor, shown, uuid, (each) => [{ ...each, Tag: change(each.Tag) }]);
  }

  private async eventOr(actor: Actor, uuid: string): Promise<RenderedEvent | undefined> {
    try {
      return await this.find.one(actor, uuid);
    } catch (error) {
      if (error instanceof Error && error.message === notFound().message) return undefined;
      throw error;
    }
  }

  private replace(actor: Actor, shown: RenderedEvent, id: string, by: (part: Json) => Json[]): Promise<string> {
    const parts = (of: unknown): Json[] =>
      objectsOf(of).flatMap((each) => (textOf(each.uuid)?.toLowerCase() === id.toLowerCase() ? by(each) : [each]));
    return this.save.run(actor, shown, {
      Attribute: parts(shown.event.Attribute),
      Object: objectsOf(shown.event.Object).map((each) => ({ ...each, Attribute: parts(each.Attribute) })),
    });
  }
}

/** The attributes of a body, each with its uuid. */
export function attributesIn(body: Json | Json[], event: string): Json[] {
  const all = Array.isArray(body) ? objectsOf(body) : [unwrapped(body, 'Attribute')];
  return all.map((each) => withUuid(each, event, 'attribute'));
}

export const unwrapped = (body: Json, name: string): Json => (isObject(body[name]) ? body[name] : body);

export const withUuid = (part: Json, event: string, kind: string): Json => ({
  ...part,
  uuid:
    textOf(part.uuid)?.toLowerCase() ??
    uuidWithin(event, `added ${kind} ${textOf(part.type) ?? textOf(part.name) ?? ''} ${textOf(part.value) ?? ''}`),
});
