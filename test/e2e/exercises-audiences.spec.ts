import pg from 'pg';
import { ConductExercises } from '../../src/modules/exercises/index.js';
import type { Act, Joined } from '../../src/modules/exercises/core/index.js';
import { exampleScenario } from '../../src/modules/exercises/scenarios.dto.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';
import type { TestDatabase } from '../support/test-database.js';

/** Thailand shares. Each of the others plays a role of its own: what reached whom is what milestones say of it. */
const roles = { th: 'sharer', my: 'neighbour', sg: 'far', jp: 'partner', vn: 'host', bank: 'bank' };
type Stage = keyof typeof roles;
const others = (Object.keys(roles) as Stage[]).filter((name) => name !== 'th');

const milestone = (id: string, verb: string, where: object) => ({
  ...exampleScenario.milestones[0]!,
  id,
  title: id,
  roles: ['sharer'],
  weight: 1,
  from: { startex: true },
  bands: undefined,
  expects: { verbs: [verb], where },
});

/** Of each way of giving: milestones that it is met by whoever is reached, and by nobody of the community. */
const scenario = {
  ...exampleScenario,
  roles: Object.values(roles).map((id) => ({ id, title: id })),
  milestones: JSON.parse(
    JSON.stringify(
      ['released', 'published', 'requested', 'passed-on'].flatMap((verb) => [
        ...others.map((name) =>
          milestone(`${verb}-${roles[name]}`, verb, {
            [verb === 'requested' ? 'asks' : 'audienceIncludes']: [`role:${roles[name]}`],
          }),
        ),
        ...(verb === 'requested'
          ? []
          : [
              milestone(`${verb}-community`, verb, { audienceIncludes: ['community'] }),
              milestone(`${verb}-not-community`, verb, { audienceExcludes: ['community'] }),
            ]),
      ]),
    ),
  ) as object[],
};

