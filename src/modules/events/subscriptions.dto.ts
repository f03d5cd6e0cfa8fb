import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { TLP } from '../../kernel/markings.js';
import { RSIT_CLASSES } from '../../kernel/rsit.js';
import { LONGEST_VALUE } from '../observables/index.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';
import { EachHolds, Holds } from '../../platform/http/holds.js';

const MOST_VALUES = 1_000;

/** As `GET /incidents` is narrowed; several of one are "or". */
export class SubscriptionFilters {
  /**
   * Lifecycle status.
   * @example ["submitted"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @MaxLength(64, { each: true })
  status?: string[] | null;

  /**
   * RSIT class.
   * @example ["fraud"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @IsIn(RSIT_CLASSES, { each: true })
  class?: string[] | null;

  /**
   * RSIT type.
   * @example ["phishing"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @MaxLength(64, { each: true })
  type?: string[] | null;

  /**
   * Band of the region's severity scheme.
   * @example ["high"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @MaxLength(64, { each: true })
  severity?: string[] | null;

  /**
   * Sector.
   * @example ["finance"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @MaxLength(100, { each: true })
  sector?: string[] | null;

  /**
   * Country affected, ISO 3166-1 alpha-2.
   * @example ["VN"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @Matches(/^[A-Z]{2}$/, { each: true, message: 'country must be codes of ISO 3166-1 alpha-2' })
  country?: string[] | null;

  /**
   * TLP label.
   * @example ["TLP:AMBER"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayNotEmpty()
  @IsIn(TLP, { each: true })
  marking?: string[] | null;

  /**
   * Id of the organisation that filed it.
   * @example ["8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @IsUUID(undefined, { each: true })
  organisation?: string[] | null;
}

export class WatchedValue {
  /**
   * What it is.
   * @example domain
   */
  @IsString()
  @Length(1, 40)
  type!: string;

  /**
   * Defanged or not; shown in its one form.
   * @example "login-bank.example"
   */
  @IsString()
  @Length(1, LONGEST_VALUE)
  value!: string;
}

export class SubscriptionDto {
  /**
   * What it is for. Unique within your organisation.
   * @example "Fraud against our banks"
   */
  @IsString()
  @Length(1, 200)
  name!: string;

  /** What an incident has to be. */
  @MayBeLeftOut()
  @Holds(() => SubscriptionFilters)
  filters?: SubscriptionFilters;

  /** Of which an incident has to say one at least. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(MOST_VALUES)
  @EachHolds(() => WatchedValue)
  values?: WatchedValue[];
}

export class SubscriptionView {
  /**
   * UUIDv4.
   * @example "6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
   */
  id!: string;

  /** @example "Fraud against our banks" */
  name!: string;

  /** What an incident has to be; a filter that is null asks nothing. */
  filters!: SubscriptionFilters;

  /** Of which an incident has to say one at least; empty where it need not. */
  values!: WatchedValue[];

  /**
   * When it was saved last.
   * @example "2026-11-20T02:10:00.000Z"
   */
  savedAt!: string;

  /** What you may do next. */
  @ApiProperty({ enum: ['update', 'delete'], isArray: true, example: ['update', 'delete'] })
  allowedActions!: ('update' | 'delete')[];
}

export class SubscriptionList {
  /** By name. */
  items!: SubscriptionView[];
}
