import { Injectable } from '@nestjs/common';
import { timeOf } from '../../../codecs/misp/index.js';
import type { Json } from '../../../codecs/record/json.js';
import { objectsOf, textOf, textsOf } from '../../../codecs/record/json.js';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput, notFound } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { LookUpObservables, ReadAppearances, SightObservable } from '../../observables/index.js';
import type { SightingView } from '../../observables/index.js';
import { FindEvent } from './find-event.js';
import { attributesOf, numberOfEvent, numberOfPart, readNative } from './misp.rules.js';
import { RenderEvents } from './render-events.js';

const KINDS = ['seen', 'false-positive', 'expired'] as const;
/** A value that is in more records says nothing, and is sighted in none. */
const MOST_VALUES = 100;

/** Says what was seen of attributes, as sightings of the records' observables. */
@Injectable()
export class SightAttribute {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindEvent,
    private readonly rendering: RenderEvents,
    private readonly sight: SightObservable,
    private readonly lookUp: LookUpObservables,
    private readonly appearances: ReadAppearances,
  ) {}

  /** @returns the sighting's id. @throws Problem the one 404; 400 where the attribute is nothing that can be seen. */
  async one(actor: Actor, attributeId: string, body: Json): Promise<{ id: string; incident: string; attribute: Json }> {
    const { view, uuid, attribute } = await this.find.attribute(actor, attributeId);
    const read = readNative({ info: '-', Attribute: [attribute] }, { uuid, now: this.work.at.toISOString() });
    const keys = new Set(read?.record.observables.map((each) => this.rendering.keyOf(each)));
    for (let cursor: string | undefined; ;) {
      const page = await this.appearances.page(actor, view.id, { limit: 100, cursor });
      const said = page.items.find(({ type, value }) => keys.has(`${type} ${value}`));
      if (said?.id != null) {
        const id = await this.sight.run(actor, view.id, { observable: said.id, ...this.saidIn(body) });
        return { id, incident: view.id, attribute };
      }
      if (page.next === null) break;
      cursor = page.next;
    }
    throw invalidInput([
      { pointer: '', detail: 'The attribute is nothing that Ronda looks for: it has no sightings.' },
    ]);
  }

  /** In every record where the caller reads one of the values. @throws Problem the one 404 where there is none. */
  async values(actor: Actor, body: Json): Promise<{ id: string; incident: string }[]> {
    const wanted = [...textsOf(body.values), ...(textOf(body.value) === null ? [] : [String(body.value)])];
    if (wanted.length === 0 || wanted.length > MOST_VALUES)
      throw invalidInput([{ pointer: '/values', detail: `Give 1 to ${MOST_VALUES} values.` }]);
    const { items } = await this.lookUp.run(actor, { values: wanted });
    const sighted: { id: string; incident: string }[] = [];
    for (const found of items)
      for (const { id: observable, records } of found.observables)
        for (const { id: incident } of records)
          sighted.push({ id: await this.sight.run(actor, incident, { observable, ...this.saidIn(body) }), incident });
    if (sighted.length === 0) throw notFound();
    return sighted;
  }

  /** Of an event, or of one of its attributes, by whichever id there is. */
  async list(actor: Actor, context: string, id: string): Promise<Json[]> {
    if (context === 'attribute') {
      const { event, attribute } = await this.find.attribute(actor, id);
      return objectsOf(attribute.Sighting).map((each) => shown(each, event, attribute));
    }
    const { event } = await this.find.one(actor, id);
    return sightingsIn(event);
  }

  /** A sighting that was just said of an attribute. */
  async show(actor: Actor, attributeId: string, id: string): Promise<Json> {
    const { view, uuid } = await this.find.attribute(actor, attributeId);
    return toMispSighting(await this.sight.view(actor, view.id, id), uuid);
  }

  private saidIn(body: Json): { kind: (typeof KINDS)[number]; at: string; detector: string | null } {
    const kind = KINDS[Number(body.type ?? 0)];
    if (!kind) throw invalidInput([{ pointer: '/type', detail: 'Give 0, 1 or 2.' }]);
    const day = textOf(body.date);
    const given = body.timestamp ?? (day === null ? undefined : `${day}T${textOf(body.time) ?? '00:00:00'}Z`);
    const at = given === undefined ? this.work.at.toISOString() : timeOf(given);
    if (at === null) throw invalidInput([{ pointer: '/timestamp', detail: 'Give Unix seconds.' }]);
    const detector = textOf(body.source);
    if (detector !== null && detector.length > 200)
      throw invalidInput([{ pointer: '/source', detail: 'Give 200 characters at the most.' }]);
    return { kind, at, detector: detector === '' ? null : detector };
  }
}

const shown = (sighting: Json, event: Json, attribute: Json): Json => ({
  ...sighting,
  id: numberOfPart(textOf(sighting.uuid) ?? ''),
  event_id: event.id,
  attribute_id: attribute.id,
  attribute_uuid: attribute.uuid,
});

const sightingsIn = (event: Json): Json[] =>
  attributesOf(event).flatMap(({ attribute }) =>
    objectsOf(attribute.Sighting).map((each) => shown(each, event, attribute)),
  );

const toMispSighting = (view: SightingView, event: string): Json => ({
  id: numberOfPart(view.id),
  uuid: view.id,
  type: String(
    Math.max(
      0,
      KINDS.findIndex((each) => each === view.kind),
    ),
  ),
  date_sighting: String(Math.floor(Date.parse(view.at) / 1000)),
  source: view.detector ?? '',
  event_id: numberOfEvent(event),
});
