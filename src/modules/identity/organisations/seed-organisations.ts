import { Inject, Injectable } from '@nestjs/common';
import type { Affiliation, OrganisationKind, Standing } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { ORIGIN_NODE } from '../../../platform/config/origin-node.token.js';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { hasNationalCert } from './organisation.problems.js';
import { OrganisationsStore } from './organisations.store.js';

export interface SeededOrganisation {
  name: string;
  kind: OrganisationKind;
  affiliation: Affiliation;
  country: string | null;
  parentKey: number | null;
  standing: Standing;
  timeZone: string;
  languages: readonly string[];
  totpRequired: boolean;
  relayGreen: boolean;
}

/** Registers organisations in a given standing, for a demo and for tests. */
@Injectable()
export class SeedOrganisations {
  constructor(
    private readonly work: UnitOfWork,
    private readonly organisations: OrganisationsStore,
    private readonly chance: Chance,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  /** @param actingUserKey an administrator of the secretariat, or of the CERT that it will belong to. */
  createOrganisation(actingUserKey: number, wanted: SeededOrganisation): Promise<{ id: string; key: number }> {
    return this.work.run({ actingUserKey }, LIVE, 'write', async () => {
      const id = this.chance.uuid();
      const key = await this.organisations.insert({ ...wanted, id, originNode: this.originNode, isSecretariat: false });
      if (key === null) throw hasNationalCert();
      this.work.emit({ type: 'organisation.registered', version: 1, payload: { organisationId: id } }, actingUserKey);
      return { id, key };
    });
  }

  /** Settings of an organisation as its own administrator sets them. */
  setRequirements(actingUserKey: number, organisationId: string, totpRequired: boolean): Promise<void> {
    return this.work.run({ actingUserKey }, LIVE, 'write', async () => {
      const row = await this.organisations.find(organisationId, []);
      if (!row) throw new Error('An organisation that its administrator cannot see');
      await this.organisations.updateSettings(row.key, {
        name: row.name,
        totpRequired,
        relayGreen: row.relay_green,
        timeZone: row.time_zone,
        languages: row.languages,
      });
    });
  }
}
