import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Once } from '../../platform/http/once.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { FindGroup } from './find-group.js';
import type { GroupMemberView, GroupView } from './groups.dto.js';

/** A step of joining: taken once, however often it is sent, and answered with what is there then. */
@Injectable()
export class GroupStep {
  constructor(
    private readonly once: Once,
    private readonly find: FindGroup,
  ) {}

  memberView(actor: Actor, id: string, organisationId: string): Promise<GroupMemberView> {
    return this.find.memberView(actor, id, organisationId);
  }

  /** @param step returns the organisation's id. */
  ofMember(request: RondaRequest, actor: Actor, id: string, step: () => Promise<string>): Promise<GroupMemberView> {
    return this.once.run(request, step, (organisationId) => this.find.memberView(actor, id, organisationId));
  }

  /** @param step returns the group's id. */
  ofGroup(request: RondaRequest, actor: Actor, step: () => Promise<string>): Promise<GroupView> {
    return this.once.run(request, step, (id) => this.find.view(actor, id));
  }
}
