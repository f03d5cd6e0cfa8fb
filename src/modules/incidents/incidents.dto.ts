import { ApiPropertyOptional, IntersectionType, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsObject,
  IsString,
  IsUrl,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { PAP, TLP } from '../../kernel/markings.js';
import type { Pap, Tlp } from '../../kernel/markings.js';
import { RSIT_CLASSES } from '../../kernel/rsit.js';
import { MOST_OBSERVABLES, ObservableDto } from '../observables/index.js';
import { FraudDto } from './fraud.dto.js';
import { IsCountry } from './is-country.js';
import { IsInstant } from '../../platform/http/is-instant.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';
import { EachHolds, Holds } from '../../platform/http/holds.js';

const BCP47 = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const TECHNIQUE = /^(T\d{4}(\.\d{3})?|AML\.T\d{4}(\.\d{3})?)$/;
const MACHINE_TAG = /^[a-z0-9][a-z0-9-]*:[A-Za-z0-9][A-Za-z0-9_.-]*(="[^"\p{Cc}]{1,255}")?$/u;

export class RsitDto {
  /**
   * RSIT class.
   * @example fraud
   */
  @IsIn(RSIT_CLASSES)
  class!: string;

  /**
   * RSIT type within the class.
   * @example phishing
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  type!: string;
}

export class MarkingDto {
  /**
   * TLP 2.0 label. Left out, the record is unmarked and stays with its owner until it is marked.
   * @example TLP:AMBER
   */
  @MayBeLeftOut()
  @IsIn(TLP)
  tlp?: Tlp;

  /**
   * Permissible actions; left out, the region's default is written on the record.
   * @example PAP:GREEN
   */
  @MayBeLeftOut()
  @IsIn(PAP)
  pap?: Pap;
}

export class ExternalReferenceDto {
  /**
   * Whose reference it is.
   * @example ticket
   */
  @IsString()
  @Length(1, 200)
  source!: string;

  /**
   * The filer's own id for it.
   * @example VN-2026-118
   */
  @MayBeNull()
  @IsString()
  @Length(1, 500)
  id?: string | null;

  /**
   * Where it can be read.
   * @example https://reports.example/VN-2026-118
   */
  @MayBeNull()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  @MaxLength(2000)
  url?: string | null;

  /**
   * What it is.
   * @example "Ticket of the reporting bank"
   */
  @MayBeNull()
  @IsString()
  @Length(1, 1000)
  description?: string | null;
}

/** What an incident says; the parts that may be left out when filing and when editing alike. */
class IncidentFactsDto {
  /**
   * Markdown.
   * @example "Customers of several banks received **SMS** with links to `login-bank.example`."
   */
  @MayBeNull()
  @IsString()
  @MaxLength(100_000)
  description?: string | null;

  /**
   * BCP 47 tag of the language that title and description are in.
   * @example en
   */
  @MayBeNull()
  @Matches(BCP47, { message: 'language must be a BCP 47 tag such as en, th or zh-Hans' })
  language?: string | null;

  /** RSIT class and type; required to submit. */
  @MayBeNull()
  @Holds(() => RsitDto)
  rsit?: RsitDto | null;

  /** How far it may ever go. */
  @MayBeLeftOut()
  @Holds(() => MarkingDto)
  marking?: MarkingDto;

  /**
   * When it happened.
   * @example "2026-11-19T18:00:00Z"
   */
  @MayBeNull()
  @IsInstant()
  occurredAt?: string | null;

  /**
   * When it was noticed.
   * @example "2026-11-20T02:10:00Z"
   */
  @MayBeNull()
  @IsInstant()
  detectedAt?: string | null;

  /**
   * When it was reported to the filer.
   * @example "2026-11-20T02:20:00Z"
   */
  @MayBeNull()
  @IsInstant()
  reportedAt?: string | null;

  /**
   * When it was contained.
   * @example null
   */
  @MayBeNull()
  @IsInstant()
  containedAt?: string | null;

  /**
   * When it was over.
   * @example null
   */
  @MayBeNull()
  @IsInstant()
  resolvedAt?: string | null;

  /**
   * Sector of the region file.
   * @example finance
   */
  @MayBeNull()
  @IsString()
  @MaxLength(100)
  sector?: string | null;

  /**
   * Countries affected, ISO 3166-1 alpha-2.
   * @example ["VN", "TH"]
   */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(250)
  @IsCountry({ each: true })
  countries?: string[];

  /** Answers to the factors of the region's severity scheme; `scheme` names another profile. Score and band are computed. */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    nullable: true,
    example: { functionalImpact: 'degraded-critical', informationImpact: 'personal-data' },
  })
  @MayBeNull()
  @IsObject()
  severity?: Record<string, string> | null;

  /** Facts of an online fraud. */
  @MayBeNull()
  @Holds(() => FraudDto)
  fraud?: FraudDto | null;

  /**
   * ATT&CK and ATLAS techniques by id.
   * @example ["T1566.002"]
   */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(200)
  @Matches(TECHNIQUE, {
    each: true,
    message: 'each of techniques must be an ATT&CK id such as T1566.002, or an ATLAS id such as AML.T0051',
  })
  techniques?: string[];

  /**
   * Machine tags.
   * @example ["campaign:name=\"lotus\""]
   */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(200)
  @Matches(MACHINE_TAG, { each: true, message: 'each of tags must be a machine tag: namespace:predicate="value"' })
  tags?: string[];

  /** The filer's own references. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(100)
  @EachHolds(() => ExternalReferenceDto)
  externalReferences?: ExternalReferenceDto[];

  /** What machines can look for: all of it. Read it at the record's `/observables`. */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(MOST_OBSERVABLES)
  @EachHolds(() => ObservableDto)
  observables?: ObservableDto[] | null;
}

class TitleDto {
  /**
   * What happened, in a line.
   * @example "Bank phishing wave by SMS"
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(300)
  title!: string;
}

export class FileIncidentDto extends IntersectionType(TitleDto, IncidentFactsDto) {
  /**
   * Whether members see who filed it.
   * @example named
   */
  @MayBeLeftOut()
  @IsIn(['named', 'anonymous'])
  authorship?: 'named' | 'anonymous';
}

/** Members left out stay as they are; null takes a fact back. */
export class EditIncidentDto extends IntersectionType(
  PartialType(TitleDto, { skipNullProperties: false }),
  IncidentFactsDto,
) {}

export class NoteDto {
  /**
   * Why; kept with the revision.
   * @example "Confirmed with the bank."
   */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(2000)
  note?: string;
}
