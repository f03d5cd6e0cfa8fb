import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { isTimestamp, objectFaults, readSound } from '../../../codecs/stix/index.js';
import type { StixObject } from '../../../codecs/stix/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { Problem, forbidden, notFound } from '../../../kernel/problem.js';
import type { Fault } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { JSON_FILE_LIMITS, readJson } from '../../../platform/http/body-limits.js';
import { textFaults } from '../../../kernel/text-faults.js';
import { ImportObjects } from '../stix/import-objects.js';
import { ImportedObjects } from '../stix/imported-objects.store.js';
import { MOST_OBJECTS } from '../stix/import-stix.js';
import { ReadCollection } from './read-collection.js';
import { TaxiiStatuses } from './taxii-statuses.store.js';
import type { StatusDetail } from './taxii-statuses.store.js';

/** Adds objects to the collection that the caller writes to, and takes its own out of it. */
@Injectable()
export class AddObjects {
  constructor(
    private readonly work: UnitOfWork,
    private readonly collections: ReadCollection,
    private readonly imports: ImportObjects,
    private readonly imported: ImportedObjects,
    private readonly statuses: TaxiiStatuses,
    private readonly chance: Chance,
  ) {}

  /**
   * Objects that are in order are kept and the others are told of, each by what is wrong with it.
   * @returns the status' id.
   * @throws Problem 403 for a collection that is only read, 422 for what is no envelope.
   */
  async run(actor: Actor, collectionId: string, bytes: Buffer): Promise<string> {
    const objects = objectsOf(readJson(bytes, JSON_FILE_LIMITS));
    // Before the first query, so that no connection waits for it.
    const failures = await faultsOfEach(objects);
    const collection = await this.collections.collection(actor, collectionId);
    if (!collection.canWrite)
      throw forbidden('This collection is read only: it holds what is released to its readers.');
    const standing = await this.keep(actor, objects, failures);
    const id = this.chance.uuid();
    const detailOf = (at: number): StatusDetail => nameOf(objects[at], this.chance);
    this.statuses.write(actor.organisationKey, id, {
      successes: standing.map(detailOf),
      failures: [...failures].map(([at, { pointer, detail }]) => ({
        ...detailOf(at),
        message: storable(`${pointer}: ${detail}`, LONGEST_MESSAGE),
      })),
    });
    return id;
  }

  /**
   * Keeps those of which nothing has failed. What is wrong between them shows when those are gone that are wrong by
   * themselves; and some of it when others are gone for that, such as an incident that a report stands for then.
   * @param failures is added to.
   * @returns the positions of what was kept.
   */
  private async keep(actor: Actor, objects: readonly unknown[], failures: Map<number, Fault>): Promise<number[]> {
    let standing = [...objects.keys()].filter((at) => !failures.has(at));
    for (let reading = 0; standing.length > 0; reading += 1) {
      await nextTurn();
      // Each was found to be one.
      const values = standing.map((at) => objects[at] as StixObject);
      const { faults, bundle } = readSound(values);
      const found = bundle ? (await this.imports.run(actor, bundle)).faults : faults;
      if (found.length === 0) break;
      const isLast = reading + 1 === MOST_READINGS;
      for (const { at, fault } of isLast ? [...found, ...values.map((_, at) => ({ at, fault: TANGLED }))] : found) {
        const place = standing[at] as number;
        failures.set(place, failures.get(place) ?? fault);
      }
      standing = standing.filter((at) => !failures.has(at));
    }
    return standing;
  }

  /** @throws Problem the one 404; 403 for a collection that is only read. */
  async remove(actor: Actor, collectionId: string, objectId: string, version = 'all'): Promise<void> {
    const collection = await this.collections.collection(actor, collectionId);
    if (!collection.canWrite) {
      await this.collections.manifest(actor, collectionId, {}, objectId);
      throw forbidden('This collection is read only: its owners take their objects out.');
    }
    const count = await this.imported.remove(actor.organisationKey, objectId, version);
    if (count === 0) throw notFound();
    this.work.emit({ type: 'stix-objects.removed', version: 1, payload: { count } }, actor.userKey);
  }
}

/** Each reads all that is left and asks the database: an envelope that is refused piece by piece would need thousands. */
const MOST_READINGS = 10;
const TANGLED: Fault = {
  pointer: '',
  detail: 'Too much of this envelope hangs on what was refused of it. Send this again without that.',
};
/** Others are answered between so many. */
const OBJECTS_A_TURN = 100;
/** A pointer is as long as the names in it, and those are the sender's. */
const LONGEST_MESSAGE = 1_000;

/** What is wrong with each by itself, by its position: the first that is found. */
async function faultsOfEach(objects: readonly unknown[]): Promise<Map<number, Fault>> {
  const failures = new Map<number, Fault>();
  for (const [at, object] of objects.entries()) {
    if (at % OBJECTS_A_TURN === 0) await nextTurn();
    const fault = textFaults(object, '')[0] ?? objectFaults(object)[0];
    if (fault) failures.set(at, fault);
  }
  return failures;
}

function objectsOf(envelope: unknown): unknown[] {
  const objects: unknown =
    typeof envelope === 'object' && envelope !== null && 'objects' in envelope ? envelope.objects : undefined;
  if (!Array.isArray(objects) || objects.length === 0)
    throw unprocessable([{ pointer: '/objects', detail: 'An envelope has a list of objects with something in it.' }]);
  if (objects.length > MOST_OBJECTS)
    throw unprocessable([{ pointer: '/objects', detail: `An envelope may hold ${MOST_OBJECTS} objects.` }]);
  return objects as unknown[];
}

const unprocessable = (errors: Fault[]): Problem =>
  new Problem('not-an-envelope', 422, 'This is no TAXII envelope', errors[0]?.detail ?? '', { errors });

/** What a database keeps of a text that somebody sent. */
const storable = (text: string, most: number): string => text.slice(0, most).replaceAll('\0', '\uFFFD').toWellFormed();

/** A status names each object, also one that has no name. */
function nameOf(value: unknown, chance: Chance): StatusDetail {
  const { id, type, modified, created } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Partial<StixObject>;
  return {
    id:
      typeof id === 'string'
        ? storable(id, 300)
        : `${typeof type === 'string' ? storable(type, 100) : 'unknown'}--${chance.uuid()}`,
    version: [modified, created].find(isTimestamp) ?? '1970-01-01T00:00:00Z',
  };
}
