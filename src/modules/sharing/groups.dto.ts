import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsNotEmpty, IsString, IsUUID, Length, MaxLength } from 'class-validator';
import { GROUP_ACTIONS, MEMBER_ACTIONS } from './group.rules.js';
import type { GroupAction, MemberAction } from './group.rules.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

export class CreateGroupDto {
  /**
   * @example "Cross-border phishing"
   */
  @IsString()
  @Length(2, 120)
  name!: string;

  /**
   * What the group is for.
   * @example "Working together on phishing that hits several members at once."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(4000)
  purpose!: string;

  /**
   * Ids of the organisations that found it with yours.
   * @example ["8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"]
   */
  @IsArray()
  @ArrayMaxSize(200)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  members!: string[];
}

export class UpdateGroupDto {
  /**
   * @example "Cross-border phishing"
   */
  @MayBeLeftOut()
  @IsString()
  @Length(2, 120)
  name?: string;

  /**
   * What the group is for.
   * @example "Working together on phishing that hits several members at once."
   */
  @MayBeLeftOut()
  @IsString()
  @IsNotEmpty()
  @MaxLength(4000)
  purpose?: string;
}

export class ProposeMemberDto {
  /**
   * Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  @IsUUID()
  organisation!: string;
}

export class ObjectionDto {
  /**
   * Why your organisation objects; the members read it.
   * @example "We have not worked with them yet and would like to meet first."
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  reason!: string;
}

export class GroupOrganisationRef {
  /**
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * @example "Viet Nam National CERT"
   */
  name!: string;

  /**
   * ISO 3166-1 alpha-2; null for a body of the region.
   * @example "VN"
   */
  country!: string | null;
}

export class GroupMemberView {
  /**
   * Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /** Who it is. */
  organisation!: GroupOrganisationRef;

  /**
   * @example "member"
   */
  @ApiProperty({ enum: ['proposed', 'member'] })
  state!: 'proposed' | 'member';

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  proposedAt!: string;

  /**
   * Until when members may object to one that is proposed.
   * @example "2026-11-23T02:10:00.000Z"
   */
  admitAfter!: string;

  /**
   * When the proposed organisation itself accepted.
   * @example "2026-11-21T08:00:00.000Z"
   */
  acceptedAt!: string | null;

  /**
   * The epoch it joined with: it reads what was released to the group since.
   * @example 2
   */
  joinedEpoch!: number | null;

  /**
   * @example "2026-11-23T02:10:00.000Z"
   */
  joinedAt!: string | null;

  /**
   * @example ["object"]
   */
  @ApiProperty({ enum: MEMBER_ACTIONS, isArray: true })
  allowedActions!: MemberAction[];
}

export class ObjectionView {
  /** Who objected. */
  by!: GroupOrganisationRef;

  /** To whom. */
  to!: GroupOrganisationRef;

  /**
   * @example "We have not worked with them yet and would like to meet first."
   */
  reason!: string;

  /**
   * @example "2026-11-21T08:00:00.000Z"
   */
  enteredAt!: string;
}

export class GroupView {
  /**
   * @example "1d9c2b8a-7e6f-4d5c-8b3a-2f1e0d9c8b7a"
   */
  id!: string;

  /**
   * @example "Cross-border phishing"
   */
  name!: string;

  /**
   * @example "Working together on phishing that hits several members at once."
   */
  purpose!: string;

  /** Who founded it, or took that over from a founder that left. */
  founder!: GroupOrganisationRef | null;

  /**
   * Each joining begins a new one; a release goes to the newest.
   * @example 2
   */
  epoch!: number;

  /**
   * How long members may object to a newcomer.
   * @example 72
   */
  objectionHours!: number;

  /**
   * Node on which it was founded.
   * @example "local"
   */
  originNode!: string;

  /**
   * @example "2026-11-20T02:10:00.000Z"
   */
  createdAt!: string;

  /**
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  dissolvedAt!: string | null;

  /** Members, and organisations that are proposed. */
  members!: GroupMemberView[];

  /** Newest first; shown to members. */
  objections!: ObjectionView[];

  /**
   * @example ["propose"]
   */
  @ApiProperty({ enum: GROUP_ACTIONS, isArray: true })
  allowedActions!: GroupAction[];
}

export class GroupPage {
  /** Newest first. */
  items!: GroupView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
