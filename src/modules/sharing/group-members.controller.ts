import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { AcceptMembership } from './accept-membership.js';
import { AdmitMember } from './admit-member.js';
import { GroupStep } from './group-step.js';
import { GroupMemberView, GroupView, ObjectionDto, ProposeMemberDto } from './groups.dto.js';
import { LeaveGroup } from './leave-group.js';
import { ObjectToMember } from './object-to-member.js';
import { ProposeMember } from './propose-member.js';

/** Joining and leaving. A newcomer is proposed, accepts, and is admitted when no member has objected in time. */
@ApiTags('Sharing groups')
@ApiBearerAuth()
@Controller('api/v1/sharing-groups/:id/members')
export class GroupMembersController {
  constructor(
    private readonly step: GroupStep,
    private readonly proposeMember: ProposeMember,
    private readonly acceptMembership: AcceptMembership,
    private readonly objectToMember: ObjectToMember,
    private readonly admitMember: AdmitMember,
    private readonly leaveGroup: LeaveGroup,
  ) {}

  /** Proposes a newcomer. */
  @Post()
  @Access('groups:write')
  @Created()
  @Versioned()
  propose(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() { organisation }: ProposeMemberDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<GroupMemberView> {
    return this.step.ofMember(request, actor, id, () => this.proposeMember.run(actor, id, organisation, ifMatch));
  }

  /** Shows one member, or one that is proposed. */
  @Get(':organisationId')
  @Access('groups:read')
  @Versioned()
  read(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('organisationId', IdPipe) organisationId: string,
  ): Promise<GroupMemberView> {
    return this.step.memberView(actor, id, organisationId);
  }

  /** Says, for the proposed organisation, that it wants in. */
  @Post(':organisationId/accept')
  @HttpCode(200)
  @Access('groups:write')
  @Versioned()
  accept(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Param('organisationId', IdPipe) organisationId: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<GroupMemberView> {
    return this.step.ofMember(request, actor, id, () => this.acceptMembership.run(actor, id, organisationId, ifMatch));
  }

  /** Objects to a newcomer, for any member. It ends the proposal, and answers with the group. */
  @Post(':organisationId/objections')
  @HttpCode(200)
  @Access('groups:write')
  @Versioned()
  object(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Param('organisationId', IdPipe) organisationId: string,
    @Body() { reason }: ObjectionDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<GroupView> {
    return this.step.ofGroup(request, actor, () => this.objectToMember.run(actor, id, organisationId, reason, ifMatch));
  }

  /** Admits a newcomer who accepted and to whom nobody objected in time. */
  @Post(':organisationId/admit')
  @HttpCode(200)
  @Access('groups:write')
  @Versioned()
  admit(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Param('organisationId', IdPipe) organisationId: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<GroupMemberView> {
    return this.step.ofMember(request, actor, id, () => this.admitMember.run(actor, id, organisationId, ifMatch));
  }

  /** Leaves or declines, for the organisation itself; withdraws a proposal, for who made it; removes, for the founder. */
  @Delete(':organisationId')
  @HttpCode(204)
  @Access('groups:write')
  remove(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('organisationId', IdPipe) organisationId: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.leaveGroup.run(actor, id, organisationId, ifMatch);
  }
}
