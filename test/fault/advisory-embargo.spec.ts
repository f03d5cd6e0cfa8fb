import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrate.js';
import { EmbeddedPostgres } from '../../src/platform/embedded-postgres/index.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { ServerProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

/** The whole of it with RONDA_ADVISORY_KILLS=20. */
const KILLS = Number(process.env.RONDA_ADVISORY_KILLS ?? 3);
const EMBARGOES_A_ROUND = 3;
/** Long enough for a round to be asked for, beside what drafting it took here and now; and between two embargoes of it. */
const AHEAD_MS = 1_500;
const APART_MS = 40;
/** Around the instants: from before the first to after the last. */
const FROM_MS = -60;
/** Beyond the restart. Two seconds are promised, and are printed; what a busy machine takes is less than the minute in which the worker looks whether anything was left behind. */
const LATE_MS = 20_000;
const STEP_MS = 15;

interface Embargo {
  id: string;
  notBefore: number;
}

describe(`kill -9 around the instant of an advisory, ${KILLS} times`, () => {
  let postgres: EmbeddedPostgres;
  let server: ServerProcess;
  let cast: Cast;
  let superuser: pg.Client;

  beforeAll(async () => {
    postgres = await EmbeddedPostgres.start({
      dataDir: mkdtempSync(path.join(tmpdir(), 'ronda-advisory-')),
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
  const post = async (player: string, at: string, body: object): Promise<{ id: string }> => {
    const answer = await ask(player, 'POST', at, body);
    const view = (await answer.json()) as { id: string };
    if (!answer.ok) throw new Error(`${at}: ${JSON.stringify(view)}`);
    return view;
  };

  async function scheduled(notBefore: number): Promise<Embargo> {
    const { id } = await post('vn.analyst', 'advisories', {
      title: 'Example Gateway lets anybody in',
      summary: 'Sign-in is bypassed by an empty password.',
      body: 'An empty password passes.',
      kind: 'guidance',
      language: 'en',
      marking: { tlp: 'TLP:CLEAR' },
      audience: ['public'],
    });
    await post('vn.analyst', `advisories/${id}/submit`, {});
    await post('vn.coordinator', `advisories/${id}/approve`, {});
    return { id, notBefore };
  }
  const schedule = ({ id, notBefore }: Embargo): Promise<{ id: string }> =>
    post('vn.coordinator', `advisories/${id}/schedule`, { notBefore: new Date(notBefore).toISOString() });

  /** Reads its page as nobody until that is there. @returns when it was. */
  async function watch({ id }: Embargo): Promise<number> {
    await until(
      async () => {
        const page = await fetch(`${server.url}/advisories/${id}`, { signal: AbortSignal.timeout(20_000) }).catch(
          () => null,
        );
        return page?.status === 200;
      },
      { what: `${id} to be published`, withinMs: 60_000 },
    );
    return Date.now();
  }

  it('publishes each exactly once, with its document in the lists, and never early', async () => {
    const all: Embargo[] = [];
    const behindRestartMs: number[] = [];
    for (let killed = 0; killed < KILLS; killed += 1) {
      const begunAt = Date.now();
      const ready = await Promise.all(Array.from({ length: EMBARGOES_A_ROUND }, () => scheduled(0)));
      const first = Date.now() + (Date.now() - begunAt) + AHEAD_MS;
      const round = ready.map(({ id }, nth) => ({ id, notBefore: first + nth * APART_MS }));
      await Promise.all(round.map(schedule));
      const watched = round.map((embargo) => watch(embargo));
      // A kill of its own instant for each round: before, between and behind what the worker does.
      const killAt = first + FROM_MS + (killed * STEP_MS * 20) / KILLS;
      await until(() => Date.now() >= killAt, { what: 'the instant', withinMs: 60_000 });
      await server.kill();
      const startedMs = Date.now();
      await server.start();
      const restartMs = Date.now() - startedMs;
      for (const [nth, firstRead] of (await Promise.all(watched)).entries()) {
        const { notBefore } = round[nth]!;
        expect(firstRead).toBeGreaterThanOrEqual(notBefore);
        behindRestartMs.push(firstRead - Math.max(notBefore, startedMs) - restartMs);
        expect(behindRestartMs.at(-1)).toBeLessThan(LATE_MS);
      }
      all.push(...round);
    }
    process.stdout.write(`Published at most ${Math.max(...behindRestartMs)} ms later than the restart took.\n`);
    const index = await (await fetch(`${server.url}/csaf/${cast.stages.vn!.id}/white/index.txt`)).text();
    for (const { id } of all) expect(index.split(id)).toHaveLength(2);
    const { rows } = await superuser.query<Record<string, unknown>>(
      `select a.id, count(distinct r.key)::int as releases, bool_or(r.released_at < r.not_before or r.released_at is null) as is_early,
              (select count(*)::int from (
                 select type, payload ->> 'recordId' as subject from ronda.outbox
                 union all select entry::jsonb ->> 'type', subject::text from ronda.ledger_leaf) said
                where said.type = 'advisory.published' and said.subject = a.id::text) as made,
              (select count(*)::int from ronda.csaf_document d where d.space = 0 and d.advisory_key = a.key and d.is_current) as documents
         from ronda.advisory a join ronda.release r on r.record_kind = 'advisory' and r.record_key = a.key group by a.id, a.key`,
    );
    expect(rows).toHaveLength(KILLS * EMBARGOES_A_ROUND);
    for (const row of rows) expect(row).toMatchObject({ releases: 1, made: 1, is_early: false, documents: 1 });
  }, 400_000);
});
