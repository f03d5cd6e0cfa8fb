import type { Actor } from '../../kernel/actor.js';
import { doneAt } from './core/index.js';
import type { Coming, Happening, MilestoneScore, Scene, SeatScore } from './core/index.js';
import type { InboxRow } from './exercise-log.store.js';
import type { PlaybackView, TimelineItemView } from './after-action.dto.js';
import type {
  ComingInjectView,
  ExerciseView,
  InboxItemView,
  MilestoneView,
  TeamScoreView,
} from './exercise.views.dto.js';
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
    part: row.part ?? (row.is_local_controller ? 'local-controller' : row.is_player ? 'player' : null),
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    replayOf: row.replay_of,
    addresses: row.is_owner || row.part !== null ? row.addresses : null,
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

export const toComingView = ({ inject, dueAtExerciseMs, isHeld }: Coming): ComingInjectView => ({
  inject: inject.id,
  number: inject.number,
  title: inject.title,
  channel: inject.channel,
  body: inject.body,
  exerciseSeconds: dueAtExerciseMs === null ? null : dueAtExerciseMs / 1000,
  isHeld,
  expected: (inject.expected ?? []).map(({ what, withinMinutes = null }) => ({ what, withinMinutes })),
});

/** A line of what happened. What is sent and done is named; what it said stays where it is. */
export const toTimelineItem = ({ position, entry, exerciseMs, doneMs }: Happening): TimelineItemView => ({
  position,
  at: entry.at,
  exerciseSeconds: exerciseMs / 1000,
  doneAt: entry.kind === 'act' ? doneAt(entry) : null,
  doneSeconds: doneMs === null ? null : doneMs / 1000,
  kind: entry.kind,
  team: entry.kind === 'joined' ? entry.team.id : 'team' in entry ? entry.team : null,
  inject: entry.kind === 'added' ? entry.inject.id : 'inject' in entry ? (entry.inject ?? null) : null,
  verb: entry.kind === 'act' ? entry.verb : null,
  record: entry.kind === 'act' ? entry.record : null,
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

export const toPlaybackView = ({ exerciseMs, seq, state, speedThousandths, stands }: Scene): PlaybackView => ({
  exerciseSeconds: exerciseMs / 1000,
  entry: seq,
  state,
  speed: speedThousandths / 1000,
  teams: stands.map(({ team, injects, seats }) => ({
    ...toTeamScoreView(team, seats, true),
    injects: injects.map(({ inject, sent, seen, acted }) => ({
      inject,
      sentSeconds: sent.exerciseMs / 1000,
      seenSeconds: seen && seen.exerciseMs / 1000,
      actedSeconds: acted && acted.exerciseMs / 1000,
    })),
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
