import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, MaxLength } from 'class-validator';
import { MayBeNull } from '../../platform/http/may-be-null.js';

export const LINK_KINDS = ['related', 'duplicate-of', 'part-of', 'caused-by', 'derived-from'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export class LinkIncidentDto {
  /**
   * Id of the other incident.
   * @example "7b6a5948-3726-4150-9f4e-3d2c1b0a9f8e"
   */
  @IsUUID()
  incident!: string;

  /**
   * What this record is to the other. `derived-from`: it was written from it, and is released no wider than that without its
   * owner's consent.
   * @example related
   */
  @IsIn(LINK_KINDS)
  kind!: LinkKind;

  /**
   * Why.
   * @example "The same sender id."
   */
  @MayBeNull()
  @IsString()
  @MaxLength(2000)
  note?: string | null;
}

export class LinkView {
  /**
   * UUIDv4.
   * @example "1d2e3f4a-5b6c-4d7e-8f90-a1b2c3d4e5f6"
   */
  id!: string;

  /** What the record is to the other one (`from-here`), or the other one to it (`from-there`). */
  @ApiProperty({ enum: LINK_KINDS, example: 'related' })
  kind!: LinkKind;

  /** Whether this record says it, or the other one. */
  @ApiProperty({ enum: ['from-here', 'from-there'], example: 'from-here' })
  direction!: 'from-here' | 'from-there';

  /**
   * Id of the other incident.
   * @example "7b6a5948-3726-4150-9f4e-3d2c1b0a9f8e"
   */
  incident!: string;

  /**
   * Its title, as you may read it.
   * @example "Phishing pages at a shared host"
   */
  title!: string;

  /**
   * Why.
   * @example "The same sender id."
   */
  note!: string | null;

  /**
   * When it was said.
   * @example "2026-11-20T03:10:00.000Z"
   */
  createdAt!: string;

  /** What you may do next. */
  @ApiProperty({ enum: ['delete'], isArray: true, example: ['delete'] })
  allowedActions!: 'delete'[];
}

export class LinkList {
  /** Newest first; only those whose both ends you may read. */
  items!: LinkView[];
}
