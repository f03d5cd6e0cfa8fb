import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { FindGroup } from './find-group.js';
import type { GroupView, UpdateGroupDto } from './groups.dto.js';
import { GroupsStore } from './groups.store.js';

/** Changes a group's name or purpose, for its founder. */
@Injectable()
export class UpdateGroup {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindGroup,
    private readonly groups: GroupsStore,
  ) {}

  async run(
    actor: Actor,
    id: string,
    { name, purpose }: UpdateGroupDto,
    ifMatch: string | undefined,
  ): Promise<GroupView> {
    const row = await this.find.toChange(actor, id, 'update', { header: ifMatch, isRequired: true });
    await this.groups.update(row.key, name ?? row.name, purpose ?? row.purpose);
    this.work.emit({ type: 'group.updated', version: 1, payload: { groupId: id } }, actor.userKey);
    return this.find.view(actor, id);
  }
}
