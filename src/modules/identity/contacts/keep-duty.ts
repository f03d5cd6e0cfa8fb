import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { invalidInput } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { FindOrganisation } from '../organisations/find-organisation.js';
import { toDutyView } from './contact.view.js';
import type { CreateDutyDto } from './duty.dto.js';
import { DutyStore } from './duty.store.js';
import { EditDirectory } from './edit-directory.js';
import { ReadContacts } from './read-contacts.js';

/** Keeps the duty list: who answers in a duty role, and from when to when. */
@Injectable()
export class KeepDuty {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindOrganisation,
    private readonly edit: EditDirectory,
    private readonly read: ReadContacts,
    private readonly duty: DutyStore,
    private readonly chance: Chance,
  ) {}

  async add(actor: Actor, organisationId: string, wanted: CreateDutyDto, ifMatch: string | undefined): Promise<string> {
    const startsAt = new Date(wanted.startsAt);
    const endsAt = wanted.endsAt === undefined ? null : new Date(wanted.endsAt);
    if (endsAt && endsAt <= startsAt)
      throw invalidInput([{ pointer: '/endsAt', detail: 'It has to end after it begins.' }]);
    const match = { header: ifMatch, isRequired: false };
    const organisation = await this.find.toChange(actor, organisationId, 'edit-directory', match);
    const userKey = await this.duty.activeColleague(organisation.key, wanted.userId);
    if (userKey === null)
      throw invalidInput([{ pointer: '/userId', detail: 'There is no such active account in your organisation.' }]);
    const id = this.chance.uuid();
    const { dutyRole, position } = wanted;
    const organisationKey = organisation.key;
    await this.duty.insert({ id, organisationKey, dutyRole, userKey, position, startsAt, endsAt });
    this.work.emit({ type: 'duty.assigned', version: 1, payload: { organisationId, dutyId: id } }, actor.userKey);
    return id;
  }

  async remove(actor: Actor, organisationId: string, id: string, ifMatch: string | undefined): Promise<void> {
    const { entry } = await this.edit.entry(
      actor,
      organisationId,
      { header: ifMatch, isRequired: true },
      (organisation) => this.read.duty(organisation, id),
      (duty) => toDutyView(duty, true),
    );
    await this.duty.remove(entry.key);
    this.work.emit({ type: 'duty.removed', version: 1, payload: { organisationId, dutyId: id } }, actor.userKey);
  }
}
