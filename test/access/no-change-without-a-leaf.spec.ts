import { readFileSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConductExercises } from '../../src/modules/exercises/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { learn, newMemory } from '../noninterference/pair.js';
import { absentId, discover, emptyPool } from '../noninterference/pools.js';
import { Script } from '../noninterference/script.js';
import type { Ask } from '../noninterference/script.js';
import { Plot, tellStory } from '../noninterference/story.js';
import type { Props } from '../noninterference/story.js';
import { Teller } from '../noninterference/teller.js';
import type { Json } from '../noninterference/teller.js';
import { jsonOf } from '../noninterference/wire.js';
import type { Answer, Call } from '../noninterference/wire.js';
import { PASSWORD, World, emailOf } from '../noninterference/world.js';
import { logFile } from '../support/log-file.js';
import { LeafWatch, faultsOf } from './leaves.js';
import type { Seen } from './leaves.js';
import { routes } from './routes.js';

/** Routes that may write, and leave no leaf. */
const EXEMPT: Readonly<Record<string, string>> = {
  'POST /api/v1/auth/refresh': 'The session goes on; that it was opened is a leaf, and so is how it ends.',
  'POST /api/v1/auth/totp': 'The seed asks for nothing until a code confirms it; that is a leaf.',
  'POST /api/v1/incidents/:id/release-preview': 'It is looked at, and kept for nobody but an Idempotency-Key.',
};

/** Between them they open every route of the story's; who ends the most comes last. */
const PLAYERS = ['jp.analyst', 'th.coordinator', 'vn.coordinator', 'vn.admin', 'secretariat.admin'] as const;

const documented = (): string[] => {
  const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const methods = new Set(['get', 'post', 'put', 'patch', 'delete']);
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => methods.has(key))
      .map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
};

/** Later requests need what it answers, or what it made. */
const isOfStory = ({ keep, pattern }: Ask): boolean => keep !== undefined || pattern.startsWith('own ');

/** What is tried with what the player sees, and sound; of what is read, only what a later request needs. */
const isOfUse = (ask: Ask): boolean => {
  const {
    role,
    route: { method },
    pattern,
  } = ask;
  return (
    (role === 'visible' || role === 'none') &&
    (method !== 'GET' || isOfStory(ask)) &&
    !/ unknown if-match | if-match wrong$/.test(pattern) &&
    (method === 'POST' || !/ if-match (none|seen)$/.test(pattern))
  );
};

