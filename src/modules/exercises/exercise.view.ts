import type { Actor } from '../../kernel/actor.js';
import type { MilestoneScore, SeatScore } from './core/index.js';
import type { InboxRow } from './exercise-log.store.js';
import type { ExerciseView, InboxItemView, MilestoneView, TeamScoreView } from './exercise.views.dto.js';
import { allowedActions } from './exercise.rules.js';
import type { ExerciseRow } from './exercises.store.js';

/** The exercise as this caller may see it. */
export function toExerciseView(row: ExerciseRow, actor: Actor): ExerciseView {
  return {
    id: row.id,
    originNode: row.origin_node,
    title: row.title,
    state: row.state,
    organiser: row.owner_id !== null && row.owner_name !== null ? { id: row.owner_id, name: row.owner_name } : null,
    scenario: { id: row.scenario_id, version: row.scenario_version },
    teams: row.teams.map(({ id, name, roles }) => ({ organisation: { id, name }, roles })),
    part: row.part ?? (row.is_player ? 'player' : null),
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    allowedActions: allowedActions(row, actor),
  };
}

export const toInboxItemView = (row: InboxRow): InboxItemView => ({
  position: row.position,
  kind: row.kind,
  inject: row.inject,
  content: row.content,
  deliveredAt: row.delivered_at.toISOString(),
  seenAt: row.seen_at?.toISOString() ?? null,
});

/** @param isWhole with what is still open: a player is not told of milestones to come. */
export const toTeamScoreView = (
  organisation: string,
  seats: readonly SeatScore[],
  isWhole: boolean,
): TeamScoreView => ({
  organisation,
  roles: seats.map(({ role, points, of, milestones }) => ({
    role,
    points,
    of: isWhole ? of : null,
    milestones: milestones.filter(({ state }) => isWhole || state !== 'open').map(toMilestone),
  })),
});

const toMilestone = (of: MilestoneScore): MilestoneView => ({
  milestone: of.milestone,
  state: of.state,
  points: of.points,
  of: of.of,
  elapsedSeconds: of.elapsedMs === null ? null : of.elapsedMs / 1000,
  wanting: of.wanting,
  override: of.override === null ? null : of.override.reason,
});
