import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { forbidden, invalidInput, notFound } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { decodeCursor, pageOf } from '../../platform/http/page.js';
import type { PageQuery } from '../../platform/http/page.dto.js';
import type { AnswerRecallDto, TombstonePage, TombstoneView } from './tombstones.dto.js';
import { TombstonesStore } from './tombstones.store.js';
import type { TombstoneRow } from './tombstones.store.js';

/** What is asked back of the caller's organisation, and what it says to that. */
@Injectable()
export class AnswerRecall {
  constructor(
    private readonly work: UnitOfWork,
    private readonly tombstones: TombstonesStore,
  ) {}

  async page(actor: Actor, { limit, cursor }: PageQuery): Promise<TombstonePage> {
    const rows = await this.tombstones.page(limit, cursor === undefined ? null : decodeCursor(cursor));
    return pageOf(
      rows,
      limit,
      (row) => ({ at: row.at.toISOString(), id: row.record_id }),
      (row) => toTombstoneView(row, actor),
    );
  }

  async view(actor: Actor, id: string): Promise<TombstoneView> {
    return toTombstoneView(await this.row(id), actor);
  }

  /** The last word counts: what was kept for a time is deleted later. */
  async run(actor: Actor, id: string, input: AnswerRecallDto, ifMatch: string | undefined): Promise<string> {
    const row = await this.row(id);
    if (!mayAnswer(actor)) throw forbidden('Only analysts and coordinators answer for their organisation.');
    checkIfMatch(ifMatch, toTombstoneView(row, actor), false);
    const { confirmation, keptBecause = null } = input;
    if ((confirmation === 'kept') !== (keptBecause !== null))
      throw invalidInput([
        { pointer: '/keptBecause', detail: 'Say why it is kept, and nothing where it was deleted.' },
      ]);
    const answered = await this.tombstones.answer(id, confirmation, keptBecause);
    // As a receipt of its own act: the record's owner finds the leaf, and nobody is named as its actor. Of an anonymous
    // record the owner is told in bands alone.
    const revision = answered?.revision ?? null;
    const about = revision === null ? { record: id } : { recordKind: answered?.record_kind, recordId: id, revision };
    const payload = { ...about, confirmation, keptBecause, recipientId: actor.organisationId };
    this.work.emit({ type: 'recall.answered', version: 1, payload });
    return id;
  }

  private async row(id: string): Promise<TombstoneRow> {
    const row = await this.tombstones.byRecord(id);
    if (!row) throw notFound();
    return row;
  }
}

/** The suspended answer too: what they hold is asked back all the same. */
const mayAnswer = (actor: Actor): boolean => actor.permissions.has('incidents:write');

function toTombstoneView(row: TombstoneRow, actor: Actor): TombstoneView {
  return {
    id: row.record_id,
    recalledAt: row.at.toISOString(),
    reason: row.reason,
    confirmation: row.answer,
    keptBecause: row.kept_because,
    confirmedAt: row.answered_at?.toISOString() ?? null,
    allowedActions: mayAnswer(actor) ? ['confirm'] : [],
  };
}
