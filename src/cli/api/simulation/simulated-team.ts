import type { PlannedAct, Scenario, SimulatedView, Skill, Team } from '../../../modules/exercises/index.js';
import { CliError } from '../../cli-error.js';
import type { Crew } from './desk.js';
import { perform } from './perform-act.js';
import type { Surroundings } from './perform-act.js';

/** What the exercise's clock said, and when. */
export interface ClockReading {
  state: string;
  exerciseSeconds: number;
  speed: number;
  at: string;
}

export interface SimulatedActs {
  done: number;
  mistaken: number;
  /** What the server did not take. */
  refused: { team: string; milestone: string; why: string }[];
}

interface Inbox {
  items: { kind: string; inject: string | null; deliveredAt: string }[];
  position: number;
}

export interface Played {
  scenario: Scenario;
  seed: string;
  skill: Skill;
  team: Team;
  others: readonly Team[];
  crew: Crew;
  around: Surroundings;
  decide: (seed: string, skill: Skill, scenario: Scenario, view: SimulatedView) => PlannedAct | null;
}

/** A team that reads its inbox and does what `core/simulate` decides, as any participant would: through the API. */
export class SimulatedTeam {
  readonly acts: SimulatedActs = { done: 0, mistaken: 0, refused: [] };
  private readonly received: { inject: string; atExerciseMs: number }[] = [];
  private readonly tried: string[] = [];
  private position = 0;

  constructor(
    private readonly exercise: string,
    private readonly played: Played,
  ) {}

  /** Reads what came, and does what is due by now. */
  async step(clock: ClockReading): Promise<void> {
    await this.read(clock);
    for (let act = this.next(clock); act; act = this.next(clock)) {
      this.tried.push(act.milestone);
      await this.do(act);
    }
  }

  private async read(clock: ClockReading): Promise<void> {
    const { analyst } = this.played.crew;
    const path = `exercises/${this.exercise}/inbox`;
    const { items, position } = await analyst.get<Inbox>(`${path}?after=${this.position}&limit=100`);
    for (const { inject, deliveredAt } of items)
      if (inject !== null) this.received.push({ inject, atExerciseMs: exerciseMsAt(clock, deliveredAt) });
    if (position > this.position) await analyst.post(`${path}/seen`, { position });
    this.position = position;
  }

  private next(clock: ClockReading): PlannedAct | null {
    const { scenario, seed, skill, team, others, decide } = this.played;
    // By name and not by id: ids are new in every installation, and the same seed is to play the same drill.
    const called = (each: Team): Team => ({ ...each, id: each.name });
    const act = decide(seed, skill, scenario, {
      team: called(team),
      others: others.map(called),
      received: this.received,
      tried: this.tried,
    });
    return act && act.atExerciseMs <= clock.exerciseSeconds * 1000 ? this.withIds(act) : null;
  }

  private withIds(act: PlannedAct): PlannedAct {
    const ids = new Map([this.played.team, ...this.played.others].map(({ id, name }) => [name, id]));
    const named = (names: readonly string[] | undefined): string[] =>
      (names ?? []).map((name) => ids.get(name) ?? name);
    return { ...act, facts: { ...act.facts, audience: named(act.facts.audience), asked: named(act.facts.asked) } };
  }

  private async do(act: PlannedAct): Promise<void> {
    try {
      await perform(act, this.played.crew, this.played.around);
      this.acts.done += 1;
      if (act.mistake !== null) this.acts.mistaken += 1;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      this.acts.refused.push({ team: this.played.team.name, milestone: act.milestone, why: error.message });
    }
  }
}

const exerciseMsAt = ({ state, exerciseSeconds, speed, at }: ClockReading, then: string): number =>
  state === 'running' ? exerciseSeconds * 1000 + (Date.parse(then) - Date.parse(at)) * speed : exerciseSeconds * 1000;
