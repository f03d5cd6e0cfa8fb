import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PAP, TLP } from '../../kernel/markings.js';
import type { Pap, Tlp } from '../../kernel/markings.js';
import { REQUEST_KINDS } from '../../kernel/region.js';
import type { RequestKind } from '../../kernel/region.js';
import type { AudienceItem } from '../../policy/audience.js';
import { REQUEST_ACTIONS, STATES } from './request.rules.js';
import type { Overdue, RequestAction, RequestState, ResponseState } from './request.rules.js';
import { requestAudience } from './requests.dto.js';
import type { Reach } from './requests.store.js';

/** Said on every request, and in every answer. */
export const NOTICE =
  'Voluntary cooperation between CERTs. This is not legal process: it compels nobody, and no evidence is transferred by it.';

export class AskedRef {
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

export class AskedGroupRef {
  /**
   * Id of the sharing group.
   * @example "4e3d2c1b-0a9f-4e8d-8c7b-6a5b4c3d2e1f"
   */
  id!: string;

  /**
   * Its name.
   * @example "Online Fraud Desk"
   */
  name!: string;
}

export class PersonRef {
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

export class AddresseeView {
  /** The organisation that is asked; null where a group is. */
  organisation!: AskedRef | null;

  /** The sharing group that is asked; null where an organisation is. */
  @ApiProperty({ type: () => AskedGroupRef, nullable: true, example: null })
  group!: AskedGroupRef | null;
}

export class RequestMarkingView {
  /** TLP 2.0 label. */
  @ApiProperty({ enum: TLP, example: 'TLP:AMBER' })
  tlp!: Tlp;

  /** Permissible actions. */
  @ApiProperty({ enum: PAP, example: 'PAP:GREEN' })
  pap!: Pap;
}

export class AboutIncidentView {
  /**
   * Id of the incident.
   * @example "5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10"
   */
  id!: string;

  /**
   * Its title, as you may read it.
   * @example "Bank phishing wave by SMS"
   */
  title!: string;
}

export class ResponseView {
  /** Who was asked. */
  organisation!: AskedRef | null;

  /** What it did. */
  @ApiProperty({ enum: ['acknowledged', 'answered', 'declined'], example: 'acknowledged' })
  state!: ResponseState;

  /**
   * When it said that it had seen the request.
   * @example "2026-11-20T09:21:00.000Z"
   */
  acknowledgedAt!: string | null;

  /**
   * When it first answered.
   * @example null
   */
  answeredAt!: string | null;

  /**
   * When it declined. No reason is asked for.
   * @example null
   */
  declinedAt!: string | null;
}

export class ReachedByView {
  /**
   * Who answers: a desk rather than a person.
   * @example "Duty desk"
   */
  name!: string;

  /**
   * Where a message arrives.
   * @example "duty@cert.vn.example"
   */
  email!: string | null;

  /**
   * With the country code.
   * @example "+84 24 0000 0000"
   */
  phone!: string | null;

  /**
   * Languages it can be spoken to in (BCP 47).
   * @example ["vi", "en"]
   */
  languages!: string[];

  /**
   * IANA time zone.
   * @example "Asia/Ho_Chi_Minh"
   */
  timeZone!: string;

  /**
   * When it last answered a comms check, or its organisation made sure that it answers.
   * @example "2026-11-19T02:10:00.000Z"
   */
  lastVerifiedAt!: string | null;
}

export class OnDutyView {
  /**
   * Name of the duty role.
   * @example incident-response
   */
  dutyRole!: string;

  /** Whether as primary or as deputy. */
  @ApiProperty({ enum: ['primary', 'deputy'], example: 'primary' })
  position!: 'primary' | 'deputy';

  /**
   * Name of the person; null where you may not see the account.
   * @example "Linh Tran"
   */
  displayName!: string | null;
}

export class EscalationView {
  /** Who is late. */
  organisation!: AskedRef | null;

  /** Its 24/7 points of contact. */
  contacts!: ReachedByView[];

  /** Who is on duty there now. */
  onDuty!: OnDutyView[];
}

export class PagedView {
  /** Whose contact was paged. */
  organisation!: AskedRef | null;

