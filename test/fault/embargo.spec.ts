import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrate.js';
import { EmbeddedPostgres } from '../../src/platform/embedded-postgres/index.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { ServerProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

const KILLS = 20;
const EMBARGOES_A_ROUND = 3;
/** Long enough for a round to be asked for, beside what filing it took here and now; and between two embargoes of it. */
const AHEAD_MS = 1_500;
const APART_MS = 40;
/** Around the instants: from before the first to after the last. */
const FROM_MS = -60;
const STEP_MS = 15;

interface Embargo {
  id: string;
  notBefore: number;
}

describe(`kill -9 around the end of an embargo, ${KILLS} times`, () => {
  let postgres: EmbeddedPostgres;
  let server: ServerProcess;
  let cast: Cast;
  let superuser: pg.Client;

  beforeAll(async () => {
    postgres = await EmbeddedPostgres.start({
      dataDir: mkdtempSync(path.join(tmpdir(), 'ronda-embargo-')),
      settings: { fsync: 'off', full_page_writes: 'off' },
    });
    await migrate(postgres);
    const database = new URL(postgres.superuserUrl);
    database.pathname = '/ronda';
    cast = await assembleCast(database.href);
    superuser = new pg.Client({ connectionString: database.href });
    await superuser.connect();
    server = await ServerProcess.on(postgres);
    await server.start();
  });

  afterAll(async () => {
    await superuser.end();
    await server.stop();
    await postgres.destroy();
  });

  const ask = (player: string, method: string, at: string, body?: object): Promise<Response> =>
    fetch(`${server.url}/api/v1/${at}`, {
      method,
      headers: { authorization: `Bearer ${cast[player]!.token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
  const post = async (at: string, body: object): Promise<{ id: string }> => {
    const answer = await ask('vn.coordinator', 'POST', at, body);
    const view = (await answer.json()) as { id: string };
    if (!answer.ok) throw new Error(`${at}: ${JSON.stringify(view)}`);
    return view;
  };

  async function filed(): Promise<string> {
    const { id } = await post('incidents', filing());
    await post(`incidents/${id}/submit`, {});
    return id;
  }
  async function embargoed(id: string, notBefore: number): Promise<Embargo> {
    await post(`incidents/${id}/release`, {
      marking: { tlp: 'TLP:AMBER' },
      audience: [{ organisation: cast.stages.th!.id }],
      notBefore: new Date(notBefore).toISOString(),
    });
    return { id, notBefore };
  }

  /** Reads as the reader until it may. @returns when it could not yet, and when it could. */
  async function watch({ id }: Embargo): Promise<{ lastRefused: number; firstRead: number }> {
    let lastRefused = 0;
    await until(
      async () => {
        const asked = Date.now();
        const answer = await ask('th.analyst', 'GET', `incidents/${id}`).catch(() => null);
        if (answer?.status === 404) lastRefused = asked;
        return answer?.status === 200;
      },
      { what: `${id} to be released`, withinMs: 60_000 },
    );
    return { lastRefused, firstRead: Date.now() };
  }

  it('releases each exactly once, and never early', async () => {
    const all: Embargo[] = [];
    for (let killed = 0; killed < KILLS; killed += 1) {
      const begunAt = Date.now();
      const ids = await Promise.all(Array.from({ length: EMBARGOES_A_ROUND }, filed));
      const first = Date.now() + (Date.now() - begunAt) + AHEAD_MS;
      const round = await Promise.all(ids.map((id, nth) => embargoed(id, first + nth * APART_MS)));
      const watched = round.map((embargo) => watch(embargo));
      // A kill of its own instant for each round: before, between and behind what the worker does.
      await until(() => Date.now() >= first + FROM_MS + killed * STEP_MS, { what: 'the instant', withinMs: 60_000 });
      await server.kill();
      await server.start();
      for (const [nth, { firstRead }] of (await Promise.all(watched)).entries())
        expect(firstRead).toBeGreaterThanOrEqual(round[nth]!.notBefore);
      all.push(...round);
    }
    expect(server.lastWords).toBeUndefined();
    const { rows } = await superuser.query<{
      id: string;
      releases: number;
      made: number;
      is_early: boolean;
      readers: number;
    }>(
      `select i.id, count(r.*)::int as releases, bool_or(r.released_at < r.not_before or r.released_at is null) as is_early,
              (select count(*)::int from (
                 select type, payload ->> 'recordId' as subject from ronda.outbox
                 union all select entry::jsonb ->> 'type', subject::text from ronda.ledger_leaf) said
                where said.type = 'release.made' and said.subject = i.id::text) as made,
              (select count(*)::int from ronda.readable_since s where s.record_key = i.key and s.principal_key = $1) as readers
         from ronda.incident i join ronda.release r on r.record_key = i.key group by i.id, i.key`,
      [cast.stages.th!.key],
    );
    expect(rows).toHaveLength(KILLS * EMBARGOES_A_ROUND);
    for (const row of rows) expect(row).toMatchObject({ releases: 1, made: 1, is_early: false, readers: 1 });
  }, 1_200_000);
});
