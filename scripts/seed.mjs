// npm run seed -- --incidents 1000000 [--url postgres://superuser@host/database]
//
// Fills an empty database with a region of incidents, in the languages of its members, at all markings, to audiences of every
// kind: by COPY, some ten thousand a second. The same region, ids and texts each time; keys and passwords are new.
//
// Without --url it is the embedded database of RONDA_DATA_DIR (.ronda): npm start then serves it. With it, a superuser's, since
// nobody else may write rows of so many owners.
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { built } from '../bench/built.mjs';
import { seed } from '../bench/seed.mjs';
import { makeWorld } from '../bench/world.mjs';

const { values: options } = parseArgs({
  options: { incidents: { type: 'string', default: '1000000' }, url: { type: 'string' } },
});
const incidents = Number(options.incidents);
const say = (line) => console.error(line);
const dataDir = path.resolve(process.env.RONDA_DATA_DIR ?? '.ronda');

try {
  await main();
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}

async function main() {
  if (!Number.isSafeInteger(incidents) || incidents < 1) throw new Error('--incidents takes a whole number from 1 on.');
  const { loadRegion } = await built('src/platform/config/region-file.js');
  const { permissionsOf } = await built('src/policy/permissions.js');
  const { assessSeverity } = await built('src/modules/incidents/incident.content.js');
  const { demoIncidents } = await built('src/demo/content/index.js');
  const file = path.join(dataDir, 'demo.json');
  // Whoever it lets in would be locked out.
  if (existsSync(file))
    throw new Error(`${dataDir} holds accounts of another region. Name another folder with RONDA_DATA_DIR.`);
  const region = loadRegion();
  const world = makeWorld(region, [], { isEven: true });
  const accounts = await accountsOf(world, permissionsOf);
  const database = await openDatabase();
  try {
    await assertEmpty(database.superuserUrl);
    const began = performance.now();
    await seed(database.superuserUrl, world, { incidents, region, demoIncidents, assessSeverity, onProgress: say });
    await setPasswords(database.superuserUrl, accounts);
    say(`Seeded ${incidents} incidents in ${Math.round((performance.now() - began) / 1000)} s`);
    const { writePrivateFile } = await built('src/platform/config/private-file.js');
    writePrivateFile(
      file,
      `${JSON.stringify({ baseUrl: 'http://127.0.0.1:3000', accounts: accounts.map(({ account }) => account) }, null, 2)}\n`,
    );
    say(`Its accounts are in ${path.relative('', file) || file}`);
  } finally {
    await database.stop();
  }
}

/** Migrated; of the folder, or the one that --url names. */
async function openDatabase() {
  const { migrate } = await built('src/platform/database/migrate.js');
  if (options.url !== undefined) {
    const serviceUrl = process.env.DATABASE_SERVICE_URL;
    if (!serviceUrl) throw new Error('Set DATABASE_SERVICE_URL to the URL of the service role, as the product has it.');
    const { prepareDataDirectory } = await built('src/platform/config/data-directory.js');
    prepareDataDirectory(dataDir);
    await migrate({ migratorUrl: process.env.DATABASE_URL ?? options.url, serviceUrl });
    return { superuserUrl: options.url, stop: async () => undefined };
  }
  const { EmbeddedPostgres } = await built('src/platform/embedded-postgres/index.js');
  const server = await EmbeddedPostgres.start({ dataDir, onProgress: say });
  await migrate({ migratorUrl: server.migratorUrl, serviceUrl: server.serviceUrl });
  const superuserUrl = new URL(server.superuserUrl);
  superuserUrl.pathname = new URL(server.serviceUrl).pathname;
  return { superuserUrl: superuserUrl.href, stop: () => server.stop() };
}

async function assertEmpty(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('select exists (select from ronda.organisation) as is_taken');
    if (rows[0].is_taken) throw new Error('There is a region in this database already; nothing was changed.');
  } finally {
    await client.end();
  }
}

/** Everybody gets a key and one password for all, both new. */
async function accountsOf(world, permissionsOf) {
  const password = randomBytes(15).toString('base64url');
  world.credentials.length = 0;
  return world.users.map((user) => {
    const { organisation, email, roles, name } = user;
    const apiKey = `ronda_key_${randomBytes(32).toString('base64url')}`;
    const scopes = [...permissionsOf(roles, organisation.isSecretariat)];
    world.credentials.push({ name, user, id: randomUUID(), token: apiKey, scopes });
    const { name: called, country, kind } = organisation;
    return { user, account: { organisation: called, country, kind, email, password, roles, apiKey } };
  });
}

async function setPasswords(url, accounts) {
  const { Passwords } = await built('src/modules/identity/credentials/passwords.js');
  const { SystemChance } = await built('src/kernel/chance.js');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const hash = await new Passwords(new SystemChance()).hash(accounts[0].account.password);
    const keys = accounts.map(({ user }) => user.key);
    await client.query('insert into ronda.user_secret (user_key, password_hash) select unnest($1::int[]), $2', [
      keys,
      hash,
    ]);
  } finally {
    await client.end();
  }
}
