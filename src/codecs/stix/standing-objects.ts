import { grouped } from '../../kernel/grouped.js';
import { isObject, textOf, textsOf } from '../record/json.js';
import type { RecordValue } from '../record/index.js';
import { valuesOfObservable } from './observables.js';
import { valuesOfPattern } from './pattern.js';
import type { StixObject } from './stix-object.js';

/** What stands for an incident where a bundle has none. */
const CONTAINERS = ['report', 'grouping'];

/**
 * How much may belong to the incidents of one bundle: objects, what they refer to, the values in their patterns, and
 * their sightings, counted for each incident anew. One report may name thousands of incidents and thousands of
 * indicators, and each incident is then read with every indicator: a small bundle would make millions of values.
 */
export const MOST_BELONGING = 250_000;

/**
 * The newest versions of a bundle's objects that are not revoked, and which of them name which: asked for each incident,
 * and looked for once.
 */
export class StandingObjects {
  private readonly byId: ReadonlyMap<string, StixObject>;
  private readonly places: ReadonlyMap<string, number>;
  private readonly containers: ReadonlyMap<string, readonly StixObject[]>;
  private readonly opinions: ReadonlyMap<string, readonly StixObject[]>;
  private readonly notes: ReadonlyMap<string, readonly StixObject[]>;
  private readonly sightings: ReadonlyMap<string, readonly StixObject[]>;
  private readonly relationshipsFrom: ReadonlyMap<string, readonly StixObject[]>;
  private readonly relationshipsTo: ReadonlyMap<string, readonly StixObject[]>;
  private readonly said = new Map<StixObject, RecordValue[]>();
  /** The incidents; without any, the reports and groupings. */
  readonly heads: readonly StixObject[];

  constructor(objects: readonly StixObject[]) {
    const newest = new Map<string, StixObject>();
    for (const object of objects) {
      const before = newest.get(object.id);
      if (!before || (object.modified ?? '') > (before.modified ?? '')) newest.set(object.id, object);
    }
    const standing = [...newest.values()].filter(({ revoked }) => revoked !== true);
    this.byId = new Map(standing.map((each) => [each.id, each]));
    this.places = new Map(standing.map(({ id }, place) => [id, place]));
    const ofType = (...types: string[]): StixObject[] => standing.filter(({ type }) => types.includes(type));
    const listed = ({ object_refs: refs }: StixObject): string[] => textsOf(refs);
    this.containers = byNamed(ofType(...CONTAINERS), listed);
    this.opinions = byNamed(ofType('opinion'), listed);
    this.notes = byNamed(ofType('note'), listed);
    this.sightings = byNamed(ofType('sighting'), ({ sighting_of_ref: ref }) => [textOf(ref) ?? '']);
    this.relationshipsFrom = byNamed(ofType('relationship'), ({ source_ref: ref }) => [textOf(ref) ?? '']);
    this.relationshipsTo = byNamed(ofType('relationship'), ({ target_ref: ref }) => [textOf(ref) ?? '']);
    const incidents = ofType('incident');
    this.heads = incidents.length > 0 ? incidents : ofType(...CONTAINERS);
  }

  find(id: unknown): StixObject | undefined {
    return this.byId.get(textOf(id) ?? '');
  }

  /** By a relationship with the incident, or in one container with it; of a container, what it contains. In order. */
  relatedTo(head: StixObject): StixObject[] {
    const { id, type } = head;
    const ids = new Set<string>();
    const addAll = (refs: unknown): void => {
      for (const each of textsOf(refs)) ids.add(each);
    };
    if (CONTAINERS.includes(type)) addAll(head.object_refs);
    for (const container of this.containers.get(id) ?? []) addAll(container.object_refs);
    for (const opinion of this.opinions.get(id) ?? []) ids.add(opinion.id);
    for (const sighting of this.sightings.get(id) ?? []) ids.add(sighting.id);
    for (const { target_ref: target } of this.relationshipsFrom.get(id) ?? []) ids.add(textOf(target) ?? '');
    for (const { source_ref: source } of this.relationshipsTo.get(id) ?? []) ids.add(textOf(source) ?? '');
    ids.delete(id);
    return this.inOrder([...ids].flatMap((each) => this.byId.get(each) ?? []));
  }

  /** The sightings of any of these, in order. */
  sightingsOf(ids: Iterable<string>): StixObject[] {
    return this.inOrder([...ids].flatMap((id) => this.sightings.get(id) ?? []));
  }

  notesOn(id: string): readonly StixObject[] {
    return this.notes.get(id) ?? [];
  }

  targetsOf(id: string): string[] {
    return (this.relationshipsFrom.get(id) ?? []).map(({ target_ref: target }) => textOf(target) ?? '');
  }

  /** The values that an object says, whichever incident it belongs to. */
  valuesOf(object: StixObject): RecordValue[] {
    const before = this.said.get(object);
    if (before) return before;
    const values = this.readValues(object);
    this.said.set(object, values);
    return values;
  }

  private readValues(object: StixObject): RecordValue[] {
    if (object.type === 'indicator')
      return object.pattern_type === 'stix' ? valuesOfPattern(textOf(object.pattern) ?? '') : [];
    if (object.type === 'observed-data') {
      const embedded = isObject(object.objects) ? Object.values(object.objects) : [];
      const named = textsOf(object.object_refs).map((id) => this.byId.get(id));
      return [...embedded, ...named].filter(isObject).flatMap((each) => valuesOfObservable(each));
    }
    if (object.type === 'vulnerability') {
      const name = textOf(object.name) ?? '';
      return /^CVE-\d{4}-\d{4,}$/.test(name) ? [{ type: 'cve', value: name }] : [];
    }
    return valuesOfObservable(object);
  }

  /** The ids of the incidents with which, in their order, there is more than `MOST_BELONGING`. */
  crowded(): Set<string> {
    let belonging = 0;
    const ids = new Set<string>();
    for (const head of this.heads) {
      if (belonging <= MOST_BELONGING) belonging += this.weightOf(head);
      if (belonging > MOST_BELONGING) ids.add(head.id);
    }
    return ids;
  }

  private weightOf(head: StixObject): number {
    const namedBeside = [this.containers, this.opinions, this.notes]
      .flatMap((by) => by.get(head.id) ?? [])
      .reduce((sum, { object_refs: refs }) => sum + textsOf(refs).length, 0);
    return this.relatedTo(head).reduce(
      (sum, each) => sum + 1 + this.valuesOf(each).length + (this.sightings.get(each.id)?.length ?? 0),
      namedBeside,
    );
  }

  private inOrder(objects: StixObject[]): StixObject[] {
    const placeOf = ({ id }: StixObject): number => this.places.get(id) ?? 0;
    return objects.sort((a, b) => placeOf(a) - placeOf(b));
  }
}

/** Objects by what they name, each once, in their order. */
const byNamed = (
  objects: readonly StixObject[],
  namedBy: (object: StixObject) => string[],
): Map<string, readonly StixObject[]> =>
  grouped(objects.flatMap((object) => [...new Set(namedBy(object))].map((id) => [id, object] as const)));
