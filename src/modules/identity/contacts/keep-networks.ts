import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { invalidInput } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { FindOrganisation } from '../organisations/find-organisation.js';
import { networkFault, parseAddress } from './address.rules.js';
import { networkListed } from './contact.problems.js';
import { toNetworkView } from './contact.view.js';
import { EditDirectory } from './edit-directory.js';
import { NetworksStore } from './networks.store.js';
import { ReadContacts } from './read-contacts.js';

/** Keeps the list of networks that an organisation answers for. */
@Injectable()
export class KeepNetworks {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindOrganisation,
    private readonly edit: EditDirectory,
    private readonly read: ReadContacts,
    private readonly networks: NetworksStore,
    private readonly chance: Chance,
  ) {}

  async add(actor: Actor, organisationId: string, value: string, ifMatch: string | undefined): Promise<string> {
    const address = parseAddress(value);
    const fault = address
      ? networkFault(address)
      : 'Give a network such as 192.0.2.0/24, a domain name, or an AS number such as AS64500.';
    if (!address || fault !== null) throw invalidInput([{ pointer: '/value', detail: fault ?? '' }]);
    const match = { header: ifMatch, isRequired: false };
    const organisation = await this.find.toChange(actor, organisationId, 'edit-directory', match);
    if (await this.networks.has(organisation.key, address)) throw networkListed();
    const id = this.chance.uuid();
    await this.networks.insert(id, organisation.key, address);
    this.work.emit({ type: 'network.added', version: 1, payload: { organisationId, networkId: id } }, actor.userKey);
    return id;
  }

  async remove(actor: Actor, organisationId: string, id: string, ifMatch: string | undefined): Promise<void> {
    const { entry } = await this.edit.entry(
      actor,
      organisationId,
      { header: ifMatch, isRequired: true },
      (organisation) => this.read.network(organisation, id),
      (network) => toNetworkView(network, true),
    );
    await this.networks.remove(entry.key);
    this.work.emit({ type: 'network.removed', version: 1, payload: { organisationId, networkId: id } }, actor.userKey);
  }
}
