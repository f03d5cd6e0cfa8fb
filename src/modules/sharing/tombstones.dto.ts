import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { KEPT_BECAUSE, RECALL_REASONS, TOMBSTONE_REASONS } from './tombstones.store.js';
import type { KeptBecause, RecallReason, TombstoneReason } from './tombstones.store.js';
import { MayBeNull } from '../../platform/http/may-be-null.js';

export const CONFIRMATIONS = ['deleted', 'kept'] as const;

export class RecallDto {
  /**
   * Why, for those whom it reached.
   * @example error
   */
  @IsIn(RECALL_REASONS)
  reason!: RecallReason;
}

export class AnswerRecallDto {
  /**
   * What became of your copies.
   * @example kept
   */
  @IsIn(CONFIRMATIONS)
  confirmation!: (typeof CONFIRMATIONS)[number];

  /**
   * Why they are kept; left out where they were deleted.
   * @example legal-hold
   */
  @MayBeNull()
  @IsIn(KEPT_BECAUSE)
  keptBecause?: KeptBecause | null;
}

/** That a record which your organisation was given is asked back. It says nothing of what the record said. */
export class TombstoneView {
  /**
   * Id of the record.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * Since when you do not read it any more.
   * @example "2026-11-20T02:10:00.000Z"
   */
  recalledAt!: string;

  /** `narrowed`: it was released to others instead. */
  @ApiProperty({ enum: TOMBSTONE_REASONS, example: 'error' })
  reason!: TombstoneReason;

  /** What your organisation said of its copies; null while it has said nothing. */
  @ApiProperty({ enum: CONFIRMATIONS, nullable: true, example: 'kept' })
  confirmation!: (typeof CONFIRMATIONS)[number] | null;

  /** Why they are kept. */
  @ApiProperty({ enum: KEPT_BECAUSE, nullable: true, example: 'legal-hold' })
  keptBecause!: KeptBecause | null;

  /**
   * When it said so.
   * @example "2026-11-20T03:10:00.000Z"
   */
  confirmedAt!: string | null;

  /** What you may do next. */
  @ApiProperty({ enum: ['confirm'], isArray: true, example: ['confirm'] })
  allowedActions!: 'confirm'[];
}

export class TombstonePage {
  /** Newest first. */
  items!: TombstoneView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;
}
