import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { FindOrganisation } from '../organisations/find-organisation.js';
import type { Contact } from './contact.entity.js';
import { toContactView } from './contact.view.js';
import type { ContactView, CreateContactDto, UpdateContactDto } from './contacts.dto.js';
import { ContactsStore } from './contacts.store.js';
import { EditDirectory } from './edit-directory.js';
import { ReadContacts } from './read-contacts.js';

/** Keeps an organisation's contacts true. */
@Injectable()
export class KeepContacts {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindOrganisation,
    private readonly edit: EditDirectory,
    private readonly read: ReadContacts,
    private readonly contacts: ContactsStore,
    private readonly chance: Chance,
  ) {}

  async add(actor: Actor, organisationId: string, wanted: CreateContactDto, ifMatch?: string): Promise<string> {
    const match = { header: ifMatch, isRequired: false };
    const organisation = await this.find.toChange(actor, organisationId, 'edit-directory', match);
    const id = this.chance.uuid();
    await this.contacts.save({ id, organisationKey: organisation.key, lastVerifiedAt: null, ...fieldsOf(wanted) });
    this.emit('contact.added', organisationId, id, actor);
    return id;
  }

  async change(
    actor: Actor,
    organisationId: string,
    id: string,
    wanted: UpdateContactDto,
    ifMatch: string | undefined,
  ): Promise<ContactView> {
    const { entry } = await this.toChange(actor, organisationId, id, { header: ifMatch, isRequired: true });
    // What was verified is not what is there now.
    await this.contacts.save({ ...entry, lastVerifiedAt: null, ...fieldsOf({ ...unsetOf(entry), ...given(wanted) }) });
    this.emit('contact.changed', organisationId, id, actor);
    return this.read.contactView(actor, organisationId, id);
  }

  async verify(actor: Actor, organisationId: string, id: string, ifMatch: string | undefined): Promise<string> {
    const { entry } = await this.toChange(actor, organisationId, id, { header: ifMatch, isRequired: false });
    await this.contacts.save({ ...entry, lastVerifiedAt: this.work.at });
    this.emit('contact.verified', organisationId, id, actor);
    return id;
  }

  async remove(actor: Actor, organisationId: string, id: string, ifMatch: string | undefined): Promise<void> {
    const { entry } = await this.toChange(actor, organisationId, id, { header: ifMatch, isRequired: true });
    await this.contacts.remove(entry);
    this.emit('contact.removed', organisationId, id, actor);
  }

  private toChange(
    actor: Actor,
    organisationId: string,
    id: string,
    match: { header: string | undefined; isRequired: boolean },
  ): Promise<{ entry: Contact }> {
    return this.edit.entry(
      actor,
      organisationId,
      match,
      (organisation) => this.read.contact(organisation, id),
      (contact) => toContactView(contact, true),
    );
  }

  private emit(type: string, organisationId: string, contactId: string, actor: Actor): void {
    this.work.emit({ type, version: 1, payload: { organisationId, contactId } }, actor.userKey);
  }
}

const unsetOf = (contact: Contact): CreateContactDto => ({
  kind: contact.kind,
  is24x7: contact.isAroundTheClock,
  name: contact.name,
  email: contact.email,
  phone: contact.phone,
  languages: contact.languages,
  timeZone: contact.timeZone,
  pgpKey: contact.pgpKey,
});

/** Members that were sent: the others stay as they are. */
const given = (wanted: UpdateContactDto): Partial<CreateContactDto> =>
  Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));

const fieldsOf = (wanted: CreateContactDto): Partial<Contact> => ({
  kind: wanted.kind,
  isAroundTheClock: wanted.is24x7,
  name: wanted.name,
  email: wanted.email ?? null,
  phone: wanted.phone ?? null,
  languages: wanted.languages,
  timeZone: wanted.timeZone,
  pgpKey: wanted.pgpKey ?? null,
});
