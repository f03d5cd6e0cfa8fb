import { Injectable } from '@nestjs/common';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { KEPT_DAYS } from './event.types.js';
import { EventsStore } from './events.store.js';

/** Some 20 ms of work, for which nobody else waits. */
const MOST = 2_000;
const DAY_MS = 86_400_000;

/** Gives events their positions, once they are committed, and tells every node. Workers take turns. */
@Injectable()
export class RelayEvents {
  constructor(
    private readonly work: UnitOfWork,
    private readonly events: EventsStore,
  ) {}

  async run(): Promise<void> {
    for (let relayed = MOST; relayed === MOST;)
      relayed = await this.work.run('nobody', LIVE, 'write', () => this.events.relay(MOST));
  }

  /** Forgets what is older than a stream can be resumed for. */
  async purge(): Promise<void> {
    await this.work.run('nobody', LIVE, 'write', () =>
      this.events.purge(new Date(this.work.at.getTime() - KEPT_DAYS * DAY_MS)),
    );
  }
}
