import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length, Matches } from 'class-validator';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

const REACHES = ['readers', 'owner'] as const;
export type AttachmentReach = (typeof REACHES)[number];

export class AttachFileQuery {
  /**
   * What the file is called: never a place where it is put.
   * @example "mail.eml"
   */
  @IsString()
  @Length(1, 255)
  @Matches(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'name must not hold control characters' })
  name!: string;

  /**
   * Whether it is malware: then it is kept and given out as a zip under the password `infected`, and in no other way.
   * @example "false"
   */
  @ApiProperty({ enum: ['true', 'false'], required: false, example: 'false' })
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  malware: 'true' | 'false' = 'false';

  /**
   * Who reads it of those who read the record: all of them, or the owner's side.
   * @example readers
   */
  @MayBeLeftOut()
  @IsIn(REACHES)
  audience: AttachmentReach = 'readers';
}

export class AttachmentView {
  /**
   * UUIDv4.
   * @example "6d5c4b3a-2f1e-4d0c-9b8a-7f6e5d4c3b2a"
   */
  id!: string;

  /**
   * What it is called.
   * @example "mail.eml"
   */
  name!: string;

  /**
   * Bytes of the file as it was sent.
   * @example 18204
   */
  size!: number;

  /**
   * SHA-256 of the file as it was sent.
   * @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  sha256!: string;

  /**
   * Whether it is malware: it is given out as a zip under the password `infected`.
   * @example false
   */
  isMalware!: boolean;

  /** Who reads it of those who read the record. */
  @ApiProperty({ enum: REACHES, example: 'readers' })
  audience!: AttachmentReach;

  /**
   * When it was attached; shown to the owner's side alone.
   * @example "2026-11-20T02:30:00.000Z"
   */
  createdAt!: string | null;

  /**
   * What you may do with it.
   * @example ["delete"]
   */
  allowedActions!: string[];
}

export class AttachmentPage {
  /** The newest first. */
  items!: AttachmentView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
