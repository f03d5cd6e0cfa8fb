import { Board } from './board.js';
import { ClockOfLog } from './clock.js';
import type { LogEntry, Team } from './log.js';
import { Travel } from './news.js';
import type { News } from './news.js';
import type { Scenario, Verb } from './scenario.js';
import { score } from './score.js';
import type { MilestoneScore, MilestoneState, SeatScore } from './score.js';
import { timeline } from './timeline.js';

/** An after-action report: the same for the same scenario and log. Whom it shows what is the renderer's `Part`. */
export interface Report {
  scenario: { id: string; version: number; title: string; summary: string };
  /** Of all teams: null in what one team is given, which could try out what would give it. */
  scoreHash: string | null;
  startedAt: string | null;
  endedAt: string | null;
  durationMs: number;
  /** In the order of the region file. */
  teams: ReportTeam[];
  injects: ReportInject[];
  objectives: ReportObjective[];
  /** Of all, and of one team. */
  remarks: { team: string | null; objective: string | null; sense: string; text: string }[];
  lessons: { id: string; text: string; owner: string | null; state: string }[];
}

export interface ReportTeam {
  team: Team;
  /** What the common part calls it. */
  publicName: string;
  seats: SeatScore[];
  /** Of its roles and their milestones, by id. Missing in a report that was kept before it had any. */
  titles?: { roles: Record<string, string>; milestones: Record<string, string> };
  medianMs: Medians;
  acts: { exerciseMs: number; verb: string; record: string | null; seq: number }[];
  /** What it was given, in the order in which that reached it. Missing in a report that was kept before it had it. */
  given?: GivenInject[];
  /** How the news travelled to it and from it. Missing in a report that was kept before it had it. */
  news?: News[];
}

/** An inject as one team had it: to another it came at another time, or never. */
export interface GivenInject {
  number: number;
  title: string;
  exerciseMs: number;
  /** When somebody of the team said that it was seen. */
  seenMs: number | null;
}

/** Medians of exercise time (of two in the middle the shorter); null where there is nothing to take one of. */
export interface Medians {
  /** From the delivery of an inject until the team said that it had seen it. Kept before there was `report`: to file. */
  detect: number | null;
  /**
   * From the beginning of a milestone to what met it: of milestones that classifying or marking meets, that filing or
   * publishing does, that releasing does, and of all. Missing in a report that was kept before it had them.
   */
  classify?: number | null;
  report?: number | null;
  share: number | null;
  all: number | null;
}

export interface ReportInject {
  number: number;
  title: string;
  channel: string;
  /** The first delivery. */
  atExerciseMs: number | null;
  deliveries: number;
  seen: number;
}

export interface ReportObjective {
  id: string;
  title: string;
  /** Seats × milestones, by how they ended. */
  states: Record<MilestoneState, number>;
  strengths: string[];
  gaps: string[];
}

