import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsString, IsUUID, Length } from 'class-validator';
import { PageQuery } from '../../platform/http/page.dto.js';
import { DELIVERY_STATES } from './deliveries.store.js';
import type { DeliveryState } from './deliveries.store.js';
import { EVENT_TYPES } from './event.types.js';
import type { EventType } from './event.types.js';
import { MayBeLeftOut, MayBeNull } from '../../platform/http/may-be-null.js';

const DISABLED_BECAUSE = ['failing', 'gone', 'switched-off'] as const;

export class WebhookDto {
  /**
   * Where events are sent, by POST. Of the public Internet, and by TLS, unless the operator allows others. In an exercise: one
   * of the addresses that the exercise lists.
   * @example "https://hooks.cert.example/ronda"
   */
  @IsString()
  @Length(1, 2000)
  url!: string;

  /**
   * Only events of these types; none means all.
   * @example ["incident.changed", "incident.recalled"]
   */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(EVENT_TYPES.length)
  @IsIn(EVENT_TYPES, { each: true })
  types?: EventType[];

  /**
   * Only what this subscription of your organisation matches.
   * @example "6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
   */
  @MayBeNull()
  @IsUUID()
  subscription?: string | null;

  /**
   * False: nothing is sent until it is switched on again. What comes meanwhile is sent then.
   * @example true
   */
  @MayBeLeftOut()
  @IsBoolean()
  isEnabled?: boolean;
}

export class WebhookView {
  /**
   * UUIDv4.
   * @example "6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
   */
  id!: string;

  /** @example "https://hooks.cert.example/ronda" */
  url!: string;

  /** Only these; none means all. */
  @ApiProperty({ enum: EVENT_TYPES, isArray: true, example: ['incident.changed', 'incident.recalled'] })
  types!: EventType[];

  /** Only what it matches. */
  @ApiProperty({ type: String, nullable: true, example: null })
  subscription!: string | null;

  /** @example true */
  isEnabled!: boolean;

  /** `failing`: for five days; `gone`: it answered 410; `switched-off`: by your organisation. */
  @ApiProperty({ enum: DISABLED_BECAUSE, nullable: true, example: null })
  disabledBecause!: (typeof DISABLED_BECAUSE)[number] | null;

  /** Since when nothing was acknowledged. */
  @ApiProperty({ type: String, nullable: true, example: null })
  failingSince!: string | null;

  /** Until when the secret before signs too. */
  @ApiProperty({ type: String, nullable: true, example: null })
  earlierSecretUntil!: string | null;

  /** @example "2026-11-20T02:10:00.000Z" */
  createdAt!: string;

  /**
   * When it was saved last.
   * @example "2026-11-20T02:10:00.000Z"
   */
  savedAt!: string;

  /** What you may do next. */
  @ApiProperty({
    enum: ['update', 'rotate-secret', 'delete'],
    isArray: true,
    example: ['update', 'rotate-secret', 'delete'],
  })
  allowedActions!: ('update' | 'rotate-secret' | 'delete')[];
}

export class WebhookWithSecretView extends WebhookView {
  /** By which deliveries are signed (Standard Webhooks). Shown once: null where the request is repeated. */
  @ApiProperty({ type: String, nullable: true, example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=' })
  secret!: string | null;
}

export class WebhookList {
  /** The oldest first. */
  items!: WebhookView[];
}

export class DeliveriesQuery extends PageQuery {
  /**
   * Only those. `dead`: given up after ten attempts.
   * @example dead
   */
  @MayBeLeftOut()
  @IsIn(DELIVERY_STATES)
  state?: DeliveryState;
}

export class DeliveryView {
  /**
   * UUIDv4; `webhook-id` is `msg_` and this, at every attempt.
   * @example "6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
   */
  id!: string;

  /** Of the event. What it is about is said to the target alone. */
  @ApiProperty({ enum: EVENT_TYPES, example: 'incident.changed' })
  type!: EventType;

  /** `withdrawn`: your organisation could not read it any more when it was to be sent. */
  @ApiProperty({ enum: DELIVERY_STATES, example: 'dead' })
  state!: DeliveryState;

  /** @example 10 */
  attempts!: number;

  /** @example "2026-11-20T02:10:00.000Z" */
  plannedAt!: string;

  /** While it is pending. */
  @ApiProperty({ type: String, nullable: true, example: null })
  nextAttemptAt!: string | null;

  /** @example "2026-11-23T02:10:00.000Z" */
  @ApiProperty({ type: String, nullable: true })
  lastAttemptAt!: string | null;

  /** The status that was answered last. */
  @ApiProperty({ type: Number, nullable: true, example: 500 })
  lastStatus!: number | null;

  /** Why there was none. */
  @ApiProperty({ enum: ['refused-target', 'no-answer', 'timeout'], nullable: true, example: null })
  lastFault!: string | null;

  /** When it was acknowledged or given up. */
  @ApiProperty({ type: String, nullable: true, example: '2026-11-23T02:10:00.000Z' })
  endedAt!: string | null;

  /** What you may do next. */
  @ApiProperty({ enum: ['replay'], isArray: true, example: ['replay'] })
  allowedActions!: 'replay'[];
}

export class DeliveryPage {
  /** Newest first. */
  items!: DeliveryView[];

  /**
   * Cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;
}
