import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { FindOrganisation } from './find-organisation.js';
import { OrganisationsStore } from './organisations.store.js';

/** The secretariat hands its role to another organisation, for a term. It acts on the next request of both. */
@Injectable()
export class HandOverSecretariat {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindOrganisation,
    private readonly organisations: OrganisationsStore,
  ) {}

  async run(actor: Actor, id: string, until: string, ifMatch: string | undefined): Promise<string> {
    if (until <= this.work.at.toISOString().slice(0, 10))
      throw invalidInput([{ pointer: '/until', detail: 'The term has to end after today.' }]);
    const row = await this.find.toChange(actor, id, 'hand-over-secretariat', { header: ifMatch, isRequired: false });
    await this.organisations.moveSecretariat(actor.organisationKey, row.key, until);
    const payload = { from: actor.organisationId, to: id, until };
    this.work.emit({ type: 'secretariat.handed-over', version: 1, payload }, actor.userKey);
    return id;
  }
}
