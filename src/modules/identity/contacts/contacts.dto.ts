import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  IsTimeZone,
  IsUUID,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { OrganisationRef } from '../organisations/organisations.dto.js';
import { CONTACT_KINDS } from './contact.entity.js';
import type { ContactKind } from './contact.entity.js';
import type { DutyPosition } from './duty.store.js';

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
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  /**
   * With the country code.
   * @example "+84 24 0000 0000"
   */
  @IsOptional()
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
  @IsOptional()
  @MaxLength(100_000)
  @Matches(PGP_KEY, { message: 'pgpKey must be an ASCII-armoured public key block' })
  pgpKey?: string | null;
}

export class UpdateContactDto {
  /**
   * What it is for.
   * @example "point-of-contact"
   */
  @IsOptional()
  @IsIn(CONTACT_KINDS)
  kind?: ContactKind;

  /**
   * Whether somebody answers at every hour.
   * @example true
   */
  @IsOptional()
  @IsBoolean()
  is24x7?: boolean;

  /**
   * @example "Duty desk"
   */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  /**
   * Null takes it away.
   * @example "duty@cert.vn.example"
   */
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  /**
   * With the country code; null takes it away.
   * @example "+84 24 0000 0000"
   */
  @IsOptional()
  @Matches(PHONE, { message: 'phone must begin with + and the country code' })
  phone?: string | null;

  /**
   * Languages it can be spoken to in (BCP 47), the preferred one first.
   * @example ["vi", "en"]
   */
  @IsOptional()
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
  @IsOptional()
  @IsTimeZone()
  timeZone?: string;

  /**
   * Public key, ASCII-armoured; null takes it away.
   * @example null
   */
  @IsOptional()
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

export class CreateNetworkDto {
  /**
   * A network in CIDR notation, an AS number or a domain name; written in one form whatever the spelling.
   * @example "192.0.2.0/24"
   */
  @IsString()
  @MaxLength(300)
  value!: string;
}

export class OverlapView {
  /** Who answers for it too. */
  organisation!: OrganisationRef;

  /**
   * What it answers for.
   * @example "192.0.2.0/25"
   */
  value!: string;
}

export class NetworkView {
  /**
   * @example "6c5b4a3f-2e1d-4c0b-8a9f-8e7d6c5b4a3f"
   */
  id!: string;

  /**
   * @example "cidr"
   */
  @ApiProperty({ enum: ['cidr', 'asn', 'domain'] })
  kind!: 'cidr' | 'asn' | 'domain';

  /**
   * @example "192.0.2.0/24"
   */
  value!: string;

  /** What others you see answer for that overlaps it. That is allowed, and good to know. */
  overlaps!: OverlapView[];

  /**
   * @example ["remove"]
   */
  allowedActions!: string[];
}

export class NetworkPage {
  /** In no particular order. */
  items!: NetworkView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}

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
  @IsISO8601({ strict: true, strictSeparator: true })
  startsAt!: string;

  /**
   * Open-ended when left out.
   * @example "2026-11-27T00:00:00Z"
   */
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true })
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

export class DirectoryQuery {
  /**
   * An IP address, a network, a domain or host name, or an AS number.
   * @example "192.0.2.77"
   */
  @IsString()
  @Length(1, 300)
  address!: string;
}

export class AnswererView {
  /** Who answers for the address. */
  organisation!: OrganisationRef;

  /**
   * ISO 3166-1 alpha-2.
   * @example "VN"
   */
  country!: string | null;

  /**
   * What it answers for that the address is in.
   * @example "192.0.2.0/24"
   */
  matched!: string;

  /** How to reach it, the 24/7 point of contact first. */
  contacts!: ContactView[];
}

export class AnswererList {
  /** The most specific first. */
  items!: AnswererView[];

  /**
   * Always null: the list is whole.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
