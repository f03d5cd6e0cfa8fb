import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { PageQuery } from '../../../platform/http/page.dto.js';
import { Paged } from '../../../platform/http/paged.interceptor.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { Versioned } from '../../../platform/http/versioned.interceptor.js';
import { ChangePassword } from './change-password.js';
import { ChangePasswordDto, MeView, SessionPage, SessionView, UpdateMeDto } from './me.dto.js';
import { ReadMe } from './read-me.js';
import { RevokeCredential } from './revoke-credential.js';
import { UpdateMe } from './update-me.js';

/** Your own account and its sessions. */
@ApiTags('Me')
@ApiBearerAuth()
@Controller('api/v1/me')
export class MeController {
  constructor(
    private readonly me: ReadMe,
    private readonly updateMe: UpdateMe,
    private readonly changePassword: ChangePassword,
    private readonly revoke: RevokeCredential,
  ) {}

  /** Shows who you are and what you may do. */
  @Get()
  @Access('self')
  @Versioned()
  read(@Caller() actor: Actor): Promise<MeView> {
    return this.me.view(actor);
  }

  /** Changes how others see you. */
  @Patch()
  @Access('self')
  @Versioned()
  update(
    @Caller() actor: Actor,
    @Body() wanted: UpdateMeDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<MeView> {
    return this.updateMe.run(actor, wanted, ifMatch);
  }

  /** Changes your password and ends your other sessions. */
  @Post('password')
  @HttpCode(200)
  @Access('self')
  password(@Caller() actor: Actor, @Req() request: RondaRequest, @Body() wanted: ChangePasswordDto): Promise<MeView> {
    return this.changePassword.run(request, actor, wanted);
  }

  /** Lists your open sessions, newest first. */
  @Get('sessions')
  @Access('self')
  @Paged()
  sessions(@Caller() actor: Actor, @Query() query: PageQuery): Promise<SessionPage> {
    return this.me.sessions(actor, query);
  }

  /** Shows one of your sessions. */
  @Get('sessions/:id')
  @Access('self')
  @Versioned()
  session(@Caller() actor: Actor, @Param('id', IdPipe) id: string): Promise<SessionView> {
    return this.me.session(actor, id);
  }

  /** Ends one of your sessions. */
  @Delete('sessions/:id')
  @HttpCode(204)
  @Access('self')
  revokeSession(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.revoke.run(actor, 'session', id, ifMatch);
  }
}
