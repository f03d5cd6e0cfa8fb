import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsString, IsUUID, Length, Matches, Max, Min } from 'class-validator';
import { TeamScoreView } from './exercise.views.dto.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';

export const REPORT_FORMATS = ['html', 'md', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
const REPORT_PARTS = ['full', 'common'] as const;

export class ReportQuery {
  /**
   * One file that prints, Markdown, or lines: of milestones, of injects and acts, and of what was shared with whom.
   * @example html
   */
  @MayBeLeftOut()
  @IsIn(REPORT_FORMATS)
  format: ReportFormat = 'html';

  /**
   * `common` leaves out every team's annex: for whoever was not there.
   * @example full
   */
  @MayBeLeftOut()
  @IsIn(REPORT_PARTS)
  part: (typeof REPORT_PARTS)[number] = 'full';

  /**
   * For controllers and evaluators: as this team is given it. Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @MayBeLeftOut()
  @IsUUID()
  team?: string;
}

export class TimelineQuery {
  /**
   * For controllers and evaluators: of this team alone. Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @MayBeLeftOut()
  @IsUUID()
  team?: string;

  /**
   * Playback: what happened up to this exercise time, in seconds since STARTEX.
   * @example 3600
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  @Max(10_000_000)
  untilSeconds?: number;

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
   * @example 100
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 100;
}

export class TimelineItemView {
  /**
   * Your own count, without gaps.
   * @example 7
   */
  position!: number;

  /**
   * When it was written into the log.
   * @example "2026-11-20T03:05:00.000Z"
   */
  at!: string;

  /**
   * Exercise time of that since STARTEX.
   * @example 300
   */
  exerciseSeconds!: number;

  /** Of an act, when it was done, which may have been noticed later; it is judged by this. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-11-20T03:04:59.640Z' })
  doneAt!: string | null;

  /** Exercise time of that since STARTEX. */
  @ApiProperty({ type: Number, nullable: true, example: 299.64 })
  doneSeconds!: number | null;

  /**
   * What kind of entry of the log it is.
   * @example act
   */
  kind!: string;

  /** Id of the organisation whose team it is about. */
  @ApiProperty({ type: String, nullable: true, example: '8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b' })
  team!: string | null;

  /** Id of the inject in the scenario. */
  @ApiProperty({ type: String, nullable: true, example: null })
  inject!: string | null;

  /** What a team did. */
  @ApiProperty({ type: String, nullable: true, example: 'filed' })
  verb!: string | null;

  /** Id of what it did that with. */
  @ApiProperty({ type: String, nullable: true, example: '6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b' })
  record!: string | null;
}

export class TimelineView {
  /** In the order of the log. */
  @ApiProperty({ type: () => [TimelineItemView] })
  items!: TimelineItemView[];

  /**
   * What to ask behind next.
   * @example 7
   */
  position!: number;
}

export class PlaybackQuery {
  /**
   * The exercise time to show, or to begin at: in seconds since STARTEX.
   * @example 3600
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  @Max(10_000_000)
  atSeconds: number = 0;

  /**
   * Of a stream: how many seconds of exercise time go by in one.
   * @example 60
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsNumber()
  @Min(0.1)
  @Max(1_000_000)
  speed: number = 1;
}

/** When an inject reached a team, and what came of it, in exercise time. */
export class PlaybackInjectView {
  /**
   * Id of the inject in the scenario.
   * @example first-call
   */
  inject!: string;

  /** @example 300 */
  sentSeconds!: number;

  /** When somebody of the team said that it was seen. */
  @ApiProperty({ type: Number, nullable: true, example: 360 })
  seenSeconds!: number | null;

  /** When the team first did something behind it. */
  @ApiProperty({ type: Number, nullable: true, example: null })
  actedSeconds!: number | null;
}

export class PlaybackTeamView extends TeamScoreView {
  /** In the order in which they reached it. */
  @ApiProperty({ type: () => [PlaybackInjectView] })
  injects!: PlaybackInjectView[];
}

export class PlaybackView {
  /**
   * Since STARTEX: as was asked, or less where the run was not so far.
   * @example 3600
   */
  exerciseSeconds!: number;

  /**
   * Number of the last entry of the log until then; 0 before the first.
   * @example 120
   */
  entry!: number;

  /** Of the clock. */
  @ApiProperty({ enum: ['not-started', 'running', 'paused', 'ended'], example: 'running' })
  state!: string;

  /**
   * Of the clock, as it was set in the run.
   * @example 1
   */
  speed!: number;

  /** In the order of the region file. */
  @ApiProperty({ type: () => [PlaybackTeamView] })
  teams!: PlaybackTeamView[];
}

export class ComparisonQuery {
  /**
   * Id of another run of the scenario, of which you are a controller or evaluator too.
   * @example "0b9a8c7d-6e5f-4a3b-8c2d-1e0f9a8b7c6d"
   */
  @MayBeLeftOut()
  @IsUUID()
  with?: string;
}

export class ComparedRunView {
  /**
   * Teams that met it, each once for each of its roles.
   * @example 3
   */
  met!: number;

  /** @example 11 */
  of!: number;

  /**
   * 0 to 1, of the weight.
   * @example 0.455
   */
  meanCredit!: number;
}

export class ComparedMilestoneView {
  /**
   * Id of the milestone in the scenario.
   * @example files-the-calls
   */
  milestone!: string;

  /** @example "Files the calls" */
  title!: string;

  /** This run, then the other. */
  @ApiProperty({ type: () => [ComparedRunView] })
  runs!: ComparedRunView[];
}

export class ComparisonView {
  /** In the order of the scenario. No team is named. */
  @ApiProperty({ type: () => [ComparedMilestoneView] })
  items!: ComparedMilestoneView[];
}

export class LessonDto {
  /**
   * A name of it within the exercise; said again, it is the same lesson.
   * @example duty-list
   */
  @Matches(/^[a-z0-9][a-z0-9-]{0,79}$/)
  lesson!: string;

  /**
   * What is to be done otherwise.
   * @example "Keep the duty list where the night shift finds it."
   */
  @IsString()
  @Length(1, 5000)
  text!: string;

  /** Whose it is to do. */
  @ApiPropertyOptional({ type: String, nullable: true, example: 'Training desk' })
  @MayBeNull()
  @IsString()
  @Length(1, 200)
  owner?: string | null;

  /**
   * How far it is.
   * @example open
   */
  @IsIn(['open', 'accepted', 'done', 'dropped'])
  state!: 'open' | 'accepted' | 'done' | 'dropped';
}
