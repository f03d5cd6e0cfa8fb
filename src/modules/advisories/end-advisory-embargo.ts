import { Injectable } from '@nestjs/common';
import { ConfirmRelease } from '../sharing/index.js';
import { AdvisoriesStore } from './advisories.store.js';
import { ApplyAdvisoryRelease, releasable } from './apply-advisory-release.js';
import { lockedAdvisory } from './locked-advisory.js';
import { newest, OpenAdvisory } from './open-advisory.js';
import { WrittenFrom } from './written-from.js';

/** Publishes what was scheduled, at its instant and once. */
@Injectable()
export class EndAdvisoryEmbargo {
  constructor(
    private readonly opening: OpenAdvisory,
    private readonly advisories: AdvisoriesStore,
    private readonly confirmRelease: ConfirmRelease,
    private readonly releases: ApplyAdvisoryRelease,
    private readonly writtenFrom: WrittenFrom,
  ) {}

  async run(id: string, userKey: number): Promise<void> {
    const row = await lockedAdvisory(this.advisories, id);
    if (row?.status !== 'scheduled') return;
    // A source that was taken back, or narrowed, since it was scheduled: it waits for somebody to look.
    if ((await this.writtenFrom.faults(row, row.chosen)).length > 0) {
      await this.releases.cancel(userKey, row);
      this.opening.emit({ userKey, organisationId: row.owner_id }, 'schedule-cancelled', newest(row), {
        reason: 'source-narrowed',
      });
      return;
    }
    const done = await this.confirmRelease.end(releasable(row), { organisationKey: row.owner_key, userKey });
    if (done) await this.releases.apply(row, { principals: done.principals, interimUntil: null, by: userKey });
  }
}
