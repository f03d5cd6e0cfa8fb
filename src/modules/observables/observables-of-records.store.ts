import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { AppearanceFacts } from './appearance.rules.js';
import { saidBy } from './appearances.store.js';
import type { SightingKind } from './sightings.dto.js';

/** What a record says, to whoever reads the record. */
export interface ObservableOfRecord {
  incident_id: string;
  type: string;
  value: string;
  is_for_detection: boolean;
  facts: AppearanceFacts;
}

export interface SightingOfRecord {
  incident_id: string;
  id: string;
  type: string;
  value: string;
  kind: SightingKind;
  sighted_at: Date;
  count: number;
  detector: string | null;
  /** Null of the owner's side of an anonymous record. */
  org_id: string | null;
  org_name: string | null;
  org_country: string | null;
  org_created_at: Date | null;
}

// What is narrower than its record stays where it is: a document says one marking, and goes on under it.
const appearances = statement(
  'appearances-of-records',
  `select i.id as incident_id, a.type, a.value, a.is_for_detection, a.facts
     from unnest($2::uuid[]) wanted (id)
    cross join lateral (select i.space, i.key, i.id from ronda.incident i where i.space = $1 and i.id = wanted.id offset 0) i
    cross join lateral (select r.number from ronda.incident_revision r
      where r.space = i.space and r.incident_key = i.key order by r.number desc limit 1) v
     join ronda.observable_appearance a on a.space = i.space and a.incident_key = i.key and ${saidBy('v.number')}
    where a.part = 'observables' and a.reach = 'readers' and a.observable_id is not null
    order by i.id, a.type, a.value collate "C"`,
);
const sightings = statement(
  'sightings-of-records',
  `select i.id as incident_id, s.id, a.type, a.value, s.kind, s.sighted_at, s.count, s.detector,
          o.id as org_id, o.name as org_name, o.country as org_country, o.created_at as org_created_at
     from unnest($2::uuid[]) wanted (id)
    cross join lateral (select i.space, i.key, i.id from ronda.incident i where i.space = $1 and i.id = wanted.id offset 0) i
     join ronda.sighting s on s.space = i.space and s.incident_key = i.key and s.reach = 'readers'
    cross join lateral (select a.type, a.value from ronda.observable_appearance a
      where a.space = s.space and a.incident_key = s.incident_key and a.observable_id = s.observable_id
        and a.reach = 'readers' limit 1) a
     left join ronda.organisation o on o.key = s.org_key
    order by i.id, s.created_at, s.id`,
);

/** Observables and sightings of some records at once, in one query each however many they are. */
@Injectable()
export class ObservablesOfRecords {
  constructor(private readonly work: UnitOfWork) {}

  appearances(incidentIds: readonly string[]): Promise<ObservableOfRecord[]> {
    return this.work.query<ObservableOfRecord>(appearances, [this.work.space, incidentIds]);
  }

  sightings(incidentIds: readonly string[]): Promise<SightingOfRecord[]> {
    return this.work.query<SightingOfRecord>(sightings, [this.work.space, incidentIds]);
  }
}
