import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import type { SightingKind, SightingReach } from './sightings.dto.js';

export interface SightingRow {
  id: string;
  type: string;
  value: string;
  observable_id: string;
  kind: SightingKind;
  sighted_at: Date;
  until_at: Date | null;
  count: number;
  detector: string | null;
  note: string | null;
  author_id: string | null;
  author_name: string | null;
  /** Null of the owner's side of an anonymous record. */
  org_key: number | null;
  org_id: string | null;
  org_name: string | null;
  org_country: string | null;
  reach: SightingReach;
  created_at: Date;
}

const columns = `s.id, a.type, a.value, s.observable_id, s.kind, s.sighted_at, s.until_at, s.count, s.detector, s.note,
  u.id as author_id, u.display_name as author_name, s.org_key, o.id as org_id, o.name as org_name, o.country as org_country,
  s.reach, s.created_at`;
const joins = `join ronda.incident i on i.space = s.space and i.key = s.incident_key
  cross join lateral (select a.type, a.value from ronda.observable_appearance a
    where a.space = s.space and a.incident_key = s.incident_key and a.observable_id = s.observable_id limit 1) a
  left join ronda.user_account u on u.key = s.author_key left join ronda.organisation o on o.key = coalesce(s.org_key, i.owner_key)`;

const write = statement(
  'sighting-write',
  `insert into ronda.sighting (space, id, incident_key, observable_id, kind, sighted_at, until_at, count, detector, note, author_key,
     org_key, reach, readers, created_at)
   select $1, $2, i.key, $4, $5, $6, $7, $8, $9, $10, case when not v.is_owners then $11::int end,
          case when not v.is_owners then $12::int end, $13,
          case when $13 = 'readers' then null
               when v.is_owners then i.owner_readers
               when $13 = 'owner' then array(select distinct reader from unnest(i.owner_readers || $12::int) reader)
               else array[$12::int] end, $14
     from ronda.incident i
    cross join lateral (select i.authorship = 'anonymous' and i.owner_readers && (select ronda.reader_principals())::int[] as is_owners) v
    where i.space = $1 and i.key = $3`,
);
const page = statement(
  'sighting-page',
  `select ${columns} from ronda.sighting s ${joins}
    where s.space = $1 and s.incident_key = $2 and (s.created_at, s.id) < ($3::timestamptz, $4::uuid)
    order by s.created_at desc, s.id desc limit $5`,
);
const byId = statement(
  'sighting-by-id',
  `select ${columns} from ronda.sighting s ${joins} where s.space = $1 and s.incident_key = $2 and s.id = $3`,
);

@Injectable()
export class SightingsStore {
  constructor(private readonly work: UnitOfWork) {}

  async write(sighting: {
    id: string;
    incidentKey: number;
    observableId: string;
    kind: SightingKind;
    sightedAt: string;
    untilAt: string | null;
    count: number;
    detector: string | null;
    note: string | null;
    authorKey: number;
    organisationKey: number;
    reach: SightingReach;
  }): Promise<void> {
    await this.work.query(write, [
      this.work.space,
      sighting.id,
      sighting.incidentKey,
      sighting.observableId,
      sighting.kind,
      sighting.sightedAt,
      sighting.untilAt,
      sighting.count,
      sighting.detector,
      sighting.note,
      sighting.authorKey,
      sighting.organisationKey,
      sighting.reach,
      this.work.at,
    ]);
  }

  page(incidentKey: number, limit: number, after: CursorKeys | null): Promise<SightingRow[]> {
    return this.work.query<SightingRow>(page, [
      this.work.space,
      incidentKey,
      after?.at ?? 'infinity',
      after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      limit + 1,
    ]);
  }

  async byId(incidentKey: number, id: string): Promise<SightingRow | undefined> {
    return (await this.work.query<SightingRow>(byId, [this.work.space, incidentKey, id]))[0];
  }
}
