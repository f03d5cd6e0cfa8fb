import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { forbidden, invalidInput } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { REGION } from '../../platform/config/region.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { DirectoryReader } from '../identity/index.js';
import type { CreateGroupDto } from './groups.dto.js';
import { GroupsStore } from './groups.store.js';

/** Founds a sharing group of the caller's organisation and others, who are in it from its first epoch. */
@Injectable()
export class FoundGroup {
  constructor(
    private readonly work: UnitOfWork,
    private readonly groups: GroupsStore,
    private readonly directory: DirectoryReader,
    private readonly chance: Chance,
    @Inject(REGION) private readonly region: Region,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  async run(
    actor: Pick<Actor, 'organisationKey' | 'organisationId' | 'userKey' | 'standing'>,
    { name, purpose, members }: CreateGroupDto,
  ): Promise<string> {
    if (actor.standing !== 'active')
      throw forbidden(`Your organisation is ${actor.standing}: only an active one shares.`);
    const ids = members.map((id) => id.toLowerCase());
    const others = await this.others(
      ids.filter((id) => id !== actor.organisationId),
      ids,
    );
    const id = this.chance.uuid();
    const founderKey = actor.organisationKey;
    const objectionHours = this.region.defaults.groupObjectionHours;
    const originNode = this.originNode;
    const groupKey = await this.groups.insert({ id, originNode, name, purpose, founderKey, objectionHours });
    for (const organisationKey of [founderKey, ...others])
      await this.groups.insertMember(this.chance.uuid(), groupKey, organisationKey, actor.userKey);
    this.work.emit({ type: 'group.founded', version: 1, payload: { groupId: id } }, actor.userKey);
    return id;
  }

  /** Keys of the organisations, all of them active. @param sent as the caller sent them, for pointers. */
  private async others(ids: readonly string[], sent: readonly string[]): Promise<number[]> {
    const found = new Map((await this.directory.organisationsByIds(ids)).map((each) => [each.id, each]));
    const faults: Fault[] = ids.flatMap((id) => {
      const pointer = `/members/${sent.indexOf(id)}`;
      const organisation = found.get(id);
      if (!organisation) return [{ pointer, detail: 'There is no such organisation.' }];
      return organisation.standing === 'active'
        ? []
        : [
            {
              pointer,
              detail: `${organisation.name} is ${organisation.standing}: only an active organisation can be a member.`,
            },
          ];
    });
    if (faults.length > 0) throw invalidInput(faults);
    return [...found.values()].map(({ key }) => key);
  }
}
