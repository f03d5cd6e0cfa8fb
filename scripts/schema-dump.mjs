// npm run schema:dump: writes migrations/schema.sql, what the migrations make.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { migrateUp } from './lib/migrated-database.mjs';
import { schemaText } from './lib/schema-text.mjs';
import { startTestCluster } from './lib/test-cluster.mjs';

const cluster = await startTestCluster();
try {
  const urls = await cluster.createDatabase(`${cluster.prefix}_dump`);
  await migrateUp(urls);
  const client = new pg.Client({ connectionString: urls.migratorUrl });
  await client.connect();
  const text = await schemaText(client);
  await client.end();
  writeFileSync(path.resolve(import.meta.dirname, '../migrations/schema.sql'), text);
  console.log(`migrations/schema.sql: ${text.split('\n').length - 1} lines, from PostgreSQL ${cluster.version}`);
} finally {
  await cluster.stop();
}
