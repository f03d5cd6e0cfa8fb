import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { notFound } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { decodeCursor, pageOf } from '../../../platform/http/page.js';
import type { PageQuery } from '../../../platform/http/page.dto.js';
import { DutyStore } from '../contacts/duty.store.js';
import { outcomeOf, statusOf } from './comms-check.rules.js';
import type { CheckStatus } from './comms-check.rules.js';
import type { CommsCheckPage, CommsCheckView } from './comms-checks.dto.js';
import { CommsChecksStore } from './comms-checks.store.js';
import type { CheckRow, TargetRow } from './comms-checks.store.js';

/** Reads comms checks as the caller: of the results its own, or to the secretariat everybody's. */
@Injectable()
export class ReadCommsChecks {
  constructor(
    private readonly work: UnitOfWork,
    private readonly checks: CommsChecksStore,
    private readonly duty: DutyStore,
  ) {}

  /** @throws Problem the one 404. */
  async row(id: string): Promise<CheckRow> {
    const row = await this.checks.byId(id);
    if (!row) throw notFound();
    return row;
  }

  async view(actor: Actor, id: string): Promise<CommsCheckView> {
    return this.viewOf(actor, await this.row(id));
  }

  async viewOf(actor: Actor, row: CheckRow): Promise<CommsCheckView> {
    return (await this.views(actor, [row]))[0] ?? Promise.reject(notFound());
  }

  async page(actor: Actor, { limit, cursor }: PageQuery): Promise<CommsCheckPage> {
    const rows = await this.checks.list(limit, cursor === undefined ? null : decodeCursor(cursor));
    const views = new Map((await this.views(actor, rows.slice(0, limit))).map((view) => [view.id, view] as const));
    return pageOf(
      rows,
      limit,
      (row) => ({ at: row.opens_at.toISOString(), id: row.id }),
      (row) => views.get(row.id) as CommsCheckView,
    );
  }

  status(row: CheckRow): CheckStatus {
    return statusOf({ openedAt: row.opened_at, closedAt: row.closed_at, closesAt: row.closes_at }, this.work.at);
  }

  isOnDuty(actor: Actor): Promise<boolean> {
    return this.duty.isOnDuty(actor.organisationKey, actor.userKey);
  }

  private async views(actor: Actor, rows: readonly CheckRow[]): Promise<CommsCheckView[]> {
    const [targets, isOnDuty] = await Promise.all([
      this.checks.targets(rows.map(({ key }) => key)),
      this.isOnDuty(actor),
    ]);
    return rows.map((row) => {
      const own = targets.filter(({ check_key }) => check_key === row.key);
      return toCommsCheckView(row, own, { actor, status: this.status(row), isOnDuty });
    });
  }
}

const toCommsCheckView = (
  row: CheckRow,
  targets: readonly TargetRow[],
  { actor, status, isOnDuty }: { actor: Actor; status: CheckStatus; isOnDuty: boolean },
): CommsCheckView => {
  const isWaiting = (target: TargetRow): boolean => status === 'open' && target.answered_at === null;
  const ownWaits = targets.some((target) => target.org_key === actor.organisationKey && isWaiting(target));
  return {
    id: row.id,
    kind: row.kind,
    status,
    note: row.note,
    opensAt: row.opens_at.toISOString(),
    closesAt: row.closes_at.toISOString(),
    results: targets.map((target) => ({
      organisation: { id: target.org_id, name: target.org_name },
      outcome: outcomeOf(status, target.answered_at),
      answeredAt: target.answered_at?.toISOString() ?? null,
      via: target.via,
    })),
    allowedActions: [
      ...(ownWaits && isOnDuty && actor.standing === 'active' ? (['answer'] as const) : []),
      ...(actor.permissions.has('region:admin') && targets.some(isWaiting) ? (['issue-code'] as const) : []),
    ],
  };
};
