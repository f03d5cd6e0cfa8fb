import { Module } from '@nestjs/common';
import { ReindexSearch } from './reindex-search.js';
import { SearchIndex } from './search-index.js';
import { SearchStore } from './search.store.js';

/** What records say, as words. It knows no record: whoever writes one, writes its words, and reads what was found. */
@Module({
  providers: [SearchIndex, SearchStore, ReindexSearch],
  exports: [SearchIndex, SearchStore, ReindexSearch],
})
export class SearchModule {}

export { LONGEST_QUERY, parseQuery } from './query.js';
export type { SearchQuery } from './query.js';
export { ReindexSearch } from './reindex-search.js';
export { SearchIndex } from './search-index.js';
export { BEFORE_ALL, RANKED_AMONG, SearchStore, searchCall } from './search.store.js';
export { snippetOf } from './snippet.js';
