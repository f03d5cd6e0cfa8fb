import { Inject, Injectable } from '@nestjs/common';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { extract, warnings } from './core/index.js';
import { warningLists } from './observable.settings.js';
import type { ExtractedList } from './observables.dto.js';

/** Finds the observables of a text, and where they are. Nothing of it is kept. */
@Injectable()
export class ExtractObservables {
  constructor(@Inject(REGION) private readonly region: Region) {}

  run(text: string): ExtractedList {
    const lists = warningLists(this.region);
    return {
      items: extract(text).map(({ type, value, start, end }) => ({
        type,
        value,
        start,
        end,
        warnings: warnings(type, value, lists),
      })),
    };
  }
}
