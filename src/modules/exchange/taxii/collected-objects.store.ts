import { Injectable } from '@nestjs/common';
import { statement } from '../../../platform/database/statement.js';
import type { Statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { Collection } from './collections.store.js';

export interface CollectedObject {
  stix_id: string;
  /** RFC 3339 UTC with six digits. */
  version: string;
  added_at: string;
  /** Null of what came in, and of what says that a record is gone. */
  incident_key: number | null;
  revision: number | null;
  /** JSON text, as it leaves; empty where only the facts were asked for. */
  object: string;
}

export interface ObjectFilter {
  ids: string[] | null;
  types: string[] | null;
  /** `first`, `last`, and times; null is all. */
  versions: string[] | null;
  /** Behind this time; and of what came at that time, behind this id. */
  after: { at: string; id: string } | null;
}

/** Whose receipt it is, and whether it is the caller's own. */
export interface DeliveredRow {
  key: number;
  id: string;
  authorship: 'named' | 'anonymous';
  is_owner: boolean;
  via: number[];
}

/** What is read of a collection. */
type Held = Pick<Collection, 'holds' | 'principals'>;
type Kind = Collection['holds'];
const tables: Record<Kind, string> = { shared: 'ronda.shared_object', imported: 'ronda.exchange_object' };
const micro = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/**
 * Of the collection's rows, whether there is one of this object with such a version. Fenced, so that it is planned by itself:
 * joined, the whole collection was walked for each row of a page, because next to the walk for the page neither seemed to cost
 * anything (2.3 s for a page of 1,000 out of 10,000 objects, and now 0.03).
 */
const another = (table: string, comparison: string): string =>
  `exists (select from ${table} v where v.space = $1 and v.principal_key = any ($2::int[]) and v.stix_id = x.stix_id
             and v.version ${comparison} x.version offset 0)`;

/**
 * A page is a range of one index for each principal of the collection, merged. What two records say alike, such as an
 * address or an organisation, is in it once, where it came first.
 *
 * The range is walked in its order, from the place on: the place is compared as it is, because under row-level security
 * `coalesce` keeps a comparison out of the index; and the limit, which is null, has the walk planned for its first rows.
 */
const pageOf = (kind: Kind, columns: string, range: string): string => {
  const table = tables[kind];
  // Most objects are said by one row, which is first and last: one look instead of two.
  const key = (row: string): string =>
    `(${row}.principal_key, ${kind === 'shared' ? `${row}.incident_key, ` : ''}${row}.version)`;
  const isAlone = `not exists (select from ${table} o where o.space = $1 and o.principal_key = any ($2::int[])
           and o.stix_id = x.stix_id and ${key('o')} <> ${key('x')} offset 0)`;
  const isFirst =
    kind === 'imported'
      ? 'true'
      : `not exists (select from ${table} e where e.space = $1 and e.principal_key = any ($2::int[]) and e.stix_id = x.stix_id
           and e.version = x.version and (e.added_at, e.incident_key) < (x.added_at, x.incident_key) offset 0)`;
  return `select ${columns} from unnest($2::int[]) c (principal_key)
    cross join lateral (
      select * from (
          select * from ${table} x
           where x.space = $1 and x.principal_key = c.principal_key and x.added_at >= $3::timestamptz
             and (x.added_at, x.stix_id) > ($3, $9) and ${range}
           order by x.added_at, x.stix_id limit $10) x
       where ($5::text[] is null or x.type = any ($5))
         and (($6::text[] is null or 'last' = any ($6) or 'first' = any ($6)) and ${isAlone}
           or ($6 is null
             or 'last' = any ($6) and not ${another(table, '>')} or 'first' = any ($6) and not ${another(table, '<')}
             or x.version = any ($7::timestamptz[]))
           and ${isFirst})
       order by x.added_at, x.stix_id limit $8) x
    order by x.added_at, x.stix_id limit $8`;
};
const facts = (kind: Kind): string =>
  `x.stix_id, ${micro('x.version')} as version, ${micro('x.added_at')} as added_at,
   ${kind === 'shared' ? 'x.incident_key, x.revision' : 'null::bigint as incident_key, null::int as revision'}`;
/** Of all objects, and of those that are asked for by their ids: these are few, and looked up by another index. */
interface Pages {
  all: Statement;
  byId: Statement;
}
const pagesOf = (name: string, kind: Kind, columns: string): Pages => ({
  all: statement(name, pageOf(kind, columns, '$4::text[] is null')),
  byId: statement(`${name}-by-id`, pageOf(kind, columns, 'x.stix_id = any ($4::text[])')),
});
const pages: Record<Kind, Pages> = {
  shared: pagesOf('taxii-page-shared', 'shared', `${facts('shared')}, x.object`),
  imported: pagesOf('taxii-page-imported', 'imported', `${facts('imported')}, x.object`),
};
const manifests: Record<Kind, Pages> = {
  shared: pagesOf('taxii-manifest-shared', 'shared', `${facts('shared')}, '' as object`),
  imported: pagesOf('taxii-manifest-imported', 'imported', `${facts('imported')}, '' as object`),
};
const delivered = statement(
  'taxii-delivered',
  `with me as materialized (select ronda.reader_principals() as p)
   select i.key, i.id, i.authorship, i.owner_readers && me.p as is_owner,
          array(select reader from unnest(i.audience) reader where reader = any (me.p)) as via
     from me, ronda.incident i where i.space = $1 and i.key = any ($2::bigint[])`,
);

/** Objects of a collection, in the order in which they came into it. */
@Injectable()
export class CollectedObjects {
  constructor(private readonly work: UnitOfWork) {}

  page(collection: Held, filter: ObjectFilter, limit: number): Promise<CollectedObject[]> {
    return this.rows(pages, collection, filter, limit);
  }

  manifest(collection: Held, filter: ObjectFilter, limit: number): Promise<CollectedObject[]> {
    return this.rows(manifests, collection, filter, limit);
  }

  /** The records that objects were made of, as the caller reads them. */
  records(incidentKeys: readonly number[]): Promise<DeliveredRow[]> {
    return this.work.query<DeliveredRow>(delivered, [this.work.space, incidentKeys]);
  }

  private rows(
    statements: Record<Kind, Pages>,
    { holds, principals }: Held,
    { ids, types, versions, after }: ObjectFilter,
    limit: number,
  ): Promise<CollectedObject[]> {
    const times = (versions ?? []).filter((each) => each !== 'first' && each !== 'last');
    const values = [
      this.work.space,
      principals,
      after?.at ?? '-infinity',
      ids,
      types,
      versions,
      times,
      limit + 1,
      after?.id ?? '',
      null,
    ];
    const { all, byId } = statements[holds];
    return this.work.query<CollectedObject>(ids === null ? all : byId, values);
  }
}
