import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { logArbitrary, logOf, smallScenario, team } from './small-exercise.js';
import { emptyRecord } from '../../src/codecs/record/index.js';
import type { ExchangeRecord } from '../../src/codecs/record/index.js';
import {
  cexfOfScenario,
  compareRuns,
  due,
  kebabOf,
  lint,
  mselOfScenario,
  nextAct,
  readScenario,
  report,
  reportCsv,
  reportHtml,
  reportMarkdown,
  scenarioOfCexf,
  scenarioOfIncident,
  scenarioOfMsel,
  schemaFindings,
  score,
  teamReport,
  VERBS,
} from '../../src/modules/exercises/core/index.js';
import type { ActFacts, LogEntry, Scenario, Verb } from '../../src/modules/exercises/core/index.js';

const MINUTE = 60_000;
const drill = readScenario(
  readFileSync(path.resolve(__dirname, '../../regions/scenarios/monsoon-tide.yaml'), 'utf8'),
).scenario!;

/** Plays the drill with a simulated team for each role, minute by minute. */
function play(scenario: Scenario, seed: string, skill = { diligence: 1, accuracy: 1 }): LogEntry[] {
  const teams = scenario.roles.map(({ id }, index) =>
    team(`t${index}`, [id, ...(index === 1 ? ['national-cert'] : [])], 9 - index),
  );
  // A second of each role, for whoever has to reach the others of its own.
  const all = [...teams, ...scenario.roles.map(({ id }, index) => team(`u${index}`, [id], 20 + index))];
  const log = logOf([...all.map((each) => [0, { kind: 'joined', team: each }] as const), [0, { kind: 'started' }]]);
  const started = Date.parse(log[0]!.at);
  const add = (ms: number, entry: Parameters<typeof logOf>[0][number][1]): void =>
    void log.push({ ...logOf([[ms, entry]])[0]!, seq: log.length + 1 });
  const tried = new Map<string, string[]>();
  const received = new Map<string, { inject: string; atExerciseMs: number }[]>();
  for (let minute = 0; minute <= scenario.durationMinutes; minute += 5) {
    const ms = minute * MINUTE;
    for (const each of due(scenario, log, started + ms)) {
      add(ms, { kind: 'inject-delivered', inject: each.inject, team: each.team });
      received.set(each.team, [...(received.get(each.team) ?? []), { inject: each.inject, atExerciseMs: ms }]);
    }
    for (const each of all)
      for (;;) {
        const done = tried.get(each.id) ?? [];
        const act = nextAct(seed, skill, scenario, {
          team: each,
          others: all,
          received: received.get(each.id) ?? [],
          tried: done,
        });
        if (!act || act.atExerciseMs > ms) break;
        tried.set(each.id, [...done, act.milestone]);
        add(ms, {
          kind: 'act',
          team: each.id,
          verb: act.verb,
          record: `${each.id}-${act.milestone}`,
          facts: act.facts,
        });
      }
  }
  add(scenario.durationMinutes * MINUTE, { kind: 'ended' });
  return log;
}

describe('simulated teams', () => {
  it('that make no mistake meet whatever acts can meet, and the same seed plays the same', () => {
    const log = play(drill, 'a');
    const judged = new Set(
      drill.milestones.filter(({ expects }) => expects.byOverride === undefined).map(({ id }) => id),
    );
    const poor = score(drill, log)
      .seats.flatMap(({ team: owner, milestones }) => milestones.map((each) => ({ owner, ...each })))
      .filter(({ milestone, credit }) => judged.has(milestone) && credit === 0);
    expect(poor).toEqual([]);
    expect(play(drill, 'a')).toEqual(log);
    expect(play(drill, 'b')).not.toEqual(log);
  });

  it('score less the less they can', () => {
    const points = (diligence: number, accuracy: number): number =>
      score(drill, play(drill, 'a', { diligence, accuracy })).seats.reduce((sum, each) => sum + each.points, 0);
    expect(points(0.5, 1)).toBeLessThan(points(1, 1));
    expect(points(1, 0)).toBeLessThan(points(1, 1));
  });
});

