import { ApiProperty, ApiPropertyOptional, IntersectionType, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsInstant } from '../../platform/http/is-instant.js';
import type { AudienceItem } from '../../policy/audience.js';
import { IsAudience, RecallDto, ReleaseMarkingDto } from '../sharing/index.js';
import { ADVISORY_KINDS } from './advisory.content.js';
import type { AdvisoryKind } from './advisory.content.js';
import {
  AcknowledgementDto,
  AffectedProductDto,
  IndicatorDto,
  ReferenceDto,
  RemediationDto,
  VulnerabilityDto,
  WorkaroundDto,
} from './advisory.dto.js';
import { VERSION_STEPS } from './advisory.rules.js';
import type { VersionStep } from './advisory.rules.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';
import { EachHolds, Holds } from '../../platform/http/holds.js';

const BCP47 = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** How the audience of an advisory looks in OpenAPI. */
export const advisoryAudience = {
  type: 'array',
  maxItems: 500,
  items: {
    anyOf: [
      { type: 'string', enum: ['public', 'community', 'partners'] },
      { type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: true },
    ],
  },
  example: ['community'],
} as const;

class AdvisorySaysDto {
  /**
   * What it is about, in a line.
   * @example "Example Gateway lets anybody in"
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(300)
  title!: string;

  /**
   * What a reader in a hurry has to know.
   * @example "Sign-in is bypassed by an empty password. It is being exploited: update today."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  summary!: string;

  /**
   * Markdown.
   * @example "## What happens\n\nAn empty password passes."
   */
  @IsString()
  @MaxLength(200_000)
  body!: string;

  /** What kind of advisory it is. */
  @ApiProperty({ enum: ADVISORY_KINDS, example: 'vulnerability' })
  @IsIn(ADVISORY_KINDS)
  kind!: AdvisoryKind;

  /**
   * BCP 47 tag of the language that it is written in.
   * @example en
   */
  @Matches(BCP47, { message: 'language must be a BCP 47 tag such as en, th or zh-Hans' })
  language!: string;

  /** How far it may go once it is published. The region's default PAP where `pap` is left out. */
  @Holds(() => ReleaseMarkingDto)
  marking!: ReleaseMarkingDto;
}

class AdvisoryFactsDto {
  /** To whom it is meant, within the marking's ceiling; it is resolved when it goes out. Nobody where it is left out. */
  @ApiPropertyOptional(advisoryAudience as object)
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(500)
  @IsAudience()
  audience?: AudienceItem[] | null;

  /** Ids of organisations that issue it too. Each of them has to approve it. */
  @ApiPropertyOptional({ type: [String], example: ['8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b'] })
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  jointWith?: string[] | null;

  /**
   * Whether it may go out on its owner's approval alone where it names other organisations: it is withdrawn when theirs
   * are not in within an hour.
   * @example false
   */
  @MayBeNull()
  @IsBoolean()
  urgent?: boolean | null;

  /**
   * How long its readers have to acknowledge it, once it is out. They are not asked to where it is left out.
   * @example 24
   */
  @MayBeNull()
  @IsInt()
  @Min(1)
  @Max(720)
  acknowledgeWithinHours?: number | null;

  /** What is affected. */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(500)
  @EachHolds(() => AffectedProductDto)
  products?: AffectedProductDto[] | null;

  /** What is wrong with it. */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(200)
  @EachHolds(() => VulnerabilityDto)
  vulnerabilities?: VulnerabilityDto[] | null;

  /** What mends it. */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(200)
  @EachHolds(() => RemediationDto)
  remediations?: RemediationDto[] | null;

  /** What helps until then. */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(200)
  @EachHolds(() => WorkaroundDto)
  workarounds?: WorkaroundDto[] | null;

  /** What to look for. */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(2000)
  @EachHolds(() => IndicatorDto)
  indicators?: IndicatorDto[] | null;

  /** Ids of incidents that it was written from. It goes no further than the narrowest of them without their owners' consent. */
  @ApiPropertyOptional({ type: [String], example: ['5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10'] })
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  sources?: string[] | null;

  /** Where more is to be read. */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(200)
  @EachHolds(() => ReferenceDto)
  references?: ReferenceDto[] | null;

  /** Who is thanked. */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(100)
  @EachHolds(() => AcknowledgementDto)
  acknowledgements?: AcknowledgementDto[] | null;
}

export class DraftAdvisoryDto extends IntersectionType(AdvisorySaysDto, AdvisoryFactsDto) {}

/** Members left out stay as they are. */
export class EditAdvisoryDto extends IntersectionType(
  // What it says may be left out, and not be taken back.
  PartialType(AdvisorySaysDto, { skipNullProperties: false }),
  AdvisoryFactsDto,
) {}

export class SubmitAdvisoryDto {
  /**
   * Until when it should be reviewed.
   * @example "2026-11-21T09:00:00Z"
   */
  @MayBeNull()
  @IsInstant()
  reviewBy?: string | null;
}

/** One of the two. */
export class InviteReviewerDto {
  /**
   * Id of another organisation whose people may read the draft.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @MayBeLeftOut()
  @IsUUID()
  organisation?: string;

  /** Id of a person who may read the draft. */
  @ApiPropertyOptional({ type: String, format: 'uuid' })
  @MayBeLeftOut()
  @IsUUID()
  user?: string;
}

export class RemarkDto {
  /**
   * JSON Pointer (RFC 6901) to the member of the draft that it is about; all of it where it is left out.
   * @example "/summary"
   */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(500)
  pointer?: string;

  /**
   * Markdown.
   * @example "Say since which version."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(10_000)
  body!: string;
}

export class RequestChangesDto {
  /** What has to be changed, a line each: it is not submitted again before all of them are done. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @EachHolds(() => RemarkDto)
  changes!: RemarkDto[];
}

export class TickChangeDto {
  /**
   * Whether it is done.
   * @example true
   */
  @IsBoolean()
  done!: boolean;
}

export class ScheduleAdvisoryDto {
  /**
   * The instant at which it goes out, and not before.
   * @example "2026-11-21T01:00:00Z"
   */
  @IsInstant()
  notBefore!: string;
}

export class ReviseAdvisoryDto {
  /** How much changes, in the words of semantic versioning: products, `major`; what is said, `minor`; how it is said, `patch`. */
  @ApiProperty({ enum: VERSION_STEPS, example: 'minor' })
  @IsIn(VERSION_STEPS)
  step!: VersionStep;

  /**
   * What changes, for the revision history.
   * @example "Version 4.1 is affected as well."
   */
  @IsString()
  @Length(1, 2000)
  summary!: string;
}

export class WithdrawAdvisoryDto extends RecallDto {}
