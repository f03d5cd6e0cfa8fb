import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import { IsInstant } from '../../platform/http/is-instant.js';
import { OwnerRef } from './observables.dto.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';

export const SIGHTING_KINDS = ['seen', 'not-seen', 'false-positive', 'expired'] as const;
export type SightingKind = (typeof SIGHTING_KINDS)[number];
export const SIGHTING_REACHES = ['readers', 'owner', 'organisation'] as const;
export type SightingReach = (typeof SIGHTING_REACHES)[number];

export class SightDto {
  /**
   * Id of the observable, as the record's list shows it.
   * @example "3f6a1c52-0b9d-5e4f-8a7b-6c5d4e3f2a1b"
   */
  @IsUUID()
  observable!: string;

  /**
   * `seen` or `not-seen` here; `false-positive` where it is harmless; `expired` where it is of no use any more.
   * @example seen
   */
  @IsIn(SIGHTING_KINDS)
  kind!: SightingKind;

  /**
   * When.
   * @example "2026-11-20T04:00:00Z"
   */
  @IsInstant()
  at!: string;

  /**
   * To when, where it was over a time.
   * @example "2026-11-20T05:00:00Z"
   */
  @MayBeNull()
  @IsInstant()
  until?: string | null;

  /**
   * How often; once unless told.
   * @example 12
   */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(2_000_000_000)
  count?: number;

  /**
   * What noticed it.
   * @example "Mail gateway"
   */
  @MayBeNull()
  @IsString()
  @Length(1, 200)
  detector?: string | null;

  /**
   * What else there is to say.
   * @example "Blocked before anybody opened it."
   */
  @MayBeNull()
  @IsString()
  @Length(1, 2000)
  note?: string | null;

  /**
   * Who reads it, never more than read the observable: `readers` all of them, `owner` the record's owner and your
   * organisation, `organisation` yours alone.
   * @example readers
   */
  @MayBeLeftOut()
  @IsIn(SIGHTING_REACHES)
  audience?: SightingReach;
}

export class SightedView {
  /**
   * Id of the value.
   * @example "3f6a1c52-0b9d-5e4f-8a7b-6c5d4e3f2a1b"
   */
  id!: string;

  /**
   * What it is.
   * @example domain
   */
  type!: string;

  /**
   * In its one form.
   * @example login-bank.example
   */
  value!: string;
}

export class SightingAuthor {
  /**
   * Id of the account.
   * @example "0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f"
   */
  id!: string;

  /**
   * Name of the person.
   * @example "Lan Nguyen"
   */
  displayName!: string;
}

export class SightingView {
  /**
   * UUIDv4.
   * @example "7d6c5b4a-3f2e-4d1c-8b0a-9f8e7d6c5b4a"
   */
  id!: string;

  /** What was sighted. */
  observable!: SightedView;

  /** Whether it was. */
  @ApiProperty({ enum: SIGHTING_KINDS, example: 'seen' })
  kind!: SightingKind;

  /**
   * When.
   * @example "2026-11-20T04:00:00.000Z"
   */
  at!: string;

  /**
   * To when, where it was over a time.
   * @example "2026-11-20T05:00:00.000Z"
   */
  until!: string | null;

  /**
   * How often.
   * @example 12
   */
  count!: number;

  /**
   * What noticed it.
   * @example "Mail gateway"
   */
  detector!: string | null;

  /**
   * What else is said.
   * @example "Blocked before anybody opened it."
   */
  note!: string | null;

  /** Who says so; the person is named to its own organisation alone. */
  author!: SightingAuthor | null;

  /** The organisation it was said for; null where the owner of an anonymous record said it. */
  organisation!: OwnerRef | null;

  /** Who reads it. */
  @ApiProperty({ enum: SIGHTING_REACHES, example: 'readers' })
  audience!: SightingReach;

  /**
   * When it was said.
   * @example "2026-11-20T05:10:00.000Z"
   */
  createdAt!: string;
}

export class SightingPage {
  /** Newest first. */
  items!: SightingView[];

  /**
   * The cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;
}
