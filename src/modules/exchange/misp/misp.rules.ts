import { FACTS_OBJECT, readEvent } from '../../../codecs/misp/index.js';
import type { MispEvent, ReadEvent } from '../../../codecs/misp/index.js';
import type { ExchangeRecord, RecordObservable } from '../../../codecs/record/index.js';
import type { Json } from '../../../codecs/record/json.js';
import { objectsOf, textOf } from '../../../codecs/record/json.js';
import { canonicalJson } from '../../../kernel/canonical-json.js';

const hexOf = (uuid: string): string => uuid.replaceAll('-', '');

/**
 * MISP's numbers: bits of the id, so they tell nothing that it does not. An event's are its first 48: it is found by them.
 */
export const numberOfEvent = (uuid: string): string => String(parseInt(hexOf(uuid).slice(0, 12), 16));

/** A part's are its first 24, which are its event's where Ronda made it, and its last 29: below 2^53 in all. */
export const numberOfPart = (uuid: string): string =>
  String(parseInt(hexOf(uuid).slice(0, 6), 16) * OF_THE_PART + (parseInt(hexOf(uuid).slice(-8), 16) % OF_THE_PART));
const OF_THE_PART = 2 ** 29;

/** Between which ids the record is whose event, or part of it, is meant; null for what cannot be an id. */
export function rangeOf(asked: string, what: 'event' | 'part'): { from: string; to: string } | null {
  const uuid = asked.toLowerCase();
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid))
    return { from: `${uuid.slice(0, 18)}-0000-000000000000`, to: `${uuid.slice(0, 18)}-ffff-ffffffffffff` };
  const number = /^[1-9]\d{0,15}$/.test(asked) ? Number(asked) : Infinity;
  if (number >= (what === 'event' ? 2 ** 48 : 2 ** 53)) return null;
  const first = what === 'event' ? number.toString(16).padStart(12, '0') : hexOfPart(number);
  const filled = (by: string): string => {
    const hex = first.padEnd(32, by);
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  };
  return { from: filled('0'), to: filled('f') };
}

const hexOfPart = (number: number): string =>
  Math.floor(number / OF_THE_PART)
    .toString(16)
    .padStart(6, '0');

/** The attributes of an event and of its objects, each with its object; but for Ronda's own facts. */
export function attributesOf(event: Json): { attribute: Json; object: Json | null }[] {
  return [
    ...objectsOf(event.Attribute).map((attribute) => ({ attribute, object: null })),
    ...objectsOf(event.Object)
      .filter(({ name }) => name !== FACTS_OBJECT)
      .flatMap((object) => objectsOf(object.Attribute).map((attribute) => ({ attribute, object }))),
  ];
}

/** What the service says of an event, and no sender: other numbers on every server, and whose it is. */
const OF_THE_SERVER = [
  ...['id', 'org_id', 'orgc_id', 'Org', 'Orgc', 'published', 'publish_timestamp', 'timestamp', 'attribute_count'],
  ...['RelatedEvent', 'Feed', 'event_creator_email', 'user_id', 'locked', 'proposal_email_lock', 'ShadowAttribute'],
];
const OF_A_PART = ['id', 'event_id', 'object_id', 'timestamp', 'RelatedAttribute', 'ShadowAttribute'];

const without = (json: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)));

/** An event by what its sender says, to tell two versions apart by and to keep. Ronda's own object is not the sender's. */
function saidByEvent(event: Json): MispEvent {
  const part = (each: Json): Json => ({
    ...without(each, OF_A_PART),
    ...(Array.isArray(each.Attribute) && { Attribute: objectsOf(each.Attribute).map(part) }),
  });
  return {
    ...without(event, OF_THE_SERVER),
    info: textOf(event.info) ?? '',
    Attribute: objectsOf(event.Attribute).map(part),
    Object: objectsOf(event.Object)
      .filter(({ name }) => name !== FACTS_OBJECT)
      .map(part),
    EventReport: objectsOf(event.EventReport).map(part),
  };
}

