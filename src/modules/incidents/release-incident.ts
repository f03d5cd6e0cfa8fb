import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput } from '../../kernel/problem.js';
import { ConfirmRelease, PreviewRelease, ReleaseRecord, tokenOf } from '../sharing/index.js';
import type { ConfirmReleaseDto, ReleaseDto, ReleaseOrder } from '../sharing/index.js';
import { ApplyRelease, releasable } from './apply-release.js';
import { inQuarantine, notYetSubmitted } from './incident.problems.js';
import type { IncidentRow } from './incident.rows.js';
import { ReviseIncident } from './revise-incident.js';
import type { OpenedIncident } from './revise-incident.js';
import { SaidOfIncident } from './said-of-incident.js';

/** Releases a record to an audience; confirms or cancels a release that waits. */
@Injectable()
export class ReleaseIncident {
  constructor(
    private readonly revise: ReviseIncident,
    private readonly releaseRecord: ReleaseRecord,
    private readonly confirmRelease: ConfirmRelease,
    private readonly preview: PreviewRelease,
    private readonly said: SaidOfIncident,
    private readonly applied: ApplyRelease,
  ) {}

  /**
   * It takes effect at once, or waits for a second person or for its hold to end.
   * @returns the record's id, as the others do.
   */
  async release(actor: Actor, id: string, body: ReleaseDto, ifMatch: string | undefined): Promise<string> {
    const opened = await this.revise.open(actor, id, 'release', { ifMatch, isRequired: false });
    if (opened.row.status === 'draft') throw notYetSubmitted();
    if (opened.row.quarantined_at !== null && body.audience.length > 0) throw inQuarantine();
    const order = orderOf(opened.row, body);
    const { tlp, pap } = order;
    const beyond = await this.said.beyondSources(opened.row, order);
    if (beyond.length > 0) throw invalidInput(beyond);
    const record = releasable(opened.row);
    const isRemarked = tlp !== opened.row.tlp || pap !== opened.row.pap;
    const look = async (): ReturnType<PreviewRelease['run']> =>
      this.preview.run(actor, record, order, await this.said.run(actor, opened.row, order));
    const outcome = await this.releaseRecord.run(
      actor,
      { ...record, revision: opened.row.head + (isRemarked ? 1 : 0) },
      order,
      // Asked of the record as it was before its marking follows the release.
      await this.said.newContent(opened.row),
      {
        check: async () => {
          if (body.previewToken !== undefined) this.preview.check(body.previewToken, await look());
        },
        token: async () => tokenOf((await look()).outcome),
      },
    );
    // The marking of the release replaces the record's, so it is a change of the record like any other.
    const row = isRemarked ? await this.remark(actor, opened, { tlp, pap }) : opened.row;
    const { principals } = outcome;
    if (outcome.status === 'released')
      await this.applied.run(row, { revision: row.head, principals }, 'narrowed', actor.userKey);
    return id;
  }

  /** @param previewToken what the second person saw; what was seen when it was asked for where that is left out. */
  async confirm(
    actor: Actor,
    id: string,
    { previewToken }: ConfirmReleaseDto,
    ifMatch: string | undefined,
  ): Promise<string> {
    const { row } = await this.revise.open(actor, id, 'confirm-release', { ifMatch, isRequired: false });
    if (row.quarantined_at !== null) throw inQuarantine();
    const record = releasable(row);
    const done = await this.confirmRelease.run(actor, record, async (waiting) => {
      const seen = previewToken ?? waiting.outcome;
      const now = await this.preview.waiting(actor, record, () => this.said.run(actor, row, waiting));
      if (seen !== null && now) this.preview.check(seen, now);
    });
    if (done) await this.applied.run(row, done, 'narrowed', actor.userKey);
    return id;
  }

  async cancel(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const { row } = await this.revise.open(actor, id, 'cancel-release', { ifMatch, isRequired: false });
    await this.confirmRelease.cancel(actor, releasable(row));
    return id;
  }

  private async remark(
    actor: Actor,
    opened: OpenedIncident,
    marking: OpenedIncident['content']['marking'],
  ): Promise<IncidentRow> {
    await this.revise.write(actor, opened, {
      change: 'marked',
      content: { ...opened.content, marking },
      status: opened.row.status,
    });
    return this.revise.again(opened);
  }
}

/** What is asked for, with what the record says where the request says nothing. */
export const orderOf = (row: Pick<IncidentRow, 'pap'>, body: ReleaseDto): ReleaseOrder => ({
  tlp: body.marking.tlp,
  pap: body.marking.pap ?? row.pap,
  audience: body.audience,
  hold: body.hold ?? false,
  notBefore: body.notBefore == null ? null : new Date(body.notBefore),
});
