import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { ChangeStanding } from './change-standing.js';
import { FindOrganisation } from './find-organisation.js';

/** The secretariat's word on an organisation that two members sponsored. */
@Injectable()
export class ActivateOrganisation {
  constructor(
    private readonly find: FindOrganisation,
    private readonly change: ChangeStanding,
  ) {}

  async run(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const row = await this.find.toChange(actor, id, 'activate', { header: ifMatch, isRequired: false });
    await this.change.run(actor, row, 'activate');
    return id;
  }
}
