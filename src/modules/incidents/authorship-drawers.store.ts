import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { IncidentRow, ShownRow } from './incident.rows.js';

const drawers = statement(
  'incident-drawers',
  `select d.incident_key as key, d.org_key as owner_key, d.user_key as author_key, o.id as owner_id, o.name as owner_name,
          o.country as owner_country
     from ronda.authorship_drawer d join ronda.organisation o on o.key = d.org_key
    where d.space = $1 and d.incident_key = any ($2) and d.part = 0`,
);

@Injectable()
export class AuthorshipDrawers {
  constructor(private readonly work: UnitOfWork) {}

  /** Opens the drawer of what is anonymous, for its owner's side: nobody else's opens. */
  async open<R extends ShownRow>(rows: R[]): Promise<R[]> {
    const veiled = rows.filter((row) => row.owner_key === null && row.is_owner).map(({ key }) => key);
    if (veiled.length === 0) return rows;
    type Drawer = Pick<IncidentRow, 'key' | 'author_key' | 'owner_key' | 'owner_id' | 'owner_name' | 'owner_country'>;
    const opened = await this.work.query<Drawer>(drawers, [this.work.space, veiled]);
    const byKey = new Map(opened.map((drawer) => [drawer.key, drawer]));
    return rows.map((row) => ({ ...row, ...byKey.get(row.key) }));
  }
}
