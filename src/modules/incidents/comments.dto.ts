import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsString, Matches, MaxLength } from 'class-validator';
import { AliasView, AuthorRef, OrganisationRef } from './incident.views.dto.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';

export const REACHES = ['readers', 'owner', 'organisation'] as const;
export type Reach = (typeof REACHES)[number];

export class WriteCommentDto {
  /**
   * Markdown.
   * @example "We see the same sender id since Tuesday."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(20_000)
  body!: string;

  /**
   * BCP 47 tag.
   * @example en
   */
  @MayBeNull()
  @Matches(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, { message: 'language must be a BCP 47 tag such as en, th or zh-Hans' })
  language?: string | null;

  /**
   * Who reads it, never more than read the record: `readers` all of them, as the record's audience is now and will be;
   * `owner` the record's owner and your organisation; `organisation` yours alone.
   * @example readers
   */
  @MayBeLeftOut()
  @IsIn(REACHES)
  audience?: Reach;
}

export class EditCommentDto {
  /**
   * Markdown.
   * @example "We see the same sender id since Wednesday."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(20_000)
  body!: string;
}

export class CommentView {
  /**
   * UUIDv4.
   * @example "3c2b1a09-8f7e-4d6c-9b5a-4a3b2c1d0e9f"
   */
  id!: string;

  /** Who wrote it; the person is named to its own organisation alone. */
  author!: AuthorRef | null;

  /** The organisation it was written for; null where the record's anonymous owner wrote it. */
  organisation!: OrganisationRef | null;

  /** The record's own alias where its anonymous owner wrote it; null where anybody else did. */
  alias!: AliasView | null;

  /**
   * Markdown; null once it was deleted.
   * @example "We see the same sender id since Tuesday."
   */
  body!: string | null;

  /**
   * BCP 47 tag.
   * @example en
   */
  language!: string | null;

  /** Who reads it. */
  @ApiProperty({ enum: REACHES, example: 'readers' })
  audience!: Reach;

  /**
   * When it was written.
   * @example "2026-11-20T03:00:00.000Z"
   */
  createdAt!: string;

  /**
   * When it was changed.
   * @example null
   */
  editedAt!: string | null;

  /** What you may do next. */
  @ApiProperty({ enum: ['edit', 'delete'], isArray: true, example: ['edit', 'delete'] })
  allowedActions!: ('edit' | 'delete')[];
}

export class CommentPage {
  /** Newest first. */
  items!: CommentView[];

  /**
   * The cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;
}
