import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../kernel/canonical-json.js';
import { ClockOfLog, minutesMs } from './clock.js';
import { judgeCondition } from './condition.js';
import type { Judge } from './condition.js';
import type { Act, LogEntry, Override, Team } from './log.js';
import { Progress, rounded } from './progress.js';
import type { Achieved } from './progress.js';
import type { Milestone, Scenario, Verb } from './scenario.js';

export type MilestoneState = 'met' | 'partial' | 'late' | 'missed' | 'open';

export interface MilestoneScore {
  milestone: string;
  state: MilestoneState;
  /** 0 to 1, of the weight. */
  credit: number;
  points: number;
  of: number;
  /** Exercise time of what counted, and since the milestone's beginning. Null where nothing did. */
  atExerciseMs: number | null;
  elapsedMs: number | null;
  /** Entries of the log that it rests on. */
  evidence: number[];
  /** Titles of the quality that was wanting. */
  wanting: string[];
  override: { reason: string; by: string | null; seq: number } | null;
}

/** One team in one of its roles. */
export interface SeatScore {
  team: string;
  role: string;
  points: number;
  of: number;
  milestones: MilestoneScore[];
}

export interface Score {
  seats: SeatScore[];
  /** Lower-case hex SHA-256 of the canonical JSON of `seats`. */
  hash: string;
}

interface Judged {
  milestone: Milestone;
  count: number;
  where: Judge;
  quality: { title: string; share: number; judge: Judge }[];
}

/** On both clocks. */
interface Start {
  wallMs: number;
  exerciseMs: number;
}

const STARTEX: Start = { wallMs: -Infinity, exerciseMs: 0 };

/**
 * Judges a log entry by entry: one pass, and of each act only the milestones that its verb can meet. What it says after
 * an entry depends on that entry and those before it alone.
 */
export class Scorer {
  private readonly byVerb = new Map<Verb, Judged[]>();
  private readonly progress = new Map<string, Progress>();
  private readonly deliveredAt = new Map<string, Start>();
  private readonly overrides = new Map<string, { said: Override; atMs: number }>();
  private readonly teams = new Map<string, Team>();
  private readonly clock = new ClockOfLog();
  private nowMs = 0;

  constructor(private readonly scenario: Scenario) {
    for (const milestone of scenario.milestones) {
      const { verbs, count = 1, where, quality = [], byOverride } = milestone.expects;
      if (byOverride !== undefined) continue;
      const judged: Judged = {
        milestone,
        count,
        where: judgeCondition(where),
        quality: quality.map(({ title, share, condition }) => ({ title, share, judge: judgeCondition(condition) })),
      };
      for (const verb of new Set(verbs)) this.byVerb.set(verb, [...(this.byVerb.get(verb) ?? []), judged]);
    }
  }

  take(entry: LogEntry): void {
    this.nowMs = this.clock.take(entry);
    switch (entry.kind) {
      case 'joined':
        this.teams.set(entry.team.id, entry.team);
        break;
      case 'inject-delivered': {
        const key = keyOf(entry.team, entry.inject);
        if (!this.deliveredAt.has(key))
          this.deliveredAt.set(key, { wallMs: Date.parse(entry.at), exerciseMs: this.nowMs });
        break;
      }
      case 'act':
        this.judge(entry);
        break;
      case 'override':
        this.overrides.set(keyOf(entry.team, entry.role, entry.milestone), { said: entry, atMs: this.nowMs });
        break;
      default:
    }
  }

  /** Exercise time at which the milestone was first met, by whom `by` says; null where it is not. */
  metAt(milestone: string, by: 'any-team' | 'all-teams' | 'recipient', team: string): number | null {
    const metBy = (each: string): number | null => {
      const achieved = this.progress.get(keyOf(each, milestone))?.achieved;
      const said = (this.teams.get(each)?.roles ?? []).flatMap(
        (role) => this.overrides.get(keyOf(each, role, milestone)) ?? [],
      );
      const times = [
        ...(achieved && achieved.credit > 0 ? [achieved.atMs] : []),
        ...said.filter(({ said: { credit } }) => credit !== null && credit > 0).map(({ atMs }) => atMs),
      ];
      return times.length === 0 ? null : Math.min(...times);
    };
    if (by === 'recipient') return metBy(team);
    const roles = this.scenario.milestones.find(({ id }) => id === milestone)?.roles ?? [];
    const expected = [...this.teams.values()].filter((each) => each.roles.some((role) => roles.includes(role)));
    const times = expected.map(({ id }) => metBy(id));
    const met = times.filter((time) => time !== null);
    if (by === 'any-team') return met.length === 0 ? null : Math.min(...met);
    return met.length === 0 || met.length < times.length ? null : Math.max(...met);
  }

