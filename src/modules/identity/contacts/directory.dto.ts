import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { OrganisationRef } from '../organisations/organisation.views.dto.js';
import { ContactView } from './contacts.dto.js';

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
