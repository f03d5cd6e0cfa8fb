import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { forbidden } from '../../kernel/problem.js';
import { KeepReceipts, ReceiptsStore, TombstonesStore } from '../sharing/index.js';
import type { ReceiptAct, ReceiptList, ReceiptRow, RecallRow, RecallView, ReceiptView } from '../sharing/index.js';
import { IncidentReader } from './incident.reader.js';
import type { IncidentRow } from './incident.rows.js';
import { IncidentsStore } from './incidents.store.js';

const ACTS = [
  ['exported', 'exported_at'],
  ['acknowledged', 'acknowledged_at'],
  ['acted-on', 'acted_on_at'],
] as const satisfies readonly (readonly [ReceiptAct, keyof ReceiptRow])[];

/** Who got a record and who says it acted: to its originator; to a recipient, what is kept of itself. */
@Injectable()
export class IncidentReceipts {
  constructor(
    private readonly reader: IncidentReader,
    private readonly incidents: IncidentsStore,
    private readonly keep: KeepReceipts,
    private readonly receipts: ReceiptsStore,
    private readonly tombstones: TombstonesStore,
  ) {}

  async list(actor: Actor, id: string): Promise<ReceiptList> {
    const row = await this.reader.row(id);
    await this.keep.settle();
    return this.view(actor, row);
  }

  /** Of the revision that the caller reads. Saying it again changes nothing. */
  async give(actor: Actor, id: string, kind: ReceiptAct): Promise<string> {
    const row = await this.reader.row(id);
    if (!mayGive(actor, row)) throw forbidden('Those who received a record give receipts of it, not who shared it.');
    await this.keep.shown(actor, [row]);
    await this.keep.act(actor, row, kind);
    return id;
  }

  async given(actor: Actor, id: string): Promise<ReceiptList> {
    return this.view(actor, await this.reader.row(id));
  }

  private async view(actor: Actor, row: IncidentRow): Promise<ReceiptList> {
    const isVeiled = row.is_owner && row.authorship === 'anonymous';
    const [rows, numbers, recalls, bands] = await Promise.all([
      this.receipts.ofRecord(row.key),
      this.incidents.readableNumbers([row.key]),
      // To whoever shared it: of what is anonymous nobody but the recipient reads the rows.
      isVeiled ? [] : this.tombstones.ofRecord(row.key),
      isVeiled ? this.receipts.bands(row.key) : null,
    ]);
    const readable = numbers.get(row.key) ?? [];
    const own = rows.find(({ org_key: key, revision }) => key === actor.organisationKey && revision === row.number);
    return {
      // A revision that the caller does not read any more is not counted, and what is said of it not shown.
      items: rows
        .filter(({ revision }) => readable.includes(revision))
        .map((each) => toReceiptView(each, readable.filter((number) => number <= each.revision).length)),
      // To whoever shared it: its owner, and the CERT that took back what it passed on.
      recalls: recalls.filter(({ org_id: to }) => row.is_owner || to !== actor.organisationId).map(toRecallView),
      bands: bands && bands.map(({ kind, band }) => ({ kind, organisations: band })),
      allowedActions: mayGive(actor, row) ? ACTS.flatMap(([act, at]) => (own?.[at] ? [] : [act])) : [],
    };
  }
}

const mayGive = (actor: Actor, row: IncidentRow): boolean =>
  !row.is_owner && actor.standing === 'active' && actor.permissions.has('incidents:write');

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const toReceiptView = (row: ReceiptRow, revision: number): ReceiptView => ({
  organisation: { id: row.org_id, name: row.org_name, country: row.org_country },
  revision,
  deliveredAt: iso(row.delivered_at),
  openedAt: iso(row.opened_at),
  exportedAt: iso(row.exported_at),
  acknowledgedAt: iso(row.acknowledged_at),
  actedOnAt: iso(row.acted_on_at),
});

const toRecallView = (row: RecallRow): RecallView => ({
  organisation: { id: row.org_id, name: row.org_name, country: row.org_country },
  recalledAt: row.at.toISOString(),
  reason: row.reason,
  confirmation: row.answer,
  keptBecause: row.kept_because,
  confirmedAt: iso(row.answered_at),
});
