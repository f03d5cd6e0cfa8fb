import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { RecordKind } from './release.store.js';
import { TombstonesStore } from './tombstones.store.js';
import type { TombstoneReason } from './tombstones.store.js';

/** After who reads a record has changed: asks it back of those whom it reached and who read it no longer. */
@Injectable()
export class AskBack {
  constructor(
    private readonly work: UnitOfWork,
    private readonly tombstones: TombstonesStore,
  ) {}

  /** @param by null for the worker's, which the one who asked for the release stands for. */
  async run(
    record: { kind: RecordKind; key: number; id: string; revision: number },
    reason: TombstoneReason,
    by: number | null,
  ): Promise<void> {
    await this.tombstones.bury(record.kind, record.key, reason);
    // The ledger tells the owner no more than its receipts do: nothing of whom it does not see. A recall is said in any case.
    if (reason === 'narrowed' && !(await this.isToldOf(record))) return;
    const payload = { recordKind: record.kind, recordId: record.id, revision: record.revision, reason };
    this.work.emit({ type: 'release.asked-back', version: 1, payload }, by);
  }

  private async isToldOf({ key, kind }: { key: number; kind: RecordKind }): Promise<boolean> {
    const { at } = this.work;
    return (await this.tombstones.ofRecord(key, kind)).some((row) => row.at.getTime() === at.getTime());
  }
}
