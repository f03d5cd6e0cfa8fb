import type { Fault } from '../../kernel/problem.js';
import { emptyRecord } from '../record/index.js';
import type { ExchangeRecord, RecordNote, RecordObservable, RecordSighting } from '../record/index.js';
import type { Json } from '../record/json.js';
import { isObject, objectsOf, textOf } from '../record/json.js';
import { rsitOfTag } from '../record/rsit-of-tag.js';
import { uuidWithin } from '../record/uuid-v5.js';
import { eventFaults } from './event-faults.js';
import { unflatten, withFacts } from './facts.js';
import type { Fact } from './facts.js';
import { DISTRIBUTIONS, FACTS_OBJECT, timeOf } from './misp-event.js';
import type { Distribution, MispEvent } from './misp-event.js';
import { openPartOf } from './own-parts.js';
import { isReservedTag, papOfTag, techniqueOfTag, tlpOfTag } from './tags.js';
import { valuesOfAttribute } from './types.js';

export interface ReadEvent {
  /** As it came. `toEvent` gives back of it whatever the record does not hold. */
  raw: MispEvent;
  /** All that it says. */
  record: ExchangeRecord;
  /** The same without what is its owner's alone: of that a record is made. The same objects where all of it is open. */
  open: { raw: MispEvent; record: ExchangeRecord };
  /** How far its sender lets it go: for the caller to make an audience of. */
  distribution: Distribution | null;
  /** UUID of the sharing group, where it goes to one. */
  sharingGroup: string | null;
}

export type EventReading = { faults: Fault[]; event: null } | { faults: []; event: ReadEvent };

/**
 * Reads a core-format event, bare or as `{"Event": …}`.
 * @param value parsed JSON.
 * @param given the id of an event that brings none, and the time of one that says none.
 * @returns every fault by JSON Pointer into `value`, and then nothing else; or all that was in it.
 */
export function readEvent(value: unknown, given: { uuid: string; now: string }): EventReading {
  const isWrapped = isObject(value) && isObject(value.Event);
  const raw = isWrapped ? value.Event : value;
  const faults = eventFaults(raw).map((fault) => ({ ...fault, pointer: (isWrapped ? '/Event' : '') + fault.pointer }));
  if (faults.length > 0) return { faults, event: null };
  const event = raw as MispEvent;
  const record = recordOfEvent(event, given);
  const open = openPartOf(event);
  return {
    faults: [],
    event: {
      raw: event,
      record,
      open: { raw: open, record: open === event ? record : recordOfEvent(open, given) },
      distribution: distributionOf(event.distribution),
      sharingGroup: isObject(event.SharingGroup) ? textOf(event.SharingGroup.uuid) : null,
    },
  };
}

const distributionOf = (level: unknown): Distribution | null => {
  const named = level === undefined || level === '' ? undefined : DISTRIBUTIONS[Number(level)];
  return named ?? null;
};

const tagsOf = (part: Json): string[] => objectsOf(part.Tag).flatMap(({ name }) => textOf(name) ?? []);

const isDeleted = ({ deleted }: Json): boolean => deleted === true || deleted === 1 || deleted === '1';

/** What an event says, as an incident; Ronda's own facts where it wrote the event. */
export function recordOfEvent(event: MispEvent, given: { uuid: string; now: string }): ExchangeRecord {
  const id = (textOf(event.uuid) ?? given.uuid).toLowerCase();
  const changed = timeOf(event.timestamp) ?? timeOf(event.date) ?? given.now;
  const tags = tagsOf(event);
  const { description, notes } = reportsOf(event, id, changed);
  const record: ExchangeRecord = {
    ...emptyRecord(id, changed),
    title: event.info,
    description,
    occurredAt: timeOf(event.date),
    // RSIT's word for what nobody has classified.
    rsit: tags.map(rsitOfTag).find((each) => each !== null) ?? { class: 'other', type: 'undetermined' },
    marking: {
      tlp: tags.map(tlpOfTag).find((each) => each !== null) ?? null,
      pap: tags.map(papOfTag).find((each) => each !== null) ?? null,
    },
    tags: [...new Set(tags.filter((each) => !isReservedTag(each)))],
    techniques: [...new Set([...tags.flatMap((each) => techniqueOfTag(each) ?? []), ...techniquesOfGalaxies(event)])],
    organisation: organisationOf(event, changed),
    externalReferences: linksOf(event),
    mitigations: mitigationsOf(event),
    sightings: sightingsOf(event, id),
    notes,
  };
  const own = objectsOf(event.Object).find((each) => each.name === FACTS_OBJECT && !isDeleted(each));
  const facts = own ? unflatten(objectsOf(own.Attribute).flatMap(factOf)) : null;
  const types = facts && isObject(facts.observableTypes) ? facts.observableTypes : {};
  const named = new Map(
    objectsOf(Object.values(types)).map(({ uuid, type }) => [textOf(uuid) ?? '', textOf(type) ?? ''] as const),
  );
  record.observables = observablesOf(event, named);
  return facts ? withFacts(record, facts) : record;
}

