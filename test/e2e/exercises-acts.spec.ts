import { ConductExercises } from '../../src/modules/exercises/index.js';
import type { Act } from '../../src/modules/exercises/core/index.js';
import { UNSEEN_VERBS, VERBS } from '../../src/modules/exercises/core/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

/** Which verbs the acts of this file were seen to produce: at the end, all that there are. */
const shown = new Set<string>();

describe('what a team does, as the log of an exercise has it', () => {
  let server: TestApp;
  let cast: Cast;
  let api: Api;
  let exercise: string;
  let known = 0;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
    const organiser = api.as(cast['vn.organiser']!);
    const { body: scenario } = await organiser.post('scenarios', { document: exampleScenario }).expect(201);
    const { body } = await organiser
      .post('exercises', {
        title: 'Acts',
        scenario: scenario.id,
        teams: ['th', 'my', 'vn', 'bank'].map((name) => ({ ...organisation(name), roles: ['national-cert'] })),
      })
      .expect(201);
    exercise = body.id as string;
    await organiser.post(`exercises/${exercise}/start`, {}).expect(200);
    await newActs();
  });
  afterAll(() => server.close());

  const organisation = (name: string) => ({ organisation: cast.stages[name]!.id });
  const as = (who: string) => ({
    get: (path: string) => api.as(cast[who]!).get(path).set('x-ronda-exercise', exercise),
    post: async (path: string, body: object = {}): Promise<Record<string, unknown>> => {
      const answer = await api.as(cast[who]!).post(path, body).set('x-ronda-exercise', exercise);
      if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
      return answer.body as Record<string, unknown>;
    },
  });
  /** What has come into the log since it was last asked. */
  const newActs = async (): Promise<Act[]> => {
    await server.app.get(ConductExercises).run();
    const log = await api.as(cast['vn.organiser']!).get(`exercises/${exercise}/log`).buffer(true).expect(200);
    const entries = log.text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as Act);
    const acts = entries.slice(known).filter(({ kind }) => kind === 'act');
    known = entries.length;
    for (const { verb } of acts) shown.add(verb);
    return acts;
  };
  const verbsOf = (acts: readonly Act[], who = 'th') =>
    acts.filter(({ team }) => team === cast.stages[who]!.id).map(({ verb }) => verb);
  const file = async (more: object = {}): Promise<string> =>
    String((await as('th.analyst').post('incidents', filing(more))).id);
  /** Filed by Thailand, and released to Malaysia or another. */
  const shared = async (more: object = {}, whom = 'my'): Promise<string> => {
    const id = await file(more);
    await as('th.analyst').post(`incidents/${id}/submit`);
    await as('th.analyst').post(`incidents/${id}/release`, {
      marking: { tlp: 'TLP:AMBER' },
      audience: [organisation(whom)],
    });
    await newActs();
    return id;
  };
  const observables = [{ type: 'domain', value: 'stage.glass-heron.example' }];

  it('filed, classified, marked, observable held', async () => {
    const id = await file({ observables });
    const acts = await newActs();
    expect(verbsOf(acts)).toEqual(['filed', 'classified', 'marked', 'observable-held']);
    expect(acts[0]).toMatchObject({
      record: id,
      facts: {
        rsit: 'fraud:phishing',
        tlp: 'TLP:AMBER',
        pap: 'PAP:GREEN',
        observables,
        title: 'Phishing by SMS',
        text: 'Links to `login-bank.example`.',
        sector: 'finance',
        countries: ['TH', 'VN'],
        techniques: ['T1566.002'],
        tags: ['campaign:name="lotus"'],
      },
    });
  });

  it('revised, with what it said then', async () => {
    const id = await file();
    await newActs();
    const path = `incidents/${id}`;
    const etag = String((await as('th.analyst').get(`/api/v1/${path}`)).headers.etag);
    await api
      .as(cast['th.analyst']!)
      .request('patch', path)
      .set('x-ronda-exercise', exercise)
      .set('if-match', etag)
      .send({ title: 'Another title' })
      .expect(200);
    const acts = await newActs();
    expect(verbsOf(acts)).toEqual(['revised', 'classified', 'marked']);
    expect(acts[0]!.facts.title).toBe('Another title');
  });

  it('released, to whom', async () => {
    const id = await file();
    await as('th.analyst').post(`incidents/${id}/submit`);
    await newActs();
    await as('th.analyst').post(`incidents/${id}/release`, {
      marking: { tlp: 'TLP:AMBER' },
      audience: [organisation('my')],
    });
    const acts = await newActs();
    expect(verbsOf(acts)).toEqual(['released', 'marked']);
    expect(acts[0]).toMatchObject({ record: id, facts: { audience: [cast.stages.my!.id] } });
  });

  it('looked up, and what for', async () => {
    await as('my.analyst').post('observables/lookup', { values: ['EXERCISE-WALLET-HERON-01'], type: 'text' });
    const acts = await newActs();
    expect(verbsOf(acts, 'my')).toEqual(['looked-up']);
    expect(acts[0]!.facts.text).toContain('EXERCISE-WALLET-HERON-01');
  });

  it('requested and answered, of whom and in which words', async () => {
    const { id } = await as('th.analyst').post('requests', {
      kind: 'rfi',
      to: organisation('my'),
      marking: { tlp: 'TLP:AMBER' },
      title: 'The account abroad',
      body: 'Who holds 0098-EXERCISE-7731?',
    });
    const asked = await newActs();
    expect(verbsOf(asked)).toEqual(['requested']);
    expect(asked[0]).toMatchObject({
      record: id,
      facts: { asked: [cast.stages.my!.id], title: 'The account abroad', text: 'Who holds 0098-EXERCISE-7731?' },
    });
    await as('my.analyst').post(`requests/${String(id)}/answer`, { body: 'A mule.' });
    const answered = await newActs();
    expect(verbsOf(answered, 'my')).toEqual(['answered']);
    expect(answered[0]!.facts.text).toContain('A mule.');
  });

  it('commented, in which words', async () => {
    await as('th.analyst').post(`incidents/${await file()}/comments`, { body: 'We see it too.' });
    const commented = (await newActs()).find(({ verb }) => verb === 'commented');
    expect(commented!.facts.text).toContain('We see it too.');
  });

  it('sighted, what and in which words', async () => {
    const id = await shared({ observables: [...observables, { type: 'ipv4', value: '203.0.113.66' }] });
    const { items } = (await as('my.analyst').get(`/api/v1/incidents/${id}/observables`).expect(200)).body as {
      items: { id: string; type: string }[];
    };
    await as('my.analyst').post(`incidents/${id}/sightings`, {
      observable: items.find(({ type }) => type === 'ipv4')!.id,
      kind: 'false-positive',
      at: '2026-11-20T00:00:00Z',
      note: 'A time server.',
    });
    const acts = await newActs();
    expect(verbsOf(acts, 'my')).toEqual(['sighted']);
    expect(acts[0]).toMatchObject({ record: id, facts: { observables: [{ type: 'ipv4', value: '203.0.113.66' }] } });
    expect(acts[0]!.facts.text).toContain('false-positive A time server.');
  });

  it('recalled', async () => {
    const id = await shared();
    await as('th.analyst').post(`incidents/${id}/recall`, { reason: 'error' });
    const acts = await newActs();
    expect(verbsOf(acts)).toEqual(['recalled']);
    expect(acts[0]!.record).toBe(id);
  });

  it('narrowed is not recalled', async () => {
    const id = await shared();
    await as('th.coordinator').post(`incidents/${id}/release`, {
      marking: { tlp: 'TLP:AMBER' },
      audience: [organisation('vn')],
    });
    expect(verbsOf(await newActs())).toEqual(['released', 'marked']);
  });

  it('passed on', async () => {
    const id = await shared({}, 'vn');
    await as('vn.analyst').post(`incidents/${id}/pass-on`, {
      organisations: [cast.stages.bank!.id],
      tellOriginator: false,
    });
    const acts = await newActs();
    expect(verbsOf(acts, 'vn')).toEqual(['passed-on']);
    expect(acts[0]!.record).toBe(id);
  });

  it('published, and in which words; withdrawn is recalled', async () => {
    const { id } = await as('th.analyst').post('advisories', {
      title: 'Calls in our name',
      summary: 'Nobody of us telephones for codes.',
      body: 'Hang up.',
      kind: 'guidance',
      language: 'en',
      marking: { tlp: 'TLP:GREEN' },
      audience: ['community'],
    });
    const path = `advisories/${String(id)}`;
    await as('th.analyst').post(`${path}/submit`);
    await as('th.coordinator').post(`${path}/approve`);
    expect(await newActs()).toEqual([]);
    await as('th.coordinator').post(`${path}/publish`);
    const acts = await newActs();
    expect(verbsOf(acts)).toEqual(['published']);
    expect(acts[0]).toMatchObject({
      record: id,
      facts: { title: 'Calls in our name', tlp: 'TLP:GREEN', audience: ['community'], validAs: ['csaf'] },
    });
    expect(acts[0]!.facts.text).toContain('Nobody of us telephones for codes.');
    const { text } = await as('my.analyst').get(`/api/v1/${path}/markdown?version=1.0.0`).expect(200);
    expect(text).toMatch(/^# EXERCISE EXERCISE EXERCISE: Calls in our name\n/);
    await as('th.coordinator').post(`${path}/withdraw`, { reason: 'error' });
    const [recalled, ...others] = await newActs();
    expect([recalled!.verb, recalled!.facts.validAs, others]).toEqual(['recalled', undefined, []]);
  });

  it('knows every verb but the opening of a record, which is an organisation’s receipt and nobody’s act', () => {
    expect(VERBS.filter((verb) => !shown.has(verb))).toEqual(UNSEEN_VERBS);
  });
});
