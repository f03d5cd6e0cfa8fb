import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { BANDED, BANDS, RECEIPT_ACTS } from './receipts.store.js';
import type { ReceiptAct } from './receipts.store.js';
import { CONFIRMATIONS } from './tombstones.dto.js';
import { KEPT_BECAUSE, TOMBSTONE_REASONS } from './tombstones.store.js';
import type { KeptBecause, TombstoneReason } from './tombstones.store.js';

export class GiveReceiptDto {
  /**
   * What your organisation did with it.
   * @example acknowledged
   */
  @IsIn(RECEIPT_ACTS)
  kind!: ReceiptAct;
}

/** An organisation that something left for. */
export class RecipientView {
  /**
   * UUIDv4.
   * @example "7b6a5948-3726-4150-9f4e-3d2c1b0a9f8e"
   */
  id!: string;

  /**
   * Its name.
   * @example "ThaiCERT"
   */
  name!: string;

  /**
   * ISO 3166-1 alpha-2.
   * @example TH
   */
  country!: string | null;
}

/** What reached an organisation of one revision, and what it says it did. Of its people and how often: nothing. */
export class ReceiptView {
  organisation!: RecipientView;

  /**
   * The revision, as you count them.
   * @example 2
   */
  revision!: number;

  /**
   * When it first left for the organisation, by whatever way; to the hour.
   * @example "2026-11-20T02:00:00.000Z"
   */
  deliveredAt!: string | null;

  /**
   * When somebody there first asked for it by itself; to the hour. Kept of RED and AMBER+STRICT alone.
   * @example null
   */
  openedAt!: string | null;

  /**
   * When the organisation said that it took it into its own tools.
   * @example null
   */
  exportedAt!: string | null;

  /**
   * When it acknowledged it.
   * @example "2026-11-20T02:10:00.000Z"
   */
  acknowledgedAt!: string | null;

  /**
   * When it said that it acted on it.
   * @example null
   */
  actedOnAt!: string | null;
}

/** That the record is asked back of an organisation, and what that said. */
export class RecallView {
  organisation!: RecipientView;

  /**
   * Since when it is not read there any more.
   * @example "2026-11-20T02:10:00.000Z"
   */
  recalledAt!: string;

  @ApiProperty({ enum: TOMBSTONE_REASONS, example: 'error' })
  reason!: TombstoneReason;

  /** Null: it has said nothing. */
  @ApiProperty({ enum: CONFIRMATIONS, nullable: true, example: 'deleted' })
  confirmation!: (typeof CONFIRMATIONS)[number] | null;

  @ApiProperty({ enum: KEPT_BECAUSE, nullable: true, example: null })
  keptBecause!: KeptBecause | null;

  /**
   * When it said so.
   * @example "2026-11-20T03:10:00.000Z"
   */
  confirmedAt!: string | null;
}

/** Of how many organisations there is such a receipt. */
export class ReceiptBandView {
  @ApiProperty({ enum: BANDED, example: 'delivered' })
  kind!: (typeof BANDED)[number];

  @ApiProperty({ enum: BANDS, example: '5-to-9' })
  organisations!: (typeof BANDS)[number];
}

/** To the originator all receipts; to a recipient its own, so that it knows what is kept of it. */
export class ReceiptList {
  /** By the organisations' names, the newest revision first. */
  items!: ReceiptView[];

  /** From whom it is asked back; of your own record alone. */
  recalls!: RecallView[];

  /** In place of both to the originator of an anonymous record: one by one they would say who asks whom. Null elsewhere. */
  bands!: ReceiptBandView[] | null;

  /** Receipts that you may give of the revision that you read. */
  @ApiProperty({ enum: RECEIPT_ACTS, isArray: true, example: ['acted-on'] })
  allowedActions!: ReceiptAct[];
}
