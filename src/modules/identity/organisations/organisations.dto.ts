import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO8601,
  IsNotEmpty,
  IsString,
  IsTimeZone,
  IsUUID,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import type { OrganisationKind, Standing } from '../../../kernel/actor.js';
import { PageQuery } from '../../../platform/http/page.dto.js';
import { Many } from './many.js';
import { MayBeLeftOut } from '../../../platform/http/may-be-null.js';

export const ORGANISATION_KINDS = [
  'national-cert',
  'sectoral-cert',
  'government',
  'regional-body',
  'constituent',
] as const;
export const STANDINGS = ['applicant', 'sponsored', 'active', 'suspended', 'retired'] as const;

/** BCP 47 as far as the region's languages need it: language, script, region. */
const LANGUAGE_TAG = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$/;
const CALENDAR_DATE = /^\d{4}-\d{2}-\d{2}$/;

export class OrganisationsQuery extends PageQuery {
  /**
   * Of these kinds only.
   * @example ["national-cert"]
   */
  @MayBeLeftOut()
  @Many()
  @IsIn(ORGANISATION_KINDS, { each: true })
  kind?: OrganisationKind[];

  /**
   * Of these countries only, ISO 3166-1 alpha-2.
   * @example ["VN", "TH"]
   */
  @MayBeLeftOut()
  @Many()
  @Matches(/^[A-Z]{2}$/, { each: true, message: 'each must be an ISO 3166-1 alpha-2 code' })
  country?: string[];

  /**
   * In these standings only; all but retired when left out.
   * @example ["active"]
   */
  @MayBeLeftOut()
  @Many()
  @IsIn(STANDINGS, { each: true })
  standing?: Standing[];
}

export class RegisterOrganisationDto {
  /**
   * The name it goes by.
   * @example "Northern Energy CERT"
   */
  @IsString()
  @Length(2, 200)
  name!: string;

  /**
   * What it is. A national CERT registers sectoral and government bodies and constituents of its own.
   * @example "sectoral-cert"
   */
  @IsIn(ORGANISATION_KINDS)
  kind!: OrganisationKind;

  /**
   * Code of the member or partner it belongs to, ISO 3166-1 alpha-2. None for a body of the region; that of its CERT where it has one.
   * @example "VN"
   */
  @MayBeLeftOut()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be an ISO 3166-1 alpha-2 code' })
  country?: string;

  /**
   * Id of the national CERT that a sectoral or government body or a constituent belongs to; your own when left out.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @MayBeLeftOut()
  @IsUUID()
  parent?: string;

  /**
   * IANA time zone; its member's first when left out.
   * @example "Asia/Ho_Chi_Minh"
   */
  @MayBeLeftOut()
  @IsTimeZone()
  timeZone?: string;

  /**
   * Languages its people work in (BCP 47), the usual one first; its member's when left out.
   * @example ["vi", "en"]
   */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(10)
  @ArrayUnique()
  @Matches(LANGUAGE_TAG, { each: true, message: 'each of languages must be a BCP 47 tag such as vi or zh-Hant' })
  languages?: string[];
}

export class UpdateOrganisationDto {
  /**
   * Changed by the secretariat, or by the CERT it belongs to.
   * @example "Northern Energy CERT"
   */
  @MayBeLeftOut()
  @IsString()
  @Length(2, 200)
  name?: string;

  /**
   * Whether its accounts need a second factor to sign in.
   * @example true
   */
  @MayBeLeftOut()
  @IsBoolean()
  totpRequired?: boolean;

  /**
   * A national CERT's switch: whether what is TLP:GREEN to it reaches its own constituents, sectoral and government bodies.
   * @example false
   */
  @MayBeLeftOut()
  @IsBoolean()
  relayGreen?: boolean;

  /**
   * IANA time zone.
   * @example "Asia/Ho_Chi_Minh"
   */
  @MayBeLeftOut()
  @IsTimeZone()
  timeZone?: string;

  /**
   * Languages its people work in (BCP 47), the usual one first.
   * @example ["vi", "en"]
   */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(10)
  @ArrayUnique()
  @Matches(LANGUAGE_TAG, { each: true, message: 'each of languages must be a BCP 47 tag such as vi or zh-Hant' })
  languages?: string[];
}

export class DesignationDto {
  /**
   * Who designated it, as the document says.
   * @example "Ministry of Information and Communications"
   */
  @IsString()
  @Length(2, 300)
  designatedBy!: string;

  /**
   * Date of the designation.
   * @example "2026-10-01"
   */
  @Matches(CALENDAR_DATE, { message: 'designatedOn must be a date such as 2026-10-01' })
  @IsISO8601({ strict: true })
  designatedOn!: string;

  /**
   * Reference of the document.
   * @example "Decision 1622/QD-BTTTT"
   */
  @IsString()
  @Length(1, 500)
  document!: string;
}

export class SponsorshipDto {
  /**
   * Why your organisation vouches for it.
   * @example "We have worked with this team on three incidents since 2024."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  statement!: string;
}

export class StandingDecisionDto {
  /**
   * Why the members decided so.
   * @example "Repeated release of AMBER material outside its audience."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  reason!: string;

  /**
   * Date of the decision.
   * @example "2026-11-18"
   */
  @Matches(CALENDAR_DATE, { message: 'decidedOn must be a date such as 2026-11-18' })
  @IsISO8601({ strict: true })
  decidedOn!: string;

  /**
   * Reference of the document.
   * @example "Minutes of the 14th meeting, item 3"
   */
  @IsString()
  @Length(1, 500)
  document!: string;
}

export class HandOverDto {
  /**
   * Last day of the new term.
   * @example "2028-12-31"
   */
  @Matches(CALENDAR_DATE, { message: 'until must be a date such as 2028-12-31' })
  @IsISO8601({ strict: true })
  until!: string;
}
