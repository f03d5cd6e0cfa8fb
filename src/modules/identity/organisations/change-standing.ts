import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { standingConflict } from './organisation.problems.js';
import { standingAfter } from './organisation.rules.js';
import type { StandingChange } from './organisation.rules.js';
import { OrganisationsStore } from './organisations.store.js';
import type { OrganisationRow } from './organisations.store.js';

const eventOf: Record<StandingChange, string> = {
  designate: 'organisation.designated',
  'second-sponsor': 'organisation.sponsored',
  activate: 'organisation.activated',
  suspend: 'organisation.suspended',
  reinstate: 'organisation.reinstated',
  retire: 'organisation.retired',
};

/** The one place where a standing is written. It acts on the organisation's next request. */
@Injectable()
export class ChangeStanding {
  constructor(
    private readonly work: UnitOfWork,
    private readonly organisations: OrganisationsStore,
  ) {}

  async run(actor: Actor, row: OrganisationRow, change: StandingChange): Promise<void> {
    const standing = standingAfter(row.standing, change);
    if (standing === undefined) throw standingConflict(`The organisation is ${row.standing}.`);
    await this.organisations.setStanding(row.key, standing);
    this.work.emit({ type: eventOf[change], version: 1, payload: { organisationId: row.id, standing } }, actor.userKey);
  }
}
