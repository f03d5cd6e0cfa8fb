import { canonicalJson } from '../../kernel/canonical-json.js';
import { isRsitType, rsitTag } from '../../kernel/rsit.js';
import type { ExchangeRecord, RecordObservable, RecordSighting } from '../record/index.js';
import type { Json } from '../record/json.js';
import { objectsOf, textOf } from '../record/json.js';
import { uuidWithin } from '../record/uuid-v5.js';
import { factsOfRecord } from './facts.js';
import { DISTRIBUTIONS, FACTS_OBJECT, FACTS_TEMPLATE, secondsOf } from './misp-event.js';
import type { Distribution, MispEvent, SharingGroup } from './misp-event.js';
import { isOwnPart, openPartOf } from './own-parts.js';
import { attributesOf, recordOfEvent, valuesIn } from './read-event.js';
import { isReservedTag } from './tags.js';
import { attributeTypeOf, valuesOfAttribute } from './types.js';

export interface EventOptions {
  /** Of the event: the record's own id, or a fresh one where that must not leave. All other uuids are made from it. */
  uuid: string;
  /** Whose the event is where the record does not say: MISP has no event of nobody. */
  anonymous: { uuid: string; name: string };
  distribution: Exclude<Distribution, 'inherit'>;
  sharingGroup?: SharingGroup;
  /** The event as it came, where the record was read from one: what the record does not hold goes back as it was. */
  kept?: MispEvent;
}

const NO_TYPES: ReadonlyMap<string, string> = new Map();
const keyOf = ({ type, value }: { type: string; value: string }): string => `${type} ${value}`;

/** An incident as a MISP event in core format; the caller says how far it goes. */
export function toEvent(record: ExchangeRecord, options: EventOptions): { Event: MispEvent } {
  const event = eventWithoutFacts(record, options);
  const isWhole = options.kept !== undefined && saysTheSame(record, event, options);
  if (!isWhole) event.Object = [...objectsOf(event.Object), factsObject(record, event, options)];
  return { Event: event };
}

function eventWithoutFacts(record: ExchangeRecord, options: EventOptions): MispEvent {
  const { kept, distribution, sharingGroup } = options;
  const { organisation } = record;
  const owner = organisation ? { uuid: organisation.id, name: organisation.name } : options.anonymous;
  const { attributes, objects } = keptParts(record, kept);
  const held = new Set([...attributes, ...objects.flatMap((each) => objectsOf(each.Attribute))].flatMap(keysIn));
  const counts = new Map<string, number>();
  const added = record.observables
    .filter((each) => !held.has(keyOf(each)))
    .map((each) => attributeOf(each, record, options.uuid, counts));
  return {
    ...kept,
    uuid: options.uuid,
    info: record.title,
    date: (record.occurredAt ?? record.createdAt).slice(0, 10),
    timestamp: secondsOf(record.modifiedAt),
    published: record.status !== 'draft',
    analysis: record.status === 'closed' ? '2' : ['draft', 'submitted', 'triaged'].includes(record.status) ? '0' : '1',
    threat_level_id: threatLevelOf(record),
    distribution: String(DISTRIBUTIONS.indexOf(distribution)),
    sharing_group_id: '0',
    ...(sharingGroup && { SharingGroup: sharingGroupOf(sharingGroup) }),
    Org: owner,
    Orgc: owner,
    Tag: tagsOf(record, kept),
    Attribute: [...attributes, ...added, ...links(record, options)],
    Object: [...objects, ...mitigationsOf(record, options)],
    EventReport: reportsOf(record, options),
    Galaxy: objectsOf(kept?.Galaxy),
  };
}

const keysIn = (attribute: Json): string[] => valuesIn(attribute, NO_TYPES).map(keyOf);

/** Whether reading the event again gives what a person can change; then Ronda adds nothing of its own to it. */
function saysTheSame(record: ExchangeRecord, event: MispEvent, options: EventOptions): boolean {
  const given = { uuid: options.uuid, now: record.modifiedAt };
  // A record is made of what is open of an event; observables that are its owner's alone are in it all the same.
  const { observables } = recordOfEvent(event, given);
  const read = { ...recordOfEvent(openPartOf(event), given), observables };
  const changeable = ({
    id: _i,
    createdAt: _c,
    modifiedAt: _m,
    status: _s,
    organisation: _o,
    notes,
    ...rest
    // A report has no time of writing, but one of its last change.
  }: ExchangeRecord): string => canonicalJson({ ...rest, notes: notes.map(({ createdAt: _at, ...note }) => note) });
  return changeable(read) === changeable(record);
}

