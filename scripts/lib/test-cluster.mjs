// One PostgreSQL server for a test run or a check: the embedded one in a temporary folder, or the server that
// RONDA_TEST_DATABASE_URL names (a superuser's URL), in which nothing but databases of our own prefix is touched.
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { ensureBuilt } from '../ensure-built.mjs';

const FOLDER = 'ronda-test-cluster-';
const OWNER_FILE = 'run-by';

/**
 * @typedef {{role: string, password: string}} Login
 * @typedef {{superuserUrl: string, migrator: Login, service: Login, prefix: string, version: string,
 *   createDatabase: (name: string, template?: string) => Promise<{migratorUrl: string, serviceUrl: string, superuserUrl: string}>,
 *   query: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>,
 *   stop: () => Promise<void>}} Cluster
 */

/** @returns {Promise<Cluster>} */
export async function startTestCluster() {
  const external = process.env.RONDA_TEST_DATABASE_URL;
  return external ? useServer(external) : startEmbedded();
}

let build;

/** A file of the product as `npm start` would run it; faults of types and all: they are `npm run check:types`' business. */
export async function importBuilt(file) {
  build ??= ensureBuilt({ mayHaveFaults: true });
  const { ok, output } = await build;
  if (!ok && output) {
    console.error(`The build has faults (npm run check:types); going on with what was written.`);
    build = Promise.resolve({ ok: true });
  }
  return import(path.resolve(import.meta.dirname, '../../dist', file));
}

async function startEmbedded() {
  const { EmbeddedPostgres } = await importBuilt('src/platform/embedded-postgres/index.js');
  removeAbandoned();
  const folder = mkdtempSync(path.join(tmpdir(), FOLDER));
  chmodSync(folder, 0o755); // as root, PostgreSQL runs as another user and has to get in
  writeFileSync(path.join(folder, OWNER_FILE), String(process.pid));
  const server = await EmbeddedPostgres.start({
    dataDir: path.join(folder, 'data'),
    durable: false,
    settings: { max_connections: '200' },
  });
  const stop = async () => {
    await server.destroy();
    rmSync(folder, { recursive: true, force: true });
  };
  const login = (url) => ({ role: new URL(url).username, password: decodeURIComponent(new URL(url).password) });
  return cluster(server.superuserUrl, login(server.migratorUrl), login(server.serviceUrl), stop);
}

async function useServer(superuserUrl) {
  // Two runs at once on one server must agree on the passwords.
  const password = createHash('sha256').update(`ronda-test:${superuserUrl}`).digest('hex');
  const migrator = { role: 'ronda_migrator', password };
  const service = { role: 'ronda_service', password };
  const logins = [
    [migrator, 'createrole'],
    [service, 'nocreaterole'],
  ];
  await withClient(superuserUrl, async (client) => {
    for (const [{ role }, rights] of logins) {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
      const verb = rowCount === 0 ? 'create' : 'alter';
      await client.query(
        `${verb} role ${role} login nosuperuser nocreatedb noreplication nobypassrls ${rights} password ${client.escapeLiteral(password)}`,
      );
    }
  });
  return cluster(superuserUrl, migrator, service, async () => undefined);
}

async function cluster(superuserUrl, migrator, service, stopServer) {
  const prefix = `ronda_test_${randomBytes(4).toString('hex')}`;
  const urlOf = (database, login) => {
    const url = new URL(superuserUrl);
    url.pathname = `/${database}`;
    if (login) Object.assign(url, { username: login.role, password: login.password });
    return url.href;
  };
  const query = (text, values) => withClient(superuserUrl, async (client) => (await client.query(text, values)).rows);
  const [{ version }] = await query(`select current_setting('server_version') as version`);
  return {
    superuserUrl,
    migrator,
    service,
    prefix,
    version,
    query,
    async createDatabase(name, template = 'template1') {
      await query(`create database ${name} template ${template} owner ${migrator.role}`);
      return { migratorUrl: urlOf(name, migrator), serviceUrl: urlOf(name, service), superuserUrl: urlOf(name) };
    },
    async stop() {
      try {
        const left = await query(`select datname from pg_database where starts_with(datname::text, $1)`, [prefix]);
        for (const { datname } of left) {
          await query(`alter database ${datname} is_template false`);
          await query(`drop database if exists ${datname} with (force)`);
        }
      } finally {
        await stopServer();
      }
    },
  };
}

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A run that was killed leaves its server behind; its folder says whose it was. */
function removeAbandoned() {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(FOLDER))) {
    const folder = path.join(tmpdir(), name);
    try {
      if (isAlive(Number(readFileSync(path.join(folder, OWNER_FILE), 'utf8')))) continue;
      stopPostmaster(path.join(folder, 'data', 'postgres'));
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or another run is at it.
    }
  }
}

function stopPostmaster(dataFolder) {
  let pid;
  try {
    pid = Number(readFileSync(path.join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataFolder)) return;
  } catch {
    return; // not running, or its number went to a stranger
  }
  process.kill(pid, 'SIGQUIT');
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
