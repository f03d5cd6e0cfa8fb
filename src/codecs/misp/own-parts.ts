import type { Json } from '../record/json.js';
import { isObject, objectsOf, textOf } from '../record/json.js';
import type { MispEvent } from './misp-event.js';
import { tlpOfTag } from './tags.js';

/**
 * Whether a part of an event is marked or distributed by itself, less far than to all: it is its owner's alone, however far
 * the event goes. A word that cannot be read is no leave to go further. A sharing group of a part's own is nobody here.
 */
export function isOwnPart(part: Json): boolean {
  const { distribution } = part;
  if (distribution !== undefined && distribution !== null && distribution !== '')
    if (!['3', '5', 3, 5].includes(distribution as string | number)) return true;
  const tags = [...objectsOf(part.Tag), ...objectsOf(objectsOf(part.AttributeTag).map(({ Tag }) => Tag))];
  return tags.some(({ name }) => {
    const label = textOf(name) ?? '';
    return /^tlp:/i.test(label) && tlpOfTag(label) !== 'TLP:CLEAR';
  });
}

/**
 * The event without its owner's own parts, and without what names one of them: nothing of it speaks of what is not there.
 * Of whatever kind they are: attributes, objects, reports, analysts' notes, clusters, or what MISP will think of.
 * @returns the event itself where all of it is open.
 */
export function openPartOf(event: MispEvent): MispEvent {
  const own = ownPartsIn(event);
  if (own.length === 0) return event;
  const names = namesOf(own);
  const left = withoutOwn(event, names);
  return { ...left, info: event.info };
}

/** The outermost ones: what is in them goes with them. */
function ownPartsIn(whole: Json): Json[] {
  return Object.values(whole).flatMap((member) =>
    (isObject(member) ? [member] : objectsOf(member)).flatMap((part) => (isOwnPart(part) ? [part] : ownPartsIn(part))),
  );
}

interface Names {
  uuids: ReadonlySet<string>;
  /** A server's numbers of attributes and objects, which it counts apart. */
  numbers: ReadonlySet<string>;
  /** A cluster is attached by its tag. */
  tags: ReadonlySet<string>;
}

function namesOf(own: readonly Json[]): Names {
  const parts = own.flatMap((part) => [part, ...objectsOf(part.Attribute)]);
  const texts = (name: string, of: readonly Json[]): string[] =>
    of.flatMap((part) => textOf(part[name])?.toLowerCase() ?? []);
  return {
    uuids: new Set(texts('uuid', parts)),
    numbers: new Set(parts.flatMap(({ id }) => (isNumber(id) ? [String(id)] : []))),
    tags: new Set(texts('tag_name', own)),
  };
}

const isNumber = (id: unknown): boolean => /^[1-9]\d*$/.test(String(id));

/** By which MISP says of one part that it speaks of another. */
const REFERENCES = ['referenced_uuid', 'object_uuid', 'attribute_uuid', 'related_object_uuid'] as const;

const isAbout = (part: Json, { uuids }: Names): boolean =>
  REFERENCES.some((name) => uuids.has(textOf(part[name])?.toLowerCase() ?? ''));

function withoutOwn(whole: Json, names: Names): Json {
  return Object.fromEntries(
    Object.entries(whole).flatMap(([name, member]) => {
      // Some lists are kept by the number or uuid of the attribute that they are about.
      if (names.uuids.has(name.toLowerCase()) || names.numbers.has(name)) return [];
      if (isObject(member)) return isOwnPart(member) ? [] : [[name, withoutOwn(member, names)]];
      if (!Array.isArray(member)) return [[name, member]];
      return [[name, member.flatMap((item: unknown) => (isObject(item) ? leftOf(name, item, names) : [item]))]];
    }),
  );
}

function leftOf(list: string, item: Json, names: Names): Json[] {
  if (isOwnPart(item) || isAbout(item, names)) return [];
  if (list === 'Tag' && names.tags.has(textOf(item.name)?.toLowerCase() ?? '')) return [];
  // A sighting of the event's own list may name its attribute by number alone.
  if (list === 'Sighting' && names.numbers.has(String(item.attribute_id))) return [];
  const left = withoutOwn(item, names);
  // A galaxy is there for its clusters.
  const isEmptied =
    list === 'Galaxy' && objectsOf(item.GalaxyCluster).length > 0 && objectsOf(left.GalaxyCluster).length === 0;
  return isEmptied ? [] : [left];
}
