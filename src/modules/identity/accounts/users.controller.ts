import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { Created } from '../../../platform/http/created.interceptor.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { PageQuery } from '../../../platform/http/page.dto.js';
import { Paged } from '../../../platform/http/paged.interceptor.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { Versioned } from '../../../platform/http/versioned.interceptor.js';
import { FindUser } from './find-user.js';
import { InviteUser } from './invite-user.js';
import { LinkOnce } from './link-once.js';
import { ReissueLink } from './reissue-link.js';
import { UpdateUser } from './update-user.js';
import { InviteUserDto, IssueResetDto, UpdateUserDto, UserPage, UserView, UserWithLinkView } from './users.dto.js';

/** The people of an organisation. */
@ApiTags('Users')
@ApiBearerAuth()
@Controller('api/v1/organisations/:id/users')
export class UsersController {
  constructor(
    private readonly find: FindUser,
    private readonly inviteUser: InviteUser,
    private readonly reissueLink: ReissueLink,
    private readonly updateUser: UpdateUser,
    private readonly linkOnce: LinkOnce,
  ) {}

  /** Lists people by name: the active ones, and every account for the organisation's administrator. */
  @Get()
  @Access('directory:read')
  @Paged()
  list(@Caller() actor: Actor, @Param('id', IdPipe) id: string, @Query() query: PageQuery): Promise<UserPage> {
    return this.find.page(actor, id, query);
  }

  /** Invites a person. The link in the answer is shown once and has to be handed over by you. */
  @Post()
  @Access('organisation:admin')
  @Created()
  invite(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() wanted: InviteUserDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<UserWithLinkView> {
    return this.linkOnce.run(request, actor, id, () => this.inviteUser.run(actor, id, wanted, ifMatch));
  }

  /** Shows one person. */
  @Get(':userId')
  @Access('directory:read')
  @Versioned()
  read(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('userId', IdPipe) userId: string,
  ): Promise<UserView> {
    return this.find.view(actor, id, userId);
  }

  /** Changes name, roles or status. */
  @Patch(':userId')
  @Access('organisation:admin')
  @Versioned()
  update(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('userId', IdPipe) userId: string,
    @Body() wanted: UpdateUserDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<UserView> {
    return this.updateUser.run(actor, id, userId, wanted, ifMatch);
  }

  /** Makes another link for an invitation that was lost or has expired. */
  @Post(':userId/invitation')
  @HttpCode(200)
  @Access('organisation:admin')
  reinvite(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Param('userId', IdPipe) userId: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<UserWithLinkView> {
    const link = { purpose: 'invitation', clearsSecondFactor: false } as const;
    return this.linkOnce.run(request, actor, id, () => this.reissueLink.run(actor, id, userId, link, ifMatch));
  }

  /** Makes a link by which a person sets a new password. */
  @Post(':userId/password-reset')
  @HttpCode(200)
  @Access('organisation:admin')
  reset(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Param('userId', IdPipe) userId: string,
    @Body() { clearsSecondFactor = false }: IssueResetDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<UserWithLinkView> {
    const link = { purpose: 'password-reset', clearsSecondFactor } as const;
    return this.linkOnce.run(request, actor, id, () => this.reissueLink.run(actor, id, userId, link, ifMatch));
  }
}
