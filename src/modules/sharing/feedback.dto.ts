import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { FEEDBACK_KINDS } from './feedback.store.js';
import type { FeedbackKind } from './feedback.store.js';
import { RecipientView } from './receipts.dto.js';
import { MayBeNull } from '../../platform/http/may-be-null.js';

export class GiveFeedbackDto {
  /**
   * Your organisation's word on it, in place of the one before. `acted-on` gives the receipt of the same name too.
   * @example checked-not-seen
   */
  @IsIn(FEEDBACK_KINDS)
  kind!: FeedbackKind;

  /**
   * More, for who shared it.
   * @example "None of our banks has seen the sender id."
   */
  @MayBeNull()
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  note?: string | null;
}

export const FEEDBACK_WORDS = [...FEEDBACK_KINDS, 'silence'] as const;

export class FeedbackView {
  organisation!: RecipientView;

  /** `silence`: it may read it, and has said nothing. */
  @ApiProperty({ enum: FEEDBACK_WORDS, example: 'useful' })
  kind!: (typeof FEEDBACK_WORDS)[number];

  /**
   * More.
   * @example null
   */
  note!: string | null;

  /**
   * When it said so; null where it is silent.
   * @example "2026-11-20T03:10:00.000Z"
   */
  saidAt!: string | null;
}

/** To who shared the record what each organisation says of it; to a reader its own word alone. */
export class FeedbackList {
  /** By the organisations' names. */
  items!: FeedbackView[];

  /** What you may do next. */
  @ApiProperty({ enum: ['give', 'withdraw'], isArray: true, example: ['give'] })
  allowedActions!: ('give' | 'withdraw')[];
}
