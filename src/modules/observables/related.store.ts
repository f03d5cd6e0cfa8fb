import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { ShownRecord } from '../sharing/index.js';
import { newestOf, saidBy, shownOf } from './appearances.store.js';
import type { AppearanceFacts } from './appearance.rules.js';
import type { Surroundings } from './core/index.js';

/** One record that says an observable, as the reader has it. */
export interface FoundRow extends ShownRecord {
  /** Of what was asked for. */
  nth: number;
  relation: 'same' | 'contains' | 'contained';
  type: string;
  value: string;
  is_for_detection: boolean;
  facts: AppearanceFacts;
  title: string;
  updated_at: Date;
  /** Null where the record is anonymous. */
  org_id: string | null;
  org_name: string | null;
  org_country: string | null;
}

/** Of one value no more are read than this: it is noise then. */
export const MOST_ROWS = 1000;

const found = `a.type, a.value, a.is_for_detection, a.facts, ${shownOf}, v.title, v.created_at as updated_at,
  o.id as org_id, o.name as org_name, o.country as org_country`;
/** The record, of which its newest readable revision says it. Its owner is in the row only where it has a name. */
const ofRecord = `${newestOf(`r.number, r.facts ->> 'title' as title, r.tlp, r.created_at`)}
  join ronda.incident i on i.space = a.space and i.key = a.incident_key
  left join ronda.organisation o on o.key = i.owner_key`;

const lookUp = statement(
  'observables-look-up',
  `select w.nth::int, 'same' as relation, f.* from unnest($2::uuid[]) with ordinality as w (id, nth)
    cross join lateral (
      select ${found} from ronda.observable_appearance a ${ofRecord}
       where a.space = $1 and a.observable_id = w.id and ${saidBy('v.number')} limit $3) f`,
);

const branch = (relation: string, where: string): string => `
  (select '${relation}' as relation, ${found} from ronda.observable_appearance a ${ofRecord}
    where a.space = $1 and ${where} and a.incident_key <> $3 and ${saidBy('v.number')} limit $4)`;
const related = statement(
  'observables-related',
  `select w.nth, f.* from jsonb_to_recordset($2::jsonb) as w (nth int, id uuid, around uuid[], "nameFrom" text, "nameTo" text, low inet, high inet)
    cross join lateral (${[
      branch('same', 'a.observable_id = w.id'),
      branch('contains', 'a.observable_id = any (w.around)'),
      branch(
        'contained',
        'a.name_path >= w."nameFrom" collate "C" and a.name_path < w."nameTo" collate "C" and a.observable_id <> w.id',
      ),
      branch('contained', 'a.address >= w.low and a.address <= w.high and a.observable_id <> w.id'),
    ].join(' union all ')}) f`,
);

/** Records that say the same, of those that the unit of work's reader may read. */
@Injectable()
export class RelatedStore {
  constructor(private readonly work: UnitOfWork) {}

  /** `nth` counts the ids from 1. */
  lookUp(ids: readonly string[], most: number): Promise<FoundRow[]> {
    return this.work.query<FoundRow>(lookUp, [this.work.space, ids, most]);
  }

  /** Of each value the records that say the same, what holds it, or what it holds, beside the one it is from. */
  related(incidentKey: number, wanted: readonly (Surroundings & { nth: number; id: string })[]): Promise<FoundRow[]> {
    const rows = wanted.map(({ nth, id, around, names, addresses }) => ({
      nth,
      id,
      around,
      nameFrom: names?.from ?? null,
      nameTo: names?.to ?? null,
      low: addresses?.low ?? null,
      high: addresses?.high ?? null,
    }));
    return this.work.query<FoundRow>(related, [this.work.space, JSON.stringify(rows), incidentKey, MOST_ROWS + 1]);
  }
}
