import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsUUID, Max, Min } from 'class-validator';
import { EXERCISE_ACTIONS } from './exercise.rules.js';
import type { ExerciseAction } from './exercise.rules.js';
import { STAFF } from './exercises.store.js';
import type { ExerciseState, StaffPart } from './exercises.store.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

export class ExerciseOrganisationRef {
  /**
   * Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * Its name.
   * @example VNCERT
   */
  name!: string;
}

export class PlayedScenarioRef {
  /**
   * Id of the scenario in the library.
   * @example "4e3d2c1b-0a9f-4e8d-8c7b-6a5b4c3d2e1f"
   */
  id!: string;

  /**
   * Its version, which a run keeps.
   * @example 1
   */
  version!: number;
}

export class ExerciseTeamView {
  /** The organisation that plays. */
  organisation!: ExerciseOrganisationRef;

  /** Ids of the roles of the scenario that it plays. */
  @ApiProperty({ type: [String], example: ['national-cert'] })
  roles!: string[];
}

const STATES = ['prepared', 'running', 'paused', 'ended'] as const;

export class ExerciseView {
  /**
   * UUIDv4. Send it as X-Ronda-Exercise to act in the exercise.
   * @example "5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10"
   */
  id!: string;

  /**
   * The node that it comes from.
   * @example local
   */
  originNode!: string;

  /**
   * What it is called.
   * @example "Monsoon 2026"
   */
  title!: string;

  /** Where it stands. */
  @ApiProperty({ enum: STATES, example: 'running' })
  state!: ExerciseState;

  /** Whose it is; null where you do not see that organisation. */
  @ApiProperty({ type: () => ExerciseOrganisationRef, nullable: true })
  organiser!: ExerciseOrganisationRef | null;

  /** What is played. */
  scenario!: PlayedScenarioRef;

  /** Who plays, as far as you see the organisations. */
  @ApiProperty({ type: () => [ExerciseTeamView] })
  teams!: ExerciseTeamView[];

  /** What you are in it; null for a colleague of its organiser. */
  @ApiProperty({ enum: [...STAFF, 'player'], nullable: true, example: 'controller' })
  part!: StaffPart | 'player' | null;

  /** @example "2026-11-20T02:10:00.000Z" */
  createdAt!: string;

  /** STARTEX. */
  @ApiProperty({ type: String, nullable: true, example: '2026-11-20T03:00:00.000Z' })
  startedAt!: string | null;

  /** ENDEX. */
  @ApiProperty({ type: String, nullable: true, example: null })
  endedAt!: string | null;

  /** Of a log that was taken in: id of the run that it says it is of. Null for a run of this node. */
  @ApiProperty({ type: String, nullable: true, example: null })
  replayOf!: string | null;

  /** Addresses to which webhooks may leave it; null for players. */
  @ApiProperty({ type: [String], nullable: true, example: ['https://hooks.cert.example/drill'] })
  addresses!: string[] | null;

  /** What you may do next. */
  @ApiProperty({ enum: EXERCISE_ACTIONS, isArray: true, example: ['pause', 'end'] })
  allowedActions!: ExerciseAction[];
}

export class ExercisePage {
  /** Newest first. */
  @ApiProperty({ type: () => [ExerciseView] })
  items!: ExerciseView[];

  /** Opaque; null at the end. */
  @ApiProperty({ type: String, nullable: true, example: null })
  next!: string | null;
}

export class ClockView {
  /** Whether it runs. */
  @ApiProperty({ enum: ['not-started', 'running', 'paused', 'ended'], example: 'running' })
  state!: string;

  /**
   * Exercise time since STARTEX, in seconds.
   * @example 1800
   */
  exerciseSeconds!: number;

  /**
   * How many seconds of exercise time a second takes.
   * @example 1
   */
  speed!: number;

  /**
   * At which instant it was that time.
   * @example "2026-11-20T03:30:00.000Z"
   */
  at!: string;

  /** STARTEX. */
  @ApiProperty({ type: String, nullable: true, example: '2026-11-20T03:00:00.000Z' })
  startedAt!: string | null;
}

export class InboxQuery {
  /**
   * The position that you have: what came behind it is given.
   * @example 0
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  after: number = 0;

  /**
   * How many items at the most.
   * @example 50
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 50;
}

export class InboxItemView {
  /**
   * Your team's own count, without gaps.
   * @example 1
   */
  position!: number;

  /** `no-duff` is real life. */
  @ApiProperty({ enum: ['inject', 'message', 'no-duff'], example: 'inject' })
  kind!: string;

  /** Id of the inject in the scenario. */
  @ApiProperty({ type: String, nullable: true, example: 'first-call' })
  inject!: string | null;

