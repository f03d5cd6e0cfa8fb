import { Injectable } from '@nestjs/common';
import { statement } from '../../../platform/database/statement.js';
import type { Statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { Collection } from './collections.store.js';

/** An object without what it says. */
export interface ObjectFacts {
  stix_id: string;
  /** RFC 3339 UTC with six digits. */
  version: string;
  added_at: string;
}

/** A record that objects of a page were made of, as the caller reads it: whose receipt it is, and whether it is its own. */
export interface DeliveredRecord {
  key: number;
  id: string;
  authorship: 'named' | 'anonymous';
  isOwner: boolean;
  via: number[];
  revision: number;
}

/** A page as it leaves, without a line for each object: to make those, and to take them in, was half of what a page cost. */
export interface CollectedPage {
  /** Whether the caller holds a principal of the collection. */
  isHeld: boolean;
  /** Whether there is another page. */
  more: boolean;
  /** When the first and the last came, RFC 3339 UTC with six digits; null where there are none. */
  first: string | null;
  last: string | null;
  lastId: string | null;
  records: DeliveredRecord[];
  /** JSON texts, as they are kept, with commas between. */
  objects: string;
}

export interface ObjectFilter {
  ids: string[] | null;
  types: string[] | null;
  /** `first`, `last`, and times; null is all. */
  versions: string[] | null;
  /** Behind this time; and of what came at that time, behind this id. */
  after: { at: string; id: string } | null;
}

/** What is read of a collection. */
type Held = Pick<Collection, 'holds' | 'principals'>;

/** Of the texts of a page, whatever its limit: whoever sent in a thousand objects of 16 MiB gets them on more pages. */
const PAGE_BYTES = 16 * 1024 * 1024;
/** Objects that come as one text: one for each costs the driver more, one for all costs PostgreSQL more. */
const TEXT_OBJECTS = 32;

const micro = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Of an object that was sent in, whether there is such a version. Planned by itself, as in `ronda.collected_objects`. */
const another = (comparison: string): string =>
  `exists (select from ronda.exchange_object v where v.space = (select ronda.space()) and v.principal_key = any ($1::int[]) and v.stix_id = x.stix_id
             and v.version ${comparison} x.version offset 0)`;

/** A page of what was sent in: of one side alone, so there is nothing that two say alike. */
const imported = (range: string): string =>
  `(select x.stix_id, x.version, x.added_at, null::bigint as incident_key, null::int as revision, x.object,
      row_number() over (order by x.added_at, x.stix_id) as nth
     from unnest($1::int[]) c (principal_key)
    cross join lateral (
      select * from (
          select * from ronda.exchange_object x
           where x.space = (select ronda.space()) and x.principal_key = c.principal_key and x.added_at >= $2::timestamptz
             and (x.added_at, x.stix_id) > ($2, $8) and ${range}
           order by x.added_at, x.stix_id limit (select null::int)) x
       where ($4::text[] is null or x.type = any ($4))
         and ($5::text[] is null
           or 'last' = any ($5) and not ${another('>')} or 'first' = any ($5) and not ${another('<')}
           or x.version = any ($6::timestamptz[]))
       order by x.added_at, x.stix_id limit $7 + 1) x
    order by x.added_at, x.stix_id limit $7 + 1)`;

/** What was released is read through one function, which walks the collection as the caller reads it. */
const shared = `(select x.* from ronda.collected_objects($1, $3, $4, $5, $6, $2, $8, $7 + 1)
  with ordinality x (stix_id, version, added_at, incident_key, revision, object, nth))`;

/**
 * The first row says where the page is and of whose records it is; those behind it are the texts, some at a time.
 * Records are looked up one by one: supposed to be many, the whole table would be read to join them.
 */
const pageOf = (objects: string): string => `
  with found as materialized (
    select x.*, sum(octet_length(x.object)) over (order by x.nth rows unbounded preceding) as bytes from ${objects} x),
  shown as materialized (select * from found f where f.nth = 1 or f.nth <= $7 and f.bytes <= ${PAGE_BYTES}),
  said as (select s.incident_key, max(s.revision) as revision from shown s where s.revision is not null group by s.incident_key),
  me as materialized (select ronda.reader_principals() as p)
  (select 0 as place, json_build_object(
      'isHeld', $1 && (select p from me), 'more', (select count(*) from found) > count(*),
      'first', ${micro('min(s.added_at)')}, 'last', ${micro('max(s.added_at)')}, 'lastId', (array_agg(s.stix_id order by s.nth desc))[1],
      'records', (select coalesce(json_agg(json_build_object('key', i.key, 'id', i.id, 'authorship', i.authorship,
            'isOwner', i.is_owner, 'via', i.via, 'revision', d.revision)), '[]') from said d
          cross join lateral (
            select i.key, i.id, i.authorship, i.owner_readers && (select p from me) as is_owner,
                array(select reader from unnest(i.audience) reader where reader = any ((select p from me)::int[])) as via
              from ronda.incident i where i.space = (select ronda.space()) and i.key = d.incident_key offset 0) i))::text as text
    from shown s)
  union all
  (select ((s.nth - 1) / ${TEXT_OBJECTS} + 1)::int, string_agg(s.object, ',' order by s.nth) from shown s group by 1)
  order by 1`;

const manifestOf = (objects: string): string =>
  `select x.stix_id, ${micro('x.version')} as version, ${micro('x.added_at')} as added_at from ${objects} x order by x.nth`;

/** What was sent in is asked for as a whole or by ids: these are few, and looked up by another index. */
interface Pages {
  shared: Statement;
  imported: Statement;
  importedById: Statement;
}
const pagesOf = (name: string, of: (objects: string) => string): Pages => ({
  shared: statement(`${name}-shared`, of(shared)),
  imported: statement(`${name}-imported`, of(imported('$3::text[] is null'))),
  importedById: statement(`${name}-imported-by-id`, of(imported('x.stix_id = any ($3::text[])'))),
});
const pages = pagesOf('taxii-page', pageOf);
const manifests = pagesOf('taxii-manifest', manifestOf);

/** Objects of a collection, in the order in which they came into it. */
@Injectable()
export class CollectedObjects {
  constructor(private readonly work: UnitOfWork) {}

  /** As many as `limit`, and no more than 16 MiB unless it is one. */
  async page(collection: Held, filter: ObjectFilter, limit: number): Promise<CollectedPage> {
    const [facts, ...texts] = await this.rows<{ text: string }>(pages, collection, filter, limit);
    return {
      ...(JSON.parse(facts?.text ?? '{}') as Omit<CollectedPage, 'objects'>),
      objects: texts.map(({ text }) => text).join(','),
    };
  }

  /** One more than `limit` where there is another page. */
  manifest(collection: Held, filter: ObjectFilter, limit: number): Promise<ObjectFacts[]> {
    return this.rows(manifests, collection, filter, limit);
  }

  private rows<R extends object>(
    statements: Pages,
    { holds, principals }: Held,
    { ids, types, versions, after }: ObjectFilter,
    limit: number,
  ): Promise<R[]> {
    const times = (versions ?? []).filter((each) => each !== 'first' && each !== 'last');
    const values = [principals, after?.at ?? '-infinity', ids, types, versions, times, limit, after?.id ?? ''];
    const { shared: all, imported: own, importedById } = statements;
    return this.work.query<R>(holds === 'shared' ? all : ids === null ? own : importedById, values);
  }
}
