import fc from 'fast-check';
import { T0, atMs, logArbitrary, logOf, smallScenario, team } from './small-exercise.js';
import {
  clock,
  due,
  exerciseTime,
  minutesMs,
  nextDueAt,
  score,
  wallTimeOf,
  whyNotNow,
} from '../../src/modules/exercises/core/index.js';
import type { ActFacts, Condition, LogEntry, Scenario } from '../../src/modules/exercises/core/index.js';

const MINUTE = 60_000;

/** Delivers whatever is due at each of the instants, as a conductor that wakes then. */
function conduct(log: readonly LogEntry[], instants: readonly number[]): LogEntry[] {
  const all = [...log];
  for (const wall of instants)
    for (const { inject, team: to } of due(smallScenario, all, wall))
      all.push({
        kind: 'inject-delivered',
        inject,
        team: to,
        seq: all.length + 1,
        at: new Date(wall).toISOString(),
        by: null,
      });
  return all;
}

describe('the clock of an exercise', () => {
  it('runs by its speed, stands while paused, and goes where it is told to', () => {
    const log = logOf([
      [0, { kind: 'started' }],
      [10 * MINUTE, { kind: 'speed', factor: 60 }],
      [11 * MINUTE, { kind: 'paused' }],
      [31 * MINUTE, { kind: 'resumed' }],
      [32 * MINUTE, { kind: 'speed', factor: 0.1 }],
      [42 * MINUTE, { kind: 'jumped', toMinutes: 300 }],
      [52 * MINUTE, { kind: 'ended' }],
    ]);
    const at = (count: number, minutes: number): number =>
      exerciseTime(clock(log.slice(0, count)), T0 + minutes * MINUTE);
    expect([at(1, 10), at(2, 11), at(3, 25), at(4, 32), at(5, 42), at(6, 52), at(7, 99)]).toEqual(
      [10, 70, 70, 130, 131, 301, 301].map(minutesMs),
    );
  });

  it('does not take what makes no sense, and says why', () => {
    const running = clock(logOf([[0, { kind: 'started' }]]));
    const at = new Date(T0 + 10 * MINUTE).toISOString();
    expect(whyNotNow(running, { kind: 'started', at })).toBe('The exercise has started already.');
    expect(whyNotNow(running, { kind: 'resumed', at })).toBe('The exercise is not paused.');
    expect(whyNotNow(running, { kind: 'speed', factor: 101, at })).toBe('The speed is 0.1 to 100.');
    expect(whyNotNow(running, { kind: 'jumped', toMinutes: 9, at })).toBe('The clock goes forward only.');
    expect(whyNotNow(running, { kind: 'jumped', toMinutes: 10, at })).toBeNull();
  });

  it('never goes back, and reaches a time at the first millisecond that it says', () => {
    fc.assert(
      fc.property(logArbitrary, fc.nat(10_000_000), (log, ahead) => {
        let before = 0;
        for (let count = 1; count <= log.length; count += 1) {
          const now = exerciseTime(clock(log.slice(0, count)), Date.parse(log[count - 1]!.at));
          expect(now).toBeGreaterThanOrEqual(before);
          before = now;
        }
        const state = clock(log);
        const wall = wallTimeOf(state, before + ahead);
        if (state.state !== 'running') return expect(wall === null || ahead === 0).toBe(true);
        expect(exerciseTime(state, wall!)).toBeGreaterThanOrEqual(before + ahead);
        if (wall! > state.setAtMs) expect(exerciseTime(state, wall! - 1)).toBeLessThan(before + ahead);
      }),
    );
  });

  it('pausing never delays what is due after resuming by more than the pause', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.nat(3_600_000),
        fc.nat(3_600_000),
        fc.nat(7_200_000),
        (tenths, pausedAfter, pause, dueAt) => {
          const begin = [
            [0, { kind: 'started' }],
            [0, { kind: 'speed', factor: tenths / 10 }],
          ] as const;
          const without = wallTimeOf(clock(logOf(begin)), dueAt)!;
          const state = clock(
            logOf([...begin, [pausedAfter, { kind: 'paused' }], [pausedAfter + pause, { kind: 'resumed' }]]),
          );
          const withPause = wallTimeOf(state, dueAt)!;
          // What had come before the pause is not asked of it.
          if (without <= T0 + pausedAfter) return;
          expect(withPause).toBeGreaterThanOrEqual(without);
          expect(withPause - without).toBeLessThanOrEqual(pause);
        },
      ),
    );
  });
});

