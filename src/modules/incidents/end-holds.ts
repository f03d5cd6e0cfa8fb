import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ConfirmRelease, DueReleases } from '../sharing/index.js';
import { ApplyRelease, releasable } from './apply-release.js';
import { IncidentsStore } from './incidents.store.js';

/** Completes releases whose hold or embargo has ended, each as the person who asked for it. Safe to run on several nodes at once. */
@Injectable()
export class EndHolds {
  private readonly log = new Logger(EndHolds.name);

  constructor(
    private readonly work: UnitOfWork,
    private readonly due: DueReleases,
    private readonly incidents: IncidentsStore,
    private readonly confirmRelease: ConfirmRelease,
    private readonly applied: ApplyRelease,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    for (const { space, releaseId, userKey } of await this.due.find()) {
      try {
        await this.work.run({ actingUserKey: userKey }, space, 'write', async () => {
          const record = await this.due.recordOf(releaseId);
          if (record?.kind === 'incident') await this.end(record.key, userKey);
        });
      } catch (error) {
        // One that fails must not keep the others waiting; it is due again at the next round.
        this.log.error(
          `a release that waited could not be completed: ${error instanceof Error ? error.name : 'unknown'}`,
        );
      }
    }
  }

  /** As the one who asked for the release. */
  private async end(key: number, userKey: number): Promise<void> {
    const [seen] = await this.incidents.byKeys([key]);
    if (!seen?.is_owner) return;
    await this.incidents.lock(seen.id);
    const [row] = await this.incidents.byKeys([key]);
    if (!row || row.owner_key === null) return;
    const done = await this.confirmRelease.end(releasable(row), { organisationKey: row.owner_key, userKey });
    if (done) await this.applied.run(row, done, 'narrowed', userKey);
  }

  /** How long until the next embargo ends; null where there is none. */
  async untilNextMs(): Promise<number | null> {
    const next = await this.due.nextEmbargo();
    return next && next.getTime() - this.clock.now().getTime();
  }
}