  /** Who paged it; the person is named to its own organisation alone. */
  by!: PersonRef | null;

  /**
   * Whom they reached, and how.
   * @example "Spoke to the duty desk by phone; they look into it."
   */
  note!: string | null;

  /**
   * When.
   * @example "2026-11-20T09:40:00.000Z"
   */
  pagedAt!: string;
}

export class RequestView {
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

  /** What is asked for. */
  @ApiProperty({ enum: REQUEST_KINDS, example: 'urgent-hold' })
  kind!: RequestKind;

  /** Where it stands, as it shows to you: what others who were asked did, shows to the asker. */
  @ApiProperty({ enum: STATES, example: 'acknowledged' })
  state!: RequestState;

  /** Whether your organisation asks, or was asked. */
  @ApiProperty({ enum: ['sent', 'received'], example: 'received' })
  direction!: 'sent' | 'received';

  /**
   * What is asked, in a line.
   * @example "Please hold a transfer that is on its way to an account at Example Bank"
   */
  title!: string;

  /**
   * Markdown.
   * @example "12,500.00 left for account 000-111-222 at 09:02 UTC. The victim called us at 09:10."
   */
  body!: string;

  /**
   * BCP 47 tag.
   * @example en
   */
  language!: string | null;

  /** How far it may go. */
  marking!: RequestMarkingView;

  /** Who asks. */
  from!: AskedRef | null;

  /** Who wrote it; the person is named to its own organisation alone. */
  author!: PersonRef | null;

  /** Whom it asks. */
  to!: AddresseeView;

  /** Who may read it, as it was chosen; shown to the asker alone. */
  @ApiProperty({ ...requestAudience, nullable: true })
  audience!: AudienceItem[] | null;

  /** Who reads the answers. */
  @ApiProperty({ enum: ['all', 'asker'], example: 'asker' })
  answersTo!: Reach;

  /** The incidents that it is about, of those that you may read. */
  incidents!: AboutIncidentView[];

  /**
   * How many indicators it is about: `GET /requests/{id}/indicators` lists them.
   * @example 0
   */
  indicatorCount!: number;

  /**
   * When it was written; shown to the asker alone.
   * @example null
   */
  createdAt!: string | null;

  /**
   * When it was sent; null while it is a draft.
   * @example "2026-11-20T09:12:00.000Z"
   */
  sentAt!: string | null;

  /**
   * Until when it should be acknowledged.
   * @example "2026-11-20T09:27:00.000Z"
   */
  acknowledgeBy!: string | null;

  /**
   * Until when it should be answered.
   * @example "2026-11-20T10:12:00.000Z"
   */
  answerBy!: string | null;

  /**
   * When it expires.
   * @example "2026-11-23T09:12:00.000Z"
   */
  expiresAt!: string | null;

  /**
   * When it was withdrawn or closed.
   * @example null
   */
  endedAt!: string | null;

  /** What is late. */
  @ApiProperty({ enum: ['acknowledgement', 'answer', null], nullable: true, type: 'string', example: null })
  overdue!: Overdue | null;

  /** What those who were asked did: all of them to the asker, its own to each. */
  responses!: ResponseView[];

  /** Where it is late: whom a person may page now. The service pages nobody by itself. */
  escalation!: EscalationView[];

  /** Who was paged. */
  paged!: PagedView[];

  /**
   * What this is, and what it is not.
   * @example "Voluntary cooperation between CERTs. This is not legal process: it compels nobody, and no evidence is transferred by it."
   */
  notice!: string;

  /** What you may do next. */
  @ApiProperty({ enum: REQUEST_ACTIONS, isArray: true, example: ['answer', 'decline'] })
  allowedActions!: RequestAction[];
}

export class RequestPage {
  /** By when they were sent, newest first. */
  items!: RequestView[];

  /**
   * The cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;

  /** Where it was asked for: how many there are, exact to 10,000. */
  @ApiPropertyOptional({
    oneOf: [
      { type: 'integer' },
      { type: 'object', required: ['atLeast'], properties: { atLeast: { type: 'integer' } } },
    ],
    example: 1,
  })
  total?: number | { atLeast: number };
}
