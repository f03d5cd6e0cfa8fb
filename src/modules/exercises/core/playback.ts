import { Board } from './board.js';
import type { BoardCell } from './board.js';
import { ClockOfLog, advance, exerciseTime } from './clock.js';
import type { ClockState } from './clock.js';
import type { LogEntry } from './log.js';
import type { Scenario } from './scenario.js';
import { Scorer } from './score.js';
import type { SeatScore } from './score.js';

/** A team as it stood at an instant. */
export interface Stand {
  team: string;
  injects: BoardCell[];
  /** One for each of its roles. */
  seats: SeatScore[];
}

/** How the exercise stood at an instant of its own time. */
export interface Scene {
  exerciseMs: number;
  /** Number of the last entry of the log until then; 0 before the first. */
  seq: number;
  state: ClockState['state'];
  speedThousandths: number;
  /** In the region file's order. */
  stands: Stand[];
}

/**
 * A run as it goes by again, entry by entry, on its own clock. What it shows depends on what it has taken and how far its
 * clock went, and on nothing behind that.
 */
export class Playback {
  private readonly scorer: Scorer;
  private readonly board = new Board();
  private readonly clock = new ClockOfLog();
  private seq = 0;
  private nowMs = 0;
  /** Of each team, its seats as they were looked at last. */
  private readonly shown = new Map<string, string>();

  constructor(scenario: Scenario) {
    this.scorer = new Scorer(scenario);
  }

  /** How far it is, in exercise time. */
  get exerciseMs(): number {
    return this.nowMs;
  }

  /** Exercise time at which the entry was written. It is never before that of the entry before. */
  timeOf(entry: LogEntry): number {
    return exerciseTime(advance(this.clock.state, entry), Date.parse(entry.at));
  }

  take(entry: LogEntry): void {
    this.nowMs = this.clock.take(entry);
    this.seq = entry.seq;
    this.scorer.take(entry);
    this.board.take(entry, this.doneMs(entry) ?? this.nowMs);
  }

  /** Exercise time at which an act, taken last, was done; null of all else. */
  doneMs(entry: LogEntry): number | null {
    return entry.kind === 'act' ? this.clock.whenDone(entry).exerciseMs : null;
  }

  /** @returns of entries in order, those from the first on that is not to be taken. */
  takeWhile(entries: readonly LogEntry[], isToBeTaken: (entry: LogEntry) => boolean): readonly LogEntry[] {
    for (const [index, entry] of entries.entries()) {
      if (!isToBeTaken(entry)) return entries.slice(index);
      this.take(entry);
    }
    return [];
  }

  /** Lets time go by in which nothing happened: as far as the clock is at a wall time, at the most. */
  passTo(exerciseMs: number, wallNowMs: number): void {
    const now = Math.min(exerciseMs, exerciseTime(this.clock.state, wallNowMs));
    this.nowMs = Math.max(this.nowMs, now);
    this.scorer.passTo(this.nowMs);
  }

  /** How it stands; what changes of a score is counted from here. */
  scene(): Scene {
    const stands = this.scorer.teamIds().map((team) => ({
      team,
      injects: this.board.at(team),
      seats: this.scorer.seatsOf(team),
    }));
    for (const { team, seats } of stands) this.shown.set(team, JSON.stringify(seats));
    return {
      exerciseMs: this.nowMs,
      seq: this.seq,
      state: this.clock.state.state,
      speedThousandths: this.clock.state.speedThousandths,
      stands,
    };
  }

  /** Of the teams that the entry, taken last, may have changed: those whose score is another than it was. */
  changedBy(entry: LogEntry): Pick<Stand, 'team' | 'seats'>[] {
    return this.touchedBy(entry).flatMap((team) => {
      const seats = this.scorer.seatsOf(team);
      const now = JSON.stringify(seats);
      if (this.shown.get(team) === now) return [];
      this.shown.set(team, now);
      return [{ team, seats }];
    });
  }

  private touchedBy(entry: LogEntry): string[] {
    switch (entry.kind) {
      case 'joined':
        return [entry.team.id];
      case 'act':
      case 'override':
        return [entry.team];
      case 'jumped':
      case 'ended':
        return this.scorer.teamIds();
      default:
        return [];
    }
  }
}
