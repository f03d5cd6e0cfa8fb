import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrate.js';
import { EmbeddedPostgres } from '../../src/platform/embedded-postgres/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { release, submitted } from '../support/filings.js';
import { ServerProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

const KILLS = 20;
/** Records that are read around each kill, each by three organisations. */
const RECORDS = 8;
const READERS = ['th', 'sg', 'my'] as const;

describe(`kill -9 of the server, ${KILLS} times while records are read`, () => {
  let postgres: EmbeddedPostgres;
  let server: ServerProcess;
  let cast: Cast;
  let client: pg.Client;

  beforeAll(async () => {
    postgres = await EmbeddedPostgres.start({
      dataDir: mkdtempSync(path.join(tmpdir(), 'ronda-receipts-')),
      // What is committed is written, so that killing the process loses none; the machine itself is not killed.
      settings: { fsync: 'off', full_page_writes: 'off' },
    });
    await migrate(postgres);
    const database = new URL(postgres.superuserUrl);
    database.pathname = '/ronda';
    cast = await assembleCast(database.href);
    client = new pg.Client({ connectionString: database.href });
    await client.connect();
    server = await ServerProcess.on(postgres);
    await server.start();
  }, 600_000);
  afterAll(async () => {
    await client.end();
    await server.stop();
    await postgres.destroy();
  });

  /** RED to persons, AMBER+STRICT and AMBER to organisations. @returns its id. */
  const shared = async (tlp: string): Promise<string> => {
    const caller = new Api(server.url).as(cast['vn.coordinator']!);
    const { id } = await submitted(caller, { marking: { tlp } });
    const audience = READERS.map((cert) =>
      tlp === 'TLP:RED' ? { user: cast[`${cert}.analyst`]!.id } : { organisation: cast.stages[cert]!.id },
    );
    await caller.post(`incidents/${id}/release`, release(tlp, audience)).expect(200);
    return id;
  };
  /** What was answered in full, by the names of the receipts that there have to be. */
  const acknowledged = new Set<string>();
  let unanswered = 0;
  const read = async (id: string, cert: string, kinds: readonly string[]): Promise<void> => {
    try {
      const answer = await fetch(`${server.url}/api/v1/incidents/${id}`, {
        headers: { authorization: `Bearer ${cast[`${cert}.analyst`]!.token}` },
        signal: AbortSignal.timeout(20_000),
      });
      const { title } = (await answer.json()) as { title?: string };
      if (answer.status === 200 && title !== undefined)
        for (const kind of kinds) acknowledged.add(`${id} ${cert} ${kind}`);
    } catch {
      // Killed before it was answered: nothing is known of it.
      unanswered += 1;
    }
  };
  const kept = async (): Promise<Set<string>> => {
    const keys = new Map(READERS.map((cert) => [cast.stages[cert]!.key, cert]));
    const { rows } = await client.query<{ id: string; org: number; kind: string }>(
      'select i.id, r.org_key as org, r.kind from ronda.receipt r join ronda.incident i on i.key = r.record_key',
    );
    return new Set(rows.map(({ id, org, kind }) => `${id} ${keys.get(org)} ${kind}`));
  };
  const lost = async (): Promise<string[]> => {
    const there = await kept();
    return [...acknowledged].filter((each) => !there.has(each));
  };

  it('nothing of RED or AMBER+STRICT was answered whose receipt was not there', async () => {
    for (let killed = 0; killed < KILLS; killed += 1) {
      const ids = await Promise.all(
        Array.from({ length: RECORDS }, (_, nth) => shared(nth % 2 === 0 ? 'TLP:RED' : 'TLP:AMBER+STRICT')),
      );
      const before = acknowledged.size;
      const reading = ids.flatMap((id) => READERS.map((cert) => read(id, cert, ['delivered', 'opened'])));
      // A little later each time, so that it ends in the middle of something else.
      await until(() => acknowledged.size > before + killed, { what: 'some to be answered', withinMs: 20_000 });
      await server.kill();
      await Promise.all(reading);
      await server.start();
    }
    expect(server.lastWords).toBeUndefined();
    expect(acknowledged.size).toBeGreaterThan(KILLS * 2);
    expect(unanswered).toBeGreaterThan(0);
    expect(await lost()).toEqual([]);
  }, 1_200_000);

  it('of the others none is lost on a clean stop, in the middle of reading', async () => {
    acknowledged.clear();
    for (let stopped = 0; stopped < 3; stopped += 1) {
      const ids = await Promise.all(Array.from({ length: RECORDS }, () => shared('TLP:AMBER')));
      const before = acknowledged.size;
      const reading = ids.flatMap((id) => READERS.map((cert) => read(id, cert, ['delivered'])));
      await until(() => acknowledged.size > before, { what: 'some to be answered' });
      await server.stop();
      await Promise.all(reading);
      expect(await lost()).toEqual([]);
      server = await ServerProcess.on(postgres);
      await server.start();
    }
    expect(acknowledged.size).toBeGreaterThan(RECORDS);
  }, 600_000);
});
