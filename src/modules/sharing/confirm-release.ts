import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { mayConfirm } from '../../policy/release.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { areTooFew } from './count-candidates.js';
import type { ReleasableRecord } from './release-record.js';
import { ReleaseRecord } from './release-record.js';
import { ReleaseStore } from './release.store.js';
import type { ReleaseRow } from './release.store.js';
import { noReleasePending, revisionMoved, sameperson, tooFewCandidates } from './sharing.problems.js';

/** The word of the second person, the end of a hold or of an embargo: what waited takes effect, or waits for its instant. */
@Injectable()
export class ConfirmRelease {
  constructor(
    private readonly work: UnitOfWork,
    private readonly releases: ReleaseStore,
    private readonly release: ReleaseRecord,
  ) {}

  /**
   * @param check whether what would happen now is what was seen: throws where it is not.
   * @returns what is in force now; null where it waits for its instant.
   * @throws Problem 409 where none waits or the record moved on, 403 where the one who asked confirms.
   */
  async run(
    actor: Actor,
    record: ReleasableRecord,
    check: (waiting: ReleaseRow) => Promise<void>,
  ): Promise<ReleaseRow | null> {
    const waiting = await this.waiting(record);
    if (!mayConfirm(actor, waiting.requested_by)) throw sameperson();
    // What was seen and agreed to is one revision; an edit in between is another thing.
    if (waiting.revision !== record.revision) throw revisionMoved();
    const candidates = await this.release.candidates(actor, record, waiting.principals);
    if (candidates && areTooFew(candidates)) throw tooFewCandidates(candidates);
    await check(waiting);
    return this.complete(record, waiting, actor.userKey);
  }

  /** For the worker: a hold or an embargo that ended without anybody cancelling it. Null where it has not, or not yet. */
  async end(record: ReleasableRecord, owner: { organisationKey: number; userKey: number }): Promise<ReleaseRow | null> {
    const open = await this.releases.open(record.kind, [record.key]);
    const due = open.find((row) => dueAt(row) !== null);
    const at = due && dueAt(due);
    if (!at || at > this.work.at) return null;
    if (due.revision !== record.revision) {
      await this.release.cancelWaiting(record, owner.userKey, 'revised');
      return null;
    }
    const candidates = await this.release.candidates(owner, record, due.principals);
    if (candidates && areTooFew(candidates)) {
      await this.release.cancelWaiting(record, owner.userKey, 'too-few-candidates');
      return null;
    }
    return this.complete(record, due, null);
  }

  async cancel(actor: Pick<Actor, 'userKey'>, record: ReleasableRecord): Promise<void> {
    if (!(await this.release.cancelWaiting(record, actor.userKey, 'by-hand'))) throw noReleasePending();
  }

  /** What waits for somebody's word; not what waits for its instant alone. */
  private async waiting(record: ReleasableRecord): Promise<ReleaseRow> {
    const open = await this.releases.open(record.kind, [record.key]);
    const waiting = open.find(({ status }) => status === 'pending' || status === 'held');
    if (!waiting) throw noReleasePending();
    return waiting;
  }

  private async complete(record: ReleasableRecord, waiting: ReleaseRow, by: number | null): Promise<ReleaseRow | null> {
    if (waiting.not_before !== null && waiting.not_before > this.work.at) {
      if (!(await this.releases.schedule(waiting.id, by))) throw noReleasePending();
      this.emit('release.scheduled', record, waiting, by);
      return null;
    }
    await this.releases.supersede(record.kind, record.key, by ?? waiting.requested_by);
    if (!(await this.releases.complete(waiting.id, by))) throw noReleasePending();
    await this.release.publish(record, waiting.principals);
    this.emit('release.made', record, waiting, by);
    return waiting;
  }

  private emit(
    type: 'release.made' | 'release.scheduled',
    record: ReleasableRecord,
    release: ReleaseRow,
    by: number | null,
  ): void {
    const { id: releaseId, revision, tlp } = release;
    this.work.emit(
      { type, version: 1, payload: { releaseId, recordKind: record.kind, recordId: record.id, revision, tlp } },
      by ?? release.requested_by,
    );
  }
}

/** When it goes on by itself; null for what waits for somebody's word, or for nothing. */
const dueAt = ({ status, hold_until: holdUntil, not_before: notBefore }: ReleaseRow): Date | null =>
  status === 'held' ? holdUntil : status === 'scheduled' ? notBefore : null;
