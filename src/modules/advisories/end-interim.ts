import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { DirectoryReader } from '../identity/index.js';
import { AdvisoriesStore } from './advisories.store.js';
import type { AdvisoryDue } from './advisories.store.js';
import { approvalsDue, nextVersion } from './advisory.rules.js';
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
    private readonly directory: DirectoryReader,
    private readonly opening: OpenAdvisory,
    private readonly advisories: AdvisoriesStore,
    private readonly review: ReviewStore,
    private readonly releases: ApplyAdvisoryRelease,
    private readonly csaf: WriteCsaf,
  ) {}

  async run(id: string, userKey: number, what: AdvisoryDue): Promise<void> {
    const row = await lockedAdvisory(this.advisories, id);
    if (!row) return;
    await (what === 'reminder' ? this.remind(row, userKey) : this.settle(row, userKey));
  }

  /**
   * With all approvals it is published like any other, as the next version; without them it is withdrawn when its hour is over.
   * Who is suspended publishes nothing, and cannot see whom the document has to name.
   */
  private async settle(row: AdvisoryRow, userKey: number): Promise<void> {
    if (row.interim_until === null) return;
    const approvals = (await this.review.ofRecords([row.key])).approvals
      .filter(({ number }) => number === row.published)
      .map(({ org_key }) => ({ organisationKey: org_key }));
    const isApproved = approvalsDue({ ownerKey: row.owner_key, joint: row.joint, approvals }).length === 0;
    if (isApproved && (await this.isHeard(row))) {
      this.review.endInvitations(row.key, null);
      const version = nextVersion(row.version, 'patch');
      this.advisories.settle(row, version);
      await this.advisories.listFor(row.key, row.audience);
      const settled = { ...row, version, interim_version: row.version, settled_at: this.work.at, interim_until: null };
      await this.csaf.publish(settled, { audience: row.audience, isInterim: false });
      this.opening.emit({ userKey, organisationId: row.owner_id }, 'published', newest(settled));
    } else if (row.interim_until <= this.work.at) {
      await this.releases.takeBack(row, 'unspecified', isApproved ? 'issuer-not-active' : 'approvals-missing', userKey);
    }
  }

  private async isHeard({ owner_id }: AdvisoryRow): Promise<boolean> {
    const [owner] = owner_id === null ? [] : await this.directory.organisationsByIds([owner_id]);
    return owner?.standing === 'active';
  }

  private async remind(row: AdvisoryRow, userKey: number): Promise<void> {
    if (row.published === null || !(await this.advisories.remind(row.key, row.published))) return;
    const about = { id: row.id, revision: row.published };
    this.opening.emit({ userKey, organisationId: row.owner_id }, 'acknowledgement-due', about);
  }
}
