import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { until } from '../../../test/support/until.js';
import { EmbeddedPostgres } from './index.js';
import { readPidFile } from './postmaster.js';

async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  // The server may be killed under it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Starts the server of a stopped cluster again as a Ronda that was killed would have left it: nobody's child. */
async function leaveBehind(clusterDir: string): Promise<number> {
  const command = readFileSync(join(clusterDir, 'postmaster.opts'), 'utf8').trim();
  const [program = '', ...args] = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  );
  const { uid, gid } = statSync(clusterDir);
  spawn(program, args, {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
  }).unref();
  const state = await until(() => [readPidFile(clusterDir)].find((found) => found?.isReady), {
    what: 'a server of nobody',
    withinMs: 60_000,
  });
  return state.pid;
}

describe('EmbeddedPostgres', () => {
  const isRoot = process.getuid?.() === 0;
  let folder: string;
  let dataDir: string;
  let said: string[];

  const start = (): Promise<EmbeddedPostgres> => {
    said = [];
    return EmbeddedPostgres.start({
      dataDir,
      durable: false,
      // A commit survives the server, if not the machine.
      settings: { shared_buffers: '16MB', synchronous_commit: 'on' },
      onProgress: (line) => said.push(line),
    });
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ronda-embedded-'));
    dataDir = join(folder, 'data');
    // mkdtemp's 0700 shuts out the user that PostgreSQL runs as under root.
    chmodSync(folder, 0o755);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes a database and two roles that are no superusers, on the loopback address alone', async () => {
    const server = await start();
    expect(said).toEqual([
      expect.stringMatching(/^Making the database/),
      expect.stringMatching(/PostgreSQL 18.* on 127\.0\.0\.1:/),
    ]);
    const roles = await ask(
      server.serviceUrl,
      `select rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication from pg_roles
         where rolname like 'ronda%' order by rolname`,
    );
    const none = { rolsuper: false, rolcreatedb: false, rolbypassrls: false, rolreplication: false };
    expect(roles).toEqual([
      { rolname: 'ronda_migrator', rolcreaterole: true, ...none },
      { rolname: 'ronda_service', rolcreaterole: false, ...none },
    ]);
    const [database] = await ask(
      server.migratorUrl,
      `create extension pg_trgm; create table kept (word text); insert into kept values ('b'), ('B'), ('a')`,
    ).then(() =>
      ask(
        server.migratorUrl,
        `select pg_get_userbyid(datdba) as owner, datlocprovider::text as provider, datlocale as locale,
           current_setting('listen_addresses') as addresses, array(select word from kept order by word) as words
         from pg_database where datname = current_database()`,
      ),
    );
    expect(database).toEqual({
      owner: 'ronda_migrator',
      provider: 'b',
      locale: 'C.UTF-8',
      addresses: '127.0.0.1',
      words: ['B', 'a', 'b'],
    });
    await expect(ask(server.serviceUrl.replace(/:[^:@]+@/, ':guess@'), 'select 1')).rejects.toMatchObject({
      code: '28P01',
    });
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\s*$/);
  });

  it('stops a server that a killed Ronda left behind, and keeps what was written', async () => {
    const pid = await leaveBehind(join(dataDir, 'postgres'));
    const server = await start();
    expect(said[0]).toBe(`Stopped the database that an earlier run left behind (process ${pid})`);
    expect(isAlive(pid)).toBe(false);
    expect(await ask(server.migratorUrl, 'select count(*)::int as kept from kept')).toEqual([{ kept: 3 }]);
    await server.stop();
  });

  it('restarts a server that was killed, on the same port', async () => {
    const server = await start();
    await ask(server.migratorUrl, `insert into kept values ('c')`);
    const killed = server.pid;
    process.kill(killed, 'SIGKILL');
    const isAgain = (line: string): boolean => line.startsWith('The database runs again');
    await until(() => said.some(isAgain), { what: 'the restart', withinMs: 60_000 });
    expect(server.pid).not.toBe(killed);
    expect(await ask(server.migratorUrl, 'select count(*)::int as kept from kept')).toEqual([{ kept: 4 }]);
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it('does not start without the passwords it was made with, and harms nothing', async () => {
    const secrets = join(dataDir, 'secrets.json');
    renameSync(secrets, `${secrets}.away`);
    await expect(start()).rejects.toMatchObject({
      fault: 'database',
      message: expect.stringContaining('Restore it from a copy'),
    });
    expect(readPidFile(join(dataDir, 'postgres'))).toBeUndefined();
    renameSync(`${secrets}.away`, secrets);
    const server = await start();
    await server.destroy();
    expect(readdirSync(dataDir).sort()).toEqual(['postgres.log', 'secrets.json']);
  });

  it('keeps the files where PostgreSQL can reach them when the folder is below a closed one', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'ronda-closed-'));
    dataDir = join(closed, 'data');
    try {
      const server = await start();
      const { data_directory: place = '' } =
        (await ask<{ data_directory: string }>(server.superuserUrl, 'show data_directory'))[0] ?? {};
      if (isRoot) {
        expect(place).toMatch(/^\/var\/lib\/ronda\/[0-9a-f]{8}\/postgres$/);
        expect(said[1]).toContain(`It is not in ${dataDir}`);
      } else {
        expect(place).toBe(join(dataDir, 'postgres'));
      }
      await server.stop();
      const again = await start();
      expect(await ask(again.superuserUrl, 'show data_directory')).toEqual([{ data_directory: place }]);
      await again.stop();
      if (isRoot) {
        renameSync(place, `${place}.away`);
        await expect(start()).rejects.toThrow(`kept in ${place}, and is not there`);
        renameSync(`${place}.away`, place);
      }
      await again.destroy();
      expect(existsSync(isRoot ? dirname(place) : place)).toBe(false);
    } finally {
      rmSync(closed, { recursive: true, force: true });
    }
  });
});
