import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { Launched, newDataDir, removeDataDir } from '../support/launched.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

/** Of the many, one sentence on stderr, nothing on stdout that looks like a success, and the code. */
async function refusal(started: Launched): Promise<{ code: number | NodeJS.Signals; sentence: string }> {
  const code = await started.ended;
  expect(started.stdout).not.toContain('is ready at');
  expect(started.stderr.trim().split('\n')).toHaveLength(1);
  return { code, sentence: started.stderr.trim() };
}

afterAll(() => Launched.endAll());

describe('a start without a database', () => {
  const dataDir = newDataDir();

  afterAll(() => {
    removeDataDir(dataDir);
  });

  it('names every setting that is wrong', async () => {
    const { code, sentence } = await refusal(
      new Launched({ RONDA_DATA_DIR: dataDir, PORT: 'many', LOG_LEVEL: 'loud' }),
    );
    expect(code).toBe(78);
    expect(sentence).toMatch(/^2 settings are wrong: PORT .*; LOG_LEVEL /);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('names the fault of a region file', async () => {
    const file = path.join(dataDir, 'region.json');
    writeFileSync(file, '{"name"');
    const { code, sentence } = await refusal(new Launched({ RONDA_DATA_DIR: dataDir, RONDA_REGION_FILE: file }));
    expect([code, sentence]).toEqual([78, expect.stringContaining(`${file} is not JSON`)]);
  });

  it('says that the port is taken, before anything is made', async () => {
    const server = await listenSomewhere();
    const { port } = server.address() as AddressInfo;
    const { code, sentence } = await refusal(new Launched({ RONDA_DATA_DIR: dataDir, PORT: String(port) }));
    expect([code, sentence]).toEqual([
      1,
      `Port ${port} of 127.0.0.1 is taken: stop what listens there, or choose another with PORT.`,
    ]);
    expect(readdirSync(dataDir)).not.toContain('postgres');
    await new Promise((resolve) => server.close(resolve));
  });

  it('says that there is no space left', async () => {
    const { code, sentence } = await refusal(new Launched({ RONDA_DATA_DIR: dataDir, RONDA_FAULT: 'no-space' }));
    expect([code, sentence]).toEqual([
      1,
      `There is no space left on the disk that holds ${dataDir}: free some and start again.`,
    ]);
  });

  it('says that the folder cannot be used', async () => {
    const parent = mkdtempSync(path.join(tmpdir(), 'ronda-closed-'));
    // Root may read anything; nobody may make a folder below a file.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) writeFileSync(path.join(parent, 'file'), '');
    else chmodSync(parent, 0o500);
    const { code, sentence } = await refusal(new Launched({ RONDA_DATA_DIR: path.join(parent, 'file', 'data') }));
    expect([code, sentence]).toEqual([
      1,
      expect.stringMatching(/^The data folder .*(file is in the way|cannot be read and written)/),
    ]);
    chmodSync(parent, 0o700);
    rmSync(parent, { recursive: true });
  });

  it('says that another instance holds the folder', async () => {
    writeFileSync(path.join(dataDir, 'instance.lock'), JSON.stringify({ pid: process.pid, startedAt: null }));
    const { code, sentence } = await refusal(new Launched({ RONDA_DATA_DIR: dataDir }));
    expect([code, sentence]).toEqual([
      1,
      expect.stringContaining(`Another Ronda (process ${process.pid}) already runs`),
    ]);
    rmSync(path.join(dataDir, 'instance.lock'));
  });

  it('says that the database cannot be reached, without its password', async () => {
    const server = await listenSomewhere();
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const url = (role: string): string => `postgres://${role}:opensesame@127.0.0.1:${port}/ronda`;
    const { code, sentence } = await refusal(
      new Launched({ RONDA_DATA_DIR: dataDir, DATABASE_URL: url('migrator'), DATABASE_SERVICE_URL: url('service') }),
    );
    expect([code, sentence]).toEqual([
      1,
      expect.stringMatching(/^The database ronda at 127\.0\.0\.1:\d+ \(DATABASE_URL\) cannot be used/),
    ]);
    expect(sentence).not.toContain('opensesame');
  });
});

describe('a start on a database of somebody else', () => {
  const folders = [newDataDir(), newDataDir()] as const;
  let database: TestDatabase;
  let superuser: pg.Client;

  const env = (node: 0 | 1 = 0): Record<string, string> => ({
    RONDA_DATA_DIR: folders[node],
    RONDA_NODE: `node-${node}`,
    DATABASE_URL: database.migratorUrl,
    DATABASE_SERVICE_URL: database.serviceUrl,
    RONDA_SECRET_KEY: '07'.repeat(32),
  });

  beforeAll(async () => {
    database = await createTestDatabase();
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });

  afterAll(async () => {
    await Launched.endAll();
    await superuser.end();
    for (const folder of folders) removeDataDir(folder);
  });

  it('plants no demo unless it is asked to', async () => {
    const node = new Launched(env());
    await node.ready();
    expect(node.stdout).not.toContain('demo');
    expect(await node.stop()).toBe(0);
    const { rows } = await superuser.query('select count(*)::int as organisations from ronda.organisation');
    expect(rows).toEqual([{ organisations: 0 }]);
  });

  it('lets two nodes begin at once, the one for requests and the other for jobs as well', async () => {
    await superuser.query('drop schema jobs cascade');
    const nodes = [new Launched({ ...env(0), RONDA_ROLE: 'http' }), new Launched(env(1))];
    const urls = await Promise.all(nodes.map((node) => node.ready()));
    for (const url of urls) expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(nodes.map(({ stdout }) => stdout.includes('The worker runs'))).toEqual([false, true]);
    expect(await Promise.all(nodes.map((node) => node.stop()))).toEqual([0, 0]);
  });

  it('lets a worker run without a port', async () => {
    const worker = new Launched(env(), 'dist/src/worker.js');
    await worker.said('Stop it with');
    expect(worker.stdout).not.toContain('http://');
    expect(await worker.stop()).toBe(0);
  });

  it('refuses a service role for which the sharing rule is no rule', async () => {
    const { code, sentence } = await refusal(new Launched({ ...env(), DATABASE_SERVICE_URL: database.superuserUrl }));
    expect([code, sentence]).toEqual([1, expect.stringContaining('is a superuser')]);
    const same = await refusal(new Launched({ ...env(), DATABASE_SERVICE_URL: database.migratorUrl }));
    expect([same.code, same.sentence]).toEqual([1, expect.stringContaining('log in as the same role')]);
  });

  it('refuses a database that a newer build has made, and leaves it alone', async () => {
    const newer = `insert into migrations (timestamp, name) values (9999999999999, 'Tomorrow9999999999999')`;
    await superuser.query(newer);
    const before = await superuser.query('select * from migrations order by id');
    const { code, sentence } = await refusal(new Launched(env()));
    expect([code, sentence]).toEqual([
      1,
      expect.stringContaining('made by a newer Ronda (it knows Tomorrow9999999999999)'),
    ]);
    expect((await superuser.query('select * from migrations order by id')).rows).toEqual(before.rows);
    await superuser.query(`delete from migrations where name = 'Tomorrow9999999999999'`);
  });

  it('answers what is under way when it is told to stop, and no more', async () => {
    const node = new Launched(env());
    const url = await node.ready();
    const body = JSON.stringify({ email: 'nobody@nowhere.example', password: 'something long and unknown' });
    const agent = new Agent({ keepAlive: true });
    const underWay = request(`${url}/api/v1/auth/login`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' },
    });
    const answered = once(underWay, 'response') as Promise<[IncomingMessage]>;
    underWay.flushHeaders();
    // It has heard of it, and cannot answer it yet.
    await once(underWay, 'continue');
    node.signal('SIGTERM');
    await until(() => isRefused(url), { what: 'new connections to be refused' });
    underWay.end(body);
    const [answer] = await answered;
    expect([answer.statusCode, answer.headers.connection]).toEqual([401, 'close']);
    answer.resume();
    expect(await node.ended).toBe(0);
    agent.destroy();
  });

  it('breaks off what takes longer than it may', async () => {
    const node = new Launched({ ...env(), SHUTDOWN_TIMEOUT_SECONDS: '1' });
    const url = await node.ready();
    const isBrokenOff = hangingRequest(url);
    await fetch(`${url}/health/live`);
    expect(await node.stop()).toBe(0);
    expect(await isBrokenOff).toBe(true);
  });

  it('exits at once at the second Ctrl-C, and not because npm hands on the first one', async () => {
    const node = new Launched(env());
    const url = await node.ready();
    const isBrokenOff = hangingRequest(url);
    await fetch(`${url}/health/live`);
    node.signal('SIGINT');
    node.signal('SIGINT');
    await until(() => isRefused(url), { what: 'the first to be taken' });
    const takenAtMs = performance.now();
    await until(() => performance.now() - takenAtMs > 1_200, { what: 'somebody to lose patience' });
    expect(node.isRunning).toBe(true);
    node.signal('SIGINT');
    expect(await node.ended).toBe(130);
    expect(await isBrokenOff).toBe(true);
  });

  it('ends with 1, in order and without content in its log, when something nobody thought of happens', async () => {
    const fault = `process.on('SIGUSR2', () => void Promise.reject(new Error('TLP:RED content')))`;
    const node = new Launched({
      ...env(),
      LOG_LEVEL: 'info',
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}`,
    });
    await node.ready();
    node.signal('SIGUSR2');
    expect(await node.ended).toBe(1);
    const log = node.stdout.split('\n').filter((line) => line.startsWith('{'));
    expect(log).toEqual([expect.stringContaining('"level":"fatal"')]);
    expect(node.stdout + node.stderr).not.toContain('TLP:RED');
    await until(() => !readdirSync(folders[0]).includes('instance.lock'), { what: 'the folder to be free' });
  });
});

async function listenSomewhere(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Whether it takes no new connections. */
const isRefused = (url: string): Promise<boolean> =>
  fetch(`${url}/health/live`).then(
    () => false,
    () => true,
  );

/** A request whose body never ends. @returns whether it was left without an answer. */
function hangingRequest(url: string): Promise<boolean> {
  const body = new ReadableStream({
    start: (stream) => {
      stream.enqueue(new TextEncoder().encode('{'));
    },
  });
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/api/v1/auth/login`, { method: 'POST', headers, body, duplex: 'half' }).then(
    () => false,
    () => true,
  );
}
