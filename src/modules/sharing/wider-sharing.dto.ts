import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { TLP } from '../../kernel/markings.js';
import type { Tlp } from '../../kernel/markings.js';
import { PageQuery } from '../../platform/http/page.dto.js';
import { Repeated } from '../../platform/http/repeated.js';
import type { AudienceItem } from '../../policy/audience.js';
import { IsAudience } from './audience.validator.js';
import { RecipientView } from './receipts.dto.js';
import { audienceSchema } from './release.dto.js';
import { WIDER_SHARING_STATES } from './wider-sharing.store.js';
import type { WiderSharingState } from './wider-sharing.store.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';
import { Holds } from '../../platform/http/holds.js';

export class WantedMarking {
  /**
   * TLP 2.0 label.
   * @example TLP:GREEN
   */
  @IsIn(TLP)
  tlp!: Tlp;
}

export class RequestWiderSharingDto {
  /** The marking that you want it at; left out, the one that it has. */
  @MayBeNull()
  @Holds(() => WantedMarking)
  marking?: WantedMarking | null;

  /** Who should read it besides those who do. */
  @ApiProperty(audienceSchema as object)
  @IsArray()
  @ArrayMaxSize(100)
  @IsAudience()
  audience!: AudienceItem[];

  /**
   * Why, for its owner.
   * @example "Our operators see the same scanner, and may not know of it."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  reason!: string;
}

/** What a release that is granted would ask for: the body of `release-preview`, to look at and to send on. */
export class WiderReleaseView {
  marking!: WantedMarking;

  /** Who reads it now, and who is wanted. */
  @ApiProperty(audienceSchema as object)
  audience!: AudienceItem[];
}

export class WiderSharingRequestView {
  /**
   * UUIDv4.
   * @example "5e4d3c2b-1a0f-4e9d-8c7b-6a5948372615"
   */
  id!: string;

  /**
   * Id of the record. Whose it is, its own view says to whom it may.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  incident!: string;

  /** `declined` needs no reason. `granted`: its owner agrees, and releases it or not by the ordinary rule. */
  @ApiProperty({ enum: WIDER_SHARING_STATES, example: 'open' })
  state!: WiderSharingState;

  /** The marking that is wanted; null: the one that it has. */
  marking!: WantedMarking | null;

  /** Who should read it besides those who do. */
  @ApiProperty(audienceSchema as object)
  audience!: AudienceItem[];

  /**
   * Why.
   * @example "Our operators see the same scanner, and may not know of it."
   */
  reason!: string;

  /** Who asks; null where you do not see it any more. */
  askedBy!: RecipientView | null;

  /**
   * When.
   * @example "2026-11-20T03:10:00.000Z"
   */
  askedAt!: string;

  /**
   * When it was granted or declined.
   * @example null
   */
  decidedAt!: string | null;

  /** To the record's owner alone, where it is asked for by its record: what to preview. */
  release!: WiderReleaseView | null;

  /** What you may do next. */
  @ApiProperty({ enum: ['grant', 'decline'], isArray: true, example: [] })
  allowedActions!: ('grant' | 'decline')[];
}

/** To the record's owner all; to a reader its organisation's own. */
export class WiderSharingRequestList {
  /** Newest first. */
  items!: WiderSharingRequestView[];
}

export class ListWiderSharingQuery extends PageQuery {
  /**
   * Repeat for "or".
   * @example ["open"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsIn(WIDER_SHARING_STATES, { each: true })
  state?: WiderSharingState[];
}

export class WiderSharingRequestPage {
  /** Newest first. */
  items!: WiderSharingRequestView[];

  /**
   * The cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;
}
