import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { FindGroup } from './find-group.js';
import { GroupsStore } from './groups.store.js';

/** A member objects to a newcomer, which ends the proposal. */
@Injectable()
export class ObjectToMember {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindGroup,
    private readonly groups: GroupsStore,
  ) {}

  /** @returns the group's id: the proposal is no more. */
  async run(
    actor: Actor,
    id: string,
    organisationId: string,
    reason: string,
    ifMatch: string | undefined,
  ): Promise<string> {
    const match = { header: ifMatch, isRequired: false };
    const { member } = await this.find.memberToChange(actor, id, organisationId, 'object', match);
    await this.groups.insertObjection(member.key, actor.organisationKey, reason, actor.userKey);
    await this.groups.end(member.key, 'objected');
    const payload = { groupId: id, organisationId };
    this.work.emit({ type: 'group.member-objected', version: 1, payload }, actor.userKey);
    return id;
  }
}
