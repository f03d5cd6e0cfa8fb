import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length, MaxLength } from 'class-validator';
import type { Tlp } from '../../kernel/markings.js';
import { TLP } from '../../kernel/markings.js';
import { LONGEST_VALUE, WARNING_LISTS } from './core/index.js';
import type { WarningList } from './core/index.js';
import { APPEARANCE_REACHES } from './observable.dto.js';
import type { AppearanceReach } from './observable.dto.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

export class ExtractDto {
  /**
   * Whatever was pasted: a mail, a report, a log.
   * @example "Customers were sent to hxxps://login-bank[.]example/pay from 203.0.113.7."
   */
  @IsString()
  @Length(1, 200_000)
  text!: string;
}

export class LookUpDto {
  /**
   * Defanged or not.
   * @example ["login-bank[.]example", "203.0.113.7"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10_000)
  @IsString({ each: true })
  @MaxLength(LONGEST_VALUE, { each: true })
  values!: string[];

  /**
   * What all of them are. Left out, each is taken for whatever its form admits.
   * @example domain
   */
  @MayBeLeftOut()
  @IsString()
  @Length(1, 40)
  type?: string;
}

export class WarningView {
  /** The list that it is on. */
  @ApiProperty({ enum: WARNING_LISTS, example: 'reserved-name' })
  list!: WarningList;

  /**
   * Why it is hardly ever malicious.
   * @example "A name reserved for documents and tests."
   */
  detail!: string;
}

class ValueView {
  /**
   * What it is.
   * @example domain
   */
  type!: string;

  /**
   * In its one form.
   * @example login-bank.example
   */
  value!: string;
}

export class ExtractedView extends ValueView {
  /**
   * Where it begins in the text, in UTF-16 code units.
   * @example 27
   */
  start!: number;

  /**
   * Where it ends: the first unit behind it.
   * @example 56
   */
  end!: number;

  /** Why it is hardly ever malicious; empty where nothing is known against it. */
  warnings!: WarningView[];
}

export class ExtractedList {
  /** In the order of the text. What lies in another, as the host in a URL, is not listed by itself. */
  items!: ExtractedView[];
}

export class OwnerRef {
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

export class RecordRef {
  /**
   * Id of the incident.
   * @example "5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10"
   */
  id!: string;

  /**
   * What happened, in a line.
   * @example "Bank phishing wave by SMS"
   */
  title!: string;

  /** TLP 2.0 label; null while it is unmarked. */
  @ApiProperty({ enum: TLP, nullable: true, type: 'string', example: 'TLP:AMBER' })
  tlp!: Tlp | null;

  /** Who owns it; null where it is anonymous. */
  organisation!: OwnerRef | null;

  /**
   * When the revision that you read was written.
   * @example "2026-11-20T02:30:00.000Z"
   */
  updatedAt!: string;
}

export class FoundObservableView extends ValueView {
  /**
   * Id of the value: the same for everybody, and of nothing but type and value.
   * @example "3f6a1c52-0b9d-5e4f-8a7b-6c5d4e3f2a1b"
   */
  id!: string;

  /**
   * In how many records that you may read; null where it is noise.
   * @example 2
   */
  count!: number | null;

  /**
   * Whether you see it in too many records for it to say anything; they are not listed then.
   * @example false
   */
  isNoisy!: boolean;

  /** Ten of them, those changed last first. */
  records!: RecordRef[];

  /** Why it is hardly ever malicious. */
  warnings!: WarningView[];
}

export class LookedUpView {
  /**
   * The value as it was sent.
   * @example "login-bank[.]example"
   */
  value!: string;

  /** What of it is in records that you may read. */
  observables!: FoundObservableView[];
}

export class LookedUpList {
  /** One for each value that was sent, in order. */
  items!: LookedUpView[];
}

export class AppearanceView extends ValueView {
  /**
   * Id of the value: the same for everybody, and of nothing but type and value; null where it was erased.
   * @example "3f6a1c52-0b9d-5e4f-8a7b-6c5d4e3f2a1b"
   */
  id!: string | null;

  /**
   * The value, so that nothing makes a link of it.
   * @example "login-bank[.]example"
   */
  defanged!: string;

  /** Whether it is said as an observable, or as an instrument of the fraud. */
  @ApiProperty({ enum: ['observables', 'fraud'], example: 'observables' })
  part!: 'observables' | 'fraud';

  /**
   * Whether it is the attacker's; null where nobody said.
   * @example true
   */
  malicious!: boolean | null;

  /**
   * Whether it is fit to be looked for, or blocked, by machines.
   * @example true
   */
  forDetection!: boolean;

  /**
   * What part it plays.
   * @example phishing-site
   */
  role!: string | null;

  /**
   * What else is said of it.
   * @example "Registered the day before."
   */
  comment!: string | null;

  /**
   * When it was first seen.
   * @example "2026-11-19T18:00:00.000Z"
   */
  firstSeenAt!: string | null;

  /**
   * When it was last seen.
   * @example "2026-11-20T02:00:00.000Z"
   */
  lastSeenAt!: string | null;

  /**
   * When it stops being of use as an indicator.
   * @example null
   */
  expiresAt!: string | null;

  /**
   * Whether its holder disputes that it took part.
   * @example null
   */
  isDisputed!: boolean | null;

  /**
   * Of an account or a wallet: where it is kept.
   * @example null
   */
  country!: string | null;

  /**
   * Of an account or a wallet: who keeps it.
   * @example null
   */
  bank!: string | null;

  /** Who reads it of those who read the record. */
  @ApiProperty({ enum: APPEARANCE_REACHES, example: 'readers' })
  audience!: AppearanceReach;

  /** Why it is hardly ever malicious. */
  warnings!: WarningView[];
}

export class AppearancePage {
  /** By type and value. */
  items!: AppearanceView[];

  /**
   * The cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;
}

export class CorrelatedView extends ValueView {
  /** `same`: the very value; `contains`: one that holds it, as a network an address; `contained`: one that it holds. */
  @ApiProperty({ enum: ['same', 'contains', 'contained'], example: 'contained' })
  relation!: 'same' | 'contains' | 'contained';

  /** The other record. */
  record!: RecordRef;
}

export class CorrelationView extends ValueView {
  /**
   * Id of the value; null where it was erased.
   * @example "3f6a1c52-0b9d-5e4f-8a7b-6c5d4e3f2a1b"
   */
  id!: string | null;

  /**
   * Whether you see it in too many records for it to say anything; they are not listed then.
   * @example false
   */
  isNoisy!: boolean;

  /** What is about the same in other records that you may read; those changed last first. */
  related!: CorrelatedView[];
}

export class CorrelationPage {
  /** The observables of the record, by type and value. */
  items!: CorrelationView[];

  /**
   * The cursor of the next page; null at the end.
   * @example null
   */
  next!: string | null;
}
