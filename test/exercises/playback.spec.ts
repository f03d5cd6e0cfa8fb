import fc from 'fast-check';
import { Playback, clock, exerciseTime, score, timeline } from '../../src/modules/exercises/core/index.js';
import type { LogEntry, Scene, SeatScore } from '../../src/modules/exercises/core/index.js';
import { logArbitrary, logOf, smallScenario, team } from './small-exercise.js';

const MINUTE = 60_000;
const LONG_AFTER = Date.parse('2030-01-01T00:00:00.000Z');

/** The run as it stood at an exercise time. */
function sceneAt(log: readonly LogEntry[], exerciseMs: number): Scene {
  const playback = new Playback(smallScenario);
  playback.takeWhile(log, (entry) => playback.timeOf(entry) <= exerciseMs);
  playback.passTo(exerciseMs, LONG_AFTER);
  return playback.scene();
}

const seatsOf = ({ stands }: Scene): SeatScore[] => stands.flatMap(({ seats }) => seats);
/** What time alone changes is when something is missed, and not what it is worth. */
const worthOf = (seats: readonly SeatScore[]) =>
  seats.map(({ milestones, ...seat }) => ({
    ...seat,
    milestones: milestones.map((each) => ({ ...each, state: each.state === 'missed' ? 'open' : each.state })),
  }));

describe('a run played back', () => {
  const instants = fc.integer({ min: 0, max: 150 * MINUTE });

  it('is worth at any instant what the log was until then, whatever came behind', () => {
    fc.assert(
      fc.property(logArbitrary, instants, (log, at) => {
        const scene = sceneAt(log, at);
        const until = timeline(log, null).filter(({ exerciseMs }) => exerciseMs <= at);
        const prefix = until.map(({ entry }) => entry);
        expect(scene.seq).toBe(prefix.length);
        expect(worthOf(seatsOf(scene))).toEqual(worthOf(score(smallScenario, prefix).seats));
        expect(sceneAt(prefix, at)).toEqual(scene);
        expect(scene.exerciseMs).toBe(Math.min(at, exerciseTime(clock(prefix), LONG_AFTER)));
      }),
    );
  });

  it('ends with the score of the run, from wherever it begins, and tells every change of it on its way', () => {
    fc.assert(
      fc.property(logArbitrary, instants, (run, at) => {
        const last = run.at(-1)!;
        const log: LogEntry[] = [...run, { kind: 'ended', seq: last.seq + 1, at: last.at, by: null }];
        const playback = new Playback(smallScenario);
        const behind = playback.takeWhile(log, (entry) => playback.timeOf(entry) <= at);
        playback.passTo(at, LONG_AFTER);
        const told = new Map(playback.scene().stands.map((stand) => [stand.team, stand.seats]));
        for (const entry of behind) {
          expect(playback.timeOf(entry)).toBeGreaterThanOrEqual(playback.exerciseMs);
          playback.take(entry);
          for (const { team: changed, seats } of playback.changedBy(entry)) {
            expect(seats).not.toEqual(told.get(changed));
            told.set(changed, seats);
          }
        }
        expect([...told.values()].flat()).toEqual(score(smallScenario, log).seats);
        expect(seatsOf(sceneAt(log, Infinity))).toEqual(score(smallScenario, log).seats);
      }),
    );
  });

  it('shows what is missed from the minute on in which it is, though nothing happened then', () => {
    const log = logOf([
      [0, { kind: 'joined', team: team('VN', ['cert']) }],
      [0, { kind: 'started' }],
      [5 * MINUTE, { kind: 'inject-delivered', inject: 'call', team: 'VN' }],
      [100 * MINUTE, { kind: 'ended' }],
    ]);
    const stateAt = (minutes: number) =>
      sceneAt(log, minutes * MINUTE).stands[0]!.seats[0]!.milestones.find(({ milestone }) => milestone === 'file')!
        .state;
    expect([4, 65, 66, 100].map(stateAt)).toEqual(['open', 'open', 'missed', 'missed']);
  });

  it('shows when an inject came, was seen, and was acted on, in exercise time', () => {
    const log = logOf([
      [0, { kind: 'joined', team: team('VN', ['cert']) }],
      [0, { kind: 'started' }],
      [1_000, { kind: 'speed', factor: 60 }],
      [6_000, { kind: 'inject-delivered', inject: 'call', team: 'VN' }],
      [6_500, { kind: 'paused' }],
      [60_000, { kind: 'inject-seen', inject: 'call', team: 'VN' }],
      [61_000, { kind: 'inject-seen', inject: 'call', team: 'VN' }],
      [90_000, { kind: 'resumed' }],
      [91_000, { kind: 'act', team: 'VN', verb: 'filed', record: null, facts: {} }],
      [92_000, { kind: 'act', team: 'VN', verb: 'filed', record: null, facts: {} }],
    ]);
    const injectsAt = (seconds: number) =>
      sceneAt(log, seconds * 1000).stands[0]!.injects.map(({ sent, seen, acted }) =>
        [sent, seen, acted].map((each) => each && each.exerciseMs / 1000),
      );
    expect(injectsAt(300)).toEqual([]);
    expect(injectsAt(301)).toEqual([[301, null, null]]);
    expect(injectsAt(331)).toEqual([[301, 331, null]]);
    expect(injectsAt(391)).toEqual([[301, 331, 391]]);
    expect(injectsAt(9999)).toEqual([[301, 331, 391]]);
    expect([301, 331].map((seconds) => sceneAt(log, seconds * 1000).state)).toEqual(['running', 'running']);
    expect(sceneAt(log.slice(0, 7), 331_000).state).toBe('paused');
  });
});
