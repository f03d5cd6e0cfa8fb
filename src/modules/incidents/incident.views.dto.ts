import { ApiProperty } from '@nestjs/swagger';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import type { Pap, Tlp } from '../../kernel/markings.js';
import { PAP, TLP } from '../../kernel/markings.js';
import { ReleaseView } from '../sharing/index.js';
import { INCIDENT_ACTIONS, QUARANTINE_REASONS, STATUSES } from './incident.rules.js';
import type { IncidentAction, QuarantineReason, Status } from './incident.rules.js';
import { FraudDto } from './fraud.dto.js';
import { ExternalReferenceDto, RsitDto } from './incidents.dto.js';

/** Who an anonymous record's owner is to everybody else. */
export class AliasView {
  /**
   * What is known of it.
   * @example "an active member"
   */
  name!: 'an active member';

  /**
   * Drawn for this record alone: the same in all that is said of it, and in no other.
   * @example "K7QX-2MPD"
   */
  code!: string;
}

/** To the owner of a record that nobody else reads because three members asked for that. */
export class QuarantinedView {
  /**
   * Since when.
   * @example "2026-11-20T02:10:00.000Z"
   */
  since!: string;

  /** Why, in the words that they chose from; not who, and not how many. */
  @ApiProperty({ enum: QUARANTINE_REASONS, isArray: true, example: ['false'] })
  reasons!: QuarantineReason[];
}

export type ReadableAs =
  'public' | 'community' | 'partners' | 'relay' | 'organisation' | 'user' | 'passed-on' | { group: string };

export class OrganisationRef {
  /**
   * Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * Its name.
   * @example VNCERT
   */
  name!: string;

  /**
   * ISO 3166-1 alpha-2.
   * @example VN
   */
  country!: string | null;
}

export class ReporterRef {
  /**
   * Id of the organisation.
   * @example "6e5d4c3b-2a19-4807-96f5-e4d3c2b1a099"
   */
  id!: string;

  /**
   * Its name.
   * @example "Example Bank"
   */
  name!: string;
}

export class MarkingView {
  /** TLP 2.0 label; null while it is unmarked. */
  @ApiProperty({ enum: TLP, nullable: true, type: 'string', example: 'TLP:AMBER' })
  tlp!: Tlp | null;

  /** Permissible actions. */
  @ApiProperty({ enum: PAP, example: 'PAP:GREEN' })
  pap!: Pap;
}

export class SeverityView {
  /**
   * The scheme it was computed by.
   * @example asean
   */
  scheme!: string;

  /** The answers to its factors, given or derived. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { functionalImpact: 'degraded-critical', informationImpact: 'personal-data' },
  })
  factors!: Readonly<Record<string, string>>;

  /**
   * Which of them nobody gave: they follow from the record's other facts.
   * @example ["sector"]
   */
  derived!: string[];

  /**
   * 0 to 100.
   * @example 61.5
   */
  score!: number;

  /**
   * The scheme's band for the score.
   * @example high
   */
  band!: string;
}

export class IncidentView {
  /**
   * UUIDv4.
   * @example "5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10"
   */
  id!: string;

  /**
   * The node that the record comes from.
   * @example local
   */
  originNode!: string;

  /**
   * How many revisions you may read, this one included.
   * @example 2
   */
  revision!: number;

  /** Lifecycle status. */
  @ApiProperty({ enum: STATUSES, example: 'submitted' })
  status!: Status;

  /**
   * What happened, in a line.
   * @example "Bank phishing wave by SMS"
   */
  title!: string;

  /**
   * Markdown.
   * @example "Customers of several banks received **SMS** with links to `login-bank.example`."
   */
  description!: string | null;

  /**
   * BCP 47 tag.
   * @example en
   */
  language!: string | null;

  /** RSIT class and type. */
  rsit!: RsitDto | null;

  /** How far it may go. */
  marking!: MarkingView;

  /**
   * Whether members see who filed it.
   * @example named
   */
  authorship!: 'named' | 'anonymous';

  /** Who owns it; null where it is anonymous. */
  organisation!: OrganisationRef | null;

  /** By what its owner is known where it is anonymous; null where it is named. */
  alias!: AliasView | null;

  /** The constituent that filed it; shown to itself and its CERT. */
  reportedBy!: ReporterRef | null;

