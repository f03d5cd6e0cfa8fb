import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput, notFound } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import type { PageQuery } from '../../platform/http/page.dto.js';
import { KeepReceipts } from '../sharing/index.js';
import { Appearances } from './appearances.store.js';
import type { AppearanceRow } from './appearance.rules.js';
import type { AppearancePlace, ParentRow } from './appearances.store.js';
import { surroundingsOf } from './core/index.js';
import { noisyAbove, warningLists } from './observable.settings.js';
import { shownOfRelated, toAppearanceView, toCorrelationView } from './observable.view.js';
import type { AppearancePage, CorrelationPage } from './observables.dto.js';
import { RelatedStore } from './related.store.js';
import type { FoundRow } from './related.store.js';

/** Reads the observables of a record, and where else the caller sees them. */
@Injectable()
export class ReadAppearances {
  constructor(
    private readonly appearances: Appearances,
    private readonly related: RelatedStore,
    private readonly receipts: KeepReceipts,
    @Inject(REGION) private readonly region: Region,
  ) {}

  async page(actor: Actor, incidentId: string, query: PageQuery): Promise<AppearancePage> {
    const { parent, rows, next } = await this.rows(incidentId, query);
    // Its values are as much of the record as its words are.
    if (rows.length > 0) await this.receipts.shown(actor, [parent], true);
    const lists = warningLists(this.region);
    return { items: rows.map((row) => toAppearanceView(row, lists)), next };
  }

  async correlations(actor: Actor, incidentId: string, query: PageQuery): Promise<CorrelationPage> {
    const { parent, rows, next } = await this.rows(incidentId, query);
    const wanted = rows.flatMap(({ observable_id: id, type, value }, nth) =>
      id === null ? [] : [{ nth, id, ...surroundingsOf(type, value) }],
    );
    const found = new Map<number, FoundRow[]>();
    for (const row of wanted.length > 0 ? await this.related.related(parent.key, wanted) : [])
      found.set(row.nth, [...(found.get(row.nth) ?? []), row]);
    const most = noisyAbove(this.region);
    const shown = rows.map((row, nth) => ({ row, related: shownOfRelated(found.get(nth) ?? [], most) }));
    if (rows.length > 0) await this.receipts.shown(actor, [parent], true);
    await this.receipts.shown(
      actor,
      shown.flatMap(({ related }) => related.rows),
    );
    return { items: shown.map(({ row, related }) => toCorrelationView(row, related)), next };
  }

  private async rows(
    incidentId: string,
    { limit, cursor }: PageQuery,
  ): Promise<{ parent: ParentRow; rows: AppearanceRow[]; next: string | null }> {
    const after = cursor === undefined ? null : decode(cursor);
    const parent = await this.appearances.parent(incidentId);
    if (!parent) throw notFound();
    const rows = await this.appearances.page(parent, limit, after);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return { parent, rows: shown, next: rows.length > limit && last ? encode(last) : null };
  }
}

const NO_ID = '00000000-0000-0000-0000-000000000000';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** By characters, as the database counts them. */
const encode = ({ type, value, observable_id: id }: AppearanceRow): string =>
  Buffer.from(JSON.stringify([type, [...value].slice(0, 60).join(''), id ?? NO_ID])).toString('base64url');

function decode(cursor: string): AppearancePlace {
  try {
    const [type, start, id, ...rest] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const isText = (text: unknown): text is string =>
      typeof text === 'string' && text.length <= 120 && !text.includes('\0') && text.isWellFormed();
    if (isText(type) && isText(start) && typeof id === 'string' && uuid.test(id) && rest.length === 0)
      return { type, start, id };
  } catch {
    // Whatever is not one of ours gets the same answer.
  }
  throw invalidInput([{ pointer: '/cursor', detail: 'This is not a cursor of this list.', in: 'query' }]);
}
