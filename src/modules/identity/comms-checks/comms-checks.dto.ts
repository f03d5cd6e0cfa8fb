import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, IsUUID, Length, Max, MaxLength, Min } from 'class-validator';
import { IsInstant } from '../../../platform/http/is-instant.js';
import type { CheckStatus, Outcome } from './comms-check.rules.js';
import { MayBeLeftOut, MayBeNull } from '../../../platform/http/may-be-null.js';

export class CallCommsCheckDto {
  /**
   * `surprise` opens at once or unannounced; `scheduled` says when it opens.
   * @example surprise
   */
  @IsIn(['scheduled', 'surprise'])
  kind!: 'scheduled' | 'surprise';

  /**
   * When it opens; at once where it is left out. Members see it from then on.
   * @example "2026-11-24T19:00:00Z"
   */
  @MayBeLeftOut()
  @IsInstant()
  opensAt?: string;

  /**
   * Minutes to answer in; the region's where it is left out.
   * @example 60
   */
  @MayBeLeftOut()
  @IsInt()
  @Min(5)
  @Max(10_080)
  windowMinutes?: number;

  /**
   * What members are told.
   * @example "Quarterly check of the 24/7 contacts."
   */
  @MayBeNull()
  @IsString()
  @MaxLength(2000)
  note?: string | null;
}

export class IssueCodeDto {
  /**
   * Id of the organisation whose 24/7 contact you call.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @IsUUID()
  organisation!: string;
}

export class AnswerByCodeDto {
  /**
   * The one-time code that was read out. Spaces, dashes and case do not matter.
   * @example "7K3M-Q2XD-9T4B"
   */
  @IsString()
  @Length(8, 40)
  code!: string;
}

export class CodeAnsweredView {
  /**
   * When the contact was found to answer.
   * @example "2026-11-20T19:12:00.000Z"
   */
  answeredAt!: string;
}

export class CheckedRef {
  /**
   * Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * Its name.
   * @example "Viet Nam National CERT"
   */
  name!: string;
}

export class CheckResultView {
  /** Who was to answer. */
  organisation!: CheckedRef;

  /** Whether it did. */
  @ApiProperty({ enum: ['waiting', 'answered', 'missed'], example: 'answered' })
  outcome!: Outcome;

  /**
   * When.
   * @example "2026-11-20T19:12:00.000Z"
   */
  answeredAt!: string | null;

  /** By a code that was read out to its 24/7 contact, or by an account of its own that was on duty. */
  @ApiProperty({ enum: ['code', 'account', null], nullable: true, type: 'string', example: 'account' })
  via!: 'code' | 'account' | null;
}

export class CommsCheckView {
  /**
   * UUIDv4.
   * @example "9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a"
   */
  id!: string;

  /** Whether it was announced. */
  @ApiProperty({ enum: ['scheduled', 'surprise'], example: 'surprise' })
  kind!: 'scheduled' | 'surprise';

  /** Where it stands. One that has not opened is seen by the secretariat alone. */
  @ApiProperty({ enum: ['scheduled', 'open', 'closed'], example: 'open' })
  status!: CheckStatus;

  /**
   * What members are told.
   * @example "Quarterly check of the 24/7 contacts."
   */
  note!: string | null;

  /**
   * When it opens.
   * @example "2026-11-20T19:00:00.000Z"
   */
  opensAt!: string;

  /**
   * Until when it is answered.
   * @example "2026-11-20T20:00:00.000Z"
   */
  closesAt!: string;

  /** Your own organisation's result; to the secretariat everybody's. */
  results!: CheckResultView[];

  /** What you may do next. */
  @ApiProperty({ enum: ['answer', 'issue-code'], isArray: true, example: ['answer'] })
  allowedActions!: ('answer' | 'issue-code')[];
}

export class IssuedCodeView extends CommsCheckView {
  /**
   * The one-time code to read out to the 24/7 contact; shown in the first answer alone. It takes the place of the one before.
   * @example "7K3M-Q2XD-9T4B"
   */
  code!: string | null;
}

export class CommsCheckPage {
  /** By when they open, newest first. */
  items!: CommsCheckView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
