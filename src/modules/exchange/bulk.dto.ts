import { IsIn, Matches } from 'class-validator';
import { PROFILES } from '../../codecs/veris/index.js';
import type { Profile } from '../../codecs/veris/index.js';
import { TLP } from '../../kernel/markings.js';
import type { Tlp } from '../../kernel/markings.js';
import { MayBeLeftOut } from '../../platform/http/may-be-null.js';

const FORMATS = ['ronda', 'veris'] as const;
export type BulkFormat = (typeof FORMATS)[number];

export class BulkQuery {
  /**
   * What the lines are: bodies of `POST /api/v1/incidents`, or VERIS incidents.
   * @example ronda
   */
  @MayBeLeftOut()
  @IsIn(FORMATS)
  format: BulkFormat = 'ronda';

  /**
   * The TLP label of lines that have none. Without one they are unmarked and stay with your organisation.
   * @example TLP:AMBER
   */
  @MayBeLeftOut()
  @IsIn(TLP)
  marking?: Tlp;

  /**
   * How strictly VERIS is read: as its schema says, or with the rules relaxed that tabulated facts cannot keep
   * (docs/veris.md). `strict` when left out.
   * @example facts
   */
  @MayBeLeftOut()
  @IsIn(PROFILES)
  profile?: Profile;

  /**
   * Names the stream, so that lines without a reference of their own are known by their number when it is sent again.
   * @example 2026-11-nightly
   */
  @MayBeLeftOut()
  @Matches(/^[\x21-\x7e]{1,255}$/, { message: 'stream must be 1 to 255 visible ASCII characters' })
  stream?: string;
}

class LineFault {
  /**
   * JSON Pointer (RFC 6901) into the line.
   * @example "/titel"
   */
  pointer!: string;

  /**
   * A sentence a person can act on.
   * @example "There is no such property."
   */
  detail!: string;
}

class LineProblem {
  /**
   * Stable name of the kind of problem.
   * @example "urn:ronda:problem:invalid-input"
   */
  type!: string;

  /**
   * This occurrence, in a sentence that a person can act on.
   * @example "One thing in the request is wrong."
   */
  detail!: string;

  /** All faults of the line at once. */
  errors?: LineFault[];
}

/** One line of the answer, for the line of the same number. */
export class BulkResult {
  /**
   * Counts from 1.
   * @example 17
   */
  line!: number;

  /**
   * `unchanged`: you filed it before, with the same content.
   * @example refused
   */
  status!: 'filed' | 'unchanged' | 'refused';

  /**
   * Of the incident: the one that was filed, now or before.
   * @example "8a5f4b0e-6f0a-4c3e-9a57-0c1d2e3f4a5b"
   */
  id?: string;

  /** Why it was refused. */
  problem?: LineProblem;
}
