import { Injectable } from '@nestjs/common';
import { notFound } from '../../kernel/problem.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import type { PageQuery } from '../../platform/http/page.dto.js';
import type { ScenarioPage, ScenarioSummaryView, ScenarioView } from './scenarios.dto.js';
import { ScenariosStore } from './scenarios.store.js';
import type { ScenarioRow } from './scenarios.store.js';

/** Reads the library as the caller. */
@Injectable()
export class ScenarioReader {
  constructor(private readonly scenarios: ScenariosStore) {}

  /** @throws Problem the one 404. */
  async row(id: string): Promise<ScenarioRow> {
    const row = await this.scenarios.byId(id);
    if (!row) throw notFound();
    return row;
  }

  /** @param version the newest where it is left out. @throws Problem the one 404. */
  async view(id: string, version?: number): Promise<ScenarioView> {
    const row = await this.row(id);
    const number = version ?? row.head;
    const document = await this.scenarios.document(row.key, number);
    if (!document) throw notFound();
    return { ...toSummary(row), version: number, document: document as unknown as Record<string, unknown> };
  }

  async list({ limit, cursor }: PageQuery): Promise<ScenarioPage> {
    const rows = await this.scenarios.list(limit, cursor === undefined ? null : decodeCursor(cursor));
    return pageOf(rows, limit, (row) => ({ at: row.created_at.toISOString(), id: row.id }), toSummary);
  }
}

const toSummary = (row: ScenarioRow): ScenarioSummaryView => ({
  id: row.id,
  originNode: row.origin_node,
  title: row.title,
  version: row.head,
  organisation: row.owner_id !== null && row.owner_name !== null ? { id: row.owner_id, name: row.owner_name } : null,
  sharedWith: row.shared_with,
  createdAt: row.created_at.toISOString(),
});
