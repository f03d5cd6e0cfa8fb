import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { ShownRecord } from '../sharing/index.js';
import type { Appearance, AppearanceRow } from './appearance.rules.js';

/** With the revisions between which the record said it: internal numbers, never shown. */
export interface PastAppearanceRow extends AppearanceRow {
  since_number: number;
  until_number: number | null;
}

/** A record as whoever reads it has it: what its receipt is made of. */
export type ParentRow = ShownRecord;

/** Where a page of a record's observables begins: behind this type, beginning of a value, and key of the value. */
export interface AppearancePlace {
  type: string;
  start: string;
  id: string;
}

const columns = `a.key, a.part, a.reach, a.type, a.value, a.observable_id, a.is_for_detection, a.facts`;

/** Whether `a` is said by the revision `v`. */
export const saidBy = (revision: string): string =>
  `a.since_number <= ${revision} and (a.until_number is null or ${revision} < a.until_number)`;

/** What a receipt has to know of a record `i` of which the revision `v` is shown. */
export const shownOf = `i.key, i.id, i.authorship, v.number, v.tlp,
  i.owner_readers && (select ronda.reader_principals())::int[] as is_owner,
  array(select reader from unnest(i.audience) reader where reader = any ((select ronda.reader_principals())::int[])) as via`;

/** The newest revision of `a`'s record that the reader may read. */
export const newestOf = (selected: string): string => `
  cross join lateral (select ${selected} from ronda.incident_revision r
    where r.space = a.space and r.incident_key = a.incident_key order by r.number desc limit 1) v`;

// Each is looked up by its id, however many records there were when it was prepared (incidents.bulk.ts says more).
const write = statement(
  'appearances-write',
  `insert into ronda.observable_appearance (space, incident_key, since_number, part, reach, type, value, observable_id, name_path, address,
     is_for_detection, facts)
   select i.space, i.key, e.number, e.part, e.reach, e.type, e.value, e."observableId", e."namePath", e.address, e."isForDetection", e.facts
     from jsonb_to_recordset($2::jsonb) as e (incident uuid, number int, part text, reach text, type text, value text,
            "observableId" uuid, "namePath" text, address inet, "isForDetection" boolean, facts jsonb)
    cross join lateral (select i.space, i.key from ronda.incident i where i.space = $1 and i.id = e.incident offset 0) i`,
);
const end = statement(
  'appearances-end',
  `update ronda.observable_appearance set until_number = $4
    where space = $1 and incident_key = $2 and key = any ($3::bigint[]) and until_number is null`,
);
const current = statement(
  'appearances-current',
  `select ${columns} from ronda.observable_appearance a where a.space = $1 and a.incident_key = $2 and ${saidBy('$3::int')}`,
);
const history = statement(
  'appearances-history',
  `select ${columns}, a.since_number, a.until_number from ronda.observable_appearance a
    where a.space = $1 and a.incident_key = $2 order by a.type, a.value collate "C", a.key`,
);
const parent = statement(
  'appearances-parent',
  `select ${shownOf} from ronda.incident i
    cross join lateral (select r.number, r.tlp from ronda.incident_revision r
      where r.space = i.space and r.incident_key = i.key order by r.number desc limit 1) v
    where i.space = $1 and i.id = $2`,
);
const page = statement(
  'appearances-page',
  `select ${columns} from ronda.observable_appearance a
    where a.space = $1 and a.incident_key = $2 and ${saidBy('$3::int')}
      and (a.type, left(a.value, 60) collate "C", coalesce(a.observable_id, '00000000-0000-0000-0000-000000000000'))
        > ($4, $5 collate "C", $6::uuid)
    order by a.type, left(a.value, 60) collate "C", coalesce(a.observable_id, '00000000-0000-0000-0000-000000000000') limit $7`,
);
const erase = statement('appearances-erase', 'select ronda.erase_from_observables($1, $2)');
const forget = statement('appearances-forget', 'select ronda.retention_forget_observables($1)');

/** Observables as records say them. Whoever writes a revision writes what it says, in the same unit of work. */
@Injectable()
export class Appearances {
  constructor(private readonly work: UnitOfWork) {}

  /** With the revision that says them, behind it and before its owner's side changes. Nothing of it is waited for. */
  write(said: readonly { incidentId: string; number: number; appearances: readonly Appearance[] }[]): void {
    const rows = said.flatMap(({ incidentId, number, appearances }) =>
      appearances.map((each) => ({ incident: incidentId, number, ...each })),
    );
    if (rows.length > 0) this.work.write(write, [this.work.space, JSON.stringify(rows)]);
  }

  /** From that revision on the record says these no more. */
  end(incidentKey: number, keys: readonly number[], number: number): void {
    if (keys.length > 0) this.work.write(end, [this.work.space, incidentKey, keys, number]);
  }

  /** The record, as the newest revision of it that the reader may read; undefined for what it may not. */
  async parent(incidentId: string): Promise<ParentRow | undefined> {
    return (await this.work.query<ParentRow>(parent, [this.work.space, incidentId]))[0];
  }

  /** What a revision says that the reader may read. */
  ofRevision(incidentKey: number, number: number): Promise<AppearanceRow[]> {
    return this.work.query<AppearanceRow>(current, [this.work.space, incidentKey, number]);
  }

  /** What any revision says that the reader may read. */
  history(incidentKey: number): Promise<PastAppearanceRow[]> {
    return this.work.query<PastAppearanceRow>(history, [this.work.space, incidentKey]);
  }

  page(
    { key, number }: Pick<ParentRow, 'key' | 'number'>,
    limit: number,
    after: AppearancePlace | null,
  ): Promise<AppearanceRow[]> {
    const { type = '', start = '', id = '00000000-0000-0000-0000-000000000000' } = after ?? {};
    return this.work.query<AppearanceRow>(page, [this.work.space, key, number, type, start, id, limit + 1]);
  }

  /** Takes a value out of what the record says, as a coordinator of its owner's side. */
  async erase(incidentKey: number, value: string): Promise<void> {
    await this.work.query(erase, [incidentKey, value]);
  }

  /** Takes away what the records said from which the worker has just taken everything. */
  async forget(erasureIds: readonly string[]): Promise<void> {
    await this.work.query(forget, [erasureIds]);
  }
}
