import fc from 'fast-check';
import type { ActFacts, LogEntry, Scenario, Team } from '../../src/modules/exercises/core/index.js';
import { VERBS } from '../../src/modules/exercises/core/index.js';

type Unnumbered = { [Each in LogEntry as Each['kind']]: Omit<Each, 'seq' | 'at' | 'by'> }[LogEntry['kind']];

export const T0 = Date.parse('2026-11-23T01:00:00.000Z');

export const atMs = (ms: number): string => new Date(T0 + ms).toISOString();

/** A log of entries, each so many milliseconds after T0, in order. */
export function logOf(entries: readonly (readonly [ms: number, entry: Unnumbered])[]): LogEntry[] {
  return entries.map(([ms, entry], index) => ({
    ...entry,
    seq: index + 1,
    at: atMs(ms),
    by: null,
  }));
}

export const team = (id: string, roles: string[], order = 1): Team => ({
  id,
  name: `CERT ${id}`,
  roles,
  country: id.length === 2 ? id : null,
  timeZone: 'Asia/Bangkok',
  order,
  mayBeNamed: false,
});

/** Small, and with one of everything that time and judging depend on. */
export const smallScenario: Scenario = {
  format: 'ronda-scenario/1',
  id: 'small',
  version: 1,
  title: 'Small',
  summary: 'A C2 server is reported.',
  language: 'en',
  durationMinutes: 120,
  storyline: 'Somebody calls.',
  objectives: [{ id: 'detect', title: 'Detect' }],
  roles: [
    { id: 'cert', title: 'National CERT' },
    { id: 'bank', title: 'Bank CERT' },
  ],
  personas: [{ id: 'caller', name: 'A caller' }],
  injects: [
    { id: 'call', number: 1, title: 'Call', timing: { atMinutes: 5 }, channel: 'phone', from: 'caller', body: 'Help.' },
    {
      id: 'news',
      number: 2,
      title: 'News',
      timing: { atMinutes: 30 },
      channel: 'news',
      from: 'caller',
      recipients: { roles: ['cert'] },
      body: 'It is out.',
    },
    {
      id: 'after',
      number: 3,
      title: 'After',
      timing: { afterInject: 'call', minutes: 10 },
      channel: 'email',
      from: 'caller',
      body: 'Thank you.',
    },
    {
      id: 'reward',
      number: 4,
      title: 'Reward',
      timing: { afterMilestone: 'file', by: 'recipient', minutes: 2 },
      channel: 'email',
      from: 'caller',
      body: 'More of it.',
    },
    {
      id: 'spare',
      number: 5,
      title: 'Spare',
      timing: { onCommand: true },
      channel: 'social',
      from: 'caller',
      body: 'If they sleep.',
    },
  ],
  milestones: [
    {
      id: 'file',
      title: 'Files the C2 server',
      objective: 'detect',
      roles: ['cert', 'bank'],
      weight: 10,
      from: { inject: 'call' },
      bands: [
        { withinMinutes: 30, credit: 1 },
        { withinMinutes: 60, credit: 0.5 },
      ],
      expects: {
        verbs: ['filed', 'classified', 'revised'],
        where: {
          rsit: ['malicious-code:c2-server'],
          observables: [{ type: 'ipv4', value: '203.0.113[.]7' }],
        },
        quality: [{ title: 'no wider than AMBER', share: 0.25, condition: { marking: { noWiderThan: 'TLP:AMBER' } } }],
      },
    },
    {
      id: 'sightings',
      title: 'Reports three sightings',
      objective: 'detect',
      roles: ['cert'],
      weight: 5,
      from: { startex: true },
      expects: { verbs: ['sighted'], count: 3 },
    },
  ],
};

const factsArbitrary: fc.Arbitrary<ActFacts> = fc.record(
  {
    rsit: fc.constantFrom('malicious-code:c2-server', 'fraud:phishing'),
    tlp: fc.constantFrom('TLP:CLEAR' as const, 'TLP:AMBER' as const, 'TLP:RED' as const),
    observables: fc.constantFrom(
      [],
      [{ type: 'ipv4', value: '203.0.113.7' }],
      [{ type: 'domain', value: 'c2.example' }],
    ),
  },
  { requiredKeys: [] },
);

const teamIds = fc.constantFrom('VN', 'TH', 'SG');
const injectIds = fc.constantFrom(...smallScenario.injects.map(({ id }) => id));

const entryArbitrary: fc.Arbitrary<Unnumbered> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: 'started' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'paused' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'resumed' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'no-duff', text: 'Real fire.', pauses: true } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('speed' as const),
      factor: fc.integer({ min: 1, max: 1000 }).map((n) => n / 10),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('jumped' as const), toMinutes: fc.integer({ min: 0, max: 120 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('held' as const), inject: injectIds }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('released' as const), inject: injectIds }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fired' as const), inject: injectIds }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('inject-delivered' as const), inject: injectIds, team: teamIds }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      team: teamIds,
      verb: fc.constantFrom(...VERBS),
      record: fc.constantFrom(null, 'r1', 'r2', 'r3', 'r4'),
      facts: factsArbitrary,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('override' as const),
      team: teamIds,
      role: fc.constantFrom('cert', 'bank'),
      milestone: fc.constantFrom('file', 'sightings'),
      credit: fc.constantFrom(null, 0, 0.5, 1),
      reason: fc.constant('Seen by phone.'),
    }),
  },
);

/** Any log of three teams, sensible or not, whose times do not go back. */
export const logArbitrary: fc.Arbitrary<LogEntry[]> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 900_000 }), entryArbitrary, fc.option(fc.nat(1_800_000))), {
    maxLength: 60,
  })
  .map((steps) => {
    let ms = 0;
    // Acts are noticed some time after they were done; older logs do not say.
    const step = ([passed, entry, late]: (typeof steps)[number]): readonly [number, Unnumbered] => {
      ms += passed;
      return [ms, entry.kind === 'act' && late !== null ? { ...entry, doneAt: atMs(ms - late) } : entry];
    };
    return logOf([
      [0, { kind: 'joined', team: team('VN', ['cert'], 2) }],
      [0, { kind: 'joined', team: team('TH', ['cert', 'bank'], 1) }],
      [0, { kind: 'joined', team: team('SG', ['bank'], 3) }],
      [0, { kind: 'started' }],
      ...steps.map(step),
    ]);
  });
