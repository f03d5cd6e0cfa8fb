import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { forbidden, notFound } from '../../kernel/problem.js';
import { pageOf } from '../../platform/http/page.js';
import { decodeCursor } from '../../platform/http/page.js';
import { Appearances, isSaidBy, toSaidObservable } from '../observables/index.js';
import type { PastAppearanceRow } from '../observables/index.js';
import { GroupReader, KeepReceipts, ReleaseReader } from '../sharing/index.js';
import type { ReleaseView } from '../sharing/index.js';
import { diff } from './incident.rules.js';
import { showsFiler, toIncidentView, unexplained } from './incident.view.js';
import type { IncidentPage, IncidentView, RevisionList } from './incident.views.dto.js';
import { filtersOf } from './list-incidents.dto.js';
import type { ListIncidentsQuery } from './list-incidents.dto.js';
import { IncidentListsStore } from './incident-lists.store.js';
import { IncidentsStore } from './incidents.store.js';
import { QuarantineStore } from './quarantine.store.js';
import type { FiledRow, IncidentRow, RevisionRow, ShownRow } from './incident.rows.js';

/** Records that nobody has been shown yet. */
export interface Glance {
  items: IncidentView[];
  next: string | null;
  /** Keeps the receipts of those that are shown after all: awaited before they are. */
  shown: (ids: readonly string[], isOpened?: boolean) => Promise<void>;
}

/** Reads incidents as the caller. What it may not see, is not there. */
@Injectable()
export class IncidentReader {
  constructor(
    private readonly incidents: IncidentsStore,
    private readonly lists: IncidentListsStore,
    private readonly releases: ReleaseReader,
    private readonly groups: GroupReader,
    private readonly receipts: KeepReceipts,
    private readonly asks: QuarantineStore,
    private readonly observables: Appearances,
  ) {}

  /** @throws Problem the one 404. */
  async row(id: string): Promise<IncidentRow> {
    const row = isUuid.test(id) ? await this.incidents.byId(id) : undefined;
    if (!row) throw notFound();
    return row;
  }

  /** Keys by id, of those of the ids that the caller may read: for other modules, which keep them with what is theirs. */
  keysByIds(ids: readonly string[]): Promise<Map<string, number>> {
    return this.incidents.keysByIds(ids);
  }

  /** Those of the ids that are anonymous and the caller's side's: whoever names one says whose it is. */
  ownAnonymous(ids: readonly string[]): Promise<Set<string>> {
    return this.incidents.ownAnonymous(ids);
  }

  /** What has just been filed is let out to nobody, so nothing beside the row is asked for. */
  filed(actor: Actor, row: FiledRow): IncidentView {
    return toIncidentView(row, actor, { releases: [], groupIds: new Map(), filers: new Map() });
  }

  async view(actor: Actor, id: string): Promise<IncidentView> {
    const row = await this.row(id);
    return (await this.views(actor, [row], true))[0] ?? Promise.reject(notFound());
  }

  async list(actor: Actor, query: ListIncidentsQuery): Promise<IncidentPage> {
    const { count } = query;
    const [{ items, next, shown }, total] = await Promise.all([
      this.glance(actor, query),
      count === 'true' ? this.lists.count(actor.userKey, filtersOf(query)) : undefined,
    ]);
    await shown(items.map(({ id }) => id));
    return total === undefined ? { items, next } : { items, next, total };
  }

  /** A page for whoever looks at more than it shows: a receipt says that a record was given out, and not that it was looked at. */
  async glance(actor: Actor, query: ListIncidentsQuery): Promise<Glance> {
    const { limit, cursor, sort = 'newest' } = query;
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const rows = await this.lists.list(actor.userKey, filtersOf(query), { limit, after, sort });
    const views = new Map((await this.unshown(actor, rows.slice(0, limit))).map((view) => [view.id, view] as const));
    const page = pageOf(
      rows,
      limit,
      (row) => ({ at: row.since.toISOString(), id: row.id }),
      (row) => views.get(row.id) as IncidentView,
    );
    return { ...page, shown: this.keeperOf(actor, rows) };
  }

  /** The same of records by their ids, in their order; those that the caller may not read are not there. */
  async glanceAt(actor: Actor, ids: readonly string[]): Promise<Glance> {
    if (ids.length === 0) return { items: [], next: null, shown: () => Promise.resolve() };
    const rows = await this.incidents.byKeys([...(await this.incidents.keysByIds(ids)).values()]);
    const views = new Map((await this.unshown(actor, rows)).map((view) => [view.id, view] as const));
    return { items: ids.flatMap((id) => views.get(id) ?? []), next: null, shown: this.keeperOf(actor, rows) };
  }

  private keeperOf(actor: Actor, rows: readonly ShownRow[]): Glance['shown'] {
    return (ids, isOpened = false) =>
      this.receipts.shown(
        actor,
        rows.filter(({ id }) => ids.includes(id)),
        isOpened,
      );
  }

