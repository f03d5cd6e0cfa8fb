import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { FASTEST, SLOWEST } from './core/index.js';
import { STAFF } from './exercises.store.js';
import type { StaffPart } from './exercises.store.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';
import { EachHolds } from '../../platform/http/holds.js';

/** Ids within a scenario. */
const NAME = /^[a-z0-9][a-z0-9-]{0,79}$/;

/** Where webhooks may be sent, as they are written. */
const IsAddresses = (): PropertyDecorator =>
  applyDecorators(
    IsArray(),
    ArrayMaxSize(100),
    ArrayUnique(),
    IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false }, { each: true }),
    Length(1, 2000, { each: true }),
  );

export class TeamDto {
  /**
   * Id of the organisation that plays.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @IsUUID()
  organisation!: string;

  /** Ids of roles of the scenario; a team is scored once for each. */
  @ApiProperty({ type: [String], example: ['national-cert'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(NAME, { each: true })
  roles!: string[];
}

export class InviteTeamsDto {
  /** Who plays besides: given all that went before. */
  @ApiProperty({ type: () => [TeamDto] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @EachHolds(() => TeamDto)
  teams!: TeamDto[];
}

export class StaffDto {
  /**
   * Id of the account.
   * @example "0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f"
   */
  @IsUUID()
  user!: string;

  /**
   * Controllers steer, evaluators judge; both see all of it. A local controller is of a team, and sees what is coming to it.
   * @example evaluator
   */
  @IsIn(STAFF)
  part!: StaffPart;
}

export class CreateExerciseDto {
  /**
   * What it is called.
   * @example "Monsoon 2026"
   */
  @IsString()
  @Length(1, 200)
  title!: string;

  /**
   * Id of a scenario that you may read. The run keeps its newest version as it is now, or the one that you name.
   * @example "4e3d2c1b-0a9f-4e8d-8c7b-6a5b4c3d2e1f"
   */
  @IsUUID()
  scenario!: string;

  /**
   * Another version of it than the newest.
   * @example 1
   */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  scenarioVersion?: number;

  /** Who plays. */
  @ApiProperty({
    type: () => [TeamDto],
    example: [{ organisation: '8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b', roles: ['national-cert'] }],
  })
  @IsArray()
  @ArrayMaxSize(100)
  @EachHolds(() => TeamDto)
  teams!: TeamDto[];

  /** Who conducts and judges; you are a controller anyway. */
  @ApiPropertyOptional({
    type: () => [StaffDto],
    example: [{ user: '0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f', part: 'evaluator' }],
  })
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(100)
  @EachHolds(() => StaffDto)
  staff?: StaffDto[];

  /**
   * Addresses to which webhooks of the teams may leave the exercise; none, none leaves it.
   * @example ["https://hooks.cert.example/drill"]
   */
  @MayBeLeftOut()
  @IsAddresses()
  addresses?: string[];
}

export class AddressesDto {
  /**
   * All of them, from now on: to others nothing is sent any more.
   * @example ["https://hooks.cert.example/drill"]
   */
  @IsAddresses()
  addresses!: string[];
}

export class NamingDto {
  /**
   * Whether the common part of the report may name your team.
   * @example true
   */
  @IsBoolean()
  mayBeNamed!: boolean;
}

export class PauseDto {
  /**
   * Why, for the log.
   * @example "Lunch"
   */
  @MayBeLeftOut()
  @IsString()
  @Length(1, 500)
  reason?: string;
}

export class SpeedDto {
  /**
   * How many seconds of exercise time a second takes.
   * @example 10
   */
  @IsNumber({ maxDecimalPlaces: 3 })
  @Min(SLOWEST)
  @Max(FASTEST)
  factor!: number;
}

export class JumpDto {
  /**
   * Minutes of exercise time since STARTEX; forward only. What was due between is due at once. This, or an inject.
   * @example 90
   */
  @MayBeLeftOut()
  @IsNumber({ maxDecimalPlaces: 3 })
  @Min(0)
  @Max(100_000)
  toMinutes?: number;

  /**
   * Id of an inject whose time is known and lies ahead: the clock is set to when it comes to the first team.
   * @example first-call
   */
  @MayBeLeftOut()
  @Matches(NAME)
  inject?: string;
}

export class InjectRefDto {
  /**
   * Id of the inject in the scenario, or of one that was added.
   * @example first-call
   */
  @Matches(NAME)
  inject!: string;
}

export class FireDto extends InjectRefDto {
  /** Ids of the teams that get it now; all its recipients where this is left out. */
  @ApiPropertyOptional({ type: [String], example: ['8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b'] })
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  teams?: string[];
}

export class AddInjectDto {
  /** As a member of `injects` of a scenario. */
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: {
      id: 'second-wave',
      number: 41,
      title: 'A second wave',
      timing: { onCommand: true },
      channel: 'email',
      from: 'bank',
      body: 'It goes on.',
    },
  })
  @IsObject()
  inject!: Record<string, unknown>;
}

export class MessageDto {
  /** Ids of the teams; all of them where this is left out. */
  @ApiPropertyOptional({ type: [String], example: ['8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b'] })
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  teams?: string[];

  /**
   * What is said.
   * @example "The hot wash is at 16:00 UTC."
   */
  @IsString()
  @Length(1, 5000)
  text!: string;
}

export class NoDuffDto {
  /**
   * What happens in real life.
   * @example "NO DUFF: a power failure at our office."
   */
  @IsString()
  @Length(1, 5000)
  text!: string;

  /** Whether the clock stops with it; a controller says so. */
  @ApiPropertyOptional({ type: Boolean, example: false })
  @MayBeLeftOut()
  @IsBoolean()
  pauses?: boolean;
}

export class ExerciseRemarkDto {
  /**
   * Id of the team; of all where it is left out.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @MayBeLeftOut()
  @IsUUID()
  team?: string;

  /**
   * Id of the objective of the scenario that it is about.
   * @example share-early
   */
  @MayBeLeftOut()
  @Matches(NAME)
  objective?: string;

  /**
   * What it is.
   * @example strength
   */
  @IsIn(['strength', 'gap', 'remark'])
  sense!: 'strength' | 'gap' | 'remark';

  /**
   * What was observed.
   * @example "They told their partners before they were asked."
   */
  @IsString()
  @Length(1, 5000)
  text!: string;
}

export class OverrideDto {
  /**
   * Id of the team.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @IsUUID()
  team!: string;

  /**
   * In which of its roles.
   * @example national-cert
   */
  @Matches(NAME)
  role!: string;

  /**
   * Id of the milestone.
   * @example files-the-calls
   */
  @Matches(NAME)
  milestone!: string;

  /** The share of its weight, 0 to 1; null takes an earlier word back. */
  @ApiProperty({ type: Number, nullable: true, example: 0.5 })
  // To be said: left out by mistake it would take the word back.
  @ValidateIf((_, credit) => credit !== null)
  @IsNumber({ maxDecimalPlaces: 3 })
  @Min(0)
  @Max(1)
  credit!: number | null;

  /**
   * Why.
   * @example "They did it by telephone."
   */
  @IsString()
  @Length(1, 2000)
  reason!: string;
}

export class SeenDto {
  /**
   * Up to which position of your team's inbox.
   * @example 1
   */
  @IsNumber({ maxDecimalPlaces: 0 })
  @Min(1)
  @Max(1_000_000_000)
  position!: number;
}
