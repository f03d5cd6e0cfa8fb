import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { FindOrganisation } from './find-organisation.js';
import type { StandingDecisionDto } from './organisations.dto.js';
import { OrganisationsStore } from './organisations.store.js';

/** Enters a decision of the members to suspend or reinstate. It waits for a second organisation. */
@Injectable()
export class EnterStandingDecision {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindOrganisation,
    private readonly organisations: OrganisationsStore,
    private readonly chance: Chance,
  ) {}

  async run(
    actor: Actor,
    id: string,
    kind: 'suspend' | 'reinstate',
    decision: StandingDecisionDto,
    ifMatch: string | undefined,
  ): Promise<string> {
    const row = await this.find.toChange(actor, id, kind, { header: ifMatch, isRequired: false });
    const decisionId = this.chance.uuid();
    await this.organisations.insertDecision(decisionId, row.key, { kind, ...decision }, actor);
    const payload = { organisationId: id, decisionId, decision: kind };
    this.work.emit({ type: 'organisation.decision-entered', version: 1, payload }, actor.userKey);
    return id;
  }
}
