import { Injectable } from '@nestjs/common';
import { isTimestamp } from '../../../codecs/stix/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput, notFound } from '../../../kernel/problem.js';
import { KeepReceipts } from '../../sharing/index.js';
import { CollectedObjects } from './collected-objects.store.js';
import type { CollectedPage, ObjectFacts, ObjectFilter } from './collected-objects.store.js';
import { Collections } from './collections.store.js';
import type { Collection } from './collections.store.js';
import type { TaxiiPageQuery, TaxiiQuery } from './taxii.dto.js';

const PAGE = 100;
const MOST = 1_000;
const NO_VERSION = '1970-01-01T00:00:00.000000Z';
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

const ID = /^[a-z0-9-]{1,250}--[0-9a-fA-F-]{36}$/;
/** No id begins with it, and it sorts behind all. */
const BEHIND_ALL = '~';

/** Where a page is. */
interface Placed {
  /** When its first and its last came; null where there are none. */
  first: string | null;
  last: string | null;
  /** Where the next page begins; null where there is none. */
  next: string | null;
}

export interface Page extends Placed {
  /** JSON texts, as they are kept, with commas between. */
  objects: string;
}

export interface Manifest extends Placed {
  rows: ObjectFacts[];
}

/** Reads collections as the caller: what it may not see, is not there. */
@Injectable()
export class ReadCollection {
  constructor(
    private readonly collections: Collections,
    private readonly objects: CollectedObjects,
    private readonly receipts: KeepReceipts,
  ) {}

  /** @throws Problem the one 404. */
  async collection(actor: Actor, id: string): Promise<Collection> {
    const collection = await this.collections.byId(actor, id);
    if (!collection) throw notFound();
    return collection;
  }

  /** Objects, whose receipts are kept before they leave. */
  async page(actor: Actor, id: string, query: TaxiiPageQuery, objectId?: string): Promise<Page> {
    const filter = filterOf(query, objectId);
    const guess = this.collections.guess(actor, id);
    const found = await this.objects.page(guess ?? (await this.collection(actor, id)), filter, limitOf(query));
    if (!found.isHeld || (isMissing(query, objectId) && found.last === null)) throw notFound();
    await this.deliver(actor, found);
    const { objects, first, last, lastId, more } = found;
    return { objects, first, last, next: more ? placeOf(last, lastId) : null };
  }

  /** What is known of objects beside what they say; `all` versions where that is what is asked for. */
  async manifest(actor: Actor, id: string, query: TaxiiPageQuery, objectId?: string): Promise<Manifest> {
    const filter = objectId === undefined ? filterOf(query) : { ...filterOf(query, objectId), versions: null };
    const limit = limitOf(query);
    // Asked together with whether there is such a collection where that needs no answer: it is one round trip less.
    const guess = this.collections.guess(actor, id);
    const [collection, guessed] = await Promise.all([
      this.collection(actor, id),
      guess && this.objects.manifest(guess, filter, limit),
    ]);
    const found = guessed ?? (await this.objects.manifest(collection, filter, limit));
    if (isMissing(query, objectId) && found.length === 0) throw notFound();
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    return {
      rows: rows.map((row) => (row.version === NO_VERSION ? { ...row, version: row.added_at } : row)),
      first: rows[0]?.added_at ?? null,
      last: last?.added_at ?? null,
      next: found.length > limit && last ? placeOf(last.added_at, last.stix_id) : null,
    };
  }

  /** Of a page that holds anything strict, as if all were: what is strict has its receipt before it leaves. */
  private async deliver(actor: Actor, { records, objects }: CollectedPage): Promise<void> {
    if (records.length === 0) return;
    const tlp = objects.includes(STRICT) ? 'TLP:AMBER+STRICT' : null;
    await this.receipts.shown(
      actor,
      records.map(({ key, id, authorship, isOwner, via, revision }) => ({
        ...{ key, id, authorship, via, tlp },
        is_owner: isOwner,
        number: revision,
      })),
    );
  }
}

/** The marking by which an object leaves that is of AMBER+STRICT. */
const STRICT = 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003';

/** Of one object that is asked for from the beginning nothing means that there is none. */
const isMissing = ({ next, added_after: after }: TaxiiPageQuery, objectId?: string): boolean =>
  objectId !== undefined && next === undefined && after === undefined;

const placeOf = (at: string | null, id: string | null): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

const limitOf = ({ limit = PAGE }: TaxiiPageQuery): number => Math.min(limit, MOST);

const listOf = (text: string | undefined): string[] | null => (text === undefined ? null : text.split(','));

function filterOf(query: TaxiiPageQuery & TaxiiQuery, objectId?: string): ObjectFilter {
  const specs = listOf(query['match[spec_version]']);
  const version = listOf(query['match[version]']) ?? ['last'];
  if (version.includes('all') && version.length > 1)
    throw invalidInput([{ pointer: '/match[version]', detail: '`all` stands alone.', in: 'query' }]);
  return {
    // All that is here is STIX 2.1.
    ids: specs && !specs.includes('2.1') ? [] : objectId === undefined ? listOf(query['match[id]']) : [objectId],
    types: listOf(query['match[type]']),
    versions: version.includes('all') ? null : version,
    after:
      query.next !== undefined
        ? decode(query.next)
        : query.added_after === undefined
          ? null
          : { at: query.added_after, id: BEHIND_ALL },
  };
}

function decode(next: string): { at: string; id: string } {
  try {
    const [at, id, ...rest] = JSON.parse(Buffer.from(next, 'base64url').toString()) as unknown[];
    const isTime = typeof at === 'string' && TIME.test(at) && isTimestamp(at);
    if (isTime && typeof id === 'string' && ID.test(id) && rest.length === 0) return { at, id };
  } catch {
    // Whatever is not one of ours gets the same answer.
  }
  throw invalidInput([{ pointer: '/next', detail: 'This is not a `next` of this collection.', in: 'query' }]);
}
