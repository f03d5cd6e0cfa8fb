import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { FindGroup } from './find-group.js';
import { GroupsStore } from './groups.store.js';

/** The proposed organisation says that it wants in. */
@Injectable()
export class AcceptMembership {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindGroup,
    private readonly groups: GroupsStore,
  ) {}

  async run(actor: Actor, id: string, organisationId: string, ifMatch: string | undefined): Promise<string> {
    const match = { header: ifMatch, isRequired: false };
    const { member } = await this.find.memberToChange(actor, id, organisationId, 'accept', match);
    await this.groups.accept(member.key);
    const payload = { groupId: id, organisationId };
    this.work.emit({ type: 'group.member-accepted', version: 1, payload }, actor.userKey);
    return organisationId;
  }
}
