// Up, down to nothing, up to the same; migrations/schema.sql is what they make; no clock and no dice in the schema.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { migrateDown, migrateUp } from './lib/migrated-database.mjs';
import { hiddenClocksAndDice, leftovers, schemaText } from './lib/schema-text.mjs';
import { startTestCluster } from './lib/test-cluster.mjs';

const file = path.resolve(import.meta.dirname, '../migrations/schema.sql');
const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';

class Fault extends Error {}

function compare(title, expected, found) {
  if (expected === found) return;
  const was = expected.split('\n');
  const is = found.split('\n');
  const line = is.findIndex((text, at) => text !== was[at]);
  const at = line === -1 ? is.length : line;
  const around = (lines) => lines.slice(Math.max(0, at - 2), at + 3).join('\n    ');
  throw new Fault(`${title}, from line ${at + 1} on\n  expected\n    ${around(was)}\n  found\n    ${around(is)}`);
}

async function check(cluster) {
  const urls = await cluster.createDatabase(`${cluster.prefix}_migrations`);
  const ask = async (question) => {
    const client = new pg.Client({ connectionString: urls.migratorUrl });
    await client.connect();
    try {
      return await question(client);
    } finally {
      await client.end();
    }
  };
  await migrateUp(urls);
  const first = await ask(schemaText);
  compare('migrations/schema.sql is not what the migrations make (npm run schema:dump)', committed, first);
  const hidden = await ask(hiddenClocksAndDice);
  if (hidden.length > 0) {
    throw new Fault(`The database asks the time or throws dice by itself:\n  ${hidden.join('\n  ')}`);
  }
  await migrateDown(urls);
  const left = await ask(leftovers);
  if (left.length > 0) throw new Fault(`After undoing every migration there is still\n  ${left.join('\n  ')}`);
  await migrateUp(urls);
  compare('The second way up leads elsewhere', first, await ask(schemaText));
}

const cluster = await startTestCluster();
try {
  await check(cluster);
  console.log(`up, down and up on PostgreSQL ${cluster.version}`);
} catch (error) {
  console.error(error instanceof Fault ? error.message : error);
  process.exitCode = 1;
} finally {
  await cluster.stop();
}
