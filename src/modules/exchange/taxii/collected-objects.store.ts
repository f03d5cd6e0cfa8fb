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

type Kind = Collection['holds'];
const tables: Record<Kind, string> = { shared: 'ronda.shared_object', imported: 'ronda.exchange_object' };
const micro = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Of the collection's rows, whether there is one of this object with such a version. */
const another = (table: string, comparison: string): string =>
  `exists (select from ${table} v where v.space = $1 and v.principal_key = any ($2::int[]) and v.stix_id = x.stix_id and v.version ${comparison} x.version)`;

/**
 * A page is a range of one index for each principal of the collection, merged. What two records say alike, such as an
 * address or an organisation, is in it once, where it came first.
 */
const pageOf = (kind: Kind, columns: string): string => {
  const table = tables[kind];
  const isFirst =
    kind === 'imported'
      ? 'true'
      : `not exists (select from ${table} e where e.space = $1 and e.principal_key = any ($2::int[]) and e.stix_id = x.stix_id
           and e.version = x.version and (e.added_at, e.incident_key) < (x.added_at, x.incident_key))`;
  return `select ${columns} from unnest($2::int[]) c (principal_key)
    cross join lateral (
      select * from ${table} x
       where x.space = $1 and x.principal_key = c.principal_key and x.added_at >= coalesce($3::timestamptz, '-infinity')
         and ($3 is null or (x.added_at, x.stix_id) > ($3, $9))
         and ($4::text[] is null or x.stix_id = any ($4)) and ($5::text[] is null or x.type = any ($5))
         and ($6::text[] is null
           or 'last' = any ($6) and not ${another(table, '>')} or 'first' = any ($6) and not ${another(table, '<')}
           or x.version = any ($7::timestamptz[]))
         and ${isFirst}
       order by x.added_at, x.stix_id limit $8) x
    order by x.added_at, x.stix_id limit $8`;
};
const facts = (kind: Kind): string =>
  `x.stix_id, ${micro('x.version')} as version, ${micro('x.added_at')} as added_at,
   ${kind === 'shared' ? 'x.incident_key, x.revision' : 'null::bigint as incident_key, null::int as revision'}`;
const pages: Record<Kind, Statement> = {
  shared: statement('taxii-page-shared', pageOf('shared', `${facts('shared')}, x.object`)),
  imported: statement('taxii-page-imported', pageOf('imported', `${facts('imported')}, x.object`)),
};
const manifests: Record<Kind, Statement> = {
  shared: statement('taxii-manifest-shared', pageOf('shared', `${facts('shared')}, '' as object`)),
  imported: statement('taxii-manifest-imported', pageOf('imported', `${facts('imported')}, '' as object`)),
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

  page(collection: Collection, filter: ObjectFilter, limit: number): Promise<CollectedObject[]> {
    return this.rows(pages, collection, filter, limit);
  }

  manifest(collection: Collection, filter: ObjectFilter, limit: number): Promise<CollectedObject[]> {
    return this.rows(manifests, collection, filter, limit);
  }

  /** The records that objects were made of, as the caller reads them. */
  records(incidentKeys: readonly number[]): Promise<DeliveredRow[]> {
    return this.work.query<DeliveredRow>(delivered, [this.work.space, incidentKeys]);
  }

  private rows(
    statements: Record<Kind, Statement>,
    { holds, principals }: Collection,
    { ids, types, versions, after }: ObjectFilter,
    limit: number,
  ): Promise<CollectedObject[]> {
    const times = (versions ?? []).filter((each) => each !== 'first' && each !== 'last');
    const values = [
      this.work.space,
      principals,
      after?.at ?? null,
      ids,
      types,
      versions,
      times,
      limit + 1,
      after?.id ?? '',
    ];
    return this.work.query<CollectedObject>(statements[holds], values);
  }
}
