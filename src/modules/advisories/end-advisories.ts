import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Reader } from '../../platform/database/unit-of-work.js';
import { DueReleases } from '../sharing/index.js';
import { AdvisoriesStore } from './advisories.store.js';
import { EndAdvisoryEmbargo } from './end-advisory-embargo.js';
import { EndInterim } from './end-interim.js';

/**
 * What the clock does with advisories, each as the person who published it: the end of an embargo, the end of an interim,
 * and that an acknowledgement is due. Safe to run on several nodes at once.
 */
@Injectable()
export class EndAdvisories {
  private readonly log = new Logger(EndAdvisories.name);

  constructor(
    private readonly work: UnitOfWork,
    private readonly due: DueReleases,
    private readonly clock: Clock,
    private readonly advisories: AdvisoriesStore,
    private readonly embargo: EndAdvisoryEmbargo,
    private readonly interim: EndInterim,
  ) {}

  async run(): Promise<void> {
    for (const { space, releaseId, userKey } of await this.due.find())
      await this.as({ actingUserKey: userKey }, space, async () => {
        const record = await this.due.recordOf(releaseId);
        if (record?.kind !== 'advisory') return;
        const id = await this.advisories.idOf(record.key);
        if (id !== undefined) await this.embargo.run(id, userKey);
      });
    const dues = await this.work.run('nobody', 0, 'read', () => this.advisories.due(this.clock.now()));
    for (const { space, advisory_id: id, user_key: userKey, what } of dues) {
      // Of an organisation that has nobody any more, or is none: what it told for an hour is not told for longer.
      const by: Reader = { actingUserKey: userKey, ...(what === 'lapse' && { ends: 'interim' }) };
      await this.as(by, space, () => this.interim.run(id, userKey, what));
    }
  }

  private async as(by: Reader, space: number, work: () => Promise<void>): Promise<void> {
    try {
      await this.work.run(by, space, 'write', work);
    } catch (error) {
      // One that fails must not keep the others waiting; it is due again at the next round.
      this.log.error(`an advisory that was due failed: ${error instanceof Error ? error.name : 'unknown'}`);
    }
  }
}
