import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ReceiptsStore } from './receipts.store.js';
import type { Delivery } from './receipts.store.js';

/** Half of the second that is promised: the other half is the database's. */
export const FLUSH_AFTER_MS = 500;

export interface GatheredDelivery extends Delivery {
  space: number;
  /** What happened, as the ledger hears of it. */
  said: Record<string, unknown>;
}

/**
 * Receipts that need not be there before the answer is: gathered beside the requests and written together, within a second,
 * and at the latest when the service stops. A write for each answer would cost more than most of the answers.
 */
@Injectable()
export class DeliveryBatch implements OnModuleDestroy, OnApplicationShutdown {
  private readonly log = new Logger(DeliveryBatch.name);
  private gathered: GatheredDelivery[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly work: UnitOfWork,
    private readonly receipts: ReceiptsStore,
  ) {}

  add(delivery: GatheredDelivery): void {
    this.gathered.push(delivery);
    this.wait();
  }

  /** Writes what was gathered. Never throws: what could not be written is tried again with the next. */
  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  onModuleDestroy(): Promise<void> {
    return this.flush();
  }

  /** Requests that were still answered while the server drained may have shown something since. */
  onApplicationShutdown(): Promise<void> {
    return this.flush();
  }

  private wait(): void {
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS).unref();
  }

  private async write(): Promise<void> {
    const deliveries = this.gathered;
    this.gathered = [];
    for (const space of new Set(deliveries.map((each) => each.space))) {
      const here = deliveries.filter((each) => each.space === space);
      try {
        await this.work.run('nobody', space, 'write', () => this.keep(here));
      } catch (error) {
        this.log.warn(`${here.length} receipts could not be written yet: ${(error as Error).name}`);
        this.gathered.push(...here);
        this.wait();
      }
    }
  }

  private async keep(deliveries: GatheredDelivery[]): Promise<void> {
    const bySaid = new Map(deliveries.map((each) => [nameOf(each), each.said]));
    for (const row of await this.receipts.keepDeliveries([...deliveries])) {
      const name = nameOf({ readerKey: row.reader_key, recordKey: row.record_key, revision: row.revision });
      const payload = bySaid.get(name);
      if (payload) this.work.emit({ type: 'receipt.delivered', version: 1, payload });
    }
  }
}

const nameOf = ({ readerKey, recordKey, revision }: Pick<Delivery, 'readerKey' | 'recordKey' | 'revision'>): string =>
  `${readerKey} ${recordKey} ${revision}`;
