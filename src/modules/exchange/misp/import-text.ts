import { Injectable } from '@nestjs/common';
import { attributeTypeOf } from '../../../codecs/misp/index.js';
import type { Json } from '../../../codecs/record/json.js';
import { textOf } from '../../../codecs/record/json.js';
import { invalidInput } from '../../../kernel/problem.js';
import { ExtractObservables } from '../../observables/index.js';
import { codecType } from '../exchange-record.js';
import { defaultOf } from './attribute-types.js';

/** As much as a text may hold from which observables are extracted. */
const LONGEST_TEXT = 200_000;

/** Reads a text as the attributes that are in it, as MISP's import of free text does. */
@Injectable()
export class ImportText {
  constructor(private readonly extract: ExtractObservables) {}

  /**
   * Each value once, in the order of the text.
   * @param body `value`; `adhereToWarninglists` true leaves out what is never malicious, and `soft` looks for none of it;
   *   `distribution` is the attributes'.
   * @throws Problem 400 where there is no text.
   */
  attributesIn(body: Json): Json[] {
    const text = textOf(body.value);
    if (text === null || text.length > LONGEST_TEXT)
      throw invalidInput([{ pointer: '/value', detail: `Give a text of ${LONGEST_TEXT} characters at the most.` }]);
    const { adhereToWarninglists: heeding, distribution } = body;
    const isStrict = heeding === true || heeding === 1 || heeding === '1' || heeding === 'true';
    const found = new Map<string, Json>();
    for (const { type, value, warnings } of this.extract.run(text).items) {
      const isWarned = warnings.length > 0;
      if (isWarned && isStrict) continue;
      const attribute = attributeTypeOf(codecType(type), value);
      found.set(`${attribute.type} ${value}`, {
        ...attribute,
        value,
        to_ids: defaultOf(attribute.type).to_ids === 1 && !(isWarned && heeding === 'soft'),
        ...(/^[0-5]$/.test(String(distribution)) && { distribution: String(distribution) }),
      });
    }
    return [...found.values()];
  }
}
