import { Type } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { MayBeLeftOut } from './may-be-null.js';

/** What every list takes. */
export class PageQuery {
  /**
   * How many items at the most.
   * @example 50
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 50;

  /**
   * The `next` of the page before. Opaque.
   * @example WyIyMDI2LTExLTIwVDAyOjEwOjAwLjAwMFoiLCI4YTVmNGIwZS02ZjBhLTRjM2UtOWE1Ny0wYzFkMmUzZjRhNWIiXQ
   */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(1000)
  cursor?: string;
}
