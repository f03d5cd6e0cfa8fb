import { ApiProperty } from '@nestjs/swagger';
import { AboutIncidentView, AskedRef, PersonRef } from './request.views.dto.js';
import type { Reach } from './requests.store.js';

export class AnswerView {
  /**
   * UUIDv4.
   * @example "2b1c0d9e-8f7a-4b6c-8d5e-4f3a2b1c0d9e"
   */
  id!: string;

  /** Who answers. */
  organisation!: AskedRef | null;

  /** Who wrote it; the person is named to its own organisation alone. */
  author!: PersonRef | null;

  /**
   * Markdown. It has the marking of the request.
   * @example "Held at 09:24 UTC. Our bank waits for your victim's bank to call."
   */
  body!: string;

  /**
   * BCP 47 tag.
   * @example en
   */
  language!: string | null;

  /** Who reads it: all who read the request, or the asker and who wrote it. */
  @ApiProperty({ enum: ['all', 'asker'], example: 'asker' })
  audience!: Reach;

  /** The incidents that it is about, of those that you may read. */
  incidents!: AboutIncidentView[];

  /**
   * When it was given.
   * @example "2026-11-20T09:25:00.000Z"
   */
  createdAt!: string;

  /**
   * What this is, and what it is not.
   * @example "Voluntary cooperation between CERTs. This is not legal process: it compels nobody, and no evidence is transferred by it."
   */
  notice!: string;
}

export class AnswerPage {
  /** Newest first. */
  items!: AnswerView[];

  /**
   * The cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;
}
