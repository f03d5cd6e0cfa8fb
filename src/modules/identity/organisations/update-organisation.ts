import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { forbidden } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { FindOrganisation } from './find-organisation.js';
import { standingConflict } from './organisation.problems.js';
import { refusalOf } from './organisation.rules.js';
import { factsOf } from './organisation.view.js';
import type { OrganisationView } from './organisation.views.dto.js';
import type { UpdateOrganisationDto } from './organisations.dto.js';
import { OrganisationsStore } from './organisations.store.js';

/** Changes an organisation's settings (its own administrator) or its name (who is over it). */
@Injectable()
export class UpdateOrganisation {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindOrganisation,
    private readonly organisations: OrganisationsStore,
  ) {}

  async run(
    actor: Actor,
    id: string,
    { name, ...settings }: UpdateOrganisationDto,
    ifMatch: string | undefined,
  ): Promise<OrganisationView> {
    const changesSettings = Object.values(settings).some((value) => value !== undefined);
    const action = name === undefined || changesSettings ? 'update' : 'rename';
    const row = await this.find.toChange(actor, id, action, { header: ifMatch, isRequired: true });
    const renaming = name === undefined ? null : refusalOf('rename', factsOf(row), actor);
    if (renaming) throw forbidden(renaming.why);
    if (settings.relayGreen === true && row.kind !== 'national-cert')
      throw standingConflict('Only a national CERT relays.');
    await this.organisations.updateSettings(row.key, {
      name: name ?? row.name,
      totpRequired: settings.totpRequired ?? row.totp_required,
      relayGreen: settings.relayGreen ?? row.relay_green,
      timeZone: settings.timeZone ?? row.time_zone,
      languages: settings.languages ?? row.languages,
    });
    this.work.emit({ type: 'organisation.updated', version: 1, payload: { organisationId: id } }, actor.userKey);
    return this.find.view(actor, id);
  }
}
