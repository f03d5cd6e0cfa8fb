import { Injectable } from '@nestjs/common';
import { readObjects } from '../../../codecs/stix/index.js';
import type { BundleReading, StixObject } from '../../../codecs/stix/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { Problem, forbidden, notFound } from '../../../kernel/problem.js';
import type { Fault } from '../../../kernel/problem.js';
import { JSON_FILE_LIMITS, readJson } from '../../../platform/http/body-limits.js';
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
    const collection = await this.collections.collection(actor, collectionId);
    if (!collection.canWrite)
      throw forbidden('This collection is read only: it holds what is released to its readers.');
    const failures = new Map<number, Fault>();
    let standing = objects.map((_, at) => at);
    // What is wrong between objects shows when those are gone that are wrong by themselves.
    for (;;) {
      const before = standing.length;
      const values = standing.map((at) => objects[at]);
      const { faults, bundle } = values.length === 0 ? EMPTY : readObjects(values, (at) => `/${at}`);
      const found = bundle
        ? (await this.imports.run(actor, bundle)).faults
        : faults.map(({ pointer, detail }) => {
            const [, at = '', rest = ''] = /^\/(\d+)(.*)$/s.exec(pointer) ?? [];
            return { at: Number(at), fault: { pointer: rest, detail } };
          });
      for (const { at, fault } of found)
        failures.set(standing[at] as number, failures.get(standing[at] as number) ?? fault);
      standing = standing.filter((at) => !failures.has(at));
      if (found.length === 0 || standing.length === before) break;
    }
    const id = this.chance.uuid();
    const detailOf = (at: number): StatusDetail => nameOf(objects[at], this.chance);
    this.statuses.write(actor.organisationKey, id, {
      successes: standing.map(detailOf),
      failures: [...failures].map(([at, { pointer, detail }]) => ({
        ...detailOf(at),
        message: `${pointer}: ${detail}`,
      })),
    });
    return id;
  }

  /** @throws Problem the one 404; 403 for a collection that is only read. */
  async remove(actor: Actor, collectionId: string, objectId: string, version = 'all'): Promise<void> {
    const collection = await this.collections.collection(actor, collectionId);
    if (!collection.canWrite) {
      await this.collections.manifest(actor, collectionId, {}, objectId);
      throw forbidden('This collection is read only: its owners take their objects out.');
    }
    if ((await this.imported.remove(actor.organisationKey, objectId, version)) === 0) throw notFound();
  }
}

const EMPTY: BundleReading = { faults: [], bundle: { objects: [], records: [] } };

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

/** A status names each object, also one that has no name. */
function nameOf(value: unknown, chance: Chance): StatusDetail {
  const { id, type, modified, created } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Partial<StixObject>;
  const version = [modified, created].find((each) => typeof each === 'string') ?? '1970-01-01T00:00:00Z';
  return {
    id:
      typeof id === 'string'
        ? id.slice(0, 300)
        : `${typeof type === 'string' ? type.slice(0, 100) : 'unknown'}--${chance.uuid()}`,
    version: String(version),
  };
}
