import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO8601,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsTimeZone,
  IsUUID,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import type { Affiliation, OrganisationKind, Standing } from '../../../kernel/actor.js';
import { PageQuery } from '../../../platform/http/page.dto.js';
import { Many } from './many.js';
import { ORGANISATION_ACTIONS } from './organisation.rules.js';
import type { OrganisationAction } from './organisation.rules.js';

export const ORGANISATION_KINDS = [
  'national-cert',
  'sectoral-cert',
  'government',
  'regional-body',
  'constituent',
] as const;
const AFFILIATIONS = ['member', 'dialogue-partner', 'regional'] as const;
export const STANDINGS = ['applicant', 'sponsored', 'active', 'suspended', 'retired'] as const;

/** BCP 47 as far as the region's languages need it: language, script, region. */
const LANGUAGE_TAG = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$/;
const CALENDAR_DATE = /^\d{4}-\d{2}-\d{2}$/;

export class OrganisationsQuery extends PageQuery {
  /**
   * Of these kinds only.
   * @example ["national-cert"]
   */
  @IsOptional()
  @Many()
  @IsIn(ORGANISATION_KINDS, { each: true })
  kind?: OrganisationKind[];

  /**
   * Of these countries only, ISO 3166-1 alpha-2.
   * @example ["VN", "TH"]
   */
  @IsOptional()
  @Many()
  @Matches(/^[A-Z]{2}$/, { each: true, message: 'each must be an ISO 3166-1 alpha-2 code' })
  country?: string[];

  /**
   * In these standings only; all but retired when left out.
   * @example ["active"]
   */
  @IsOptional()
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
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be an ISO 3166-1 alpha-2 code' })
  country?: string;

  /**
   * Id of the national CERT that a sectoral or government body or a constituent belongs to; your own when left out.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @IsOptional()
  @IsUUID()
  parent?: string;

  /**
   * IANA time zone; its member's first when left out.
   * @example "Asia/Ho_Chi_Minh"
   */
  @IsOptional()
  @IsTimeZone()
  timeZone?: string;

  /**
   * Languages its people work in (BCP 47), the usual one first; its member's when left out.
   * @example ["vi", "en"]
   */
  @IsOptional()
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
  @IsOptional()
  @IsString()
  @Length(2, 200)
  name?: string;

  /**
   * Whether its accounts need a second factor to sign in.
   * @example true
   */
  @IsOptional()
  @IsBoolean()
  totpRequired?: boolean;

  /**
   * A national CERT's switch: whether what is TLP:GREEN to it reaches its own constituents, sectoral and government bodies.
   * @example false
   */
  @IsOptional()
  @IsBoolean()
  relayGreen?: boolean;

  /**
   * IANA time zone.
   * @example "Asia/Ho_Chi_Minh"
   */
  @IsOptional()
  @IsTimeZone()
  timeZone?: string;

  /**
   * Languages its people work in (BCP 47), the usual one first.
   * @example ["vi", "en"]
   */
  @IsOptional()
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

/** An organisation, by name. */
export class OrganisationRef {
  /**
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * @example "Viet Nam National CERT"
   */
  name!: string;
}

export class DesignationView {
  /**
   * @example "Ministry of Information and Communications"
   */
  designatedBy!: string;

  /**
   * @example "2026-10-01"
   */
  designatedOn!: string;

  /**
   * @example "Decision 1622/QD-BTTTT"
   */
  document!: string;
}

export class SponsorView {
  /** Who vouched for it. */
  organisation!: OrganisationRef;

  /**
   * ISO 3166-1 alpha-2.
   * @example "TH"
   */
  country!: string | null;

  /**
   * @example "We have worked with this team on three incidents since 2024."
   */
  statement!: string;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  enteredAt!: string;
}

export class OpenDecisionView {
  /**
   * @example "suspend"
   */
  @ApiProperty({ enum: ['suspend', 'reinstate'] })
  decision!: 'suspend' | 'reinstate';

  /**
   * @example "Repeated release of AMBER material outside its audience."
   */
  reason!: string;

  /**
   * @example "2026-11-18"
   */
  decidedOn!: string;

  /**
   * @example "Minutes of the 14th meeting, item 3"
   */
  document!: string;

  /** Who entered it; a second organisation has to confirm. Null where you may not see who. */
  enteredBy!: OrganisationRef | null;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  enteredAt!: string;
}

export class OrganisationSettingsView {
  /**
   * @example true
   */
  totpRequired!: boolean;

  /**
   * @example false
   */
  relayGreen!: boolean;
}

export class OrganisationView {
  /**
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * @example "Viet Nam National CERT"
   */
  name!: string;

  /**
   * @example "national-cert"
   */
  @ApiProperty({ enum: ORGANISATION_KINDS })
  kind!: OrganisationKind;

  /**
   * @example "member"
   */
  @ApiProperty({ enum: AFFILIATIONS })
  affiliation!: Affiliation;

  /**
   * ISO 3166-1 alpha-2; null for a body of the region.
   * @example "VN"
   */
  country!: string | null;

  /**
   * The official short name.
   * @example "Viet Nam"
   */
  countryName!: string | null;

  /**
   * @example "active"
   */
  @ApiProperty({ enum: STANDINGS })
  standing!: Standing;

  /** The national CERT it belongs to. */
  parent!: OrganisationRef | null;

  /**
   * Whether it runs the region at present.
   * @example false
   */
  isSecretariat!: boolean;

  /**
   * Last day of the secretariat's term.
   * @example "2028-12-31"
   */
  secretariatUntil!: string | null;

  /**
   * @example "Asia/Ho_Chi_Minh"
   */
  timeZone!: string;

  /**
   * @example ["vi", "en"]
   */
  languages!: string[];

  /**
   * Node on which it was registered.
   * @example "local"
   */
  originNode!: string;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  createdAt!: string;

  /** The government's designation of a member's national CERT. */
  designation!: DesignationView | null;

  /** Members that vouched for it. */
  sponsors!: SponsorView[];

  /** A decision on its standing that waits for a second organisation. */
  openDecision!: OpenDecisionView | null;

  /** Its own settings; null to others. */
  settings!: OrganisationSettingsView | null;

  /**
   * What you may do with it now.
   * @example ["sponsor"]
   */
  @ApiProperty({ enum: ORGANISATION_ACTIONS, isArray: true })
  allowedActions!: OrganisationAction[];
}

export class OrganisationPage {
  /** In the region's order of listing. */
  items!: OrganisationView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