describe('no change without a leaf', () => {
  const watch = new LeafWatch();
  const plot = new Plot();
  let world: World;
  let app: NestFastifyApplication;
  let count = 0;

  beforeAll(async () => {
    world = await World.open({
      wrap: (made) => {
        app = made;
        watch.hear(made.getHttpAdapter().getInstance());
      },
    });
    watch.watch(world);
  });
  afterAll(() => world.close());

  it('comes about by any route of the OpenAPI document that writes', async () => {
    const teller = new Teller(world, 'story', plot.next);
    const props = await tellStory(teller, plot, async () => undefined);
    await tellTheRest(teller, props);
    for (const player of PLAYERS) await play(player, teller);
    expect(faultsOf(documented(), routes, EXEMPT, watch.seen)).toEqual([]);
  }, 900_000);

  it('or the build fails: a route that leaves none, one that nobody tried, and an exemption that is not true are named', () => {
    const rule = (route: string, mode: 'read' | 'write') => ({ ...routes[0]!, route, mode });
    const rules = [rule('POST /saved', 'write'), rule('POST /forgotten', 'write'), rule('POST /looked-up', 'read')];
    const all = ['GET /saved', 'POST /saved', 'POST /forgotten', 'POST /untried', 'POST /looked-up', 'POST /seen'];
    const seen: Seen = new Map([
      ['POST /saved', new Set(['thing.saved'])],
      ['POST /forgotten', new Set()],
      ['POST /looked-up', new Set()],
      ['POST /seen', new Set()],
    ]);
    const exempt = { 'POST /seen': 'Nothing happens.' };
    expect(faultsOf(all, rules, exempt, seen)).toEqual([
      'POST /untried was done for nobody: teach this test, or the script of test/noninterference',
      'POST /forgotten was done and left no leaf: emit what happened, or say why not',
    ]);
    seen.set('POST /untried', new Set(['thing.tried'])).set('POST /forgotten', new Set(['thing.kept']));
    seen.set('POST /looked-up', new Set(['thing.looked-up'])).set('POST /seen', new Set(['thing.seen']));
    expect(faultsOf(all, rules, { ...exempt, 'POST /gone': 'It was there.' }, seen)).toEqual([
      'POST /gone is exempt, and there is no such route that writes',
      'POST /seen is said to change nothing, and left thing.seen',
      'POST /looked-up is said to change nothing, and left thing.looked-up',
    ]);
  });

  /** All that the script of non-interference has a player do with what it sees, in real life. */
  async function play(player: string, teller: Teller): Promise<void> {
    const memory = newMemory();
    const key = world.cast[player]!.token;
    // The player's own session lasts an hour.
    const began = plot.unseen().getTime();
    let asked = 0;
    // Of what the player can do, once is enough.
    const left = new Set<string>();
    const send = (call: Call, token: string | null): Promise<Answer> =>
      world.send(`player-${(count += 1)}`, new Date(began + (asked += 1) * 200), { name: player, token }, call);
    const path = '/api/v1/auth/login';
    const session = jsonOf(
      await send({ method: 'POST', path, body: { email: emailOf(player), password: PASSWORD } }, null),
    );
    memory.kept.set('session', String(session.accessToken)).set('refresh', String(session.refreshToken));
    const visible = await discover((each) =>
      send({ method: 'GET', path: each.startsWith('/') ? each : `/api/v1/${each}` }, key),
    );
    const served = world.routes.filter(({ url }) => /^\/(api\/v1|misp|taxii2)\//.test(url));
    for (const ask of new Script(served, visible, emptyPool(), teller, player).asks().filter(isOfUse)) {
      memory.at = new Date(began + (asked + 1) * 200);
      const call = ask.call(memory);
      const route = `${ask.route.method} ${ask.route.url}`;
      if (!call || (left.has(route) && !isOfStory(ask))) continue;
      const token = ask.credential ? (memory.kept.get(ask.credential) ?? null) : key;
      const before = watch.left;
      learn(memory, ask, call, await send(call, token));
      if (watch.left > before) left.add(route);
    }
  }

  /** What nobody does in the story, and none of the players may. */
  async function tellTheRest(teller: Teller, props: Props): Promise<void> {
    const th = { organisation: teller.organisation('th'), roles: ['national-cert'] };
    const organisations = `organisations/${teller.organisation('vn')}`;
    await teller.post('vn.admin', `${organisations}/users/${props.invited}/invitation`);
    await teller.post('secretariat.admin', `organisations/${props.shop}/activation`);

    const advisory = await teller.post('vn.analyst', 'advisories', {
      title: 'For later',
      summary: 'What is known.',
      body: 'What there is to say.',
      kind: 'guidance',
      language: 'en',
      marking: { tlp: 'TLP:GREEN' },
      audience: ['community'],
    });
    const advised = `advisories/${String(advisory.id)}`;
    await teller.post('vn.analyst', `${advised}/submit`, {});
    await teller.post('vn.coordinator', `${advised}/approve`);
    await teller.post('vn.coordinator', `${advised}/schedule`, { notBefore: '2027-01-01T00:00:00Z' });
    await teller.post('vn.coordinator', `${advised}/cancel-schedule`);

    // Said twice it says nothing new, and `publish` is another name of it.
    await teller.post('my.analyst', `/misp/events/alert/${await teller.file('my.analyst', { title: 'Alerted' })}`, {});

    // What is no incident, and so files none.
    const { collections } = jsonOf(await teller.ask('my.analyst', 'GET', '/taxii2/live/collections'));
    const own = (collections as Json[]).find((each) => each.can_write === true);
    const mutex = { type: 'mutex', spec_version: '2.1', id: `mutex--${absentId('sighting')}`, name: 'Sent in' };
    const sent = await teller.ask(
      'my.analyst',
      'POST',
      `/taxii2/live/collections/${String(own?.id)}/objects`,
      JSON.stringify({ objects: [mutex] }),
    );
    expect(sent.status).toBe(202);

    const scenario = await teller.post('vn.organiser', 'scenarios', { document: exampleScenario });
    await teller.put('vn.organiser', `scenarios/${String(scenario.id)}`, {
      document: { ...exampleScenario, title: 'Said better' },
    });
    const { id } = await teller.post('vn.organiser', 'exercises', {
      title: 'A drill',
      scenario: scenario.id,
      teams: [],
    });
    const drill = `exercises/${String(id)}`;
    await teller.post('vn.organiser', `${drill}/teams`, { teams: [th] });
    const listed = { addresses: ['https://hooks.example/drill'] };
    await teller.ask('vn.organiser', 'PUT', `${drill}/addresses`, listed, { ifMatch: '*' });
    await teller.post('vn.organiser', `${drill}/start`);
    await teller.post('vn.organiser', `${drill}/injects`, {
      inject: { ...exampleScenario.injects[0], id: 'second-call', number: 2 },
    });
    await teller.post('vn.organiser', `${drill}/fire`, { inject: 'first-call' });
    await app.get(ConductExercises).run();
    await teller.post('th.analyst', `${drill}/inbox/seen`, { position: 1 });
    const replayed = await teller.ask('vn.organiser', 'POST', 'exercises/replays', logFile(th.organisation));
    expect(replayed.status).toBe(201);
  }
});
