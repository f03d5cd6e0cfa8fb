import { Body, Controller, Get, Headers, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { Once } from '../../../platform/http/once.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { EraseUser } from './erase-user.js';
import { EraseUserDto, UserErasureList, UserErasureView } from './erasures.dto.js';

@ApiTags('Users')
@ApiBearerAuth()
@Controller('api/v1/organisations/:id/users/:userId/erasures')
export class UserErasuresController {
  constructor(
    private readonly once: Once,
    private readonly eraseUser: EraseUser,
  ) {}

  /** Whether it was forgotten whose an account of your organisation was: when and why, never who. */
  @Get()
  @Access('organisation:admin')
  list(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('userId', IdPipe) userId: string,
  ): Promise<UserErasureList> {
    return this.eraseUser.list(actor, id, userId);
  }

  /**
   * Forgets whose an account of your organisation was: name, address, sessions, keys and second factor. Its records stay, by
   * a former member of staff. For good.
   */
  @Post()
  @HttpCode(200)
  @Access('organisation:admin')
  erase(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Param('userId', IdPipe) userId: string,
    @Body() body: EraseUserDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<UserErasureView> {
    return this.once.run(
      request,
      () => this.eraseUser.run(actor, id, userId, body, ifMatch),
      (erasure) => this.eraseUser.view(actor, id, userId, erasure),
    );
  }
}
