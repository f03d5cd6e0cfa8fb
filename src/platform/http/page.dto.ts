import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** What every list takes. */
export class PageQuery {
  /**
   * How many items at the most.
   * @example 50
   */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 50;

  /**
   * The `next` of the page before. Opaque.
   * @example WyIyMDI2LTExLTIwVDAyOjEwOjAwLjAwMFoiLCI4YTVmNGIwZS02ZjBhLTRjM2UtOWE1Ny0wYzFkMmUzZjRhNWIiXQ
   */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  cursor?: string;
}
