import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput, notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import type { PageQuery } from '../../platform/http/page.dto.js';
import { Board, clock, coming, exerciseTime, score, timeline } from './core/index.js';
import type { SeatScore } from './core/index.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import { notLocalController, notPlayer, notStaff } from './exercise.problems.js';
import { toComingView, toExerciseView, toInboxItemView, toTeamScoreView } from './exercise.view.js';
import type {
  BoardView,
  ClockView,
  ComingView,
  ExercisePage,
  ExerciseView,
  InboxQuery,
  InboxView,
  ScoresView,
} from './exercise.views.dto.js';
import { ExercisesStore } from './exercises.store.js';
import type { ExerciseRow } from './exercises.store.js';

/** Reads exercises as the caller: players what reached them, controllers and evaluators all of it. */
@Injectable()
export class ExerciseReader {
  constructor(
    private readonly work: UnitOfWork,
    private readonly exercises: ExercisesStore,
    private readonly log: ExerciseLogStore,
  ) {}

  /** @throws Problem the one 404. */
  async row(actor: Actor, id: string): Promise<ExerciseRow> {
    const row = await this.exercises.byId(id, actor);
    if (!row) throw notFound();
    return row;
  }

  /** @throws Problem the one 404, or 403 for whoever only plays. */
  async staffRow(actor: Actor, id: string): Promise<ExerciseRow> {
    const row = await this.row(actor, id);
    if (row.part === null) throw notStaff();
    return row;
  }

  /** @throws Problem the one 404, or 403 for whoever does not play. */
  async playerRow(actor: Actor, id: string): Promise<ExerciseRow> {
    const row = await this.row(actor, id);
    if (!row.is_player) throw notPlayer();
    return row;
  }

  async view(actor: Actor, id: string): Promise<ExerciseView> {
    return toExerciseView(await this.row(actor, id), actor);
  }

  async list(actor: Actor, { limit, cursor }: PageQuery): Promise<ExercisePage> {
    const rows = await this.exercises.list(actor, limit, cursor === undefined ? null : decodeCursor(cursor));
    return pageOf(
      rows,
      limit,
      (row) => ({ at: row.created_at.toISOString(), id: row.id }),
      (row) => toExerciseView(row, actor),
    );
  }

  async clock(actor: Actor, id: string): Promise<ClockView> {
    await this.row(actor, id);
    const now = clock(await this.log.common());
    return {
      state: now.state,
      exerciseSeconds: exerciseTime(now, this.work.at.getTime()) / 1000,
      speed: now.speedThousandths / 1000,
      at: this.work.at.toISOString(),
      startedAt: now.startedAtMs === null ? null : new Date(now.startedAtMs).toISOString(),
    };
  }

  async inbox(actor: Actor, id: string, { after, limit }: InboxQuery): Promise<InboxView> {
    await this.playerRow(actor, id);
    const items = (await this.log.inbox(actor.organisationKey, after, limit)).map(toInboxItemView);
    return { items, position: items.at(-1)?.position ?? after };
  }

  /** What is coming to a team: to its local controller, and to controllers and evaluators, who name it. */
  async coming(actor: Actor, id: string, team: string | undefined): Promise<ComingView> {
    const row = await this.row(actor, id);
    if (row.part === null && !row.is_local_controller) throw notLocalController();
    const whose = team ?? actor.organisationId;
    if (row.part === null && whose !== actor.organisationId) throw notLocalController();
    if (!row.teams.some((each) => each.id === whose))
      throw invalidInput([{ pointer: '/team', detail: 'This is no team of the exercise.', in: 'query' }]);
    const [script, entries] = await Promise.all([this.exercises.script(), this.log.since(0)]);
    if (!script) throw notFound();
    return { items: coming(script, entries, whose).map(toComingView) };
  }

  async board(actor: Actor, id: string): Promise<BoardView> {
    await this.staffRow(actor, id);
    const [script, entries] = await Promise.all([this.exercises.script(), this.log.since(0)]);
    const board = new Board();
    for (const { entry, exerciseMs, doneMs } of timeline(entries, null)) board.take(entry, doneMs ?? exerciseMs);
    return {
      items: [...(script?.injects ?? []), ...board.added].map((inject) => ({
        inject: inject.id,
        number: inject.number,
        title: inject.title,
        teams: board.of(inject.id).map(({ team, sent, seen, acted }) => ({
          organisation: team,
          sentAt: sent.at,
          seenAt: seen?.at ?? null,
          actedAt: acted?.at ?? null,
        })),
      })),
    };
  }

  async scores(actor: Actor, id: string): Promise<ScoresView> {
    const row = await this.row(actor, id);
    const isStaff = row.part !== null;
    if (!isStaff) {
      const rows = await this.log.scores();
      return {
        items: rows.map((each) => toTeamScoreView(each.organisation, each.score as SeatScore[], false)),
        hash: null,
      };
    }
    const [script, entries] = await Promise.all([this.exercises.script(), this.log.since(0)]);
    if (!script) throw notFound();
    const { seats, hash } = score(script, entries);
    const teams = [...new Set(seats.map(({ team }) => team))];
    return {
      items: teams.map((team) =>
        toTeamScoreView(
          team,
          seats.filter((seat) => seat.team === team),
          true,
        ),
      ),
      hash,
    };
  }
}
