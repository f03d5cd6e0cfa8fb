import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrate.js';
import { EmbeddedPostgres } from '../../src/platform/embedded-postgres/index.js';
import { assembleCast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { ServerProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

const KILLS = 20;
const CLIENTS = 4;

/**
 * A client as an analyst would write one: each incident has a key, and is sent again, with the same key, until the
 * service says 201. Whatever else happens, it does not give up and does not invent.
 */
class FilingLoad {
  readonly acknowledged = new Map<string, string>();
  private isOver = false;
  private isAbandoned = false;
  private readonly running: Promise<void>[] = [];
  private next = 0;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {
    for (let client = 0; client < CLIENTS; client += 1) this.running.push(this.client());
  }

  /** Ends when everything that was begun is acknowledged. */
  async finish(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.running);
  }

  /** Where the test has failed: nothing of it may fail in the next file. */
  async abandon(): Promise<void> {
    this.isOver = true;
    this.isAbandoned = true;
    await Promise.allSettled(this.running);
  }

  private async client(): Promise<void> {
    while (!this.isOver) {
      const title = `Under fire ${(this.next += 1)}`;
      this.acknowledged.set(title, await this.file(title));
    }
  }

  private file(title: string): Promise<string> {
    return until(
      async () => {
        if (this.isAbandoned) return 'abandoned';
        const response = await fetch(`${this.url}/api/v1/incidents`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${this.token}`,
            'content-type': 'application/json',
            'idempotency-key': title.replaceAll(' ', '-'),
          },
          body: JSON.stringify(filing({ title })),
          signal: AbortSignal.timeout(20_000),
        });
        const body = (await response.json()) as { id: string };
        if (response.status === 201) return body.id;
        if (response.status < 500 && response.status !== 409) throw new Error(`Refused: ${JSON.stringify(body)}`);
        return null;
      },
      { what: `${title} to be filed`, withinMs: 120_000 },
    );
  }
}

describe.each(['the server', 'PostgreSQL'])(`kill -9 of %s, ${KILLS} times under a filing load`, (victim) => {
  let postgres: EmbeddedPostgres;
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    postgres = await EmbeddedPostgres.start({
      dataDir: mkdtempSync(path.join(tmpdir(), 'ronda-kill-')),
      // What is committed is written, so that killing the process loses none; the machine itself is not killed.
      settings: { fsync: 'off', full_page_writes: 'off' },
    });
    await migrate(postgres);
    const cast = await assembleCast(ronda(postgres.superuserUrl));
    token = cast['vn.analyst']!.token;
    server = await ServerProcess.on(postgres);
    await server.start();
  });

  afterAll(async () => {
    await server.stop();
    await postgres.destroy();
  });

  it('loses nothing that was acknowledged, and files nothing twice', async () => {
    const load = new FilingLoad(server.url, token);
    try {
      for (let killed = 0; killed < KILLS; killed += 1) {
        const before = load.acknowledged.size;
        await until(() => load.acknowledged.size >= before + 5 * CLIENTS || server.lastWords, {
          what: 'filings to be acknowledged',
          withinMs: 60_000,
        });
        // It may die of nothing but our kills.
        expect(server.lastWords).toBeUndefined();
        if (victim === 'the server') {
          await server.kill();
          await server.start();
        } else {
          const { pid } = postgres;
          process.kill(pid, 'SIGKILL');
          await until(() => postgres.pid !== pid, { what: 'another postmaster', withinMs: 30_000 });
        }
      }
      await load.finish();
    } finally {
      await load.abandon();
    }
    expect(server.lastWords).toBeUndefined();
    expect(load.acknowledged.size).toBeGreaterThanOrEqual(KILLS * 5 * CLIENTS);
    expect(await filed(postgres.superuserUrl)).toEqual(load.acknowledged);
  }, 1_200_000);
});

const ronda = (url: string): string => {
  const database = new URL(url);
  database.pathname = '/ronda';
  return database.href;
};

/** Every incident there is, by title; a title that is there twice fails the comparison. */
async function filed(superuserUrl: string): Promise<Map<string, string>> {
  const client = new pg.Client({ connectionString: ronda(superuserUrl) });
  await client.connect();
  try {
    const { rows } = await client.query<{ title: string; ids: string }>(
      `select r.facts ->> 'title' as title, string_agg(i.id::text, ', ') as ids
         from ronda.incident i join ronda.incident_revision r on r.incident_key = i.key group by 1`,
    );
    return new Map(rows.map(({ title, ids }) => [title, ids]));
  } finally {
    await client.end();
  }
}
