// The product, as `npm start` runs it: its modules, its guards, its log.
import { built } from './built.mjs';
import { composeProduct } from './product.mjs';
import { takeProfiles } from './profile.mjs';

const { databaseUrl, poolSize, withoutTrust, statics } = JSON.parse(process.env.RONDA_BENCH_SERVER);
if (withoutTrust) await forgetTrust();
const app = await composeProduct({ databaseUrl, poolSize, secret: Buffer.alloc(32, 7) });
// The same server, which has what lies at a path as files on its disk.
if (statics) app.useStaticAssets({ ...statics, decorateReply: false });
await app.listen(0, '127.0.0.1');
const end = async () => {
  await app.close();
  process.exit();
};
takeProfiles();
process.on('disconnect', end);
process.on('SIGTERM', end);
process.send({ port: app.getHttpServer().address().port });

/** What the ledger and the receipts would cost: nothing is put down for the one, nothing is kept for the other. */
async function forgetTrust() {
  const { UnitOfWork } = await built('src/platform/database/unit-of-work.js');
  const { KeepReceipts } = await built('src/modules/sharing/keep-receipts.js');
  UnitOfWork.prototype.emit = () => undefined;
  KeepReceipts.prototype.shown = async () => undefined;
}
