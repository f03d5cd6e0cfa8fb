import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput, notFound } from '../../../kernel/problem.js';
import type { Tlp } from '../../../kernel/markings.js';
import { KeepReceipts } from '../../sharing/index.js';
import { CollectedObjects } from './collected-objects.store.js';
import type { CollectedObject, ObjectFilter } from './collected-objects.store.js';
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

export interface Page {
  rows: CollectedObject[];
  /** Where the next page begins; null where there is none. */
  next: string | null;
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
    const limit = limitOf(query);
    const rows = await this.rows(actor, id, (collection) => this.objects.page(collection, filter, limit));
    if (objectId !== undefined && rows.length === 0 && query.next === undefined && query.added_after === undefined)
      throw notFound();
    const page = cut(rows, limit);
    await this.deliver(actor, page.rows);
    return page;
  }

  /** What is known of objects beside what they say; `all` versions where that is what is asked for. */
  async manifest(actor: Actor, id: string, query: TaxiiPageQuery, objectId?: string): Promise<Page> {
    const filter = objectId === undefined ? filterOf(query) : { ...filterOf(query, objectId), versions: null };
    const limit = limitOf(query);
    const rows = await this.rows(actor, id, (collection) => this.objects.manifest(collection, filter, limit));
    if (objectId !== undefined && rows.length === 0 && query.next === undefined && query.added_after === undefined)
      throw notFound();
    return cut(rows, limit);
  }

  /** Asked together with whether there is such a collection where that needs no answer: it is one round trip less. */
  private async rows(
    actor: Actor,
    id: string,
    read: (collection: Pick<Collection, 'holds' | 'principals'>) => Promise<CollectedObject[]>,
  ): Promise<CollectedObject[]> {
    const guess = this.collections.guess(actor, id);
    if (!guess) return read(await this.collection(actor, id));
    const [, rows] = await Promise.all([this.collection(actor, id), read(guess)]);
    return rows;
  }

  private async deliver(actor: Actor, rows: readonly CollectedObject[]): Promise<void> {
    const said = new Map<number, { revision: number; tlp: Tlp | null }>();
    for (const { incident_key: key, revision, object } of rows)
      if (key !== null && revision !== null)
        said.set(key, { revision, tlp: said.get(key)?.tlp ?? strictestIn(object) });
    if (said.size === 0) return;
    const records = await this.objects.records([...said.keys()]);
    await this.receipts.shown(
      actor,
      records.map(({ key, id, authorship, is_owner, via }) => {
        const { revision, tlp } = said.get(key) ?? { revision: 0, tlp: null };
        return { key, id, authorship, is_owner, via, number: revision, tlp };
      }),
    );
  }
}

/** Of the label under which an object leaves what receipts ask: what is strict has its receipt before it does. */
const STRICT = 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003';
const strictestIn = (object: string): Tlp | null => (object.includes(STRICT) ? 'TLP:AMBER+STRICT' : null);

const limitOf = ({ limit = PAGE }: TaxiiPageQuery): number => Math.min(limit, MOST);

const cut = (rows: CollectedObject[], limit: number): Page => {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map((row) => (row.version === NO_VERSION ? { ...row, version: row.added_at } : row)),
    next:
      rows.length > limit && last
        ? Buffer.from(JSON.stringify([last.added_at, last.stix_id])).toString('base64url')
        : null,
  };
};

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
    const isTime = typeof at === 'string' && TIME.test(at) && !Number.isNaN(Date.parse(at));
    if (isTime && typeof id === 'string' && ID.test(id) && rest.length === 0) return { at, id };
  } catch {
    // Whatever is not one of ours gets the same answer.
  }
  throw invalidInput([{ pointer: '/next', detail: 'This is not a `next` of this collection.', in: 'query' }]);
}
