// The worker's share of the ledger in a process of its own: it takes its turn whenever one is due, or rests when told to.
import { setTimeout as sleep } from 'node:timers/promises';
import { built } from './built.mjs';
import { composeProduct } from './product.mjs';

const ASKS_EVERY_MS = 250;

const { databaseUrl, poolSize } = JSON.parse(process.env.RONDA_BENCH_SERVER);
const { SequenceLedger } = await built('src/modules/ledger/index.js');
const app = await composeProduct({ databaseUrl, poolSize, secret: Buffer.alloc(32, 7) });
await app.init();
const ledger = app.get(SequenceLedger);
let isResting = false;
let round = Promise.resolve();
process.on('message', async ({ rest }) => {
  isResting = rest;
  await round;
  process.send({ isResting });
});
const end = async () => {
  isResting = true;
  await round;
  await app.close();
  process.exit();
};
process.on('disconnect', end);
process.on('SIGTERM', end);
process.send({ port: 0 });
for (;;) {
  if (!isResting) await (round = ledger.run());
  await sleep(ASKS_EVERY_MS);
}
