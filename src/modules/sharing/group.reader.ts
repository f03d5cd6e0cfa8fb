import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

const byIds = statement(
  'group-by-ids',
  `select g.id, g.key, e.principal_key as "currentEpochPrincipalKey"
     from ronda.sharing_group g join ronda.group_epoch e on e.group_key = g.key and e.epoch = g.epoch
    where g.id = any ($1::uuid[]) and g.dissolved_at is null
      and exists (select from ronda.group_membership m where m.group_key = g.key and m.state = 'member'
                   and m.org_key = any ((select ronda.reader_principals())::int[]))`,
);
const byPrincipals = statement(
  'group-by-principals',
  `select e.principal_key, g.id from ronda.group_epoch e join ronda.sharing_group g on g.key = e.group_key
    where e.principal_key = any ($1)`,
);

/** Sharing groups, as far as other modules need them: those the caller's organisation is a member of. */
@Injectable()
export class GroupReader {
  constructor(private readonly work: UnitOfWork) {}

  /** With the principal that a release to the group names now: that of its newest epoch. */
  async groupsByIds(ids: string[]): Promise<{ id: string; key: number; currentEpochPrincipalKey: number }[]> {
    return ids.length === 0 ? [] : this.work.query(byIds, [ids]);
  }

  async idsByPrincipals(principals: number[]): Promise<Map<number, string>> {
    const rows = await this.work.query<{ principal_key: number; id: string }>(byPrincipals, [principals]);
    return new Map(rows.map((row) => [row.principal_key, row.id]));
  }
}
