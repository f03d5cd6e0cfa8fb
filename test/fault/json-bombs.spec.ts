import { mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../../src/platform/database/migrate.js';
import { EmbeddedPostgres } from '../../src/platform/embedded-postgres/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { ServerProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

const MIB = 1024 * 1024;
const LARGE = 100 * MIB;
/** What bodies may have, nearly: beyond it nothing is looked at. */
const FILE = 15 * MIB;
const BODY = MIB - 1_024;
/** A few of the largest files, as bytes and as text, before they are collected; less than what is sent. */
const GROWS_BY_LESS_THAN = 96 * MIB;

interface Door {
  path: string;
  /** Bytes of its bodies. */
  room: number;
  type: string;
  /** What comes before and behind the value that is the bomb. */
  around: [string, string];
}

const bombs: Record<string, (room: number) => string> = {
  'lists in lists': (room) => '['.repeat(room),
  'objects in objects': (room) => '{"a":'.repeat(Math.floor(room / 5)),
  'a list of numbers': (room) => `[${'1,'.repeat(Math.floor(room / 2) - 2)}1]`,
  'a list of empty objects': (room) => `[${'{},'.repeat(Math.floor(room / 3) - 2)}{}]`,
  'a number of as many digits as there is room for': (room) => '9'.repeat(room),
  'a string that never ends': (room) => `"${'\\u0041'.repeat(Math.floor(room / 6) - 1)}`,
  'an object of ever more names': (room) =>
    `{${Array.from({ length: Math.floor(room / 12) }, (_, n) => `"${n.toString(36)}":0`).join(',')}}`,
};

let postgres: EmbeddedPostgres;
let server: ServerProcess;
let cast: Cast;
let doors: Record<string, Door>;

beforeAll(async () => {
  postgres = await EmbeddedPostgres.start({
    dataDir: mkdtempSync(path.join(tmpdir(), 'ronda-bombs-')),
    settings: { fsync: 'off', full_page_writes: 'off' },
  });
  await migrate(postgres);
  const superuserUrl = new URL(postgres.superuserUrl);
  superuserUrl.pathname = '/ronda';
  cast = await assembleCast(superuserUrl.href);
  server = await ServerProcess.on(postgres);
  await server.start();
  const { body } = await new Api(server.url).as(cast['vn.analyst']!).get('/taxii2/live/collections/');
  const { id } = (body.collections as { id: string; can_write: boolean }[]).find(({ can_write }) => can_write)!;
  const bundle = '{"type":"bundle","id":"bundle--6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b","objects":';
  doors = {
    import: { room: FILE, path: '/api/v1/imports?format=stix', type: 'application/stix+json', around: [bundle, '}'] },
    csaf: { room: FILE, path: '/api/v1/imports?format=csaf', type: 'application/json', around: ['{"document":', '}'] },
    taxii: {
      room: FILE,
      path: `/taxii2/live/collections/${id}/objects/`,
      type: 'application/taxii+json;version=2.1',
      around: ['{"objects":', '}'],
    },
    misp: { room: FILE, path: '/misp/events/add', type: 'application/json', around: ['{"info":', '}'] },
    json: { room: BODY, path: '/api/v1/incidents', type: 'application/json', around: ['{"title":', '}'] },
  };
  // What is loaded and compiled once is no growth, nor is the room that a body of the largest size needs once.
  for (const door of Object.values(doors))
    for (const value of ['[]', `"${' '.repeat(door.room)}"`]) await post(door, [text(door, value)], true);
});

afterAll(async () => {
  await server.stop();
  await postgres.destroy();
});

describe.each(['import', 'csaf', 'taxii', 'misp', 'json'])('%s', (name) => {
  it.each(Object.keys(bombs))('refuses %s, and memory stays as it is', async (bomb) => {
    const door = doors[name]!;
    const body = text(door, bombs[bomb]!(door.room));
    const memory = watchMemory();
    for (let time = 0; time < 3; time++) expect([400, 422]).toContain(await post(door, [body], true));
    expect(await memory.grownBy()).toBeLessThan(GROWS_BY_LESS_THAN);
    expect(server.lastWords).toBeUndefined();
  });

  it.each([
    ['said before', true],
    ['found out', false],
  ])('refuses 100 MiB, %s', async (_, isSaid) => {
    const door = doors[name]!;
    const memory = watchMemory();
    const chunk = Buffer.alloc(MIB, ' ');
    const chunks = [Buffer.from(door.around[0]), ...Array.from({ length: LARGE / MIB }, () => chunk)];
    // The connection may be cut before its answer is read: nobody takes in the rest.
    expect([413, 'cut']).toContain(await post(door, chunks, isSaid));
    expect(await memory.grownBy()).toBeLessThan(GROWS_BY_LESS_THAN);
    expect(server.lastWords).toBeUndefined();
  });
});

const text = ({ around: [before, behind] }: Door, value: string): Buffer => Buffer.from(before + value + behind);

/** The status of the answer, read while the body is still being sent; `cut` where the connection ended without one. */
function post(door: Door, chunks: Buffer[], isLengthSaid: boolean): Promise<number | 'cut'> {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return new Promise((resolve) => {
    const sent = request(`${server.url}${door.path}`, {
      method: 'POST',
      agent: false,
      headers: {
        authorization: `Bearer ${cast['vn.analyst']!.token}`,
        'content-type': door.type,
        accept: door.type,
        ...(isLengthSaid && { 'content-length': length }),
      },
    });
    sent.on('response', (response) => {
      resolve(response.statusCode ?? 'cut');
      response.resume();
      response.on('error', () => undefined);
      response.on('end', () => sent.destroy());
    });
    sent.on('error', () => resolve('cut'));
    const send = (at: number): void => {
      const chunk = chunks[at];
      if (chunk === undefined) sent.end();
      else if (sent.write(chunk)) send(at + 1);
      else sent.once('drain', () => send(at + 1));
    };
    send(0);
  });
}

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
    { what: 'the answer', withinMs: 170_000 },
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
