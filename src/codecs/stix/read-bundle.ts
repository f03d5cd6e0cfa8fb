import { canonicalJson } from '../../kernel/canonical-json.js';
import type { Tlp } from '../../kernel/markings.js';
import type { Fault } from '../../kernel/problem.js';
import type { ExchangeRecord } from '../record/index.js';
import { objectFaults } from './faults.js';
import { markingsOf, tlpOf } from './markings.js';
import type { Markings } from './markings.js';
import { pointerTo } from './pointer.js';
import { recordsOf } from './record-of-stix.js';
import type { Json } from '../record/json.js';
import { MOST_BELONGING, StandingObjects } from './standing-objects.js';
import type { StixObject } from './stix-object.js';
import { isObject, objectsOf, textOf, textsOf } from '../record/json.js';

/** An object that was read: what came, untouched, and what a store has to know to keep it. */
export interface ReadObject {
  /** As it came. Whoever gives it back gives this. */
  raw: StixObject;
  markings: Markings;
  /** Ids that it names and that did not come along. */
  missing: string[];
}

export interface ReadBundle {
  /** In the order they came in; several versions of an id are several objects. */
  objects: ReadObject[];
  /** The incidents among them, newest version, none that is revoked. */
  records: ExchangeRecord[];
}

/** What is wrong with one of several objects: its position, and a pointer into it. */
export interface PlacedFault {
  at: number;
  fault: Fault;
}

export type SoundReading = { faults: PlacedFault[]; bundle: null } | { faults: []; bundle: ReadBundle };
export type BundleReading = { faults: Fault[]; bundle: null } | { faults: []; bundle: ReadBundle };