/** What came, without what the record no longer has. An attribute of two values goes with either of them. */
function keptParts(record: ExchangeRecord, kept: MispEvent | undefined): { attributes: Json[]; objects: Json[] } {
  const present = new Set(record.observables.map(keyOf));
  const stays = (attribute: Json): boolean => keysIn(attribute).every((key) => present.has(key));
  const objects = objectsOf(kept?.Object)
    .filter((each) => each.name !== FACTS_OBJECT)
    .flatMap((each) => {
      const attributes = objectsOf(each.Attribute);
      const staying = attributes.filter(stays);
      return attributes.length > 0 && staying.length === 0 ? [] : [{ ...each, Attribute: staying }];
    });
  return { attributes: objectsOf(kept?.Attribute).filter(stays), objects };
}

function attributeOf(
  observable: RecordObservable,
  record: ExchangeRecord,
  event: string,
  counts: Map<string, number>,
): Json {
  const { type, value, forDetection, comment, firstSeen, lastSeen } = observable;
  const key = keyOf(observable);
  const repeated = counts.get(key) ?? 0;
  counts.set(key, repeated + 1);
  const sightings =
    repeated > 0 ? [] : record.sightings.filter((each) => each.observable && keyOf(each.observable) === key);
  const written = sightings.flatMap(sightingOf);
  return {
    uuid: uuidWithin(event, repeated === 0 ? `attribute ${key}` : `attribute ${key} ${repeated}`),
    ...attributeTypeOf(type, value),
    value,
    to_ids: forDetection,
    comment: comment ?? '',
    distribution: '5',
    timestamp: secondsOf(record.modifiedAt),
    ...(firstSeen !== null && { first_seen: firstSeen }),
    ...(lastSeen !== null && { last_seen: lastSeen }),
    ...(written.length > 0 && { Sighting: written }),
  };
}

/** MISP has no word for looked for and not seen. */
function sightingOf({ id, kind, at, detector, organisation }: RecordSighting): Json[] {
  const type = { seen: '0', 'false-positive': '1', expired: '2', 'not-seen': null }[kind];
  if (type === null) return [];
  const by = organisation && { Organisation: { uuid: organisation.id, name: organisation.name } };
  return [{ uuid: id, type, date_sighting: secondsOf(at), source: detector ?? '', ...by }];
}

function threatLevelOf({ severity }: ExchangeRecord): string {
  if (!severity) return '4';
  return severity.score >= 65 ? '1' : severity.score >= 35 ? '2' : '3';
}

const sharingGroupOf = ({ uuid, name, organisations }: SharingGroup): Json => ({
  uuid,
  name,
  SharingGroupOrg: organisations.map((organisation) => ({ Organisation: organisation })),
});

function tagsOf(record: ExchangeRecord, kept: MispEvent | undefined): Json[] {
  const { tlp, pap } = record.marking;
  const { rsit, techniques } = record;
  const came = objectsOf(kept?.Tag);
  // A galaxy's tags stay with the galaxy; nobody who only knows the id could write the cluster's name.
  const galaxies = came.flatMap(({ name }) => (/^misp-galaxy:/.test(textOf(name) ?? '') ? (textOf(name) ?? []) : []));
  const isNew = kept === undefined;
  const own = [
    ...(tlp ? [tlp.toLowerCase()] : []),
    ...(pap ? [pap] : []),
    ...(rsit && isRsitType(rsit.class, rsit.type) && !isDefault(rsit, kept) ? [rsitTag(rsit.class, rsit.type)] : []),
    ...record.tags.filter((tag) => !isReservedTag(tag)),
    ...(isNew ? techniques.filter((each) => /^[\w.]+$/.test(each)).map((each) => `ronda:technique="${each}"`) : []),
  ];
  const isNamed = (tag: Json, name: string): boolean =>
    (textOf(tag.name) ?? '').toLowerCase().replace('white', 'clear') === name.toLowerCase();
  return [...own, ...galaxies].map((name) => came.find((tag) => isNamed(tag, name)) ?? { name });
}

