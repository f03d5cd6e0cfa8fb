import { createHash } from 'node:crypto';
import type { ExchangeRecord } from '../record/index.js';
import { uuidLikeV4 } from '../record/uuid-v5.js';
import { RONDA_NAMESPACE } from './markings.js';
import type { StixObject } from './stix-object.js';
import { toBundle } from './to-bundle.js';

/** Of the ids written last, half or all of so many are remembered. */
const MOST_REMEMBERED = 200_000;

/**
 * A bundle as JSON text, page by page, of as many records as there are. What several records say, such as a marking or an
 * observable, is in it once: as the first page that has it says it. Of more than are remembered an observable may come once
 * more, behind 100,000 others: to whoever reads STIX an object with an id that it has is that object, and Ronda takes no
 * bundle of that size.
 * @see toBundle, which a page of one gives
 */
export async function* bundleText(
  pages: AsyncIterable<readonly ExchangeRecord[]>,
  mostRemembered = MOST_REMEMBERED,
): AsyncGenerator<string> {
  const written = new LastIds(mostRemembered / 2);
  const versions = createHash('sha256');
  let text = '{"type":"bundle","objects":[';
  const write = (records: readonly ExchangeRecord[]): string => {
    for (const object of toBundle(records).objects) {
      if (isShared(object) && written.remember(object.id)) continue;
      versions.update(`${object.id} ${object.modified ?? ''}\n`);
      text += `${text.endsWith('[') ? '' : ','}${JSON.stringify(object)}`;
    }
    const chunk = text;
    text = '';
    return chunk;
  };
  let isEmpty = true;
  for await (const records of pages) {
    yield write(records);
    isEmpty = false;
  }
  // A list in a bundle is never empty: of nothing it holds what says who wrote it.
  if (isEmpty) yield write([]);
  yield `],"id":"bundle--${uuidLikeV4(RONDA_NAMESPACE, versions.digest('hex'))}"}\n`;
}

const SHARED = ['identity', 'marking-definition', 'extension-definition'];

/** Whether several records can have it: observables, which were made at no time, do. All else has an id of its record's. */
const isShared = ({ type, created }: StixObject): boolean => created === undefined || SHARED.includes(type);

/** Two generations: what is asked for again is of the newer, and what is in the older when that is full is forgotten. */
class LastIds {
  private newer = new Set<string>();
  private older = new Set<string>();

  constructor(private readonly generation: number) {}

  /** @returns whether it was there. */
  remember(id: string): boolean {
    if (this.newer.has(id)) return true;
    const isKnown = this.older.has(id);
    if (this.newer.size >= this.generation) {
      this.older = this.newer;
      this.newer = new Set();
    }
    this.newer.add(id);
    return isKnown;
  }
}
