import type { INestApplicationContext } from '@nestjs/common';
import { SequenceLedger } from '../../src/modules/ledger/index.js';
import { CADENCE_SECONDS } from '../../src/modules/ledger/index.js';
import type { FixedClock } from './fixed-clock.js';

/** Lets the cadence come round once: what has happened by then is in the ledger. */
export async function integrate({ app, clock }: { app: INestApplicationContext; clock: FixedClock }): Promise<void> {
  clock.advance(CADENCE_SECONDS * 1000);
  await app.get(SequenceLedger).run();
}
