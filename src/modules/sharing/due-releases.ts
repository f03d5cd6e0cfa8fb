import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { RecordKind } from './release.store.js';
import { ReleaseStore } from './release.store.js';

export interface DueRelease {
  space: number;
  releaseId: string;
  /** Who asked for it, and as whom it is completed. */
  userKey: number;
}

/** Finds held and scheduled releases whose time has come: ids alone, for the worker, on no path that a user can reach. */
@Injectable()
export class DueReleases {
  constructor(
    private readonly work: UnitOfWork,
    private readonly releases: ReleaseStore,
    private readonly clock: Clock,
  ) {}

  find(): Promise<DueRelease[]> {
    return this.work.run('nobody', 0, 'read', async () =>
      (await this.releases.due(this.clock.now())).map((row) => ({
        space: row.space,
        releaseId: row.release_id,
        userKey: row.user_key,
      })),
    );
  }

  /** The instant at which the next embargo ends; null where there is none. */
  nextEmbargo(): Promise<Date | null> {
    return this.work.run('nobody', 0, 'read', () => this.releases.nextEmbargo());
  }

  /** Within a unit of work, as the one who asked: which record waits. Undefined where it no longer may be read. */
  async recordOf(releaseId: string): Promise<{ kind: RecordKind; key: number } | undefined> {
    const row = await this.releases.byId(releaseId);
    return row && { kind: row.record_kind, key: row.record_key };
  }
}
