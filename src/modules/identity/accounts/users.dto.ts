import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsString,
  Length,
  MaxLength,
  MinLength,
} from 'class-validator';
import { ROLES } from '../../../kernel/actor.js';
import type { Role } from '../../../kernel/actor.js';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, USER_ACTIONS } from './account.rules.js';
import type { UserAction } from './account.rules.js';
import type { AccountStatus } from './accounts.store.js';
import { MayBeLeftOut } from '../../../platform/http/may-be-null.js';

const ACCOUNT_STATUSES = ['invited', 'active', 'disabled'] as const;

export class InviteUserDto {
  /**
   * The address the account will sign in with.
   * @example "linh@cert.vn.example"
   */
  @IsEmail()
  @MaxLength(254)
  email!: string;

  /**
   * How others will see the person, until it says so itself.
   * @example "Linh Tran"
   */
  @MayBeLeftOut()
  @IsString()
  @Length(1, 100)
  displayName?: string;

  /**
   * @example ["analyst"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(ROLES, { each: true })
  roles!: Role[];
}

export class UpdateUserDto {
  /**
   * @example "Linh Tran"
   */
  @MayBeLeftOut()
  @IsString()
  @Length(1, 100)
  displayName?: string;

  /**
   * @example ["analyst", "coordinator"]
   */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(ROLES, { each: true })
  roles?: Role[];

  /**
   * Disabling ends every session and key of the account, at once.
   * @example "disabled"
   */
  @MayBeLeftOut()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';
}

export class IssueResetDto {
  /**
   * Whether using the link also removes a second factor that was lost.
   * @example false
   */
  @MayBeLeftOut()
  @IsBoolean()
  clearsSecondFactor?: boolean;
}

export class UserView {
  /**
   * @example "3f0b9a52-58c4-4b0a-8d3f-6b1f6f3f9a10"
   */
  id!: string;

  /**
   * @example "Linh Tran"
   */
  displayName!: string;

  /**
   * @example ["analyst"]
   */
  @ApiProperty({ enum: ROLES, isArray: true })
  roles!: Role[];

  /**
   * Shown to the organisation's administrators; else null.
   * @example "linh@cert.vn.example"
   */
  email!: string | null;

  /**
   * @example "active"
   */
  @ApiProperty({ enum: ACCOUNT_STATUSES })
  status!: AccountStatus;

  /**
   * @example ["update", "issue-password-reset"]
   */
  @ApiProperty({ enum: USER_ACTIONS, isArray: true })
  allowedActions!: UserAction[];
}

export class UserPage {
  /** By name. */
  items!: UserView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}

export class OneTimeLinkView {
  /**
   * Whoever has it can use it, once: send it as `Authorization: Bearer …`.
   * @example "ronda_link_3q2-7w8x9yZAbCdEfGhIjKlMnOpQrStUvWxYz012345"
   */
  token!: string;

  /**
   * @example "2026-11-23T02:10:00.000Z"
   */
  expiresAt!: string;
}

export class UserWithLinkView extends UserView {
  /** The one-time link, shown once: null when the request is repeated. */
  link!: OneTimeLinkView | null;
}

export class InvitationView {
  /**
   * The organisation that invites.
   * @example "Viet Nam National CERT"
   */
  organisation!: string;

  /**
   * @example "linh@cert.vn.example"
   */
  email!: string;

  /**
   * @example "Linh Tran"
   */
  displayName!: string;

  /**
   * @example ["analyst"]
   */
  @ApiProperty({ enum: ROLES, isArray: true })
  roles!: Role[];

  /**
   * @example "2026-11-23T02:10:00.000Z"
   */
  expiresAt!: string;

  /**
   * @example ["accept"]
   */
  allowedActions!: string[];
}

export class AcceptInvitationDto {
  /**
   * How others will see you; as invited when left out.
   * @example "Linh Tran"
   */
  @MayBeLeftOut()
  @IsString()
  @Length(1, 100)
  displayName?: string;

  /**
   * At least 12 characters that are hard to guess.
   * @example "seven quiet boats at low tide"
   */
  @IsString()
  @MinLength(MIN_PASSWORD_LENGTH)
  @MaxLength(MAX_PASSWORD_LENGTH)
  password!: string;
}
