import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { forbidden } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { FeedbackStore, KeepReceipts, ReceiptsStore, ReleasedTo } from '../sharing/index.js';
import type { FeedbackList, FeedbackView, GiveFeedbackDto } from '../sharing/index.js';
import { IncidentReader } from './incident.reader.js';
import { mayAct } from './incident.rules.js';
import { isPassedOn } from './incident.rows.js';
import type { IncidentRow } from './incident.rows.js';

/** An organisation, and what it says of the record; undefined: silence. */
interface Word {
  organisation: { id: string; name: string; country: string | null };
  said?: { kind: Exclude<FeedbackView['kind'], 'silence'>; note: string | null; at: Date };
}

/** What readers say of a record, to who shared it with them: one word of each organisation, and silence as silence. */
@Injectable()
export class GiveFeedback {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reader: IncidentReader,
    private readonly feedback: FeedbackStore,
    private readonly receipts: ReceiptsStore,
    private readonly keep: KeepReceipts,
    private readonly releasedTo: ReleasedTo,
  ) {}

  async list(actor: Actor, id: string): Promise<FeedbackList> {
    return this.of(actor, await this.reader.row(id));
  }

  async put(actor: Actor, id: string, { kind, note }: GiveFeedbackDto, ifMatch: string | undefined): Promise<void> {
    const row = await this.own(actor, id, ifMatch);
    await this.keep.shown(actor, [row]);
    // That it acted is the receipt's to say, once; the word beside it holds the note.
    if (kind === 'acted-on') await this.keep.act(actor, row, kind);
    await this.feedback.put({
      recordKey: row.key,
      organisationKey: actor.organisationKey,
      kind,
      note: note ?? null,
      by: actor.userKey,
    });
    this.emit('feedback.given', actor, row, { kind });
  }

  /** What the organisation did stays said, by its receipt. */
  async withdraw(actor: Actor, id: string, ifMatch: string | undefined): Promise<void> {
    const row = await this.own(actor, id, ifMatch);
    await this.feedback.remove(row.key, actor.organisationKey);
    this.emit('feedback.withdrawn', actor, row, {});
  }

  /** In the fixed order: the one 404, who may (403), which version (428, 412). */
  private async own(actor: Actor, id: string, ifMatch: string | undefined): Promise<IncidentRow> {
    const row = await this.reader.row(id);
    if (!mayGive(actor, row))
      throw forbidden('Those who received a record say what they think of it, not who filed or shared it.');
    await this.feedback.lock(row.key, actor.organisationKey);
    checkIfMatch(ifMatch, await this.of(actor, row), true);
    return row;
  }

  private emit(type: string, actor: Actor, row: IncidentRow, more: Record<string, unknown>): void {
    // With its revision the owner's side reads the entry: not of what a CERT passed on, which is for that to tell.
    const revision = isPassedOn(row) ? {} : { revision: row.number };
    this.work.emit(
      { type, version: 1, payload: { incidentId: row.id, recipientId: actor.organisationId, ...revision, ...more } },
      actor.userKey,
    );
  }

  private async of(actor: Actor, row: IncidentRow): Promise<FeedbackList> {
    const [said, receipts, releasedTo] = await Promise.all([
      this.feedback.ofRecord(row.key),
      this.receipts.ofRecord(row.key),
      row.is_owner ? this.releasedTo.run(actor, 'incident', row.key) : [],
    ]);
    const words = new Map<string, Word>();
    for (const { id, name, country } of releasedTo) words.set(id, { organisation: { id, name, country } });
    if (!row.is_owner) {
      const own = { id: actor.organisationId, name: actor.organisationName, country: actor.organisationCountry };
      words.set(own.id, { organisation: own });
    }
    for (const { org_id: id, org_name: name, org_country: country, acted_on_at: at } of receipts)
      if (at !== null)
        words.set(id, { organisation: { id, name, country }, said: { kind: 'acted-on', note: null, at } });
    for (const { org_id: id, org_name: name, org_country: country, kind, note, given_at: at } of said)
      words.set(id, { organisation: { id, name, country }, said: { kind: kind ?? 'acted-on', note, at } });
    const hasSaid = said.some(({ org_key: key }) => key === actor.organisationKey);
    return {
      items: [...words.values()].sort(byName).map(toFeedbackView),
      allowedActions: mayGive(actor, row) ? (hasSaid ? ['give', 'withdraw'] : ['give']) : [],
    };
  }
}

const mayGive = (actor: Actor, row: IncidentRow): boolean =>
  mayAct(actor, 'give-feedback', row.is_owner) && !row.is_filer;

const byName = ({ organisation: one }: Word, { organisation: other }: Word): number =>
  one.name < other.name ? -1 : one.name > other.name ? 1 : one.id < other.id ? -1 : 1;

const toFeedbackView = ({ organisation, said }: Word): FeedbackView => ({
  organisation,
  kind: said?.kind ?? 'silence',
  note: said?.note ?? null,
  saidAt: said?.at.toISOString() ?? null,
});
