import { Injectable } from '@nestjs/common';
import { AskBack, ConfirmRelease, ReleaseRecord } from '../sharing/index.js';
import type { ReleasableRecord, TombstoneReason } from '../sharing/index.js';
import { AdvisoriesStore } from './advisories.store.js';
import type { AdvisoryRow } from './advisory.rows.js';
import { WriteCsaf } from './csaf/write-csaf.js';
import { newest, OpenAdvisory } from './open-advisory.js';
import { ReviewStore } from './review.store.js';

/** What a release of an advisory does to its rows. */
@Injectable()
export class ApplyAdvisoryRelease {
  constructor(
    private readonly opening: OpenAdvisory,
    private readonly advisories: AdvisoriesStore,
    private readonly review: ReviewStore,
    private readonly releaseRecord: ReleaseRecord,
    private readonly confirmRelease: ConfirmRelease,
    private readonly askBack: AskBack,
    private readonly csaf: WriteCsaf,
  ) {}

  async apply(
    row: AdvisoryRow,
    next: { principals: readonly number[]; interimUntil: Date | null; by: number },
  ): Promise<void> {
    if (next.interimUntil === null) this.review.endInvitations(row.key, null);
    await this.advisories.publish(row, next);
    await this.csaf.publish(row, {
      isInterim: next.interimUntil !== null,
      audience: [...new Set([...row.owner_readers, ...row.joint, ...next.principals])],
    });
    // Whom the version before reached and this one does not.
    await this.askBack.run(releasable(row), 'narrowed', next.by);
    const what = next.interimUntil === null ? 'published' : 'published-interim';
    this.opening.emit({ userKey: next.by, organisationId: row.owner_id }, what, newest(row));
  }

  async cancel(by: number, row: AdvisoryRow): Promise<void> {
    await this.confirmRelease.cancel({ userKey: by }, releasable(row));
    this.advisories.move(row.key, 'in-review');
  }

  /** @param because why it says that it was withdrawn; `reason` is what is said to those whom it reached. */
  async takeBack(row: AdvisoryRow, reason: TombstoneReason, because: string, by: number): Promise<void> {
    await this.releaseRecord.takeBack(releasable(row), by);
    this.advisories.withdraw(row.key, because);
    this.review.endInvitations(row.key, null);
    await this.csaf.takeDown(row);
    await this.askBack.run(releasable(row), reason, by);
    // Not of the draft of a next version, which nobody beyond knows of.
    const about = { id: row.id, revision: row.published ?? row.head };
    this.opening.emit({ userKey: by, organisationId: row.owner_id }, 'withdrawn', about, { reason: because });
  }
}

export const releasable = (row: AdvisoryRow): ReleasableRecord => ({
  kind: 'advisory',
  key: row.key,
  id: row.id,
  revision: row.head,
  tlp: row.tlp,
  authorship: 'named',
  isApproved: true,
  facts: { countries: [], language: row.content.language, currency: null },
  ownerReaders: row.owner_readers,
  filerReaders: row.joint,
});
