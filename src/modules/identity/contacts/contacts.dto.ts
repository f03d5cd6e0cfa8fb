import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsString,
  IsTimeZone,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { CONTACT_KINDS } from './contact.entity.js';
import type { ContactKind } from './contact.entity.js';
import { MayBeLeftOut, MayBeNull } from '../../../platform/http/may-be-null.js';

const LANGUAGE_TAG = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$/;
/** ITU-T E.164, with the spaces people write. */
const PHONE = /^\+[0-9][0-9 ()-]{5,30}$/;
const PGP_KEY = /^-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]+-----END PGP PUBLIC KEY BLOCK-----\s*$/;

export class CreateContactDto {
  /**
   * What it is for.
   * @example "point-of-contact"
   */
  @IsIn(CONTACT_KINDS)
  kind!: ContactKind;

  /**
   * Whether somebody answers at every hour.
   * @example true
   */
  @IsBoolean()
  is24x7!: boolean;

  /**
   * Who answers: a desk rather than a person.
   * @example "Duty desk"
   */
  @IsString()
  @Length(1, 200)
  name!: string;

  /**
   * @example "duty@cert.vn.example"
   */
  @MayBeNull()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  /**
   * With the country code.
   * @example "+84 24 0000 0000"
   */
  @MayBeNull()
  @Matches(PHONE, { message: 'phone must begin with + and the country code' })
  phone?: string | null;

  /**
   * Languages it can be spoken to in (BCP 47), the preferred one first.
   * @example ["vi", "en"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @ArrayUnique()
  @Matches(LANGUAGE_TAG, { each: true, message: 'each of languages must be a BCP 47 tag such as vi or zh-Hant' })
  languages!: string[];

  /**
   * IANA time zone.
   * @example "Asia/Ho_Chi_Minh"
   */
  @IsTimeZone()
  timeZone!: string;

  /**
   * Public key, ASCII-armoured.
   * @example "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ...\n-----END PGP PUBLIC KEY BLOCK-----"
   */
  @MayBeNull()
  @MaxLength(100_000)
  @Matches(PGP_KEY, { message: 'pgpKey must be an ASCII-armoured public key block' })
  pgpKey?: string | null;
}

export class UpdateContactDto {
  /**
   * What it is for.
   * @example "point-of-contact"
   */
  @MayBeLeftOut()
  @IsIn(CONTACT_KINDS)
  kind?: ContactKind;

  /**
   * Whether somebody answers at every hour.
   * @example true
   */
  @MayBeLeftOut()
  @IsBoolean()
  is24x7?: boolean;

  /**
   * @example "Duty desk"
   */
  @MayBeLeftOut()
  @IsString()
  @Length(1, 200)
  name?: string;

  /**
   * Null takes it away.
   * @example "duty@cert.vn.example"
   */
  @MayBeNull()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  /**
   * With the country code; null takes it away.
   * @example "+84 24 0000 0000"
   */
  @MayBeNull()
  @Matches(PHONE, { message: 'phone must begin with + and the country code' })
  phone?: string | null;

  /**
   * Languages it can be spoken to in (BCP 47), the preferred one first.
   * @example ["vi", "en"]
   */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @ArrayUnique()
  @Matches(LANGUAGE_TAG, { each: true, message: 'each of languages must be a BCP 47 tag such as vi or zh-Hant' })
  languages?: string[];

  /**
   * IANA time zone.
   * @example "Asia/Ho_Chi_Minh"
   */
  @MayBeLeftOut()
  @IsTimeZone()
  timeZone?: string;

  /**
   * Public key, ASCII-armoured; null takes it away.
   * @example null
   */
  @MayBeNull()
  @MaxLength(100_000)
  @Matches(PGP_KEY, { message: 'pgpKey must be an ASCII-armoured public key block' })
  pgpKey?: string | null;
}

export class ContactView {
  /**
   * @example "7b6a5f4e-3d2c-4b1a-9f8e-7d6c5b4a3f2e"
   */
  id!: string;

  /**
   * @example "point-of-contact"
   */
  @ApiProperty({ enum: CONTACT_KINDS })
  kind!: ContactKind;

  /**
   * @example true
   */
  is24x7!: boolean;

  /**
   * @example "Duty desk"
   */
  name!: string;

  /**
   * @example "duty@cert.vn.example"
   */
  email!: string | null;

  /**
   * @example "+84 24 0000 0000"
   */
  phone!: string | null;

  /**
   * @example ["vi", "en"]
   */
  languages!: string[];

  /**
   * @example "Asia/Ho_Chi_Minh"
   */
  timeZone!: string;

  /**
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  pgpKey!: string | null;

  /**
   * When its organisation last made sure that it answers.
   * @example "2026-11-20T02:10:00.000Z"
   */
  lastVerifiedAt!: string | null;

  /**
   * @example ["update", "verify", "remove"]
   */
  allowedActions!: string[];
}

export class ContactPage {
  /** In no particular order. */
  items!: ContactView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
