import { UNSTARTED, advance, exerciseTime, minutesMs, wallTimeOf } from './clock.js';
import type { ClockState } from './clock.js';
import type { LogEntry, Team } from './log.js';
import type { Inject, Scenario } from './scenario.js';
import { Scorer } from './score.js';

/** One inject for one team. */
export interface Delivery {
  inject: string;
  team: string;
  /** Exercise time at which it was to come. */
  dueAtExerciseMs: number;
}

export interface InjectState {
  inject: Inject;
  isHeld: boolean;
  /** Exercise time by which a controller fired it: for all its recipients (null) or for these. */
  fired: { atExerciseMs: number; teams: string[] | null }[];
}

/** What stands after a log: everything that delivery depends on. */
export interface Standing {
  clock: ClockState;
  teams: Map<string, Team>;
  injects: Map<string, InjectState>;
  /** Exercise time of delivery, by team within inject. */
  delivered: Map<string, Map<string, number>>;
  scorer: Scorer;
}

const stateOf = (inject: Inject): InjectState => ({ inject, isHeld: false, fired: [] });

export function standing(scenario: Scenario, log: readonly LogEntry[]): Standing {
  const injects = new Map(scenario.injects.map((inject) => [inject.id, stateOf(inject)]));
  const delivered = new Map<string, Map<string, number>>();
  const teams = new Map<string, Team>();
  // Judging acts is the dear part, and few scenarios have an inject that waits for a milestone.
  const all = [...scenario.injects, ...log.flatMap((entry) => (entry.kind === 'added' ? [entry.inject] : []))];
  const waits = all.some(({ timing }) => 'afterMilestone' in timing);
  const scorer = new Scorer(scenario);
  let clock = UNSTARTED;
  for (const entry of log) {
    clock = advance(clock, entry);
    if (waits) scorer.take(entry);
    const now = exerciseTime(clock, Date.parse(entry.at));
    switch (entry.kind) {
      case 'joined':
        teams.set(entry.team.id, entry.team);
        break;
      case 'added':
        if (!injects.has(entry.inject.id)) injects.set(entry.inject.id, stateOf(entry.inject));
        break;
      case 'held':
      case 'released': {
        const state = injects.get(entry.inject);
        if (state) state.isHeld = entry.kind === 'held';
        break;
      }
      case 'fired':
        injects.get(entry.inject)?.fired.push({ atExerciseMs: now, teams: entry.teams ?? null });
        break;
      case 'inject-delivered': {
        const of = delivered.get(entry.inject) ?? new Map<string, number>();
        if (!of.has(entry.team)) of.set(entry.team, now);
        delivered.set(entry.inject, of);
        break;
      }
      default:
    }
  }
  return { clock, teams, injects, delivered, scorer };
}

/** Whether the inject is for the team. */
function isFor(inject: Inject, team: Team): boolean {
  const { roles = [], teams = [] } = inject.recipients ?? {};
  if (roles.length === 0 && teams.length === 0) return true;
  return teams.includes(team.id) || roles.some((role) => team.roles.includes(role));
}

/**
 * What is to be delivered now and is not yet in the log, in the order it is to be. Each is one inject for one team, and is
 * named as long as the log does not hold it: whoever delivers writes it there, under a key of the two.
 */
export function due(scenario: Scenario, log: readonly LogEntry[], wallNowMs: number): Delivery[] {
  const now = standing(scenario, log);
  if (now.clock.state === 'not-started' || now.clock.state === 'ended') return [];
  const until = exerciseTime(now.clock, wallNowMs);
  return waiting(now).filter(({ dueAtExerciseMs }) => dueAtExerciseMs <= until);
}

/**
 * When the next delivery is due, in wall milliseconds, if nothing but time passes; null where only a controller or an act
 * can bring one. What is overdue is due at an instant that is past.
 */
