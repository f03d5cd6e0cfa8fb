import { CredentialUse } from '../../src/modules/identity/credentials/credential-use.js';
import { RelayEvents } from '../../src/modules/events/index.js';
import { ConductExercises } from '../../src/modules/exercises/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { SequenceLedger } from '../../src/modules/ledger/index.js';
import pg from 'pg';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

/** Eleven organisations, each by an account that files. */
const TEAMS = ['vn', 'th', 'sg', 'id', 'my', 'ph', 'la', 'jp', 'secretariat', 'bank', 'telco'];
/** What each team does at once, again and again. */
const ROUNDS = Number(process.env.RONDA_AT_ONCE_ROUNDS ?? 6);

describe('eleven teams at once', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    const superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    await superuser.query(`update ronda.organisation set standing = 'active'`);
    // Who invites knows the constituents of its own house alone.
    await superuser.query('update ronda.organisation set parent_key = $1 where key = $2', [
      cast.stages.vn!.key,
      cast.stages.telco!.key,
    ]);
    await superuser.end();
    server = await startTestApp(database);
    api = new Api(server.url);
  });
  afterAll(() => server.close());

  it('file inside an exercise and live, while it is conducted, steered and watched: every filing is kept once, and none fails', async () => {
    const organiser = api.as(cast['vn.organiser']!);
    const inject = exampleScenario.injects[0]!;
    const injects = Array.from({ length: ROUNDS * 4 }, (_, index) => ({
      ...inject,
      id: `inject-${index + 1}`,
      number: index + 1,
      timing: { atMinutes: index + 1 },
    }));
    const milestones = exampleScenario.milestones.map((each) => ({ ...each, from: { startex: true } }));
    const document = { ...exampleScenario, durationMinutes: 600, injects, milestones };
    const scenario = await organiser.post('scenarios', { document }).expect(201);
    const created = await organiser
      .post('exercises', {
        title: 'Monsoon',
        scenario: scenario.body.id,
        teams: TEAMS.map((name) => ({ organisation: cast.stages[name]!.id, roles: ['national-cert'] })),
      })
      .expect(201);
    const exercise = String(created.body.id);
    const steer = (act: string, body: object = {}) => organiser.post(`exercises/${exercise}/${act}`, body);
    await steer('start').expect(200);

    const statuses: string[] = [];
    const note = (what: string, { status, text }: { status: number; text: string }) =>
      statuses.push(status < 500 ? `${what} ${status}` : `${what} ${status} ${text}`);
    const conductor = server.app.get(ConductExercises);
    for (let round = 0; round < ROUNDS; round += 1) {
      server.clock.advance(2 * 60_000);
      const player = (team: string) => api.as(cast[`${team}.analyst`]!);
      await Promise.all([
        ...TEAMS.flatMap((team) =>
          [0, 1, 2].flatMap((nth) => {
            const body = filing({
              title: `${team} ${round} ${nth}`,
              rsit: { class: 'fraud', type: 'phishing' },
              observables: [{ type: 'domain', value: 'at-once.example' }],
            });
            const inside = player(team).post('incidents', body).set('x-ronda-exercise', exercise);
            const live = player(team).post('incidents', body);
            const key = `${team}-${round}-${nth}`;
            return [
              (nth === 0 ? inside.set('idempotency-key', key) : inside).then((answer) => note('inside', answer)),
              (nth === 0 ? live.set('idempotency-key', key) : live).then((answer) => note('live', answer)),
            ];
          }),
        ),
        ...TEAMS.map((team) =>
          player(team)
            .post(`exercises/${exercise}/inbox/seen`, { position: round + 1 })
            .then((answer) => note('seen', answer)),
        ),
        steer('messages', { text: 'Go on.' }).then((answer) => note('message', answer)),
        steer('speed', { factor: 1 + round }).then((answer) => note('speed', answer)),
        conductor.run(),
        server.app.get(CredentialUse, { strict: false }).flush(),
        server.app.get(RelayEvents).run(),
        server.app.get(SequenceLedger).run(),
      ]);
      await conductor.run();
      // Their keys are used anew, and what they mean is to be asked again while they file.
      server.clock.advance(61 * 60_000);
    }
    const counted = Object.fromEntries(
      [...new Set(statuses)].sort().map((status) => [status, statuses.filter((each) => each === status).length]),
    );
    expect(counted).toEqual({
      'inside 201': TEAMS.length * 3 * ROUNDS,
      'live 201': TEAMS.length * 3 * ROUNDS,
      'seen 200': TEAMS.length * ROUNDS,
      'message 200': ROUNDS,
      'speed 200': ROUNDS,
    });

    const { text } = await organiser.get(`exercises/${exercise}/log`).buffer(true).expect(200);
    const log = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { seq: number; kind: string; verb?: string });
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
    expect(log.filter(({ kind, verb }) => kind === 'act' && verb === 'filed')).toHaveLength(TEAMS.length * 3 * ROUNDS);
  });
});