describe('whom something was shared with in an exercise', () => {
  let database: TestDatabase;
  let server: TestApp;
  let cast: Cast;
  let api: Api;
  let exercise: string;
  let group: string;
  let known = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database);
    api = new Api(server.url);
    const founded = await api
      .as(cast['th.coordinator']!)
      .post('sharing-groups', { name: 'Mekong', purpose: 'Fraud', members: [id('my'), id('sg')] })
      .expect(201);
    group = founded.body.id as string;
    await api
      .as(cast['sg.admin']!)
      .post(`organisations/${id('sg')}/duty`, {
        dutyRole: 'incident-lead',
        userId: cast['sg.analyst']!.id,
        position: 'primary',
        startsAt: '2026-11-01T00:00:00Z',
      })
      .expect(201);
  });
  afterAll(() => server.close());

  // Each has a run of its own, in which nothing was met before.
  beforeEach(() => begin(roles));
  const begin = async (teams: Record<string, string>): Promise<void> => {
    const organiser = api.as(cast['vn.organiser']!);
    const { body: kept } = await organiser
      .post('scenarios', { document: { ...scenario, id: `audiences-${++runs}` } })
      .expect(201);
    const { body } = await organiser
      .post('exercises', {
        title: 'Audiences',
        scenario: kept.id,
        teams: Object.entries(teams).map(([name, role]) => ({ organisation: id(name), roles: [role] })),
      })
      .expect(201);
    exercise = body.id as string;
    await organiser.post(`exercises/${exercise}/start`, {}).expect(200);
    known = 0;
    await newActs();
  };
  let runs = 0;

  const id = (name: string): string => cast.stages[name]!.id;
  const ids = (...names: string[]): string[] => names.map(id);
  const post = async (who: string, path: string, body: object = {}): Promise<Record<string, unknown>> => {
    const answer = await api.as(cast[who]!).post(path, body).set('x-ronda-exercise', exercise);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.body as Record<string, unknown>;
  };
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
    return acts;
  };
  /** Which milestones the sharer has met. */
  const met = async (): Promise<string[]> => {
    const { body } = await api.as(cast['vn.organiser']!).get(`exercises/${exercise}/scores`).expect(200);
    const seats = body.items as {
      organisation: string;
      roles: { milestones: { milestone: string; state: string }[] }[];
    }[];
    return seats
      .filter(({ organisation }) => organisation === id('th'))
      .flatMap((seat) => seat.roles.flatMap(({ milestones }) => milestones))
      .filter(({ state }) => state === 'met')
      .map((each) => each.milestone)
      .sort();
  };
  const submitted = async (tlp: string): Promise<string> => {
    const made = String((await post('th.coordinator', 'incidents', filing({ marking: { tlp } }))).id);
    await post('th.coordinator', `incidents/${made}/submit`);
    await newActs();
    return made;
  };

  const everyone: Stage[] = ['my', 'sg', 'jp', 'vn', 'bank'];
  // A dialogue partner is no community, and GREEN reaches a constituent where its CERT relays it: Viet Nam's does not.
  const audiences: [what: string, tlp: string, audience: () => unknown[], reached: Stage[], words: string[]][] = [
    ['an organisation', 'TLP:AMBER', () => [{ organisation: id('jp') }], ['jp'], []],
    ['a sharing group', 'TLP:AMBER', () => [{ group }], ['my', 'sg'], []],
    ['a person, at RED', 'TLP:RED', () => [{ user: cast['my.analyst']!.id }], ['my'], []],
    [
      'a duty role, at RED',
      'TLP:RED',
      () => [{ dutyRole: { organisation: id('sg'), role: 'incident-lead' } }],
      ['sg'],
      [],
    ],
    ['the community', 'TLP:GREEN', () => ['community'], ['my', 'sg', 'vn'], ['community']],
    ['the partners', 'TLP:GREEN', () => ['partners'], ['my', 'sg', 'jp', 'vn'], ['partners', 'community']],
    ['the public', 'TLP:CLEAR', () => ['public'], everyone, ['public', 'community']],
    [
      'the community and a partner',
      'TLP:GREEN',
      () => ['community', { organisation: id('jp') }],
      ['my', 'sg', 'jp', 'vn'],
      ['community'],
    ],
  ];

  const metBy = (verb: string, reached: readonly Stage[], words: readonly string[]): string[] =>
    [
      ...reached.map((name) => `${verb}-${roles[name]}`),
      words.includes('community') ? `${verb}-community` : `${verb}-not-community`,
    ].sort();

  it.each(audiences)('is %s: released to whom it names, and what it reaches is met', async (...of) => {
    const [, tlp, audience, reached, words] = of;
    const incident = await submitted(tlp);
    const path = `incidents/${incident}/release`;
    const { pending } = (await post('th.coordinator', path, release(tlp, audience()))) as { pending?: unknown };
    expect(pending).toBeUndefined();
    if (words.length > 0) await post('th.second', `${path}/confirm`);
    const acts = await newActs();
    expect(acts.map(({ verb, record }) => [verb, record])).toEqual([
      ['released', incident],
      ['marked', incident],
    ]);
    expect(new Set(acts[0]!.facts.reached)).toEqual(new Set(ids(...reached)));
    const named = new Set(acts[0]!.facts.audience);
    for (const word of words) expect(named).toContain(word);
    if (words.length === 0) expect(named).toEqual(new Set(ids(...reached)));
    expect(await met()).toEqual(metBy('released', reached, words));
  });

  it('is nobody: that is a recall, and no release', async () => {
    const incident = await submitted('TLP:AMBER');
    await post('th.coordinator', `incidents/${incident}/release`, release('TLP:AMBER', [{ group }]));
    await newActs();
    await post('th.coordinator', `incidents/${incident}/recall`, { reason: 'error' });
    expect((await newActs()).map(({ verb }) => verb)).toEqual(['recalled']);
  });

  it.each(audiences.filter(([, tlp]) => tlp !== 'TLP:RED'))('is %s: published to whom it names', async (...of) => {
    const [, tlp, audience, reached, words] = of;
    const { id: advisory } = await post('th.analyst', 'advisories', {
      title: 'Calls in our name',
      summary: 'Nobody of us telephones for codes.',
      body: 'Hang up.',
      kind: 'guidance',
      language: 'en',
      marking: { tlp },
      audience: audience(),
    });
    for (const [who, step] of [
      ['th.analyst', 'submit'],
      ['th.coordinator', 'approve'],
      ['th.coordinator', 'publish'],
    ])
      await post(who!, `advisories/${String(advisory)}/${step!}`);
    const acts = await newActs();
    expect(acts.map(({ verb, record }) => [verb, record])).toEqual([['published', advisory]]);
    expect(new Set(acts[0]!.facts.reached)).toEqual(new Set(ids(...reached)));
    expect(await met()).toEqual(metBy('published', reached, words));
  });

  it('is a group that is asked: its members without the asker, and the same when one of them answers', async () => {
    const { id: request } = await post('th.analyst', 'requests', {
      kind: 'rfi',
      to: { group },
      marking: { tlp: 'TLP:AMBER' },
      title: 'The account abroad',
      body: 'Who holds 0098-EXERCISE-7731?',
    });
    const asked = await newActs();
    expect(asked.map(({ verb }) => verb)).toEqual(['requested']);
    expect(new Set(asked[0]!.facts.asked)).toEqual(new Set(ids('my', 'sg')));
    expect(await met()).toEqual(['requested-far', 'requested-neighbour']);
    await post('my.analyst', `requests/${String(request)}/answer`, { body: 'A mule.' });
    const [answered] = await newActs();
    expect([answered!.verb, new Set(answered!.facts.asked)]).toEqual(['answered', new Set(ids('my', 'sg'))]);
  });

  it('is a person of an organisation that is asked at RED', async () => {
    await post('th.analyst', 'requests', {
      kind: 'rfi',
      to: { organisation: id('sg') },
      marking: { tlp: 'TLP:RED' },
      audience: [{ user: cast['sg.analyst']!.id }],
      title: 'The account abroad',
      body: 'Who holds 0098-EXERCISE-7731?',
    });
    const asked = await newActs();
    expect(asked[0]!.facts.asked).toEqual(ids('sg'));
    expect(await met()).toEqual(['requested-far']);
  });

  it('is a constituent that it was passed on to', async () => {
    const made = String((await post('th.analyst', 'incidents', filing())).id);
    await post('th.analyst', `incidents/${made}/submit`);
    await post('th.analyst', `incidents/${made}/release`, release('TLP:AMBER', [{ organisation: id('vn') }]));
    await newActs();
    await post('vn.analyst', `incidents/${made}/pass-on`, { organisations: ids('bank'), tellOriginator: false });
    const [act] = await newActs();
    expect(act).toMatchObject({
      verb: 'passed-on',
      team: id('vn'),
      facts: { audience: ids('bank'), reached: ids('bank') },
    });
  });

  it('is the community, and a constituent to whom its CERT relays it', async () => {
    const superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    await superuser.query('update ronda.organisation set relay_green = true where key = $1', [cast.stages.vn!.key]);
    await superuser.end();
    const path = `incidents/${await submitted('TLP:GREEN')}/release`;
    await post('th.coordinator', path, release('TLP:GREEN', ['community']));
    await post('th.second', `${path}/confirm`);
    await newActs();
    expect(await met()).toEqual(metBy('released', ['my', 'sg', 'vn', 'bank'], ['community']));
  });

  it('is told to each team in its report: what it shared, what was shared with it, and nobody behind what is anonymous', async () => {
    // Fewer could not have filed what is anonymous.
    const seven = { ...roles, id: 'neighbour' };
    await begin(seven);
    const shared = await submitted('TLP:AMBER');
    const toSome = [{ organisation: id('my') }, { user: cast['sg.analyst']!.id }];
    await post('th.coordinator', `incidents/${shared}/release`, release('TLP:AMBER', toSome));
    const [some] = await newActs();
    // A colleague of the person in Singapore is told of nothing by the report.
    expect(some!.facts).toMatchObject({ given: ids('my'), authorship: 'named' });
    const red = await submitted('TLP:RED');
    const toPerson = [{ user: cast['my.analyst']!.id }];
    await post('th.coordinator', `incidents/${red}/release`, release('TLP:RED', toPerson));
    const veiled = { authorship: 'anonymous', marking: { tlp: 'TLP:GREEN' }, countries: [], fraud: null };
    const { id: anonymous } = await post('th.coordinator', 'incidents', filing({ ...veiled, title: 'By nobody' }));
    await post('th.coordinator', `incidents/${String(anonymous)}/submit`);
    await post('th.coordinator', `incidents/${String(anonymous)}/release`, release('TLP:GREEN', ['community']));
    await post('th.second', `incidents/${String(anonymous)}/release/confirm`);
    expect((await newActs()).at(-1)!.facts).toMatchObject({ authorship: 'anonymous' });
    const { id: request } = await post('my.analyst', 'requests', {
      kind: 'rfi',
      to: { organisation: id('th') },
      marking: { tlp: 'TLP:AMBER' },
      title: 'The account abroad',
      body: 'Who holds 0098-EXERCISE-7731?',
    });
    await post('th.analyst', `requests/${String(request)}/answer`, { body: 'A mule.' });
    await newActs();
    await api.as(cast['vn.organiser']!).post(`exercises/${exercise}/end`, {}).expect(200);
    await newActs();

    expect(await reportOf('th.analyst')).toContain('7 teams: Team 1, Team 2, Team 3, Team 4, Team 5, Team 6, Team 7.');
    const log = await api.as(cast['vn.organiser']!).get(`exercises/${exercise}/log`).buffer(true).expect(200);
    const teams = log.text
      .split('\n')
      .filter((line) => line.includes('"kind":"joined"'))
      .map((line) => (JSON.parse(line) as Joined).team)
      .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
    const nameOf = (stage: string): string => `Team ${teams.findIndex((team) => team.id === id(stage)) + 1}`;
    const [th, my] = [nameOf('th'), nameOf('my')];
    const titled = filing().title;
    const own = await newsOf('th');
    expect(own.map(([, verb, record, title]) => [verb, record, title])).toEqual([
      ['released', shared, titled],
      ['released', red, ''],
      ['released', anonymous, 'By nobody'],
      ['requested', request, ''],
      ['answered', request, 'The account abroad'],
    ]);
    expect(own.map(([, , , , to, from]) => [to, from]).slice(3)).toEqual([
      ['', my],
      [my, ''],
    ]);
    expect(new Set(own[0]![4]!.split(', '))).toEqual(new Set([my, nameOf('sg')]));
    const rowsOf = async (stage: string) => (await newsOf(stage)).map((row) => row.slice(1));
    expect(await rowsOf('my')).toEqual([
      ['released', shared, '', '', th],
      ['released', anonymous, '', '', 'not named'],
      ['requested', request, 'The account abroad', th, ''],
      ['answered', request, '', '', th],
    ]);
    for (const stage of ['sg', 'vn'])
      expect(await rowsOf(stage)).toEqual([['released', anonymous, '', '', 'not named']]);
    // A dialogue partner is no community.
    for (const format of ['html', 'md', 'csv'])
      for (const each of [shared, red, anonymous, request])
        expect(await reportOf('jp.analyst', format)).not.toContain(each);
  });

  const reportOf = (who: string, format = 'md'): Promise<string> =>
    api
      .as(cast[who]!)
      .get(`exercises/${exercise}/report?format=${format}`)
      .buffer(true)
      .expect(200)
      .then(({ text }) => text);
  const newsOf = async (stage: string): Promise<string[][]> => {
    const [, news = ''] = (await reportOf(`${stage}.analyst`)).split(': how the news travelled');
    const rows = news
      .split('\n')
      .filter((line) => /^\| \d/.test(line))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    return rows;
  };
});
