// Before the first test file: one server, one migrated template. Each test file clones a database of its own from it
// (test-database.ts).
import { migrateUp } from '../../scripts/lib/migrated-database.mjs';
import { startTestCluster } from '../../scripts/lib/test-cluster.mjs';

export default async function globalSetup() {
  const cluster = await startTestCluster();
  globalThis.rondaTestCluster = cluster;
  // Jest's globalTeardown is not reached by Ctrl-C.
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      cluster.stop().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
    });
  }
  try {
    const { superuserUrl, migrator, service, prefix } = cluster;
    const template = `${prefix}_template`;
    const urls = await cluster.createDatabase(template);
    await migrateUp(urls);
    await cluster.query(`alter database ${template} is_template true allow_connections false`);
    process.env.RONDA_TEST_CLUSTER = JSON.stringify({ superuserUrl, migrator, service, template, prefix });
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
