import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../../src/platform/database/migrate.js';
import { EmbeddedPostgres } from '../../src/platform/embedded-postgres/index.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { ServerProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

const MIB = 1024 * 1024;
const LENGTH = 200 * MIB;
/** Less than the file: it is nowhere whole. */
const GROWS_BY_LESS_THAN = 100 * MIB;
const CHUNK = Buffer.alloc(MIB, 'an attachment ');

let postgres: EmbeddedPostgres;
let server: ServerProcess;
let cast: Cast;
let incident: string;

beforeAll(async () => {
  postgres = await EmbeddedPostgres.start({
    dataDir: mkdtempSync(path.join(tmpdir(), 'ronda-attachments-')),
    settings: { fsync: 'off', full_page_writes: 'off' },
  });
  await migrate(postgres);
  const superuserUrl = new URL(postgres.superuserUrl);
  superuserUrl.pathname = '/ronda';
  cast = await assembleCast(superuserUrl.href);
  server = await ServerProcess.on(postgres);
  await server.start();
  incident = String(((await send('POST', 'incidents', filing())) as { id: string }).id);
  // What is loaded and compiled once is no growth.
  for (const malware of [false, true]) await fetchWhole(await attach(2 * MIB, malware));
});

afterAll(async () => {
  await server.stop();
  await postgres.destroy();
});

for (const malware of [false, true])
  it(`a file of 200 MiB${malware ? ' of malware' : ''} comes and goes, and memory stays as it is`, async () => {
    const memory = watchMemory();
    const sent = await attach(LENGTH, malware);
    const { bytes, sha256 } = await fetchWhole(sent);
    expect(await memory.grownBy()).toBeLessThan(GROWS_BY_LESS_THAN);
    expect(sent).toMatchObject({ size: LENGTH, isMalware: malware });
    if (malware) expect(bytes).toBeGreaterThan(LENGTH);
    else expect({ bytes, sha256 }).toEqual({ bytes: LENGTH, sha256: sent.sha256 });
  });

it('an upload that breaks off leaves no row and no bytes', async () => {
  const before = filesIn(server.dataDir);
  const sent = begin('cut.bin', false);
  sent.on('error', () => undefined);
  for (let nth = 0; nth < 4; nth++) if (!sent.write(CHUNK)) await once(sent, 'drain');
  await until(() => filesIn(server.dataDir).length > before.length, { what: 'the first of it to be laid aside' });
  sent.destroy();
  await until(() => filesIn(server.dataDir).length === before.length, { what: 'what came of it to go' });
  const { items } = (await send('GET', `incidents/${incident}/attachments`)) as { items: { name: string }[] };
  expect(items.map(({ name }) => name)).not.toContain('cut.bin');
  expect(server.lastWords).toBeUndefined();
});

interface Attached {
  id: string;
  size: number;
  sha256: string;
}

const authorization = (): string => `Bearer ${cast['vn.analyst']!.token}`;

const begin = (name: string, malware: boolean): ReturnType<typeof request> =>
  request(`${server.url}/api/v1/incidents/${incident}/attachments?name=${name}&malware=${malware}`, {
    method: 'POST',
    headers: { authorization: authorization(), 'content-type': 'application/octet-stream' },
  });

async function attach(length: number, malware: boolean): Promise<Attached> {
  const sent = begin('sample.bin', malware);
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  for (let at = 0; at < length; at += CHUNK.length) if (!sent.write(CHUNK)) await once(sent, 'drain');
  sent.end();
  const [response] = await answered;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (response.statusCode !== 201) throw new Error(text);
  return JSON.parse(text) as Attached;
}

/** Read as it comes, and kept nowhere. */
async function fetchWhole({ id }: Attached): Promise<{ bytes: number; sha256: string }> {
  const got = await fetch(`${server.url}/api/v1/incidents/${incident}/attachments/${id}/content`, {
    headers: { authorization: authorization() },
  });
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of got.body as unknown as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function send(method: string, to: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${server.url}/api/v1/${to}`, {
    method,
    headers: { authorization: authorization(), ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return answer.json();
}

const filesIn = (dataDir: string): string[] =>
  readdirSync(path.join(dataDir, 'attachments'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

/** The largest growth of the server's memory from now on until it is asked. */
function watchMemory(): { grownBy(): Promise<number> } {
  const before = server.residentBytes;
  let most = before;
  let isOver = false;
  const watching = until(
    () => {
      most = Math.max(most, server.residentBytes);
      return isOver;
    },
    { what: 'the end of the file', withinMs: 170_000 },
  );
  watching.catch(() => undefined);
  return {
    grownBy: async () => {
      isOver = true;
      await watching;
      if (process.env.RONDA_TEST_LOG) process.stdout.write(`grew by ${((most - before) / MIB).toFixed(1)} MiB\n`);
      return most - before;
    },
  };
}
