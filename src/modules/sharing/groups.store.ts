import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { MembershipState } from './group.rules.js';

interface OrganisationJson {
  id: string;
  name: string;
  country: string | null;
}

export interface MembershipJson {
  key: number;
  org_key: number;
  /** Null where the reader may not see the organisation. */
  organisation: OrganisationJson | null;
  state: 'proposed' | 'member';
  proposed_by_org: number | null;
  proposed_at: string;
  admit_after: string;
  accepted_at: string | null;
  joined_epoch: number | null;
  joined_at: string | null;
}

export interface GroupRow {
  key: number;
  id: string;
  origin_node: string;
  name: string;
  purpose: string;
  founder_key: number;
  founder: OrganisationJson | null;
  epoch: number;
  objection_hours: number;
  created_at: Date;
  dissolved_at: Date | null;
  own: MembershipState | null;
  members: MembershipJson[];
  objections: { by: OrganisationJson; to: OrganisationJson; reason: string; entered_at: string }[];
}

const organisation = (alias: string): string =>
  `jsonb_build_object('id', ${alias}.id, 'name', ${alias}.name, 'country', ${alias}.country)`;

/** $1 is the caller's organisation. */
const columns = `
  g.key, g.id, g.origin_node, g.name, g.purpose, g.founder_key, g.epoch, g.objection_hours, g.created_at, g.dissolved_at,
  (select ${organisation('f')} from ronda.organisation f where f.key = g.founder_key) as founder,
  own.state as own,
  (select coalesce(jsonb_agg(jsonb_build_object('key', m.key, 'org_key', m.org_key,
            'organisation', case when o.key is not null then ${organisation('o')} end, 'state', m.state,
            'proposed_by_org', u.org_key, 'proposed_at', m.proposed_at, 'admit_after', m.admit_after, 'accepted_at', m.accepted_at,
            'joined_epoch', m.joined_epoch, 'joined_at', m.joined_at) order by m.joined_epoch nulls last, lower(o.name), m.id), '[]')
     from ronda.group_membership m left join ronda.organisation o on o.key = m.org_key
     left join ronda.user_account u on u.key = m.proposed_by
    where m.group_key = g.key and m.state in ('proposed', 'member')) as members,
  (select coalesce(jsonb_agg(jsonb_build_object('by', ${organisation('b')}, 'to', ${organisation('t')},
            'reason', j.reason, 'entered_at', j.entered_at) order by j.entered_at desc, m.id), '[]')
     from ronda.group_objection j join ronda.group_membership m on m.key = j.membership_key
     join ronda.organisation b on b.key = j.org_key join ronda.organisation t on t.key = m.org_key
    where own.state = 'member' and m.group_key = g.key) as objections
  from ronda.sharing_group g
  join lateral (select m.state from ronda.group_membership m
    where m.group_key = g.key and m.org_key = $1 and m.state in ('proposed', 'member')) own on true`;

