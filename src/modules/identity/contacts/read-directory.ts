import { Injectable } from '@nestjs/common';
import { FindOrganisation } from '../organisations/find-organisation.js';
import { textOfAddress } from './address.rules.js';
import type { Contact } from './contact.entity.js';
import { toContactView } from './contact.view.js';
import { ContactsStore } from './contacts.store.js';
import type { DirectoryMemberPage, DirectoryMembersQuery } from './directory.dto.js';
import { NetworksStore, addressOf } from './networks.store.js';

/** The directory as a whole: who is a member, how it is reached, and what it answers for. */
@Injectable()
export class ReadDirectory {
  constructor(
    private readonly find: FindOrganisation,
    private readonly contacts: ContactsStore,
    private readonly networks: NetworksStore,
  ) {}

  /** The active organisations that the caller may see, in the region's order of listing. */
  async members(query: DirectoryMembersQuery): Promise<DirectoryMemberPage> {
    const { rows, next } = await this.find.rows({ ...query, standing: ['active'] });
    const keys = rows.map(({ key }) => key);
    const [contacts, networks] = await Promise.all([
      this.contacts.ofOrganisations(keys),
      this.networks.ofOrganisations(keys),
    ]);
    return {
      items: rows.map((row) => {
        const own = contacts.filter(({ organisationKey }) => organisationKey === row.key);
        return {
          organisation: { id: row.id, name: row.name },
          kind: row.kind,
          country: row.country,
          languages: row.languages,
          timeZone: row.time_zone,
          contacts: own.map((contact) => toContactView(contact, false)),
          networks: networks
            .filter(({ org_key }) => org_key === row.key)
            .map((network) => textOfAddress(addressOf(network))),
          lastVerifiedAt: lastVerified(own)?.toISOString() ?? null,
        };
      }),
      next,
    };
  }
}

const lastVerified = (contacts: readonly Contact[]): Date | null =>
  contacts
    .filter(({ kind, isAroundTheClock }) => kind === 'point-of-contact' && isAroundTheClock)
    .reduce<Date | null>(
      (last, { lastVerifiedAt }) => (lastVerifiedAt && (!last || lastVerifiedAt > last) ? lastVerifiedAt : last),
      null,
    );
