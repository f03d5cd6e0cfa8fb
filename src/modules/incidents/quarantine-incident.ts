import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { alreadyAsked, notAnonymous, notAsked, notAsker } from './incident.problems.js';
import { IncidentReader } from './incident.reader.js';
import type { IncidentRow } from './incident.rows.js';
import { mayAskQuarantine } from './incident.rules.js';
import type { QuarantineReason } from './incident.rules.js';
import { IncidentsStore } from './incidents.store.js';
import type { QuarantineView } from './quarantine.dto.js';
import { QuarantineStore } from './quarantine.store.js';

/**
 * Members ask that an anonymous record is read by nobody for now. At the third of them it is its owner's alone; nobody,
 * its owner least of all, is told who they are.
 */
@Injectable()
export class QuarantineIncident {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reader: IncidentReader,
    private readonly incidents: IncidentsStore,
    private readonly asks: QuarantineStore,
  ) {}

  /** What the caller's organisation asked for; also once it does not read the record any more. */
  async view(actor: Actor, id: string): Promise<QuarantineView> {
    const own = await this.asks.own(actor.organisationKey, id);
    const row = own ? await this.readable(id) : await this.reader.row(id);
    const may = mayAskQuarantine(actor);
    const canAsk = !own && row?.authorship === 'anonymous' && !row.is_owner;
    return {
      ask: own ? { reason: own.reason, askedAt: own.asked_at.toISOString() } : null,
      allowedActions: may && own ? ['withdraw'] : may && canAsk ? ['ask'] : [],
    };
  }

  /** @returns the record's id. */
  async ask(actor: Actor, id: string, reason: QuarantineReason, ifMatch: string | undefined): Promise<string> {
    const own = await this.asks.own(actor.organisationKey, id);
    const row = own ? await this.readable(id) : await this.reader.row(id);
    if (!mayAskQuarantine(actor) || row?.is_owner) throw notAsker();
    checkIfMatch(ifMatch, await this.view(actor, id), false);
    if (own) throw alreadyAsked();
    if (!row || row.authorship === 'named') throw notAnonymous();
    const head = await this.asks.ask(row.key, reason);
    // Nobody is named as its actor, and of what record it speaks its owner does not find: a receipt's leaf does the same.
    const payload = { recordKind: 'incident', record: id, askedById: actor.organisationId, reason };
    this.work.emit({ type: 'quarantine.asked', version: 1, payload });
    if (head !== null) this.changed('incident.quarantined', id, head);
    return id;
  }

  async withdraw(actor: Actor, id: string, ifMatch: string | undefined): Promise<void> {
    const view = await this.view(actor, id);
    if (!mayAskQuarantine(actor)) throw notAsker();
    checkIfMatch(ifMatch, view, true);
    if (!view.ask) throw notAsked();
    const head = await this.asks.withdraw(id);
    const payload = { recordKind: 'incident', record: id, askedById: actor.organisationId };
    this.work.emit({ type: 'quarantine.withdrawn', version: 1, payload });
    if (head !== null) this.changed('incident.quarantine-ended', id, head);
  }

  /** Its owner's side finds this one. */
  private changed(type: string, incidentId: string, revision: number): void {
    this.work.emit({ type, version: 1, payload: { incidentId, revision } });
  }

  /** Of what the caller's organisation asked about; undefined once it does not read it any more. */
  private readable(id: string): Promise<IncidentRow | undefined> {
    return this.incidents.byId(id);
  }
}
