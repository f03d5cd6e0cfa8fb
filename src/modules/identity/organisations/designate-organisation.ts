import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { ChangeStanding } from './change-standing.js';
import { FindOrganisation } from './find-organisation.js';
import type { DesignationDto } from './organisations.dto.js';
import { OrganisationsStore } from './organisations.store.js';

/** Records a government's designation of its national CERT, which makes that active. */
@Injectable()
export class DesignateOrganisation {
  constructor(
    private readonly find: FindOrganisation,
    private readonly organisations: OrganisationsStore,
    private readonly change: ChangeStanding,
  ) {}

  async run(actor: Actor, id: string, designation: DesignationDto, ifMatch: string | undefined): Promise<string> {
    const row = await this.find.toChange(actor, id, 'designate', { header: ifMatch, isRequired: false });
    await this.organisations.insertDesignation(row.key, designation, actor.userKey);
    await this.change.run(actor, row, 'designate');
    return id;
  }
}