  async revisions(actor: Actor, id: string): Promise<RevisionList> {
    const row = await this.row(id);
    const past = await this.past(actor, row);
    return {
      items: past.map(({ revision: each, said }, index) => ({
        revision: index + 1,
        change: row.is_owner ? each.change : 'released',
        note: row.is_owner ? each.note : null,
        author:
          row.is_owner && each.author_id !== null && each.author_name !== null
            ? { id: each.author_id, displayName: each.author_name }
            : null,
        createdAt: each.created_at.toISOString(),
        changes: diff(past[index - 1]?.said ?? {}, said),
      })),
    };
  }

  /** What an incident of the caller's own organisation said, each time that it said something new. The earliest first. */
  async ownPast(actor: Actor, id: string): Promise<{ at: string; said: Record<string, unknown> }[]> {
    const row = await this.row(id);
    // Before anything is read: what is not shown has no receipt.
    if (!row.is_owner) throw forbidden('Only its owner takes an incident apart.');
    return (await this.past(actor, row)).map(({ revision, said }) => ({ at: revision.created_at.toISOString(), said }));
  }

  private async past(
    actor: Actor,
    row: IncidentRow,
  ): Promise<{ revision: RevisionRow; said: Record<string, unknown> }[]> {
    const [rows, appearances] = await Promise.all([
      this.incidents.revisions(row.key),
      this.observables.history(row.key),
    ]);
    await this.receipts.shown(
      actor,
      rows.map(({ number, tlp }) => ({ ...row, number, tlp })),
      true,
    );
    return rows.map((revision) => ({ revision, said: comparable(revision, row, appearances) }));
  }

  /** @param isOpened whether somebody asked for this very record. @returns what may leave: its receipt is kept. */
  async views(actor: Actor, rows: ShownRow[], isOpened = false): Promise<IncidentView[]> {
    await this.receipts.shown(actor, rows, isOpened);
    return this.unshown(actor, rows);
  }

  private async unshown(actor: Actor, rows: ShownRow[]): Promise<IncidentView[]> {
    // A draft has no release: it has to be submitted first.
    const owned = rows.filter((row) => row.is_owner && row.status !== 'draft').map(({ key }) => key);
    // Of a constituent's drafts, and of what was written while the record was RED, its owner's side reads nothing.
    const withHidden = rows.filter((row) => row.is_owner && row.number !== row.revision).map(({ key }) => key);
    const groupPrincipals = unexplained(rows, actor);
    const filerKeys = rows.flatMap((row) => (row.filer_key !== null && showsFiler(row) ? [row.filer_key] : []));
    const quarantined = rows.filter((row) => row.is_owner && row.quarantined_at !== null).map(({ key }) => key);
    const [releases, numbers, groupIds, filers, quarantines] = await Promise.all([
      owned.length > 0 ? this.releases.open('incident', owned) : new Map<number, ReleaseView[]>(),
      withHidden.length > 0 ? this.incidents.readableNumbers(withHidden) : new Map<number, number[]>(),
      groupPrincipals.length > 0 ? this.groups.idsByPrincipals(groupPrincipals) : new Map<number, string>(),
      filerKeys.length > 0 ? this.incidents.filers(filerKeys) : new Map<number, { id: string; name: string }>(),
      this.asks.reasons(quarantined),
    ]);
    return rows.map((row) =>
      toIncidentView(row, actor, {
        releases: (releases.get(row.key) ?? []).map((release) => inCountOf(numbers.get(row.key), release)),
        groupIds,
        filers,
        quarantine: quarantines.get(row.key),
      }),
    );
  }
}

/** The release with its revision as the reader counts them: the internal number would tell how many are hidden from it. */
const inCountOf = (readable: readonly number[] | undefined, release: ReleaseView): ReleaseView =>
  readable ? { ...release, revision: readable.filter((number) => number <= release.revision).length } : release;

const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What two revisions are compared by: what the caller would be shown of each. */
const comparable = (
  row: RevisionRow,
  record: IncidentRow,
  said: readonly PastAppearanceRow[],
): Record<string, unknown> => {
  const { severity, externalReferences, ...facts } = row.facts;
  const observables = said.filter((each) => isSaidBy(each, row.number)).map(toSaidObservable);
  return {
    ...facts,
    ...(observables.length > 0 && { observables }),
    externalReferences: record.authorship === 'named' || record.is_owner ? externalReferences : [],
    status: row.status,
    marking: { tlp: row.tlp, pap: row.pap },
    rsit: row.rsit_class === null ? null : { class: row.rsit_class, type: row.rsit_type },
    sector: row.sector,
    countries: row.countries,
    severity: record.is_owner ? severity.own : severity.shared,
  };
};
