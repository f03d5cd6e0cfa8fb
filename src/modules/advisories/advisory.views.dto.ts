import { ApiProperty } from '@nestjs/swagger';
import type { AudienceItem } from '../../policy/audience.js';
import { PreviewReadersView } from '../sharing/index.js';
import { advisoryAudience } from './advisories.dto.js';
import {
  AcknowledgementDto,
  AffectedProductDto,
  IndicatorDto,
  ReferenceDto,
  RemediationDto,
  VulnerabilityDto,
  WorkaroundDto,
} from './advisory.dto.js';
import { AdvisoryMarkingView, IssuerRef, ReviewView, ReviewerRef } from './advisory-review.views.dto.js';
import { ADVISORY_KINDS } from './advisory.content.js';
import type { AdvisoryKind } from './advisory.content.js';
import { ADVISORY_ACTIONS, ADVISORY_STATES } from './advisory.rules.js';
import type { AdvisoryAction, AdvisoryState } from './advisory.rules.js';
import { SEVERITIES } from './cvss.js';
import type { CvssSeverity } from './cvss.js';

export class CvssScoreView {
  /**
   * 0.0 to 10.0, computed of the vector.
   * @example 9.8
   */
  score!: number;

  /** What its specification calls that. */
  @ApiProperty({ enum: SEVERITIES, example: 'critical' })
  severity!: CvssSeverity;
}

export class CvssScoresView {
  /** By CVSS 3.1; null where there is no vector. */
  cvss31!: CvssScoreView | null;

  /** By CVSS 4.0; null where there is no vector. */
  cvss40!: CvssScoreView | null;
}

export class VulnerabilityView extends VulnerabilityDto {
  /** What its vectors score. */
  scores!: CvssScoresView;
}

export class AdvisoryScheduleView {
  /**
   * The instant at which it goes out.
   * @example "2026-11-21T01:00:00.000Z"
   */
  notBefore!: string;

  /** Who reads it then, each with its own local time. */
  readers!: PreviewReadersView;
}

export class AdvisoryAcknowledgementView {
  /**
   * Until when its readers are asked to acknowledge it.
   * @example "2026-11-22T01:00:00.000Z"
   */
  by!: string;

  /**
   * Whether your organisation has.
   * @example false
   */
  isDone!: boolean;
}

export class PublishedVersionView {
  /**
   * Semantic version.
   * @example "1.0.0"
   */
  version!: string;

  /**
   * What it changed.
   * @example "Version 4.1 is affected as well."
   */
  summary!: string | null;

  /** Whether it is out, or another came after it. */
  @ApiProperty({ enum: ['published', 'interim', 'revised', 'withdrawn'], example: 'published' })
  state!: 'published' | 'interim' | 'revised' | 'withdrawn';

  /**
   * When it went out.
   * @example "2026-11-21T01:00:00.000Z"
   */
  publishedAt!: string;
}

export class PublishedVersionList {
  /** The newest first. */
  items!: PublishedVersionView[];
}

export class ReceivedFromView {
  /**
   * Who published it.
   * @example "Example Networks PSIRT"
   */
  publisher!: string;

  /**
   * What its publisher calls itself in addresses.
   * @example "https://psirt.example"
   */
  namespace!: string;

  /**
   * As its publisher calls it.
   * @example "EXN-2026-0007"
   */
  trackingId!: string;

  /**
   * As its publisher counts it.
   * @example "3"
   */
  version!: string;
}

export class AdvisoryView {
  /**
   * UUIDv4.
   * @example "3a2b1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d"
   */
  id!: string;

  /**
   * The node that it comes from.
   * @example local
   */
  originNode!: string;

  /** Where it stands, as it shows to you: what is worked on shows to its owner's side and to those who are invited. */
  @ApiProperty({ enum: ADVISORY_STATES, example: 'published' })
  state!: AdvisoryState;

  /**
   * Semantic version: the one that this is, or that it is a draft of. An interim that is settled is the next one.
   * @example "1.0.0"
   */
  version!: string;

  /**
   * How many revisions you may read, this one among them.
   * @example 1
   */
  revision!: number;

