import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { TLP } from '../../kernel/markings.js';
import { REQUEST_KINDS } from '../../kernel/region.js';
import type { RequestKind } from '../../kernel/region.js';
import { PageQuery } from '../../platform/http/page.dto.js';
import { Repeated } from '../../platform/http/repeated.js';
import type { AudienceItem } from '../../policy/audience.js';
import { IsInstant } from '../../platform/http/is-instant.js';
import { IsAudience, ReleaseMarkingDto } from '../sharing/index.js';

import { STATES } from './request.rules.js';
import type { Reach } from './requests.store.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';
import { Holds } from '../../platform/http/holds.js';

const BCP47 = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** How the audience of a request looks in OpenAPI. */
export const requestAudience = {
  type: 'array',
  maxItems: 100,
  items: { type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: true },
  example: [{ organisation: '8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b' }],
} as const;

/** One of the two. */
export class AddresseeDto {
  /**
   * Id of the organisation that is asked.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @MayBeLeftOut()
  @IsUUID()
  organisation?: string;

  /** Id of a sharing group of yours, whose members are asked: those of its newest epoch. */
  @ApiPropertyOptional({ type: String, format: 'uuid' })
  @MayBeLeftOut()
  @IsUUID()
  group?: string;
}

export class AskRequestDto {
  /**
   * `rfi` asks for information, `takedown` to take something off the net, `notification` to tell a victim, `assistance`
   * for help, `preservation` to keep data until a legal process reaches it, `urgent-hold` to stop a payment in flight.
   * @example urgent-hold
   */
  @IsIn(REQUEST_KINDS)
  kind!: RequestKind;

  /** Whom it asks. */
  @ApiProperty({ type: () => AddresseeDto, example: { organisation: '8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b' } })
  @Holds(() => AddresseeDto)
  to!: AddresseeDto;

  /** How far it may go. GREEN and CLEAR wait as a draft until a second person of your organisation sends it. */
  @Holds(() => ReleaseMarkingDto)
  marking!: ReleaseMarkingDto;

  /**
   * Who may read it, of those that it asks: all of them where it is left out. At TLP:RED named users or duty roles of
   * theirs, and to be said.
   */
  @ApiPropertyOptional(requestAudience)
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(100)
  @IsAudience()
  audience?: AudienceItem[];

  /**
   * What is asked, in a line.
   * @example "Please hold a transfer that is on its way to an account at Example Bank"
   */
  @IsString()
  @Length(1, 300)
  title!: string;

  /**
   * Markdown.
   * @example "12,500.00 left for account 000-111-222 at 09:02 UTC. The victim called us at 09:10."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(50_000)
  body!: string;

  /**
   * BCP 47 tag.
   * @example en
   */
  @MayBeNull()
  @Matches(BCP47, { message: 'language must be a BCP 47 tag such as en, th or zh-Hans' })
  language?: string | null;

  /**
   * Who reads the answers: `all` who read the request, or the `asker` alone. `all` where it is left out.
   * @example asker
   */
  @MayBeLeftOut()
  @IsIn(['all', 'asker'])
  answersTo?: Reach;

  /** Ids of incidents that it is about. Whoever reads the request sees those that it may read itself. */
  @ApiPropertyOptional({ type: [String], example: ['5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10'] })
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  incidents?: string[];

  /**
   * Until when it should be acknowledged; by the region's clock for its kind where it is left out.
   * @example "2026-11-20T09:30:00Z"
   */
  @MayBeLeftOut()
  @IsInstant()
  acknowledgeBy?: string;

  /**
   * Until when it should be answered; by the region's clock for its kind where it is left out.
   * @example "2026-11-20T10:10:00Z"
   */
  @MayBeLeftOut()
  @IsInstant()
  answerBy?: string;
}

export class AnswerRequestDto {
  /**
   * Markdown. It has the marking of the request.
   * @example "Held at 09:24 UTC. Our bank waits for your victim's bank to call."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(50_000)
  body!: string;

  /**
   * BCP 47 tag.
   * @example en
   */
  @MayBeNull()
  @Matches(BCP47, { message: 'language must be a BCP 47 tag such as en, th or zh-Hans' })
  language?: string | null;

  /**
   * Who reads it: as the request asks where it is left out, or fewer.
   * @example asker
   */
  @MayBeLeftOut()
  @IsIn(['all', 'asker'])
  audience?: Reach;

  /** Ids of incidents that it is about. Whoever reads the answer sees those that it may read itself. */
  @ApiPropertyOptional({ type: [String], example: ['7b6a5948-3726-4150-9f4e-3d2c1b0a9f8e'] })
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  incidents?: string[];
}

export class EscalateRequestDto {
  /**
   * Id of the organisation whose contact you paged; where one alone is late it may be left out.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @MayBeLeftOut()
  @IsUUID()
  organisation?: string;

  /**
   * Whom you reached, and how.
   * @example "Spoke to the duty desk by phone; they look into it."
   */
  @MayBeNull()
  @IsString()
  @MaxLength(2000)
  note?: string | null;
}

export class ListRequestsQuery extends PageQuery {
  /**
   * `sent` by your organisation, or `received`.
   * @example received
   */
  @MayBeLeftOut()
  @IsIn(['sent', 'received'])
  direction?: 'sent' | 'received';

  /**
   * Kind; repeat for "or", as every filter.
   * @example ["urgent-hold"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsIn(REQUEST_KINDS, { each: true })
  kind?: string[];

  /**
   * State, as it shows to you.
   * @example ["open"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsIn(STATES, { each: true })
  state?: string[];

  /**
   * Whether something is late.
   * @example "true"
   */
  @ApiProperty({ enum: ['true', 'false'], required: false, example: 'true' })
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  overdue?: 'true' | 'false';

  /**
   * Id of the organisation that asks, or is asked.
   * @example ["8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsUUID(undefined, { each: true })
  organisation?: string[];

  /**
   * Id of the sharing group that is asked.
   * @example ["4e3d2c1b-0a9f-4e8d-8c7b-6a5b4c3d2e1f"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsUUID(undefined, { each: true })
  group?: string[];

  /**
   * Id of an incident that it, or an answer to it, is about.
   * @example ["5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsUUID(undefined, { each: true })
  incident?: string[];

  /**
   * TLP label.
   * @example ["TLP:AMBER"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsIn(TLP, { each: true })
  marking?: string[];

  /**
   * Only what was sent at this instant or later.
   * @example "2026-11-01T00:00:00Z"
   */
  @MayBeLeftOut()
  @IsInstant()
  since?: string;

  /**
   * Only what was sent before this instant.
   * @example "2026-12-01T00:00:00Z"
   */
  @MayBeLeftOut()
  @IsInstant()
  until?: string;

  /**
   * Whether to count all of them: exact to 10,000.
   * @example "true"
   */
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  count?: 'true' | 'false';
}
