import { ClockOfLog } from './clock.js';
import type { LogEntry } from './log.js';

/** Whether a team is told of the entry: what it did, what reached it, and what tells the time. The database's rule says the same. */
function isTold(entry: LogEntry, team: string): boolean {
  switch (entry.kind) {
    case 'joined':
      return entry.team.id === team;
    case 'naming':
    case 'act':
    case 'inject-delivered':
    case 'inject-seen':
      return entry.team === team;
    case 'message':
      return entry.teams === null || entry.teams.includes(team);
    case 'held':
    case 'released':
    case 'fired':
    case 'added':
    case 'remark':
    case 'override':
    case 'lesson':
      return false;
    default:
      return true;
  }
}

/** One line of what happened. */
export interface Happening {
  /** From 1 on, of those that the reader is told of: it counts nothing that went to others. */
  position: number;
  entry: LogEntry;
  /** When it was written into the log. */
  exerciseMs: number;
  /** When it was done, of an act; null of all else. */
  doneMs: number | null;
}

/** What happened in exercise time: of one team, or (null) all of it. */
export function timeline(log: readonly LogEntry[], team: string | null): Happening[] {
  const clock = new ClockOfLog();
  const told: Happening[] = [];
  for (const entry of log) {
    const exerciseMs = clock.take(entry);
    if (team !== null && !isTold(entry, team)) continue;
    const doneMs = entry.kind === 'act' ? clock.whenDone(entry).exerciseMs : null;
    told.push({ position: told.length + 1, entry, exerciseMs, doneMs });
  }
  return told;
}
