import { createHash } from 'node:crypto';
import type { ExchangeRecord } from '../record/index.js';
import { uuidLikeV4 } from '../record/uuid-v5.js';
import { RONDA_NAMESPACE } from './markings.js';
import { toBundle } from './to-bundle.js';

/**
 * A bundle as JSON text, page by page, of as many records as there are. What several records say, such as a marking or an
 * observable, is in it once: as the first page that has it says it.
 * @see toBundle, which a page of one gives
 */
export async function* bundleText(pages: AsyncIterable<readonly ExchangeRecord[]>): AsyncGenerator<string> {
  const written = new Set<string>();
  const versions = createHash('sha256');
  let text = '{"type":"bundle","objects":[';
  const write = (records: readonly ExchangeRecord[]): string => {
    const own = new Set(records.map(({ id }) => `incident--${id}`));
    for (const object of toBundle(records).objects) {
      if (written.has(object.id)) continue;
      // An incident is on one page; what else is of one record alone has an id that is made from the record's.
      if (!own.has(object.id)) written.add(object.id);
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
