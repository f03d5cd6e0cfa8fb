import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { notFound } from '../../kernel/problem.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import { DirectoryReader } from '../identity/index.js';
import { SearchStore, parseQuery } from '../search/index.js';
import { ReleasedTo } from '../sharing/index.js';
import { AdvisoriesStore } from './advisories.store.js';
import type { ListAdvisoriesQuery } from './list-advisories.dto.js';
import { AdvisoryReceipts } from './advisory-receipts.store.js';
import type { AdvisoryRow } from './advisory.rows.js';
import { isInside, toAdvisoryView } from './advisory.view.js';
import type { AdvisoryContext } from './advisory.view.js';
import type { AdvisoryPage, AdvisoryScheduleView, AdvisoryView } from './advisory.views.dto.js';
import { ReviewStore } from './review.store.js';

/** Reads advisories as the caller. What it may not see, is not there. */
@Injectable()
export class AdvisoryReader {
  constructor(
    private readonly advisories: AdvisoriesStore,
    private readonly review: ReviewStore,
    private readonly receipts: AdvisoryReceipts,
    private readonly directory: DirectoryReader,
    private readonly released: ReleasedTo,
    private readonly search: SearchStore,
  ) {}

  /** @throws Problem the one 404. */
  async row(id: string): Promise<AdvisoryRow> {
    const row = await this.advisories.byId(id);
    if (!row) throw notFound();
    return row;
  }

  async view(actor: Actor, id: string): Promise<AdvisoryView> {
    return this.viewOf(actor, await this.row(id));
  }

  async viewOf(actor: Actor, row: AdvisoryRow): Promise<AdvisoryView> {
    return (await this.views(actor, [row]))[0] ?? Promise.reject(notFound());
  }

  async list(actor: Actor, query: ListAdvisoriesQuery): Promise<AdvisoryPage> {
    const { limit, cursor, count } = query;
    const tsquery = query.q === undefined ? undefined : parseQuery(query.q).tsquery;
    const filters = {
      state: query.state,
      kind: query.kind,
      tlp: query.marking,
      organisation: query.organisation,
      cve: query.cve,
      since: query.since,
      until: query.until,
      tsquery,
      among: tsquery === undefined ? undefined : await this.search.advisories(tsquery),
    };
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const [rows, total] = await Promise.all([
      this.advisories.list(actor.userKey, filters, limit, after),
      count === 'true' ? this.advisories.count(actor.userKey, filters) : undefined,
    ]);
    const views = new Map((await this.views(actor, rows.slice(0, limit))).map((view) => [view.id, view] as const));
    const page = pageOf(
      rows,
      limit,
      (row) => ({ at: row.since.toISOString(), id: row.id }),
      (row) => views.get(row.id) as AdvisoryView,
    );
    return total === undefined ? page : { ...page, total };
  }

  /** What may leave: receipts are kept of what is published. */
  async views(actor: Actor, rows: AdvisoryRow[]): Promise<AdvisoryView[]> {
    if (rows.length === 0) return [];
    await this.receipts.shown(actor, rows);
    const contexts = await this.contexts(actor, rows);
    return rows.map((row) => toAdvisoryView(row, actor, contexts.get(row.key) as AdvisoryContext));
  }

  /** By advisory: what its view, and what may be done with it, depend on beside its row. */
  async contexts(actor: Actor, rows: readonly AdvisoryRow[]): Promise<Map<number, AdvisoryContext>> {
    const keys = rows.map(({ key }) => key);
    const inside = rows.filter(isInside).map(({ key }) => key);
    const scheduled = rows.filter((row) => row.is_owner && row.status === 'scheduled').map(({ key }) => key);
    const organisationKeys = [...new Set(rows.flatMap((row) => [row.owner_key, ...row.joint]))];
    const received = rows.filter(({ status }) => status === 'received').map(({ key }) => key);
    const [{ approvals, invitations, changes }, authors, sources, acknowledged, organisations, receivedFrom] =
      await Promise.all([
        inside.length > 0 ? this.review.ofRecords(inside) : { approvals: [], invitations: [], changes: [] },
        inside.length > 0 ? this.advisories.authors(inside) : new Map<number, number[]>(),
        this.advisories.sources(keys),
        this.receipts.acknowledged(keys),
        this.directory.organisationSummaries(organisationKeys),
        received.length > 0 ? this.advisories.receivedFrom(received) : [],
      ]);
    const schedules = new Map<number, AdvisoryScheduleView | null>();
    for (const key of scheduled) schedules.set(key, await this.scheduleOf(actor, key));
    const byKey = new Map(organisations.map((each) => [each.key, each]));
    const of = <R extends { advisory_key: number }>(all: readonly R[], key: number): R[] =>
      all.filter(({ advisory_key }) => advisory_key === key);
    return new Map(
      rows.map((row) => [
        row.key,
        {
          approvals: of(approvals, row.key),
          invitations: of(invitations, row.key),
          changes: of(changes, row.key),
          authors: authors.get(row.key) ?? [],
          organisations: byKey,
          sources: of(sources, row.key)
            .filter(({ number }) => number === row.number)
            .map(({ incident_id }) => incident_id),
          isAcknowledged: acknowledged.has(`${row.key} ${row.number}`),
          schedule: schedules.get(row.key) ?? null,
          receivedFrom: of(receivedFrom, row.key)[0] ?? null,
        },
      ]),
    );
  }

  private async scheduleOf(actor: Actor, key: number): Promise<AdvisoryScheduleView | null> {
    const found = await this.released.scheduled(actor, 'advisory', key);
    return found && { notBefore: found.notBefore.toISOString(), readers: found.readers };
  }
}