describe('what is due', () => {
  const joined = [
    [0, { kind: 'joined', team: team('VN', ['cert'], 2) }],
    [0, { kind: 'joined', team: team('SG', ['bank'], 1) }],
    [0, { kind: 'started' }],
  ] as const;
  const named = (log: LogEntry[], minutes: number): string[] =>
    due(smallScenario, log, T0 + minutes * MINUTE).map((each) => `${each.inject} ${each.team}`);

  it('comes at its time, to whom it is for, once', () => {
    const log = logOf(joined);
    expect(named(log, 4.99)).toEqual([]);
    expect(named(log, 5)).toEqual(['call SG', 'call VN']);
    expect(named(conduct(log, [T0 + 5 * MINUTE]), 30)).toEqual(['after SG', 'after VN', 'news VN']);
    expect(nextDueAt(smallScenario, log)).toBe(T0 + 5 * MINUTE);
  });

  it('waits while held, comes when fired, and comes late to whoever joins late', () => {
    const held = logOf([...joined, [MINUTE, { kind: 'held', inject: 'call' }]]);
    expect(named(held, 10)).toEqual([]);
    const fired = logOf([
      ...joined,
      [MINUTE, { kind: 'held', inject: 'call' }],
      [MINUTE, { kind: 'fired', inject: 'call', teams: ['SG'] }],
    ]);
    expect(named(fired, 1)).toEqual(['call SG']);
    const late = conduct(logOf(joined), [T0 + 5 * MINUTE]);
    late.push(...logOf([[6 * MINUTE, { kind: 'joined', team: team('TH', ['cert'], 3) }]]));
    expect(named(late, 6)).toEqual(['call TH']);
  });

  it('comes once a milestone is met, to the team that met it', () => {
    const log = conduct(logOf(joined), [T0 + 5 * MINUTE]);
    const act = logOf([
      [
        9 * MINUTE,
        {
          kind: 'act',
          team: 'VN',
          verb: 'filed',
          record: 'r',
          facts: { rsit: 'malicious-code:c2-server', observables: [{ type: 'ipv4', value: '203.0.113.7' }] },
        },
      ],
    ]);
    expect(named([...log, ...act], 11)).toEqual(['reward VN']);
  });

  it('is delivered once, whenever the conductor wakes, and nothing whose time has come is lost', () => {
    fc.assert(
      fc.property(logArbitrary, fc.array(fc.nat(20_000_000), { maxLength: 8 }), (log, wakes) => {
        const end = Date.parse(log.at(-1)!.at);
        const all = conduct(
          log,
          wakes.sort((a, b) => a - b).map((ms) => end + ms),
        );
        const keys = all
          .slice(log.length)
          .flatMap((each) => (each.kind === 'inject-delivered' ? [`${each.inject} ${each.team}`] : []));
        expect(new Set(keys).size).toBe(keys.length);
        const last = end + (wakes.at(-1) ?? 0);
        if (wakes.length > 0) {
          const again = conduct(all, [last, last, last]);
          expect(due(smallScenario, again, last)).toEqual([]);
        }
      }),
    );
  });
});

