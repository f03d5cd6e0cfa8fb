import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { decodeCursor, encodeCursor, isCursorTime } from '../../platform/http/page.js';
import { BEFORE_ALL, RANKED_AMONG, SearchStore, parseQuery, snippetOf } from '../search/index.js';
import type { SearchQuery } from '../search/index.js';
import { IncidentReader } from './incident.reader.js';
import { IncidentListsStore } from './incident-lists.store.js';
import type { IncidentView } from './incident.views.dto.js';
import { filtersOf } from './list-incidents.dto.js';
import type { FoundIncidentRow } from './incident.rows.js';
import type { SearchItem, SearchMatchView, SearchPage, SearchQueryDto } from './search.dto.js';

/** The sort keys of a ranked page's last row, all of which its reader sees or can tell, and the instant of the first page. */
interface RankedPlace {
  asOf: string;
  rank: number;
  at: string;
  id: string;
}

/**
 * Finds incidents by their words. Which they are, the index says; what is shown of them is read under row-level
 * security, and excerpts are made of that, so the index can put nothing into an answer.
 */
@Injectable()
export class SearchIncidents {
  constructor(
    private readonly work: UnitOfWork,
    private readonly search: SearchStore,
    private readonly incidents: IncidentListsStore,
    private readonly reader: IncidentReader,
  ) {}

  async run(actor: Actor, query: SearchQueryDto): Promise<SearchPage> {
    const asked = parseQuery(query.q);
    const [{ found, next }, total] = await Promise.all([
      query.sort === 'ranked' ? this.ranked(asked, query) : this.newest(asked, query),
      query.count === 'true'
        ? this.search.count(asked.tsquery, this.incidents.filterValues(filtersOf(query)))
        : undefined,
    ]);
    const items = await this.items(actor, asked, found);
    return total === undefined ? { items, next } : { items, next, total };
  }

  private async newest(asked: SearchQuery, query: SearchQueryDto): Promise<Found> {
    const { limit, cursor } = query;
    const { at, id } = cursor === undefined ? BEFORE_ALL : decodeCursor(cursor);
    const { tsquery } = asked;
    const rows = await this.incidents.found('newest', filtersOf(query), [
      tsquery,
      at,
      id,
      limit + 1,
      this.search.isCommon(tsquery),
    ]);
    return pageOf(rows, limit, ({ since, id: last }) => encodeCursor({ at: since.toISOString(), id: last }));
  }

  private async ranked(asked: SearchQuery, query: SearchQueryDto): Promise<Found> {
    const { limit, cursor } = query;
    const after = cursor === undefined ? null : decodeRanked(cursor);
    const asOf = after?.asOf ?? this.work.at.toISOString();
    const { rank, at, id } = after ?? { rank: 'Infinity', ...BEFORE_ALL };
    const { tsquery } = asked;
    const among = [tsquery, asOf, BEFORE_ALL.id, RANKED_AMONG, this.search.isCommon(tsquery)];
    const rows = await this.incidents.found('ranked', filtersOf(query), [...among, rank, at, id, limit + 1]);
    return pageOf(rows, limit, (row) =>
      encodeRanked({ asOf, rank: row.rank, at: row.since.toISOString(), id: row.id }),
    );
  }

  private async items(actor: Actor, asked: SearchQuery, found: FoundIncidentRow[]): Promise<SearchItem[]> {
    this.search.note(asked.tsquery, found[0]?.is_common ?? false);
    const views = new Map((await this.reader.views(actor, found)).map((view) => [view.id, view] as const));
    return found.map((row) => ({ incident: views.get(row.id) as IncidentView, matches: matchesOf(asked, row) }));
  }
}

interface Found {
  found: FoundIncidentRow[];
  next: string | null;
}

function pageOf(rows: FoundIncidentRow[], limit: number, cursorOf: (row: FoundIncidentRow) => string): Found {
  const found = rows.slice(0, limit);
  const last = found.at(-1);
  return { found, next: rows.length > limit && last ? cursorOf(last) : null };
}

function matchesOf(asked: SearchQuery, { facts, said }: FoundIncidentRow): SearchMatchView[] {
  const passages: { in: SearchMatchView['in']; comment: string | null; text: string }[] = [
    { in: 'title', comment: null, text: facts.title },
    ...facts.tags.map((text) => ({ in: 'tag' as const, comment: null, text })),
    { in: 'description', comment: null, text: facts.description ?? '' },
    ...(said ?? []).map(({ id, body }) => ({ in: 'comment' as const, comment: id, text: body })),
  ];
  return passages.flatMap(({ text, ...where }) => {
    const snippet = snippetOf(text, asked);
    return snippet ? [{ ...where, snippet }] : [];
  });
}

const encodeRanked = ({ asOf, rank, at, id }: RankedPlace): string =>
  Buffer.from(JSON.stringify([asOf, rank, encodeCursor({ at, id })])).toString('base64url');

function decodeRanked(cursor: string): RankedPlace {
  try {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const [asOf, rank, place] = parts;
    if (parts.length === 3 && isCursorTime(asOf) && isRank(rank) && typeof place === 'string')
      return { asOf, rank, ...decodeCursor(place) };
  } catch {
    // Whatever is not one of ours gets the same answer.
  }
  throw invalidInput([{ pointer: '/cursor', detail: 'This is not a cursor of this list.', in: 'query' }]);
}

/** What PostgreSQL's `real` holds without complaint. */
const isRank = (value: unknown): value is number =>
  typeof value === 'number' && (value === 0 || (value > 1e-30 && value < 1e6));
