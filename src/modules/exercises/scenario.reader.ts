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

  async view(id: string): Promise<ScenarioView> {
    const row = await this.scenarios.byId(id);
    const document = row && (await this.scenarios.document(row.key, row.head));
    if (!document) throw notFound();
    return { ...toSummary(row), document: document as unknown as Record<string, unknown> };
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
