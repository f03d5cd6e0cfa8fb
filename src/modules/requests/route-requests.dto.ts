import { ApiProperty, PickType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsString, Length } from 'class-validator';
import { LONGEST_VALUE } from '../observables/index.js';
import { AskedRef } from './request.views.dto.js';
import { AskRequestDto } from './requests.dto.js';
import type { Status } from './request.rules.js';

const ROUTED_KINDS = ['takedown', 'notification'] as const;
const WHY_UNROUTABLE = ['nobody-answers', 'your-own'] as const;
const DRAFT_STATES = ['draft', 'open', 'withdrawn', 'closed'] as const;

export class RouteRequestsDto extends PickType(AskRequestDto, ['marking', 'title', 'body', 'language', 'answersTo']) {
  /**
   * What each of the drafts asks: to take something off the net, or to tell a victim.
   * @example takedown
   */
  @IsIn(ROUTED_KINDS)
  kind!: (typeof ROUTED_KINDS)[number];

  /**
   * IP addresses, networks, domain and host names, URLs, e-mail addresses, AS numbers; defanged or not.
   * @example ["198.51.100.7", "hxxps://login-bank[.]example/pay"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10_000)
  @IsString({ each: true })
  @Length(1, LONGEST_VALUE, { each: true })
  values!: string[];
}

export class IndicatorView {
  /**
   * What it is.
   * @example ipv4
   */
  type!: string;

  /**
   * In its one form.
   * @example "198.51.100.7"
   */
  value!: string;

  /**
   * What the organisation answers for that it is in.
   * @example "198.51.100.0/24"
   */
  matched!: string;
}

export class IndicatorList {
  /** In the order in which they were sent; each once. */
  items!: IndicatorView[];

  /**
   * Always null: the list is whole.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}

export class RoutedRequestView {
  /**
   * Id of the request.
   * @example "3a2b1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d"
   */
  id!: string;

  /** Where it stands. */
  @ApiProperty({ enum: DRAFT_STATES, example: 'draft' })
  state!: Status;

  /** Whom it asks. */
  to!: AskedRef | null;

  /** What it is about, in the order in which it was sent. */
  indicators!: IndicatorView[];
}

export class UnroutableView {
  /**
   * Where it stands in what was sent.
   * @example "/values/1"
   */
  pointer!: string;

  /**
   * As it was sent.
   * @example "hxxps://login-bank[.]example/pay"
   */
  value!: string;

  /** Nobody that you see answers for it; or your own organisation does. */
  @ApiProperty({ enum: WHY_UNROUTABLE, example: 'nobody-answers' })
  why!: (typeof WHY_UNROUTABLE)[number];
}

export class RoutingView {
  /**
   * Names this routing.
   * @example "5b4a3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d"
   */
  id!: string;

  /** One for each organisation, by its name. */
  requests!: RoutedRequestView[];

  /** In the order in which they were sent; each once. */
  unroutable!: UnroutableView[];
}
