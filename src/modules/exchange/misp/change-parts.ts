import { Injectable } from '@nestjs/common';
import { FACTS_OBJECT } from '../../../codecs/misp/index.js';
import type { Json } from '../../../codecs/record/json.js';
import { isObject, objectsOf, textOf } from '../../../codecs/record/json.js';
import { uuidWithin } from '../../../codecs/record/uuid-v5.js';
import type { Actor } from '../../../kernel/actor.js';
import { FindEvent } from './find-event.js';
import type { FoundAttribute, FoundObject } from './find-event.js';
import { madeByRonda, partExists } from './misp.problems.js';
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

  /**
   * One or a list. What brings no uuid gets one of the event's and its own words: sent again it is the same.
   * @param mayRepeat what is there already stays as it is; else it is refused.
   */
  async addAttributes(actor: Actor, eventId: string, body: Json | Json[], mayRepeat = false): Promise<string> {
    const shown = await this.find.one(actor, eventId);
    const all = attributesIn(body, shown.uuid);
    const added = all.filter((each) => !sameAttribute(shown.event, each));
    if (added.length < all.length && !mayRepeat) throw partExists();
    return this.save.run(actor, shown, { Attribute: [...objectsOf(shown.event.Attribute), ...added] });
  }

  async editAttribute(actor: Actor, id: string, body: Json): Promise<string> {
    const shown = await this.find.attribute(actor, id);
    const said = unwrapped(body, 'Attribute');
    return this.replace(actor, shown, (each) => [{ ...each, ...said, uuid: each.uuid }]);
  }

  async deleteAttribute(actor: Actor, id: string): Promise<string> {
    return this.replace(actor, await this.find.attribute(actor, id), () => []);
  }

  async addObject(actor: Actor, eventId: string, body: Json): Promise<string> {
    const shown = await this.find.one(actor, eventId);
    return this.save.run(actor, shown, {
      Object: [...objectsOf(shown.event.Object), withUuid(unwrapped(body, 'Object'), shown.uuid, 'object')],
    });
  }

  /** What is said of it takes the place of what was; an attribute that is not named again stays, as in MISP. */
  async editObject(actor: Actor, id: string, body: Json): Promise<string> {
    const { object, ...shown } = await this.objectOfSender(actor, id);
    const said = unwrapped(body, 'Object');
    const uuid = textOf(object.uuid) ?? '';
    const attributes = objectsOf(said.Attribute).map((each) => withUuid(each, uuid, 'attribute'));
    const named = new Map(attributes.map((each) => [each.uuid, each]));
    const there = objectsOf(object.Attribute);
    const isThere = new Set(there.map((each) => each.uuid));
    const Attribute = [
      ...there.map((each) => ({ ...each, ...named.get(each.uuid) })),
      ...attributes.filter((each) => !isThere.has(each.uuid)),
    ].filter((each) => each.deleted !== true && each.deleted !== '1' && each.deleted !== 1);
    return this.replaceObject(actor, shown, uuid, [{ ...object, ...said, uuid, Attribute }]);
  }

  async deleteObject(actor: Actor, id: string): Promise<string> {
    const { object, ...shown } = await this.objectOfSender(actor, id);
    return this.replaceObject(actor, shown, textOf(object.uuid) ?? '', []);
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
    const event = await this.find.perhaps(actor, uuid);
    if (event) return this.save.run(actor, event, { Tag: change(event.event.Tag) });
    const shown = await this.find.attribute(actor, uuid);
    return this.replace(actor, shown, (each) => [{ ...each, Tag: change(each.Tag) }]);
  }

  private async objectOfSender(actor: Actor, id: string): Promise<FoundObject> {
    const found = await this.find.object(actor, id);
    if (found.object.name === FACTS_OBJECT) throw madeByRonda();
    return found;
  }

  private replace(actor: Actor, shown: FoundAttribute, by: (part: Json) => Json[]): Promise<string> {
    const { attribute, event } = shown;
    const parts = (of: unknown): Json[] =>
      objectsOf(of).flatMap((each) => (each.uuid === attribute.uuid ? by(each) : [each]));
    return this.save.run(actor, shown, {
      Attribute: parts(event.Attribute),
      Object: objectsOf(event.Object).map((each) => ({ ...each, Attribute: parts(each.Attribute) })),
    });
  }

  private replaceObject(actor: Actor, shown: RenderedEvent, uuid: string, by: Json[]): Promise<string> {
    return this.save.run(actor, shown, {
      Object: objectsOf(shown.event.Object).flatMap((each) => (each.uuid === uuid ? by : [each])),
    });
  }
}

/** The attribute of the event that says the same: by its uuid or, of one that is in no object, by its type and value. */
export const sameAttribute = (event: Json, wanted: Json): Json | undefined =>
  attributesOf(event)
    .map(({ attribute }) => attribute)
    .find(
      ({ uuid, type, value, object_relation: relation }) =>
        uuid === wanted.uuid || (relation === undefined && type === wanted.type && value === wanted.value),
    );

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
