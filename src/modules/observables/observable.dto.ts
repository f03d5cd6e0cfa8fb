import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, Length, Matches } from 'class-validator';
import { IsInstant } from '../../platform/http/is-instant.js';
import { LONGEST_VALUE, OBSERVABLE_TYPES } from './core/index.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';

export const APPEARANCE_REACHES = ['readers', 'owner'] as const;
export type AppearanceReach = (typeof APPEARANCE_REACHES)[number];

/** What a caller says of one observable in a record. */
export class ObservableDto {
  /** What it is: one of these, or a type of your own that begins with `x-`. */
  @ApiProperty({
    anyOf: [
      { type: 'string', enum: [...OBSERVABLE_TYPES] },
      { type: 'string', pattern: '^x-[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 40 },
    ],
    example: 'domain',
  })
  @IsString()
  @Length(1, 40)
  type!: string;

  /**
   * Defanged or not; it is kept in one form.
   * @example login-bank.example
   */
  @IsString()
  @Length(1, LONGEST_VALUE)
  value!: string;

  /**
   * Whether it is the attacker's; left out where nobody knows.
   * @example true
   */
  @MayBeNull()
  @IsBoolean()
  malicious?: boolean | null;

  /**
   * Whether it is fit to be looked for, or blocked, by machines.
   * @example true
   */
  @MayBeNull()
  @IsBoolean()
  forDetection?: boolean | null;

  /**
   * What part it plays.
   * @example phishing-site
   */
  @MayBeNull()
  @IsString()
  @Length(1, 100)
  role?: string | null;

  /**
   * What else there is to say of it here.
   * @example "Registered the day before."
   */
  @MayBeNull()
  @IsString()
  @Length(1, 2000)
  comment?: string | null;

  /**
   * When it was first seen.
   * @example "2026-11-19T18:00:00Z"
   */
  @MayBeNull()
  @IsInstant()
  firstSeenAt?: string | null;

  /**
   * When it was last seen.
   * @example "2026-11-20T02:00:00Z"
   */
  @MayBeNull()
  @IsInstant()
  lastSeenAt?: string | null;

  /**
   * When it stops being of use as an indicator.
   * @example "2027-01-31T00:00:00Z"
   */
  @MayBeNull()
  @IsInstant()
  expiresAt?: string | null;

  /**
   * Whether its holder disputes that it took part.
   * @example false
   */
  @MayBeNull()
  @IsBoolean()
  isDisputed?: boolean | null;

  /**
   * Of an account or a wallet: ISO 3166-1 alpha-2 of where it is kept.
   * @example null
   */
  @MayBeNull()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be a code of ISO 3166-1, such as VN' })
  country?: string | null;

  /**
   * Of an account or a wallet: who keeps it.
   * @example null
   */
  @MayBeNull()
  @IsString()
  @Length(1, 200)
  bank?: string | null;

  /**
   * Who reads it of those who read the record: `readers` all of them, `owner` your own organisation alone.
   * @example readers
   */
  @MayBeLeftOut()
  @IsIn(APPEARANCE_REACHES)
  audience?: AppearanceReach;
}
