import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { mayConfirm } from '../../policy/release.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { ReleasableRecord } from './release-record.js';
import { ReleaseRecord } from './release-record.js';
import { ReleaseStore } from './release.store.js';
import type { ReleaseRow } from './release.store.js';
import { noReleasePending, revisionMoved, sameperson } from './sharing.problems.js';

/** The word of the second person, or the end of a hold: what waited takes effect. */
@Injectable()
export class ConfirmRelease {
  constructor(
    private readonly work: UnitOfWork,
    private readonly releases: ReleaseStore,
    private readonly release: ReleaseRecord,
  ) {}

  /** @throws Problem 409 where none waits or the record moved on, 403 where the one who asked confirms. */
  async run(actor: Actor, record: ReleasableRecord): Promise<ReleaseRow> {
    const waiting = await this.waiting(record);
    if (!mayConfirm(actor, waiting.requested_by)) throw sameperson();
    return this.complete(record, waiting, actor.userKey);
  }

  /** For the worker: a hold that ended without anybody cancelling it. */
  async endHold(record: ReleasableRecord, actingUserKey: number): Promise<ReleaseRow | null> {
    const waiting = (await this.releases.open(record.kind, [record.key])).find(({ status }) => status === 'held');
    if (!waiting?.hold_until || waiting.hold_until > this.work.at) return null;
    if (waiting.revision !== record.revision) {
      await this.releases.cancelOpen(record.kind, record.key, actingUserKey);
      return null;
    }
    return this.complete(record, waiting, null);
  }

  async cancel(actor: Actor, record: ReleasableRecord): Promise<void> {
    if (!(await this.releases.cancelOpen(record.kind, record.key, actor.userKey))) throw noReleasePending();
    this.work.emit(
      { type: 'release.cancelled', version: 1, payload: { recordKind: record.kind, recordId: record.id } },
      actor.userKey,
    );
  }

  private async waiting(record: ReleasableRecord): Promise<ReleaseRow> {
    const waiting = (await this.releases.open(record.kind, [record.key])).find(({ status }) => status !== 'released');
    if (!waiting) throw noReleasePending();
    // What was seen and agreed to is one revision; an edit in between is another thing.
    if (waiting.revision !== record.revision) throw revisionMoved();
    return waiting;
  }

  private async complete(record: ReleasableRecord, waiting: ReleaseRow, by: number | null): Promise<ReleaseRow> {
    await this.releases.supersede(record.kind, record.key, by ?? waiting.requested_by);
    if (!(await this.releases.complete(waiting.id, by))) throw noReleasePending();
    await this.release.publish(record, waiting.principals);
    this.work.emit(
      {
        type: 'release.made',
        version: 1,
        payload: {
          releaseId: waiting.id,
          recordKind: record.kind,
          recordId: record.id,
          revision: waiting.revision,
          tlp: waiting.tlp,
        },
      },
      by ?? waiting.requested_by,
    );
    return waiting;
  }
}