  /** Lets time go by in which nothing happened: what had to be done by then is missed. */
  passTo(exerciseMs: number): void {
    this.nowMs = Math.max(this.nowMs, exerciseMs);
  }

  /** In the region file's order. */
  teamIds(): string[] {
    return [...this.teams.values()].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
  }

  /** A team in each of its roles, in the scenario's order. */
  seatsOf(team: string): SeatScore[] {
    const roles = this.teams.get(team)?.roles ?? [];
    return this.scenario.roles.filter(({ id }) => roles.includes(id)).map(({ id }) => this.seat(team, id));
  }

  result(): Score {
    const seats = this.teamIds().flatMap((team) => this.seatsOf(team));
    return { seats, hash: createHash('sha256').update(canonicalJson(seats)).digest('hex') };
  }

  private judge(act: Act): void {
    const team = this.teams.get(act.team);
    const done = this.clock.whenDone(act);
    if (!team || !done.hasStarted) return;
    for (const judged of this.byVerb.get(act.verb) ?? []) {
      const { milestone, count } = judged;
      if (!milestone.roles.some((role) => team.roles.includes(role))) continue;
      const start = this.startOf(act.team, milestone);
      // What was done before its time began does not count, also where it was noticed behind that.
      if (start === null || done.wallMs < start.wallMs || !judged.where(act, this.teams)) continue;
      const key = keyOf(act.team, milestone.id);
      const progress = this.progress.get(key) ?? new Progress(count, milestone.bands ?? [], start.exerciseMs);
      this.progress.set(key, progress);
      const lacks = judged.quality.filter(({ judge }) => !judge(act, this.teams));
      const quality = Math.max(0, 1 - lacks.reduce((sum, { share }) => sum + share, 0));
      progress.take({
        seq: act.seq,
        record: act.record,
        wallMs: done.wallMs,
        atMs: done.exerciseMs,
        quality,
        wanting: lacks.map(({ title }) => title),
      });
    }
  }

  /** From when the team's time for the milestone is counted; null while it has not begun. */
  private startOf(team: string, { from }: Milestone): Start | null {
    return 'inject' in from ? (this.deliveredAt.get(keyOf(team, from.inject)) ?? null) : STARTEX;
  }

  private seat(team: string, role: string): SeatScore {
    const milestones = this.scenario.milestones
      .filter(({ roles }) => roles.includes(role))
      .map((milestone) => this.milestone(team, role, milestone));
    return {
      team,
      role,
      points: rounded(milestones.reduce((sum, { points }) => sum + points, 0)),
      of: rounded(milestones.reduce((sum, { of }) => sum + of, 0)),
      milestones,
    };
  }

  private milestone(team: string, role: string, milestone: Milestone): MilestoneScore {
    const achieved = this.progress.get(keyOf(team, milestone.id))?.achieved ?? null;
    const said = this.overrides.get(keyOf(team, role, milestone.id))?.said;
    const override = said && said.credit !== null ? { said, credit: said.credit } : null;
    const credit = override?.credit ?? achieved?.credit ?? 0;
    return {
      milestone: milestone.id,
      state: override ? stateOfCredit(override.credit) : this.stateOf(team, milestone, achieved),
      credit,
      points: rounded(credit * milestone.weight),
      of: milestone.weight,
      atExerciseMs: achieved?.atMs ?? null,
      elapsedMs: achieved?.elapsedMs ?? null,
      evidence: achieved?.candidates.map(({ seq }) => seq).sort((a, b) => a - b) ?? [],
      wanting: [...new Set(achieved?.candidates.flatMap(({ wanting }) => wanting) ?? [])],
      override: override ? { reason: override.said.reason, by: override.said.by, seq: override.said.seq } : null,
    };
  }

  private stateOf(team: string, milestone: Milestone, achieved: Achieved | null): MilestoneState {
    if (achieved) {
      if (achieved.credit >= 1) return 'met';
      return achieved.isInTime ? 'partial' : 'late';
    }
    if (this.clock.state.state === 'ended') return 'missed';
    const start = this.startOf(team, milestone);
    const last = (milestone.bands ?? []).reduce((most, { withinMinutes }) => Math.max(most, withinMinutes), 0);
    const isOver = start !== null && last > 0 && this.nowMs - start.exerciseMs > minutesMs(last);
    return isOver ? 'missed' : 'open';
  }
}

/** What the log is worth under the scenario: the same for the same two, on any machine. */
export function score(scenario: Scenario, log: readonly LogEntry[]): Score {
  const scorer = new Scorer(scenario);
  for (const entry of log) scorer.take(entry);
  return scorer.result();
}

const keyOf = (...parts: string[]): string => parts.join('\u0000');

const stateOfCredit = (credit: number): MilestoneState => (credit >= 1 ? 'met' : credit > 0 ? 'partial' : 'missed');