  /** What it says: of an inject who it is from, by which channel, its Markdown and artefacts; else a text. */
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { channel: 'email', title: 'Calls from a bank', body: 'Customers report calls from “Example Bank”.' },
  })
  content!: Record<string, unknown>;

  /** @example "2026-11-20T03:05:00.000Z" */
  deliveredAt!: string;

  /** When somebody of your team said that it was seen. */
  @ApiProperty({ type: String, nullable: true, example: null })
  seenAt!: string | null;
}

export class InboxView {
  /** In the order in which they came. */
  @ApiProperty({ type: () => [InboxItemView] })
  items!: InboxItemView[];

  /**
   * What to ask behind next.
   * @example 1
   */
  position!: number;
}

export class BoardTeamView {
  /**
   * Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  organisation!: string;

  /** @example "2026-11-20T03:05:00.000Z" */
  sentAt!: string;

  /** When somebody of the team said that it was seen. */
  @ApiProperty({ type: String, nullable: true, example: '2026-11-20T03:06:00.000Z' })
  seenAt!: string | null;

  /** The team's first act behind it. */
  @ApiProperty({ type: String, nullable: true, example: null })
  actedAt!: string | null;
}

export class BoardInjectView {
  /**
   * Id of the inject in the scenario.
   * @example first-call
   */
  inject!: string;

  /** @example 1 */
  number!: number;

  /** @example "Calls from a bank" */
  title!: string;

  /** Whom it reached. */
  @ApiProperty({ type: () => [BoardTeamView] })
  teams!: BoardTeamView[];
}

export class BoardView {
  /** In the order of the scenario, and those that were added behind. */
  @ApiProperty({ type: () => [BoardInjectView] })
  items!: BoardInjectView[];
}

export class ExpectationView {
  /** @example "Files the calls as fraud" */
  what!: string;

  /** Of its delivery; null: in no time of its own. */
  @ApiProperty({ type: Number, nullable: true, example: 30 })
  withinMinutes!: number | null;
}

export class ComingInjectView {
  /**
   * Id of the inject in the scenario.
   * @example first-call
   */
  inject!: string;

  /** @example 1 */
  number!: number;

  /** @example "Calls from a bank" */
  title!: string;

  /** @example email */
  channel!: string;

  /** Markdown. */
  @ApiProperty({ example: 'Customers report calls from “Example Bank”.' })
  body!: string;

  /** Exercise time at which it is due; null where an act or a controller brings it. */
  @ApiProperty({ type: Number, nullable: true, example: 300 })
  exerciseSeconds!: number | null;

  /** Whether a controller holds it back. */
  @ApiProperty({ example: false })
  isHeld!: boolean;

  /** What is expected of the team. */
  @ApiProperty({ type: () => [ExpectationView] })
  expected!: ExpectationView[];
}

export class ComingQuery {
  /**
   * Id of the organisation; your own where it is left out, if it plays.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @MayBeLeftOut()
  @IsUUID()
  team?: string;
}

export class ComingView {
  /** By its time; what waits for something comes last. */
  @ApiProperty({ type: () => [ComingInjectView] })
  items!: ComingInjectView[];
}

export class MilestoneView {
  /**
   * Id of the milestone in the scenario.
   * @example files-the-calls
   */
  milestone!: string;

  /** How it was met. */
  @ApiProperty({ enum: ['met', 'partial', 'late', 'missed', 'open'], example: 'met' })
  state!: string;

  /** @example 10 */
  points!: number;

  /** @example 10 */
  of!: number;

  /** How long it took. */
  @ApiProperty({ type: Number, nullable: true, example: 540 })
  elapsedSeconds!: number | null;

  /** Titles of the quality that was wanting. */
  @ApiProperty({ type: [String], example: [] })
  wanting!: string[];

  /** Why an evaluator judged otherwise. */
  @ApiProperty({ type: String, nullable: true, example: null })
  override!: string | null;
}

export class RoleScoreView {
  /**
   * Id of the role in the scenario.
   * @example national-cert
   */
  role!: string;

  /** @example 10 */
  points!: number;

  /** Of how many in the whole scenario; null to players. */
  @ApiProperty({ type: Number, nullable: true, example: 100 })
  of!: number | null;

  /** To players those alone that are decided. */
  @ApiProperty({ type: () => [MilestoneView] })
  milestones!: MilestoneView[];
}

export class TeamScoreView {
  /**
   * Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  organisation!: string;

  /** Once for each role. */
  @ApiProperty({ type: () => [RoleScoreView] })
  roles!: RoleScoreView[];
}

export class ScoresView {
  /** Your own team's, or to controllers and evaluators all. */
  @ApiProperty({ type: () => [TeamScoreView] })
  items!: TeamScoreView[];

  /** SHA-256 of the whole score, by which runs and replays are compared; null to players. */
  @ApiProperty({ type: String, nullable: true, example: null })
  hash!: string | null;
}
