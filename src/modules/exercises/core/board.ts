import { doneAt } from './clock.js';
import type { LogEntry } from './log.js';
import type { Inject } from './scenario.js';

/** An instant on both clocks. */
export interface Instant {
  /** Wall time, as the log has it. */
  at: string;
  exerciseMs: number;
}

/** An inject at one team. */
export interface BoardCell {
  inject: string;
  team: string;
  sent: Instant;
  /** When somebody of the team said that it was seen. */
  seen: Instant | null;
  /** The team's first act behind it. */
  acted: Instant | null;
}

/** The inject board, entry by entry: which inject reached whom, who has seen it and acted since. */
export class Board {
  private readonly cells = new Map<string, BoardCell>();
  /** Behind which the team has not acted yet. */
  private readonly waiting = new Map<string, BoardCell[]>();
  private readonly more: Inject[] = [];

  /** @param exerciseMs of an act, when it was done. */
  take(entry: LogEntry, exerciseMs: number): void {
    const now: Instant = { at: entry.kind === 'act' ? doneAt(entry) : entry.at, exerciseMs };
    switch (entry.kind) {
      case 'added':
        this.more.push(entry.inject);
        break;
      case 'inject-delivered': {
        const { inject, team } = entry;
        const key = keyOf(inject, team);
        if (this.cells.has(key)) break;
        const cell: BoardCell = { inject, team, sent: now, seen: null, acted: null };
        this.cells.set(key, cell);
        this.waiting.set(team, [...(this.waiting.get(team) ?? []), cell]);
        break;
      }
      case 'inject-seen': {
        const cell = this.cells.get(keyOf(entry.inject, entry.team));
        if (cell) cell.seen ??= now;
        break;
      }
      case 'act': {
        const waiting = this.waiting.get(entry.team) ?? [];
        for (const cell of waiting) if (cell.sent.at <= now.at) cell.acted = now;
        this.waiting.set(
          entry.team,
          waiting.filter(({ acted }) => acted === null),
        );
        break;
      }
      default:
    }
  }

  /** Injects that controllers added on the fly. */
  get added(): readonly Inject[] {
    return this.more;
  }

  /** What an inject did, in the order in which it was sent. */
  of(inject: string): BoardCell[] {
    return [...this.cells.values()].filter((cell) => cell.inject === inject);
  }

  /** What reached a team, in the order in which it did. */
  at(team: string): BoardCell[] {
    return [...this.cells.values()].filter((cell) => cell.team === team);
  }
}

const keyOf = (inject: string, team: string): string => `${inject}\u0000${team}`;
