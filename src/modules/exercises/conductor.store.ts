import { Injectable } from '@nestjs/common';
import type { MispEvent } from '../../codecs/misp/index.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { sharedBy } from './act-of-event.js';
import type { Audience, TakenEvent } from './act-of-event.js';
import type { LogEntry, Report, Scenario, SeatScore } from './core/index.js';
import { toEntry } from './exercise-log.store.js';
import type { NewEntry } from './exercise-log.store.js';
import type { ExerciseState } from './exercises.store.js';

export interface Lease {
  /** How often the leader changed. */
  epoch: number;
  state: ExerciseState;
  log_size: number;
}

const toConduct = statement('conductor-spaces', 'select space, id from ronda.exercises_to_conduct()');
const lease = statement('conductor-lease', 'select epoch, state, log_size from ronda.exercise_lease($1, $2)');
const script = statement('conductor-script', 'select document, teams from ronda.exercise_script_played()');
const since = statement('conductor-log', 'select seq, at, entry from ronda.exercise_log_since($1)');
const taken = statement(
  'conductor-take',
  `select id, type, occurred_at, actor_key, org_key, organisation, person, payload, record, release, request,
          advisory, said, sighted
     from ronda.exercise_take($1)`,
);
const audiences = statement('conductor-audiences', 'select place, named, reached from ronda.exercise_audiences($1)');
const misp = statement('conductor-misp', 'select place, raw, is_released, detecting from ronda.exercise_misp($1)');
const keepScores = statement('conductor-scores', 'select ronda.exercise_keep_scores($1, $2)');

/** What the conductor asks: as the worker, on no path that a user can reach. */
@Injectable()
export class ConductorStore {
  constructor(private readonly work: UnitOfWork) {}

  toConduct(): Promise<{ space: number; id: string }[]> {
    return this.work.query<{ space: number; id: string }>(toConduct);
  }

  /** Undefined where another node leads. The log is held to the end of the unit of work. */
  async lease(node: string, milliseconds: number): Promise<Lease | undefined> {
    const [row] = await this.work.query<Lease & Record<string, unknown>>(lease, [node, milliseconds]);
    return row;
  }

  /** With the keys of the teams by the ids of their organisations. */
  async script(): Promise<{ document: Scenario; teams: Record<string, number> } | undefined> {
    return (await this.work.query<{ document: Scenario; teams: Record<string, number> }>(script))[0];
  }

  async since(seq: number): Promise<LogEntry[]> {
    return (await this.work.query<{ seq: number; at: Date; entry: NewEntry }>(since, [seq])).map(toEntry);
  }

  /** What was done and not taken yet, in the order in which it was written; it is taken once. */
  async take(most: number): Promise<TakenEvent[]> {
    type Row = Omit<TakenEvent, 'audience'>;
    const rows = await this.work.query<Row & Record<string, unknown>>(taken, [most]);
    const shared = rows.flatMap((row) => {
      const by = sharedBy(row);
      return by ? [{ by, id: row.id }] : [];
    });
    const found = new Map<string, Audience>();
    if (shared.length > 0) {
      const wanted = JSON.stringify(shared.map(({ by }) => by));
      for (const { place, ...audience } of await this.work.query<Audience & { place: number }>(audiences, [wanted])) {
        const of = shared[place - 1];
        if (of) found.set(of.id, audience);
      }
    }
    return rows.map((row) => ({ ...row, audience: found.get(row.id) ?? null }));
  }

  /**
   * Of incidents as they were at a revision (null: the newest), the MISP event that they came as, and what it takes to write one.
   * `place` counts them from 1.
   */
  misp(
    wanted: readonly { incident: string; revision: number | null }[],
  ): Promise<{ place: number; raw: MispEvent | null; is_released: boolean; detecting: string[] }[]> {
    return this.work.query(misp, [JSON.stringify(wanted)]);
  }

  /** @param size how many entries of the log they are the scores of. */
  async keepScores(
    scores: readonly { organisationKey: number; seats: SeatScore[]; report: Report | null }[],
    size: number,
  ): Promise<void> {
    const rows = scores.map(({ organisationKey, seats, report }) => ({
      org_key: organisationKey,
      score: seats,
      report,
    }));
    await this.work.query(keepScores, [JSON.stringify(rows), size]);
  }
}
