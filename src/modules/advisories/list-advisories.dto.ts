import { IsArray, IsIn, IsNotEmpty, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { TLP } from '../../kernel/markings.js';
import { IsInstant } from '../../platform/http/is-instant.js';
import { PageQuery } from '../../platform/http/page.dto.js';
import { Repeated } from '../../platform/http/repeated.js';
import { LONGEST_QUERY } from '../search/index.js';
import { ADVISORY_KINDS } from './advisory.content.js';
import { ADVISORY_STATES } from './advisory.rules.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

const VERSION = /^\d{1,5}\.\d{1,5}\.\d{1,5}$/;
const VERSION_OR_REVISION = /^(\d{1,5}\.\d{1,5}\.\d{1,5}|[1-9]\d{0,5})$/;

export class VersionQuery {
  /**
   * Semantic version.
   * @example "1.0.0"
   */
  @Matches(VERSION, { message: 'version must be a version such as 1.0.0' })
  version!: string;
}

export class NewestVersionQuery {
  /**
   * Semantic version; the newest that you may read where it is left out.
   * @example "1.0.0"
   */
  @MayBeLeftOut()
  @Matches(VERSION, { message: 'version must be a version such as 1.0.0' })
  version?: string;
}

export class VersionsQuery {
  /**
   * The version before; the one before the last where it is left out.
   * @example "1.0.0"
   */
  @MayBeLeftOut()
  @Matches(VERSION_OR_REVISION, { message: 'from must be a version such as 1.0.0, or the number of a revision' })
  from?: string;

  /**
   * The version after; the newest where it is left out.
   * @example "1.1.0"
   */
  @MayBeLeftOut()
  @Matches(VERSION_OR_REVISION, { message: 'to must be a version such as 1.1.0, or the number of a revision' })
  to?: string;
}

export class ListAdvisoriesQuery extends PageQuery {
  /**
   * State, as it shows to you; repeat for "or", as every filter.
   * @example ["published"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsIn(ADVISORY_STATES, { each: true })
  state?: string[];

  /**
   * Kind.
   * @example ["vulnerability"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsIn(ADVISORY_KINDS, { each: true })
  kind?: string[];

  /**
   * TLP label.
   * @example ["TLP:GREEN"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsIn(TLP, { each: true })
  marking?: string[];

  /**
   * Id of an organisation that issues it.
   * @example ["8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsUUID(undefined, { each: true })
  organisation?: string[];

  /**
   * CVE id of a vulnerability in it.
   * @example ["CVE-2026-10001"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @Matches(/^CVE-\d{4}-\d{4,19}$/, { each: true, message: 'each of cve must be a CVE id such as CVE-2026-10001' })
  cve?: string[];

  /**
   * What to look for in title, summary and body of the newest revision that you may read, as `GET /search` looks in incidents:
   * all words, in any order; `"…"` one after the other; `word*` whatever begins so; `-` before any of these: not that.
   * @example "gateway \"default password\" -router"
   */
  @MayBeLeftOut()
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_QUERY)
  q?: string;

  /**
   * Only what you could read first at this instant or later.
   * @example "2026-11-01T00:00:00Z"
   */
  @MayBeLeftOut()
  @IsInstant()
  since?: string;

  /**
   * Only what you could read first before this instant.
   * @example "2026-12-01T00:00:00Z"
   */
  @MayBeLeftOut()
  @IsInstant()
  until?: string;

  /**
   * Whether to count all of them: exact to 10,000.
   * @example "true"
   */
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  count?: 'true' | 'false';
}
