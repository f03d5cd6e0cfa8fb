// The worker's share of a drill in a process of its own: a round when it is told to, and when that began.
import { built } from './built.mjs';
import { composeProduct } from './product.mjs';
import { takeProfiles } from './profile.mjs';

const { databaseUrl, poolSize } = JSON.parse(process.env.RONDA_BENCH_SERVER);
const { ConductExercises } = await built('src/modules/exercises/index.js');
const app = await composeProduct({ databaseUrl, poolSize, secret: Buffer.alloc(32, 7) });
await app.init();
const conductor = app.get(ConductExercises);
process.on('message', async ({ conduct }) => {
  if (!conduct) return;
  const began = process.hrtime.bigint().toString();
  await conductor.run();
  process.send({ began });
});
takeProfiles();
const end = async () => {
  await app.close();
  process.exit();
};
process.on('disconnect', end);
process.on('SIGTERM', end);
process.send({ port: 0 });
