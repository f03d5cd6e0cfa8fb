import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { notOverdue, notYours, wrongState } from './request.problems.js';
import { RequestReader } from './request.reader.js';
import { admits, mayAct } from './request.rules.js';
import type { RequestAction } from './request.rules.js';
import { factsOf } from './request.view.js';
import { RequestsStore } from './requests.store.js';
import type { RequestRow } from './requests.store.js';

/** Opening a request for an act: what every act has in common. */
@Injectable()
export class OpenRequest {
  constructor(
    private readonly work: UnitOfWork,
    private readonly requests: RequestsStore,
    private readonly reader: RequestReader,
  ) {}

  /** In the fixed order: the one 404, who may (403), which version (412), and whether it is past this (409). */
  async run(actor: Actor, id: string, action: RequestAction, ifMatch: string | undefined): Promise<RequestRow> {
    const seen = await this.reader.row(id);
    if (!mayAct(actor, action, factsOf(seen, this.work.at))) throw notYours(action);
    await this.requests.lock(id);
    // Read again: whoever held the lock before may have changed it.
    const row = await this.reader.row(id);
    const facts = factsOf(row, this.work.at);
    if (!mayAct(actor, action, facts)) throw notYours(action);
    if (ifMatch !== undefined) checkIfMatch(ifMatch, await this.reader.viewOf(actor, row), false);
    if (!admits(action, facts)) throw action === 'escalate' ? notOverdue() : wrongState(row.state, action);
    return row;
  }

  emit(actor: Actor, type: string, requestId: string, facts: Record<string, unknown> = {}): void {
    this.work.emit({ type, version: 1, payload: { requestId, ...facts } }, actor.userKey);
  }
}
