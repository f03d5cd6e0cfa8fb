import { ApiProperty, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNotEmpty,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
} from 'class-validator';
import { IsInstant } from '../../platform/http/is-instant.js';
import { PAP, TLP } from '../../kernel/markings.js';
import type { Pap, Tlp } from '../../kernel/markings.js';
import type { AudienceItem } from '../../policy/audience.js';
import { IsAudience } from './audience.validator.js';
import { OUTCOME_TOKEN } from './release-outcome.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';
import { Holds } from '../../platform/http/holds.js';

export class ReleaseMarkingDto {
  /**
   * TLP 2.0 label.
   * @example TLP:AMBER
   */
  @IsIn(TLP)
  tlp!: Tlp;

  /**
   * Permissible actions; the record's own when left out.
   * @example PAP:GREEN
   */
  @MayBeLeftOut()
  @IsIn(PAP)
  pap?: Pap;
}

/** A duty role of an organisation. */
class DutyRoleItem {
  /**
   * Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @IsUUID()
  organisation!: string;

  /**
   * Name of the duty role.
   * @example incident-response
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  role!: string;
}

const uuidItem = (name: string): object => ({
  type: 'object',
  required: [name],
  additionalProperties: false,
  properties: { [name]: { type: 'string', format: 'uuid' } },
});

/** How an audience looks in OpenAPI: words, or objects that name somebody. */
export const audienceSchema = {
  type: 'array',
  maxItems: 500,
  items: {
    oneOf: [
      { type: 'string', enum: ['public', 'community', 'partners'] },
      uuidItem('organisation'),
      uuidItem('group'),
      uuidItem('user'),
      {
        type: 'object',
        required: ['dutyRole'],
        additionalProperties: false,
        properties: { dutyRole: { $ref: getSchemaPath(DutyRoleItem) } },
      },
    ],
  },
  example: [{ organisation: '8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b' }],
} as const;

@ApiExtraModels(DutyRoleItem)
export class ReleaseDto {
  /** Replaces the record's marking. */
  @Holds(() => ReleaseMarkingDto)
  marking!: ReleaseMarkingDto;

  /** Who may read it, within the marking's ceiling. It replaces the audience before; none means the owner alone. */
  @ApiProperty(audienceSchema as object)
  @IsArray()
  @ArrayMaxSize(500)
  @IsAudience()
  audience!: AudienceItem[];

  /**
   * Where nobody else is on duty, GREEN and CLEAR wait out a hold that anyone on the duty list can cancel, instead of a
   * second person's word.
   * @example false
   */
  @MayBeLeftOut()
  @IsBoolean()
  hold?: boolean;

  /**
   * An embargo: it goes out at this instant, to whom it names today, and nobody reads it before. UTC, or with an offset.
   * Until then it is `scheduled`, shown as `waitingRelease`, and can be cancelled; a change of the record cancels it.
   * @example null
   */
  @ApiProperty({ required: false, type: 'string', format: 'date-time', nullable: true })
  @MayBeNull()
  @IsInstant()
  notBefore?: string | null;

  /**
   * The token of the preview that you saw: the release is refused with 409 `preview-outdated` where it would do something
   * else by now. Not checked when left out.
   */
  @ApiProperty({
    required: false,
    type: 'string',
    example: 'v1.3q2-7wWb0Xn1k5Lr.T8cVdEyZaPo1k5Lr.kqYd0b7PzFhV3mXe.7wWb0Xn1..',
  })
  @MayBeLeftOut()
  @Matches(OUTCOME_TOKEN)
  @MaxLength(200_000)
  previewToken?: string;
}

export const RELEASE_STATUSES = ['pending', 'held', 'scheduled', 'released'] as const;

export class ReleaseView {
  /**
   * Id of the release.
   * @example "2b1c3d4e-5f60-4718-8293-a4b5c6d7e8f9"
   */
  id!: string;

  /**
   * `pending` waits for a second person, `held` for its hold to end, `scheduled` for its instant; `released` is in force.
   * @example released
   */
  @ApiProperty({ enum: RELEASE_STATUSES })
  status!: (typeof RELEASE_STATUSES)[number];

  /**
   * The revision it binds, by the owner's count.
   * @example 3
   */
  revision!: number;

  /** The marking it gives the record. */
  marking!: ReleasedMarkingView;

  /** Who may read it. */
  @ApiProperty(audienceSchema as object)
  audience!: AudienceItem[];

  /**
   * Who asked for it: the id of an account of your organisation.
   * @example "0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f"
   */
  requestedBy!: string | null;

  /**
   * When it was asked for.
   * @example "2026-11-20T02:30:00.000Z"
   */
  requestedAt!: string;

  /**
   * Since when it is in force.
   * @example "2026-11-20T02:41:00.000Z"
   */
  releasedAt!: string | null;

  /**
   * When a held release goes out unless somebody on the duty list cancels it.
   * @example null
   */
  holdUntil!: string | null;

  /**
   * The end of its embargo: nobody reads it before.
   * @example null
   */
  notBefore!: string | null;
}

export class ReleasedMarkingView {
  /**
   * TLP 2.0 label.
   * @example TLP:AMBER
   */
  tlp!: Tlp;

  /**
   * Permissible actions.
   * @example PAP:GREEN
   */
  pap!: Pap;
}