describe('the report', () => {
  const log = play(drill, 'a');
  const names = report(drill, log).teams.map(({ team: { name } }) => name);

  it('lists teams in the region’s order, and in its common part names and scores none without consent', () => {
    expect(report(drill, log).teams.map(({ team: { order } }) => order)).toEqual(
      report(drill, log)
        .teams.map(({ team: { order } }) => order)
        .sort((a, b) => a - b),
    );
    for (const write of [reportHtml, reportMarkdown, reportCsv]) {
      const common = write(report(drill, log), 'common');
      expect(names.filter((name) => common.includes(name))).toEqual([]);
      expect(common).not.toMatch(/CERT \w+ as /);
      const annex = write(report(drill, log), { team: 't0' });
      expect(annex).toContain(write === reportCsv ? 't0,national-cert' : 'CERT t0');
      expect(names.filter((name) => name !== 'CERT t0' && annex.includes(name))).toEqual([]);
    }
  });

  it('calls roles and milestones by their titles, or by their ids where it was kept without', () => {
    const [milestone] = drill.milestones.filter(({ roles }) => roles.includes('national-cert'));
    const whole = report(drill, log);
    const older = { ...whole, teams: whole.teams.map(({ titles: _, ...each }) => each) };
    for (const write of [reportHtml, reportMarkdown]) {
      const annex = write(whole, { team: 't0' });
      for (const title of ['CERT t0 as National CERT: ', milestone!.title]) expect(annex).toContain(title);
      expect(annex).not.toContain(milestone!.id);
      expect(write(older, { team: 't0' })).toContain(milestone!.id);
    }
  });

  it('is self-contained, watermarked, and runs nothing of what people wrote', () => {
    const remark = {
      kind: 'remark',
      team: null,
      objective: 'detect',
      sense: 'gap',
      text: '<script>alert(1)</script> =1+1',
    } as const;
    const html = reportHtml(report(drill, [...log, ...logOf([[0, remark]])]), 'all');
    expect(html).not.toMatch(/<script|https?:|src=|@import|url\(/);
    expect(html.match(/EXERCISE EXERCISE EXERCISE/g)).toHaveLength(2);
    expect(html).toContain('<svg');
  });

  it('is the same to the byte for the same log, and tells a lesson with its owner and last state', () => {
    fc.assert(
      fc.property(logArbitrary, (any) => {
        const again = structuredClone(any);
        for (const write of [reportHtml, reportMarkdown, reportCsv])
          expect(write(report(smallScenario, again), 'all')).toBe(write(report(smallScenario, any), 'all'));
      }),
      { numRuns: 20 },
    );
    const lesson = { kind: 'lesson', lesson: 'l1', text: 'Write numbers down.', owner: 'CERT t0' } as const;
    const told = reportMarkdown(
      report(
        drill,
        logOf([
          [0, { ...lesson, state: 'open' }],
          [1, { ...lesson, state: 'done' }],
        ]),
      ),
      'common',
    );
    expect(told).toContain('| Write numbers down. | CERT t0 | done |');
    expect(told).not.toContain('open |\n');
  });

  /** Two teams: the first is given two injects (and sees one twice), files, classifies, releases; the other does nothing yet. */
  const [file] = smallScenario.milestones;
  const ofVerbs = (id: string, verbs: Verb[]) => ({
    ...file!,
    id,
    title: id,
    from: { startex: true as const },
    expects: { verbs },
  });
  const timed: Scenario = {
    ...smallScenario,
    milestones: [
      ofVerbs('report', ['filed', 'revised']),
      ofVerbs('classify', ['classified']),
      ofVerbs('mark', ['marked']),
      ofVerbs('share', ['released']),
      ofVerbs('advise', ['published']),
    ],
  };
  const act = (minute: number, of: string, verb: Verb, record: string, facts: ActFacts = {}) =>
    [minute * MINUTE, { kind: 'act', team: of, verb, record, facts }] as const;
  const given = (minute: number, inject: string, to: string) =>
    [minute * MINUTE, { kind: 'inject-delivered', inject, team: to }] as const;
  const seen = (minute: number, inject: string, by: string) =>
    [minute * MINUTE, { kind: 'inject-seen', inject, team: by }] as const;
  const joined = [
    [0, { kind: 'joined', team: team('VN', ['cert'], 1) }],
    [0, { kind: 'joined', team: team('TH', ['cert'], 2) }],
    [0, { kind: 'started' }],
  ] as const;

  it('says how long a team took to detect, classify, report and share, and says of a kept one what it said', () => {
    const played = logOf([
      ...joined,
      given(5, 'call', 'VN'),
      given(5, 'call', 'TH'),
      seen(7, 'call', 'VN'),
      act(10, 'VN', 'filed', 'r1'),
      act(11, 'VN', 'marked', 'r1'),
      act(13, 'VN', 'classified', 'r1'),
      given(30, 'news', 'VN'),
      seen(34, 'news', 'VN'),
      seen(50, 'news', 'VN'),
      given(40, 'after', 'VN'),
      act(55, 'VN', 'published', 'a1'),
      act(60, 'VN', 'released', 'r1'),
    ]);
    const whole = report(timed, played);
    const minutes = (count: number) => count * MINUTE;
    expect(whole.teams.map(({ medianMs }) => medianMs)).toEqual([
      { detect: minutes(2), classify: minutes(11), report: minutes(10), share: minutes(60), all: minutes(13) },
      { detect: null, classify: null, report: null, share: null, all: null },
    ]);
    const { detect, share, all } = { detect: minutes(9), share: minutes(60), all: null };
    const older = { ...whole, teams: whole.teams.map((each) => ({ ...each, medianMs: { detect, share, all } })) };
    for (const write of [reportHtml, reportMarkdown]) {
      expect(write(whole, { team: 'VN' })).toContain(
        'Median time to detect 0:02, to classify 0:11, to report 0:10, to share 1:00, to all that was expected 0:13.',
      );
      expect(write(older, { team: 'VN' })).toContain('Median time to file 0:09, to share 1:00, to all');
    }
  });

  it('sets what a team was itself given and saw against what it did, and shows none of it in the common part', () => {
    const played = logOf([
      ...joined,
      act(1, 'VN', 'looked-up', 'x'),
      given(5, 'call', 'VN'),
      given(5, 'call', 'TH'),
      seen(7, 'call', 'VN'),
      act(9, 'VN', 'filed', 'r1'),
      act(9, 'VN', 'classified', 'r1'),
      act(9, 'VN', 'classified', 'r1'),
      given(30, 'news', 'TH'),
      // Comes late, and is given what went before when it does.
      [40 * MINUTE, { kind: 'joined', team: team('SG', ['cert'], 3) }],
      given(40, 'call', 'SG'),
      given(41, 'spare', 'VN'),
      act(42, 'VN', 'released', 'r1'),
      [60 * MINUTE, { kind: 'ended' }],
    ]);
    const whole = report(smallScenario, played);
    const markdownOf = (of: string) => reportMarkdown(whole, { team: of });
    const rowsOf = (text: string) => text.split('## CERT').find((each) => each.includes(': injects and acts'));
    expect(rowsOf(markdownOf('VN'))?.trim().split('\n').slice(4)).toEqual([
      '| – | STARTEX | – | – | 0:01 looked-up |',
      '| 1 | Call | 0:05 | 0:07 | 0:09 filed, classified ×2 |',
      '| 5 | Spare | 0:41 | – | 0:42 released |',
    ]);
    expect(rowsOf(markdownOf('SG'))?.trim().split('\n').slice(4)).toEqual(['| 1 | Call | 0:40 | – |  |']);
    const html = reportHtml(whole, { team: 'SG' });
    expect(html.match(/<title>0:\d\d inject[^<]*/g)).toEqual(['<title>0:40 inject 1: Call']);
    expect(reportHtml(whole, { team: 'VN' })).toContain('<title>0:07 inject 1 seen: Call');
    const csv = reportCsv(whole, { team: 'VN' }).split('\n\n')[1]!;
    expect(csv.trim().split('\n')).toEqual([
      'team,at,what,inject,title,record,evidence',
      'VN,0:01,looked-up,,,x,4',
      'VN,0:05,given,1,Call,,',
      'VN,0:07,seen,1,Call,,',
      'VN,0:09,filed,,,r1,8',
      'VN,0:09,classified,,,r1,9',
      'VN,0:09,classified,,,r1,10',
      'VN,0:41,given,5,Spare,,',
      'VN,0:42,released,,,r1,15',
    ]);
    for (const write of [reportHtml, reportMarkdown, reportCsv])
      expect(write(whole, 'common')).not.toMatch(/0:09|0:07|looked-up/);
    // As it was kept before.
    const older = { ...whole, teams: whole.teams.map(({ given: _, ...each }) => each) };
    expect(reportHtml(older, { team: 'SG' })).not.toContain('inject 1: Call');
    expect(reportMarkdown(older, 'all')).not.toContain('injects and acts');
    expect(reportCsv(older, { team: 'VN' })).toContain('VN,0:09,filed,,,r1,8');
  });

  describe('of how the news travelled', () => {
    const four = [
      ...['VN', 'TH', 'SG', 'MY'].map(
        (id, index) =>
          [0, { kind: 'joined', team: { ...team(id, ['cert'], index + 1), mayBeNamed: id === 'TH' } }] as const,
      ),
      [0, { kind: 'started' }],
    ] as const;
    const named = { authorship: 'named', tlp: 'TLP:AMBER' } as const;
    const newsOf = (of: string, acts: readonly ReturnType<typeof act>[]) =>
      report(smallScenario, logOf([...four, ...acts])).teams.find(({ team: { id } }) => id === of)!.news!;
    const lines = (of: string, acts: readonly ReturnType<typeof act>[]) =>
      newsOf(of, acts).map(({ way, verb, record, title, whom }) => [way, verb, record, title, whom.join()]);

    it('tells a team what it shared and with whom, and what was shared with it and by whom', () => {
      const acts = [
        act(1, 'VN', 'filed', 'r1', { title: 'A server' }),
        act(2, 'VN', 'released', 'r1', { ...named, title: 'A server', audience: ['TH', 'MY'], reached: ['TH', 'MY'] }),
        act(3, 'TH', 'requested', 'q1', { title: 'Whose is it?', tlp: 'TLP:AMBER', asked: ['VN', 'SG'] }),
        act(4, 'VN', 'answered', 'q1', { title: 'Whose is it?', tlp: 'TLP:AMBER', asked: ['VN', 'SG'] }),
        act(5, 'SG', 'published', 'adv1', {
          title: 'Beware',
          tlp: 'TLP:GREEN',
          audience: ['community'],
          reached: ['VN', 'TH'],
        }),
      ];
      expect(lines('VN', acts)).toEqual([
        ['shared', 'released', 'r1', 'A server', 'CERT TH,Team 4'],
        ['received', 'requested', 'q1', null, 'CERT TH'],
        ['shared', 'answered', 'q1', 'Whose is it?', 'CERT TH'],
        ['received', 'published', 'adv1', null, 'Team 3'],
      ]);
      expect(lines('TH', acts)).toEqual([
        ['received', 'released', 'r1', null, 'Team 1'],
        ['shared', 'requested', 'q1', 'Whose is it?', 'Team 1,Team 3'],
        ['received', 'answered', 'q1', null, 'Team 1'],
        ['received', 'published', 'adv1', null, 'Team 3'],
      ]);
      expect(lines('SG', acts)).toEqual([
        ['received', 'requested', 'q1', null, 'CERT TH'],
        ['shared', 'published', 'adv1', 'Beware', 'community,Team 1,CERT TH'],
      ]);
      expect(lines('MY', acts)).toEqual([['received', 'released', 'r1', null, 'Team 1']]);

      const whole = report(smallScenario, logOf([...four, ...acts]));
      expect(reportMarkdown(whole, { team: 'VN' })).toContain(
        '| 0:02 | released | r1 | A server | CERT TH, Team 4 |  |\n| 0:03 | requested | q1 |  |  | CERT TH |',
      );
      expect(reportCsv(whole, { team: 'VN' }).split('\n\n')[2]!.split('\n').slice(0, 3)).toEqual([
        'team,at,way,what,record,title,whom',
        'VN,0:02,shared,released,r1,A server,"CERT TH, Team 4"',
        'VN,0:03,received,requested,q1,,CERT TH',
      ]);
      expect(reportHtml(whole, { team: 'VN' })).toContain('<h2>CERT VN: how the news travelled</h2>');
      for (const write of [reportHtml, reportMarkdown, reportCsv])
        for (const each of ['A server', 'r1', 'q1', 'adv1', 'travelled'])
          expect(write(whole, 'common')).not.toContain(each);
      const quiet = report(smallScenario, logOf([...four]));
      expect(reportMarkdown(quiet, { team: 'VN' })).toContain('It shared nothing, and nothing was shared with it.');
      // As it was kept before.
      const older = { ...whole, teams: whole.teams.map(({ news: _, ...each }) => each) };
      for (const write of [reportHtml, reportMarkdown, reportCsv])
        expect(write(older, 'all')).not.toContain('travelled');
    });

    it('names nobody behind an anonymous record, and tells nobody of what a colleague alone was given', () => {
      const both = { audience: ['TH', 'MY'], reached: ['TH', 'MY'], tlp: 'TLP:AMBER' } as const;
      const facts = { ...both, audience: [...both.audience], reached: [...both.reached] };
      const acts = [
        act(1, 'VN', 'released', 'r1', { ...facts, authorship: 'anonymous' }),
        // A log of before it said whose is told.
        act(2, 'VN', 'released', 'r2', facts),
        // TH as an organisation, MY by one of its people.
        act(3, 'VN', 'released', 'r3', { ...facts, authorship: 'named', given: ['TH'] }),
        act(4, 'VN', 'released', 'r4', { ...facts, authorship: 'named', tlp: 'TLP:RED', title: 'Red words' }),
        // Of before it said whom the community reached.
        act(5, 'VN', 'published', 'adv1', { audience: ['community', 'MY'], tlp: 'TLP:GREEN' }),
      ];
      expect(lines('TH', acts)).toEqual([
        ['received', 'released', 'r1', null, ''],
        ['received', 'released', 'r2', null, ''],
        ['received', 'released', 'r3', null, 'Team 1'],
      ]);
      expect(lines('MY', acts).map(([, , record]) => record)).toEqual(['r1', 'r2', 'adv1']);
      expect(lines('VN', acts).at(3)).toEqual(['shared', 'released', 'r4', null, 'CERT TH,Team 4']);
    });

    it('says nothing to a team of what another did and did not share with it', () => {
      const facts = fc.record({
        audience: fc.subarray(['SG', 'MY', 'partners']),
        reached: fc.subarray(['SG', 'MY']),
        asked: fc.subarray(['SG', 'MY']),
        tlp: fc.constantFrom('TLP:GREEN' as const, 'TLP:RED' as const),
        authorship: fc.constantFrom('named' as const, 'anonymous' as const),
        title: fc.constant('Not for TH'),
      });
      const acts = [
        act(10, 'TH', 'requested', 'q1', { asked: ['VN'] }),
        act(20, 'VN', 'answered', 'q1', { asked: ['VN'] }),
        act(30, 'VN', 'released', 'r1', { ...named, audience: ['TH'], reached: ['TH'] }),
      ];
      const before = logOf([...four, ...acts]);
      const withOther = (minute: number, verb: Verb, said: ActFacts) =>
        logOf([...four, ...[...acts, act(minute, 'VN', verb, 'other', said)].sort(([a], [b]) => a - b)]);
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 30 }), fc.constantFrom(...VERBS), facts, (minute, verb, said) => {
          const after = withOther(minute, verb, said);
          // What of all teams together is counted, by objective, is in the common part.
          const given = (log: LogEntry[]) => {
            const { objectives: _, ...own } = teamReport(report(smallScenario, log), log, 'TH');
            return own;
          };
          expect(given(after)).toEqual(given(before));
          expect(JSON.stringify(given(after))).not.toMatch(/Not for TH|other/);
        }),
        { numRuns: 200 },
      );
      const shared = withOther(15, 'released', { ...named, audience: ['TH'], reached: ['TH'] });
      expect(JSON.stringify(teamReport(report(smallScenario, shared), shared, 'TH'))).toContain('other');
    });
  });

  it('compares two runs milestone by milestone', () => {
    const [first] = compareRuns(drill, [log, play(drill, 'a', { diligence: 0.3, accuracy: 0.3 })]);
    expect(first!.runs[0]!.meanCredit).toBeGreaterThan(first!.runs[1]!.meanCredit);
  });
});

