import type { Act, LogEntry } from './log.js';

export const SLOWEST = 0.1;
export const FASTEST = 100;
const THOUSAND = 1000;

/** What time it is, as the last entry that said so left it. */
export interface ClockState {
  state: 'not-started' | 'running' | 'paused' | 'ended';
  /**
   * Exercise time since STARTEX at `setAtMs`. Microseconds: a wall millisecond at a speed of so many thousandths is a whole
   * number of them, so that no pause and no change of speed rounds anything away.
   */
  exerciseMicros: number;
  /** Wall time in milliseconds since 1970. */
  setAtMs: number;
  speedThousandths: number;
  /** Wall time of STARTEX. */
  startedAtMs: number | null;
}

export const UNSTARTED: ClockState = {
  state: 'not-started',
  exerciseMicros: 0,
  setAtMs: 0,
  speedThousandths: THOUSAND,
  startedAtMs: null,
};

const wallMs = (entry: Pick<LogEntry, 'at'>): number => Date.parse(entry.at);

const microsAt = (clock: ClockState, wallNowMs: number): number =>
  clock.state === 'running'
    ? clock.exerciseMicros + Math.max(0, wallNowMs - clock.setAtMs) * clock.speedThousandths
    : clock.exerciseMicros;

/** Exercise time, whole milliseconds since STARTEX; 0 before it. */
export const exerciseTime = (clock: ClockState, wallNowMs: number): number =>
  Math.floor(microsAt(clock, wallNowMs) / THOUSAND);

/**
 * The first wall millisecond at which the exercise time is reached if nobody touches the clock; null where it will not be:
 * paused, not begun, over. What has been reached already is reached at `setAtMs`.
 */
export function wallTimeOf(clock: ClockState, exerciseMs: number): number | null {
  const leftMicros = Math.max(0, exerciseMs * THOUSAND - clock.exerciseMicros);
  if (clock.state === 'running') return clock.setAtMs + Math.ceil(leftMicros / clock.speedThousandths);
  return clock.state === 'paused' && leftMicros === 0 ? clock.setAtMs : null;
}

/**
 * The clock after one more entry. Total: what makes no sense at this point (a second start, a jump back) changes nothing,
 * so that any log has a clock; `whyNotNow` says so before it is written.
 */
export function advance(clock: ClockState, entry: LogEntry): ClockState {
  if (whyNotNow(clock, entry) !== null) return clock;
  const at = wallMs(entry);
  const then: ClockState = { ...clock, exerciseMicros: microsAt(clock, at), setAtMs: Math.max(at, clock.setAtMs) };
  switch (entry.kind) {
    case 'started':
      return { ...then, state: 'running', exerciseMicros: 0, startedAtMs: at };
    case 'paused':
      return { ...then, state: 'paused' };
    case 'no-duff':
      return entry.pauses && clock.state === 'running' ? { ...then, state: 'paused' } : clock;
    case 'resumed':
      return { ...then, state: 'running' };
    case 'speed':
      return { ...then, speedThousandths: Math.round(entry.factor * THOUSAND) };
    case 'jumped':
      return { ...then, exerciseMicros: Math.max(then.exerciseMicros, minutesMs(entry.toMinutes) * THOUSAND) };
    case 'ended':
      return { ...then, state: 'ended' };
    default:
      return clock;
  }
}

/** The clock as a log goes by, and as it was at any instant until then. */
export class ClockOfLog {
  private readonly states: ClockState[] = [UNSTARTED];

  get state(): ClockState {
    return this.states.at(-1) ?? UNSTARTED;
  }

  /** @returns exercise time of the entry. */
  take(entry: LogEntry): number {
    const now = advance(this.state, entry);
    if (now !== this.state) this.states.push(now);
    return exerciseTime(now, wallMs(entry));
  }

  /**
   * When an act was done that was taken last: what the clocks showed then, by the entries before it, whatever became of
   * them until it was written down.
   */
  whenDone(act: Act): { wallMs: number; exerciseMs: number; hasStarted: boolean } {
    const done = wallMs({ at: doneAt(act) });
    const then =
      act.doneAt === undefined ? this.state : (this.states.findLast(({ setAtMs }) => setAtMs <= done) ?? UNSTARTED);
    return { wallMs: done, exerciseMs: exerciseTime(then, done), hasStarted: then.state !== 'not-started' };
  }
}

/** Wall time at which it was done: no later than it was written down. */
export const doneAt = ({ at, doneAt: done = at }: Act): string => (done < at ? done : at);

export const minutesMs = (minutes: number): number => Math.round(minutes * 60_000);

/** What time it is, of the log alone. */
export const clock = (log: readonly LogEntry[]): ClockState => log.reduce(advance, UNSTARTED);

type Proposed = { [Each in LogEntry as Each['kind']]: Omit<Each, 'seq' | 'by'> }[LogEntry['kind']];

/** Why the clock does not take the entry, in a sentence for the controller; null where it does. */
export function whyNotNow(state: ClockState, entry: Proposed): string | null {
  const isOver = state.state === 'ended' ? 'The exercise is over.' : null;
  const isUnstarted = state.state === 'not-started' ? 'The exercise has not started.' : null;
  switch (entry.kind) {
    case 'started':
      return state.state === 'not-started' ? null : 'The exercise has started already.';
    case 'paused':
      return isOver ?? isUnstarted ?? (state.state === 'paused' ? 'The exercise is paused already.' : null);
    case 'resumed':
      return isOver ?? isUnstarted ?? (state.state === 'running' ? 'The exercise is not paused.' : null);
    case 'speed':
      return (
        isOver ?? (entry.factor >= SLOWEST && entry.factor <= FASTEST ? null : `The speed is ${SLOWEST} to ${FASTEST}.`)
      );
    case 'jumped': {
      const now = exerciseTime(state, wallMs(entry));
      return isOver ?? isUnstarted ?? (minutesMs(entry.toMinutes) >= now ? null : 'The clock goes forward only.');
    }
    case 'ended':
    case 'fired':
    case 'inject-delivered':
      return isOver ?? isUnstarted;
    case 'held':
    case 'released':
    case 'added':
      return isOver;
    default:
      return null;
  }
}
