import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { FindGroup } from './find-group.js';
import { GroupsStore } from './groups.store.js';

/** Dissolves a group: on the next request nobody reads anything through it. */
@Injectable()
export class DissolveGroup {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindGroup,
    private readonly groups: GroupsStore,
  ) {}

  async run(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const row = await this.find.toChange(actor, id, 'dissolve', { header: ifMatch, isRequired: false });
    await this.groups.dissolve(row.key);
    this.work.emit({ type: 'group.dissolved', version: 1, payload: { groupId: id } }, actor.userKey);
    return id;
  }
}
