import { ApiProperty } from '@nestjs/swagger';
import { PAP, TLP } from '../../kernel/markings.js';
import type { Pap, Tlp } from '../../kernel/markings.js';

export class IssuerRef {
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

export class ReviewerRef {
  /**
   * Id of the account.
   * @example "2f1e0d9c-8b7a-4695-8473-6251403f2e1d"
   */
  id!: string;

  /**
   * What the account is called.
   * @example "Linh Tran"
   */
  displayName!: string;
}

export class AdvisoryMarkingView {
  /** TLP 2.0 label; null of what came in unmarked, until it is marked. */
  @ApiProperty({ enum: TLP, nullable: true, type: 'string', example: 'TLP:GREEN' })
  tlp!: Tlp | null;

  /** Permissible actions. */
  @ApiProperty({ enum: PAP, example: 'PAP:GREEN' })
  pap!: Pap;
}

export class ApprovalView {
  /** Which organisation. */
  organisation!: IssuerRef | null;

  /** Who of it; to its own organisation alone. */
  by!: ReviewerRef | null;

  /**
   * When.
   * @example "2026-11-20T03:10:00.000Z"
   */
  at!: string;
}

export class ReviewInvitationView {
  /**
   * Id of the invitation.
   * @example "4e3d2c1b-0a9f-4e8d-8c7b-6a5b4c3d2e1f"
   */
  id!: string;

  /** Whose people, or the organisation of whom. */
  organisation!: IssuerRef | null;

  /** The person; null where the whole organisation was invited. */
  user!: ReviewerRef | null;

  /**
   * Whether it issues the advisory too, and has to approve it.
   * @example false
   */
  isJoint!: boolean;

  /**
   * Since when.
   * @example "2026-11-20T02:40:00.000Z"
   */
  invitedAt!: string;
}

export class RequestedChangeView {
  /**
   * Id of the line.
   * @example "6e5d4c3b-2a19-4807-96f5-e4d3c2b1a099"
   */
  id!: string;

  /**
   * The revision that it was asked of, as you count them.
   * @example 2
   */
  revision!: number;

  /**
   * JSON Pointer into that revision; all of it where it is empty.
   * @example "/summary"
   */
  pointer!: string;

  /**
   * What has to be changed.
   * @example "Say since which version."
   */
  body!: string;

  /** Who asks for it. */
  organisation!: IssuerRef | null;

  /**
   * When it was asked for.
   * @example "2026-11-20T02:50:00.000Z"
   */
  createdAt!: string;

  /**
   * When its owner's side did it.
   * @example null
   */
  doneAt!: string | null;

  /**
   * When it was submitted again with it done.
   * @example null
   */
  settledAt!: string | null;
}

/** What is said in review: its owner's side's, and those who are invited to it. */
export class ReviewView {
  /**
   * When it was submitted.
   * @example "2026-11-20T02:40:00.000Z"
   */
  submittedAt!: string | null;

  /**
   * Until when it should be reviewed.
   * @example "2026-11-21T09:00:00.000Z"
   */
  reviewBy!: string | null;

  /** Who approved exactly this revision. */
  approvals!: ApprovalView[];

  /** Which organisations still have to. */
  approvalsDue!: IssuerRef[];

  /** Who is invited. */
  invitations!: ReviewInvitationView[];

  /** What reviewers asked to be changed, a line each. */
  changes!: RequestedChangeView[];
}
