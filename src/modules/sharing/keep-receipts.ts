import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { isStrict } from '../../kernel/markings.js';
import type { Tlp } from '../../kernel/markings.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { DeliveryBatch } from './delivery-batch.js';
import { ReceiptsStore } from './receipts.store.js';
import type { NewReceipt, ReceiptAct, ReceiptKind } from './receipts.store.js';
import { changedMeanwhile } from './sharing.problems.js';

/** What is about to be shown of a record. */
export interface ShownRecord {
  key: number;
  id: string;
  authorship: 'named' | 'anonymous';
  /** The internal number of the revision. */
  number: number;
  tlp: Tlp | null;
  is_owner: boolean;
  /** The reader's own principals that let it in; none where its CERT passed it on. */
  via: readonly number[];
}

const HOUR_MS = 3_600_000;
const KEPT_IN_MIND = 100_000;

/**
 * Keeps receipts of what leaves for others than the owner's side: one for each organisation and revision, the first time.
 * Of RED and AMBER+STRICT nothing is shown before its receipt is durable; of the others it is written within a second.
 */
@Injectable()
export class KeepReceipts {
  /** Known to be there, so that reading again costs nothing. */
  private readonly kept = new Set<string>();

  constructor(
    private readonly work: UnitOfWork,
    private readonly receipts: ReceiptsStore,
    private readonly batch: DeliveryBatch,
  ) {}

  /**
   * Called with what is about to be shown, and awaited before it is.
   * @param isOpened whether somebody asked for this very record, and not for a list that it is on.
   * @throws Problem 503 where it was taken away while it was being read.
   */
  async shown(actor: Actor, records: readonly ShownRecord[], isOpened = false): Promise<void> {
    const others = [
      ...new Map(
        records.filter((record) => !record.is_owner).map((record) => [`${record.key} ${record.number}`, record]),
      ).values(),
    ];
    if (others.length === 0) return;
    const strict = others.filter(({ tlp }) => isStrict(tlp));
    await this.deliver(
      actor,
      others.filter(({ tlp }) => !isStrict(tlp)),
    );
    const wanted = strict.flatMap((record) =>
      (isOpened ? (['delivered', 'opened'] as const) : (['delivered'] as const)).map((kind) => ({ record, kind })),
    );
    const missing = wanted.filter(({ record, kind }) => !this.kept.has(this.nameOf(actor, record, kind)));
    if (missing.length > 0) await this.writeDurably(actor, missing);
  }

  /** By the recipient's own word. */
  async act(actor: Actor, record: ShownRecord, kind: ReceiptAct): Promise<void> {
    await this.write(actor, [{ record, kind }], this.work.at);
  }

  /** Until what was gathered here is written: whoever asks for receipts is told of all there are. */
  settle(): Promise<void> {
    return this.batch.flush();
  }

  private async deliver(actor: Actor, records: readonly ShownRecord[]): Promise<void> {
    if (records.length === 0) return;
    // What writes anyway writes its receipts with it.
    if (this.work.mode === 'write') {
      const wanted = records.map((record) => ({ record, kind: 'delivered' as const }));
      await this.work.durably(() => this.write(actor, wanted, this.hour));
      return;
    }
    for (const record of records) {
      const name = this.nameOf(actor, record, 'delivered');
      if (this.kept.has(name)) continue;
      this.keepInMind(name);
      this.batch.add({
        space: this.work.space,
        readerKey: readerOf(actor, record),
        recordKey: record.key,
        revision: record.number,
        organisationKey: actor.organisationKey,
        at: this.hour,
        said: said(actor, record, 'delivered'),
      });
    }
  }

  private async writeDurably(actor: Actor, wanted: { record: ShownRecord; kind: ReceiptKind }[]): Promise<void> {
    await this.work.durably(async () => {
      await this.write(actor, wanted, this.hour);
      // Between reading it and saying so it was withdrawn: nothing has left, and nothing will.
      if (!(await this.receipts.areKept(receiptsOf(actor, wanted)))) throw changedMeanwhile();
    });
    if (this.work.mode === 'read')
      for (const { record, kind } of wanted) this.keepInMind(this.nameOf(actor, record, kind));
  }

  private async write(actor: Actor, wanted: { record: ShownRecord; kind: ReceiptKind }[], at: Date): Promise<void> {
    for (const made of await this.receipts.insert(actor.organisationKey, receiptsOf(actor, wanted), at)) {
      const record = wanted.find(({ record: { key } }) => key === made.record_key)?.record;
      // Nobody is named as its actor: a receipt is an organisation's.
      if (record)
        this.work.emit({
          type: `receipt.${made.kind}`,
          version: 1,
          payload: said(actor, { ...record, number: made.revision }, made.kind),
        });
    }
  }

  /** Of the clock: what is noted without anybody's doing is noted no finer. */
  private get hour(): Date {
    return new Date(Math.floor(this.work.at.getTime() / HOUR_MS) * HOUR_MS);
  }

  private nameOf(actor: Actor, record: ShownRecord, kind: ReceiptKind): string {
    return `${this.work.space} ${readerOf(actor, record)} ${record.key} ${record.number} ${kind}`;
  }

  private keepInMind(name: string): void {
    if (this.kept.size >= KEPT_IN_MIND) this.kept.clear();
    this.kept.add(name);
  }
}

const receiptsOf = (actor: Actor, wanted: readonly { record: ShownRecord; kind: ReceiptKind }[]): NewReceipt[] =>
  wanted.map(({ record, kind }) => ({
    readerKey: readerOf(actor, record),
    recordKey: record.key,
    revision: record.number,
    kind,
  }));

/**
 * A person where nothing but its own name let it in: its colleagues may not know that the record exists. What was passed on
 * was passed on to the organisation.
 */
const readerOf = (actor: Actor, { via }: ShownRecord): number =>
  via.length === 0 || via.some((principal) => principal !== actor.userKey) ? actor.organisationKey : actor.userKey;

/**
 * What the ledger is told. An act of the recipient's names the record as the other events do, so its owner finds the leaf;
 * what is noted without anybody's doing does not: the place of a leaf tells its time, finer than to the hour. Nor does
 * anything of an anonymous record, whose owner is told in bands alone, nor of what a CERT passed on, which is for it to tell.
 */
function said(actor: Actor, record: ShownRecord, kind: ReceiptKind): Record<string, unknown> {
  const isOwners = kind !== 'delivered' && kind !== 'opened' && record.authorship === 'named' && record.via.length > 0;
  return {
    recordKind: 'incident',
    ...(isOwners ? { recordId: record.id, revision: record.number } : { record: record.id, number: record.number }),
    recipientId: actor.organisationId,
  };
}