export function report(scenario: Scenario, log: readonly LogEntry[]): Report {
  const { seats, hash } = score(scenario, log);
  const teams = new Map<string, Team>();
  const acts = new Map<string, ReportTeam['acts']>();
  const injects = new Map(scenario.injects.map((inject) => [inject.id, fresh(inject)]));
  const remarks: Report['remarks'] = [];
  const lessons = new Map<string, Report['lessons'][number]>();
  const board = new Board();
  const travel = new Travel();
  const clock = new ClockOfLog();
  let endedAt: string | null = null;
  let nowMs = 0;
  for (const entry of log) {
    nowMs = clock.take(entry);
    const doneMs = entry.kind === 'act' ? clock.whenDone(entry).exerciseMs : nowMs;
    board.take(entry, doneMs);
    travel.take(entry, doneMs);
    switch (entry.kind) {
      case 'joined':
        teams.set(entry.team.id, entry.team);
        break;
      case 'naming': {
        const team = teams.get(entry.team);
        if (team) teams.set(entry.team, { ...team, mayBeNamed: entry.mayBeNamed });
        break;
      }
      case 'ended':
        endedAt ??= entry.at;
        break;
      case 'added':
        if (!injects.has(entry.inject.id)) injects.set(entry.inject.id, fresh(entry.inject));
        break;
      case 'inject-delivered': {
        const inject = injects.get(entry.inject);
        if (inject)
          Object.assign(inject, { atExerciseMs: inject.atExerciseMs ?? nowMs, deliveries: inject.deliveries + 1 });
        break;
      }
      case 'inject-seen': {
        const inject = injects.get(entry.inject);
        if (inject) inject.seen += 1;
        break;
      }
      case 'act': {
        const own = acts.get(entry.team) ?? [];
        own.push({ exerciseMs: doneMs, verb: entry.verb, record: entry.record, seq: entry.seq });
        acts.set(entry.team, own);
        break;
      }
      case 'remark':
        remarks.push({ team: entry.team, objective: entry.objective ?? null, sense: entry.sense, text: entry.text });
        break;
      case 'lesson':
        lessons.set(entry.lesson, { id: entry.lesson, text: entry.text, owner: entry.owner, state: entry.state });
        break;
      default:
    }
  }
  const { startedAtMs } = clock.state;
  const ordered = [...teams.values()].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  const names = new Map(
    ordered.map(({ id, name, mayBeNamed }, index) => [id, mayBeNamed ? name : `Team ${index + 1}`]),
  );
  return {
    scenario: { id: scenario.id, version: scenario.version, title: scenario.title, summary: scenario.summary },
    scoreHash: hash,
    startedAt: startedAtMs === null ? null : new Date(startedAtMs).toISOString(),
    endedAt,
    durationMs: nowMs,
    teams: ordered.map((team) => {
      const own = seats.filter((seat) => seat.team === team.id);
      const given = board.at(team.id).flatMap(({ inject, sent, seen }): GivenInject[] => {
        const of = injects.get(inject);
        if (!of) return [];
        const { number, title } = of;
        return [{ number, title, exerciseMs: sent.exerciseMs, seenMs: seen?.exerciseMs ?? null }];
      });
      return {
        team,
        publicName: names.get(team.id) ?? team.name,
        seats: own,
        titles: titlesOf(scenario, own),
        medianMs: mediansOf(scenario, own, given),
        acts: (acts.get(team.id) ?? []).slice(-MOST_ACTS_SHOWN),
        given,
        news: travel.of(team.id, names).slice(-MOST_ACTS_SHOWN),
      };
    }),
    injects: [...injects.values()].sort((a, b) => a.number - b.number),
    objectives: scenario.objectives.map(({ id, title }) => ({
      id,
      title,
      states: statesOf(scenario, seats, id),
      strengths: remarks.filter((each) => isOf(each, id, 'strength')).map(({ text }) => text),
      gaps: remarks.filter((each) => isOf(each, id, 'gap')).map(({ text }) => text),
    })),
    remarks,
    lessons: [...lessons.values()],
  };
}

/** A report is read by people; the log has the rest. */
const MOST_ACTS_SHOWN = 500;

const fresh = ({ number, title, channel }: Scenario['injects'][number]): ReportInject => ({
  number,
  title,
  channel,
  atExerciseMs: null,
  deliveries: 0,
  seen: 0,
});

/** In the common part no team is spoken of. */
const isOf = (remark: Report['remarks'][number], objective: string, sense: string): boolean =>
  remark.team === null && remark.objective === objective && remark.sense === sense;

export const STATES: readonly MilestoneState[] = ['met', 'partial', 'late', 'missed', 'open'];

function statesOf(scenario: Scenario, seats: readonly SeatScore[], objective: string): Record<MilestoneState, number> {
  const of = new Set(scenario.milestones.filter((each) => each.objective === objective).map(({ id }) => id));
  const states = { met: 0, partial: 0, late: 0, missed: 0, open: 0 };
  for (const { milestones } of seats)
    for (const { milestone, state } of milestones) if (of.has(milestone)) states[state] += 1;
  return states;
}

