// The built product's sequencer without its cadence, again and again: something to kill (ledger.spec.ts).
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../dist/src/app.module.js';
import { Clock } from '../../dist/src/kernel/clock.js';
import { SequenceLedger } from '../../dist/src/modules/ledger/index.js';
import { loadRegion } from '../../dist/src/platform/config/region-file.js';
import { Keyring } from '../../dist/src/platform/secrets/keyring.js';

/** Each look at it is ten seconds later. */
class HurriedClock extends Clock {
  looks = 0;

  now() {
    return new Date(Date.now() + (this.looks += 1) * 10_000);
  }
}

const app = await NestFactory.createApplicationContext(
  AppModule.forRoot({
    database: { url: process.env.SERVICE_URL, poolSize: 2 },
    http: { rateLimitPerMinute: 1, loginLimitPerMinute: 1 },
    region: loadRegion(),
    originNode: 'test',
    keyring: new Keyring([Buffer.alloc(32, 7)]),
    clock: new HurriedClock(),
  }),
  { logger: ['error'], abortOnError: false },
);
for (;;) await app.get(SequenceLedger).run();
