import { ApiProperty, OmitType } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { OrganisationsQuery } from '../organisations/organisations.dto.js';
import { NamedOrganisation } from '../organisations/organisation.views.dto.js';
import { ContactView } from './contacts.dto.js';

const KINDS = ['national-cert', 'sectoral-cert', 'government', 'regional-body', 'constituent'] as const;

export class DirectoryMembersQuery extends OmitType(OrganisationsQuery, ['standing']) {}

export class MemberRef {
  /**
   * Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * Its name.
   * @example "Viet Nam National CERT"
   */
  name!: string;
}

export class DirectoryMemberView {
  /** Who. */
  organisation!: MemberRef;

  /** What it is. */
  @ApiProperty({ enum: KINDS, example: 'national-cert' })
  kind!: string;

  /**
   * ISO 3166-1 alpha-2.
   * @example "VN"
   */
  country!: string | null;

  /**
   * Languages it works in (BCP 47).
   * @example ["vi", "en"]
   */
  languages!: string[];

  /**
   * IANA time zone.
   * @example "Asia/Ho_Chi_Minh"
   */
  timeZone!: string;

  /** How to reach it, the 24/7 point of contact first; each with its PGP key. */
  contacts!: ContactView[];

  /**
   * What it answers for: networks, AS numbers and domains.
   * @example ["192.0.2.0/24", "AS64500", "vn.example"]
   */
  networks!: string[];

  /**
   * When one of its 24/7 points of contact was last found to answer; null where none ever was.
   * @example "2026-11-20T02:10:00.000Z"
   */
  lastVerifiedAt!: string | null;
}

export class DirectoryMemberPage {
  /** In the region's order of listing. */
  items!: DirectoryMemberView[];

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
  organisation!: NamedOrganisation;

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