const find = statement('group-find', `select ${columns} where g.id = $2`);
const list = statement(
  'group-list',
  `select ${columns} where $2::timestamptz is null or (g.created_at, g.id) < ($2, $3::uuid)
    order by g.created_at desc, g.id desc limit $4`,
);
const lock = statement('group-lock', 'select key from ronda.sharing_group where id = $1 for update');
const groupOfMembership = statement(
  'group-of-membership',
  `select g.id as group_id, m.org_key from ronda.group_membership m join ronda.sharing_group g on g.key = m.group_key where m.id = $1`,
);
const currentEpochs = statement(
  'group-current-epochs',
  `select g.id, g.key, e.principal_key from ronda.sharing_group g
     join ronda.group_epoch e on e.group_key = g.key and e.epoch = g.epoch
     join ronda.group_membership m on m.group_key = g.key and m.org_key = any ((select ronda.reader_principals())::int[]) and m.state = 'member'
    where g.id = any ($1::uuid[]) and g.dissolved_at is null`,
);
const byPrincipals = statement(
  'group-by-principals',
  `select e.principal_key, g.id from ronda.group_epoch e join ronda.sharing_group g on g.key = e.group_key
    where e.principal_key = any ($1::int[])`,
);
const holders = statement(
  'group-holders',
  `select e.principal_key, m.org_key from ronda.group_epoch e
     join ronda.sharing_group g on g.key = e.group_key and g.dissolved_at is null
     join ronda.group_membership m on m.group_key = e.group_key and m.state = 'member' and m.joined_epoch <= e.epoch
     join ronda.organisation o on o.key = m.org_key and o.standing = 'active'
    where e.principal_key = any ($1::int[]) order by m.joined_epoch, lower(o.name), o.id`,
);
const inPolicy = statement(
  'group-in-policy',
  `select array(select e.principal_key from ronda.group_epoch e where e.group_key = g.key order by e.epoch) as epoch_principals,
          coalesce((select jsonb_object_agg(m.org_key, m.joined_epoch) from ronda.group_membership m
             where m.group_key = g.key and m.state = 'member'), '{}') as joined_epochs
     from ronda.sharing_group g where g.dissolved_at is null
      and exists (select from ronda.group_epoch e where e.group_key = g.key and e.principal_key = any ($1::int[]))`,
);
const insertGroup = statement(
  'group-insert',
  `insert into ronda.sharing_group (id, origin_node, name, purpose, founder_key, epoch, objection_hours, created_at)
   values ($1, $2, $3, $4, $5, 1, $6, $7) returning key`,
);
const newPrincipal = statement(
  'group-principal',
  `insert into ronda.principal (kind) values ('group-epoch') returning key`,
);
const insertEpoch = statement(
  'group-insert-epoch',
  'insert into ronda.group_epoch (group_key, epoch, principal_key, began_at) values ($1, $2, $3, $4)',
);
const insertMember = statement(
  'group-insert-member',
  `insert into ronda.group_membership (id, group_key, org_key, state, proposed_by, proposed_at, admit_after, accepted_at, joined_epoch, joined_at)
   values ($1, $2, $3, 'member', $4, $5, $5, $5, 1, $5)`,
);
const insertProposal = statement(
  'group-insert-proposal',
  `insert into ronda.group_membership (id, group_key, org_key, state, proposed_by, proposed_at, admit_after)
   values ($1, $2, $3, 'proposed', $4, $5, $6) on conflict do nothing`,
);
const update = statement(
  'group-update',
  'update ronda.sharing_group set name = $2, purpose = $3, version = version + 1 where key = $1',
);
const dissolve = statement(
  'group-dissolve',
  'update ronda.sharing_group set dissolved_at = $2, version = version + 1 where key = $1',
);
const setFounder = statement(
  'group-set-founder',
  'update ronda.sharing_group set founder_key = $2, version = version + 1 where key = $1',
);
const setEpoch = statement(
  'group-set-epoch',
  'update ronda.sharing_group set epoch = $2, version = version + 1 where key = $1',
);
const accept = statement('group-accept', 'update ronda.group_membership set accepted_at = $2 where key = $1');
const admit = statement(
  'group-admit',
  `update ronda.group_membership set state = 'member', joined_epoch = $2, joined_at = $3 where key = $1`,
);
const end = statement(
  'group-end-membership',
  'update ronda.group_membership set state = $2, ended_at = $3 where key = $1',
);
const insertObjection = statement(
  'group-insert-objection',
  `insert into ronda.group_objection (membership_key, org_key, reason, entered_by, entered_at) values ($1, $2, $3, $4, $5)`,
);

@Injectable()
export class GroupsStore {
  constructor(private readonly work: UnitOfWork) {}

  /** Groups of the caller's organisation, as a member or proposed. */
  async find(organisationKey: number, id: string): Promise<GroupRow | undefined> {
    const [row] = await this.work.query<GroupRow>(find, [organisationKey, id]);
    return row;
  }

  list(organisationKey: number, after: { at: string; id: string } | null, limit: number): Promise<GroupRow[]> {
    return this.work.query<GroupRow>(list, [organisationKey, after?.at ?? null, after?.id ?? null, limit]);
  }

