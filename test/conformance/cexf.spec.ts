import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  cexfOfScenario,
  due,
  lint,
  readScenario,
  scenarioOfCexf,
  schemaFindings,
  score,
  writeScenario,
} from '../../src/modules/exercises/core/index.js';
import type { LogEntry, Scenario } from '../../src/modules/exercises/core/index.js';
import { logOf, team } from '../exercises/small-exercise.js';
import { describeWithFixtures } from '../support/fixtures.js';

const MINUTE = 60_000;

/** What a participant has to file so that the evaluation holds. */
const event = (info: string, members: object = {}): { Event: object } => ({ Event: { info, ...members } });
const attribute = (type: string, value: string, more: object = {}): object => ({ type, value, ...more });

describeWithFixtures('cexf', (dir) => {
  const read = (name: string): { json: unknown; scenario: Scenario } => {
    const json: unknown = JSON.parse(readFileSync(path.join(dir, `${name}.json`), 'utf8'));
    const { scenario, faults } = scenarioOfCexf(json);
    expect(faults).toEqual([]);
    return { json, scenario: scenario! };
  };
  const files = ['basic-event-creation', 'basic-filtering', 'misp-01', 'ransomware-encoding'];

  it.each(files)('%s is a scenario without an error, and goes out as it came', (name) => {
    const { json, scenario } = read(name);
    expect(schemaFindings(scenario)).toEqual([]);
    expect(lint(scenario).filter(({ severity }) => severity === 'error')).toEqual([]);
    const { scenario: again } = readScenario(writeScenario(scenario));
    expect(cexfOfScenario(again!)).toEqual(json);
  });

  it.each(files)('%s, changed, is written anew and read as it was changed', (name) => {
    const { scenario } = read(name);
    const changed = { ...scenario, title: 'Another title' };
    const { scenario: again, faults } = scenarioOfCexf(cexfOfScenario(changed));
    expect(faults).toEqual([]);
    expect(again!.title).toBe('Another title');
    expect(again!.injects.map(({ id, title }) => [id, title])).toEqual(
      changed.injects.map(({ id, title }) => [id, title]),
    );
  });

  it.each<[string, object[], number]>([
    [
      'basic-event-creation',
      [
        event('An event by the API', {
          Attribute: [
            attribute('ip-dst', '1.2.3.4', { Tag: [{ name: 'tlp:green' }] }),
            attribute('ip-dst', '4.3.2.1'),
            attribute('domain', 'evil.com'),
            attribute('filename', 'evil.exe'),
            attribute('text', 'Classified information', { distribution: 0 }),
          ],
          Object: [
            {
              name: 'domain-ip',
              Attribute: [
                attribute('ip', '4.3.2.1'),
                attribute('domain', 'foobar.baz'),
                attribute('text', 'Classified information'),
              ],
            },
          ],
        }),
      ],
      0,
    ],
    ['basic-filtering', [event('anything')], 7],
    [
      'ransomware-encoding',
      [
        event('A ransomware', {
          published: true,
          Tag: ['T1', 'T2', 'T3'].map((id) => ({ name: `misp-galaxy:mitre-attack-pattern="${id}"` })),
          Attribute: [
            attribute('regkey', 'HKCU\\SOFTWARE\\CryptoLocker_0388'),
            attribute('text', '-----BEGIN PUBLIC KEY-----\nMII'),
          ],
          Object: [
            { name: 'email', Attribute: [attribute('email-body', 'Hello', { object_relation: 'email-body' })] },
            { name: 'file', Attribute: [attribute('filename', 'cryptolocker.exe')] },
            { name: 'ip-port', Attribute: [attribute('ip-dst', '81.177.170.166')] },
          ],
        }),
      ],
      0,
    ],
  ])('%s runs: what a participant files earns it, the rest an evaluator gives', (name, events, overridden) => {
    const { scenario } = read(name);
    let log: LogEntry[] = logOf([
      [0, { kind: 'joined', team: team('VN', ['participant']) }],
      [0, { kind: 'started' }],
    ]);
    const add = (entry: LogEntry): void => void (log = [...log, { ...entry, seq: log.length + 1 }]);
    const byOverride = scenario.milestones.filter(({ expects }) => expects.byOverride !== undefined);
    expect(byOverride).toHaveLength(overridden);
    const deliver = (minute: number): void => {
      for (let more = true; more;) {
        const list = due(scenario, log, Date.parse(log[0]!.at) + minute * MINUTE);
        more = list.length > 0;
        for (const { inject } of list)
          add(logOf([[minute * MINUTE, { kind: 'inject-delivered', inject, team: 'VN' }]])[0]!);
      }
    };
    for (let round = 1; round <= scenario.injects.length + 1; round += 1) {
      deliver(round);
      for (const misp of events)
        add(logOf([[round * MINUTE, { kind: 'act', team: 'VN', verb: 'filed', record: 'r', facts: { misp } }]])[0]!);
      for (const { id } of byOverride)
        add(
          logOf([
            [
              round * MINUTE,
              { kind: 'override', team: 'VN', role: 'participant', milestone: id, credit: 1, reason: 'Seen.' },
            ],
          ])[0]!,
        );
    }
    const [seat] = score(scenario, log).seats;
    expect(seat!.milestones.filter(({ credit }) => credit < 1)).toEqual([]);
    expect(new Set(log.flatMap((each) => (each.kind === 'inject-delivered' ? [each.inject] : [])))).toEqual(
      new Set(scenario.injects.map(({ id }) => id)),
    );
  });

  it('earns nothing by what does not hold', () => {
    const { scenario } = read('ransomware-encoding');
    const log = logOf([
      [0, { kind: 'joined', team: team('VN', ['participant']) }],
      [0, { kind: 'started' }],
      ...scenario.injects.map(({ id }) => [0, { kind: 'inject-delivered', inject: id, team: 'VN' }] as const),
      [MINUTE, { kind: 'act', team: 'VN', verb: 'filed', record: 'r', facts: { misp: event('A phishing') } }],
    ]);
    // "Published" of the file itself asks of its second evaluation only that an event is there.
    expect(score(scenario, log).seats[0]!.milestones.filter(({ credit }) => credit > 0).length).toBeLessThanOrEqual(1);
  });
});

it('faults of a document are said by pointer', () => {
  expect(
    scenarioOfCexf({ exercise: { name: 'x' }, injects: [{ uuid: 'a' }], inject_flow: [{ inject_uuid: 'b' }] }).faults,
  ).toEqual([
    { pointer: '/exercise/uuid', detail: 'This is missing.' },
    { pointer: '/injects/0/name', detail: 'This is missing.' },
    { pointer: '/inject_flow/0/inject_uuid', detail: 'There is no such inject.' },
  ]);
});
