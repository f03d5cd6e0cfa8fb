import { AcceptMembership } from './accept-membership.js';
import { AdmitDueMembers } from './admit-due-members.js';
import { AdmitMember } from './admit-member.js';
import { DissolveGroup } from './dissolve-group.js';
import { FindGroup } from './find-group.js';
import { FoundGroup } from './found-group.js';
import { GroupMembersController } from './group-members.controller.js';
import { GroupStep } from './group-step.js';
import { GroupReader } from './group.reader.js';
import { GroupsController } from './groups.controller.js';
import { GroupsStore } from './groups.store.js';
import { LeaveGroup } from './leave-group.js';
import { ObjectToMember } from './object-to-member.js';
import { ProposeMember } from './propose-member.js';
import { UpdateGroup } from './update-group.js';

export const groupControllers = [GroupsController, GroupMembersController];

export const groupProviders = [
  AcceptMembership,
  AdmitDueMembers,
  AdmitMember,
  DissolveGroup,
  FindGroup,
  FoundGroup,
  GroupReader,
  GroupStep,
  GroupsStore,
  LeaveGroup,
  ObjectToMember,
  ProposeMember,
  UpdateGroup,
];