  /** Makes changes to one group wait for each other, so that two joinings are two epochs. */
  async lock(id: string): Promise<void> {
    await this.work.query(lock, [id]);
  }

  async groupOfMembership(membershipId: string): Promise<{ group_id: string; org_key: number } | undefined> {
    const [row] = await this.work.query<{ group_id: string; org_key: number }>(groupOfMembership, [membershipId]);
    return row;
  }

  currentEpochs(ids: readonly string[]): Promise<{ id: string; key: number; principal_key: number }[]> {
    return this.work.query<{ id: string; key: number; principal_key: number }>(currentEpochs, [ids]);
  }

  byPrincipals(principals: readonly number[]): Promise<{ principal_key: number; id: string }[]> {
    return this.work.query<{ principal_key: number; id: string }>(byPrincipals, [principals]);
  }

  /** Who holds the principal of an epoch. */
  holders(principals: readonly number[]): Promise<{ principal_key: number; org_key: number }[]> {
    return this.work.query<{ principal_key: number; org_key: number }>(holders, [principals]);
  }

  /** Groups with an epoch among these principals, as the policy knows them: those of the caller's. */
  inPolicy(
    principals: readonly number[],
  ): Promise<{ epoch_principals: number[]; joined_epochs: Record<string, number> }[]> {
    return this.work.query<{ epoch_principals: number[]; joined_epochs: Record<string, number> }>(inPolicy, [
      principals,
    ]);
  }

  async insert(group: {
    id: string;
    originNode: string;
    name: string;
    purpose: string;
    founderKey: number;
    objectionHours: number;
  }): Promise<number> {
    const { id, originNode, name, purpose, founderKey, objectionHours } = group;
    const values = [id, originNode, name, purpose, founderKey, objectionHours, this.work.at];
    const [row] = await this.work.query<{ key: number }>(insertGroup, values);
    if (!row) throw new Error('A group was not written');
    await this.insertEpoch(row.key, 1);
    return row.key;
  }

  async insertMember(id: string, groupKey: number, organisationKey: number, by: number): Promise<void> {
    await this.work.query(insertMember, [id, groupKey, organisationKey, by, this.work.at]);
  }

  async insertProposal(
    id: string,
    groupKey: number,
    organisationKey: number,
    by: number,
    admitAfter: Date,
  ): Promise<void> {
    await this.work.query(insertProposal, [id, groupKey, organisationKey, by, this.work.at, admitAfter]);
  }

  async update(groupKey: number, name: string, purpose: string): Promise<void> {
    await this.work.query(update, [groupKey, name, purpose]);
  }

  async dissolve(groupKey: number): Promise<void> {
    await this.work.query(dissolve, [groupKey, this.work.at]);
  }

  async setFounder(groupKey: number, organisationKey: number): Promise<void> {
    await this.work.query(setFounder, [groupKey, organisationKey]);
  }

  async accept(membershipKey: number): Promise<void> {
    await this.work.query(accept, [membershipKey, this.work.at]);
  }

  /** The newcomer joins with an epoch of its own. */
  async admit(groupKey: number, membershipKey: number, epoch: number): Promise<void> {
    await this.insertEpoch(groupKey, epoch);
    await this.work.query(setEpoch, [groupKey, epoch]);
    await this.work.query(admit, [membershipKey, epoch, this.work.at]);
  }

  async end(membershipKey: number, state: 'left' | 'declined' | 'objected'): Promise<void> {
    await this.work.query(end, [membershipKey, state, this.work.at]);
  }

  async insertObjection(membershipKey: number, organisationKey: number, reason: string, by: number): Promise<void> {
    await this.work.query(insertObjection, [membershipKey, organisationKey, reason, by, this.work.at]);
  }

  private async insertEpoch(groupKey: number, epoch: number): Promise<void> {
    const [principal] = await this.work.query<{ key: number }>(newPrincipal);
    await this.work.query(insertEpoch, [groupKey, epoch, principal?.key, this.work.at]);
  }
}
