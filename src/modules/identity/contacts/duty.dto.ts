import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches, MaxLength } from 'class-validator';
import { IsInstant } from '../../../platform/http/is-instant.js';
import type { DutyPosition } from './duty.store.js';
import { MayBeLeftOut } from '../../../platform/http/may-be-null.js';

export class CreateDutyDto {
  /**
   * Name of the duty role, as audiences use it.
   * @example "incident-response"
   */
  @Matches(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { message: 'dutyRole must be kebab-case' })
  @MaxLength(100)
  dutyRole!: string;

  /**
   * Id of an active account of the organisation.
   * @example "3f0b9a52-58c4-4b0a-8d3f-6b1f6f3f9a10"
   */
  @IsUUID()
  userId!: string;

  /**
   * A duty role is resolved to the primary and the deputy on duty.
   * @example "primary"
   */
  @IsIn(['primary', 'deputy'])
  position!: DutyPosition;

  /**
   * @example "2026-11-20T00:00:00Z"
   */
  @IsInstant()
  startsAt!: string;

  /**
   * Open-ended when left out.
   * @example "2026-11-27T00:00:00Z"
   */
  @MayBeLeftOut()
  @IsInstant()
  endsAt?: string;
}

export class DutyView {
  /**
   * @example "5b4a3f2e-1d0c-4b9a-8f7e-6d5c4b3a2f1e"
   */
  id!: string;

  /**
   * @example "incident-response"
   */
  dutyRole!: string;

  /**
   * Id of the account; null where you may not see it.
   * @example "3f0b9a52-58c4-4b0a-8d3f-6b1f6f3f9a10"
   */
  userId!: string | null;

  /**
   * @example "Linh Tran"
   */
  displayName!: string | null;

  /**
   * @example "primary"
   */
  @ApiProperty({ enum: ['primary', 'deputy'] })
  position!: DutyPosition;

  /**
   * @example "2026-11-20T00:00:00.000Z"
   */
  startsAt!: string;

  /**
   * @example "2026-11-27T00:00:00.000Z"
   */
  endsAt!: string | null;

  /**
   * @example ["remove"]
   */
  allowedActions!: string[];
}

export class DutyPage {
  /** What has not ended, in the order it begins. */
  items!: DutyView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
