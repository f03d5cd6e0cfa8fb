import { Injectable } from '@nestjs/common';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export type DutyPosition = 'primary' | 'deputy';

export interface DutyRow {
  key: number;
  id: string;
  duty_role: string;
  user_id: string | null;
  user_name: string | null;
  position: DutyPosition;
  starts_at: Date;
  ends_at: Date | null;
}

export interface DutyHolderRow {
  user_key: number;
  user_id: string;
  position: DutyPosition;
}

const columns = `d.key, d.id, d.duty_role, u.id as user_id, u.display_name as user_name, d.position, d.starts_at, d.ends_at
  from ronda.duty_assignment d left join ronda.user_account u on u.key = d.user_key`;
const isNow = (at: string): string => `d.starts_at <= ${at} and (d.ends_at is null or d.ends_at > ${at})`;

const find = statement('duty-find', `select ${columns} where d.org_key = $1 and d.id = $2`);
const list = statement(
  'duty-list',
  `select ${columns} where d.org_key = $1 and (d.ends_at is null or d.ends_at > $2)
      and ($3::timestamptz is null or (d.starts_at, d.id) > ($3, $4::uuid))
    order by d.starts_at, d.id limit $5`,
);
const insert = statement(
  'duty-insert',
  `insert into ronda.duty_assignment (id, org_key, duty_role, user_key, position, starts_at, ends_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
);
const remove = statement('duty-remove', 'delete from ronda.duty_assignment where key = $1');
// The latest of those on duty counts as primary, should two be entered: a handover that overlaps.
const holders = statement(
  'duty-holders',
  `select distinct on (d.position) u.key as user_key, u.id as user_id, d.position
     from ronda.organisation o join ronda.duty_assignment d on d.org_key = o.key join ronda.user_account u on u.key = d.user_key
    where o.id = $1 and o.standing = 'active' and d.duty_role = $2 and u.status = 'active' and ${isNow('$3')}
    order by d.position desc, d.starts_at desc, d.key desc`,
);
const others = statement(
  'duty-others',
  `select exists (select from ronda.duty_assignment d join ronda.user_account u on u.key = d.user_key
     where d.org_key = $1 and d.user_key <> $2 and u.status = 'active' and u.roles && array['analyst', 'coordinator']
       and ${isNow('$3')}) as is_anyone`,
);
const onDuty = statement(
  'duty-now',
  `select d.org_key, d.duty_role, d.position, u.display_name as user_name
     from ronda.duty_assignment d left join ronda.user_account u on u.key = d.user_key
    where d.org_key = any ($1) and ${isNow('$2')} order by d.duty_role, d.position desc, d.starts_at, d.id`,
);
const isOnDuty = statement(
  'duty-is-on',
  `select exists (select from ronda.duty_assignment d where d.org_key = $1 and d.user_key = $2 and ${isNow('$3')}) as is_on_duty`,
);

const colleague = statement(
  'duty-colleague',
  `select key from ronda.user_account where org_key = $1 and id = $2 and status = 'active'`,
);

@Injectable()
export class DutyStore {
  constructor(private readonly work: UnitOfWork) {}

  async find(organisationKey: number, id: string): Promise<DutyRow | undefined> {
    const [row] = await this.work.query<DutyRow>(find, [organisationKey, id]);
    return row;
  }

  /** What has not ended, in the order it begins. */
  list(organisationKey: number, after: { at: string; id: string } | null, limit: number): Promise<DutyRow[]> {
    const values = [organisationKey, this.work.at, after?.at ?? null, after?.id ?? null, limit];
    return this.work.query<DutyRow>(list, values);
  }

  async insert(duty: {
    id: string;
    organisationKey: number;
    dutyRole: string;
    userKey: number;
    position: DutyPosition;
    startsAt: Date;
    endsAt: Date | null;
  }): Promise<void> {
    const { id, organisationKey, dutyRole, userKey, position, startsAt, endsAt } = duty;
    await this.work.query(insert, [id, organisationKey, dutyRole, userKey, position, startsAt, endsAt]);
  }

  async remove(key: number): Promise<void> {
    await this.work.query(remove, [key]);
  }

  /** The key of an active account of that organisation, or null. */
  async activeColleague(organisationKey: number, userId: string): Promise<number | null> {
    const [row] = await this.work.query<{ key: number }>(colleague, [organisationKey, userId]);
    return row?.key ?? null;
  }

  /** Who holds a duty role at an instant: the primary first, then the deputy. */
  holders(organisationId: string, dutyRole: string, at: Date): Promise<DutyHolderRow[]> {
    return this.work.query<DutyHolderRow>(holders, [organisationId, dutyRole, at]);
  }

  /** Whoever is on duty in these organisations now, primaries first. */
  onDuty(
    organisationKeys: readonly number[],
  ): Promise<(Pick<DutyRow, 'duty_role' | 'position' | 'user_name'> & { org_key: number })[]> {
    return this.work.query(onDuty, [organisationKeys, this.work.at]);
  }

  async isOnDuty(organisationKey: number, userKey: number): Promise<boolean> {
    const [row] = await this.work.query<{ is_on_duty: boolean }>(isOnDuty, [organisationKey, userKey, this.work.at]);
    return row?.is_on_duty ?? false;
  }

  async isAnyoneElse(organisationKey: number, userKey: number, at: Date): Promise<boolean> {
    const [row] = await this.work.query<{ is_anyone: boolean }>(others, [organisationKey, userKey, at]);
    return row?.is_anyone ?? false;
  }
}
