import { Injectable } from '@nestjs/common';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** An object that the caller's side sent in before. */
export interface KnownObject {
  stix_id: string;
  /** RFC 3339 UTC with microseconds, as `version` is compared. */
  version: string;
  created_by: string | null;
  is_revoked: boolean;
  object: string;
}

export interface NewObject {
  principal: number;
  id: string;
  /** RFC 3339. */
  version: string;
  type: string;
  tlp: string | null;
  createdBy: string | null;
  isRevoked: boolean;
  incident: string | null;
  object: string;
}

const micro = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const lock = statement(
  'imported-object-lock',
  `select pg_advisory_xact_lock(hashtextextended('taxii ' || $1::int || ' imported ' || $2::int, 17))`,
);
const find = statement(
  'imported-object-find',
  `select x.stix_id, ${micro('x.version')} as version, x.created_by, x.is_revoked, x.object
     from unnest($3::text[]) sent (id) join ronda.exchange_object x
       on x.space = $1 and x.principal_key = any ($2::int[]) and x.stix_id = sent.id
    order by x.version`,
);
// A place behind all that is there, in the order in which they came; asked for once, and not for each: what the statement
// has put in is walked every time and not seen (of 1,000 objects two thirds of the time, and it grew as their square).
// What is a person's own is in no collection.
const insert = statement(
  'imported-object-insert',
  `with sent as materialized (
     select e.* from rows from (jsonb_to_recordset($3::jsonb) as (principal int, id text, version timestamptz, type text, tlp text,
              "createdBy" text, "isRevoked" boolean, incident uuid, object text)) with ordinality as
            e (principal, id, version, type, tlp, "createdBy", "isRevoked", incident, object, nth)),
   place as materialized (
     select o.principal, (select max(l.added_at) + interval '1 microsecond' from ronda.exchange_object l
              where l.space = $1 and l.principal_key = o.principal) as next
       from (select distinct principal from sent) o)
   insert into ronda.exchange_object (space, principal_key, stix_id, version, type, added_at, tlp, created_by, is_revoked, incident_id, object)
   select $1, e.principal, e.id, e.version, e.type,
          greatest($2::timestamptz, p.next) + (e.nth - 1) * interval '1 microsecond',
          e.tlp, e."createdBy", e."isRevoked", e.incident, e.object
     from sent e join place p on p.principal = e.principal`,
);
const remove = statement(
  'imported-object-delete',
  `delete from ronda.exchange_object x where x.space = $1 and x.principal_key = $2 and x.stix_id = $3
      and ($4::text = 'all'
        or ($4 = 'first' and not exists (select from ronda.exchange_object o where o.space = x.space
              and o.principal_key = x.principal_key and o.stix_id = x.stix_id and o.version < x.version))
        or ($4 = 'last' and not exists (select from ronda.exchange_object o where o.space = x.space
              and o.principal_key = x.principal_key and o.stix_id = x.stix_id and o.version > x.version))
        or x.version = $5::timestamptz)
    returning x.stix_id`,
);

/** Objects as they came in; of the caller's own side alone. */
@Injectable()
export class ImportedObjects {
  constructor(private readonly work: UnitOfWork) {}

  /** Those of the ids that are here, each version; keeps other imports of the organisation waiting until the commit. */
  async find(organisationKey: number, userKey: number, ids: readonly string[]): Promise<KnownObject[]> {
    const { space } = this.work;
    const [, known] = await Promise.all([
      this.work.query(lock, [space, organisationKey]),
      this.work.query<KnownObject>(find, [space, [organisationKey, userKey], ids]),
    ]);
    return known;
  }

  /** Behind `find`, in the same unit of work. */
  add(objects: readonly NewObject[], at: Date): void {
    if (objects.length > 0) this.work.write(insert, [this.work.space, at, JSON.stringify(objects)]);
  }

  /** @param version `all`, `first`, `last` or RFC 3339. @returns how many are gone. */
  async remove(organisationKey: number, id: string, version: string): Promise<number> {
    const isWord = version === 'all' || version === 'first' || version === 'last';
    const values = [this.work.space, organisationKey, id, isWord ? version : 'one', isWord ? null : version];
    return (await this.work.query(remove, values)).length;
  }
}
