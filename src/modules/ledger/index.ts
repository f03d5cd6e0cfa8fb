import { Module } from '@nestjs/common';
import { IntegrateBatch } from './integrate-batch.js';
import { LedgerController } from './ledger.controller.js';
import { LedgerKeys } from './ledger-keys.js';
import { LedgerStore } from './ledger.store.js';
import { Prove } from './prove.js';
import { ReadLedger } from './read-ledger.js';
import { SequenceLedger } from './sequence-ledger.js';
import { SequencerStore } from './sequencer.store.js';

/** What happened, for everybody to check. It knows no other module: it eats the events that they leave in the outbox. */
@Module({
  controllers: [LedgerController],
  providers: [IntegrateBatch, LedgerKeys, LedgerStore, Prove, ReadLedger, SequenceLedger, SequencerStore],
  exports: [SequenceLedger],
})
export class LedgerModule {}

export { LedgerKeys } from './ledger-keys.js';
export { CADENCE_SECONDS } from './ledger.rules.js';
export { orderErasure } from './order-erasure.js';
export { SequenceLedger } from './sequence-ledger.js';
export { verifyLedger } from './verify-ledger.js';
