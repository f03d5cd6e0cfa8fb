import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { IncidentRow, ShownRow } from './incident.rows.js';

const drawers = statement(
  'incident-drawers',
  `select d.incident_key as key, d.org_key as owner_key, d.user_key as author_key, o.id as owner_id, o.name as owner_name,
          o.country as owner_country, said.external_references as references,
          (select v.holders from ronda.veil v join ronda.incident i on i.space = d.space and i.key = d.incident_key
            where v.space = d.space and v.org_key = d.org_key and v.principal_key = any (i.owner_readers)) as holders
     from unnest($2::bigint[], $3::int[]) as n (key, number)
     join ronda.authorship_drawer d on d.space = $1 and d.incident_key = n.key and d.part = 0
     left join ronda.authorship_drawer said on said.space = $1 and said.incident_key = n.key and said.part = n.number
     join ronda.organisation o on o.key = d.org_key`,
);
const insertVeil = statement(
  'veil-insert',
  `with each as (select e.*, row_number() over () as nth from jsonb_to_recordset($2::jsonb) as e (id uuid, owner int, holders int[])),
        named as (insert into ronda.principal (kind) select 'veil' from each returning key),
        numbered as (select key, row_number() over (order by key) as nth from named)
   insert into ronda.veil (space, org_key, principal_key, record_id, holders)
   select $1, e.owner, n.key, e.id, e.holders from each e join numbered n using (nth)`,
);
const newestVeil = statement(
  'veil-newest',
  `select principal_key as key from ronda.veil where space = $1 and org_key = $2 and record_id = $3 order by principal_key desc limit 1`,
);
const lift = statement('incident-lift-anonymity', 'select ronda.lift_anonymity($1)');

/** One side of a record that is to stand behind a veil. */
export interface VeiledSide {
  id: string;
  owner: number;
  holders: number[];
}

/** What is behind the anonymous: who owns a record, and which principals its veil stands for. */
@Injectable()
export class AuthorshipDrawers {
  constructor(private readonly work: UnitOfWork) {}

  /** Opens the drawer of what is anonymous, for its owner's side: nobody else's opens. */
  async open<R extends ShownRow>(rows: R[]): Promise<R[]> {
    const veiled = rows.filter((row) => row.authorship === 'anonymous' && row.is_owner);
    if (veiled.length === 0) return rows;
    type Drawer = Pick<
      IncidentRow,
      'key' | 'author_key' | 'owner_key' | 'owner_id' | 'owner_name' | 'owner_country' | 'holders'
    > & { references: IncidentRow['facts']['externalReferences'] | null };
    const opened = await this.work.query<Drawer>(drawers, [
      this.work.space,
      veiled.map(({ key }) => key),
      veiled.map(({ number }) => number),
    ]);
    const byKey = new Map(opened.map((drawer) => [drawer.key, drawer]));
    return rows.map((row) => {
      const drawer = byKey.get(row.key);
      if (!drawer) return row;
      const { references, ...owner } = drawer;
      return {
        ...row,
        ...owner,
        facts: { ...row.facts, externalReferences: references ?? row.facts.externalReferences },
      };
    });
  }

  /** Draws veils over the sides of records, each of its own; the statements that follow find them by the records' ids. */
  veil(sides: readonly VeiledSide[]): void {
    if (sides.length > 0) this.work.write(insertVeil, [this.work.space, JSON.stringify(sides)]);
  }

  /** @returns the principal of a new veil, for a record whose owner's side changes. */
  async veilAnew(side: VeiledSide): Promise<number> {
    this.veil([side]);
    const [row] = await this.work.query<{ key: number }>(newestVeil, [this.work.space, side.owner, side.id]);
    if (!row) throw new Error('A veil was not drawn');
    return row.key;
  }

  async lift(recordKey: number): Promise<void> {
    await this.work.query(lift, [recordKey]);
  }
}
