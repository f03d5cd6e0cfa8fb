import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsNotEmpty,
  IsString,
  IsUUID,
  MaxLength,
} from 'class-validator';
import { RecipientView } from './receipts.dto.js';
import { MayBeNull } from '../../platform/http/may-be-null.js';

export class PassOnDto {
  /**
   * Ids of constituents, sectoral or government bodies of your own. To whom it stands already, it is left as it is.
   * @example ["7b6a5948-3726-4150-9f4e-3d2c1b0a9f8e"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  organisations!: string[];

  /**
   * Why they need to know, for them.
   * @example "Your customers are named in it."
   */
  @MayBeNull()
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  needToKnow?: string | null;

  /**
   * Whether the originator is told how many of yours it was passed on to, and by you; never to whom.
   * @example false
   */
  @IsBoolean()
  tellOriginator!: boolean;
}

export class PassOnView {
  /**
   * UUIDv4.
   * @example "4d3c2b1a-0f9e-4d8c-b7a6-958473625140"
   */
  id!: string;

  /** To whom. */
  organisation!: RecipientView;

  /** By which national CERT. */
  by!: RecipientView;

  /**
   * Why they need to know.
   * @example "Your customers are named in it."
   */
  needToKnow!: string | null;

  /**
   * Whether the originator is told of it; of the CERT's own alone.
   * @example false
   */
  tellOriginator!: boolean | null;

  /**
   * Since when.
   * @example "2026-11-20T03:10:00.000Z"
   */
  passedOnAt!: string;

  /** What you may do next. */
  @ApiProperty({ enum: ['take-back'], isArray: true, example: ['take-back'] })
  allowedActions!: 'take-back'[];
}

/** What a CERT tells the originator: how many, and never which. */
export class ToldPassOnView {
  /** The CERT that passed it on. */
  organisation!: RecipientView;

  /**
   * To how many bodies of its own that read it now.
   * @example 3
   */
  recipients!: number;
}

/** To a CERT its own; to a constituent the one by which it reads the record; to the originator what CERTs tell it. */
export class PassOnList {
  /** Newest first; those that stand. */
  items!: PassOnView[];

  /** Of your own record, unless it is anonymous: by CERTs that tell. */
  told!: ToldPassOnView[];
}
