import { Injectable } from '@nestjs/common';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../../platform/http/page.js';

export interface CheckRow {
  key: number;
  id: string;
  kind: 'scheduled' | 'surprise';
  note: string | null;
  opens_at: Date;
  closes_at: Date;
  opened_at: Date | null;
  closed_at: Date | null;
}

export interface TargetRow {
  check_key: number;
  org_key: number;
  org_id: string;
  org_name: string;
  answered_at: Date | null;
  via: 'code' | 'account' | null;
}

const columns =
  'c.key, c.id, c.kind, c.note, c.opens_at, c.closes_at, c.opened_at, c.closed_at from ronda.comms_check c';
const byId = statement('comms-check-by-id', `select ${columns} where c.space = $1 and c.id = $2`);
const list = statement(
  'comms-check-list',
  `select ${columns} where c.space = $1 and ($2::timestamptz is null or (c.opens_at, c.id) < ($2, $3::uuid))
    order by c.opens_at desc, c.id desc limit $4`,
);
const targets = statement(
  'comms-check-targets',
  `select t.check_key, t.org_key, o.id as org_id, o.name as org_name, t.answered_at, t.via
     from ronda.comms_check_target t join ronda.organisation o on o.key = t.org_key
    where t.space = $1 and t.check_key = any ($2) order by lower(o.name), o.id`,
);
const insert = statement(
  'comms-check-insert',
  `insert into ronda.comms_check (space, id, kind, note, opens_at, closes_at, called_by, called_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
const due = statement(
  'comms-check-due',
  `select ${columns} where c.space = $1 and c.closed_at is null and (c.opened_at is null and c.opens_at <= $2 or c.opened_at is not null and c.closes_at <= $2)
    order by c.opens_at`,
);
/** A worker that comes late takes no time from anybody. */
const open = statement(
  'comms-check-open',
  `update ronda.comms_check set opened_at = $3, closes_at = greatest(closes_at, $3::timestamptz + (closes_at - opens_at))
    where space = $1 and id = $2 and opened_at is null returning key`,
);
const insertTargets = statement(
  'comms-check-target-insert',
  `insert into ronda.comms_check_target (space, check_key, org_key)
   select $1, $2, o.key from ronda.organisation o where o.standing = 'active' and o.kind in ('national-cert', 'regional-body')`,
);
const close = statement(
  'comms-check-close',
  'update ronda.comms_check set closed_at = $3 where space = $1 and key = $2 and closed_at is null returning key',
);
const lock = statement(
  'comms-check-lock',
  `select pg_advisory_xact_lock(hashtextextended('ronda.comms_check ' || $1::text, 0))`,
);
const answer = statement(
  'comms-check-answer',
  `update ronda.comms_check_target set answered_at = $4, via = 'account', answered_by = $5
    where space = $1 and check_key = $2 and org_key = $3 and answered_at is null returning org_key`,
);
const verifyContacts = statement(
  'comms-check-verify',
  `update ronda.contact set last_verified_at = $2, version = version + 1
    where org_key = $1 and kind = 'point-of-contact' and is_24x7`,
);
const setCode = statement(
  'comms-check-code',
  `update ronda.comms_check_target set code_hash = $4
    where space = $1 and check_key = $2 and org_key = $3 and answered_at is null`,
);
const answerByCode = statement('comms-check-answer-by-code', 'select * from ronda.answer_comms_check($1, $2)');
const clerk = statement('comms-check-clerk', 'select ronda.comms_clerk() as user_key');
const lastOpening = statement(
  'comms-check-last',
  `select greatest(max(c.opens_at), max(o.created_at)) as at from ronda.organisation o
     left join ronda.comms_check c on c.space = $1 where o.is_secretariat`,
);

/** Every query of comms checks. */
@Injectable()
export class CommsChecksStore {
  constructor(private readonly work: UnitOfWork) {}

  async byId(id: string): Promise<CheckRow | undefined> {
    return (await this.work.query<CheckRow>(byId, [this.work.space, id]))[0];
  }

  /** One more than the limit, where there is one. */
  list(limit: number, after: CursorKeys | null): Promise<CheckRow[]> {
    return this.work.query<CheckRow>(list, [this.work.space, after?.at ?? null, after?.id ?? null, limit + 1]);
  }

  /** Those the caller may know of: its own, or to the secretariat everybody's. */
  async targets(keys: readonly number[]): Promise<TargetRow[]> {
    return keys.length === 0 ? [] : this.work.query<TargetRow>(targets, [this.work.space, keys]);
  }

  insert(check: {
    id: string;
    kind: 'scheduled' | 'surprise';
    note: string | null;
    opensAt: Date;
    closesAt: Date;
    calledBy: number;
  }): void {
    const { id, kind, note, opensAt, closesAt, calledBy } = check;
    this.work.write(insert, [this.work.space, id, kind, note, opensAt, closesAt, calledBy, this.work.at]);
  }

  /** To be opened, and to be closed. */
  due(): Promise<CheckRow[]> {
    return this.work.query<CheckRow>(due, [this.work.space, this.work.at]);
  }

  /** Opens it for all that are active now. @returns false where somebody else did. */
  async open(id: string): Promise<boolean> {
    const { at, space } = this.work;
    const [opened] = await this.work.query<{ key: number }>(open, [space, id, at]);
    if (opened) this.work.write(insertTargets, [space, opened.key]);
    return opened !== undefined;
  }

  async close(key: number): Promise<boolean> {
    return (await this.work.query(close, [this.work.space, key, this.work.at])).length > 0;
  }

  /** Keeps others out who would open one at the same time. */
  async lock(): Promise<void> {
    await this.work.query(lock, [this.work.space]);
  }

  /** For the caller's own organisation. @returns false where it was answered before. */
  async answer(key: number, organisationKey: number, by: number): Promise<boolean> {
    const { at, space } = this.work;
    if ((await this.work.query(answer, [space, key, organisationKey, at, by])).length === 0) return false;
    this.work.write(verifyContacts, [organisationKey, at]);
    return true;
  }

  setCode(key: number, organisationKey: number, codeHash: Buffer): void {
    this.work.write(setCode, [this.work.space, key, organisationKey, codeHash]);
  }

  /** @returns undefined where the code does not hold. */
  async answerByCode(codeHash: Buffer): Promise<{ answered_at: Date; check_id: string; org_id: string } | undefined> {
    const values = [codeHash, this.work.at];
    return (await this.work.query<{ answered_at: Date; check_id: string; org_id: string }>(answerByCode, values))[0];
  }

  /** As whom the worker runs checks, or null. */
  async clerk(): Promise<number | null> {
    return (await this.work.query<{ user_key: number | null }>(clerk))[0]?.user_key ?? null;
  }

  /** When the last one opened or will open; where there was none, since when the region has its secretariat. */
  async lastOpening(): Promise<Date | null> {
    return (await this.work.query<{ at: Date | null }>(lastOpening, [this.work.space]))[0]?.at ?? null;
  }
}
