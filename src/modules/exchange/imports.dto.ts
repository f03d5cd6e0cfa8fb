import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsObject, IsString, IsTimeZone, IsUUID, Length, Matches } from 'class-validator';
import { TLP } from '../../kernel/markings.js';
import type { Tlp } from '../../kernel/markings.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';

const SHEET_FORMATS = ['csv', 'xlsx'] as const;
type SheetFormat = (typeof SHEET_FORMATS)[number];
const IMPORT_FORMATS = [...SHEET_FORMATS, 'stix', 'misp', 'csaf'] as const;
const DATE_ORDERS = ['day-first', 'month-first'] as const;
const ERAS = ['buddhist', 'gregorian'] as const;

export class TemplateQuery {
  /**
   * Which kind of file.
   * @example csv
   */
  @IsIn(SHEET_FORMATS)
  format!: SheetFormat;
}

class DateHabitsDto {
  /**
   * How dates such as 03/04/2026 are written; asked for where the file has one.
   * @example day-first
   */
  @MayBeNull()
  @IsIn(DATE_ORDERS)
  dates?: (typeof DATE_ORDERS)[number] | null;

  /**
   * By which era years are counted; asked for where the file has a year such as 2569.
   * @example gregorian
   */
  @MayBeNull()
  @IsIn(ERAS)
  era?: (typeof ERAS)[number] | null;

  /**
   * IANA time zone of times that name none; UTC when left out.
   * @example Asia/Bangkok
   */
  @MayBeNull()
  @IsTimeZone()
  timeZone?: string | null;
}

export class ImportQuery extends DateHabitsDto {
  /**
   * Which kind of file is sent; as the Content-Type says when left out.
   * @example csv
   */
  @MayBeLeftOut()
  @IsIn(IMPORT_FORMATS)
  format?: (typeof IMPORT_FORMATS)[number];

  /**
   * Only look: say what would be filed, and file nothing.
   * @example "true"
   */
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false';

  /**
   * A saved mapping of columns, by its id.
   * @example "6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
   */
  @MayBeLeftOut()
  @IsUUID('4')
  mapping?: string;

  /**
   * The TLP label of rows that have none. Without one they are unmarked and stay with your organisation.
   * @example TLP:AMBER
   */
  @MayBeLeftOut()
  @IsIn(TLP)
  marking?: Tlp;

  /**
   * Names the file, so that rows without a reference of their own are known by sheet and number when it is sent again.
   * @example 2026-11-monthly
   */
  @MayBeLeftOut()
  @Matches(/^[\x21-\x7e]{1,255}$/, { message: 'stream must be 1 to 255 visible ASCII characters' })
  stream?: string;

  /**
   * What a CSAF document becomes: a draft of your own, or an advisory as it came, under its publisher.
   * @example received
   */
  @MayBeLeftOut()
  @IsIn(['draft', 'received'])
  as?: 'draft' | 'received';
}

export class MappingDto extends DateHabitsDto {
  /**
   * What it is for. Unique within your organisation.
   * @example "Monthly report of the finance sector"
   */
  @IsString()
  @IsNotEmpty()
  @Length(1, 200)
  name!: string;

  /**
   * Headings as the file has them, to fields of the template.
   * @example {"Judul": "title", "Wann": "detectedAt"}
   */
  @IsObject()
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  columns!: Record<string, string>;
}

export class MappingView {
  /**
   * UUIDv4.
   * @example "6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
   */
  id!: string;

  /** @example "Monthly report of the finance sector" */
  name!: string;

  /**
   * Headings as the file has them, to fields of the template.
   * @example {"Judul": "title"}
   */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  columns!: Record<string, string>;

  /** @example day-first */
  @ApiProperty({ enum: DATE_ORDERS, nullable: true })
  dates!: string | null;

  /** @example gregorian */
  @ApiProperty({ enum: ERAS, nullable: true })
  era!: string | null;

  /** @example Asia/Bangkok */
  timeZone!: string | null;

  /**
   * When it was saved last.
   * @example "2026-11-20T02:10:00.000Z"
   */
  savedAt!: string;
}

export class MappingList {
  items!: MappingView[];
}

export class ImportedRow {
  /**
   * The sheet's name; of a CSV file `CSV`.
   * @example June
   */
  sheet!: string;

  /**
   * The row, as spreadsheet programs count.
   * @example 2
   */
  row!: number;

  /**
   * `filed` or, where it was before, `unchanged`; `ready` in a dry run.
   * @example filed
   */
  @ApiProperty({ enum: ['filed', 'unchanged', 'ready'] })
  status!: 'filed' | 'unchanged' | 'ready';

  /**
   * The record; null in a dry run, where it would be new.
   * @example "6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
   */
  id!: string | null;

  /**
   * Fields whose text came in Zawgyi and was converted; the text as it came is kept as a comment of your organisation's.
   * @example ["title"]
   */
  converted!: string[];
}

export class FindingView {
  /** @example June */
  sheet!: string;

  /**
   * The cell, as spreadsheet programs name it.
   * @example C7
   */
  cell!: string | null;

  /**
   * What is wrong, or what has to be said.
   * @example "There is no field \"Wann\". Map the heading to a field, or begin it with # to leave it out."
   */
  detail!: string;
}

export class ImportResult {
  /**
   * Whether nothing was filed because only a look was asked for.
   * @example false
   */
  isDryRun!: boolean;

  /** In the order of the file. */
  rows!: ImportedRow[];

  /** In a dry run, everything that keeps the file from being filed; else empty. */
  findings!: FindingView[];
}

export class StixObjectCount {
  /** @example 12 */
  added!: number;

  /**
   * Here before, and the same.
   * @example 0
   */
  unchanged!: number;
}

export class StixIncidentView {
  /**
   * The incident or report of the bundle.
   * @example "incident--6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
   */
  stixId!: string;

  /**
   * `filed` or, where it was before, `unchanged`.
   * @example filed
   */
  @ApiProperty({ enum: ['filed', 'unchanged'] })
  status!: 'filed' | 'unchanged';

  /**
   * The draft.
   * @example "6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
   */
  id!: string;
}

export class MispEventImportView {
  /**
   * The event's; one that brought none was given one.
   * @example "c7a1f1a6-2c0b-4a53-9d43-0a7d1d1f5f11"
   */
  uuid!: string;

  /**
   * `filed` or, where your organisation has an event of this uuid, `unchanged`: it stays as it is.
   * @example filed
   */
  @ApiProperty({ enum: ['filed', 'unchanged'] })
  status!: 'filed' | 'unchanged';

  /**
   * The draft.
   * @example "6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
   */
  id!: string;
}

export class MispImportResult {
  /** In the order of the file. */
  events!: MispEventImportView[];
}

export class StixImportResult {
  /** All objects are kept as they came, for your organisation alone; of TLP:RED for yourself. */
  objects!: StixObjectCount;

  /** Drafts that were made of incidents and, where there are none, of reports. */
  incidents!: StixIncidentView[];
}

/** What became of a CSAF document. */
export class CsafImportResult {
  /**
   * The draft, or the advisory as it came.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  advisory!: string;

  /** @example "Example Gateway lets anybody in" */
  title!: string;

  /**
   * Who published it.
   * @example "Example Networks PSIRT"
   */
  publisher!: string;

  /**
   * As its publisher calls it.
   * @example "EXN-2026-0007"
   */
  trackingId!: string;

  /** @example "1.0.0" */
  version!: string;

  /**
   * False where you had sent the same version before.
   * @example true
   */
  isNew!: boolean;
}