  /**
   * What changed since the version before.
   * @example null
   */
  summaryOfChanges!: string | null;

  /** What kind of advisory it is. */
  @ApiProperty({ enum: ADVISORY_KINDS, example: 'vulnerability' })
  kind!: AdvisoryKind;

  /**
   * What it is about, in a line.
   * @example "Example Gateway lets anybody in"
   */
  title!: string;

  /**
   * What a reader in a hurry has to know.
   * @example "Sign-in is bypassed by an empty password. Update today."
   */
  summary!: string;

  /**
   * Markdown.
   * @example "## What happens\n\nAn empty password passes."
   */
  body!: string;

  /**
   * BCP 47 tag.
   * @example en
   */
  language!: string;

  /** How far it may go. */
  marking!: AdvisoryMarkingView;

  /** Who issues it. */
  owner!: IssuerRef | null;

  /** Who issues it too. */
  jointWith!: IssuerRef[];

  /** Of what was received: whose words they are. Null where they are its owner's. */
  receivedFrom!: ReceivedFromView | null;

  /** Who wrote this revision; to the own organisation alone. */
  author!: ReviewerRef | null;

  /**
   * Whether it may go out before all who issue it agreed.
   * @example false
   */
  urgent!: boolean;

  /** What is affected. */
  products!: AffectedProductDto[];

  /** What is wrong with it. */
  vulnerabilities!: VulnerabilityView[];

  /** What mends it. */
  remediations!: RemediationDto[];

  /** What helps until then. */
  workarounds!: WorkaroundDto[];

  /** What to look for. */
  indicators!: IndicatorDto[];

  /** Where more is to be read. */
  references!: ReferenceDto[];

  /** Who is thanked. */
  acknowledgements!: AcknowledgementDto[];

  /**
   * Ids of the incidents that it was written from, of those that you may read.
   * @example ["5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10"]
   */
  sources!: string[];

  /** To whom it is meant: its owner's side's and the reviewers' to see. */
  @ApiProperty({ ...advisoryAudience, nullable: true } as object)
  audience!: AudienceItem[] | null;

  /**
   * How long its readers have to acknowledge it.
   * @example 24
   */
  acknowledgeWithinHours!: number | null;

  /**
   * When this revision was written; null to its readers, who see when it went out.
   * @example null
   */
  writtenAt!: string | null;

  /**
   * When this version went out.
   * @example "2026-11-21T01:00:00.000Z"
   */
  publishedAt!: string | null;

  /**
   * Until when the others who issue it have to agree, where it went out before.
   * @example null
   */
  interimUntil!: string | null;

  /**
   * When it was withdrawn.
   * @example null
   */
  withdrawnAt!: string | null;

  /**
   * Why it was withdrawn.
   * @example null
   */
  withdrawnBecause!: string | null;

  /** What is said in review; null to others. */
  @ApiProperty({ type: () => ReviewView, nullable: true, example: null })
  review!: ReviewView | null;

  /** When it goes out, to its owner's side; null where nothing is scheduled. */
  @ApiProperty({ type: () => AdvisoryScheduleView, nullable: true, example: null })
  schedule!: AdvisoryScheduleView | null;

  /** Whether and until when you are asked to acknowledge it. */
  @ApiProperty({
    type: () => AdvisoryAcknowledgementView,
    nullable: true,
    example: { by: '2026-11-22T01:00:00.000Z', isDone: false },
  })
  acknowledgement!: AdvisoryAcknowledgementView | null;

  /** What you may do next. */
  @ApiProperty({ enum: ADVISORY_ACTIONS, isArray: true, example: ['acknowledge'] })
  allowedActions!: AdvisoryAction[];
}

export class AdvisoryPage {
  /** Those that you could read first most recently, first. */
  items!: AdvisoryView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;

  /** How many there are, where it was asked for: a number, or at least so many. */
  @ApiProperty({
    oneOf: [{ type: 'integer' }, { type: 'object', properties: { atLeast: { type: 'integer' } } }],
    required: false,
    example: 1,
  })
  total?: number | { atLeast: number };
}
