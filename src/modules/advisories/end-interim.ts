import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AdvisoriesStore } from './advisories.store.js';
import { approvalsDue } from './advisory.rules.js';
import type { AdvisoryRow } from './advisory.rows.js';
import { ApplyAdvisoryRelease } from './apply-advisory-release.js';
import { WriteCsaf } from './csaf/write-csaf.js';
import { lockedAdvisory } from './locked-advisory.js';
import { newest, OpenAdvisory } from './open-advisory.js';
import { ReviewStore } from './review.store.js';

/** Ends an interim, by its approvals or by its hour; and says that an acknowledgement is due. */
@Injectable()
export class EndInterim {
  constructor(
    private readonly work: UnitOfWork,
    private readonly opening: OpenAdvisory,
    private readonly advisories: AdvisoriesStore,
    private readonly review: ReviewStore,
    private readonly releases: ApplyAdvisoryRelease,
    private readonly csaf: WriteCsaf,
  ) {}

  async run(id: string, userKey: number, what: 'interim' | 'reminder'): Promise<void> {
    const row = await lockedAdvisory(this.advisories, id);
    if (!row) return;
    await (what === 'interim' ? this.settle(row, userKey) : this.remind(row, userKey));
  }

  /** With all approvals it is published like any other; without them it is withdrawn when its hour is over. */
  private async settle(row: AdvisoryRow, userKey: number): Promise<void> {
    if (row.interim_until === null) return;
    const approvals = (await this.review.ofRecords([row.key])).approvals
      .filter(({ number }) => number === row.published)
      .map(({ org_key }) => ({ organisationKey: org_key }));
    if (approvalsDue({ ownerKey: row.owner_key, joint: row.joint, approvals }).length === 0) {
      this.review.endInvitations(row.key, null);
      this.advisories.settle(row.key);
      await this.advisories.listFor(row.key, row.audience);
      await this.csaf.publish(row, {
        at: row.published_at ?? this.work.at,
        status: 'final',
        audience: row.audience,
      });
      this.opening.emit({ userKey, organisationId: row.owner_id }, 'published', newest(row));
    } else if (row.interim_until <= this.work.at) {
      await this.releases.takeBack(row, 'unspecified', 'approvals-missing', userKey);
    }
  }

  private async remind(row: AdvisoryRow, userKey: number): Promise<void> {
    if (row.published === null || !(await this.advisories.remind(row.key, row.published))) return;
    const about = { id: row.id, revision: row.published };
    this.opening.emit({ userKey, organisationId: row.owner_id }, 'acknowledgement-due', about);
  }
}
