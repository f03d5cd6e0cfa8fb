import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsInstant } from '../../platform/http/is-instant.js';
import { BLOCKABLE_PAP } from './block-list.rules.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

/** What firewalls, resolvers, proxies, mail servers and scanners block by. */
const BLOCKABLE_TYPES = [
  'ipv4',
  'ipv6',
  'cidr',
  'domain',
  'host',
  'url',
  'email',
  'asn',
  'md5',
  'sha1',
  'sha256',
  'sha512',
  'ja3',
  'ja4',
  'certificate-hash',
  'phone',
  'sender-id',
] as const;
const BLOCK_LIST_FORMATS = ['plain', 'csv'] as const;

export class BlockListQuery {
  /**
   * What is listed.
   * @example domain
   */
  @IsIn(BLOCKABLE_TYPES)
  type!: (typeof BLOCKABLE_TYPES)[number];

  /**
   * One value a line, or a sheet that says more of each.
   * @example plain
   */
  @MayBeLeftOut()
  @IsIn(BLOCK_LIST_FORMATS)
  format: (typeof BLOCK_LIST_FORMATS)[number] = 'plain';

  /**
   * The narrowest marking of what is listed. What is PAP:AMBER or PAP:RED may not be blocked, and is on no list.
   * @example "PAP:CLEAR"
   */
  @MayBeLeftOut()
  @IsIn(BLOCKABLE_PAP)
  pap: (typeof BLOCKABLE_PAP)[number] = 'PAP:GREEN';

  /**
   * Only what was last seen, or where nobody says when, written, at this instant or later.
   * @example "2026-11-01T00:00:00Z"
   */
  @MayBeLeftOut()
  @IsInstant()
  since?: string;

  /**
   * Whether to list also what is hardly ever malicious: private ranges, public resolvers, sites that everybody visits.
   * @example "false"
   */
  @ApiProperty({ enum: ['true', 'false'], required: false, example: 'false' })
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  withWarned: 'true' | 'false' = 'false';
}