describe('the score', () => {
  const filed = { kind: 'act', team: 'TH', verb: 'filed', record: 'r1' } as const;
  const facts = { rsit: 'malicious-code:c2-server', observables: [{ type: 'ipv4', value: '203.0.113.7' }] };
  const begin = [
    [0, { kind: 'joined', team: team('TH', ['cert', 'bank']) }],
    [0, { kind: 'started' }],
    [5 * MINUTE, { kind: 'inject-delivered', inject: 'call', team: 'TH' }],
  ] as const;
  const of = (log: LogEntry[], role: string, milestone = 'file') =>
    score(smallScenario, log)
      .seats.find((seat) => seat.role === role)!
      .milestones.find((each) => each.milestone === milestone)!;

  it('counts from the inject, by bands, and takes off what quality is wanting', () => {
    const amber = { ...facts, tlp: 'TLP:AMBER' as const };
    expect(of(logOf([...begin, [35 * MINUTE, { ...filed, facts: amber }]]), 'cert')).toMatchObject({
      state: 'met',
      points: 10,
    });
    expect(of(logOf([...begin, [36 * MINUTE, { ...filed, facts: amber }]]), 'cert')).toMatchObject({
      state: 'late',
      points: 5,
    });
    expect(
      of(logOf([...begin, [9 * MINUTE, { ...filed, facts: { ...facts, tlp: 'TLP:CLEAR' } }]]), 'cert'),
    ).toMatchObject({
      state: 'partial',
      points: 7.5,
      wanting: ['no wider than AMBER'],
      evidence: [4],
    });
    expect(of(logOf([...begin, [4 * 60 * MINUTE, { ...filed, facts: amber }]]), 'cert')).toMatchObject({
      state: 'late',
      points: 0,
    });
    expect(of(logOf([...begin, [9 * MINUTE, { kind: 'ended' }]]), 'cert')).toMatchObject({
      state: 'missed',
      points: 0,
    });
  });

  it('is given once for each role, and an override is of one role alone and can be taken back', () => {
    const override = { kind: 'override', team: 'TH', role: 'bank', milestone: 'file', reason: 'By phone.' } as const;
    const log = logOf([
      ...begin,
      [36 * MINUTE, { ...filed, facts: { ...facts, tlp: 'TLP:AMBER' } }],
      [40 * MINUTE, { ...override, credit: 1 }],
    ]);
    expect([of(log, 'cert').points, of(log, 'bank').points]).toEqual([5, 10]);
    expect(of([...log, ...logOf([[41 * MINUTE, { ...override, credit: null }]])], 'bank').points).toBe(5);
  });

  it('goes by the teams that an audience reached, and by its words where an older log does not say them', () => {
    const scenario = (where: Condition): Scenario => ({
      ...smallScenario,
      milestones: [{ ...smallScenario.milestones[1]!, expects: { verbs: ['released'], where } }],
    });
    const isMet = (where: Condition, shared: ActFacts): boolean => {
      const log = logOf([
        ...begin,
        [0, { kind: 'joined', team: team('SG', ['bank'], 2) }],
        [9 * MINUTE, { kind: 'act', team: 'TH', verb: 'released', record: 'r1', facts: shared }],
      ]);
      return score(scenario(where), log).seats[0]!.milestones[0]!.state === 'met';
    };
    const bank = { audienceIncludes: ['role:bank'] };
    const community = { audienceIncludes: ['community'] };
    expect([
      isMet(bank, { audience: ['community'], reached: [] }),
      isMet(bank, { audience: ['community', 'SG'], reached: ['SG'] }),
      isMet({ audienceExcludes: ['SG'] }, { audience: ['community'], reached: [] }),
      isMet(community, { audience: ['public', 'community'], reached: [] }),
    ]).toEqual([false, true, true, true]);
    // As they always were: a replay of theirs agrees with the score that they say they have.
    expect([
      isMet(bank, { audience: ['community'] }),
      isMet(bank, { audience: ['public'] }),
      isMet(community, { audience: ['public'] }),
      isMet(bank, { audience: ['SG'] }),
    ]).toEqual([true, false, false, true]);
  });

  describe('of an act that was noticed later than it was done', () => {
    const met = { ...filed, facts: { ...facts, tlp: 'TLP:AMBER' as const } };
    const done = (ms: number) => ({ ...met, doneAt: atMs(ms) });

    it('is what the clock showed when it was done, whatever it was set to since', () => {
      const jumped = logOf([
        ...begin,
        [20 * MINUTE + 200, { kind: 'jumped', toMinutes: 90 }],
        [20 * MINUTE + 400, done(20 * MINUTE)],
      ]);
      expect(of(jumped, 'cert')).toMatchObject({ state: 'met', atExerciseMs: 20 * MINUTE, elapsedMs: 15 * MINUTE });
      const hurried = logOf([
        ...begin,
        [10 * MINUTE, { kind: 'speed', factor: 60 }],
        [10 * MINUTE + 25_000, done(10 * MINUTE + 15_000)],
      ]);
      expect(of(hurried, 'cert')).toMatchObject({ state: 'met', atExerciseMs: 25 * MINUTE });
      const paused = logOf([
        ...begin,
        [15 * MINUTE, { kind: 'paused' }],
        [80 * MINUTE, { kind: 'resumed' }],
        [81 * MINUTE, { kind: 'speed', factor: 100 }],
        [95 * MINUTE, done(30 * MINUTE)],
      ]);
      expect(of(paused, 'cert')).toMatchObject({ state: 'met', atExerciseMs: 15 * MINUTE });
      const ended = logOf([...begin, [36 * MINUTE, { kind: 'ended' }], [37 * MINUTE, done(35 * MINUTE)]]);
      expect(of(ended, 'cert')).toMatchObject({ state: 'met', atExerciseMs: 35 * MINUTE });
    });

    it('is nothing where it was done before its time began, and no later than it was noticed', () => {
      const early = logOf([...begin, [6 * MINUTE, done(5 * MINUTE - 1)]]);
      expect(of(early, 'cert')).toMatchObject({ state: 'open', points: 0 });
      const beforeStartex = logOf([
        [0, begin[0][1]],
        [MINUTE, { kind: 'started' }],
        [MINUTE + 1, sightedAt(0)],
      ]);
      expect(score(sightingOnce, beforeStartex).seats[0]!.milestones[0]!.state).toBe('open');
      const ahead = logOf([...begin, [35 * MINUTE, done(40 * MINUTE)]]);
      expect(of(ahead, 'cert')).toMatchObject({ state: 'met', atExerciseMs: 35 * MINUTE });
    });
    const sightedAt = (ms: number) =>
      ({ kind: 'act', team: 'TH', verb: 'sighted', record: 'a', facts: {}, doneAt: atMs(ms) }) as const;
    const sightingOnce: Scenario = {
      ...smallScenario,
      milestones: [{ ...smallScenario.milestones[1]!, expects: { verbs: ['sighted'] } }],
    };

    it('is the same whenever and in whichever order acts are noticed', () => {
      // Two records, of several worths, on a clock that is set all the time.
      const [, sightings] = smallScenario.milestones;
      const busy: Scenario = {
        ...smallScenario,
        milestones: [1, 2].map((count) => ({
          ...sightings!,
          id: `by-${count}`,
          from: { inject: 'call' },
          bands: [30, 60, 120].map((withinMinutes, index) => ({ withinMinutes, credit: 1 - index / 4 })),
          expects: {
            verbs: ['sighted'],
            count,
            quality: [{ title: 'AMBER', share: 0.3, condition: { marking: { noWiderThan: 'TLP:AMBER' } } }],
          },
        })),
      };
      const acts = fc.record({
        kind: fc.constant('act' as const),
        team: fc.constant('TH'),
        verb: fc.constant('sighted' as const),
        record: fc.constantFrom('r1', 'r2', 'r3'),
        facts: fc.constantFrom({}, { tlp: 'TLP:AMBER' as const }),
      });
      const steering = fc.constantFrom(
        { kind: 'paused' } as const,
        { kind: 'resumed' } as const,
        { kind: 'inject-delivered', inject: 'call', team: 'TH' } as const,
        ...[0.5, 1, 10].map((factor) => ({ kind: 'speed', factor }) as const),
        ...[20, 40, 80].map((toMinutes) => ({ kind: 'jumped', toMinutes }) as const),
      );
      const step = fc.oneof({ weight: 3, arbitrary: acts }, { weight: 1, arbitrary: steering });
      const busyLog = fc.array(fc.tuple(fc.nat(10 * MINUTE), step), { minLength: 2, maxLength: 14 }).map((steps) => {
        let ms = 0;
        return logOf([begin[0], begin[1], ...steps.map(([passed, each]) => [(ms += passed), each] as const)]);
      });
      const seatsOf = (log: readonly LogEntry[], nameOf: (seq: number) => number) =>
        score(busy, log).seats.map(({ milestones, ...seat }) => ({
          ...seat,
          milestones: milestones.map(({ evidence, ...each }) => ({
            ...each,
            evidence: evidence.map(nameOf).sort((a, b) => a - b),
          })),
        }));
      const lateness = fc.array(fc.nat(6), { minLength: 16, maxLength: 16 });
      fc.assert(
        fc.property(busyLog, lateness, (log, late) => {
          // Each at an instant of its own, and acts written down as they are done.
          const atOnce: LogEntry[] = log.map((entry, index) => {
            const at = new Date(Date.parse(entry.at) + index).toISOString();
            return entry.kind === 'act' ? { ...entry, at, doneAt: at } : { ...entry, at };
          });
          // Behind so many of the entries that came since; what is not an act stays where it is.
          const place = ({ kind, seq }: LogEntry): number => (kind === 'act' ? seq + (late[seq - 1] ?? 0) : seq);
          const order = [...atOnce].sort((a, b) => place(a) - place(b) || b.seq - a.seq);
          let now = '';
          const noticed = order.map((entry, index) => {
            now = entry.at > now ? entry.at : now;
            return { ...entry, at: now, seq: index + 1 };
          });
          expect(seatsOf(noticed, (seq) => order[seq - 1]!.seq)).toEqual(seatsOf(atOnce, (seq) => seq));
        }),
        { numRuns: 1000 },
      );
    });
  });

  it('counts records, not repetitions', () => {
    const sighted = (record: string) =>
      [6 * MINUTE, { kind: 'act', team: 'TH', verb: 'sighted', record, facts: {} }] as const;
    expect(of(logOf([...begin, sighted('a'), sighted('a'), sighted('b')]), 'cert', 'sightings').state).toBe('open');
    expect(
      of(logOf([...begin, sighted('a'), sighted('a'), sighted('b'), sighted('c')]), 'cert', 'sightings').state,
    ).toBe('met');
  });

  it('of a prefix never depends on what comes after it, and a replay agrees', () => {
    fc.assert(
      fc.property(logArbitrary, logArbitrary, fc.nat(80), (log, other, cut) => {
        const prefix = log.slice(0, cut);
        const before = score(smallScenario, prefix).hash;
        score(smallScenario, [...prefix, ...other]);
        score(smallScenario, log);
        expect(score(smallScenario, structuredClone(prefix)).hash).toBe(before);
      }),
    );
  });

  it('of a whole log is what an observer that scores after each entry ends with', () => {
    fc.assert(
      fc.property(logArbitrary, (log) => {
        const hashes = log.map((_, index) => score(smallScenario, log.slice(0, index + 1)).hash);
        expect(hashes.at(-1)).toBe(score(smallScenario, JSON.parse(JSON.stringify(log)) as LogEntry[]).hash);
      }),
      { numRuns: 20 },
    );
  });
});
