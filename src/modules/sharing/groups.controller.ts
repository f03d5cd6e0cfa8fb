import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import { Access } from '../../platform/http/access.js';
import { Created } from '../../platform/http/created.interceptor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Once } from '../../platform/http/once.js';
import { PageQuery } from '../../platform/http/page.dto.js';
import { Paged } from '../../platform/http/paged.interceptor.js';
import { Caller } from '../../platform/http/request.js';
import type { RondaRequest } from '../../platform/http/request.js';
import { Versioned } from '../../platform/http/versioned.interceptor.js';
import { DissolveGroup } from './dissolve-group.js';
import { FindGroup } from './find-group.js';
import { FoundGroup } from './found-group.js';
import { CreateGroupDto, GroupPage, GroupView, UpdateGroupDto } from './groups.dto.js';
import { UpdateGroup } from './update-group.js';

/** Sharing groups: who is in them now reads what is released to them from now on. */
@ApiTags('Sharing groups')
@ApiBearerAuth()
@Controller('api/v1/sharing-groups')
export class GroupsController {
  constructor(
    private readonly once: Once,
    private readonly find: FindGroup,
    private readonly foundGroup: FoundGroup,
    private readonly updateGroup: UpdateGroup,
    private readonly dissolveGroup: DissolveGroup,
  ) {}

  /** Lists the groups your organisation is in or is proposed for, newest first. */
  @Get()
  @Access('groups:read')
  @Paged()
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<GroupPage> {
    return this.find.page(actor, query);
  }

  /** Founds a group of your organisation and others. */
  @Post()
  @Access('groups:write')
  @Created()
  @Versioned()
  create(@Caller() actor: Actor, @Req() request: RondaRequest, @Body() wanted: CreateGroupDto): Promise<GroupView> {
    return this.once.run(
      request,
      () => this.foundGroup.run(actor, wanted),
      (id) => this.find.view(actor, id),
    );
  }

  /** Shows a group with its members and those who are proposed. */
  @Get(':id')
  @Access('groups:read')
  @Versioned()
  read(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<GroupView> {
    return this.find.view(actor, id);
  }

  /** Changes name or purpose, for the founder. */
  @Patch(':id')
  @Access('groups:write')
  @Versioned()
  update(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() wanted: UpdateGroupDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<GroupView> {
    return this.updateGroup.run(actor, id, wanted, ifMatch);
  }

  /** Dissolves it, for the founder. On the next request nobody reads anything through it. */
  @Post(':id/dissolution')
  @HttpCode(200)
  @Access('groups:write')
  @Versioned()
  dissolve(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<GroupView> {
    return this.once.run(
      request,
      () => this.dissolveGroup.run(actor, id, ifMatch),
      () => this.find.view(actor, id),
    );
  }
}
