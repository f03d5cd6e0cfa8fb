import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { LIVE, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { FileStore } from '../../platform/files/file-store.js';
import type { FileName } from '../../platform/files/file-store.js';
import { AttachmentsStore } from './attachments.store.js';

const BATCH = 1_000;
/** Bytes are there before their row is: for so long nobody asks for it. */
const GRACE_MS = 10 * 60_000;
const ID_AT = 65;

/** Removes the bytes that no row names: of uploads that broke off, of what was taken away, erased, or kept long enough. */
@Injectable()
export class SweepAttachments {
  private readonly log = new Logger(SweepAttachments.name);

  constructor(
    private readonly work: UnitOfWork,
    private readonly attachments: AttachmentsStore,
    private readonly files: FileStore,
    private readonly clock: Clock,
  ) {}

  /** @returns how many it removed. Safe on several workers at once: each file belongs to one attachment for ever. */
  async run(): Promise<number> {
    const before = this.clock.now().getTime() - GRACE_MS;
    let removed = 0;
    let batch: FileName[] = [];
    for await (const { name, keptAt } of this.files.list()) {
      if (keptAt.getTime() > before) continue;
      batch.push(name);
      if (batch.length < BATCH) continue;
      removed += await this.sweep(batch);
      batch = [];
    }
    removed += await this.sweep(batch);
    if (removed > 0) this.log.log({ attachmentsSwept: removed });
    return removed;
  }

  private async sweep(names: readonly FileName[]): Promise<number> {
    if (names.length === 0) return 0;
    const byId = new Map(names.map((name) => [name.slice(ID_AT), name]));
    const unnamed = await this.work.run('nobody', LIVE, 'read', () => this.attachments.unnamed([...byId.keys()]));
    for (const id of unnamed) {
      const name = byId.get(id);
      if (name) await this.files.remove(name);
    }
    return unnamed.length;
  }
}
