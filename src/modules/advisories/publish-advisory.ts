import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ReleaseRecord } from '../sharing/index.js';
import type { RecallDto } from '../sharing/index.js';
import { AdvisoriesStore } from './advisories.store.js';
import { INTERIM_MINUTES, mayGoInterim } from './advisory.rules.js';
import { ApplyAdvisoryRelease, releasable } from './apply-advisory-release.js';
import { WriteCsaf } from './csaf/write-csaf.js';
import { newest, OpenAdvisory } from './open-advisory.js';
import type { OpenedAdvisory } from './open-advisory.js';
import { WrittenFrom } from './written-from.js';

/** Its own review said what a preview of a release would: nobody looks again. */
const UNSEEN = { check: () => Promise.resolve(), token: () => Promise.resolve('') };

/** Lets an approved advisory out, at once or at an instant, by the machinery that releases incidents; and takes it back. */
@Injectable()
export class PublishAdvisory {
  constructor(
    private readonly work: UnitOfWork,
    private readonly opening: OpenAdvisory,
    private readonly advisories: AdvisoriesStore,
    private readonly releaseRecord: ReleaseRecord,
    private readonly releases: ApplyAdvisoryRelease,
    private readonly writtenFrom: WrittenFrom,
    private readonly csaf: WriteCsaf,
  ) {}

  async publish(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const opened = await this.opening.run(actor, id, 'publish', { ifMatch, isRequired: false });
    const isInterim = mayGoInterim(opened.facts);
    const { principals } = await this.release(actor, opened, null);
    const interimUntil = isInterim ? new Date(this.work.at.getTime() + INTERIM_MINUTES * 60_000) : null;
    await this.releases.apply(opened.row, { principals, interimUntil, by: actor.userKey });
    return id;
  }

  async schedule(actor: Actor, id: string, notBefore: string, ifMatch: string | undefined): Promise<string> {
    const opened = await this.opening.run(actor, id, 'schedule', { ifMatch, isRequired: false });
    await this.release(actor, opened, new Date(notBefore));
    this.advisories.move(opened.row.key, 'scheduled');
    this.opening.emit(actor, 'scheduled', newest(opened.row), { notBefore });
    return id;
  }

  async cancelSchedule(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const { row } = await this.opening.run(actor, id, 'cancel-schedule', { ifMatch, isRequired: false });
    await this.releases.cancel(actor.userKey, row);
    this.opening.emit(actor, 'schedule-cancelled', newest(row), { reason: 'by-hand' });
    return id;
  }

  /** Nobody else reads it from the next request on, and what left is asked back. */
  async withdraw(actor: Actor, id: string, { reason }: RecallDto, ifMatch: string | undefined): Promise<string> {
    const { row } = await this.opening.run(actor, id, 'withdraw', { ifMatch, isRequired: false });
    await this.releases.takeBack(row, reason, reason, actor.userKey);
    return id;
  }

  private async release(
    actor: Actor,
    { row, context }: OpenedAdvisory,
    notBefore: Date | null,
  ): Promise<{ principals: number[] }> {
    const joint = row.joint.flatMap((key) => context.organisations.get(key)?.id ?? []);
    const beyond = await this.writtenFrom.faults(
      row,
      [...row.chosen, ...joint.map((organisation) => ({ organisation }))],
      () => '/audience',
    );
    if (beyond.length > 0) throw invalidInput(beyond);
    // Of what is scheduled now: at the instant nobody is there to correct anything.
    await this.csaf.check(row, notBefore ?? this.work.at);
    const order = { tlp: row.tlp, pap: row.pap, audience: row.chosen, hold: false, notBefore };
    return this.releaseRecord.run(actor, releasable(row), order, () => true, UNSEEN);
  }
}
