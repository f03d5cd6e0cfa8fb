import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Matches, Min, ValidateBy } from 'class-validator';
import { isTimestamp } from '../../../codecs/stix/index.js';
import { MayBeLeftOut } from '../../../platform/http/may-be-null.js';

const STIX_ID = '[a-z0-9][a-z0-9-]{0,250}--[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const listOf = (item: string): RegExp => new RegExp(`^${item}(,${item}){0,99}$`);
const TIME = '\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?Z';

/** Of the times among words, with commas between; how they are written, the pattern says. */
const OnDaysThatExist = (): PropertyDecorator =>
  ValidateBy({
    name: 'onDaysThatExist',
    validator: {
      validate: (text: unknown) =>
        typeof text !== 'string' || text.split(',').every((each) => !/^\d/.test(each) || isTimestamp(each)),
      defaultMessage: () => '$property must be on days that exist',
    },
  });

class VersionQuery {
  /**
   * `first`, `last`, `all`, or the time of a version; several with commas. The last when left out.
   * @example last
   */
  @ApiPropertyOptional({ name: 'match[version]' })
  @MayBeLeftOut()
  @Matches(listOf(`(first|last|all|${TIME})`), { message: 'match[version] must be first, last, all or times' })
  @OnDaysThatExist()
  'match[version]'?: string;

  /**
   * Of STIX; everything here is 2.1.
   * @example "2.1"
   */
  @ApiPropertyOptional({ name: 'match[spec_version]' })
  @MayBeLeftOut()
  @Matches(listOf('\\d\\.\\d'), { message: 'match[spec_version] must be such as 2.1' })
  'match[spec_version]'?: string;
}

export class DeleteObjectQuery {
  /**
   * `first`, `last`, `all`, or the time of a version. All when left out.
   * @example all
   */
  @ApiPropertyOptional({ name: 'match[version]' })
  @MayBeLeftOut()
  @Matches(new RegExp(`^(first|last|all|${TIME})$`), { message: 'match[version] must be first, last, all or a time' })
  @OnDaysThatExist()
  'match[version]'?: string;

  /**
   * Of STIX; everything here is 2.1.
   * @example "2.1"
   */
  @ApiPropertyOptional({ name: 'match[spec_version]' })
  @MayBeLeftOut()
  @Matches(/^2\.1$/, { message: 'match[spec_version] must be 2.1' })
  'match[spec_version]'?: string;
}

/** Of one object. */
export class TaxiiPageQuery extends VersionQuery {
  /**
   * Only what came into the collection after this time.
   * @example "2026-11-20T02:10:00.000000Z"
   */
  @MayBeLeftOut()
  @Matches(new RegExp(`^${TIME}$`), { message: 'added_after must be a time in UTC, with six digits at the most' })
  @OnDaysThatExist()
  added_after?: string;

  /**
   * How many, 1,000 at the most; 100 when left out.
   * @example 100
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  limit?: number;

  /**
   * The `next` of the page before.
   * @example WyIyMDI2LTExLTIwVDAyOjEwOjAwLjAwMDAwMFoiLCJpbmNpZGVudC0tNmYxYzJiM2EtNGQ1ZS00ZjYwLThhN2ItOWMwZDFlMmYzYTRiIl0
   */
  @MayBeLeftOut()
  @Matches(/^[A-Za-z0-9_-]{1,600}$/, { message: 'next must be the next of a page' })
  next?: string;
}

/** Of a collection. */
export class TaxiiQuery extends TaxiiPageQuery {
  /**
   * Ids, with commas between.
   * @example "incident--6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
   */
  @ApiPropertyOptional({ name: 'match[id]' })
  @MayBeLeftOut()
  @Matches(listOf(STIX_ID), { message: 'match[id] must be up to 100 STIX ids' })
  'match[id]'?: string;

  /**
   * Types, with commas between.
   * @example incident,indicator
   */
  @ApiPropertyOptional({ name: 'match[type]' })
  @MayBeLeftOut()
  @Matches(listOf('[a-z0-9][a-z0-9-]{0,250}'), { message: 'match[type] must be up to 100 types' })
  'match[type]'?: string;
}

export class TaxiiDiscovery {
  /** @example Ronda */
  title!: string;

  /** @example "The platform on which the national CERTs of a region share incidents and advisories." */
  description!: string;

  /** @example "/taxii2/live/" */
  default!: string;

  /** @example ["/taxii2/live/"] */
  api_roots!: string[];
}

export class TaxiiRoot {
  /** @example Live */
  title!: string;

  /** @example "What the members share. No exercise." */
  description!: string;

  /** @example ["application/taxii+json;version=2.1"] */
  versions!: string[];

  /**
   * Bytes.
   * @example 16777216
   */
  max_content_length!: number;
}

export class TaxiiCollection {
  /** @example "6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b" */
  id!: string;

  /** @example Community */
  title!: string;

  /** @example "TLP:GREEN: what the members share." */
  description!: string;

  /** @example true */
  can_read!: boolean;

  /** @example false */
  can_write!: boolean;

  /** @example ["application/stix+json;version=2.1"] */
  media_types!: string[];
}

export class TaxiiCollections {
  collections!: TaxiiCollection[];
}

export class TaxiiStatusDetail {
  /** @example "incident--6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b" */
  id!: string;

  /** @example "2026-11-20T02:10:00.000Z" */
  version!: string;

  /**
   * What is wrong with it; of failures alone.
   * @example "/name: This is missing."
   */
  message?: string;
}

export class TaxiiStatus {
  /** @example "6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b" */
  id!: string;

  /** @example complete */
  status!: 'complete';

  /** @example "2026-11-20T02:10:00.000000Z" */
  request_timestamp!: string;

  /** @example 1 */
  total_count!: number;

  /** @example 1 */
  success_count!: number;

  successes!: TaxiiStatusDetail[];

  /** @example 0 */
  failure_count!: number;

  /** @example [] */
  failures!: TaxiiStatusDetail[];

  /** @example 0 */
  pending_count!: number;
}

export class TaxiiEnvelope {
  /**
   * Whether there is another page.
   * @example false
   */
  more!: boolean;

  /** Where it begins, where there is one. */
  next?: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [
      {
        type: 'ipv4-addr',
        spec_version: '2.1',
        id: 'ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd',
        value: '198.51.100.3',
      },
    ],
  })
  objects!: object[];
}

export class TaxiiManifestEntry {
  /** @example "incident--6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b" */
  id!: string;

  /** @example "2026-11-20T02:10:00.000000Z" */
  date_added!: string;

  /** @example "2026-11-20T02:10:00.000000Z" */
  version!: string;

  /** @example "application/stix+json;version=2.1" */
  media_type!: string;
}

export class TaxiiManifest {
  /** @example false */
  more!: boolean;

  /** Where the next page begins, where there is one. */
  next?: string;

  objects!: TaxiiManifestEntry[];
}

export class TaxiiVersions {
  /** @example false */
  more!: boolean;

  /** Where the next page begins, where there is one. */
  next?: string;

  /** @example ["2026-11-20T02:10:00.000000Z"] */
  versions!: string[];
}
