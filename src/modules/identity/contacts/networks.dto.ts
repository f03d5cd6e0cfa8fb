import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { NamedOrganisation } from '../organisations/organisation.views.dto.js';

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
  organisation!: NamedOrganisation;

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
