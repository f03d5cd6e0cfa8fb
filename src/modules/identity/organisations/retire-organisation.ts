import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { ChangeStanding } from './change-standing.js';
import { FindOrganisation } from './find-organisation.js';

/** Ends an organisation's time on the platform. Nothing leads back; its accounts open nothing any more. */
@Injectable()
export class RetireOrganisation {
  constructor(
    private readonly find: FindOrganisation,
    private readonly change: ChangeStanding,
  ) {}

  async run(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const row = await this.find.toChange(actor, id, 'retire', { header: ifMatch, isRequired: false });
    await this.change.run(actor, row, 'retire');
    return id;
  }
}