function factOf({ object_relation, type, value }: Json): Fact[] {
  const relation = textOf(object_relation);
  const known = (['text', 'float', 'boolean'] as const).find((each) => each === type);
  return relation !== null && known && typeof value === 'string' ? [{ relation, type: known, value }] : [];
}

/** The attributes of an event and of its objects, Ronda's own and deleted ones apart. */
export function attributesOf(event: Json): Json[] {
  const objects = objectsOf(event.Object).filter((each) => each.name !== FACTS_OBJECT && !isDeleted(each));
  return [...objectsOf(event.Attribute), ...objects.flatMap(({ Attribute }) => objectsOf(Attribute))].filter(
    (each) => !isDeleted(each),
  );
}

/** The values of an attribute; by `named` of one that Ronda wrote, whose type MISP has no word for. */
export function valuesIn(attribute: Json, named: ReadonlyMap<string, string>): { type: string; value: string }[] {
  const value = textOf(attribute.value) ?? '';
  const type = named.get(textOf(attribute.uuid) ?? '');
  return type === undefined ? valuesOfAttribute(textOf(attribute.type) ?? '', value) : [{ type, value }];
}

function observablesOf(event: Json, named: ReadonlyMap<string, string>): RecordObservable[] {
  const found = new Map<string, RecordObservable>();
  for (const attribute of attributesOf(event)) {
    const comment = textOf(attribute.comment);
    for (const { type, value } of valuesIn(attribute, named)) {
      const key = `${type} ${value}`;
      const before = found.get(key);
      const forDetection = attribute.to_ids === true || attribute.to_ids === '1' || attribute.to_ids === 1;
      found.set(key, {
        type,
        value,
        forDetection: forDetection || (before?.forDetection ?? false),
        comment: before?.comment ?? (comment === '' ? null : comment),
        firstSeen: before?.firstSeen ?? timeOf(attribute.first_seen),
        lastSeen: before?.lastSeen ?? timeOf(attribute.last_seen),
      });
    }
  }
  return [...found.values()];
}

/** One named `Description` is the description, any other a comment. */
function reportsOf(event: Json, id: string, changed: string): { description: string | null; notes: RecordNote[] } {
  let description: string | null = null;
  const notes: RecordNote[] = [];
  for (const [position, report] of objectsOf(event.EventReport)
    .filter((each) => !isDeleted(each))
    .entries()) {
    const text = textOf(report.content) ?? '';
    if (report.name === 'Description' && description === null) description = text;
    else {
      const noteId = textOf(report.uuid) ?? uuidWithin(id, `report ${position}`);
      notes.push({ id: noteId, text, createdAt: timeOf(report.timestamp) ?? changed, organisation: null, alias: null });
    }
  }
  return { description, notes };
}

function techniquesOfGalaxies(event: Json): string[] {
  return objectsOf(event.Galaxy)
    .flatMap(({ GalaxyCluster }) => objectsOf(GalaxyCluster))
    .flatMap(({ meta }) => (isObject(meta) ? [meta.external_id].flat() : []))
    .filter((each): each is string => typeof each === 'string' && /^(AML\.)?T\d{4}(\.\d{3})?$/.test(each));
}

function linksOf(event: Json): ExchangeRecord['externalReferences'] {
  return objectsOf(event.Attribute)
    .filter((each) => each.type === 'link' && !isDeleted(each))
    .map(({ value, comment }) => ({
      source: 'misp',
      id: null,
      url: textOf(value),
      description: textOf(comment) === '' ? null : textOf(comment),
    }));
}

function mitigationsOf(event: Json): ExchangeRecord['mitigations'] {
  return objectsOf(event.Object)
    .filter((each) => each.name === 'course-of-action' && !isDeleted(each))
    .map(({ Attribute }) => {
      const said = (relation: string): string | null =>
        textOf(objectsOf(Attribute).find((each) => each.object_relation === relation)?.value);
      return { name: said('name') ?? '', description: said('description') };
    });
}

const KINDS = ['seen', 'false-positive', 'expired'] as const;

function sightingsOf(event: Json, id: string): RecordSighting[] {
  return attributesOf(event).flatMap((attribute) =>
    objectsOf(attribute.Sighting).flatMap((sighting, position) => {
      const kind = KINDS[Number(sighting.type ?? 0)];
      const at = timeOf(sighting.date_sighting);
      const [observable] = valuesIn(attribute, new Map());
      if (!kind || at === null) return [];
      const source = textOf(sighting.source);
      return [
        {
          id: textOf(sighting.uuid) ?? uuidWithin(id, `sighting ${textOf(attribute.uuid) ?? ''} ${position}`),
          observable: observable ?? null,
          kind,
          at,
          count: 1,
          detector: source === '' ? null : source,
          organisation: organisationOf({ Orgc: sighting.Organisation }, at),
        },
      ];
    }),
  );
}

function organisationOf({ Orgc }: Json, at: string): ExchangeRecord['organisation'] {
  if (!isObject(Orgc) || typeof Orgc.uuid !== 'string') return null;
  return { id: Orgc.uuid.toLowerCase(), name: textOf(Orgc.name) ?? '', country: null, modifiedAt: at };
}
