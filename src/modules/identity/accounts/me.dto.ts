import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsString,
  Length,
  MaxLength,
  MinLength,
} from 'class-validator';
import { ROLES } from '../../../kernel/actor.js';
import type { OrganisationKind, Role, Standing } from '../../../kernel/actor.js';
import { IsInstant } from '../../../platform/http/is-instant.js';
import { ORGANISATION_KINDS, STANDINGS } from '../organisations/organisations.dto.js';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, SCOPES } from './account.rules.js';

export class OwnOrganisationView {
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
   * ISO 3166-1 alpha-2; null for a body of the region.
   * @example "VN"
   */
  country!: string | null;

  /**
   * @example "active"
   */
  @ApiProperty({ enum: STANDINGS })
  standing!: Standing;
}

export class MeView {
  /**
   * @example "3f0b9a52-58c4-4b0a-8d3f-6b1f6f3f9a10"
   */
  id!: string;

  /**
   * @example "linh@cert.vn.example"
   */
  email!: string;

  /**
   * @example "Linh Tran"
   */
  displayName!: string;

  /**
   * @example ["analyst", "coordinator"]
   */
  @ApiProperty({ enum: ROLES, isArray: true })
  roles!: Role[];

  /** Who you act for. */
  organisation!: OwnOrganisationView;

  /**
   * What the credential you used may be used for.
   * @example ["self", "directory:read", "incidents:read"]
   */
  permissions!: string[];

  /**
   * Whether a second factor is active.
   * @example true
   */
  hasSecondFactor!: boolean;

  /**
   * Whether your organisation requires one.
   * @example true
   */
  secondFactorRequired!: boolean;

  /**
   * @example ["update", "change-password", "create-api-key"]
   */
  allowedActions!: string[];
}

export class UpdateMeDto {
  /**
   * How others see you.
   * @example "Linh Tran"
   */
  @IsString()
  @Length(1, 100)
  displayName!: string;
}

export class ChangePasswordDto {
  /**
   * @example "correct horse battery staple"
   */
  @IsString()
  @MaxLength(MAX_PASSWORD_LENGTH)
  currentPassword!: string;

  /**
   * At least 12 characters that are hard to guess.
   * @example "seven quiet boats at low tide"
   */
  @IsString()
  @MinLength(MIN_PASSWORD_LENGTH)
  @MaxLength(MAX_PASSWORD_LENGTH)
  newPassword!: string;
}

export class SessionView {
  /**
   * @example "5d7c1b6e-2a9f-4e0d-8f44-3b1a0c9d8e7f"
   */
  id!: string;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  createdAt!: string;

  /**
   * When it ends unless it is refreshed before.
   * @example "2026-12-20T02:10:00.000Z"
   */
  expiresAt!: string;

  /**
   * Whether it is the one you use now.
   * @example true
   */
  isCurrent!: boolean;

  /**
   * Whether it can do nothing but enrol a second factor.
   * @example false
   */
  isLimited!: boolean;

  /**
   * @example ["revoke"]
   */
  allowedActions!: string[];
}

export class SessionPage {
  /** Newest first. */
  items!: SessionView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}

export class CreateApiKeyDto {
  /**
   * What it is for.
   * @example "nightly import"
   */
  @IsString()
  @Length(1, 100)
  name!: string;

  /**
   * What it may be used for: some of what you may do yourself.
   * @example ["incidents:read", "incidents:write"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes!: string[];

  /**
   * At most a year from now.
   * @example "2027-06-30T00:00:00Z"
   */
  @IsInstant()
  expiresAt!: string;
}

export class ApiKeyView {
  /**
   * @example "0c9b8a7d-6e5f-4a3b-9c2d-1e0f9a8b7c6d"
   */
  id!: string;

  /**
   * @example "nightly import"
   */
  name!: string;

  /**
   * @example ["incidents:read", "incidents:write"]
   */
  scopes!: string[];

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  createdAt!: string;

  /**
   * @example "2027-06-30T00:00:00.000Z"
   */
  expiresAt!: string;

  /**
   * To the hour; null when it was never used.
   * @example "2026-11-20T02:10:00.000Z"
   */
  lastUsedAt!: string | null;

  /**
   * @example ["revoke"]
   */
  allowedActions!: string[];
}

export class CreatedApiKeyView extends ApiKeyView {
  /**
   * The key itself, shown once: null when the request that made it is repeated.
   * @example "ronda_key_3q2-7w8x9yZAbCdEfGhIjKlMnOpQrStUvWxYz012345"
   */
  secret!: string | null;
}

export class ApiKeyPage {
  /** Newest first. */
  items!: ApiKeyView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