describe('a workbook', () => {
  it('of the drill has a row for each inject, and is a scenario again', () => {
    const rows = mselOfScenario(drill);
    expect(rows).toHaveLength(40);
    const scenario = scenarioOfMsel(rows, { id: 'again', title: 'Again' });
    expect(schemaFindings(scenario)).toEqual([]);
    expect(lint(scenario).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('names each role and sender by an id of its own that is one, however long and alike they are', () => {
    const row = { minutes: 0, channel: 'email', subject: 'S', text: 'T', expected: '' };
    const names = [`${'a'.repeat(79)} ${'b'.repeat(40)}`, `${'a'.repeat(79)}, c`, 'x 3', 'x', 'X', '!', '?'];
    const rows = names.map((name, index) => ({ ...row, number: index + 1, from: name, to: names }));
    const scenario = scenarioOfMsel(rows, { id: 'again', title: 'Again' });
    expect(schemaFindings(scenario)).toEqual([]);
    for (const list of [scenario.roles, scenario.personas])
      expect(new Set(list.map(({ id }) => id)).size).toBe(names.length);
    expect(kebabOf(`${'a'.repeat(79)} b`)).toBe('a'.repeat(79));
  });
});

describe('a scenario as CEXF', () => {
  it('keeps when each inject comes', () => {
    const minutes = fc.oneof(
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 0, max: 4_000 }).map((quarters) => quarters / 4),
    );
    const before = fc.nat();
    const timing = fc.oneof(
      fc.record({ at: minutes }),
      fc.record({ before, after: minutes }),
      fc.record({ before, met: fc.option(minutes, { nil: undefined }) }),
      fc.constant({ isCommand: true as const }),
    );
    fc.assert(
      fc.property(fc.array(timing, { minLength: 1, maxLength: 12 }), fc.boolean(), (drawn, hasMilestones) => {
        const idOf = (index: number) => `inject-${index + 1}`;
        const timings = drawn.map((each, index): Scenario['injects'][number]['timing'] => {
          if ('isCommand' in each) return { onCommand: true };
          if ('at' in each) return { atMinutes: each.at };
          if (index === 0) return { atMinutes: 0 };
          const of = each.before % index;
          if ('after' in each) return { afterInject: idOf(of), minutes: each.after };
          if (!hasMilestones) return { afterInject: idOf(of), minutes: 0 };
          return { afterMilestone: `met-${of + 1}`, by: 'recipient', ...(each.met ? { minutes: each.met } : {}) };
        });
        const scenario: Scenario = {
          ...smallScenario,
          injects: timings.map((timing, index) => ({
            ...smallScenario.injects[0]!,
            id: idOf(index),
            number: index + 1,
            timing,
          })),
          milestones: (hasMilestones ? timings : []).map((_, index) => ({
            ...smallScenario.milestones[0]!,
            id: `met-${index + 1}`,
            title: `Met ${index + 1}`,
            from: { inject: idOf(index) },
          })),
        };
        const { scenario: again, faults } = scenarioOfCexf(JSON.parse(JSON.stringify(cexfOfScenario(scenario))));
        expect(faults).toEqual([]);
        const ids = new Map([
          ...again!.injects.map(({ id }, index) => [id, idOf(index)] as const),
          ...again!.milestones.map(({ id, title }) => [id, title.toLowerCase().replace(' ', '-')] as const),
        ]);
        const named = again!.injects.map(({ timing }) =>
          Object.fromEntries(
            Object.entries(timing).map(([name, value]: [string, unknown]) => [
              name,
              name.startsWith('after') ? ids.get(String(value)) : value,
            ]),
          ),
        );
        expect(named).toEqual(timings);
      }),
    );
  });

  it('reads a time that others wrote in seconds since STARTEX', () => {
    const uuid = (nth: number) => `00000000-0000-4000-8000-00000000000${nth}`;
    const { scenario } = scenarioOfCexf({
      exercise: { uuid: uuid(0), name: 'Timed', total_duration: '7200' },
      injects: [1, 2, 3].map((nth) => ({ uuid: uuid(nth), name: `Inject ${nth}` })),
      inject_flow: [
        { inject_uuid: uuid(1), timing: { triggered_at: 900 }, sequence: { followed_by: [uuid(2)] } },
        { inject_uuid: uuid(2), timing: { triggered_at: '1800' } },
        { inject_uuid: uuid(3), timing: { triggered_at: 2100 }, requirements: { inject_uuid: uuid(2) } },
      ],
    });
    expect(scenario!.injects.map(({ timing }) => timing)).toEqual([
      { atMinutes: 15 },
      { atMinutes: 30 },
      { afterInject: uuid(2), minutes: 5 },
    ]);
  });
});

describe('a past incident', () => {
  const said = {
    en: 'Fraud at Northgate Savings, reported by Amelia Thornbury.',
    th: 'ธนาคารเหนือประตู แจ้งโดย สมชาย ใจดีมาก',
    vi: 'Ngân hàng Cổng Bắc, người báo Nguyễn Thị Thu Hằng',
    km: 'ធនាគារទ្វារជើង រាយការណ៍ដោយ សុខ វិសាល',
  };
  const names = [
    'Northgate Savings',
    'Amelia Thornbury',
    'ธนาคารเหนือประตู',
    'สมชาย',
    'Ngân hàng Cổng Bắc',
    'Nguyễn Thị Thu Hằng',
    'ធនាគារទ្វារជើង',
    'សុខ វិសាល',
  ];
  const hexOf = (length: number): fc.Arbitrary<string> =>
    fc
      .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
      .map((list) => list.join(''));
  const byte = fc.integer({ min: 1, max: 254 });
  const label = fc
    .array(fc.constantFrom(...'bcdfghjklmnpqrstvwz'), { minLength: 7, maxLength: 12 })
    .map((list) => list.join(''));
  const observable = fc.oneof(
    fc.tuple(byte, byte, byte, byte).map((list) => ({ type: 'ipv4', value: list.join('.') })),
    fc.tuple(byte, byte).map(([a, b]) => ({ type: 'ipv4', value: `192.0.2.${Math.min(a, b)}` })),
    hexOf(4).map((text) => ({ type: 'ipv6', value: `2400:cb00:2048:1::${text.replace(/^0+/, '') || '1'}` })),
    label.map((text) => ({ type: 'domain', value: `${text}.com` })),
    label.map((text) => ({ type: 'host', value: `www.${text}.com` })),
    // What people call a type may be whom it is of.
    fc.tuple(label, label).map(([type, value]) => ({ type: `x-${type}-case-id`, value })),
    label.map((text) => ({ type: 'url', value: `https://${text}.net/${text}` })),
    label.map((text) => ({ type: 'email', value: `${text}@${text}.org` })),
    hexOf(64).map((value) => ({ type: 'sha256', value })),
    hexOf(32).map((value) => ({ type: 'md5', value })),
    label.map((text) => ({ type: 'filename', value: `${text}.exe` })),
    fc
      .array(fc.constantFrom(...'123456789'), { minLength: 12, maxLength: 12 })
      .map((list) => ({ type: 'bank-account', value: list.join('') })),
  );

  const incidentOf = (...values: { type: string; value: string }[]) => {
    const at = '2026-01-01T00:00:00.000Z';
    const observables = values.map((each) => ({
      ...each,
      forDetection: false,
      comment: null,
      firstSeen: null,
      lastSeen: null,
    }));
    const record = { ...emptyRecord('0b8d4b52-6b0e-4c55-9d0e-5d3f5d1c2a77', at), title: 'Fraud', observables };
    const scenario = scenarioOfIncident({ revisions: [{ at, record }] }, { id: 'past', title: 'From the past' });
    return scenario.milestones[0]!.expects.where?.anyObservable ?? [];
  };

  it('says nothing by the name of a free type, and gives a name one substitute whatever its type', () => {
    expect(
      incidentOf(
        { type: 'x-krungthai-case-id', value: 'KT-99182' },
        { type: 'x-other', value: 'KT-99183' },
        { type: 'domain', value: 'northgate.com' },
        { type: 'host', value: 'www.northgate.com' },
        { type: 'url', value: 'https://www.northgate.com/login' },
      ),
    ).toEqual([
      { type: 'text', value: 'EXERCISE-TEXT-1' },
      { type: 'text', value: 'EXERCISE-TEXT-2' },
      { type: 'domain', value: 'site-1.example' },
      { type: 'host', value: 'site-2.example' },
      { type: 'url', value: 'https://site-2.example/page-1' },
    ]);
  });

  it('leaves out a value for which there is no substitute', () => {
    const asns = Array.from({ length: 33 }, (_, nth) => ({ type: 'asn', value: `AS${9000 + nth}` }));
    const given = incidentOf(...asns, { type: 'x-note', value: 'EXERCISE-' }, { type: 'ipv4', value: '45.83.122.9' });
    expect(given.filter(({ type }) => type === 'asn')).toHaveLength(32);
    expect(new Set(given.map(({ value }) => value)).size).toBe(33);
    expect(given.at(-1)).toEqual({ type: 'ipv4', value: '192.0.2.1' });
  });

  it('becomes a scenario in which nothing of it is found again, plain, defanged or encoded, and whose rhythm is its own', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(observable, { minLength: 40, maxLength: 40, selector: ({ value }) => value }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 4, maxLength: 4 }),
        (values, gaps) => {
          let minute = 0;
          const revisions = gaps.map((gap, index) => {
            const language = (['en', 'th', 'vi', 'km'] as const)[index]!;
            const record: ExchangeRecord = {
              ...emptyRecord('0b8d4b52-6b0e-4c55-9d0e-5d3f5d1c2a77', '2026-01-01T00:00:00.000Z'),
              title: said[language],
              description: `${said[language]} ${values.map(({ value }) => value).join(' ')}`,
              language,
              rsit: { class: 'fraud', type: 'phishing' },
              sector: 'finance',
              organisation: {
                id: 'o',
                name: 'Northgate Savings',
                country: 'TH',
                modifiedAt: '2026-01-01T00:00:00.000Z',
              },
              observables: values.slice(0, (index + 1) * 10).map((each) => ({
                ...each,
                forDetection: true,
                comment: said[language],
                firstSeen: null,
                lastSeen: null,
              })),
            };
            return { at: new Date(Date.UTC(2026, 0, 1) + (minute += gap) * MINUTE).toISOString(), record };
          });
          const scenario = scenarioOfIncident({ revisions }, { id: 'past', title: 'From the past' });
          expect(schemaFindings(scenario)).toEqual([]);
          expect(lint(scenario)).toEqual([]);
          const text = JSON.stringify(scenario).toLowerCase();
          const forms = (value: string): string[] => [
            value,
            value.replaceAll('.', '[.]'),
            value.replaceAll('.', '(.)').replace('@', '[at]'),
            value.replace(/^http/, 'hxxp'),
            encodeURIComponent(value),
            Buffer.from(value).toString('base64'),
            Buffer.from(value).toString('hex'),
            [...value].reverse().join(''),
          ];
          // A short address is a part of a longer one: it is found where nothing goes on with it.
          const holds = (form: string): boolean =>
            new RegExp(`(?<![0-9a-z])${form.toLowerCase().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![0-9a-z])`).test(
              text,
            );
          for (const word of [...values.map(({ value }) => value), ...names])
            expect(forms(word).filter(holds)).toEqual([]);
          for (const { type } of values.filter((each) => each.type.startsWith('x-')))
            expect(forms(type.slice(2).replace('-case-id', '')).filter(holds)).toEqual([]);
          // Each fact is one of its own.
          const made = scenario.milestones.flatMap(({ expects }) => expects.where?.anyObservable ?? []);
          expect(new Set(made.map((each) => each.value)).size).toBe(values.length);

          const times = scenario.injects.map(({ timing }) => ('atMinutes' in timing ? timing.atMinutes : -1));
          expect(times.slice(1).map((each, index) => each - times[index]!)).toEqual(gaps.slice(1));
          const again = scenarioOfIncident(
            {
              revisions: [
                ...revisions,
                { ...revisions[3]!, at: new Date(Date.parse(revisions[3]!.at) + MINUTE).toISOString() },
              ],
            },
            { id: 'past', title: 'From the past' },
          );
          expect(again.injects.slice(0, 4)).toEqual(scenario.injects);
          expect(again.milestones).toHaveLength(scenario.milestones.length);
        },
      ),
      { numRuns: 30 },
    );
  });
});
