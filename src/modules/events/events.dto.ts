import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Repeated } from '../../platform/http/repeated.js';
import { EVENT_TYPES, RECORD_KINDS } from './event.types.js';
import type { EventType, RecordKind } from './event.types.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

export class EventsQuery {
  /**
   * How many events of a page; a stream has no end.
   * @example 50
   */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 50;

  /**
   * Id of the event that you were told last: goes on behind it. `Last-Event-ID` says the same, and goes before.
   * @example eEo2TAP1lQbQn0XnI0mWcVqR1dW0c8rC4m3T9mJ2xk5s6n7p8q9r0t1u2v3w4x5y6zAbCdEfGhIjK
   */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(200)
  after?: string;

  /**
   * Only events of this type; repeat for "or".
   * @example ["incident.changed"]
   */
  @MayBeLeftOut()
  @Repeated()
  @IsArray()
  @IsIn(EVENT_TYPES, { each: true })
  type?: EventType[];
}

export class EventRecord {
  /** What it is. */
  @ApiProperty({ enum: RECORD_KINDS, example: 'incident' })
  kind!: RecordKind;

  /**
   * Its id, by which you read it.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;
}

/** That something happened, and to what. What it says is read where it is. */
export class EventView {
  /**
   * Of this event to you: the same each time it is sent, and another to everybody else.
   * @example eEo2TAP1lQbQn0XnI0mWcVqR1dW0c8rC4m3T9mJ2xk5s6n7p8q9r0t1u2v3w4x5y6zAbCdEfGhIjK
   */
  id!: string;

  /**
   * `incident.changed`: there is something new for you to read of it, or all of it is. `incident.recalled`: it is asked back
   * from you. `advisory.published`: a version of it was released to you. `advisory.acknowledgement-due`: your organisation was
   * asked to acknowledge it by now and has not. `subscription.matched`: what is new is what your organisation watches for.
   */
  @ApiProperty({ enum: EVENT_TYPES, example: 'incident.changed' })
  type!: EventType;

  /**
   * When it happened.
   * @example "2026-11-20T02:10:00.000Z"
   */
  at!: string;

  /** To what. */
  record!: EventRecord;

  /** Of a comment: the id of its incident; of what reached a team's inbox: that of its exercise. */
  @ApiProperty({ type: String, nullable: true, example: null })
  parentId!: string | null;

  /** Of a recall: why. */
  @ApiProperty({ type: String, nullable: true, example: null })
  reason!: string | null;

  /** Of `subscription.matched`: the id of the subscription. */
  @ApiProperty({ type: String, nullable: true, example: null })
  subscriptionId!: string | null;
}

export class EventPage {
  /** Oldest first. */
  items!: EventView[];

  /**
   * What to give as `after` for the next page; null where there is none yet. Then go on behind the last event.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true, example: null })
  next!: string | null;
}
