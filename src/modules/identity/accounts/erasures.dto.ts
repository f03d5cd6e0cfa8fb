import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import { ERASURE_BASES } from '../../../kernel/erasure.js';
import type { ErasureBasis } from '../../../kernel/erasure.js';

export class EraseUserDto {
  /**
   * On what ground.
   * @example request-of-the-person
   */
  @IsIn(ERASURE_BASES)
  basis!: ErasureBasis;

  /**
   * Why; kept with the erasure, and without the person's name or address.
   * @example "Left on 31 October, our file 2026-51."
   */
  @IsString()
  @Length(1, 2000)
  reason!: string;
}

/** That it was forgotten whose an account was. */
export class UserErasureView {
  /**
   * UUIDv4.
   * @example "7a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
   */
  id!: string;

  @ApiProperty({ enum: ERASURE_BASES, example: 'request-of-the-person' })
  basis!: ErasureBasis;

  /**
   * @example "Left on 31 October, our file 2026-51."
   */
  reason!: string;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  erasedAt!: string;
}

export class UserErasureList {
  /** One at the most. */
  items!: UserErasureView[];
}