/** Every id by which a part of the event, or the event itself, may be asked for. */
export function namesIn(event: MispEvent, uuid: string): string[] {
  const parts = [
    ...attributesOf(event).map(({ attribute }) => attribute),
    ...objectsOf(event.Object),
    ...objectsOf(event.EventReport),
  ];
  const ids = parts.flatMap((part) => textOf(part.uuid)?.toLowerCase() ?? []);
  return [...new Set([uuid, ...ids])];
}

/** Facts that MISP says in words of its own. Whatever else a record says is Ronda's alone to say. */
const NATIVE = ['title', 'description', 'rsit', 'tags', 'techniques', 'externalReferences'] as const;

const isSame = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other);

type Native = Pick<ExchangeRecord, (typeof NATIVE)[number]>;

/** What an event said, and what of it Ronda could file. */
export interface Came {
  /** Without what stayed with the owner, but for observables. */
  read: ExchangeRecord;
  /** As it was filed: what the record still says so, goes out as it came. */
  filed: Native;
  /** Observables that stayed with the owner, by their keys. */
  own: ReadonlySet<string>;
}

/**
 * The record as MISP is to say it: what nobody changed since it was filed goes as it came, the rest as Ronda has it now.
 * @param keyOf an observable's one form, by which Ronda compares; null of what has none, and was not filed.
 */
export function merged(
  now: ExchangeRecord,
  { read, filed, own }: Came,
  keyOf: (observable: RecordObservable) => string | null,
): ExchangeRecord {
  const native = Object.fromEntries(
    NATIVE.map((name) => [name, isSame(now[name], filed[name]) ? read[name] : now[name]]),
  ) as unknown as Native;
  const present = new Set(now.observables.map(keyOf));
  const cameAs = new Set(read.observables.map(keyOf));
  return {
    ...now,
    ...native,
    observables: [
      ...read.observables.filter((each) => {
        const key = keyOf(each);
        return key === null || present.has(key) || own.has(key);
      }),
      ...now.observables.filter((each) => !cameAs.has(keyOf(each))),
    ],
    mitigations: read.mitigations,
    sightings: read.sightings,
    notes: [...read.notes, ...now.notes],
  };
}

/** What a sender changed of an event, in the shape of an edit; observables apart. */
export function changesBetween(before: ExchangeRecord, after: ExchangeRecord): Partial<ExchangeRecord> {
  const names = [...NATIVE, 'occurredAt'] as const;
  const changed = names.filter((name) => !isSame(before[name], after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}

/** What an event says by MISP's own words alone. @returns null where it cannot be read. */
export const readNative = (event: MispEvent, given: { uuid: string; now: string }): ReadEvent | null =>
  readEvent(saidByEvent(event), given).event;

/**
 * What to keep of an event that was changed: what Ronda made of the record, and the sender left as it was, Ronda makes again.
 * Sightings are no part of a change: those that came stay.
 */
export function toKeepOf(sent: Json, shown: Json, before: Json | null): MispEvent {
  const said = saidByEvent(sent);
  const made = saidByEvent(shown);
  const came = before && saidByEvent(before);
  for (const name of ['Attribute', 'Object', 'EventReport']) {
    const byUuid = (event: Json | null): Map<unknown, Json> =>
      new Map(objectsOf(event?.[name]).map((part) => [part.uuid, part]));
    const [makes, brought] = [byUuid(made), byUuid(came)];
    said[name] = objectsOf(said[name]).flatMap((part) => {
      const earlier = brought.get(part.uuid);
      if (!earlier && isSame(withoutSightings(part), withoutSightings(makes.get(part.uuid) ?? null))) return [];
      return [{ ...withoutSightings(part), ...(earlier?.Sighting !== undefined && { Sighting: earlier.Sighting }) }];
    });
  }
  return said;
}

const withoutSightings = (part: Json | null): Json => {
  const { Sighting: _seen, ...rest } = part ?? {};
  return rest;
};

/** Whether two versions say the same to MISP. */
export const saysTheSame = (one: Json, other: Json): boolean => isSame(saidByEvent(one), saidByEvent(other));
