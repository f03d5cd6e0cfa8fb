import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { invalidInput, notFound } from '../../../kernel/problem.js';
import { decodeCursor, encodeCursor } from '../../../platform/http/page.js';
import type { PageQuery } from '../../../platform/http/page.dto.js';
import { FindOrganisation } from '../organisations/find-organisation.js';
import { refusalOf } from '../organisations/organisation.rules.js';
import { factsOf } from '../organisations/organisation.view.js';
import type { OrganisationRow } from '../organisations/organisations.store.js';
import { decodeTextCursor, encodeTextCursor } from '../organisations/text-cursor.js';
import { parseAddress, textOfAddress } from './address.rules.js';
import type { Contact } from './contact.entity.js';
import { toContactView, toDutyView, toNetworkView } from './contact.view.js';
import type { ContactPage, ContactView } from './contacts.dto.js';
import type { AnswererList } from './directory.dto.js';
import type { DutyPage, DutyView } from './duty.dto.js';
import type { NetworkPage, NetworkView } from './networks.dto.js';
import { ContactsStore } from './contacts.store.js';
import { DutyStore } from './duty.store.js';
import type { DutyRow } from './duty.store.js';
import { NetworksStore, addressOf } from './networks.store.js';
import type { NetworkRow } from './networks.store.js';

/** How organisations are reached, and what they answer for: read behind the organisation itself. */
@Injectable()
export class ReadContacts {
  constructor(
    private readonly find: FindOrganisation,
    private readonly contactsStore: ContactsStore,
    private readonly networksStore: NetworksStore,
    private readonly dutyStore: DutyStore,
  ) {}

  async contact(organisation: OrganisationRow, id: string): Promise<Contact> {
    return (await this.contactsStore.find(organisation.key, id)) ?? absent();
  }

  async network(organisation: OrganisationRow, id: string): Promise<NetworkRow> {
    return (await this.networksStore.find(organisation.key, id)) ?? absent();
  }

  async duty(organisation: OrganisationRow, id: string): Promise<DutyRow> {
    return (await this.dutyStore.find(organisation.key, id)) ?? absent();
  }

  async contactView(actor: Actor, organisationId: string, id: string): Promise<ContactView> {
    const organisation = await this.find.row(organisationId);
    return toContactView(await this.contact(organisation, id), mayEdit(organisation, actor));
  }

  async networkView(actor: Actor, organisationId: string, id: string): Promise<NetworkView> {
    const organisation = await this.find.row(organisationId);
    return toNetworkView(await this.network(organisation, id), mayEdit(organisation, actor));
  }

  async dutyView(actor: Actor, organisationId: string, id: string): Promise<DutyView> {
    const organisation = await this.find.row(organisationId);
    return toDutyView(await this.duty(organisation, id), mayEdit(organisation, actor));
  }

  async contacts(actor: Actor, organisationId: string, query: PageQuery): Promise<ContactPage> {
    const after = afterId(query);
    const organisation = await this.find.row(organisationId);
    const rows = await this.contactsStore.list(organisation.key, after, query.limit + 1);
    return pageById(rows, query, (row) => toContactView(row, mayEdit(organisation, actor)));
  }

  async networks(actor: Actor, organisationId: string, query: PageQuery): Promise<NetworkPage> {
    const after = afterId(query);
    const organisation = await this.find.row(organisationId);
    const rows = await this.networksStore.list(organisation.key, after, query.limit + 1);
    return pageById(rows, query, (row) => toNetworkView(row, mayEdit(organisation, actor)));
  }

  async dutyList(actor: Actor, organisationId: string, { cursor, limit }: PageQuery): Promise<DutyPage> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const organisation = await this.find.row(organisationId);
    const rows = await this.dutyStore.list(organisation.key, after, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => toDutyView(row, mayEdit(organisation, actor))),
      next: last && rows.length > limit ? encodeCursor({ at: last.starts_at.toISOString(), id: last.id }) : null,
    };
  }

  /** Who answers for an address: what an indicator is brought to. */
  async answerers(text: string): Promise<AnswererList> {
    const address = parseAddress(text);
    if (!address)
      throw invalidInput([
        {
          pointer: '/address',
          detail: 'Give an IP address, a network, a domain name or an AS number such as AS64500.',
          in: 'query',
        },
      ]);
    const rows = await this.networksStore.answerers(address);
    const contacts = await this.contactsStore.ofOrganisations(rows.map(({ org_key }) => org_key));
    return {
      items: rows.map((row) => ({
        organisation: { id: row.org_id, name: row.org_name },
        country: row.country,
        matched: textOfAddress(addressOf(row)),
        contacts: contacts
          .filter(({ organisationKey }) => organisationKey === row.org_key)
          .map((contact) => toContactView(contact, false)),
      })),
      next: null,
    };
  }
}

const mayEdit = (organisation: OrganisationRow, actor: Actor): boolean =>
  refusalOf('edit-directory', factsOf(organisation), actor) === null;

const absent = (): never => {
  throw notFound();
};

const afterId = ({ cursor }: PageQuery): string | null =>
  cursor === undefined ? null : String(decodeTextCursor(cursor, 'uuid')[0]);

function pageById<R extends { id: string }, T>(
  rows: R[],
  { limit }: PageQuery,
  view: (row: R) => T,
): { items: T[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), next: last && rows.length > limit ? encodeTextCursor(last.id) : null };
}
