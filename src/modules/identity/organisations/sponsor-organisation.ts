import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ChangeStanding } from './change-standing.js';
import { FindOrganisation } from './find-organisation.js';
import { hasTwoSponsors } from './organisation.rules.js';
import type { SponsorshipDto } from './organisations.dto.js';
import { OrganisationsStore } from './organisations.store.js';

/** A member vouches for an applicant; with the second one, of another member state, it is sponsored. */
@Injectable()
export class SponsorOrganisation {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindOrganisation,
    private readonly organisations: OrganisationsStore,
    private readonly change: ChangeStanding,
  ) {}

  async run(actor: Actor, id: string, { statement }: SponsorshipDto, ifMatch: string | undefined): Promise<string> {
    const row = await this.find.toChange(actor, id, 'sponsor', { header: ifMatch, isRequired: false });
    await this.organisations.insertSponsorship(row.key, actor.organisationKey, statement, actor.userKey);
    const payload = { organisationId: id, sponsorId: actor.organisationId };
    this.work.emit({ type: 'organisation.sponsorship-entered', version: 1, payload }, actor.userKey);
    const sponsored = await this.find.row(id);
    if (hasTwoSponsors(sponsored.sponsors.map(({ country }) => country)))
      await this.change.run(actor, sponsored, 'second-sponsor');
    return id;
  }
}
