import { readFileSync } from 'node:fs';
import path from 'node:path';
import { smallScenario } from './small-exercise.js';
import { lint, readScenario, scenarioSchema, writeScenario } from '../../src/modules/exercises/core/index.js';
import type { Scenario } from '../../src/modules/exercises/core/index.js';
import type { Region } from '../../src/kernel/region.js';

const root = path.resolve(__dirname, '../..');
const drill = readFileSync(path.join(root, 'regions/scenarios/monsoon-tide.yaml'), 'utf8');

describe('the example drill', () => {
  const { scenario, findings } = readScenario(drill);

  it('is what a drill is: three moves, forty injects, six roles, twenty-five milestones, and nothing to find', () => {
    expect(findings).toEqual([]);
    const { moves, injects, roles, milestones } = scenario!;
    expect([moves?.length, injects.length, roles.length, milestones.length]).toEqual([3, 40, 6, 25]);
    expect(injects.map(({ number }) => number)).toEqual(injects.map((_, index) => index + 1));
  });

  it('is the same when it is written and read again', () => {
    expect(readScenario(writeScenario(scenario!)).scenario).toEqual(scenario);
    expect(readScenario(JSON.stringify(scenario)).scenario).toEqual(scenario);
  });
});

it('the schema is published as it is', () => {
  expect(JSON.parse(readFileSync(path.join(root, 'docs/scenario.schema.json'), 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(scenarioSchema)),
  );
});

describe('the linter', () => {
  /** The small scenario with one thing wrong, and what is said of it. */
  const broken = (change: (scenario: Scenario) => void): string[] => {
    const scenario = structuredClone(smallScenario);
    change(scenario);
    return lint(scenario)
      .filter(({ rule }) => rule !== 'milestone-without-inject' || scenario.injects.length < 5)
      .map(({ rule, pointer }) => `${rule} ${pointer}`);
  };

  it('says nothing of what is sound', () => {
    expect(broken(() => undefined)).toEqual([]);
  });

  const cases: [string, (scenario: Scenario) => void, string][] = [
    [
      'an inject after the end',
      (s) => (s.injects[1]!.timing = { atMinutes: 121 }),
      'unreachable-inject /injects/1/timing',
    ],
    [
      'injects that wait for each other',
      (s) => {
        s.injects[0]!.timing = { afterInject: 'after', minutes: 1 };
      },
      'unreachable-inject /injects/0/timing',
    ],
    [
      'a milestone of an inject that is none',
      (s) => (s.milestones[0]!.from = { inject: 'gone' }),
      'unknown-inject /milestones/0/from/inject',
    ],
    [
      'an unknown role',
      (s) => (s.injects[1]!.recipients = { roles: ['navy'] }),
      'unknown-role /injects/1/recipients/roles/0',
    ],
    ['an unknown persona', (s) => (s.injects[1]!.from = 'nobody'), 'unknown-persona /injects/1/from'],
    ['an unknown artefact', (s) => (s.injects[1]!.artefacts = ['x']), 'unknown-artefact /injects/1/artefacts/0'],
    ['a second inject of the name', (s) => (s.injects[1]!.id = 'call'), 'duplicate-id /injects/1/id'],
    ['a live address', (s) => (s.injects[0]!.body = 'It calls 8[.]8[.]4[.]4.'), 'live-value /injects/0/body'],
    ['a live name', (s) => (s.storyline = 'See hxxps://www.wikipedia[.]org/x'), 'live-value /storyline'],
    [
      'a live name in an artefact in base64',
      (s) =>
        (s.artefacts = [
          {
            id: 'a',
            name: 'a.txt',
            mediaType: 'text/plain',
            encoding: 'base64',
            content: Buffer.from('to bbc.co.uk').toString('base64'),
          },
        ]),
      'live-value /artefacts/0/content',
    ],
    [
      'a state as adversary',
      (s) => (s.adversaries = [{ name: 'Navy of France' }]),
      'real-adversary /adversaries/0/name',
    ],
    [
      'a state as adversary, in its other case and not where it is a part of a word alone',
      (s) => (s.adversaries = [{ name: 'Friends of Nigerian princes', description: 'Some say of nigeria.' }]),
      'real-adversary /adversaries/0/description',
    ],
    [
      'a state as victim',
      (s) => (s.victims = [{ name: 'Kite Telecom' }, { name: 'Ministry of Health of Thailand' }]),
      'real-victim /victims/1/name',
    ],
    ['a language that is none', (s) => (s.language = 'en-12'), 'unknown-language /language'],
    ['a real group', (s) => (s.injects[0]!.body = 'It looks like APT29.'), 'real-adversary /injects/0/body'],
    [
      'a band worth more later',
      (s) =>
        (s.milestones[0]!.bands = [
          { withinMinutes: 5, credit: 0.5 },
          { withinMinutes: 9, credit: 1 },
        ]),
      'bands /milestones/0/bands/1',
    ],
    [
      'shares above the whole',
      (s) => (s.milestones[0]!.expects.quality![0]!.share = 1.5),
      'weights /milestones/0/expects/quality',
    ],
    [
      'a class that RSIT has not',
      (s) => (s.milestones[0]!.expects.where = { rsit: ['fraud:theft'] }),
      'unknown-rsit /milestones/0/expects/where/rsit/0',
    ],
    [
      'a milestone that no act can meet',
      (s) => (s.milestones[1]!.expects = { verbs: [] }),
      'unjudged /milestones/1/expects/verbs',
    ],
    [
      'an inject after a milestone that none of its recipients is asked for',
      (s) => {
        s.injects[3]!.recipients = { roles: ['bank'] };
        s.milestones[0]!.roles = ['cert'];
      },
      'unreachable-inject /injects/3/timing',
    ],
    [
      'a milestone by an act that nothing shows',
      (s) => (s.milestones[1]!.expects = { verbs: ['opened'] }),
      'unjudged /milestones/1/expects/verbs',
    ],
    [
      'a path beyond our jq',
      (s) =>
        (s.milestones[1]!.expects.where = {
          misp: { any: [{ tests: [{ path: 'reduce .[] as $x (0; .)', comparison: 'is', values: [1] }] }] },
        }),
      'unsupported-test /milestones/1/expects/where/misp/any/0/tests/0',
    ],
  ];
  it.each(cases)('finds %s', (_, change, expected) => {
    expect(broken(change)).toContain(expected);
  });

  it('passes an inject after a milestone where one of its recipients, or everybody, may have met it', () => {
    for (const recipients of [undefined, {}, { roles: ['bank', 'cert'] }, { roles: ['bank'], teams: ['TH'] }])
      expect(
        broken((s) => {
          delete s.injects[3]!.recipients;
          s.milestones[0]!.roles = ['cert'];
          if (recipients) s.injects[3]!.recipients = recipients;
        }),
      ).toEqual(['idle-role /roles/1']);
    const some = (s: Scenario) => {
      s.injects[3]!.recipients = { roles: ['bank'] };
      s.milestones[0]!.roles = ['cert'];
      s.injects[3]!.timing = { afterMilestone: 'file', by: 'any-team' };
    };
    expect(broken(some)).toEqual(['idle-role /roles/1']);
  });

  it('knows the states of the region by the names that its file gives them', () => {
    const region = JSON.parse(readFileSync(path.join(root, 'regions/asean.json'), 'utf8')) as Region;
    const countries = region.members.map(({ name }) => name);
    expect(countries).toContain('Lao PDR');
    const victims = countries.map((name) => ({ name: `Ministry of ${name.toUpperCase()}` }));
    expect(broken((s) => (s.victims = victims)).filter((each, index, all) => all.indexOf(each) === index)).toEqual(
      countries.map((_, index) => `real-victim /victims/${index}/name`),
    );
  });

  it('says line and column of what is wrong, in YAML and JSON', () => {
    const text = drill.replace(
      'from: ward-it\n    recipients: { roles: [health-cert] }',
      'from: ghost\n    recipients: { roles: [navy] }',
    );
    const at = (needle: string): [number, number] => {
      const before = text.slice(0, text.indexOf(needle)).split('\n');
      return [before.length, before.at(-1)!.length + 1];
    };
    expect(readScenario(text).findings.map(({ rule, line, column }) => [rule, line, column])).toEqual(
      expect.arrayContaining([
        ['unknown-persona', ...at('ghost')],
        ['unknown-role', ...at('navy')],
      ]),
    );
    expect(readScenario('{\n  "format": 7 }').findings).toContainEqual(
      expect.objectContaining({ pointer: '/format', line: 2, column: 13 }),
    );
    expect(readScenario(drill.replace(/^title: .*$/m, 'title: "a\\0b"')).findings[0]).toMatchObject({
      rule: 'syntax',
      pointer: '/title',
      line: expect.any(Number),
    });
    expect(readScenario('a: [1').findings[0]).toMatchObject({ rule: 'syntax', line: 1 });
  });
});
