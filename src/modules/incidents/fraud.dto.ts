import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO4217CurrencyCode,
  IsString,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { IsInstant } from '../../platform/http/is-instant.js';
import { INSTRUMENT_TYPES } from './incident.content.js';
import { IsCountry } from './is-country.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';
import { EachHolds, Holds } from '../../platform/http/holds.js';

export class LossDto {
  /**
   * Decimal, as text so that no digit is lost.
   * @example "12500.00"
   */
  @Matches(/^\d{1,18}(\.\d{1,4})?$/, { message: 'amount must be a decimal such as 12500.00' })
  amount!: string;

  /**
   * ISO 4217.
   * @example VND
   */
  @IsISO4217CurrencyCode()
  currency!: string;
}

export class FraudInstrumentDto {
  /**
   * What kind of instrument the fraud used.
   * @example bank-account
   */
  @IsIn(INSTRUMENT_TYPES)
  type!: (typeof INSTRUMENT_TYPES)[number];

  /**
   * The account, alias, number or address itself.
   * @example "0071000123456"
   */
  @IsString()
  @Length(1, 200)
  value!: string;

  /**
   * ISO 3166-1 alpha-2 of where it is kept.
   * @example VN
   */
  @MayBeNull()
  @IsCountry()
  country?: string | null;

  /**
   * The bank or provider that keeps it.
   * @example "Example Bank"
   */
  @MayBeNull()
  @IsString()
  @Length(1, 200)
  bank?: string | null;

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
  @MayBeLeftOut()
  @IsBoolean()
  isDisputed?: boolean;
}

export class FraudDto {
  /**
   * How it was done.
   * @example "An SMS in the name of a bank leads to a copied sign-in page."
   */
  @MayBeNull()
  @IsString()
  @Length(1, 2000)
  modus?: string | null;

  /**
   * How victims were reached.
   * @example sms
   */
  @MayBeNull()
  @IsString()
  @Length(1, 100)
  channel?: string | null;

  /**
   * The brand or office that was impersonated.
   * @example "Example Bank"
   */
  @MayBeNull()
  @IsString()
  @Length(1, 200)
  impersonated?: string | null;

  /** Accounts, aliases, wallets, numbers and addresses that were used. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(200)
  @EachHolds(() => FraudInstrumentDto)
  instruments?: FraudInstrumentDto[];

  /** What was lost. */
  @MayBeNull()
  @Holds(() => LossDto)
  loss?: LossDto | null;

  /**
   * How many victims are known.
   * @example 14
   */
  @MayBeNull()
  @IsInt()
  @Min(0)
  @Max(2_000_000_000)
  victims?: number | null;
}
