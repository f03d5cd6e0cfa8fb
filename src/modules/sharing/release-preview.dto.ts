import { ApiProperty } from '@nestjs/swagger';
import { Matches, MaxLength } from 'class-validator';
import { ReleasedMarkingView } from './release.dto.js';
import { OUTCOME_TOKEN } from './release-outcome.js';
import { TELLING } from '../../policy/anonymity.js';
import type { TellingPointer } from '../../policy/anonymity.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

const TOKEN = 'v1.3q2-7wWb0Xn1k5Lr.T8cVdEyZaPo1k5Lr.kqYd0b7PzFhV3mXe.7wWb0Xn1.k5LrT8cV.';

export class ConfirmReleaseDto {
  /**
   * The token of the preview that you saw: refused where it would do something else by now. What was asked for is compared
   * when it is left out.
   */
  @ApiProperty({ required: false, type: 'string', example: TOKEN })
  @MayBeLeftOut()
  @Matches(OUTCOME_TOKEN)
  @MaxLength(200_000)
  previewToken?: string;
}

export class PreviewPersonView {
  /**
   * Id of the account.
   * @example "3f0b9a52-58c4-4b0a-8d3f-6b1f6f3f9a10"
   */
  id!: string;

  /**
   * @example "Linh Tran"
   */
  displayName!: string;
}

export class PreviewReaderView {
  /**
   * Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * @example "ThaiCERT"
   */
  name!: string;

  /**
   * ISO 3166-1 alpha-2.
   * @example "TH"
   */
  country!: string | null;

  /**
   * Whether all of it reads; else the people below alone.
   * @example true
   */
  isWhole!: boolean;

  /** Who of it reads incidents now; empty where you may not see its accounts. */
  people!: PreviewPersonView[];

  /**
   * IANA name.
   * @example "Asia/Bangkok"
   */
  timeZone!: string;

  /**
   * The end of the embargo there, where there is one.
   * @example "2026-11-27T08:00:00+07:00"
   */
  notBeforeLocal!: string | null;
}

export class PreviewReadersView {
  /**
   * How many organisations read it, whole or in part, beside your own.
   * @example 1
   */
  organisationCount!: number;

  /**
   * How many people of theirs, as far as you may see their accounts.
   * @example 1
   */
  peopleCount!: number;

  /**
   * Whether everybody reads it who signs in, listed or not.
   * @example false
   */
  isPublic!: boolean;

  /**
   * Whether CERTs that relay GREEN pass it on to their constituents: by a switch of each CERT's own, so they are not listed.
   * @example false
   */
  isRelayed!: boolean;

  /**
   * False where it names somebody whom you do not see, such as a group that your organisation has left.
   * @example true
   */
  isComplete!: boolean;

  /** Each of them, by name. */
  organisations!: PreviewReaderView[];
}

export class PreviewChangedReaderView {
  /**
   * Id of the organisation.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id!: string;

  /**
   * @example "ThaiCERT"
   */
  name!: string;

  /** Those of its people that it is about, where it is not about all of it. */
  people!: PreviewPersonView[];
}

const MARKING_CHANGES = ['first', 'same', 'wider', 'narrower'] as const;

export class PreviewChangeView {
  /**
   * Id of the release in force; null where there is none.
   * @example null
   */
  since!: string | null;

  /** Against the marking in force. */
  @ApiProperty({ enum: MARKING_CHANGES, example: 'first' })
  marking!: (typeof MARKING_CHANGES)[number];

  /**
   * Whether it says something that the release in force does not.
   * @example true
   */
  hasNewContent!: boolean;

  /** Who reads it then and does not now. */
  gains!: PreviewChangedReaderView[];

  /** From whom it is taken. What they have exported stays with them until they confirm otherwise. */
  losses!: PreviewChangedReaderView[];
}

const DECISIONS = ['now', 'with-second-person', 'after-hold', 'no'] as const;

export class PreviewDecisionView {
  /** `now`: on your word; `with-second-person`: one of those below confirms; `after-hold`: unless somebody cancels; `no`. */
  @ApiProperty({ enum: DECISIONS, example: 'now' })
  may!: (typeof DECISIONS)[number];

  /**
   * Why not.
   * @example null
   */
  why!: string | null;

  /** Who can confirm. */
  confirmers!: PreviewPersonView[];
}

export class ContradictionView {
  /**
   * What pulls apart.
   * @example "marking-and-pap"
   */
  code!: string;

  /**
   * JSON Pointer into the request.
   * @example "/marking/pap"
   */
  pointer!: string;

  /**
   * @example "TLP:GREEN lets it travel far, while PAP:RED forbids nearly all that its readers could do with it: whoever is meant to act reads a narrower marking."
   */
  detail!: string;

  /**
   * Whether the release would be refused for it.
   * @example false
   */
  isRefused!: boolean;
}

export class BetrayalView {
  /**
   * What it seems to be.
   * @example "email-address"
   */
  code!: string;

  /**
   * JSON Pointer into the record; a comment is at `/comments/<its id>/body`.
   * @example "/description"
   */
  pointer!: string;

  /**
   * Where it begins, in characters (Unicode code points).
   * @example 24
   */
  offset!: number;

  /**
   * What stands there.
   * @example "somchai@bank.example"
   */
  excerpt!: string;

  /**
   * @example "An e-mail address is personal data where it names a person."
   */
  detail!: string;
}

/** What leaves fewer to think of. */
export class RuledOutView {
  /** JSON Pointer into the record. */
  @ApiProperty({ enum: TELLING, example: '/countries' })
  pointer!: TellingPointer;

  /**
   * How many organisations it leaves by itself.
   * @example 2
   */
  left!: number;
}

/** Of how many a reader of an anonymous record has to think. It takes five. */
export class CandidatesView {
  /**
   * In the eyes of the recipient that can rule out the most: how many could be the author.
   * @example 9
   */
  fewest!: number;

  /** Facts of the record that rule somebody out. */
  ruledOutBy!: RuledOutView[];
}

/** What a release would do. */
export class ReleasePreviewView {
  /**
   * The record.
   * @example "5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10"
   */
  id!: string;

  /** Stands for all of this but `decision`: sent with the release, that fails with 409 where something became different. */
  @ApiProperty({ type: 'string', example: TOKEN })
  token!: string;

  /** The marking that it would have. */
  marking!: ReleasedMarkingView;

  /**
   * The end of its embargo.
   * @example "2026-11-27T01:00:00.000Z"
   */
  notBefore!: string | null;

  /** Who has to say what. */
  decision!: PreviewDecisionView;

  /** Who would read it, beside your own organisation. */
  readers!: PreviewReadersView;

  /** Who could be its author, to those who would read it; null where the author is named. */
  candidates!: CandidatesView | null;

  /** Against the release in force. */
  change!: PreviewChangeView;

  /** What pulls apart. */
  contradictions!: ContradictionView[];

  /** What the text says that its readers perhaps should not learn. For a person to judge: it finds too much and too little. */
  findings!: BetrayalView[];
}
