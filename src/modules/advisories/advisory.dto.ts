import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsString,
  IsUrl,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { EXPLOITATION, PRODUCT_STATUSES, REMEDIATION_CATEGORIES } from './advisory.content.js';
import type { Exploitation, ProductStatus, RemediationCategory } from './advisory.content.js';
import { MayBeNull } from '../../platform/http/may-be-null.js';
import { EachHolds } from '../../platform/http/holds.js';

const LOCAL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const CVE = /^CVE-\d{4}-\d{4,19}$/;
const CWE = /^CWE-[1-9]\d{0,5}$/;
const PURL = /^pkg:[A-Za-z.+-][A-Za-z0-9.+-]*\/\S+$/;
/** A formatted string. @see NISTIR 7695 §6.2 */
const CPE23 =
  /^cpe:2\.3:[aho*-](:(((\?*|\*?)([a-zA-Z0-9\-._]|(\\[\\*?!"#$%&'()+,/:;<=>@[\]^`{|}~]))+(\?*|\*?))|[*-])){5}(:(([a-zA-Z]{2,3}(-([a-zA-Z]{2}|[0-9]{3}))?)|[*-]))(:(((\?*|\*?)([a-zA-Z0-9\-._]|(\\[\\*?!"#$%&'()+,/:;<=>@[\]^`{|}~]))+(\?*|\*?))|[*-])){4}$/;

const url = { require_protocol: true, protocols: ['http', 'https'], require_tld: false };

export class ProductVersionDto {
  /**
   * A version, or a range of versions.
   * @example "vers:semver/>=4.0.0|<4.2.7"
   */
  @IsString()
  @Length(1, 500)
  version!: string;

  /** How the range is written: as `vers`, or as its vendor writes it. */
  @ApiProperty({ enum: ['plain', 'vers'], example: 'vers' })
  @IsIn(['plain', 'vers'])
  scheme!: 'plain' | 'vers';

  /** What is known of these versions. */
  @ApiProperty({ enum: PRODUCT_STATUSES, example: 'affected' })
  @IsIn(PRODUCT_STATUSES)
  status!: ProductStatus;
}

export class AffectedProductDto {
  /**
   * What it is called within this advisory, where something is said of it.
   * @example gateway
   */
  @Matches(LOCAL_ID, { message: 'id must be 1 to 64 letters, digits, dots, underscores or hyphens' })
  id!: string;

  /**
   * Who makes it.
   * @example "Example Networks"
   */
  @IsString()
  @Length(1, 300)
  vendor!: string;

  /**
   * What it is sold as.
   * @example "Example Gateway"
   */
  @IsString()
  @Length(1, 300)
  product!: string;

  /** Its versions, and what is known of each. */
  @IsArray()
  @ArrayMaxSize(500)
  @EachHolds(() => ProductVersionDto)
  versions!: ProductVersionDto[];

  /**
   * Package URL.
   * @example "pkg:generic/example-gateway"
   */
  @MayBeNull()
  @MaxLength(1000)
  @Matches(PURL, { message: 'purl must be a package URL such as pkg:npm/left-pad@1.3.0' })
  purl?: string | null;

  /**
   * CPE 2.3, as a formatted string.
   * @example "cpe:2.3:a:example:gateway:*:*:*:*:*:*:*:*"
   */
  @MayBeNull()
  @MaxLength(1000)
  @Matches(CPE23, { message: 'cpe must be a formatted string of CPE 2.3' })
  cpe?: string | null;
}

export class VulnerabilityDto {
  /**
   * CVE id; left out where none was given yet.
   * @example CVE-2026-10001
   */
  @MayBeNull()
  @Matches(CVE, { message: 'cve must be a CVE id such as CVE-2026-10001' })
  cve?: string | null;

  /**
   * What it is called.
   * @example "Sign-in is bypassed by an empty password"
   */
  @MayBeNull()
  @IsString()
  @MaxLength(300)
  title?: string | null;

  /**
   * What it is, in Markdown.
   * @example "An empty password is compared with nothing and passes."
   */
  @MayBeNull()
  @IsString()
  @MaxLength(20_000)
  description?: string | null;

  /**
   * Weaknesses by their CWE ids.
   * @example ["CWE-287"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @Matches(CWE, { each: true, message: 'each of cwe must be a CWE id such as CWE-287' })
  cwe?: string[] | null;

  /**
   * CVSS 3.1 vector. Its score is computed.
   * @example "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
   */
  @MayBeNull()
  @IsString()
  @MaxLength(300)
  cvss31?: string | null;

  /**
   * CVSS 4.0 vector. Its score is computed.
   * @example "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
   */
  @MayBeNull()
  @IsString()
  @MaxLength(500)
  cvss40?: string | null;

  /** Whether it is exploited, as far as is known. */
  @ApiPropertyOptional({ enum: EXPLOITATION, example: 'exploited' })
  @MayBeNull()
  @IsIn(EXPLOITATION)
  exploitation?: Exploitation | null;

  /**
   * Ids of the products of this advisory that have it; all of them where it is left out.
   * @example ["gateway"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(500)
  @ArrayUnique()
  @IsString({ each: true })
  products?: string[] | null;
}

export class RemediationDto {
  /** What kind of help it is. */
  @ApiProperty({ enum: REMEDIATION_CATEGORIES, example: 'vendor-fix' })
  @IsIn(REMEDIATION_CATEGORIES)
  category!: RemediationCategory;

  /**
   * What to do.
   * @example "Update to 4.2.7."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(20_000)
  details!: string;

  /**
   * Where it is to be had.
   * @example "https://vendor.example/gateway/4.2.7"
   */
  @MayBeNull()
  @IsUrl(url)
  @MaxLength(2000)
  url?: string | null;

  /**
   * Ids of the products of this advisory that it is for.
   * @example ["gateway"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(500)
  @ArrayUnique()
  @IsString({ each: true })
  products?: string[] | null;
}

export class WorkaroundDto {
  /**
   * What to do until it is mended.
   * @example "Close the sign-in page to the internet."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(20_000)
  details!: string;

  /**
   * Ids of the products of this advisory that it is for.
   * @example ["gateway"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(500)
  @ArrayUnique()
  @IsString({ each: true })
  products?: string[] | null;
}

export class IndicatorDto {
  /**
   * What it is: a type of observable.
   * @example domain
   */
  @IsString()
  @Length(1, 40)
  type!: string;

  /**
   * Defanged or not; it is kept in one form.
   * @example login-bank.example
   */
  @IsString()
  @Length(1, 4096)
  value!: string;

  /**
   * What else there is to say of it.
   * @example "Registered the day before."
   */
  @MayBeNull()
  @IsString()
  @MaxLength(2000)
  comment?: string | null;
}

export class ReferenceDto {
  /**
   * What is to be found there.
   * @example "The vendor's own advisory"
   */
  @IsString()
  @Length(1, 1000)
  summary!: string;

  /**
   * Where.
   * @example "https://vendor.example/advisories/2026-118"
   */
  @IsUrl(url)
  @MaxLength(2000)
  url!: string;
}

export class AcknowledgementDto {
  /**
   * Who is thanked by name.
   * @example ["Linh Tran"]
   */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  names?: string[] | null;

  /**
   * Whom they work for.
   * @example "Example University"
   */
  @MayBeNull()
  @IsString()
  @MaxLength(300)
  organisation?: string | null;

  /**
   * What for.
   * @example "Found it, and waited with it."
   */
  @MayBeNull()
  @IsString()
  @MaxLength(1000)
  summary?: string | null;
}
