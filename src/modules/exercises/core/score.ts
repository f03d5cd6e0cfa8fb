import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../kernel/canonical-json.js';
import { UNSTARTED, advance, exerciseTime, minutesMs } from './clock.js';
import type { ClockState } from './clock.js';
import { judgeCondition } from './condition.js';
import type { Judge } from './condition.js';
import type { Act, LogEntry, Override, Team } from './log.js';
import type { Band, Milestone, Scenario, Verb } from './scenario.js';

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

/** An act that satisfied the milestone, with what it lacks. */
interface Candidate {
  seq: number;
  record: string | null;
  quality: number;
  wanting: string[];
}

interface Achieved {
  credit: number;
  isInTime: boolean;
  atMs: number;
  elapsedMs: number;
  candidates: Candidate[];
}

interface Judged {
  milestone: Milestone;
  count: number;
  where: Judge;
  quality: { title: string; share: number; judge: Judge }[];
}

/** One team and one milestone: its roles share what was done. */
interface Progress {
  /** The best candidates, one for each record, at the most `count`. */
  best: Candidate[];
  achieved: Achieved | null;
}

/**
 * Judges a log entry by entry: one pass, and of each act only the milestones that its verb can meet. What it says after
 * an entry depends on that entry and those before it alone.
 */
export class Scorer {
  private readonly byVerb = new Map<Verb, Judged[]>();
  private readonly progress = new Map<string, Progress>();
  private readonly deliveredAt = new Map<string, number>();
  private readonly overrides = new Map<string, { said: Override; atMs: number }>();
  private readonly teams = new Map<string, Team>();
  private clock: ClockState = UNSTARTED;
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
    this.clock = advance(this.clock, entry);
    this.nowMs = exerciseTime(this.clock, Date.parse(entry.at));
    switch (entry.kind) {
      case 'joined':
        this.teams.set(entry.team.id, entry.team);
        break;
      case 'inject-delivered': {
        const key = keyOf(entry.team, entry.inject);
        if (!this.deliveredAt.has(key)) this.deliveredAt.set(key, this.nowMs);
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
    if (!team || this.clock.state === 'not-started') return;
    for (const judged of this.byVerb.get(act.verb) ?? []) {
      const { milestone, count } = judged;
      if (!milestone.roles.some((role) => team.roles.includes(role))) continue;
      const startMs = this.startOf(act.team, milestone);
      if (startMs === null || !judged.where(act, this.teams)) continue;
      const key = keyOf(act.team, milestone.id);
      const progress = this.progress.get(key) ?? { best: [], achieved: null };
      this.progress.set(key, progress);
      const lacks = judged.quality.filter(({ judge }) => !judge(act, this.teams));
      const quality = Math.max(0, 1 - lacks.reduce((sum, { share }) => sum + share, 0));
      progress.best = withCandidate(progress.best, count, {
        seq: act.seq,
        record: act.record,
        quality,
        wanting: lacks.map(({ title }) => title),
      });
      if (progress.best.length < count) continue;
      const elapsedMs = this.nowMs - startMs;
      const band = bandAt(milestone.bands ?? [], elapsedMs);
      const mean = progress.best.reduce((sum, each) => sum + each.quality, 0) / count;
      const credit = rounded(band.credit * mean);
      if (progress.achieved && credit <= progress.achieved.credit) continue;
      progress.achieved = {
        credit,
        isInTime: band.isFirst,
        atMs: this.nowMs,
        elapsedMs,
        candidates: [...progress.best],
      };
    }
  }

  /** Exercise time from which the team's time for the milestone is counted; null while it has not begun. */
  private startOf(team: string, { from }: Milestone): number | null {
    return 'inject' in from ? (this.deliveredAt.get(keyOf(team, from.inject)) ?? null) : 0;
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
    if (this.clock.state === 'ended') return 'missed';
    const startMs = this.startOf(team, milestone);
    const last = (milestone.bands ?? []).reduce((most, { withinMinutes }) => Math.max(most, withinMinutes), 0);
    const isOver = startMs !== null && last > 0 && this.nowMs - startMs > minutesMs(last);
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

/** To a millionth: the sum of thirds is the same whatever it was summed from. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

const stateOfCredit = (credit: number): MilestoneState => (credit >= 1 ? 'met' : credit > 0 ? 'partial' : 'missed');

function bandAt(bands: readonly Band[], elapsedMs: number): { credit: number; isFirst: boolean } {
  if (bands.length === 0) return { credit: 1, isFirst: true };
  const index = bands.findIndex(({ withinMinutes }) => elapsedMs <= minutesMs(withinMinutes));
  return { credit: bands[index]?.credit ?? 0, isFirst: index === 0 };
}

/** The best `count`, one for each record; of two as good, the earlier. */
function withCandidate(best: readonly Candidate[], count: number, candidate: Candidate): Candidate[] {
  const same = best.find(({ record }) => record !== null && record === candidate.record);
  if (same && same.quality >= candidate.quality) return [...best];
  return [...best.filter((each) => each !== same), candidate]
    .sort((a, b) => b.quality - a.quality || a.seq - b.seq)
    .slice(0, count);
}