export const MOST_FAULTS = 100;
const CROWDED: Fault = {
  pointer: '',
  detail: `More than ${MOST_BELONGING} objects and values belong to the incidents that come together. Send this one with fewer others.`,
};
const BUNDLE_ID = /^bundle--[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$/;

/**
 * Reads a bundle, or one object that comes alone.
 * @param value parsed JSON.
 * @returns every fault by JSON Pointer into `value`, and then nothing else; or all that was in it.
 */
export function readBundle(value: unknown): BundleReading {
  if (!isObject(value))
    return { faults: [{ pointer: '', detail: 'This must be a STIX bundle or object.' }], bundle: null };
  if (value.type !== 'bundle') return readObjects([value], () => '');
  const faults = bundleFaults(value);
  if (faults.length > 0) return { faults, bundle: null };
  return readObjects((value.objects ?? []) as unknown[], (at) => pointerTo('objects', at));
}

function bundleFaults({ id, objects, spec_version }: Json): Fault[] {
  const faults: Fault[] = [];
  if (typeof id !== 'string' || !BUNDLE_ID.test(id))
    faults.push({ pointer: '/id', detail: 'This must be bundle-- and a UUID.' });
  if (spec_version !== undefined && spec_version !== '2.1')
    faults.push({ pointer: '/spec_version', detail: 'Only STIX 2.1 is read here.' });
  if (objects !== undefined && !(Array.isArray(objects) && objects.length > 0))
    faults.push({ pointer: '/objects', detail: 'This must be a list with something in it.' });
  return faults;
}

/**
 * Reads objects that belong together, such as those of a TAXII envelope.
 * @param pointerOf where the object of this position is in what was sent.
 */
export function readObjects(
  values: readonly unknown[],
  pointerOf = (at: number): string => pointerTo(at),
): BundleReading {
  const faults: Fault[] = [];
  for (const [at, value] of values.entries()) {
    if (faults.length >= MOST_FAULTS) break;
    for (const fault of objectFaults(value)) faults.push({ ...fault, pointer: pointerOf(at) + fault.pointer });
  }
  if (faults.length > 0) return { faults: faults.slice(0, MOST_FAULTS), bundle: null };
  const { faults: between, bundle } = readSound(values as StixObject[]);
  if (bundle) return { faults: [], bundle };
  const placed = between.map(({ at, fault }) => ({ ...fault, pointer: pointerOf(at) + fault.pointer }));
  return { faults: placed.slice(0, MOST_FAULTS), bundle: null };
}

/**
 * Reads objects that are each in order by themselves, as `objectFaults` says.
 * @returns all that is wrong between them, by their positions, and then nothing else; or what they say.
 */
export function readSound(objects: readonly StixObject[]): SoundReading {
  const faults = faultsBetween(objects);
  if (faults.length > 0) return { faults, bundle: null };
  const definitions = definitionsAmong(objects);
  const ids = new Set(objects.map(({ id }) => id));
  const standing = new StandingObjects(objects);
  const crowded = standing.crowded();
  if (crowded.size > 0) {
    // With all its versions: without the newest, the one before would be read.
    const places = [...objects.keys()].filter((at) => crowded.has(objects[at]?.id ?? ''));
    return { faults: places.map((at) => ({ at, fault: CROWDED })), bundle: null };
  }
  return {
    faults: [],
    bundle: {
      objects: objects.map((raw) => ({
        raw,
        markings: markingsOf(raw, definitions),
        missing: [...new Set(referencesOf(raw))].filter((id) => !ids.has(id)),
      })),
      records: recordsOf(standing, definitions),
    },
  };
}

const definitionsAmong = (objects: readonly StixObject[]): Map<string, Json> =>
  new Map(objects.filter(({ type }) => type === 'marking-definition').map((each) => [each.id, each]));

/** What is wrong between objects that are each in order. */
function faultsBetween(objects: readonly StixObject[]): PlacedFault[] {
  const definitions = definitionsAmong(objects);
  const versions = new Map<string, string>();
  return objects.flatMap((object, at) => {
    const faults = tlpFaults(object, definitions).map((fault) => ({ at, fault }));
    const version = `${object.id} ${object.modified ?? ''}`;
    const content = canonicalJson(object);
    const first = versions.get(version);
    // All are held against the first, which stands: held against one another, each of those that agree would need a reading.
    if (first === undefined) versions.set(version, content);
    else if (first !== content)
      faults.push({
        at,
        fault: { pointer: '/id', detail: 'Another object before has this id and version, and says something else.' },
      });
    return faults;
  });
}

/** Two labels that differ are never chosen between; neither of the object as a whole, nor of one part of it. */
function tlpFaults(object: StixObject, definitions: ReadonlyMap<string, Json>): Fault[] {
  const detail = (a: Tlp, b: Tlp): string => `This says ${b}, and another marking of the same says ${a}.`;
  const faults: Fault[] = [];
  let label: Tlp | null = null;
  for (const [at, id] of textsOf(object.object_marking_refs).entries()) {
    const tlp = tlpOf(id, definitions.get(id));
    if (tlp && label && tlp !== label)
      faults.push({ pointer: pointerTo('object_marking_refs', at), detail: detail(label, tlp) });
    label ??= tlp;
  }
  const bySelector = new Map<string, Tlp>();
  for (const [at, marking] of objectsOf(object.granular_markings).entries()) {
    const id = textOf(marking.marking_ref) ?? '';
    const tlp = tlpOf(id, definitions.get(id));
    if (!tlp) continue;
    for (const [index, selector] of textsOf(marking.selectors).entries()) {
      const before = bySelector.get(selector);
      if (before && before !== tlp)
        faults.push({ pointer: pointerTo('granular_markings', at, 'selectors', index), detail: detail(before, tlp) });
      bySelector.set(selector, tlp);
    }
  }
  return faults;
}

function* referencesOf(value: unknown, name = ''): Generator<string> {
  if (typeof value === 'string') {
    if (/_refs?$/.test(name) && /^[a-z][a-z0-9-]+--[0-9a-fA-F-]{36}$/.test(value)) yield value;
  } else if (Array.isArray(value)) {
    for (const each of value) yield* referencesOf(each, name);
  } else if (isObject(value)) {
    for (const [key, each] of Object.entries(value)) yield* referencesOf(each, key);
  }
}