export function nextDueAt(scenario: Scenario, log: readonly LogEntry[]): number | null {
  const now = standing(scenario, log);
  const first = waiting(now)[0];
  return first === undefined ? null : wallTimeOf(now.clock, first.dueAtExerciseMs);
}

/** Exercise time at which an inject comes to the first team that waits for it; null where that is not known yet. */
export const comesAt = (now: Standing, inject: string): number | null =>
  waiting(now).find((each) => each.inject === inject)?.dueAtExerciseMs ?? null;

/** What a team has not been given yet and is to be, by its time; what nobody knows the time of (null) comes last. */
export interface Coming {
  inject: Inject;
  dueAtExerciseMs: number | null;
  isHeld: boolean;
}

export function coming(scenario: Scenario, log: readonly LogEntry[], teamId: string): Coming[] {
  const now = standing(scenario, log);
  const team = now.teams.get(teamId);
  if (!team || now.clock.state === 'ended') return [];
  const list = [...now.injects.values()]
    .filter(({ inject }) => isFor(inject, team) && now.delivered.get(inject.id)?.has(teamId) !== true)
    .map((state) => ({ inject: state.inject, dueAtExerciseMs: dueAt(now, state, team), isHeld: state.isHeld }));
  const place = ({ dueAtExerciseMs: at }: Coming): number => at ?? Number.MAX_SAFE_INTEGER;
  return list.sort((a, b) => place(a) - place(b) || a.inject.number - b.inject.number);
}

/** Everything undelivered whose time is known, by its time. */
function waiting(now: Standing): Delivery[] {
  const numbers = new Map([...now.injects.values()].map(({ inject }, index) => [inject.id, [inject.number, index]]));
  const list: Delivery[] = [];
  for (const state of now.injects.values())
    for (const team of now.teams.values()) {
      if (now.delivered.get(state.inject.id)?.has(team.id) === true) continue;
      const at = dueAt(now, state, team);
      if (at !== null) list.push({ inject: state.inject.id, team: team.id, dueAtExerciseMs: at });
    }
  const rank = ({ inject }: Delivery): readonly number[] => numbers.get(inject) ?? [0, 0];
  return list.sort(
    (a, b) =>
      a.dueAtExerciseMs - b.dueAtExerciseMs ||
      (rank(a)[0] ?? 0) - (rank(b)[0] ?? 0) ||
      (rank(a)[1] ?? 0) - (rank(b)[1] ?? 0) ||
      (a.team < b.team ? -1 : 1),
  );
}

/** Exercise time at which the team is to have it; null where that is not known yet, or it is not for the team. */
function dueAt(now: Standing, { inject, isHeld, fired }: InjectState, team: Team): number | null {
  const firings = fired.filter(({ teams }) => (teams === null ? isFor(inject, team) : teams.includes(team.id)));
  if (firings[0]) return firings[0].atExerciseMs;
  if (isHeld || !isFor(inject, team)) return null;
  const { timing } = inject;
  if ('atMinutes' in timing) return minutesMs(timing.atMinutes);
  if ('afterInject' in timing) {
    const before = now.delivered.get(timing.afterInject);
    // A team that the one before was not for follows those that it was for.
    const at = before?.get(team.id) ?? (isForNoTeamOf(now, timing.afterInject, team) ? least(before) : null);
    return at === null ? null : at + minutesMs(timing.minutes);
  }
  if ('afterMilestone' in timing) {
    const at = now.scorer.metAt(timing.afterMilestone, timing.by, team.id);
    return at === null ? null : at + minutesMs(timing.minutes ?? 0);
  }
  return null;
}

const isForNoTeamOf = (now: Standing, inject: string, team: Team): boolean => {
  const before = now.injects.get(inject)?.inject;
  return before !== undefined && !isFor(before, team);
};

const least = (of: ReadonlyMap<string, number> | undefined): number | null =>
  of === undefined || of.size === 0 ? null : Math.min(...of.values());