  /**
   * When it happened.
   * @example "2026-11-19T18:00:00.000Z"
   */
  occurredAt!: string | null;

  /**
   * When it was noticed.
   * @example "2026-11-20T02:10:00.000Z"
   */
  detectedAt!: string | null;

  /**
   * When it was reported to the filer.
   * @example "2026-11-20T02:20:00.000Z"
   */
  reportedAt!: string | null;

  /**
   * When it was contained.
   * @example null
   */
  containedAt!: string | null;

  /**
   * When it was over.
   * @example null
   */
  resolvedAt!: string | null;

  /**
   * Sector of the region file.
   * @example finance
   */
  sector!: string | null;

  /**
   * Countries affected.
   * @example ["TH", "VN"]
   */
  countries!: string[];

  /** Computed by the scheme; what depends on the filer's private factors is the filer's alone. */
  severity!: SeverityView | null;

  /** Facts of an online fraud. */
  fraud!: FraudDto | null;

  /**
   * ATT&CK and ATLAS techniques.
   * @example ["T1566.002"]
   */
  techniques!: string[];

  /**
   * Machine tags.
   * @example ["campaign:name=\"lotus\""]
   */
  tags!: string[];

  /** The filer's own references. */
  externalReferences!: ExternalReferenceDto[];

  /**
   * When this revision was written.
   * @example "2026-11-20T02:30:00.000Z"
   */
  updatedAt!: string;

  /** Which of your own principals let you in; `passed-on`: your national CERT did, for as long as it reads the record. */
  @ApiProperty({
    type: 'array',
    items: {
      oneOf: [
        { type: 'string', enum: ['public', 'community', 'partners', 'relay', 'organisation', 'user', 'passed-on'] },
        { type: 'object', required: ['group'], properties: { group: { type: 'string', format: 'uuid' } } },
      ],
    },
    example: ['organisation'],
  })
  readableAs!: ReadableAs[];

  /** The release in force; shown to the owner alone. */
  release!: ReleaseView | null;

  /** A release that waits for a second person or the end of its hold; shown to the owner alone. */
  waitingRelease!: ReleaseView | null;

  /** That three members asked for its quarantine; shown to the owner alone, for nobody else reads it. */
  quarantine!: QuarantinedView | null;

  /** What you may do next. */
  @ApiProperty({ enum: INCIDENT_ACTIONS, isArray: true, example: ['edit', 'release', 'comment'] })
  allowedActions!: IncidentAction[];
}

export class IncidentPage {
  /** The records, in order. */
  items!: IncidentView[];

  /**
   * The cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;

  /** How many there are, where asked for: exact to 10,000. */
  @ApiProperty({
    required: false,
    oneOf: [
      { type: 'integer' },
      { type: 'object', required: ['atLeast'], properties: { atLeast: { type: 'integer' } } },
    ],
    example: 1,
  })
  total?: number | { atLeast: number };
}

/** A member of a record, of whatever type. */
const anyValue: ApiPropertyOptions = {
  nullable: true,
  oneOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'array', items: {} },
    { type: 'object', additionalProperties: true },
  ],
};

export class ChangeView {
  /**
   * JSON Pointer into the record.
   * @example /title
   */
  pointer!: string;

  /** What it was. */
  @ApiProperty({ ...anyValue, example: 'Bank phishing by SMS' })
  from!: unknown;

  /** What it became. */
  @ApiProperty({ ...anyValue, example: 'Bank phishing wave by SMS' })
  to!: unknown;
}

export class AuthorRef {
  /**
   * Id of the account.
   * @example "0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f"
   */
  id!: string;

  /**
   * Name of the person.
   * @example "Lan Nguyen"
   */
  displayName!: string;
}

export class RevisionView {
  /**
   * Its number, by the count of what you may read.
   * @example 2
   */
  revision!: number;

  /**
   * What was done.
   * @example edited
   */
  change!: string;

  /**
   * Why; shown to the owner alone.
   * @example "Confirmed with the bank."
   */
  note!: string | null;

  /** Who did it; shown to the owner alone. */
  author!: AuthorRef | null;

  /**
   * When.
   * @example "2026-11-20T02:30:00.000Z"
   */
  createdAt!: string;

  /** What changed against the revision before that you may read. */
  changes!: ChangeView[];
}

export class RevisionList {
  /** Oldest first. */
  items!: RevisionView[];
}
