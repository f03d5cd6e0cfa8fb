import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { invalidInput } from '../../kernel/problem.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { DirectoryReader } from '../identity/index.js';
import { FindGroup } from './find-group.js';
import { alreadyInGroup } from './group.problems.js';
import { GroupsStore } from './groups.store.js';

const HOUR_MS = 3_600_000;

/** Proposes a newcomer. The members see it in the group and have their time to object. */
@Injectable()
export class ProposeMember {
  constructor(
    private readonly work: UnitOfWork,
    private readonly find: FindGroup,
    private readonly groups: GroupsStore,
    private readonly directory: DirectoryReader,
    private readonly chance: Chance,
  ) {}

  /** @returns the id of the proposed organisation. */
  async run(actor: Actor, id: string, organisationId: string, ifMatch: string | undefined): Promise<string> {
    const group = await this.find.toChange(actor, id, 'propose', { header: ifMatch, isRequired: false });
    const [newcomer] = await this.directory.organisationsByIds([organisationId]);
    if (!newcomer) throw invalidInput([{ pointer: '/organisation', detail: 'There is no such organisation.' }]);
    if (newcomer.standing !== 'active')
      throw invalidInput([
        {
          pointer: '/organisation',
          detail: `It is ${newcomer.standing}: only an active organisation can be a member.`,
        },
      ]);
    if (group.members.some(({ org_key }) => org_key === newcomer.key)) throw alreadyInGroup();
    const admitAfter = new Date(this.work.at.getTime() + group.objection_hours * HOUR_MS);
    await this.groups.insertProposal(this.chance.uuid(), group.key, newcomer.key, actor.userKey, admitAfter);
    const payload = { groupId: id, organisationId: newcomer.id };
    this.work.emit({ type: 'group.member-proposed', version: 1, payload }, actor.userKey);
    return newcomer.id;
  }
}
