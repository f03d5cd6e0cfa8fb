import { Inject, Injectable } from '@nestjs/common';
import type { Region } from '../../../kernel/region.js';
import { REGION } from '../../../platform/config/region.token.js';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { CallCommsCheck } from './call-comms-check.js';
import { isDue } from './comms-check.rules.js';
import { CommsChecksStore } from './comms-checks.store.js';

/**
 * Opens the checks whose time has come, closes those whose time is over, and calls the next one by the region's schedule:
 * as an administrator of the secretariat. Safe to run on several nodes at once.
 */
@Injectable()
export class RunCommsChecks {
  constructor(
    private readonly work: UnitOfWork,
    private readonly checks: CommsChecksStore,
    private readonly calls: CallCommsCheck,
    @Inject(REGION) private readonly region: Region,
  ) {}

  async run(): Promise<void> {
    const clerk = await this.work.run('nobody', LIVE, 'read', () => this.checks.clerk());
    if (clerk === null) return;
    await this.work.run({ actingUserKey: clerk }, LIVE, 'write', async () => {
      await this.checks.lock();
      for (const { id, key, opened_at } of await this.checks.due()) {
        if (opened_at === null) await this.calls.open(id, clerk);
        else if (await this.checks.close(key))
          this.work.emit({ type: 'comms-check.closed', version: 1, payload: { checkId: id } }, clerk);
      }
      await this.callNext(clerk);
    });
  }

  private async callNext(clerk: number): Promise<void> {
    const schedule = this.region.commsChecks;
    if (!schedule) return;
    const { at } = this.work;
    const last = await this.checks.lastOpening();
    if (last === null || !isDue(last, schedule.everyDays, at)) return;
    await this.calls.call(clerk, { kind: 'scheduled', opensAt: at, note: null });
  }
}
