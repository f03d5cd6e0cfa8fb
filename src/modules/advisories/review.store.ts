import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';
import type { ApprovalRow, ChangeRow, InvitationRow, RemarkRow } from './advisory.rows.js';

/** A revision's place among those that the caller may read. */
const placeOf = (alias: string): string => `(select count(*) from ronda.advisory_revision n
        where n.space = ${alias}.space and n.advisory_key = ${alias}.advisory_key and n.number <= ${alias}.number)::int as revision`;
const organisationColumns = 'o.id as org_id, o.name as org_name, o.country as org_country';

/**
 * Approvals, invitations that are open, and requested changes. In one statement: each names organisations and persons, and
 * what may be seen of those costs a statement a third of a millisecond before its first row.
 */
const review = statement(
  'advisory-review',
  `select s.*, ${organisationColumns}, u.id as user_id, u.display_name as user_name from (
     select 'approval' as what, v.advisory_key, v.number, v.org_key, v.user_key, v.at, null::bigint as key, null::uuid as id,
            null::int as principal_key, null::boolean as is_joint, null::text as pointer, null::text as body,
            null::timestamptz as done_at, null::timestamptz as settled_at, null::int as revision
       from ronda.advisory_approval v where v.space = $1 and v.advisory_key = any ($2)
     union all
     select 'invitation', i.advisory_key, null, i.org_key, i.user_key, i.invited_at, i.key, i.id, i.principal_key, i.is_joint, null, null, null, null, null
       from ronda.advisory_invitation i where i.space = $1 and i.advisory_key = any ($2) and i.ended_at is null
     union all
     select 'change', c.advisory_key, c.number, c.org_key, c.author_key, c.created_at, c.key, c.id, null, null, c.pointer, c.body, c.done_at, c.settled_at, ${placeOf('c')}
       from ronda.advisory_change c where c.space = $1 and c.advisory_key = any ($2)) s
     left join ronda.organisation o on o.key = s.org_key left join ronda.user_account u on u.key = s.user_key
    order by s.at, s.key, o.name, o.id`,
);
const approve = statement(
  'advisory-approve',
  `insert into ronda.advisory_approval (space, advisory_key, number, org_key, user_key, at) values ($1, $2, $3, $4, $5, $6)`,
);
const invite = statement(
  'advisory-invite',
  `insert into ronda.advisory_invitation (space, id, advisory_key, principal_key, org_key, user_key, is_joint, invited_by, invited_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const endInvitations = statement(
  'advisory-invitations-end',
  'update ronda.advisory_invitation set ended_at = $3 where space = $1 and advisory_key = $2 and ended_at is null and ($4::uuid is null or id = $4)',
);
const comment = statement(
  'advisory-comment',
  `insert into ronda.advisory_comment (space, id, advisory_key, number, pointer, body, org_key, author_key, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const remark = (
  alias: string,
): string => `${alias}.id, ${placeOf(alias)}, ${alias}.pointer, ${alias}.body, ${alias}.org_key,
  ${organisationColumns}, ${alias}.author_key, u.id as author_id, u.display_name as author_name, ${alias}.created_at`;
const comments = statement(
  'advisory-comments',
  `select ${remark('c')} from ronda.advisory_comment c left join ronda.organisation o on o.key = c.org_key
     left join ronda.user_account u on u.key = c.author_key
    where c.space = $1 and c.advisory_key = $2 and ($3::timestamptz is null or (c.created_at, c.id) < ($3, $4::uuid))
      and ($6::uuid is null or c.id = $6)
    order by c.created_at desc, c.id desc limit $5`,
);
const change = statement(
  'advisory-change',
  `insert into ronda.advisory_change (space, id, advisory_key, number, pointer, body, org_key, author_key, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const tick = statement(
  'advisory-change-done',
  `update ronda.advisory_change set done_at = case when $4 then $5::timestamptz end, done_by = case when $4 then $6::int end
    where space = $1 and advisory_key = $2 and id = $3 and settled_at is null`,
);
const settleChanges = statement(
  'advisory-changes-settle',
  'update ronda.advisory_change set settled_at = $3 where space = $1 and advisory_key = $2 and settled_at is null',
);

type SaidApproval = ApprovalRow & { what: 'approval' };
type SaidInvitation = InvitationRow & { what: 'invitation' };
type SaidChange = ChangeRow & { what: 'change' };
type SaidRow = SaidApproval | SaidInvitation | SaidChange;

/** What was said in the review of some advisories, with which of them. */
export interface Review {
  approvals: ApprovalRow[];
  invitations: InvitationRow[];
  changes: ChangeRow[];
}

/** Every query of what is said in review: invitations, comments, the checklist of changes, approvals. */
@Injectable()
export class ReviewStore {
  constructor(private readonly work: UnitOfWork) {}

  /** Each as it came, the first first. */
  async ofRecords(keys: readonly number[]): Promise<Review> {
    const rows: SaidRow[] = await this.work.query<SaidRow & Record<string, unknown>>(review, [this.work.space, keys]);
    return {
      approvals: rows.filter((row): row is SaidApproval => row.what === 'approval'),
      invitations: rows.filter((row): row is SaidInvitation => row.what === 'invitation'),
      changes: rows.filter((row): row is SaidChange => row.what === 'change'),
    };
  }

  approve(key: number, number: number, organisationKey: number, userKey: number): void {
    this.work.write(approve, [this.work.space, key, number, organisationKey, userKey, this.work.at]);
  }

  invite(given: {
    id: string;
    key: number;
    organisationKey: number;
    userKey: number | null;
    isJoint: boolean;
    by: number;
  }): void {
    const { id, key, organisationKey, userKey, isJoint, by } = given;
    const { space, at } = this.work;
    this.work.write(invite, [space, id, key, userKey ?? organisationKey, organisationKey, userKey, isJoint, by, at]);
  }

  /** @param id of one; all of them where it is null. */
  endInvitations(key: number, id: string | null): void {
    this.work.write(endInvitations, [this.work.space, key, this.work.at, id]);
  }

  comment(key: number, given: NewRemark): void {
    this.work.write(comment, this.remarkValues(key, given));
  }

  /** Newest first; one more than the limit, where there is one. */
  comments(key: number, limit: number, after: CursorKeys | null, id: string | null = null): Promise<RemarkRow[]> {
    return this.work.query<RemarkRow>(comments, [
      this.work.space,
      key,
      after?.at ?? null,
      after?.id ?? null,
      limit + 1,
      id,
    ]);
  }

  change(key: number, given: NewRemark): void {
    this.work.write(change, this.remarkValues(key, given));
  }

  tick(key: number, id: string, isDone: boolean, by: number): void {
    this.work.write(tick, [this.work.space, key, id, isDone, this.work.at, by]);
  }

  settleChanges(key: number): void {
    this.work.write(settleChanges, [this.work.space, key, this.work.at]);
  }

  private remarkValues(key: number, given: NewRemark): unknown[] {
    const { id, number, pointer, body, organisationKey, authorKey } = given;
    return [this.work.space, id, key, number, pointer, body, organisationKey, authorKey, this.work.at];
  }
}

/** A comment or a requested change, of one revision and where in it. */
export interface NewRemark {
  id: string;
  number: number;
  pointer: string;
  body: string;
  organisationKey: number;
  authorKey: number;
}
