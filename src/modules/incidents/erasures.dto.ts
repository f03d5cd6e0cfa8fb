import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import { ERASURE_BASES } from '../../kernel/erasure.js';
import type { ErasureBasis } from '../../kernel/erasure.js';

/** What somebody asked for, or that the time was over for which the record is kept. */
const GROUNDS = [...ERASURE_BASES, 'retention'] as const;

export class EraseDto {
  /**
   * What is erased, in whatever letter case. It is kept nowhere.
   * @example "Nguyen Thi Example"
   */
  @IsString()
  @Length(2, 500)
  value!: string;

  /**
   * On what ground.
   * @example request-of-the-person
   */
  @IsIn(ERASURE_BASES)
  basis!: ErasureBasis;

  /**
   * Why; kept with the erasure, and without what is erased.
   * @example "Letter of 12 November, our file 2026-44."
   */
  @IsString()
  @Length(1, 2000)
  reason!: string;
}

/** That something was erased. */
export class ErasureView {
  /**
   * UUIDv4.
   * @example "2e3f4a5b-6c7d-4e8f-9a01-b2c3d4e5f6a7"
   */
  id!: string;

  /** `retention`: all that it said, because the rule of its kind and member state keeps it no longer. */
  @ApiProperty({ enum: GROUNDS, example: 'request-of-the-person' })
  basis!: (typeof GROUNDS)[number];

  /**
   * @example "Letter of 12 November, our file 2026-44."
   */
  reason!: string;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  erasedAt!: string;
}

export class ErasureList {
  /** The newest first. Others than the owner's side see none. */
  items!: ErasureView[];
}
