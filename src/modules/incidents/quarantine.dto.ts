import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { QUARANTINE_REASONS } from './incident.rules.js';
import type { QuarantineReason } from './incident.rules.js';

export class AskQuarantineDto {
  /**
   * Why nobody should read it for now.
   * @example false
   */
  @ApiProperty({ enum: QUARANTINE_REASONS, example: 'false' })
  @IsIn(QUARANTINE_REASONS)
  reason!: QuarantineReason;
}

/** What your own organisation asked for. What others asked for is nobody's to know. */
export class QuarantineAskView {
  @ApiProperty({ enum: QUARANTINE_REASONS, example: 'false' })
  reason!: QuarantineReason;

  /**
   * When it asked.
   * @example "2026-11-20T02:10:00.000Z"
   */
  askedAt!: string;
}

export class QuarantineView {
  /** What your organisation asks for; null where it does not. */
  ask!: QuarantineAskView | null;

  /** What you may do next. */
  @ApiProperty({ enum: ['ask', 'withdraw'], isArray: true, example: ['withdraw'] })
  allowedActions!: ('ask' | 'withdraw')[];
}
