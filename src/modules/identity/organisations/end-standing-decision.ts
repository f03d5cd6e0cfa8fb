import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ChangeStanding } from './change-standing.js';
import { FindOrganisation } from './find-organisation.js';
import { standingConflict } from './organisation.problems.js';
import { OrganisationsStore } from './organisations.store.js';
import type { OrganisationRow } from './organisations.store.js';

/** A second organisation confirms a decision, which takes effect; or the first one withdraws it. */
@Injectable()
export class EndStandingDecision {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindOrganisation,
    private readonly organisations: OrganisationsStore,
    private readonly change: ChangeStanding,
  ) {}

  /** @param kind of the decision that the caller means; another one is a conflict. */
  async confirm(actor: Actor, id: string, kind: 'suspend' | 'reinstate', ifMatch: string | undefined): Promise<string> {
    const row = await this.find.toChange(actor, id, 'confirm-decision', { header: ifMatch, isRequired: false });
    await this.organisations.confirmDecision(openDecision(row, kind).key, actor);
    await this.change.run(actor, row, kind);
    return id;
  }

  async withdraw(
    actor: Actor,
    id: string,
    kind: 'suspend' | 'reinstate',
    ifMatch: string | undefined,
  ): Promise<string> {
    const row = await this.find.toChange(actor, id, 'withdraw-decision', { header: ifMatch, isRequired: false });
    await this.organisations.withdrawDecision(openDecision(row, kind).key);
    this.work.emit(
      { type: 'organisation.decision-withdrawn', version: 1, payload: { organisationId: id, decision: kind } },
      actor.userKey,
    );
    return id;
  }
}

function openDecision(row: OrganisationRow, kind: 'suspend' | 'reinstate'): { key: number } {
  if (row.open_decision?.decision !== kind)
    throw standingConflict(`No decision to ${kind} this organisation waits for a confirmation.`);
  return row.open_decision;
}
