import { Injectable } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import type { Repository } from 'typeorm';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Contact } from './contact.entity.js';

/** Contacts of organisations: small, seldom changed, so TypeORM's own queries serve. */
@Injectable()
export class ContactsStore {
  constructor(private readonly work: UnitOfWork) {}

  async find(organisationKey: number, id: string): Promise<Contact | null> {
    return (await this.repository()).findOneBy({ organisationKey, id });
  }

  /** Of one organisation, by id: the order says nothing. */
  async list(organisationKey: number, afterId: string | null, limit: number): Promise<Contact[]> {
    return (await this.repository()).find({
      where: { organisationKey, ...(afterId !== null && { id: MoreThan(afterId) }) },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** The first in line first: the 24/7 point of contact. */
  async ofOrganisations(organisationKeys: readonly number[]): Promise<Contact[]> {
    if (organisationKeys.length === 0) return [];
    const contacts = await (
      await this.repository()
    ).find({
      where: { organisationKey: In([...organisationKeys]) },
      order: { id: 'ASC' },
    });
    return contacts.sort((a, b) => inLine(a) - inLine(b));
  }

  async save(contact: Partial<Contact>): Promise<void> {
    await (await this.repository()).save(contact, { transaction: false });
  }

  async remove(contact: Contact): Promise<void> {
    await (await this.repository()).delete({ key: contact.key });
  }

  private async repository(): Promise<Repository<Contact>> {
    return (await this.work.manager()).getRepository(Contact);
  }
}

const inLine = ({ kind, isAroundTheClock }: Contact): number =>
  kind === 'point-of-contact' ? (isAroundTheClock ? 0 : 1) : kind === 'abuse' ? 2 : kind === 'escalation' ? 3 : 4;