/** An event that came without a class, and got none, goes back without one. */
const isDefault = (rsit: { class: string; type: string }, kept: MispEvent | undefined): boolean =>
  kept !== undefined && rsit.class === 'other' && rsit.type === 'undetermined';

function links(record: ExchangeRecord, { uuid, kept }: EventOptions): Json[] {
  const came = new Set(objectsOf(kept?.Attribute).map(({ value }) => value));
  return record.externalReferences.flatMap(({ url, description }, position) =>
    url === null || came.has(url)
      ? []
      : [
          {
            uuid: uuidWithin(uuid, `reference ${position}`),
            type: 'link',
            category: 'External analysis',
            value: url,
            to_ids: false,
            comment: description ?? '',
            distribution: '5',
            timestamp: secondsOf(record.modifiedAt),
          },
        ],
  );
}

function mitigationsOf(record: ExchangeRecord, { uuid, kept }: EventOptions): Json[] {
  if (kept) return [];
  const timestamp = secondsOf(record.modifiedAt);
  return record.mitigations.map(({ name, description }, position) => {
    const id = uuidWithin(uuid, `course-of-action ${position}`);
    const said = [['name', name] as const, ...(description === null ? [] : [['description', description] as const])];
    return mispObject(
      'course-of-action',
      id,
      timestamp,
      said.map(([relation, value]) => ({ relation, type: 'text', value })),
    );
  });
}

function reportsOf(record: ExchangeRecord, { uuid, kept }: EventOptions): Json[] {
  const came = objectsOf(kept?.EventReport);
  const open = came.filter((each) => !isOwnPart(each));
  const timestamp = secondsOf(record.modifiedAt);
  const reportOf = (id: string, name: string, content: string, at: string): Json => {
    const before = open.find((each) => each.uuid === id || (name === 'Description' && each.name === name));
    return before?.content === content
      ? before
      : { uuid: id, name, content, distribution: '5', timestamp: at, deleted: false };
  };
  return [
    // Of those the record says nothing: they are their owner's, whatever becomes of it.
    ...came.filter(isOwnPart),
    ...(record.description === null
      ? []
      : [reportOf(uuidWithin(uuid, 'description'), 'Description', record.description, timestamp)]),
    ...record.notes.map(({ id, text, createdAt }) => reportOf(id, 'Comment', text, secondsOf(createdAt))),
  ];
}

function factsObject(record: ExchangeRecord, event: MispEvent, { uuid }: EventOptions): Json {
  const reserved = record.tags.flatMap((tag, position) => (isReservedTag(tag) ? [{ position, tag }] : []));
  const types = attributesOf(event).flatMap((attribute) => {
    const observable = record.observables.find((each) => isWrittenAs(each, attribute, uuid));
    if (!observable) return [];
    const read = valuesOfAttribute(textOf(attribute.type) ?? '', observable.value);
    const isRead = read.length === 1 && read[0]?.type === observable.type;
    return isRead ? [] : [{ uuid: attribute.uuid, type: observable.type }];
  });
  const facts = factsOfRecord(record, reserved, types);
  return mispObject(FACTS_OBJECT, uuidWithin(uuid, FACTS_OBJECT), secondsOf(record.modifiedAt), facts);
}

/** Whether an attribute is the one that Ronda made for an observable. */
const isWrittenAs = (observable: RecordObservable, { uuid, value }: Json, event: string): boolean =>
  value === observable.value && uuid === uuidWithin(event, `attribute ${keyOf(observable)}`);

function mispObject(
  name: string,
  uuid: string,
  timestamp: string,
  said: readonly { relation: string; type: string; value: string }[],
): Json {
  const isOwn = name === FACTS_OBJECT;
  return {
    uuid,
    name,
    'meta-category': isOwn ? 'internal' : 'misc',
    description: isOwn
      ? 'What Ronda knows of an incident and MISP has no place for'
      : 'An object describing a specific measure taken to prevent or respond to an attack.',
    template_uuid: isOwn ? FACTS_TEMPLATE : '3d1c2c06-68a9-4394-8c8d-258d115f796f',
    template_version: '1',
    distribution: '5',
    timestamp,
    Attribute: said.map(({ relation, type, value }) => ({
      uuid: uuidWithin(uuid, relation),
      object_relation: relation,
      type,
      category: 'Other',
      value,
      to_ids: false,
      disable_correlation: true,
      distribution: '5',
      timestamp,
    })),
  };
}