function titlesOf(scenario: Scenario, seats: readonly SeatScore[]): ReportTeam['titles'] {
  const of = (named: readonly { id: string; title: string }[], ids: readonly string[]): Record<string, string> =>
    Object.fromEntries(named.filter(({ id }) => ids.includes(id)).map(({ id, title }) => [id, title]));
  return {
    roles: of(
      scenario.roles,
      seats.map(({ role }) => role),
    ),
    milestones: of(
      scenario.milestones,
      seats.flatMap(({ milestones }) => milestones.map(({ milestone }) => milestone)),
    ),
  };
}

/** What of a milestone's verbs makes it one of classifying, reporting or sharing: one may be of several. */
const FAMILIES = {
  classify: ['classified', 'marked'],
  report: ['filed', 'published'],
  share: ['released'],
} as const satisfies Record<string, readonly Verb[]>;

function mediansOf(scenario: Scenario, seats: readonly SeatScore[], given: readonly GivenInject[]): Medians {
  const verbs = new Map(scenario.milestones.map(({ id, expects }) => [id, expects.verbs]));
  const ofMilestones = (isMeant: (score: MilestoneScore) => boolean): number | null =>
    medianOf(
      seats
        .flatMap(({ milestones }) => milestones.filter(isMeant))
        .flatMap(({ elapsedMs }) => (elapsedMs === null ? [] : [elapsedMs])),
    );
  const ofFamily = (family: readonly Verb[]): number | null =>
    ofMilestones(({ milestone }) => verbs.get(milestone)?.some((verb) => family.includes(verb)) === true);
  return {
    detect: medianOf(given.flatMap(({ exerciseMs, seenMs }) => (seenMs === null ? [] : [seenMs - exerciseMs]))),
    classify: ofFamily(FAMILIES.classify),
    report: ofFamily(FAMILIES.report),
    share: ofFamily(FAMILIES.share),
    all: ofMilestones(() => true),
  };
}

function medianOf(times: readonly number[]): number | null {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/**
 * The report as one team is given it: the common part and its own annex. Nothing else is in it, whoever writes it out; what
 * it rests on is named by the team's own count (`timeline`), since numbers of the log would count what others did.
 */
export function teamReport(whole: Report, log: readonly LogEntry[], team: string): Report {
  const positions = new Map(timeline(log, team).map(({ position, entry }) => [entry.seq, position]));
  const own = ({ seq }: { seq: number }): number => positions.get(seq) ?? 0;
  return {
    ...whole,
    scoreHash: null,
    teams: whole.teams.map((each) => {
      const { seats, acts } = each;
      if (each.team.id !== team) return strangerOf(each);
      return {
        ...each,
        seats: seats.map((seat) => ({
          ...seat,
          milestones: seat.milestones.map((milestone) => ({
            ...milestone,
            evidence: milestone.evidence.map((seq) => own({ seq })),
            override: milestone.override && { ...milestone.override, by: null, seq: 0 },
          })),
        })),
        acts: acts.map((act) => ({ ...act, seq: own(act) })),
      };
    }),
    remarks: whole.remarks.filter((remark) => remark.team === null || remark.team === team),
  };
}

const strangerOf = ({ publicName }: ReportTeam): ReportTeam => ({
  team: { id: '', name: publicName, roles: [], country: null, timeZone: 'UTC', order: 0, mayBeNamed: false },
  publicName,
  seats: [],
  medianMs: { detect: null, classify: null, report: null, share: null, all: null },
  acts: [],
});

/** Two runs of one scenario, milestone by milestone: how many seats met each, of how many. */
export interface Comparison {
  milestone: string;
  title: string;
  runs: { met: number; of: number; meanCredit: number }[];
}

export const compareRuns = (scenario: Scenario, runs: readonly (readonly LogEntry[])[]): Comparison[] => {
  const scores = runs.map((log) => score(scenario, log).seats);
  return scenario.milestones.map(({ id, title }) => ({
    milestone: id,
    title,
    runs: scores.map((seats) => {
      const all = seats.flatMap(({ milestones }) => milestones.filter(({ milestone }) => milestone === id));
      const sum = all.reduce((total, { credit }) => total + credit, 0);
      return {
        met: all.filter(({ state }) => state === 'met').length,
        of: all.length,
        meanCredit: all.length === 0 ? 0 : Math.round((sum / all.length) * 1000) / 1000,
      };
    }),
  }));
};
