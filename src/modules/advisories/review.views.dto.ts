import { ApiProperty } from '@nestjs/swagger';
import { ChangeView } from '../incidents/index.js';
import { AdvisoryMarkingView, IssuerRef, ReviewerRef } from './advisory-review.views.dto.js';
import { ADVISORY_KINDS } from './advisory.content.js';
import type { AdvisoryKind } from './advisory.content.js';
import { ADVISORY_ACTIONS, ADVISORY_STATES } from './advisory.rules.js';
import type { AdvisoryAction, AdvisoryState } from './advisory.rules.js';

const WAITS_FOR = ['review', 'changes', 'release', 'joint-approval', 'acknowledgement'] as const;
export type WaitsFor = (typeof WAITS_FOR)[number];

export class AdvisoryCommentView {
  /**
   * Id of the comment.
   * @example "7b6a5948-3726-4150-9f4e-3d2c1b0a9f8e"
   */
  id!: string;

  /**
   * The revision that it is about, as you count them.
   * @example 2
   */
  revision!: number;

  /**
   * JSON Pointer into that revision; all of it where it is empty.
   * @example "/summary"
   */
  pointer!: string;

  /**
   * Markdown.
   * @example "Say since which version."
   */
  body!: string;

  /** Whose comment it is. */
  organisation!: IssuerRef | null;

  /** Who of it; to its own organisation alone. */
  author!: ReviewerRef | null;

  /**
   * When.
   * @example "2026-11-20T02:50:00.000Z"
   */
  createdAt!: string;
}

export class AdvisoryCommentPage {
  /** The newest first. */
  items!: AdvisoryCommentView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;
}

export class QueuedAdvisoryView {
  /**
   * Id of the advisory.
   * @example "3a2b1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d"
   */
  id!: string;

  /**
   * What it is about.
   * @example "Example Gateway lets anybody in"
   */
  title!: string;

  /** What kind of advisory it is. */
  @ApiProperty({ enum: ADVISORY_KINDS, example: 'vulnerability' })
  kind!: AdvisoryKind;

  /**
   * Semantic version.
   * @example "1.0.0"
   */
  version!: string;

  /** How far it may go. */
  marking!: AdvisoryMarkingView;

  /** Who issues it. */
  owner!: IssuerRef | null;

  /** Where it stands. */
  @ApiProperty({ enum: ADVISORY_STATES, example: 'in-review' })
  state!: AdvisoryState;

  /** What it waits for, of you. */
  @ApiProperty({ enum: WAITS_FOR, example: 'review' })
  waitsFor!: WaitsFor;

  /**
   * Since when.
   * @example "2026-11-20T02:40:00.000Z"
   */
  since!: string;

  /**
   * Until when; null where nobody said.
   * @example "2026-11-21T09:00:00.000Z"
   */
  until!: string | null;

  /** What you may do. */
  @ApiProperty({ enum: ADVISORY_ACTIONS, isArray: true, example: ['comment', 'request-changes', 'approve'] })
  allowedActions!: AdvisoryAction[];
}

export class ReviewQueue {
  /** What is due first, first; what nobody set a time for, last. */
  items!: QueuedAdvisoryView[];
}

export class AdvisoryReceiptView {
  /** Which organisation. */
  organisation!: IssuerRef | null;

  /**
   * Of which version.
   * @example "1.0.0"
   */
  version!: string;

  /**
   * When it left for them, to the hour.
   * @example "2026-11-21T01:00:00.000Z"
   */
  deliveredAt!: string | null;

  /**
   * When they said that they have it.
   * @example "2026-11-21T01:20:00.000Z"
   */
  acknowledgedAt!: string | null;
}

export class AdvisoryReceiptList {
  /** By organisation, then by version. */
  items!: AdvisoryReceiptView[];
}

export class AdvisoryDiffView {
  /**
   * The version before.
   * @example "1.0.0"
   */
  from!: string;

  /**
   * The version after.
   * @example "1.1.0"
   */
  to!: string;

  /** What changed, member by member; lists are compared whole. */
  changes!: ChangeView[];

  /**
   * The body's change as a unified diff; empty where it is the same, all of it where more than 500 lines changed.
   * @example "--- 1.0.0\n+++ 1.1.0\n@@ -1,1 +1,1 @@\n-An empty password passes.\n+An empty password passes, since version 4.1.\n"
   */
  bodyDiff!: string;
}
