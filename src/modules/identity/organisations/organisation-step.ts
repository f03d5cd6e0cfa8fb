import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Once } from '../../../platform/http/once.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { FindOrganisation } from './find-organisation.js';
import type { OrganisationView } from './organisation.views.dto.js';

/** A step in an organisation's life: taken once, however often it is sent, and answered with the organisation as it is then. */
@Injectable()
export class OrganisationStep {
  constructor(
    private readonly once: Once,
    private readonly find: FindOrganisation,
  ) {}

  /** @param step returns the organisation's id. */
  take(request: RondaRequest, actor: Actor, step: () => Promise<string>): Promise<OrganisationView> {
    return this.once.run(request, step, (id) => this.find.view(actor, id));
  }
}
