import { Injectable } from '@nestjs/common';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { IntegrateBatch } from './integrate-batch.js';
import { SequencerStore } from './sequencer.store.js';

/** Keeps the ledgers of all spaces, batch by batch. Any number of nodes may run it: they take turns. */
@Injectable()
export class SequenceLedger {
  constructor(
    private readonly work: UnitOfWork,
    private readonly store: SequencerStore,
    private readonly batches: IntegrateBatch,
  ) {}

  /** One batch for each space where one is due, and more where they are full: after a stop it catches up at once. */
  async run(): Promise<void> {
    const spaces = await this.work.run('nobody', LIVE, 'read', () => this.store.spaces());
    for (const space of new Set([LIVE, ...spaces]))
      for (let isLate = false, isMore = true; isMore; isLate = true)
        isMore = await this.work.run('nobody', space, 'write', () => this.batches.run(isLate));
  }
}
