import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import { Access } from '../../../platform/http/access.js';
import { Created } from '../../../platform/http/created.interceptor.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { Once } from '../../../platform/http/once.js';
import { PageQuery } from '../../../platform/http/page.dto.js';
import { Paged } from '../../../platform/http/paged.interceptor.js';
import { Caller } from '../../../platform/http/request.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { Versioned } from '../../../platform/http/versioned.interceptor.js';
import { CreateDutyDto, DutyPage, DutyView } from './duty.dto.js';
import { KeepDuty } from './keep-duty.js';
import { ReadContacts } from './read-contacts.js';

/** Who is on duty, and from when to when. */
@ApiTags('Directory')
@ApiBearerAuth()
@Controller('api/v1/organisations/:id/duty')
export class DutyController {
  constructor(
    private readonly once: Once,
    private readonly contacts: ReadContacts,
    private readonly keep: KeepDuty,
  ) {}

  /** Lists what has not ended, in the order it begins. */
  @Get()
  @Access('directory:read')
  @Paged()
  list(@Caller() actor: Actor, @Param('id', IdPipe) id: string, @Query() query: PageQuery): Promise<DutyPage> {
    return this.contacts.dutyList(actor, id, query);
  }

  /** Puts somebody on duty. */
  @Post()
  @Access('organisation:admin')
  @Created()
  @Versioned()
  add(
    @Caller() actor: Actor,
    @Req() request: RondaRequest,
    @Param('id', IdPipe) id: string,
    @Body() wanted: CreateDutyDto,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<DutyView> {
    return this.once.run(
      request,
      () => this.keep.add(actor, id, wanted, ifMatch),
      (entryId) => this.contacts.dutyView(actor, id, entryId),
    );
  }

  /** Shows one assignment. */
  @Get(':entryId')
  @Access('directory:read')
  @Versioned()
  read(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('entryId', IdPipe) entryId: string,
  ): Promise<DutyView> {
    return this.contacts.dutyView(actor, id, entryId);
  }

  /** Takes an assignment away. */
  @Delete(':entryId')
  @HttpCode(204)
  @Access('organisation:admin')
  remove(
    @Caller() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('entryId', IdPipe) entryId: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.keep.remove(actor, id, entryId, ifMatch);
  }
}
